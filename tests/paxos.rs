//! What decisions of Paxos cost, in message delays and messages, and that none is made where no quorum is.

use std::fs;
use std::path::Path;

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::history::Kind;
use atropos::registry;
use atropos::run::{Outcome, TraceLine, Watcher};
use atropos::scenario::{Reader, Scenario, Source};

fn scenario(file: &str, set: &[String]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let text = fs::read(&path).unwrap();
    let source = Source { path: path.to_str().unwrap(), name: file.to_owned(), text: &text };
    let specs = registry::specs();
    let read = Reader::new(&specs).set(set).read(source);
    read.unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// How long each operation took, in ms.
fn latencies(outcome: &Outcome) -> Vec<f64> {
    let mut begun = None;
    let mut took = Vec::new();
    for event in &outcome.history.events {
        let at = event.time.unwrap();
        match event.kind {
            Kind::Invoke => begun = Some(at),
            _ => took.push(at.since(begun.take().unwrap()).as_ms_f64()),
        }
    }
    took
}

/// Counts what nodes send each other.
#[derive(Default)]
struct Messages(u64);

impl Watcher for Messages {
    fn traces(&self) -> bool {
        true
    }
    fn on_line(&mut self, line: TraceLine) {
        self.0 += u64::from(line.kind == "message");
    }
}

/// `n` servers, each 10ms from the others.
fn rooms(n: u32, learning: &str) -> Vec<String> {
    let rooms: Vec<String> = (0..n).map(|room| format!("room/{room}")).collect();
    vec![
        format!("nodes={n}"),
        format!("topology.nodes={rooms:?}"),
        "topology.clients=[\"room/0\"]".to_owned(),
        format!("paxos.learning=\"{learning}\""),
    ]
}

/// Two phases of two delays each, whichever way is learned: the proposer is asked in its own place.
#[test]
fn a_client_beside_the_proposer_waits_four_message_delays() {
    for n in [3, 5, 7, 9] {
        for learning in ["all", "proposer"] {
            let scenario = scenario("papers/paxos-message-delays.toml", &rooms(n, learning));
            let mut messages = Messages::default();
            let outcome = registry::run(&scenario, Seed(0), &mut messages);
            let took = latencies(&outcome);
            assert!(took.len() > 400, "{} decisions", took.len());
            assert!(took.iter().all(|ms| (ms - 40.0).abs() < 1e-9), "n={n} {learning}: {took:?}");
            // The last may be told after the end.
            let (others, decisions) = (u64::from(n) - 1, took.len() as u64);
            let each = if learning == "all" { others * (others + 4) } else { 5 * others };
            let expected =
                each * decisions - if learning == "all" { 0 } else { others }..=each * (decisions + 1);
            assert!(
                expected.contains(&messages.0),
                "n={n} {learning}: {} messages, {expected:?}",
                messages.0
            );
        }
    }
}

/// Where four of five must promise, two that are down stand in everybody's way; where two must, they do not.
#[test]
fn decisions_need_their_quorums() {
    let decided = |phase1: u32| {
        let set = [
            format!("paxos.phase1_quorum={phase1}"),
            format!("paxos.phase2_quorum={}", 6 - phase1),
            "duration=3s".to_owned(),
            "faults=[{ kind = \"crash\", target = [3, 4], at = \"0s\" }]".to_owned(),
        ];
        let outcome = registry::run(&scenario("paxos/steady.toml", &set), Seed(1), &mut ());
        assert_ne!(outcome.verdict, Verdict::Invalid);
        outcome.operations.ok
    };
    assert_eq!((decided(4), decided(2)), (0, 0), "2 and 4, or 4 and 2");
    assert!(decided(3) > 500);
}
