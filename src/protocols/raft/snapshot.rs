//! What a snapshot holds (§7).

use std::fmt;
use std::hash::{Hash, Hasher};

use super::entry::{LogIndex, Term};
use crate::replication::{Configuration, KvMachine};

/// The state as of one entry: all that the log up to it has come to.
#[derive(Clone)]
pub struct Snapshot {
    /// The last entry that it covers.
    pub last_index: LogIndex,
    /// The term of that entry.
    pub last_term: Term,
    /// The members as of that entry, and where they were set.
    pub configuration: (LogIndex, Configuration),
    /// The store and the clients' sessions.
    pub machine: KvMachine,
}

impl Snapshot {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        const FRAME: u64 = 48;
        FRAME + self.machine.size()
    }

    /// What tells it from others: two of one entry are of the same log, and so of the same state.
    fn name(&self) -> (LogIndex, Term, (LogIndex, Configuration), u64) {
        (self.last_index, self.last_term, self.configuration, self.size())
    }
}

/// A fingerprint of a node's state as of what it has applied.
pub(super) fn state_digest(machine: &KvMachine, configuration: &Configuration) -> u64 {
    let mut members = crate::base::Digest::new();
    configuration.hash(&mut members);
    machine.digest() ^ members.value()
}

impl fmt::Debug for Snapshot {
    /// Its bytes are counted, not told.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snapshot { last_index, last_term, configuration, .. } = self;
        f.debug_struct("Snapshot")
            .field("last_index", last_index)
            .field("last_term", last_term)
            .field("configuration", configuration)
            .field("bytes", &self.size())
            .finish()
    }
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Snapshot {}

impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
