//! Floor 2: disks.
//!
//! [`Disk`] holds a node's journals. Covered: sync latency with group sync, the
//! loss of a random suffix of what was not synced, a torn last record, atomic
//! replacement. Not yet: failed and lying syncs, bit rot, a full disk.

mod config;
mod disk;

pub use config::{DiskConfig, SECTION};
pub use disk::{CrashLoss, Disk};
