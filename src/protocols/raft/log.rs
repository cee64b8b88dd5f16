//! The log: entries numbered from 1, the first of which may have given way to a snapshot.

use super::entry::{Entry, LogIndex, Term};

/// A node's log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The last entry that is no longer kept, and its term; 0 if all are.
    base: (LogIndex, Term),
    entries: Vec<Entry>,
}

impl Log {
    /// A log whose entries up to `index` are not kept; the last of them is of `term`.
    pub fn behind(index: LogIndex, term: Term) -> Self {
        Log { base: (index, term), entries: Vec::new() }
    }

    /// The last entry that is no longer kept, with its term; 0 if all are.
    pub fn base(&self) -> (LogIndex, Term) {
        self.base
    }

    /// The index of the last entry; 0 if there is none.
    #[inline]
    pub fn last_index(&self) -> LogIndex {
        self.base.0.plus(self.entries.len())
    }

    /// The term of the last entry; 0 if there is none.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(self.base.1, |entry| entry.term)
    }

    /// The term of the entry at `index`; 0 at index 0; `None` behind the end, and where it is not kept.
    #[inline]
    pub fn term(&self, index: LogIndex) -> Option<Term> {
        match self.place(index) {
            Some(place) => self.entries.get(place).map(|entry| entry.term),
            None => (index == self.base.0).then_some(self.base.1),
        }
    }

    /// The entry at `index`, if it is there.
    pub fn entry(&self, index: LogIndex) -> Option<&Entry> {
        self.entries.get(self.place(index)?)
    }

    /// Up to `most` entries from `first` on; none if the first is not kept.
    pub fn slice(&self, first: LogIndex, most: usize) -> &[Entry] {
        let Some(start) = self.place(first) else { return &[] };
        let end = self.entries.len().min(start.saturating_add(most));
        self.entries.get(start..end).unwrap_or(&[])
    }

    /// All entries that are kept.
    pub fn kept(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds `entry` at the end.
    pub fn append(&mut self, entry: Entry) -> LogIndex {
        self.entries.push(entry);
        self.last_index()
    }

    /// Puts `entries` at `first`, in place of whatever was there and behind.
    ///
    /// # Panics
    /// If that would leave a gap, or if what stood there is no longer kept.
    pub fn replace_from(&mut self, first: LogIndex, entries: &[Entry]) {
        let place = self.place(first).filter(|place| *place <= self.entries.len());
        let Some(keep) = place else {
            panic!("{first:?} is no place in a log from {:?} to {:?}", self.base.0, self.last_index());
        };
        self.entries.truncate(keep);
        match entries {
            [entry] => self.entries.push(*entry),
            entries => self.entries.extend_from_slice(entries),
        }
    }

    /// Keeps the entries behind `index` only. Where fewer are kept already, nothing changes.
    ///
    /// # Panics
    /// If `index` is behind the end.
    pub fn compact_to(&mut self, index: LogIndex) {
        let Some(place) = self.place(index) else { return };
        self.base = (index, self.entries[place].term);
        self.entries.drain(..=place);
    }

    /// The first index of the run of entries that have the term of the one at `index`, of those kept; or
    /// the one behind the end.
    pub fn first_of_term_at(&self, index: LogIndex) -> LogIndex {
        let Some(term) = self.term(index) else { return self.last_index().next() };
        // Terms never decrease along the log.
        self.base.0.plus(self.entries.partition_point(|entry| entry.term < term)).next()
    }

    /// The last index with an entry of `term`, if one is known.
    pub fn last_of_term(&self, term: Term) -> Option<LogIndex> {
        let end = self.entries.partition_point(|entry| entry.term <= term);
        let last = end.checked_sub(1).map_or(self.base.1, |last| self.entries[last].term);
        (last == term).then(|| self.base.0.plus(end))
    }

    /// Whether a log that ends with (`term`, `index`) is at least as up to date as this one (§5.4.1).
    pub fn is_covered_by(&self, index: LogIndex, term: Term) -> bool {
        (term, index) >= (self.last_term(), self.last_index())
    }

    /// Where the entry at `index` is or would be among those kept.
    #[inline]
    fn place(&self, index: LogIndex) -> Option<usize> {
        index.0.checked_sub(self.base.0.0 + 1).map(|place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::*;

    fn log(terms: &[u64]) -> Log {
        let entries = terms.iter().map(|term| Entry { term: Term(*term), command: Command::Noop });
        Log { entries: entries.collect(), ..Log::default() }
    }

    #[test]
    fn terms_are_found_from_both_ends() {
        let mut log = log(&[1, 1, 2, 4, 4, 4]);
        assert_eq!(log.first_of_term_at(LogIndex(5)), LogIndex(4));
        assert_eq!(log.first_of_term_at(LogIndex(2)), LogIndex(1));
        assert_eq!(log.last_of_term(Term(1)), Some(LogIndex(2)));
        assert_eq!(log.last_of_term(Term(3)), None);
        assert_eq!(log.last_of_term(Term(4)), Some(LogIndex(6)));
        assert_eq!(log.term(LogIndex(0)), Some(Term(0)));
        assert_eq!(log.term(LogIndex(7)), None);
        log.compact_to(LogIndex(4));
        assert_eq!(log.first_of_term_at(LogIndex(6)), LogIndex(5), "the first that is kept");
        assert_eq!(log.last_of_term(Term(4)), Some(LogIndex(6)));
        assert_eq!(log.last_of_term(Term(2)), None);
    }

    #[test]
    fn what_a_snapshot_covers_is_gone_and_the_rest_stays() {
        let mut log = log(&[1, 1, 2, 3]);
        log.compact_to(LogIndex(3));
        log.compact_to(LogIndex(2));
        assert_eq!(log.base(), (LogIndex(3), Term(2)));
        assert_eq!((log.term(LogIndex(3)), log.term(LogIndex(2))), (Some(Term(2)), None));
        assert_eq!((log.last_index(), log.last_term()), (LogIndex(4), Term(3)));
        assert_eq!((log.slice(LogIndex(3), 9).len(), log.slice(LogIndex(4), 9).len()), (0, 1));
        log.compact_to(LogIndex(4));
        assert_eq!((log.last_index(), log.last_term()), (LogIndex(4), Term(3)));
        assert_eq!(log.last_of_term(Term(3)), Some(LogIndex(4)), "known, though not kept");
        log.replace_from(LogIndex(5), &[Entry { term: Term(7), command: Command::Noop }]);
        assert_eq!((log.last_index(), log.last_term()), (LogIndex(5), Term(7)));
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
