//! What a snapshot covers (§7).

use std::hash::Hash;

use super::entry::{LogIndex, Term};
use crate::replication::{self, Configuration, Covers, KvMachine};

/// The state as of one entry: all that the log up to it has come to.
pub type Snapshot = replication::Snapshot<Covered>;

/// What it covers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Covered {
    /// The last entry that it covers.
    pub last_index: LogIndex,
    /// The term of that entry.
    pub last_term: Term,
    /// The members as of that entry, and where they were set.
    pub configuration: (LogIndex, Configuration),
}

impl Covers for Covered {
    fn size(&self) -> u64 {
        48
    }
}

/// A fingerprint of a node's state as of what it has applied.
pub(super) fn state_digest(machine: &KvMachine, configuration: &Configuration) -> u64 {
    let mut members = crate::base::Digest::new();
    configuration.hash(&mut members);
    machine.digest() ^ members.value()
}
