//! What a snapshot covers.

use super::log::Position;
use crate::replication::{self, Covers};

/// The state as of one entry: all that the log up to it has come to.
pub type Snapshot = replication::Snapshot<Covered>;

/// What it covers: everything up to this entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Covered {
    /// The last entry that it covers.
    pub last: Position,
}

impl Covers for Covered {
    fn size(&self) -> u64 {
        16
    }
}
