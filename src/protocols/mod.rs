//! Floor 4: the protocols, each a pure state machine; never one another.

pub mod kv_service;
pub mod multi_paxos;
pub mod paxos;
pub mod primary_secondary;
pub mod raft;
