//! The entry of primary and secondary replication, whose supervisors are a Raft group.

use super::Protocol;
use crate::base::keys::{CheckSpec, KeyProblem, Settings};
use crate::base::{Seed, SimDuration};
use crate::check::{ModelName, Promise};
use crate::monitor::{CopyMonitors, CopyPromise};
use crate::protocols::kv_service::KvService;
use crate::protocols::primary_secondary::config::Form;
use crate::protocols::primary_secondary::{
    self, Admin, ClusterConfig, Config, Message, PrimarySecondary, ReadMode, Replica,
};
use crate::protocols::raft::{self, Raft, RaftConfig};
use crate::run::{CHECKS, Outcome, Setup, Watcher, simulate};
use crate::scenario::{LINEARIZABLE, LINEARIZABLE_WRITES, ProtocolSpec, Scenario, Surroundings};
use crate::workload::ClosedLoop;

pub(super) const PROTOCOL: Protocol = Protocol {
    spec: ProtocolSpec {
        name: "primary-secondary",
        doc: "A primary and its secondaries, asynchronous, semi-synchronous or in sync, with failover by supervisors.",
        section: primary_secondary::SECTION,
        varies: primary_secondary::VARIES,
        bugs: primary_secondary::BUGS,
        survives: primary_secondary::SURVIVES,
        validate,
        admin_commands: Admin::COMMANDS,
        idle: Admin::idle,
        promises,
        checks: &RUN_CHECKS,
        message_kinds: &MESSAGE_KINDS,
    },
    run,
};

/// The kinds of message: those of copies and supervisors, and those of the supervisors' group, of which some are called
/// the same.
const MESSAGE_KINDS: [&str; 28] = {
    let (own, inner) = (Message::KINDS, raft::Message::KINDS);
    let mut kinds = [""; 28];
    let (mut i, mut count) = (0, 0);
    while i < own.len() + inner.len() {
        let kind = if i < own.len() { own[i] } else { inner[i - own.len()] };
        if !is_among(kind, &kinds, count) {
            kinds[count] = kind;
            count += 1;
        }
        i += 1;
    }
    assert!(count == kinds.len(), "every place is taken");
    kinds
};

/// Whether `kind` is one of the first `count` of `kinds`.
const fn is_among(kind: &str, kinds: &[&str], count: usize) -> bool {
    let mut i = 0;
    while i < count {
        let (one, other) = (kind.as_bytes(), kinds[i].as_bytes());
        let mut same = one.len() == other.len();
        let mut letter = 0;
        while same && letter < one.len() {
            same = one[letter] == other[letter];
            letter += 1;
        }
        if same {
            return true;
        }
        i += 1;
    }
    false
}

/// What a run is checked for.
const RUN_CHECKS: [CheckSpec; CopyMonitors::CHECKS.len() + CHECKS.len()] = {
    let mut checks = [CHECKS[0]; CopyMonitors::CHECKS.len() + CHECKS.len()];
    let mut i = 0;
    while i < checks.len() {
        let own = CopyMonitors::CHECKS.len();
        checks[i] = if i < own { CopyMonitors::CHECKS[i] } else { CHECKS[i - own] };
        i += 1;
    }
    checks
};

/// The Raft group of the supervisors: elections as slow as theirs, and no others than are needed.
fn group(config: &Config) -> RaftConfig {
    RaftConfig {
        election_timeout_min: config.election_min,
        election_timeout_max: config.election_max,
        heartbeat_interval: SimDuration::from_ns((config.election_min.as_ns() / 5).max(1)),
        pre_vote: true,
        check_quorum: true,
        ..RaftConfig::of(config.supervisors.max(1))
    }
}

fn validate(settings: &Settings, around: &Surroundings<'_>) -> Vec<KeyProblem> {
    // Where the number of nodes itself is wrong, nothing is said of them.
    let supervisors = Config::read(settings, 0, &[]).supervisors;
    let config = Config::read(settings, around.nodes.unwrap_or(supervisors + 3), &[]);
    let mut problems = config.problems();
    if around.loses_everything() {
        problems.extend(config.can_hear());
    } else if let (true, Some(trip)) = (problems.is_empty(), around.least_round_trip(raft::VOTE_BYTES)) {
        problems.extend(config.can_elect(trip.total(), trip.culprit()).err());
    }
    if let (true, Some(duration)) = (settings.is_written("supervisor_timeout_min"), around.duration) {
        problems.extend(config.has_time(duration).err());
    }
    problems
}

/// What an acknowledgement promises, as the monitors hold it to.
fn promise(config: &Config) -> CopyPromise {
    match config.form {
        _ if config.loses() => CopyPromise::Nothing,
        Form::InSync => CopyPromise::InSync,
        Form::SemiSynchronous | Form::Asynchronous => CopyPromise::Counted,
    }
}

/// What a run is held to where the scenario does not say: reads that nobody makes sure of may be of the past. Forms that
/// lose what they acknowledge promise nothing, and are held to what clients would like to have.
fn promises(settings: &Settings) -> &'static [Promise] {
    let config = Config::read(settings, 0, &[]);
    let is_stale = !config.loses() && config.reads != ReadMode::Fenced;
    if is_stale { LINEARIZABLE_WRITES } else { LINEARIZABLE }
}

fn run(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let config = Config::from_settings(&scenario.protocol_settings, scenario.nodes, &scenario.bugs)
        .unwrap_or_else(|problem| panic!("a scenario that was not validated: {}", problem.message));
    let clients = KvService { reads_anywhere: matches!(config.reads, ReadMode::InSync | ReadMode::Any) };
    let setup: Setup<PrimarySecondary<Replica, Raft>, _, _> = Setup {
        config: ClusterConfig { copies: config, group: group(&config) },
        clients: ClosedLoop::all(clients, &scenario.clients, scenario.nodes),
        monitor: CopyMonitors::new(scenario.nodes, config.copies, promise(&config)),
        model: ModelName::CasRegister,
        admin: Admin::parse,
        damaged_most: config.damaged_most(),
        quorum: config.enough(),
        patience: config.patience(),
    };
    simulate(scenario, seed, setup, watcher)
}
