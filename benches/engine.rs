//! What the engine costs: messages and events per second on the workloads W1 to W5.
//!
//! `cargo bench --bench engine`; criterion prints the throughput of each.

#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

mod workloads;

use std::time::Instant;

use atropos::base::{SimDuration, SimTime};
use atropos::engine::World;
use atropos::process::Process;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use workloads::{gossip, heartbeats, multi_paxos, ping_pong, raft, seeds};

/// Times `events` events of a world that has been warmed up by as many.
/// The throughput is in `units` of a world.
fn measure<P: Process + Clone>(
    c: &mut Criterion,
    name: &str,
    events: u64,
    units: fn(&World<P>) -> u64,
    mut world: World<P>,
) {
    let run = |world: &mut World<P>| {
        let until = world.counters().events + events;
        world.run_until(SimTime::MAX, until, &mut ());
    };
    run(&mut world);
    let mut ahead = world.clone();
    run(&mut ahead);
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(units(&ahead) - units(&world)));
    group.bench_function(name, |b| {
        b.iter_batched_ref(|| world.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
}

fn messages<P: Process>(world: &World<P>) -> u64 {
    world.counters().messages_delivered
}

fn events<P: Process>(world: &World<P>) -> u64 {
    world.counters().events
}

/// Times W2, in which no rumour may get lost.
fn measure_gossip(c: &mut Criterion, name: &str, nodes: u32, rumours: u32) {
    let pending = u64::from(nodes) * u64::from(rumours);
    let world = gossip::world_of(nodes, rumours);
    let mut ahead = world.clone();
    ahead.run_until(SimTime::MAX, 20 * pending, &mut ());
    assert!(ahead.pending() as u64 >= pending, "{} of {pending} rumours are left", ahead.pending());
    measure(c, name, (10 * pending).max(1_000_000), messages, world);
}

/// Times the committed operations of a second and a half of simulated time.
fn measure_raft(c: &mut Criterion, nodes: u32) {
    let world = raft::world(nodes);
    let run = |mut world: raft::RaftWorld| {
        let mut historian = raft::Historian::default();
        let end = world.now() + SimDuration::from_ms(1_500);
        world.run_until(end, u64::MAX, &mut historian);
        historian.recorder.counts().ok
    };
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(run(world.clone())));
    group.bench_function(format!("w4 raft {nodes}"), |b| {
        b.iter_batched(|| world.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
}

/// The same for Multi-Paxos.
fn measure_multi_paxos(c: &mut Criterion, nodes: u32) {
    let world = multi_paxos::world(nodes);
    let run = |mut world: multi_paxos::MultiPaxosWorld| {
        let mut historian = multi_paxos::Historian::default();
        let end = world.now() + SimDuration::from_ms(1_500);
        world.run_until(end, u64::MAX, &mut historian);
        historian.recorder.counts().ok
    };
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(run(world.clone())));
    group.bench_function(format!("w4 multi-paxos {nodes}"), |b| {
        b.iter_batched(|| world.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
}

/// Times whole runs, judging included: simulated seconds a second. A thousand seeds once, as a sweep
/// would run them, and then a few under criterion's eye.
fn measure_seeds(c: &mut Criterion) {
    const SEEDS: u64 = 1_000;
    let (scenario, flaky) = (seeds::scenario(), seeds::flaky());
    for (name, scenario) in [("w5", &scenario), ("w5 flaky", &flaky)] {
        let begin = Instant::now();
        let operations: u64 = (0..SEEDS).map(|seed| seeds::run(scenario, seed)).sum();
        let took = begin.elapsed().as_secs_f64();
        let times = (SEEDS * seeds::SECONDS) as f64 / took;
        println!("{name}: {SEEDS} seeds, {operations} operations, {took:.3} s: {times:.0} times real time");
    }
    let mut group = c.benchmark_group("engine");
    let mut seed = 0;
    let mut next = || {
        seed += 1;
        seed
    };
    group.throughput(Throughput::Elements(seeds::SECONDS));
    group.bench_function("w5 seeds", |b| b.iter(|| seeds::run(&scenario, next())));
    group.bench_function("w5 flaky", |b| b.iter(|| seeds::run(&flaky, next())));
    group.bench_function("w5 idle", |b| b.iter(|| seeds::idle(next())));
    group.finish();
}

fn engine(c: &mut Criterion) {
    measure(c, "w1 ping-pong", 1_000_000, messages, ping_pong::world());
    for nodes in [5, 100, 1_000, 10_000, 100_000] {
        measure_gossip(c, &format!("w2 gossip {nodes}"), nodes, 1);
    }
    measure(c, "w2 gossip 100, faulty links", 1_000_000, messages, gossip::faulty(100));
    for rumours in [1, 100, 1_000] {
        measure_gossip(c, &format!("w2 pending {}", 1_000 * rumours), 1_000, rumours);
    }
    measure(c, "w3 heartbeats", 1_000_000, events, heartbeats::world());
    measure_raft(c, 3);
    measure_raft(c, 5);
    measure_multi_paxos(c, 3);
    measure_multi_paxos(c, 5);
    measure_seeds(c);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = engine
}
criterion_main!(benches);
