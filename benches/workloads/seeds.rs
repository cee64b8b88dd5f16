//! W5: a minute of a five-node Raft cluster, as a sweep runs it: watched, recorded and judged.

use atropos::base::{Latency, Seed, SimDuration, SimTime};
use atropos::check::Verdict;
use atropos::engine::{World, WorldConfig};
use atropos::network::{LinkConfig, NetworkConfig};
use atropos::protocols::raft::{Raft, RaftConfig};
use atropos::registry;
use atropos::scenario::{self, Scenario};

/// How long a run lasts in the simulated world, in seconds.
pub(crate) const SECONDS: u64 = 60;

const CLUSTER: &str = r#"
    protocol = "raft"
    nodes = 5
    duration = "60s"
    [network]
    latency = { uniform = ["0.5ms", "1.5ms"] }
    [clients]
    count = 4
    think = "500ms"
"#;

/// Four clients that think for half a second between two operations.
pub(crate) fn scenario() -> Scenario {
    read(CLUSTER)
}

/// The same on a bad day: each seed draws what breaks.
pub(crate) fn flaky() -> Scenario {
    read(&format!("preset = \"flaky\"\n{CLUSTER}"))
}

fn read(text: &str) -> Scenario {
    let source = scenario::Source { path: "seeds.toml", name: "seeds".into(), text: text.as_bytes() };
    scenario::read(source, &registry::specs()).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

/// Runs and judges `scenario` under `seed`; the number of operations that were done.
pub(crate) fn run(scenario: &Scenario, seed: u64) -> u64 {
    let outcome = registry::run(scenario, Seed(seed), &mut ());
    assert_eq!(outcome.verdict, Verdict::Valid, "seed {seed}");
    outcome.operations.ok
}

/// A minute of the same cluster with no clients and nobody who listens; the number of events.
pub(crate) fn idle(seed: u64) -> u64 {
    let latency = Latency::Uniform { min: SimDuration::from_us(500), max: SimDuration::from_us(1_500) };
    let links = LinkConfig { latency, ..LinkConfig::default() };
    let network = NetworkConfig { links, ..NetworkConfig::default() };
    let config = RaftConfig::of(5);
    let mut world: World<Raft> =
        World::new(WorldConfig { network, ..WorldConfig::new(Seed(seed), 5) }, config, Vec::new());
    world.run_until(SimTime::ZERO + SimDuration::from_secs(SECONDS), u64::MAX, &mut ());
    world.counters().events
}
