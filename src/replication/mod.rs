//! Floor 3: what replication protocols share.
//!
//! * [`KvMachine`]: the replicated key-value store with its client sessions.
//! * Majorities: [`quorum`].
//!
//! Ready for, not yet here: snapshots (the machine is a value that can be cloned),
//! session expiry, flexible quorums.

mod machine;
pub mod quorum;
mod sessions;

pub use machine::{KvAnswer, KvCommand, KvMachine, KvOp};
pub use sessions::{SessionId, Sessions};
