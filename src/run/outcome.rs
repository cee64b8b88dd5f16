//! All that came of a run.

use super::{Measures, Strike};
use crate::base::keys::CheckSpec;
use crate::base::{Digest, Seed, SimTime};
use crate::check::{Report, Verdict};
use crate::engine::Counters;
use crate::history::{Counts, History};
use crate::monitor::{Election, ProtocolEvents};

/// The name of the check on the clients' history.
pub const LINEARIZABILITY: &str = "linearizability";

/// The name of the check that operations complete once faults are over.
pub const LIVENESS: &str = "liveness";

/// The name of the check that a run was not cut short.
pub const LIMITS: &str = "limits";

/// The name of the check that the protocol's own assertions held.
pub const PANIC: &str = "panic";

/// The checks that are made of every run, whatever the protocol, in the order they are reported.
pub const CHECKS: [CheckSpec; 4] = [
    CheckSpec {
        name: LINEARIZABILITY,
        doc: "Every operation of the clients seems to take effect at one instant between its call and its answer.",
    },
    CheckSpec { name: LIVENESS, doc: "Once faults are over every client gets an answer within a bound." },
    CheckSpec { name: LIMITS, doc: "The run was not cut short by a limit." },
    CheckSpec { name: PANIC, doc: "No assertion of the protocol's own failed." },
];

/// All that came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The scenario's name.
    pub scenario: String,
    /// The protocol.
    pub protocol: String,
    /// The seed.
    pub seed: Seed,
    /// Of all checks together: invalid if one is, else unknown if one is.
    pub verdict: Verdict,
    /// Each check: first the monitors' invariants, then the history's.
    pub checks: Vec<CheckResult>,
    /// The fingerprint of everything that happened.
    pub digest: Digest,
    /// What happened, counted.
    pub counters: Counters,
    /// How many terms (ballots, epochs) had a leader.
    pub leader_terms: u64,
    /// What the protocol met.
    pub protocol_events: ProtocolEvents,
    /// How the cluster came by a leader, if the protocol has any.
    pub election: Option<Election>,
    /// When the run ended: at the scenario's end, at the first violation of an invariant, or when an
    /// operation was seen to be impossible.
    pub ended: SimTime,
    /// The faults that struck, in the order of time; of very many the first [`Strike::MOST`].
    pub strikes: Vec<Strike>,
    /// How the operations ended.
    pub operations: Counts,
    /// What the clients saw.
    pub history: History,
    /// The judgement on the history, with its explanation.
    pub report: Report,
    /// What was measured of it, whatever the verdict.
    pub measures: Measures,
}

/// What one check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckResult {
    /// Its name.
    pub name: &'static str,
    /// What it found.
    pub verdict: Verdict,
    /// Why, unless it is simply valid.
    pub detail: Option<String>,
    /// When it failed in simulated time, if it did and that is known.
    pub at: Option<SimTime>,
}

impl Outcome {
    /// Whether operations had to complete once faults were over: there was time to tell, and nothing
    /// stood in their way for good.
    pub fn demands_liveness(&self) -> bool {
        let check = self.checks.iter().find(|check| check.name == LIVENESS);
        check.is_some_and(|check| check.verdict == Verdict::Invalid || check.detail.is_none())
    }

    /// The first check that failed.
    pub fn violation(&self) -> Option<&CheckResult> {
        self.checks.iter().find(|check| check.verdict == Verdict::Invalid)
    }
}
