//! Writes under a stable leader: how long they take across regions, and what they cost in messages.

use std::collections::BTreeMap;
use std::fs;

use atropos::base::Seed;
use atropos::history::Kind;
use atropos::registry;
use atropos::run::{Outcome, TraceLine, Watcher};
use atropos::scenario::{Opened, Reader, Scenario, Source};

use super::root;
use super::row::{Row, Tolerance};

/// The scenarios that are run.
pub(super) const SCENARIOS: [&str; 4] =
    ["wan-latency-ca-eu", "wan-latency-sa-ap", "wan-latency-three-regions", "message-delays"];

/// The rows, in order.
pub(super) const NAMES: [&str; 12] = [
    "WAN write n=5: leader ca-central-1 client eu-west-1",
    "WAN write n=5: leader sa-east-1 client ap-southeast-1",
    "WAN write n=3: leader eu-west-1 client us-west-1",
    "WAN writes n=3: farthest from the formula of 15 pairs",
    "WAN writes n=4: farthest from the formula of 20 pairs",
    "WAN writes n=5: farthest from the formula of 25 pairs",
    "message delays n=5 client beside the leader",
    "message delays n=3 client beside the leader",
    "messages for each entry n=3",
    "messages for each entry n=5",
    "messages for each entry n=7",
    "messages for each entry n=9",
];

const REGIONS: [&str; 5] = ["ap-southeast-1", "ca-central-1", "eu-west-1", "sa-east-1", "us-west-1"];

/// One nanosecond each way, in ms: what halving a round trip may lose.
const ROUNDING: f64 = 0.000_01;

fn open_beside(name: &str, from: &str) -> Result<Opened, String> {
    let path = std::path::Path::new(from).parent().unwrap().join(name);
    let text = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
}

