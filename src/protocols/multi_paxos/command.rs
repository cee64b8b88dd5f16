//! Slots, and what is chosen for them.

use std::hash::Hash;

use crate::base::Digest;
use crate::replication::{Ballot, KvCommand, NodeSet};

/// A place in the sequence of commands, from 1; 0 is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Slot(pub u64);

/// What is chosen for a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: it fills a gap.
    Noop,
    /// A client's command.
    Kv(KvCommand),
    /// A client reads by way of a slot.
    Read {
        /// The key.
        key: u32,
    },
    /// A client opens a session.
    OpenSession,
    /// These are the members, from the slot on that lies `alpha` behind this one.
    Configure(NodeSet),
}

/// A command that was accepted for a slot, and in which ballot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Proposal {
    /// The slot.
    pub slot: Slot,
    /// The ballot.
    pub ballot: Ballot,
    /// The command.
    pub command: Command,
}

impl Slot {
    /// The slot behind this one.
    pub const fn next(self) -> Slot {
        Slot(self.0 + 1)
    }

    /// The slot `count` further on.
    pub const fn plus(self, count: usize) -> Slot {
        Slot(self.0 + count as u64)
    }

    /// How far it lies behind `other`; 0 if it does not.
    pub const fn behind(self, other: Slot) -> u64 {
        self.0.saturating_sub(other.0)
    }
}

impl Command {
    /// A fingerprint of what it says, for monitors.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.hash(&mut digest);
        digest.value()
    }
}
