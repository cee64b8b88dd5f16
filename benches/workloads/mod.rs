//! The engine's workloads on the public API, W1 to W3 each a small protocol.
//!
//! W1 ping-pong, W2 gossip, W3 heartbeats: what a delivered message or a re-armed
//! timer costs by itself. W4, Raft and Multi-Paxos, what a committed operation costs. W5, whole runs with
//! monitors, history and verdict, what a seed costs.

pub(crate) mod gossip;
pub(crate) mod heartbeats;
pub(crate) mod multi_paxos;
pub(crate) mod ping_pong;
pub(crate) mod raft;
pub(crate) mod seeds;
