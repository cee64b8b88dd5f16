//! Raft: replication by a strong leader (Ongaro and Ousterhout 2014; Ongaro's
//! dissertation, 2014).
//!
//! Implemented: elections with randomised timeouts, log replication with pipelining
//! and fast conflict back-up (§5.3), the no-op that begins a term, commitment of the
//! current term's entries only (§5.4.2), durable term, vote and log, the leader's disk
//! write in parallel with replication (dissertation §10.2.1), client sessions (§6.3),
//! linearizable reads by ReadIndex (§6.4).
//!
//! Left for later, with room made for it: pre-vote, check-quorum, leadership transfer,
//! learners, snapshots, membership changes, lease reads.
//!
//! | file | what it holds |
//! |---|---|
//! | [`config`] | parameters, their scenario keys, bug switches |
//! | [`message`] | what nodes, clients and operators say |
//! | [`log`] | the log and its entries |
//! | `node` | the state of a node; terms, votes and recovery |
//! | `follower`, `candidate`, `leader`, `reads` | one role a file, and ReadIndex |
//! | `waits` | what a node waits for, in words |
//! | `service` | how a closed-loop client speaks Raft |

mod candidate;
pub mod config;
mod follower;
mod leader;
pub mod log;
pub mod message;
mod node;
mod reads;
mod service;
#[cfg(test)]
mod tests;
mod waits;

pub use config::{BUGS, RaftBugs, RaftConfig, SECTION, SURVIVES, damaged_most};
pub use log::{Command, Entries, Entry, Log, LogIndex, Term};
pub use message::{AppendResult, Message, RaftAdmin, RaftRequest, RaftResponse, Record, VOTE_BYTES};
pub use node::{Raft, Timer};
pub use service::RaftService;
