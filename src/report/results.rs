//! The JSON of a run. The order of the fields is the order in the file.

use serde::{Serialize, Serializer};

use super::counters::{self, Named};
use super::expectation::{is_met, seen};
use super::latency::{Latencies, LatencyMs};
use super::measured::MeasuresEntry;
use crate::base::SimDuration;
use crate::history::{Counts, Operation};
use crate::monitor::{Election, ProtocolEvents};
use crate::run::Outcome;
use crate::scenario::Scenario;

/// What came of a run, as scripts read it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RunResults {
    /// The scenario's name.
    pub scenario: String,
    /// The protocol.
    pub protocol: String,
    /// The seed, in hexadecimal.
    pub seed: String,
    /// What was set on the command line over what the scenario says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// The fingerprint of the settings, the seed aside: what tells runs of this scenario from those
    /// of another with its name.
    pub settings: String,
    /// The verdict.
    pub verdict: String,
    /// Whether the run came to what the scenario expects, if it expects anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<bool>,
    /// Whether the run showed what a sweep of the scenario must see sometimes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sometimes: Vec<Seen>,
    /// Whether the seed failed once and was run first for that. Never in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regression: Option<bool>,
    /// Whether a second run was the same, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deterministic: Option<bool>,
    /// Each check.
    pub checks: Vec<CheckEntry>,
    /// The fingerprint of the run: 16 hexadecimal digits.
    pub digest: String,
    /// How many events were executed.
    pub events: u64,
    /// How long the run lasted in simulated time.
    pub sim_seconds: f64,
    /// How long it took. Never in a file: two runs of one seed are the same bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_seconds: Option<f64>,
    /// How the operations ended.
    pub operations: OperationCounts,
    /// How long those that succeeded took.
    pub latency_ms: LatencyMs,
    /// How many terms (ballots, epochs) had a leader.
    pub leader_terms: u64,
    /// What the protocol met.
    #[serde(serialize_with = "by_name")]
    pub protocol_events: ProtocolEvents,
    /// How the cluster came by a leader; `null` if the protocol has none, or nothing is known.
    pub election: Option<ElectionEntry>,
    /// The counters: faults by their effect, and the work done.
    pub faults: Named,
    /// What was measured, if the scenario asks for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measures: Option<MeasuresEntry>,
}

/// What one check found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CheckEntry {
    /// Its name.
    pub name: &'static str,
    /// What it found.
    pub verdict: String,
    /// Why, unless it is simply valid.
    pub detail: Option<String>,
}

/// Whether a run showed something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Seen {
    /// What: one of [`SIGHTS`](crate::scenario::SIGHTS).
    pub sight: String,
    /// The check that is meant, if not the run as a whole.
    pub check: Option<String>,
    /// Whether it was seen.
    pub seen: bool,
}

/// How the cluster came by a leader: after the first crash of one, or else after the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ElectionEntry {
    /// What made an election necessary: `start` or `crash`.
    pub after: &'static str,
    /// When that was.
    pub since_ns: u64,
    /// Who was elected.
    pub leader: Option<u32>,
    /// How long until then.
    pub elected_ns: Option<u64>,
    /// How long until all others that were up followed.
    pub followed_ns: Option<u64>,
    /// Whether the first term in which a node stood elected nobody.
    pub split: Option<bool>,
}

/// How the operations ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct OperationCounts {
    /// Happened.
    pub ok: u64,
    /// Certainly did not happen.
    pub fail: u64,
    /// May have happened.
    pub info: u64,
}

impl RunResults {
    /// The results of `outcome`, whose history holds `operations`, of a run of `scenario`.
    pub fn new(scenario: &Scenario, outcome: &Outcome, operations: &[Operation]) -> Self {
        let entry = |check: &crate::run::CheckResult| CheckEntry {
            name: check.name,
            verdict: check.verdict.to_string(),
            detail: check.detail.clone(),
        };
        RunResults {
            scenario: outcome.scenario.clone(),
            protocol: outcome.protocol.clone(),
            seed: outcome.seed.to_string(),
            set: scenario.overrides.clone(),
            settings: scenario.fingerprint().to_string(),
            verdict: outcome.verdict.to_string(),
            expected: scenario.expect.as_ref().map(|expect| is_met(expect, outcome)),
            sometimes: scenario.sometimes.iter().map(|sometimes| seen(sometimes, outcome)).collect(),
            regression: None,
            deterministic: None,
            checks: outcome.checks.iter().map(entry).collect(),
            digest: outcome.digest.to_string(),
            events: outcome.counters.events,
            sim_seconds: outcome.ended.as_secs_f64(),
            wall_seconds: None,
            operations: outcome.operations.into(),
            latency_ms: Latencies::new(&outcome.history, operations).in_ms(),
            leader_terms: outcome.leader_terms,
            protocol_events: outcome.protocol_events,
            election: outcome.election.map(ElectionEntry::from),
            faults: counters::named(&outcome.counters),
            measures: MeasuresEntry::new(&outcome.measures),
        }
    }
}

/// An object with a field for each.
fn by_name<S: Serializer>(events: &ProtocolEvents, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(events.named())
}

impl From<Election> for ElectionEntry {
    fn from(election: Election) -> Self {
        ElectionEntry {
            after: if election.after_crash { "crash" } else { "start" },
            since_ns: election.since.as_ns(),
            leader: election.leader.map(|leader| leader.0),
            elected_ns: election.elected.map(SimDuration::as_ns),
            followed_ns: election.followed.map(SimDuration::as_ns),
            split: election.split,
        }
    }
}

impl From<Counts> for OperationCounts {
    fn from(Counts { ok, fail, info }: Counts) -> Self {
        OperationCounts { ok, fail, info }
    }
}
