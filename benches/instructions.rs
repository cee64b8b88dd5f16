//! Runs one workload for as long as asked and prints how many events (operations of W4, runs of
//! W5) that were: for `instructions.sh`, which counts the instructions with callgrind.
//!
//! `instructions WORKLOAD NODES LENGTH`, where the length is in events, of W4 in milliseconds of
//! simulated time, and of W5 in runs.

mod workloads;

use std::env::args;

use atropos::base::{SimDuration, SimTime};
use atropos::engine::World;
use atropos::process::Process;
use workloads::{gossip, heartbeats, ping_pong, raft, seeds};

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

fn main() {
    let told: Vec<String> = args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |i: usize| told.get(i).and_then(|text| text.parse::<u64>().ok());
    let (Some(workload), Some(nodes), Some(length)) = (told.first(), number(1), number(2)) else {
        return println!("instructions WORKLOAD NODES LENGTH; see instructions.sh");
    };
    let nodes = nodes as u32;
    let units = match workload.as_str() {
        "w1" => events(ping_pong::world(), length),
        "w2" => events(gossip::world(nodes), length),
        "w3" => events(heartbeats::world(), length),
        "w4" => operations(nodes, length),
        "w5" => (0..length).filter(|seed| seeds::run(&seeds::scenario(), *seed) > 0).count() as u64,
        "w5-idle" => (0..length).map(seeds::idle).sum(),
        _ => return println!("no such workload: {workload}"),
    };
    println!("{units}");
}
