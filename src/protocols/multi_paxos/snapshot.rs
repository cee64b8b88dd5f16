//! What a snapshot holds.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::command::Slot;
use super::membership::Membership;
use crate::base::Digest;
use crate::replication::KvMachine;

/// The state as of one slot: all that what was chosen up to it has come to.
#[derive(Clone)]
pub struct Snapshot {
    /// The last slot that it covers.
    pub last: Slot,
    /// The members behind it.
    pub membership: Membership,
    /// The store and the clients' sessions.
    pub machine: KvMachine,
}

impl Snapshot {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        const FRAME: u64 = 24;
        FRAME + self.membership.changes().len() as u64 * 16 + self.machine.size()
    }

    /// What tells it from others: what is chosen up to a slot is one thing, and so is its state.
    fn name(&self) -> (Slot, &Membership, u64) {
        (self.last, &self.membership, self.size())
    }
}

/// A fingerprint of a node's state as of what it has applied.
pub(super) fn state_digest(machine: &KvMachine, membership: &Membership) -> u64 {
    let mut members = Digest::new();
    membership.latest().hash(&mut members);
    machine.digest() ^ members.value()
}

impl fmt::Debug for Snapshot {
    /// Its bytes are counted, not told.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("last", &self.last)
            .field("members", &self.membership.latest())
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
