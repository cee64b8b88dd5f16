//! Runs one workload for as long as asked and prints how many events (operations of W4 and of the
//! checker, runs of W5) that were: for `instructions.sh`, which counts the instructions with callgrind.
//!
//! `instructions WORKLOAD NODES LENGTH`, where the length is in events, of W4 in milliseconds of
//! simulated time, of W5 in runs, and of the checker, whose nodes are clients, in how often the same
//! history is judged.

#[path = "checker/histories.rs"]
mod histories;
mod workloads;

use std::env::args;

use atropos::base::{SimDuration, SimTime};
use atropos::check::{Budget, ModelName, Specification, Verdict, judge};
use atropos::engine::World;
use atropos::history::Value;
use atropos::process::Process;
use histories::{Shape, Workload, history};
use workloads::{gossip, heartbeats, multi_paxos, ping_pong, raft, seeds};

fn events<P: Process>(mut world: World<P>, length: u64) -> u64 {
    world.run_until(SimTime::MAX, length, &mut ());
    world.counters().events
}

fn operations(nodes: u32, length: u64) -> u64 {
    let mut world = raft::world(nodes);
    let mut historian = raft::Historian::default();
    let end = world.now() + SimDuration::from_ms(length);
    world.run_until(end, u64::MAX, &mut historian);
    historian.recorder.counts().ok
}

fn operations_of_paxos(nodes: u32, length: u64) -> u64 {
    let mut world = multi_paxos::world(nodes);
    let mut historian = multi_paxos::Historian::default();
    let end = world.now() + SimDuration::from_ms(length);
    world.run_until(end, u64::MAX, &mut historian);
    historian.recorder.counts().ok
}

/// Pairs and judges ten thousand operations on one key, over and over.
fn judged(workload: Workload, clients: u32, crashes: u64, times: u64) -> u64 {
    let shape =
        Shape { workload, operations: 10_000, clients: clients as usize, keys: 1, crashes, stale: false };
    let (history, specification) = (history(shape), Specification::new(ModelName::CasRegister, Value::Nil));
    let judged = || {
        let operations = history.operations().ok()?;
        let case = specification.case(&history, operations).ok()?;
        let report = judge(&case, &mut Budget::UNLIMITED.clone());
        (report.verdict == Verdict::Valid).then_some(report.operations.total())
    };
    (0..times).filter_map(|_| judged()).sum()
}

fn main() {
    let told: Vec<String> = args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |i: usize| told.get(i).and_then(|text| text.parse::<u64>().ok());
    let (Some(workload), Some(nodes), Some(length)) = (told.first(), number(1), number(2)) else {
        return println!("instructions WORKLOAD NODES LENGTH; see instructions.sh");
    };
    let nodes = nodes as u32;
    let units = match workload.as_str() {
        "w1" => events(ping_pong::world(), length),
        "w2" | "w2-faults" => {
            let calm = workload == "w2";
            events(if calm { gossip::world_of(nodes, 1) } else { gossip::faulty(nodes) }, length)
        }
        "w3" => events(heartbeats::world(), length),
        "w4" => operations(nodes, length),
        "w4-paxos" => operations_of_paxos(nodes, length),
        "w5" => (0..length).filter(|seed| seeds::run(&seeds::scenario(), *seed) > 0).count() as u64,
        "w5-flaky" => (0..length).filter(|seed| seeds::run(&seeds::flaky(), *seed) > 0).count() as u64,
        "w5-idle" => (0..length).map(seeds::idle).sum(),
        "check-unique" => judged(Workload::UniqueWrites, nodes, 0, length),
        "check-crashed" => judged(Workload::UniqueWrites, nodes, 10, length),
        "check-cas" => judged(Workload::FewValues, nodes, 0, length),
        _ => return println!("no such workload: {workload}"),
    };
    println!("{units}");
}
