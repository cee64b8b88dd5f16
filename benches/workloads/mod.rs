//! The engine's workloads, each a small protocol on the public API.
//!
//! W1 ping-pong, W2 gossip, W3 heartbeats: what a delivered message or a re-armed
//! timer costs by itself. W4, Raft, is in `raft.rs`.

pub mod gossip;
pub mod heartbeats;
pub mod ping_pong;
