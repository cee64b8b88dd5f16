//! Two ways through the engine, the short one and that with every question asked, end the same; so do
//! copies of a world, and worlds run bit by bit. And what they end with is what it has always been.

use atropos::base::keys::Target;
use atropos::base::{Draw, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Stream, StreamName};
use atropos::engine::{Counters, World, WorldConfig};
use atropos::faults::{Action, Fault, MessageEffect, MessageVerb, PartitionShape, When};
use atropos::network::{LinkConfig, LinkOverride, NetworkConfig};
use atropos::process::DecisionName;
use atropos::protocols::kv_service::KvService;
use atropos::protocols::raft::{Raft, RaftAdmin, RaftConfig};
use atropos::storage::DiskConfig;
use atropos::workload::{ClosedLoop, Mix, WorkloadConfig};

type RaftWorld = World<Raft, ClosedLoop<KvService>>;

const US: fn(u64) -> SimDuration = SimDuration::from_us;

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_ms(ms)
}

fn uniform(min_us: u64, max_us: u64) -> Latency {
    Latency::Uniform { min: US(min_us), max: US(max_us) }
}

/// One of six kinds of fault, now and then, at whom it likes.
fn fault(draws: &mut Stream, nodes: u32) -> Fault {
    let target = match draws.below(4) {
        0 => Target::Leader,
        1 => Target::Random,
        2 => Target::Nodes(vec![NodeId(draws.below(u64::from(nodes)) as u32)]),
        _ => Target::Minority,
    };
    let action = match draws.below(8) {
        0 => Action::Crash(target),
        1 => Action::Restart(target),
        2 | 3 => Action::Pause(target),
        4 => Action::Partition(PartitionShape::Isolate(target)),
        5 => Action::Heal,
        6 => Action::Admin { command: "campaign".to_owned(), target },
        _ => {
            let effect = match draws.below(3) {
                0 => MessageEffect::Drop,
                1 => MessageEffect::Delay(US(3_000)),
                _ => MessageEffect::Duplicate,
            };
            let (nth, count) = (1 + draws.below(3), 1 + draws.below(20));
            Action::Messages(MessageVerb { message: None, from: None, to: None, nth, count, effect })
        }
    };
    let every = (draws.below(2) == 0).then(|| SimDuration::from_ms(50 + draws.below(400)));
    let when =
        When { first: Some(at(100 + draws.below(1_500))), every: every.map(Into::into), until: at(3_000) };
    Fault { when, action, lasts: Some(SimDuration::from_ms(1 + draws.below(300)).into()), max_down: None }
}

/// A cluster whose weather, disks, inboxes and faults are drawn from `seed`.
fn world(seed: u64) -> RaftWorld {
    let mut draws = Stream::new(Seed(seed), StreamName::Nemesis(77));
    let share = |draws: &mut Stream| Probability::new([0.0, 0.05, 0.2][draws.below(3) as usize]).unwrap();
    let latency = if draws.below(2) == 0 { Latency::Constant(US(1_000)) } else { uniform(500, 5_000) };
    let (loss, duplicate) = (share(&mut draws), share(&mut draws));
    let links = LinkConfig { latency, loss, duplicate, ..NetworkConfig::default().links };
    let slow = LinkOverride {
        from: vec![NodeId(0)],
        latency: Some(Latency::Constant(US(8_000))),
        ..LinkOverride::default()
    };
    let overrides = if draws.below(3) == 0 { vec![slow] } else { Vec::new() };
    let clients = WorkloadConfig {
        clients: 3,
        think: uniform(100, 5_000),
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
    let nodes = 3 + 2 * draws.below(2) as u32;
    let faults = (0..6).map(|_| fault(&mut draws, nodes)).collect();
    let sync = if draws.below(2) == 0 { Latency::ZERO } else { uniform(100, 2_000) };
    let config = WorldConfig {
        network: NetworkConfig { links, fifo: draws.below(2) == 0, overrides, ..NetworkConfig::default() },
        disk: DiskConfig { sync, ..DiskConfig::default() },
        service_time: if draws.below(3) == 0 { US(50) } else { SimDuration::ZERO },
        faults,
        admin: RaftAdmin::parse,
        ..WorldConfig::new(Seed(seed), nodes)
    };
    let clients = ClosedLoop::all(KvService::default(), &clients, nodes);
    World::new(config, RaftConfig::of(nodes), clients)
}

/// Scripts a choice that nobody makes: from now on every question is asked, to no effect.
fn ask_everything(world: &mut RaftWorld) {
    world.script(DecisionName::Stream { name: StreamName::Nemesis(4_000), nth: 9 }, 3);
}

fn end(mut world: RaftWorld) -> (u64, Counters) {
    world.run_until(at(3_500), u64::MAX, &mut ());
    (world.digest().value(), *world.counters())
}

#[test]
fn every_way_comes_to_the_same_end() {
    for seed in 0..40 {
        let short = end(world(seed));
        let mut long = world(seed);
        ask_everything(&mut long);
        assert_eq!(end(long), short, "seed {seed}, asked from the beginning");
        let mut middle = world(seed);
        middle.run_until(at(900), u64::MAX, &mut ());
        let copy = middle.clone();
        ask_everything(&mut middle);
        assert_eq!(end(middle), short, "seed {seed}, asked from the middle");
        assert_eq!(end(copy), short, "seed {seed}, copied in the middle");
        let mut bits = world(seed);
        for ms in 0..3_500 {
            bits.run_until(at(ms), u64::MAX, &mut ());
        }
        assert_eq!(end(bits), short, "seed {seed}, bit by bit");
    }
}

/// A change here is a breaking change: see `DIGEST_SCHEME` and the changelog.
#[test]
fn golden_digests_of_worlds_with_faults() {
    let digests: Vec<String> = (0..16).map(|seed| format!("{:016x}", end(world(seed)).0)).collect();
    assert_eq!(digests, GOLDEN);
}

const GOLDEN: [&str; 16] = [
    "30ee304a730ce5c4",
    "aa71e78b5514d54f",
    "8330b16dc45087da",
    "ce919432663df395",
    "7e8b1b4f38d02404",
    "773c33ab683feaf7",
    "6684d3876725f49a",
    "9cd6003d777b559f",
    "c7c1ffcee8dfc9f0",
    "3cd33ab86cf9a8b1",
    "f4f1aca6e3402318",
    "ee53585572257270",
    "8ef7bb8dbc06cc48",
    "53a7b844640b9e47",
    "0894dba0d437493b",
    "787dc4cd8ebfe826",
];
