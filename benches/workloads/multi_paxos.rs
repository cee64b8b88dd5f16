//! W4 for Multi-Paxos: what [`raft`](super::raft) has of Raft.

use atropos::base::{Seed, SimDuration, SimTime};
use atropos::engine::{Observer, World, WorldConfig};
use atropos::history::{Event, Recorder};
use atropos::protocols::kv_service::KvService;
use atropos::protocols::multi_paxos::{MultiPaxos, MultiPaxosConfig};
use atropos::workload::ClosedLoop;

use super::raft::{network, workload};

/// The world of W4.
pub(crate) type MultiPaxosWorld = World<MultiPaxos, ClosedLoop<KvService>>;

/// Keeps the history and nothing else.
#[derive(Clone, Default)]
pub(crate) struct Historian {
    /// What the clients saw.
    pub(crate) recorder: Recorder,
}

impl Observer<MultiPaxos> for Historian {
    fn on_operation(&mut self, event: Event) {
        self.recorder.push(event);
    }
}

/// A cluster of `nodes` that has found its leader.
pub(crate) fn world(nodes: u32) -> MultiPaxosWorld {
    let config = WorldConfig { network: network(), ..WorldConfig::new(Seed(1), nodes) };
    let clients = ClosedLoop::all(KvService::default(), &workload(), nodes);
    let mut world = World::new(config, MultiPaxosConfig::of(nodes), clients);
    world.run_until(SimTime::ZERO + SimDuration::from_ms(1_000), u64::MAX, &mut ());
    world
}
