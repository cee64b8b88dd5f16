//! The words for what a node keeps on its disk.

/// One of a node's journals. Writes to one journal are ordered; writes to
/// different ones are not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct JournalId(pub u32);

/// A write that a node has asked for. Tickets of one node count up over its whole life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ticket(pub u64);

/// Why a record came back from the disk unreadable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Damaged {
    /// It was being written when the node crashed: always the last of its journal,
    /// and never one that was reported durable. The disk cuts it off once reported.
    Torn,
    /// It was durable once; its checksum no longer matches.
    Corrupt,
}

/// Why a write did not become durable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DiskError {
    /// The sync failed. What it covered may or may not be on the disk: a process
    /// must not go on as if it knew.
    SyncFailed,
    /// There was no space left: nothing of the write is on the disk.
    Full,
}
