//! What the engine takes from the allocator: nothing for an event in steady state, at most once for
//! an operation of Raft, and little for a node that does nothing.

#[path = "../benches/workloads/mod.rs"]
#[allow(dead_code, reason = "some of it is for the benchmarks alone")]
mod workloads;

use allocation_counter::measure;
use atropos::base::{SimDuration, SimTime};
use atropos::engine::World;
use atropos::process::Process;
use workloads::{gossip, heartbeats, ping_pong, raft};

/// How often a world allocates in `events` events, once it has had four times as many.
fn in_steady_state<P: Process>(mut world: World<P>, events: u64) -> u64 {
    world.run_until(SimTime::MAX, 4 * events, &mut ());
    measure(|| assert!(!world.run_until(SimTime::MAX, 5 * events, &mut ()))).count_total
}

#[test]
fn an_event_allocates_nothing() {
    assert_eq!(in_steady_state(ping_pong::world(), 10_000), 0, "ping-pong");
    assert_eq!(in_steady_state(heartbeats::world(), 10_000), 0, "heartbeats");
    // By then each node has had as many timers at once as it will, or nearly: what is counted is
    // arrays that grow to a size they never had before.
    for nodes in [5, 100, 300] {
        let grown = in_steady_state(gossip::world_of(nodes, 1), 1_000_000);
        assert!(grown <= 20, "gossip among {nodes}: {grown} allocations in a million events");
    }
}

#[test]
fn an_operation_of_raft_allocates_at_most_once() {
    for nodes in [3, 5] {
        let mut world = raft::world(nodes);
        let mut historian = raft::Historian::default();
        let end = world.now() + SimDuration::from_secs(2);
        let allocations = measure(|| assert!(world.run_until(end, u64::MAX, &mut historian))).count_total;
        let operations = historian.recorder.counts().ok;
        assert!(operations > 1_000);
        assert!(allocations <= operations, "{nodes} nodes: {allocations} for {operations} operations");
    }
}

/// Node, process, stream, timer and its place in the queue.
#[test]
fn an_idle_node_is_small() {
    const NODES: u32 = 20_000;
    let mut world = None;
    let info = measure(|| {
        let mut fresh = heartbeats::world_of(NODES);
        fresh.run_until(SimTime::ZERO, u64::MAX, &mut ());
        world = Some(fresh);
    });
    let bytes = info.bytes_current / i64::from(NODES);
    assert!((64..=512).contains(&bytes), "{bytes} bytes a node");
}
