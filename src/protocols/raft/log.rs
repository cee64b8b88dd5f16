//! The log: entries numbered from 1.

use std::sync::Arc;

use crate::base::Digest;
use crate::replication::KvCommand;

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

/// A node's log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Vec<Entry>,
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

impl Log {
    /// The index of the last entry; 0 if there is none.
    pub fn last_index(&self) -> LogIndex {
        LogIndex(self.entries.len() as u64)
    }

    /// The term of the last entry; 0 if there is none.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(Term(0), |entry| entry.term)
    }

    /// The term of the entry at `index`; 0 at index 0; `None` behind the end.
    pub fn term(&self, index: LogIndex) -> Option<Term> {
        match index.previous() {
            _ if index.0 == 0 => Some(Term(0)),
            place => self.entries.get(place.0 as usize).map(|entry| entry.term),
        }
    }

    /// The entry at `index`, if there is one.
    pub fn entry(&self, index: LogIndex) -> Option<&Entry> {
        self.entries.get((index.0 as usize).checked_sub(1)?)
    }

    /// Up to `most` entries from `first` on.
    pub fn slice(&self, first: LogIndex, most: usize) -> &[Entry] {
        let start = first.previous().0 as usize;
        let end = self.entries.len().min(start + most);
        self.entries.get(start..end).unwrap_or(&[])
    }

    /// Adds `entry` at the end.
    pub fn append(&mut self, entry: Entry) -> LogIndex {
        self.entries.push(entry);
        self.last_index()
    }

    /// Puts `entries` at `first`, in place of whatever was there and behind.
    ///
    /// # Panics
    /// If that would leave a gap.
    pub fn replace_from(&mut self, first: LogIndex, entries: &[Entry]) {
        let keep = first.previous().0 as usize;
        assert!(keep <= self.entries.len(), "a gap in the log before {first:?}");
        self.entries.truncate(keep);
        match entries {
            [entry] => self.entries.push(*entry),
            entries => self.entries.extend_from_slice(entries),
        }
    }

    /// The first index of the run of entries that have the term of the one at `index`.
    pub fn first_of_term_at(&self, index: LogIndex) -> LogIndex {
        let Some(term) = self.term(index) else { return self.last_index().next() };
        // Terms never decrease along the log.
        LogIndex(self.entries.partition_point(|entry| entry.term < term) as u64 + 1)
    }

    /// The last index with an entry of `term`, if there is one.
    pub fn last_of_term(&self, term: Term) -> Option<LogIndex> {
        let end = self.entries.partition_point(|entry| entry.term <= term);
        let last = self.entries.get(end.checked_sub(1)?)?;
        (last.term == term).then_some(LogIndex(end as u64))
    }

    /// Whether a log that ends with (`term`, `index`) is at least as up to date as this one (§5.4.1).
    pub fn is_covered_by(&self, index: LogIndex, term: Term) -> bool {
        (term, index) >= (self.last_term(), self.last_index())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[u64]) -> Log {
        let entries = terms.iter().map(|term| Entry { term: Term(*term), command: Command::Noop });
        Log { entries: entries.collect() }
    }

    #[test]
    fn terms_are_found_from_both_ends() {
        let log = log(&[1, 1, 2, 4, 4, 4]);
        assert_eq!(log.first_of_term_at(LogIndex(5)), LogIndex(4));
        assert_eq!(log.first_of_term_at(LogIndex(2)), LogIndex(1));
        assert_eq!(log.last_of_term(Term(1)), Some(LogIndex(2)));
        assert_eq!(log.last_of_term(Term(3)), None);
        assert_eq!(log.last_of_term(Term(4)), Some(LogIndex(6)));
        assert_eq!(log.term(LogIndex(0)), Some(Term(0)));
        assert_eq!(log.term(LogIndex(7)), None);
    }

    #[test]
    fn the_later_term_wins_and_then_the_longer_log() {
        let log = log(&[1, 2, 2]);
        assert!(log.is_covered_by(LogIndex(3), Term(2)));
        assert!(log.is_covered_by(LogIndex(1), Term(3)));
        assert!(!log.is_covered_by(LogIndex(2), Term(2)));
        assert!(!log.is_covered_by(LogIndex(9), Term(1)));
    }
}
