//! What a write costs under a stable leader of Multi-Paxos: in time across regions, and in messages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use atropos::base::Seed;
use atropos::history::Kind;
use atropos::registry;
use atropos::run::{TraceLine, Watcher};
use atropos::scenario::{Opened, Reader, Scenario, Source};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

fn scenario(name: &str, set: &[String]) -> Scenario {
    let path = path(&format!("papers/multi-paxos-{name}.toml"));
    let text = fs::read(&path).unwrap();
    let source = Source { path: path.to_str().unwrap(), name: name.to_owned(), text: &text };
    let beside = |name: &str, from: &str| {
        let path = Path::new(from).parent().unwrap().join(name);
        let text = fs::read(&path).map_err(|error| error.to_string())?;
        Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
    };
    let specs = registry::specs();
    let read = Reader::new(&specs).set(set).opener(&beside).read(source);
    read.unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// Round trips in nanoseconds, there and back, by a reader of the test's own.
type Trips = BTreeMap<(String, String), u64>;

fn round_trips() -> Trips {
    let text = fs::read_to_string(path("wan/gcp.csv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let ns = |ms: &str| {
        let (whole, part) = ms.split_once('.').unwrap();
        whole.parse::<u64>().unwrap() * 1_000_000 + format!("{part:0<6}").parse::<u64>().unwrap()
    };
    rows.map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        ((cells[0].to_owned(), cells[1].to_owned()), ns(cells[3]))
    })
    .collect()
}

/// RTT(c, L) and the ⌊n/2⌋-th smallest RTT(L, other), in nanoseconds, where there and back were each measured and
/// half of each counts.
fn formula(trips: &Trips, regions: &[&str], leader: &str, client: &str) -> u64 {
    let rtt = |a: &str, b: &str| {
        let one = |from: &str, to: &str| trips[&(from.to_owned(), to.to_owned())] / 2;
        one(a, b) + one(b, a)
    };
    let others = regions.iter().filter(|other| **other != leader);
    let mut others: Vec<u64> = others.map(|other| rtt(leader, other)).collect();
    others.sort_unstable();
    rtt(client, leader) + others[regions.len() / 2 - 1]
}

/// How long each write took but for the first two: the client finds the leader, and opens its session.
fn latencies(scenario: &Scenario) -> Vec<u64> {
    let outcome = registry::run(scenario, Seed(0), &mut ());
    assert_eq!(outcome.leader_terms, 1, "the leader is stable");
    let mut begun = None;
    let mut took = Vec::new();
    for event in &outcome.history.events {
        match event.kind {
            Kind::Invoke => begun = event.time,
            Kind::Ok => took.push(event.time.unwrap().since(begun.take().unwrap()).as_ns()),
            Kind::Fail | Kind::Info => {}
        }
    }
    took.drain(..took.len().min(2));
    took
}

/// Every leader among `regions` with a client in each region that there is: to the nanosecond.
fn compare_all_placements(trips: &Trips, regions: &[&str], everywhere: &[&str]) {
    for (i, leader) in regions.iter().enumerate() {
        for client in everywhere {
            let set = [
                format!("nodes={}", regions.len()),
                format!("topology.nodes={regions:?}"),
                format!("topology.clients={:?}", [client]),
                format!("faults.0.target=[{i}]"),
            ];
            let took = latencies(&scenario("wan-latency", &set));
            assert!(took.len() >= 8, "{set:?}: {} writes", took.len());
            let expected = formula(trips, regions, leader, client);
            assert!(took.iter().all(|ns| *ns == expected), "{set:?}: {took:?}, not {expected}");
        }
    }
}

/// Clusters of three, five and seven regions, beginning at each `step`-th in the order of the alphabet.
fn compare_clusters(step: usize) {
    let trips = round_trips();
    let mut everywhere: Vec<&str> = trips.keys().map(|(from, _)| from.as_str()).collect();
    everywhere.dedup();
    assert_eq!(everywhere.len(), 20);
    for n in [3, 5, 7] {
        for start in (0..everywhere.len()).step_by(step) {
            let cluster: Vec<&str> = (0..n).map(|i| everywhere[(start + i * 3) % everywhere.len()]).collect();
            compare_all_placements(&trips, &cluster, &everywhere);
        }
    }
}

#[test]
fn a_write_takes_what_the_formula_says_wherever_leader_and_client_are() {
    compare_clusters(10);
}

/// The same for ten times as many clusters: a minute or two.
#[test]
#[ignore = "slow: six thousand runs"]
fn a_write_takes_what_the_formula_says_in_every_cluster() {
    compare_clusters(1);
}

/// Counts what nodes send each other and what clients complete, once the leader is settled and the client has
/// its session: each has a slot of its own.
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

#[test]
fn a_write_beside_the_leader_takes_two_delays_and_two_messages_for_each_other_node() {
    for n in [3, 4, 5, 7, 9] {
        let rooms: Vec<String> = (0..n).map(|room| format!("room/{room}")).collect();
        let set = [
            format!("nodes={n}"),
            format!("topology.nodes={rooms:?}"),
            "topology.clients=[\"room/0\"]".to_owned(),
        ];
        let scenario = scenario("message-delays", &set);
        let took = latencies(&scenario);
        assert!(took.len() >= 50 && took.iter().all(|ns| *ns == 20_000_000), "{n} nodes: {took:?}");
        let mut seen = Messages::default();
        registry::run(&scenario, Seed(0), &mut seen);
        // The one heartbeat, after 58s, is not for a slot.
        assert_eq!(seen.between_nodes - 2 * (n - 1), 2 * (n - 1) * seen.completed, "{n} nodes");
    }
}