fn scenario(name: &str, set: &[String]) -> Scenario {
    let path = root().join(format!("scenarios/papers/raft-{name}.toml"));
    let text = fs::read(&path).unwrap();
    let source = Source { path: path.to_str().unwrap(), name: name.to_owned(), text: &text };
    let specs = registry::specs();
    let read = Reader::new(&specs).set(set).opener(&open_beside).read(source);
    read.unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// The measured averages of the matrix, in ms, by a reader of the test's own.
fn round_trips() -> BTreeMap<(String, String), f64> {
    let text = fs::read_to_string(root().join("scenarios/wan/aws-2021-02-13.csv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        ((cells[0].to_owned(), cells[1].to_owned()), cells[3].parse().unwrap())
    })
    .collect()
}

/// What a write takes: RTT(c, L) and the ⌊n/2⌋-th smallest RTT(L, other), where there and back were each
/// measured and half of each counts.
fn formula(regions: &[&str], leader: &str, client: &str) -> f64 {
    let trips = round_trips();
    let rtt = |a: &str, b: &str| {
        let one = |from: &str, to: &str| trips[&(from.to_owned(), to.to_owned())];
        f64::midpoint(one(a, b), one(b, a))
    };
    let mut others: Vec<f64> =
        regions.iter().filter(|other| **other != leader).map(|other| rtt(leader, other)).collect();
    others.sort_by(f64::total_cmp);
    rtt(client, leader) + others[regions.len() / 2 - 1]
}

/// How long each write took, in ms, but for the first: its client neither knows the leader nor has a session.
fn latencies(outcome: &Outcome) -> Vec<f64> {
    let mut begun = None;
    let mut took = Vec::new();
    for event in &outcome.history.events {
        let at = event.time.unwrap();
        match event.kind {
            Kind::Invoke => begun = Some(at),
            Kind::Ok => took.push(at.since(begun.take().unwrap()).as_ms_f64()),
            Kind::Fail | Kind::Info => {}
        }
    }
    took.drain(..1);
    took
}

/// Every write of a run takes as long: how long.
fn latency(name: &str, set: &[String]) -> f64 {
    let outcome = registry::run(&scenario(name, set), Seed(0), &mut ());
    assert_eq!(outcome.leader_terms, 1, "{name} {set:?}: the leader is stable");
    let took = latencies(&outcome);
    assert!(took.len() >= 50, "{name} {set:?}: {} writes", took.len());
    assert!(took.iter().all(|ms| (ms - took[0]).abs() <= ROUNDING), "{name} {set:?}: {took:?}");
    took[0]
}

/// Counts what nodes send each other and what clients complete, once the leader is settled and the client has
/// its session: each is an entry of its own.
#[derive(Default)]
struct Messages {
    between_nodes: u64,
    completed: u64,
}

impl Watcher for Messages {
    fn traces(&self) -> bool {
        true
    }
    fn on_line(&mut self, line: TraceLine) {
        let settled = line.time.as_ns() > 200_000_000;
        self.between_nodes += u64::from(settled && line.kind == "message");
        self.completed += u64::from(settled && line.kind == "operation" && line.text.starts_with("ok "));
    }
}

fn row(what: usize, scenario: &str, set: Vec<String>, runs: u64) -> Row {
    Row {
        what: NAMES[what].to_owned(),
        scenario: format!("papers/raft-{scenario}"),
        set,
        runs,
        unit: "ms",
        measured: 0.0,
        expected: 0.0,
        tolerance: Tolerance::Within(ROUNDING, format!("{ROUNDING}")),
    }
}

/// Every leader among the first `n` regions with a client in each region there is: the largest difference
/// from the formula.
fn all_pairs(what: usize, n: usize) -> Row {
    let regions = &REGIONS[..n];
    let mut farthest = 0f64;
    for (i, leader) in regions.iter().enumerate() {
        for client in REGIONS {
            let set = [
                format!("nodes={n}"),
                format!("topology.nodes={regions:?}"),
                format!("topology.clients={:?}", [client]),
                format!("faults.0.target=[{i}]"),
            ];
            let measured = latency("wan-latency-ca-eu", &set);
            farthest = farthest.max((measured - formula(regions, leader, client)).abs());
        }
    }
    let set = vec![format!("nodes={n}")];
    Row { measured: farthest, ..row(what, "wan-latency-ca-eu", set, 5 * n as u64) }
}

/// `n` servers, each 10ms from the others.
fn rooms(n: u32) -> Vec<String> {
    let rooms: Vec<String> = (0..n).map(|room| format!("room/{room}")).collect();
    vec![
        format!("nodes={n}"),
        format!("topology.nodes={rooms:?}"),
        "topology.clients=[\"room/0\"]".to_owned(),
    ]
}

fn delays(what: usize, set: Vec<String>) -> Row {
    let ms = latency("message-delays", &set);
    Row { unit: "delays", measured: ms / 10.0, expected: 2.0, ..row(what, "message-delays", set, 1) }
}

fn messages(what: usize, n: u32) -> Row {
    let set = rooms(n);
    let mut seen = Messages::default();
    registry::run(&scenario("message-delays", &set), Seed(0), &mut seen);
    // The one heartbeat, after 58s, is not for an entry.
    let heartbeat = 2 * u64::from(n - 1);
    let each = (seen.between_nodes - heartbeat) as f64 / seen.completed as f64;
    let expected = f64::from(2 * (n - 1));
    let tolerance = Tolerance::Within(0.0, "0".to_owned());
    Row { unit: "messages", measured: each, expected, tolerance, ..row(what, "message-delays", set, 1) }
}

/// All rows of writes.
pub(super) fn measure() -> Vec<Row> {
    let three = ["ap-southeast-1", "eu-west-1", "sa-east-1"];
    let published: [(&str, &[&str], &str, &str); 3] = [
        (SCENARIOS[0], &REGIONS, "ca-central-1", "eu-west-1"),
        (SCENARIOS[1], &REGIONS, "sa-east-1", "ap-southeast-1"),
        (SCENARIOS[2], &three, "eu-west-1", "us-west-1"),
    ];
    let mut rows = Vec::new();
    for (what, (name, regions, leader, client)) in published.into_iter().enumerate() {
        let measured = latency(name, &[]);
        rows.push(Row {
            measured,
            expected: formula(regions, leader, client),
            ..row(what, name, Vec::new(), 1)
        });
    }
    rows.extend([all_pairs(3, 3), all_pairs(4, 4), all_pairs(5, 5)]);
    rows.extend([delays(6, Vec::new()), delays(7, rooms(3))]);
    rows.extend([(8, 3), (9, 5), (10, 7), (11, 9)].map(|(what, n)| messages(what, n)));
    rows
}
