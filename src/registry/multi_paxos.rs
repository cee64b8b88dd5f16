//! The entry of Multi-Paxos.

use super::{Protocol, grid_problems};
use crate::base::Seed;
use crate::base::keys::{CheckSpec, KeyProblem, Settings};
use crate::check::{ModelName, Promise};
use crate::monitor::SlotMonitors;
use crate::protocols::kv_service::KvService;
use crate::protocols::multi_paxos::{self, MultiPaxos, MultiPaxosAdmin, MultiPaxosConfig, ReadMode};
use crate::run::{CHECKS, Outcome, Setup, Watcher, simulate};
use crate::scenario::{LINEARIZABLE, LINEARIZABLE_WRITES, ProtocolSpec, Scenario, Surroundings};
use crate::workload::ClosedLoop;

pub(super) const PROTOCOL: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "multi-paxos",
        doc: "Multi-Paxos: a Paxos for each slot under a stable leader, with quorums of any size.",
        section: multi_paxos::SECTION,
        varies: multi_paxos::VARIES,
        bugs: multi_paxos::BUGS,
        survives: multi_paxos::SURVIVES,
        validate,
        admin_commands: MultiPaxosAdmin::COMMANDS,
        idle: MultiPaxosAdmin::idle,
        promises,
        checks: &RUN_CHECKS,
        message_kinds: multi_paxos::Message::KINDS,
    },
    run,
};

/// What a run of Multi-Paxos is checked for.
const RUN_CHECKS: [CheckSpec; 11] = {
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

fn validate(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
    let config = MultiPaxosConfig::read(settings, around.nodes.unwrap_or(1), &[]);
    let mut problems = config.problems();
    problems.extend(grid_problems(settings, config.quorums, config.members as usize));
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

fn promises(settings: &Settings) -> &'static [Promise] {
    match ReadMode::of(settings) {
        ReadMode::Stale => LINEARIZABLE_WRITES,
        _ => LINEARIZABLE,
    }
}

fn run(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = MultiPaxosConfig::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let clients = KvService { reads_anywhere: config.reads == ReadMode::Stale };
    let setup: Setup<MultiPaxos, _, _> = Setup {
        config,
        clients: ClosedLoop::all(clients, &scenario.clients, scenario.nodes),
        monitor: SlotMonitors::new(scenario.nodes),
        model: ModelName::CasRegister,
        admin: MultiPaxosAdmin::parse,
        damaged_most: config.damaged_most(),
        quorum: config.enough(),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}
