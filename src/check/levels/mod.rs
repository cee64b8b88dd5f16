//! Weaker promises than linearizability: what a history keeps of them, and the first that it breaks.
//!
//! * [`Level`]: the levels by name, and which implies which.
//! * [`Promise`]: what a scenario can hold a run to; [`Finding`], [`Violation`]: what one level comes to.
//! * [`Ladder`]: what is known at every level; [`Sequential`], [`Weaker`]: the judges of that, and
//!   of the levels from causality down.
//! * [`Measure`]: what a scenario can have measured of a run. [`Staleness`]: how far behind reads are;
//!   [`Durability`]: what became of the writes; [`Outage`]: how long nothing completed.
//! * [`LinearizableWrites`]: what is left of linearizability where reads may be stale.
//! * `accesses`: who read and wrote which version of what, session by session; `registers`: the same in real time,
//!   key by key.

mod accesses;
mod causal;
mod convergent;
mod durability;
mod ladder;
mod level;
#[cfg(test)]
mod matrix;
mod measure;
mod order;
mod outage;
mod past;
mod promise;
mod registers;
mod schedule;
mod sequential;
mod sessions;
#[cfg(test)]
pub(super) mod short;
mod staleness;
mod story;
#[cfg(test)]
mod tests;
mod weaker;
mod writes;

pub use durability::Durability;
pub use ladder::Ladder;
pub use level::Level;
pub use measure::Measure;
pub use outage::Outage;
pub use promise::Promise;
pub use sequential::Sequential;
pub use staleness::{Bounds, Quantiles, StaleRead, Staleness};
pub use weaker::Weaker;
pub use writes::LinearizableWrites;

use super::Verdict;

/// Why nothing is known where somebody did not want to wait.
const LATE: &str = "time was up";

/// What one level comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which level.
    pub level: Level,
    /// Whether the history keeps it.
    pub verdict: Verdict,
    /// How that was found.
    pub algorithm: &'static str,
    /// How many operations break it, where they are counted.
    pub violations: u64,
    /// Some of them, the first first.
    pub examples: Vec<Violation>,
    /// What a reader should know of the verdict.
    pub note: Option<String>,
}

/// Operations that together break a level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// What is wrong, in a sentence.
    pub story: String,
    /// The operations of the story, by their index among those of the history; the one to blame last.
    pub operations: Vec<usize>,
}

impl Finding {
    /// That the history keeps `level`.
    pub(super) const fn valid(level: Level, algorithm: &'static str) -> Self {
        Finding { level, verdict: Verdict::Valid, algorithm, violations: 0, examples: Vec::new(), note: None }
    }

    /// That nobody can say, and why.
    pub(super) fn unknown(level: Level, algorithm: &'static str, note: impl Into<String>) -> Self {
        let note = Some(note.into());
        Finding { verdict: Verdict::Unknown, note, ..Finding::valid(level, algorithm) }
    }

    /// That the history breaks `level` so often, for example so.
    pub(super) const fn invalid(
        level: Level,
        algorithm: &'static str,
        violations: u64,
        examples: Vec<Violation>,
    ) -> Self {
        Finding { level, verdict: Verdict::Invalid, algorithm, violations, examples, note: None }
    }
}
