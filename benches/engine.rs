//! What the engine costs: messages and events per second on the workloads W1 to W5.
//!
//! `cargo bench --bench engine`; criterion prints the throughput of each.

mod workloads;

use atropos::base::{SimDuration, SimTime};
use atropos::engine::World;
use atropos::process::Process;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use workloads::{gossip, heartbeats, ping_pong, raft, seeds};

/// Times `events` events of a world that has been warmed up by as many.
fn measure<P: Process + Clone>(c: &mut Criterion, name: &str, events: u64, mut world: World<P>) {
    let run = |world: &mut World<P>| {
        let until = world.counters().events + events;
        world.run_until(SimTime::MAX, until, &mut ());
    };
    run(&mut world);
    let delivered = |world: &World<P>| world.counters().messages_delivered;
    let mut ahead = world.clone();
    run(&mut ahead);
    let mut group = c.benchmark_group("engine");
    group.throughput(Throughput::Elements(delivered(&ahead) - delivered(&world)));
    group.bench_function(name, |b| {
        b.iter_batched_ref(|| world.clone(), run, BatchSize::LargeInput);
    });
    group.finish();
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

/// Times whole runs, judging included: simulated seconds a second. A few seeds after another, as
/// a sweep would run them.
fn measure_seeds(c: &mut Criterion) {
    let scenario = seeds::scenario();
    let operations: u64 = (0..10).map(|seed| seeds::run(&scenario, seed)).sum();
    println!("w5: {} operations a run", operations / 10);
    let mut group = c.benchmark_group("engine");
    let mut seed = 0;
    let mut next = || {
        seed += 1;
        seed
    };
    group.throughput(Throughput::Elements(seeds::SECONDS));
    group.bench_function("w5 seeds", |b| b.iter(|| seeds::run(&scenario, next())));
    group.bench_function("w5 idle", |b| b.iter(|| seeds::idle(next())));
    group.finish();
}

fn engine(c: &mut Criterion) {
    measure(c, "w1 ping-pong", 1_000_000, ping_pong::world());
    for nodes in [5, 100, 1_000, 10_000, 100_000] {
        let events = u64::from(nodes) * 10;
        measure(c, &format!("w2 gossip {nodes}"), events.max(1_000_000), gossip::world(nodes));
    }
    for rumours in [1, 100, 1_000] {
        let pending = 1_000 * u64::from(rumours);
        let world = gossip::world_of(1_000, rumours);
        measure(c, &format!("w2 pending {pending}"), (10 * pending).max(1_000_000), world);
    }
    measure(c, "w3 heartbeats", 1_000_000, heartbeats::world());
    measure_raft(c, 3);
    measure_raft(c, 5);
    measure_seeds(c);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = engine
}
criterion_main!(benches);
