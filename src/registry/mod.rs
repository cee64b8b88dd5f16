//! The only list of protocols.
//!
//! Scenarios and the command line reach a protocol through its entry here: its keys,
//! its bug switches, the faults it declares to survive, and the function that runs it.

mod multi_paxos;
mod paxos;
mod primary_secondary;
mod raft;

use crate::base::Seed;
use crate::base::keys::{KeyProblem, Settings};
use crate::replication::{Phase, QuorumSystem};
use crate::run::{Outcome, Watcher, unfold};
use crate::scenario::{ProtocolSpec, Scenario};

/// A protocol that scenarios can name.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// What scenarios may say of it.
    pub spec: ProtocolSpec,
    /// Runs a scenario of it.
    pub run: fn(&Scenario, Seed, &mut dyn Watcher) -> Outcome,
}

/// Every protocol.
pub const PROTOCOLS: &[Protocol] =
    &[raft::PROTOCOL, paxos::PROTOCOL, multi_paxos::PROTOCOL, primary_secondary::PROTOCOL];

/// What every protocol says of itself, for the reader of scenarios.
pub fn specs() -> Vec<ProtocolSpec> {
    PROTOCOLS.iter().map(|protocol| protocol.spec).collect()
}

/// Runs `scenario`, or what `seed` makes of its swarm, under `seed`.
///
/// # Panics
/// If the scenario was not read with [`specs`], and names a protocol that is not here.
pub fn run(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let protocol = PROTOCOLS.iter().find(|protocol| protocol.spec.name == scenario.protocol);
    let protocol = protocol.unwrap_or_else(|| panic!("no protocol `{}`", scenario.protocol));
    (protocol.run)(&unfold(scenario, seed), seed, watcher)
}

/// What makes no sense of sizes beside a grid, which has quorums of its own.
fn grid_problems(settings: &Settings, quorums: QuorumSystem, members: usize) -> Vec<KeyProblem> {
    let differs = |(key, phase): &(&'static str, Phase)| {
        let least = quorums.least(*phase, members) as u64;
        settings.has("grid_rows") && settings.count(key).is_some_and(|size| size != least)
    };
    let told = |(key, phase): (&'static str, Phase)| {
        let least = quorums.least(phase, members);
        let message = format!("in this grid a quorum of that phase has {least} nodes, all of a line");
        KeyProblem::new(key, message).against("grid_rows")
    };
    [("phase1_quorum", Phase::One), ("phase2_quorum", Phase::Two)]
        .into_iter()
        .filter(differs)
        .map(told)
        .collect()
}
