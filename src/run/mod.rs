//! Floor 7: `(Scenario, Seed) -> Outcome`, a pure function.
//!
//! * [`Outcome`]: all that came of a run; what reports are made from.
//! * [`simulate`]: the run itself, for any protocol with a monitor.
//! * [`Measures`]: what was measured of it, if the scenario asks for that.
//! * [`Strike`]: a fault that struck, and how long it was in force.
//! * [`Watcher`], [`TraceLine`]: for those who want to see it event by event.
//!
//! Nothing here reads a clock or a file, and no run depends on another.

mod judge;
mod limits;
mod liveness;
mod measures;
mod outcome;
mod promises;
mod simulate;
mod strikes;
mod swarm;
mod trace;

pub use judge::Watcher;
pub use measures::{Lags, Losses, Measured, Measures};
pub use outcome::{CHECKS, CheckResult, LIMITS, LINEARIZABILITY, LIVENESS, Outcome, PANIC};
pub use simulate::{Setup, simulate};
pub use strikes::Strike;
pub use swarm::{to_toml, unfold};
pub use trace::TraceLine;
