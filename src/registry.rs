//! The only list of protocols.
//!
//! Scenarios and the command line reach a protocol through its entry here: its keys,
//! its bug switches, the faults it declares to survive, and the function that runs it.

use crate::base::Seed;
use crate::base::keys::{CheckSpec, KeyProblem, Settings};
use crate::check::ModelName;
use crate::monitor::{LogMonitors, SlotMonitors};
use crate::protocols::kv_service::KvService;
use crate::protocols::multi_paxos::{self, MultiPaxos, MultiPaxosAdmin, MultiPaxosConfig};
use crate::protocols::raft::{self, Message, Raft, RaftAdmin, RaftConfig, RaftService};
use crate::replication::quorum::majority;
use crate::run::{CHECKS, Outcome, Setup, Watcher, simulate, unfold};
use crate::scenario::{ProtocolSpec, Scenario, Surroundings};
use crate::workload::ClosedLoop;

/// A protocol that scenarios can name.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// What scenarios may say of it.
    pub spec: ProtocolSpec,
    /// Runs a scenario of it.
    pub run: fn(&Scenario, Seed, &mut dyn Watcher) -> Outcome,
}

/// Every protocol.
pub const PROTOCOLS: &[Protocol] = &[RAFT, MULTI_PAXOS];

const RAFT: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "raft",
        doc: "Raft: replication by a strong leader, with linearizable reads by ReadIndex.",
        section: raft::SECTION,
        varies: raft::VARIES,
        bugs: raft::BUGS,
        survives: raft::SURVIVES,
        validate: validate_raft,
        admin: |text| RaftAdmin::parse(text).is_some(),
        admin_commands: RaftAdmin::COMMANDS,
        checks: &RAFT_CHECKS,
        message_kinds: Message::KINDS,
    },
    run: run_raft,
};

const MULTI_PAXOS: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "multi-paxos",
        doc: "Multi-Paxos: a Paxos for each slot under a stable leader, with quorums of any size.",
        section: multi_paxos::SECTION,
        varies: multi_paxos::VARIES,
        bugs: multi_paxos::BUGS,
        survives: multi_paxos::SURVIVES,
        validate: validate_multi_paxos,
        admin: |text| MultiPaxosAdmin::parse(text).is_some(),
        admin_commands: MultiPaxosAdmin::COMMANDS,
        checks: &MULTI_PAXOS_CHECKS,
        message_kinds: multi_paxos::Message::KINDS,
    },
    run: run_multi_paxos,
};

/// What a run of Multi-Paxos is checked for.
const MULTI_PAXOS_CHECKS: [CheckSpec; 11] = {
    let [one_value, one_proposal, survives, by_quorum, monotone, application, equality] =
        SlotMonitors::CHECKS;
    let [linearizability, liveness, limits, panic] = CHECKS;
    [
        one_value,
        one_proposal,
        survives,
        by_quorum,
        monotone,
        application,
        equality,
        linearizability,
        liveness,
        limits,
        panic,
    ]
};

/// What a run of Raft is checked for.
const RAFT_CHECKS: [CheckSpec; 12] = {
    let [election, matching, completeness, application, appending, durability, equality, members] =
        LogMonitors::CHECKS;
    let [linearizability, liveness, limits, panic] = CHECKS;
    [
        election,
        matching,
        completeness,
        application,
        appending,
        durability,
        equality,
        members,
        linearizability,
        liveness,
        limits,
        panic,
    ]
};

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

fn validate_raft(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
    let config = RaftConfig::read(settings, around.nodes.unwrap_or(1), &[]);
    let mut problems = config.problems();
    if around.loses_everything() {
        problems.extend(config.can_hear());
    } else if let (true, Some(trip)) = (problems.is_empty(), around.least_round_trip(raft::VOTE_BYTES)) {
        problems.extend(config.can_elect(trip.total(), trip.culprit()).err());
    }
    // Where nobody chose the timeout, a run too short for it may be meant.
    if let (true, Some(duration)) = (settings.is_written("election_timeout_min"), around.duration) {
        problems.extend(config.has_time(duration).err());
    }
    problems
}

fn run_raft(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = RaftConfig::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let setup: Setup<Raft, _, _> = Setup {
        config,
        clients: ClosedLoop::all(RaftService::of(&config), &scenario.clients, scenario.nodes),
        monitor: LogMonitors::new(scenario.nodes),
        model: ModelName::CasRegister,
        admin: RaftAdmin::parse,
        damaged_most: raft::damaged_most(scenario.nodes),
        quorum: majority(scenario.nodes as usize),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}

fn validate_multi_paxos(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
    let config = MultiPaxosConfig::read(settings, around.nodes.unwrap_or(1), &[]);
    let mut problems = config.problems();
    if around.loses_everything() {
        problems.extend(config.can_hear());
    } else if let (true, Some(trip)) =
        (problems.is_empty(), around.least_round_trip(multi_paxos::PREPARE_ROUND_BYTES))
    {
        problems.extend(config.can_lead(trip.total(), trip.culprit()).err());
    }
    if let (true, Some(duration)) = (settings.is_written("election_timeout_min"), around.duration) {
        problems.extend(config.has_time(duration).err());
    }
    problems
}

fn run_multi_paxos(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = MultiPaxosConfig::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let setup: Setup<MultiPaxos, _, _> = Setup {
        config,
        clients: ClosedLoop::all(KvService::default(), &scenario.clients, scenario.nodes),
        monitor: SlotMonitors::new(scenario.nodes),
        model: ModelName::CasRegister,
        admin: MultiPaxosAdmin::parse,
        damaged_most: config.damaged_most(),
        quorum: config.largest_quorum(),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}
