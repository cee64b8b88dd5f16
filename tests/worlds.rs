//! Same seed, same fate: worlds, their copies, and one changed decision.

use atropos::base::{ClientId, Latency, Probability, Seed, SimDuration, SimTime, StreamName};
use atropos::engine::{World, WorldConfig};
use atropos::network::{LinkConfig, NetworkConfig};
use atropos::process::DecisionName;
use atropos::protocols::kv_service::KvService;
use atropos::protocols::raft::{Raft, RaftConfig};
use atropos::storage::DiskConfig;
use atropos::workload::{ClosedLoop, Mix, WorkloadConfig};

type RaftWorld = World<Raft, ClosedLoop<KvService>>;

fn world(seed: u64) -> RaftWorld {
    let uniform =
        |min, max| Latency::Uniform { min: SimDuration::from_us(min), max: SimDuration::from_us(max) };
    let links = LinkConfig {
        latency: uniform(500, 5_000),
        loss: Probability::new(0.05).unwrap(),
        duplicate: Probability::new(0.05).unwrap(),
        ..LinkConfig::default()
    };
    let clients = WorkloadConfig {
        clients: 3,
        think: uniform(1_000, 20_000),
        keys: 2,
        skew: 0.5,
        mix: Mix { reads: 1, writes: 1, cas: 1 },
        readers: 0,
        until: None,
        reads_back: false,
        reads_back_after: SimDuration::ZERO,
        timeout: SimDuration::from_secs(1),
        retry: SimDuration::from_ms(100),
    };
    let config = WorldConfig {
        network: NetworkConfig { links, ..NetworkConfig::default() },
        disk: DiskConfig { sync: uniform(100, 2_000), ..DiskConfig::default() },
        ..WorldConfig::new(Seed(seed), 3)
    };
    World::new(config, RaftConfig::of(3), ClosedLoop::all(KvService::default(), &clients, 3))
}

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_ms(ms)
}

fn run(world: &mut RaftWorld, until: u64) -> u64 {
    assert!(world.run_until(at(until), u64::MAX, &mut ()));
    world.digest().value()
}

#[test]
fn copies_of_a_world_come_to_the_same_end() {
    let mut original = world(7);
    let middle = run(&mut original, 1_500);
    let mut copy = original.clone();
    assert_eq!(copy.digest().value(), middle);
    let end = run(&mut original, 3_000);
    assert_eq!(run(&mut copy, 3_000), end);
    assert_eq!(run(&mut world(7), 3_000), end, "and so does a world that was never copied");
    assert_ne!(middle, end);
}

#[test]
fn one_changed_decision_changes_the_end() {
    let mut original = world(7);
    run(&mut original, 1_500);
    let end = run(&mut original.clone(), 2_000);
    let scripted = |nth| {
        let mut copy = original.clone();
        copy.script(DecisionName::Stream { name: StreamName::Workload(ClientId(0)), nth }, 0);
        run(&mut copy, 2_000)
    };
    assert_eq!(scripted(0), end, "what was decided before the copy stays decided");
    let changing = (0..2_000).find(|nth| scripted(*nth) != end);
    assert!(changing.is_some(), "some draw of the next half second decides something");
}

#[test]
fn a_hundred_seeds_are_a_hundred_fates() {
    let mut digests: Vec<u64> = (0..100).map(|seed| run(&mut world(seed), 500)).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 100);
}

/// A change here is a breaking change: see `DIGEST_SCHEME` and the changelog. Equal in
/// debug and release builds, on every platform.
#[test]
fn golden_digests() {
    let digests = [1, 2, 3].map(|seed| format!("{:016x}", run(&mut world(seed), 1_000)));
    assert_eq!(digests, GOLDEN);
}

const GOLDEN: [&str; 3] = ["dbc8ee5a14632240", "86d89ef18593fc6a", "ef3bb60ad95c5f0b"];
