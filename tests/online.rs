//! Runs that are judged as they go: they end at the first violation, and say the same of it as those
//! that are judged at the end.

use atropos::base::{NodeId, Seed, SimDuration, SimTime};
use atropos::check::{ModelName, Verdict};
use atropos::monitor::{LogEvent, Monitor, Violation};
use atropos::protocols::kv_service::KvService;
use atropos::protocols::raft::{Raft, RaftAdmin, RaftConfig};
use atropos::registry;
use atropos::run::{LINEARIZABILITY, Outcome, Setup, Watcher, simulate};
use atropos::scenario::{Reader, Scenario, Source};
use atropos::sweep::{Interrupt, Runner, run_guarded};
use atropos::workload::ClosedLoop;

const CANARY: &str = include_str!("../scenarios/canary/raft-forgets-vote.toml");
const STORM: &str = include_str!("../scenarios/raft/storm.toml");

/// The canary's bug where nobody notices it: node 2 is the majority for nodes 0 and 1, which do not
/// hear each other, and votes for both.
const TWO_LEADERS: &str = r#"
    protocol = "raft"
    nodes = 3
    duration = "20s"
    bugs = ["raft/vote-not-persisted"]
    faults = [
        { kind = "crash", target = 2, at = "180ms", every = "100ms", for = "1ms" },
        { kind = "partition", one_way_from = [0], one_way_to = [1], at = "1ms" },
        { kind = "partition", one_way_from = [1], one_way_to = [0], at = "1ms" },
    ]
    [network]
    latency = { uniform = ["5ms", "25ms"] }
    [clients]
    count = 6
    think = "50ms"
    keys = 3
    [raft]
    election_timeout_min = "150ms"
    election_timeout_max = "180ms"
"#;

/// Sees nothing, so that only the clients can tell that something is wrong.
struct Blind;

impl Monitor<LogEvent> for Blind {
    fn names(&self) -> &[&'static str] {
        &[]
    }
    fn observe(&mut self, _: SimTime, _: NodeId, _: &LogEvent) {}
    fn is_violated(&self) -> bool {
        false
    }
    fn violation(&self, _: &str) -> Option<&Violation> {
        None
    }
}

fn blind(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    let settings = &scenario.protocol_settings;
    let setup: Setup<Raft, _, _> = Setup {
        config: RaftConfig::from_settings(settings, scenario.nodes, &scenario.bugs).unwrap(),
        clients: ClosedLoop::all(KvService::default(), &scenario.clients, scenario.nodes),
        monitor: Blind,
        model: ModelName::CasRegister,
        admin: RaftAdmin::parse,
        damaged_most: 0,
        quorum: scenario.nodes as usize / 2 + 1,
        patience: SimDuration::from_secs(3),
    };
    simulate(scenario, seed, setup, watcher)
}

/// The scenario judged at the end, and the same judged as it goes.
fn both(text: &str, set: &[&str]) -> [Scenario; 2] {
    [&[][..], &["check.stop_at_violation=true"]].map(|more| {
        let set: Vec<String> = set.iter().chain(more).map(|&text| text.to_owned()).collect();
        let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
        let scenario = Reader::new(&registry::specs()).set(&set).read(source);
        scenario.unwrap_or_else(|found| panic!("{}", found.render(false)))
    })
}

fn run(runner: Runner, scenario: &Scenario, seed: u64) -> Outcome {
    run_guarded(runner, scenario, Seed(seed), &mut (), &Interrupt::default()).unwrap()
}

#[test]
fn a_run_ends_at_the_first_impossible_operation() {
    let [whole, stopping] = both(TWO_LEADERS, &[]);
    let mut found = 0;
    for seed in 0..150 {
        let judged_at_the_end = run(blind, &whole, seed);
        if judged_at_the_end.violation().is_none_or(|check| check.name != LINEARIZABILITY) {
            continue;
        }
        let stopped = run(blind, &stopping, seed);
        assert_eq!(stopped.verdict, Verdict::Invalid);
        let first = judged_at_the_end.report.first_impossible.unwrap();
        assert_eq!(stopped.report.first_impossible.as_ref(), Some(&first), "seed {seed}");
        assert!(stopped.counters.events < judged_at_the_end.counters.events);
        let check = stopped.violation().unwrap();
        let told = format!("first impossible operation: {first}; the run was stopped at {}", stopped.ended);
        assert_eq!(check.detail, Some(told));
        assert!(check.at.unwrap() <= stopped.ended && stopped.ended < judged_at_the_end.ended);
        let events = &stopped.history.events;
        assert_eq!(events[..], judged_at_the_end.history.events[..events.len()]);
        let again = run(blind, &stopping, seed);
        assert_eq!((again.digest, again.checks), (stopped.digest, stopped.checks));
        found += 1;
    }
    assert!(found >= 5, "{found} of 150 runs show it");
}

/// The monitors are still there, and sooner.
#[test]
fn an_invariant_ends_the_run_as_before() {
    let [whole, stopping] = both(CANARY, &[]);
    let [expected, found] = [whole, stopping].map(|scenario| run(registry::run, &scenario, scenario.seed.0));
    assert_eq!(found.verdict, Verdict::Invalid);
    assert_eq!((found.digest, found.checks), (expected.digest, expected.checks));
}

#[test]
fn a_run_without_a_violation_is_the_same() {
    let [whole, stopping] = both(STORM, &[]);
    for seed in 0..3 {
        let [expected, found] = [&whole, &stopping].map(|scenario| run(registry::run, scenario, seed));
        assert_eq!(found.verdict, Verdict::Valid);
        assert_eq!((found.digest, found.checks), (expected.digest, expected.checks));
        assert_eq!((found.ended, found.history), (expected.ended, expected.history));
    }
}

/// Judged at the end is the default: whoever does not ask for another way has the same settings as ever.
#[test]
fn only_who_asks_has_other_settings() {
    let [whole, stopping] = both(CANARY, &[]);
    assert!(!whole.stops_at_violation && stopping.stops_at_violation);
    assert_ne!(whole.fingerprint(), stopping.fingerprint());
    assert!(!whole.tables.iter().any(|table| table.header == "[check]"));
}
