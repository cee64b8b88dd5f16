//! Multi-Paxos: a state machine replicated by one Paxos for each slot (Lamport, *Paxos Made Simple*, 2001, §3;
//! Chandra, Griesemer and Redstone, *Paxos Made Live*, 2007; van Renesse and Altinbuken, *Paxos Made Moderately
//! Complex*, 2015).
//!
//! Implemented: ballots of (round, node) that only grow, restarts or not; one phase 1 for all slots that are not
//! known to be chosen, after which a leader re-proposes what was accepted in the highest ballot, slot by slot,
//! and fills gaps with no-ops; pipelined acceptance in any order, with the leader's own write in parallel;
//! contiguous application; sessions, so that a command chosen for two slots takes effect once; catch-up of
//! replicas that lag, from any node, by commands or by a snapshot in pieces; changes of members that take effect
//! α slots later; nacks, and back-off that doubles; reads that are confirmed by a round, that take a slot,
//! that trust a master lease with a bound on drift, or that ask nobody and may be stale; quorums of any size, or in a grid, that need meet those of
//! the other phase only (Howard, Malkhi and Spiegelman, *Flexible Paxos*, 2016).
//!
//! | file | what it holds |
//! |---|---|
//! | [`config`], `keys`, [`bugs`] | parameters, their scenario keys, bug switches |
//! | [`message`], [`admin`], `idle` | what nodes, operators and disks are told; commands that do nothing |
//! | [`command`], [`slot_log`], [`membership`] | commands and slots, what was accepted for them, who the members are |
//! | `node`, `recovery` | the state of a node, what it recovers |
//! | `acceptor`, `candidate`, `leader`, `learner` | one role a file: all nodes accept and learn, some want to lead |
//! | `change` | how a leader changes the members |
//! | [`snapshot`], `snapshots` | what a snapshot holds; how it is taken, sent, installed |
//! | `reads` | reads without a slot |
//! | `waits` | what a node waits for, in words |

mod acceptor;
pub mod admin;
pub mod bugs;
mod candidate;
mod change;
pub mod command;
pub mod config;
mod idle;
mod keys;
mod leader;
mod learner;
pub mod membership;
pub mod message;
mod node;
mod reads;
mod recovery;
pub mod slot_log;
pub mod snapshot;
mod snapshots;
#[cfg(test)]
mod tests;
mod waits;

pub use admin::MultiPaxosAdmin;
pub use bugs::{BUGS, Bug, MultiPaxosBugs};
pub use command::{Command, Proposal, Slot};
pub use config::{MultiPaxosConfig, ReadMode, SURVIVES};
pub use keys::{SECTION, VARIES};
pub use membership::Membership;
pub use message::{Message, PREPARE_ROUND_BYTES, Record};
pub use node::{MultiPaxos, Timer};
pub use slot_log::SlotLog;
pub use snapshot::{Covered, Snapshot};
