//! What a snapshot holds (§7).

use std::hash::{Hash, Hasher};

use super::entry::{LogIndex, Term};
use crate::replication::{Configuration, KvMachine};

/// The state as of one entry: all that the log up to it has come to.
#[derive(Clone, Debug)]
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

    /// A fingerprint of the state that it stands for.
    pub fn digest(&self) -> u64 {
        state_digest(&self.machine, &self.configuration.1)
    }
}

/// A fingerprint of a node's state as of what it has applied.
pub(super) fn state_digest(machine: &KvMachine, configuration: &Configuration) -> u64 {
    let mut members = crate::base::Digest::new();
    configuration.hash(&mut members);
    machine.digest() ^ members.value()
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        let name = |of: &Self| (of.last_index, of.last_term, of.configuration, of.machine.digest());
        name(self) == name(other)
    }
}

impl Eq for Snapshot {}

impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.last_index, self.last_term, self.configuration, self.machine.digest()).hash(state);
    }
}
