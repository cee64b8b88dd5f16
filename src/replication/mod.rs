//! Floor 3: what replication protocols share.
//!
//! * [`KvMachine`]: the replicated key-value store with its client [`Sessions`]; a value, so that a
//!   snapshot is a clone.
//! * [`Configuration`]: who votes and who learns, one set of voters or two at once.
//! * Majorities: [`quorum`]; and quorums that are none: [`QuorumSystem`].
//! * [`Ballot`]: whose proposals those of Paxos are, and how late.

mod ballot;
mod machine;
mod members;
pub mod quorum;
mod quorum_system;
mod sessions;

pub use ballot::Ballot;
pub use machine::{KvAnswer, KvCommand, KvMachine, KvOp};
pub use members::{Configuration, NodeSet};
pub use quorum_system::{Phase, QuorumSystem};
pub use sessions::{Session, SessionId, Sessions};
