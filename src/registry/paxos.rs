//! The entry of Paxos for single decisions.

use super::{Protocol, grid_problems};
use crate::base::Seed;
use crate::base::keys::{CheckSpec, KeyProblem, Settings};
use crate::check::ModelName;
use crate::monitor::SlotMonitors;
use crate::protocols::paxos::{self, Paxos, PaxosConfig, PaxosService};
use crate::run::{CHECKS, Outcome, Setup, Watcher, simulate};
use crate::scenario::{LINEARIZABLE, ProtocolSpec, Scenario, Surroundings};
use crate::workload::ClosedLoop;

pub(super) const PROTOCOL: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "paxos",
        doc: "Paxos for single decisions: clients propose values, of which one is decided for each key.",
        section: paxos::SECTION,
        varies: paxos::VARIES,
        bugs: paxos::BUGS,
        survives: paxos::SURVIVES,
        validate,
        admin_commands: &[],
        idle: |_| None,
        promises: |_| LINEARIZABLE,
        checks: &RUN_CHECKS,
        message_kinds: paxos::Message::KINDS,
    },
    run,
};

/// What a run of Paxos is checked for. Nothing is applied, so that there are no replicas to be equal.
const RUN_CHECKS: [CheckSpec; 9] = {
    let [value, proposal, survives, quorum, monotone, _, _] = SlotMonitors::CHECKS;
    let [linearizability, liveness, limits, panic] = CHECKS;
    [value, proposal, survives, quorum, monotone, linearizability, liveness, limits, panic]
};

fn validate(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
    let config = PaxosConfig::read(settings, around.nodes.unwrap_or(1), &[]);
    let mut problems = config.problems();
    problems.extend(grid_problems(settings, config.quorums, config.nodes as usize));
    if around.loses_everything() {
        problems.extend(config.can_hear());
    } else if let (true, Some(trip)) = (problems.is_empty(), around.least_round_trip(paxos::VOTE_BYTES)) {
        problems.extend(config.can_win(trip.total(), trip.culprit()).err());
    }
    problems
}

fn run(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = PaxosConfig::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let service = PaxosService::of(&config, scenario.clients.keys);
    let setup: Setup<Paxos, _, _> = Setup {
        config,
        clients: ClosedLoop::all(service, &scenario.clients, scenario.nodes),
        monitor: SlotMonitors::by_slot(scenario.nodes),
        model: ModelName::Consensus,
        admin: |_| None,
        damaged_most: config.damaged_most(),
        quorum: config.enough(),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}
