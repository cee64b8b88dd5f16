//! Floor 3: what replication protocols share.
//!
//! * [`KvMachine`]: the replicated key-value store with its client [`Sessions`]; a value, so that a
//!   snapshot is a clone.
//! * [`Configuration`]: who votes and who learns, one set of voters or two at once.
//! * [`Snapshot`]: of that store, and how it travels.
//! * [`KvRequest`], [`KvResponse`]: what its clients ask and are answered.
//! * [`lease()`]: how long a promise by other clocks holds.
//! * [`Batch`]: commands on their way.
//! * Majorities: [`quorum`]; and quorums that are none: [`QuorumSystem`].
//! * [`Ballot`]: whose proposals those of Paxos are, and how late.

mod ballot;
mod batch;
mod lease;
mod machine;
mod members;
pub mod quorum;
mod quorum_system;
mod service;
mod sessions;
mod snapshot;

pub use ballot::Ballot;
pub use batch::Batch;
pub use lease::lease;
pub use machine::{KvAnswer, KvCommand, KvMachine, KvOp};
pub use members::{Configuration, NodeSet};
pub use quorum_system::{Phase, QuorumSystem};
pub use service::{KvRequest, KvResponse};
pub use sessions::{Session, SessionId, Sessions};
pub use snapshot::{Arriving, Covers, Snapshot};
