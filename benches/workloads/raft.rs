//! W4: Raft with 8 closed-loop clients that only write; links uniform 0.5–1.5 ms and
//! FIFO; a disk that takes no time; the history is recorded.

use atropos::base::{Latency, Seed, SimDuration, SimTime};
use atropos::engine::{Observer, World, WorldConfig};
use atropos::history::{Event, Recorder};
use atropos::network::{LinkConfig, NetworkConfig};
use atropos::protocols::kv_service::KvService;
use atropos::protocols::raft::{Raft, RaftConfig};
use atropos::workload::{ClosedLoop, Mix, WorkloadConfig};

/// The world of W4.
pub(crate) type RaftWorld = World<Raft, ClosedLoop<KvService>>;

/// Keeps the history and nothing else.
#[derive(Clone, Default)]
pub(crate) struct Historian {
    /// What the clients saw.
    pub(crate) recorder: Recorder,
}

impl Observer<Raft> for Historian {
    fn on_operation(&mut self, event: Event) {
        self.recorder.push(event);
    }
}

/// The network: uniform latencies, first in, first out.
pub(crate) fn network() -> NetworkConfig {
    let latency = Latency::Uniform { min: SimDuration::from_us(500), max: SimDuration::from_us(1_500) };
    let links = LinkConfig { latency, ..LinkConfig::default() };
    NetworkConfig { links, fifo: true, ..NetworkConfig::default() }
}

/// The clients: eight, which only write.
pub(crate) fn workload() -> WorkloadConfig {
    let ms = SimDuration::from_ms;
    WorkloadConfig {
        clients: 8,
        think: Latency::ZERO,
        keys: 8,
        skew: 0.0,
        mix: Mix { reads: 0, writes: 1, cas: 0 },
        readers: 0,
        until: None,
        reads_back: false,
        reads_back_after: SimDuration::ZERO,
        timeout: ms(2_000),
        retry: ms(200),
    }
}

/// A cluster of `nodes` that has elected its leader.
pub(crate) fn world(nodes: u32) -> RaftWorld {
    let clients = ClosedLoop::all(KvService::default(), &workload(), nodes);
    let config = WorldConfig { network: network(), ..WorldConfig::new(Seed(1), nodes) };
    let mut world = World::new(config, RaftConfig::of(nodes), clients);
    world.run_until(SimTime::ZERO + SimDuration::from_ms(1_000), u64::MAX, &mut ());
    world
}
