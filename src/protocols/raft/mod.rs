//! Raft: replication by a strong leader (Ongaro and Ousterhout 2014; Ongaro's
//! dissertation, 2014).
//!
//! Implemented: elections with randomised timeouts, pre-votes (dissertation §9.6), check-quorum and leader
//! stickiness (§6.2, §4.2.3), log replication with pipelining and fast conflict back-up (paper §5.3), the
//! no-op that begins a term, commitment of the current term's entries only (§5.4.2), durable term, vote and
//! log, the leader's disk write in parallel with replication (dissertation §10.2.1), a candidate's with its requests
//! for votes if so set (§9.4), log compaction and
//! snapshots sent in pieces (paper §7), membership changes by one voter or through joint configurations with
//! learners and catch-up rounds (dissertation, chapter 4) that take effect on append or on apply, where who is out
//! tells those who stay what is committed, leadership transfer (§3.10), client sessions that
//! end by the log alone (§6.3), linearizable reads by ReadIndex, from followers, by lease or through the log
//! (§6.4), stale ones by asking nobody.
//!
//! | file | what it holds |
//! |---|---|
//! | [`config`], `keys`, [`bugs`] | parameters, their scenario keys, bug switches |
//! | [`message`], [`admin`], `idle` | what nodes, clients, operators and disks are told; commands that do nothing |
//! | [`entry`], [`log`] | entries, and the log of them |
//! | [`snapshot`], `snapshots` | what a snapshot holds; how it is taken and sent |
//! | `node`, `recovery`, `apply` | the state of a node; what it recovers; what comes of committed entries |
//! | `follower`, `candidate`, `leader`, `progress` | one role a file, and what a leader knows of each node |
//! | `membership`, `change` | which members a node goes by, and how a leader changes them |
//! | `transfer` | handing leadership over |
//! | `reads`, `questions` | reads of leaders and of followers |
//! | `waits` | what a node waits for, in words |

pub mod admin;
mod apply;
pub mod bugs;
mod candidate;
mod change;
pub mod config;
pub mod entry;
mod follower;
mod idle;
mod keys;
mod leader;
pub mod log;
mod membership;
pub mod message;
mod node;
mod progress;
mod questions;
mod reads;
mod recovery;
pub mod snapshot;
mod snapshots;
#[cfg(test)]
mod tests;
mod transfer;
mod waits;

pub use admin::RaftAdmin;
pub use bugs::{BUGS, Bug, RaftBugs};
pub use config::{Activation, Change, RaftConfig, ReadMode, SURVIVES, damaged_most};
pub use entry::{Command, Entries, Entry, LogIndex, Term};
pub use keys::{SECTION, VARIES};
pub use log::Log;
pub use message::{AppendResult, Ballot, Message, Record, VOTE_BYTES};
pub use node::{Raft, Timer};
pub use snapshot::{Covered, Snapshot};
