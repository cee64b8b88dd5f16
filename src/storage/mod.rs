//! Floor 2: disks.
//!
//! * [`Disk`]: a node's journals: sync latency with group sync, the loss of a random suffix of
//!   what was not synced, a torn last record, atomic replacement.
//! * [`Ailment`]: what a fault does to one: syncs that stall, take longer, fail or lie; a full disk;
//!   records that rot.
//! * [`DiskConfig`]: how every disk behaves by itself, and its keys.
//!
//! Left out: misdirected writes and reads of a live process, for a process reads its disk only when
//! it starts; damage that a checksum does not find, for a record has no bytes.

mod ailments;
mod config;
mod disk;
#[cfg(test)]
mod tests;

pub use ailments::Ailment;
pub use config::{DiskConfig, SECTION};
pub use disk::{CrashLoss, Disk, SyncEnd};
