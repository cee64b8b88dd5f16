//! Entries of the log, and how they travel.

use crate::base::Digest;
use crate::replication::{Batch, Configuration, KvCommand};

/// A period with at most one leader.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Term(pub u64);

/// A place in the log, from 1; 0 is before the first entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct LogIndex(pub u64);

/// What an entry asks of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: the first entry of a term, by whose commitment the leader learns what is committed.
    Noop,
    /// A client's command.
    Kv(KvCommand),
    /// A client reads by way of the log.
    Read {
        /// The key.
        key: u32,
    },
    /// A client opens a session (dissertation §6.3).
    OpenSession,
    /// The members from here on (dissertation, chapter 4).
    Configure(Configuration),
}

/// An entry of the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The term of the leader that first wrote it.
    pub term: Term,
    /// What it asks.
    pub command: Command,
}

/// Some entries on their way; none is a heartbeat.
pub type Entries = Batch<Entry>;

impl LogIndex {
    /// The place behind this one.
    pub const fn next(self) -> LogIndex {
        LogIndex(self.0 + 1)
    }

    /// The place `count` further on.
    pub const fn plus(self, count: usize) -> LogIndex {
        LogIndex(self.0 + count as u64)
    }

    /// The place before this one; 0 stays 0.
    pub const fn previous(self) -> LogIndex {
        LogIndex(self.0.saturating_sub(1))
    }
}

impl Entry {
    /// The members from here on, if it says so.
    pub fn configuration(&self) -> Option<Configuration> {
        if let Command::Configure(configuration) = self.command { Some(configuration) } else { None }
    }

    /// A fingerprint of what the entry asks, for monitors.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        std::hash::Hash::hash(&self.command, &mut digest);
        digest.value()
    }
}
