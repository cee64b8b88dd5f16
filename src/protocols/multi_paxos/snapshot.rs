//! What a snapshot covers.

use std::hash::Hash;

use super::command::Slot;
use super::membership::Membership;
use crate::base::Digest;
use crate::replication::{self, Covers, KvMachine};

/// The state as of one slot: all that what was chosen up to it has come to.
pub type Snapshot = replication::Snapshot<Covered>;

/// What it covers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Covered {
    /// The last slot that it covers.
    pub last: Slot,
    /// The members behind it.
    pub membership: Membership,
}

impl Covers for Covered {
    fn size(&self) -> u64 {
        24 + self.membership.changes().len() as u64 * 16
    }
}

/// A fingerprint of a node's state as of what it has applied.
pub(super) fn state_digest(machine: &KvMachine, membership: &Membership) -> u64 {
    let mut members = Digest::new();
    membership.latest().hash(&mut members);
    machine.digest() ^ members.value()
}
