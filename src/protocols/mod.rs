//! Floor 4: the protocols, each a pure state machine; never one another.

pub mod raft;
