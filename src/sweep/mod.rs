//! Floor 8: many runs, on all cores; and what one run needs that the pure floors do not have.
//!
//! * [`in_order`]: work on all cores, results in order, bounded memory.
//! * [`run_guarded`]: a run in which a panic is a verdict; [`panicked`] tells it from others.
//! * [`Interrupt`]: Ctrl-C, looked for after each event of a run and between portions of a judging.
//! * [`run_twice`]: a run and the proof that it is deterministic, or the first event that is not.
//! * [`Statistics`]: what many runs came to, in medians and shares.
//! * [`Sightings`]: what a sweep must see sometimes, and how often it did.
//! * [`asked_for`]: the faults of a scenario and the counters that show their bite.
//! * [`judge()`]: a history's keys judged on all cores, against the clock.
//! * [`Stopwatch`]: the only place where a clock is read.

mod bite;
mod determinism;
mod guard;
mod interrupt;
mod judge;
mod pool;
mod sightings;
mod statistics;
mod stopwatch;
#[cfg(test)]
mod tests;

pub use bite::{Bite, asked_for};
pub use determinism::{Mismatch, run_twice};
pub use guard::{panicked, run_guarded};
pub use interrupt::{INTERRUPTED_CODE, Interrupt, Interrupted};
pub use judge::{Limits, TimedReport, judge};
pub use pool::{available_threads, in_order};
pub use sightings::{Sighting, Sightings, is_wanted};
pub use statistics::{Statistics, Tally};
pub use stopwatch::Stopwatch;

use crate::base::Seed;
use crate::run::{Outcome, Watcher};
use crate::scenario::Scenario;

/// What runs a scenario: [`crate::registry::run`], unless a test has something else in mind.
pub type Runner = fn(&Scenario, Seed, &mut dyn Watcher) -> Outcome;
