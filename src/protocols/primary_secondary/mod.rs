//! Primary and secondary replication, in the forms that people run.

pub mod admin;
mod apply;
pub mod assignment;
pub mod bugs;
mod caller;
pub mod config;
mod handover;
mod in_sync;
pub mod log;
pub mod message;
mod primary;
mod progress;
mod reads;
mod recovery;
mod replica;
mod secondary;
pub mod snapshot;
mod snapshots;
mod survey;
pub mod timer;
mod waits;

pub use replica::Replica;
