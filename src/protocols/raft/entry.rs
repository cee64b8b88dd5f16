//! Entries of the log, and how they travel.

use std::sync::Arc;

use crate::base::Digest;
use crate::replication::{Configuration, KvCommand};

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

/// Some entries on their way, shared between messages and disks; a single one inline.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Entries {
    /// None: a heartbeat.
    None,
    /// One.
    One(Entry),
    /// Several.
    Many(Arc<[Entry]>),
}

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

impl Entries {
    /// The entries.
    pub fn as_slice(&self) -> &[Entry] {
        match self {
            Entries::None => &[],
            Entries::One(entry) => std::slice::from_ref(entry),
            Entries::Many(entries) => entries,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Entries::None)
    }

    /// The entries from the `skip`-th on; shared when nothing is skipped.
    pub fn skip(&self, skip: usize) -> Entries {
        if skip == 0 { self.clone() } else { Entries::from(&self.as_slice()[skip..]) }
    }
}

impl From<&[Entry]> for Entries {
    fn from(entries: &[Entry]) -> Self {
        match entries {
            [] => Entries::None,
            [entry] => Entries::One(*entry),
            entries => Entries::Many(entries.into()),
        }
    }
}
