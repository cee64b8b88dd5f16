//! Floor 8: many runs, on all cores; and what one run needs that the pure floors do not have.
//!
//! * [`in_order`]: work on all cores, results in order, bounded memory.
//! * [`run_guarded`]: a run in which a panic is a verdict; [`panicked`] tells it from others.
//! * [`Interrupt`]: Ctrl-C, looked for after each event of a run and between portions of a judging.
//! * [`run_twice`]: a run and the proof that it is deterministic, or the first event that is not.
//! * [`Record`]: what a sweep keeps of one run, as a row of a table; all that it says is made of these.
//! * [`Shard`]: the share of a sweep that one of several machines makes.
//! * [`Regressions`]: the file of seeds that failed once.
//! * [`Trail`], [`Follower`]: what tells in which event a run of another program parts from this one.
//! * [`FailureKinds`]: failures that look alike, together.
//! * [`Statistics`]: what many runs came to, in medians and shares.
//! * [`Elections`]: how long their elections took, and how often votes were split.
//! * [`MeasureStatistics`]: what was lost, how late reads were, and how long services were out.
//! * [`Sightings`]: what a sweep must see sometimes, and how often it did.
//! * [`asked_for`]: the faults of a scenario and the counters that show their bite.
//! * [`judge()`]: a history's keys judged on all cores, against the clock.
//! * [`Stopwatch`]: the only place where a clock is read.

mod bite;
mod determinism;
mod elections;
mod failure_kinds;
mod guard;
mod interrupt;
mod judge;
mod levels;
mod measures;
mod pool;
mod record;
mod regressions;
mod shard;
mod sightings;
mod statistics;
mod stopwatch;
#[cfg(test)]
mod tests;
mod trail;

pub use bite::{Bite, asked_for};
pub use determinism::{Mismatch, run_twice};
pub use elections::Elections;
pub use failure_kinds::{FailureKind, FailureKinds};
pub use guard::{panicked, run_guarded};
pub use interrupt::{INTERRUPTED_CODE, Interrupt, Interrupted};
pub use judge::{Limits, TimedReport, judge};
pub use levels::{Asked, Climb, climb};
pub use measures::MeasureStatistics;
pub use pool::{available_threads, in_order};
pub use record::{Ending, Record};
pub use regressions::{Regression, Regressions};
pub use shard::Shard;
pub use sightings::{Sighting, Sightings, is_wanted};
pub use statistics::{Statistics, Tally};
pub use stopwatch::Stopwatch;
pub use trail::{Follower, Trail};

use crate::base::Seed;
use crate::run::{Outcome, Watcher};
use crate::scenario::Scenario;

/// What runs a scenario: [`crate::registry::run`], unless a test has something else in mind.
pub type Runner = fn(&Scenario, Seed, &mut dyn Watcher) -> Outcome;
