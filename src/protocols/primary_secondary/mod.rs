//! Primary and secondary replication, in the forms that people run.
//!
//! One copy, the primary, takes writes; the secondaries follow its log. What an acknowledgement promises is the form:
//! *asynchronous* (the primary holds the write), *semi-synchronous* (so do some of the secondaries, as in MySQL),
//! *in sync* (so does every copy of an agreed set, as in ArangoDB, Kafka and PacificA). Entries are pushed as they come, or
//! secondaries poll for them, as ArangoDB's asynchronous applier does; who needs what is trimmed gets a snapshot.
//!
//! Who is the primary, in which epoch, and who is in sync, is agreed on by supervisors: nodes beside the copies, which
//! host a replicated group and change one register of its by compare-and-swap. They replace a primary that was not
//! heard for a grace period, by a copy that holds every acknowledged write where the form has one (ArangoDB's
//! `FailedLeader`). A copy that knows of an epoch takes nothing from earlier ones any more: the deposed primary is
//! fenced, follows the new one, and has its divergent tail cut. Without supervisors an operator moves the primary: by
//! handing over, or by force, which nothing fences.
//!
//! | file | what it holds |
//! |---|---|
//! | [`config`], `settings`, `problems`, `keys`, [`bugs`] | parameters, how scenarios give them, bug switches |
//! | [`assignment`] | what is agreed on |
//! | [`message`], [`timer`], [`admin`], `idle` | what nodes, disks and operators are told |
//! | [`log`], [`snapshot`], `snapshots` | the log, and what stands for its beginning |
//! | [`node`], [`supervisor`], `caller` | a node of either kind; who watches over the copies; how the group is asked |
//! | `replica`, `recovery`, `apply` | the state of a copy; what it recovers; what comes of certain entries |
//! | `primary`, `progress`, `secondary` | one role a file, and what a primary knows of each copy |
//! | `in_sync` | the set: who is dropped from it, who is let in |
//! | `reads` | fenced reads |
//! | `handover`, `survey` | failover by hand, and by force |
//! | `waits` | what a copy waits for, in words |

pub mod admin;
mod apply;
pub mod assignment;
pub mod bugs;
mod caller;
pub mod config;
mod handover;
mod idle;
mod in_sync;
mod keys;
pub mod log;
pub mod message;
pub mod node;
mod primary;
mod problems;
mod progress;
mod reads;
mod recovery;
mod replica;
mod secondary;
pub mod settings;
pub mod snapshot;
mod snapshots;
pub mod supervisor;
mod survey;
pub mod timer;
mod waits;

pub use admin::Admin;
pub use bugs::{BUGS, Bug};
pub use config::{Config, ReadMode};
pub use keys::{SECTION, VARIES};
pub use message::Message;
pub use node::{ClusterConfig, PrimarySecondary};
pub use replica::Replica;
pub use settings::SURVIVES;
