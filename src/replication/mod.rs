//! Floor 3: what replication protocols share.
//!
//! * [`KvMachine`]: the replicated key-value store with its client [`Sessions`]; a value, so that a
//!   snapshot is a clone.
//! * [`Configuration`]: who votes and who learns, one set of voters or two at once.
//! * Majorities: [`quorum`].
//!
//! Ready for, not yet here: flexible quorums.

mod machine;
mod members;
pub mod quorum;
mod sessions;

pub use machine::{KvAnswer, KvCommand, KvMachine, KvOp};
pub use members::{Configuration, NodeSet};
pub use sessions::{Session, SessionId, Sessions};
