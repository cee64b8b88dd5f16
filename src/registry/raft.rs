//! Raft's entry.

use super::Protocol;
use crate::base::Seed;
use crate::base::keys::{CheckSpec, KeyProblem, Settings};
use crate::check::{ModelName, Promise};
use crate::monitor::LogMonitors;
use crate::protocols::kv_service::KvService;
use crate::protocols::raft::{self, Message, Raft, RaftAdmin, RaftConfig, ReadMode};
use crate::replication::quorum::majority;
use crate::run::{CHECKS, Outcome, Setup, Watcher, simulate};
use crate::scenario::{LINEARIZABLE, LINEARIZABLE_WRITES, ProtocolSpec, Scenario, Surroundings};
use crate::workload::ClosedLoop;

pub(super) const PROTOCOL: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "raft",
        doc: "Raft: replication by a strong leader, with linearizable reads by ReadIndex.",
        section: raft::SECTION,
        varies: raft::VARIES,
        bugs: raft::BUGS,
        survives: raft::SURVIVES,
        validate,
        admin_commands: RaftAdmin::COMMANDS,
        idle: RaftAdmin::idle,
        promises,
        checks: &RUN_CHECKS,
        message_kinds: Message::KINDS,
    },
    run,
};

/// What a run of Raft is checked for.
const RUN_CHECKS: [CheckSpec; 12] = {
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

fn validate(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
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

fn promises(settings: &Settings) -> &'static [Promise] {
    match ReadMode::of(settings) {
        ReadMode::Stale => LINEARIZABLE_WRITES,
        _ => LINEARIZABLE,
    }
}

fn run(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = RaftConfig::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let clients = KvService { reads_anywhere: config.reads.is_anywhere() };
    let setup: Setup<Raft, _, _> = Setup {
        config,
        clients: ClosedLoop::all(clients, &scenario.clients, scenario.nodes),
        monitor: LogMonitors::new(scenario.nodes),
        model: ModelName::CasRegister,
        admin: RaftAdmin::parse,
        damaged_most: raft::damaged_most(scenario.nodes),
        quorum: majority(scenario.nodes as usize),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}
