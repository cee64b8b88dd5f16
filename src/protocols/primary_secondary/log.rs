//! The operation log: entries numbered from 1, the first of which may have given way to a snapshot.

use super::assignment::Epoch;
use crate::base::Digest;
use crate::replication::{Batch, KvCommand};

/// A place in the log, from 1, and the epoch of the entry there; the later epoch is the fresher, and then the
/// longer log. (0, 0) is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position {
    /// The epoch of the primary that first wrote the entry.
    pub epoch: Epoch,
    /// The place.
    pub index: u64,
}

/// What an entry asks of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: the first entry of an epoch, by which its primary knows that all before it is certain.
    Begin,
    /// A client opens a session.
    OpenSession,
    /// A client's command.
    Kv(KvCommand),
}

/// An entry of the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The epoch of the primary that first wrote it.
    pub epoch: Epoch,
    /// What it asks.
    pub command: Command,
}

/// Some entries on their way.
pub type Entries = Batch<Entry>;

impl Entry {
    /// A fingerprint of what the entry asks, for monitors.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        std::hash::Hash::hash(&self.command, &mut digest);
        digest.value()
    }
}

/// A copy's log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The last entry that is no longer kept; (0, 0) if all are.
    base: Position,
    entries: Vec<Entry>,
}

impl Log {
    /// A log whose entries up to `base` are not kept.
    pub fn behind(base: Position) -> Self {
        Log { base, entries: Vec::new() }
    }

    /// The last entry that is no longer kept; (0, 0) if all are.
    pub fn base(&self) -> Position {
        self.base
    }

    /// The last entry; the base if none is kept.
    #[inline]
    pub fn last(&self) -> Position {
        let index = self.base.index + self.entries.len() as u64;
        self.entries.last().map_or(self.base, |entry| Position { epoch: entry.epoch, index })
    }

    /// The epoch of the entry at `index`; `None` behind the end, and where it is not kept but for the base.
    #[inline]
    pub fn epoch(&self, index: u64) -> Option<Epoch> {
        match self.place(index) {
            Some(place) => self.entries.get(place).map(|entry| entry.epoch),
            None => (index == self.base.index).then_some(self.base.epoch),
        }
    }

    /// Whether the entry at that position is this log's, too.
    pub fn has(&self, position: Position) -> bool {
        self.epoch(position.index) == Some(position.epoch)
    }

    /// The entry at `index`, if it is kept.
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.entries.get(self.place(index)?)
    }

    /// Up to `most` entries from `first` on; none if the first is not kept.
    pub fn slice(&self, first: u64, most: usize) -> &[Entry] {
        let Some(start) = self.place(first) else { return &[] };
        let end = self.entries.len().min(start.saturating_add(most));
        self.entries.get(start..end).unwrap_or(&[])
    }

    /// All entries that are kept.
    pub fn kept(&self) -> &[Entry] {
        &self.entries
    }

    /// Puts `entries` at `first`, in place of whatever was there and behind.
    ///
    /// # Panics
    /// If that would leave a gap, or if what stood there is no longer kept.
    pub fn replace_from(&mut self, first: u64, entries: &[Entry]) {
        let place = self.place(first).filter(|place| *place <= self.entries.len());
        let Some(keep) = place else {
            panic!("{first} is no place in a log from {:?} to {:?}", self.base, self.last());
        };
        self.entries.truncate(keep);
        self.entries.extend_from_slice(entries);
    }

    /// Keeps the entries behind `index` only. Where fewer are kept already, nothing changes.
    ///
    /// # Panics
    /// If `index` is behind the end.
    pub fn trim_to(&mut self, index: u64) {
        let Some(place) = self.place(index) else { return };
        self.base = Position { epoch: self.entries[place].epoch, index };
        self.entries.drain(..=place);
    }

    /// The last position whose epoch is not above `epoch` and whose index is not above `index`: where the log of
    /// somebody whose entry at `index` is of `epoch` may agree with this one at most. The base, if that is not kept.
    pub fn agrees_at_most(&self, epoch: Epoch, index: u64) -> Position {
        // Epochs never decrease along the log.
        let end = self.entries.partition_point(|entry| entry.epoch <= epoch);
        let index = (self.base.index + end as u64).min(index.max(self.base.index));
        Position { epoch: self.epoch(index).unwrap_or_default(), index }
    }

    /// Where the entry at `index` is or would be among those kept.
    #[inline]
    fn place(&self, index: u64) -> Option<usize> {
        index.checked_sub(self.base.index + 1).map(|place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(epochs: &[u64]) -> Log {
        let entries = epochs.iter().map(|epoch| Entry { epoch: Epoch(*epoch), command: Command::Begin });
        Log { entries: entries.collect(), ..Log::default() }
    }

    fn position(epoch: u64, index: u64) -> Position {
        Position { epoch: Epoch(epoch), index }
    }

    #[test]
    fn logs_agree_at_most_where_epochs_allow() {
        let mut log = log(&[1, 1, 2, 4, 4, 4]);
        assert_eq!(log.agrees_at_most(Epoch(3), 9), position(2, 3));
        assert_eq!(log.agrees_at_most(Epoch(4), 5), position(4, 5));
        assert_eq!(log.agrees_at_most(Epoch(9), 9), position(4, 6));
        assert_eq!(log.agrees_at_most(Epoch(0), 9), Position::default());
        log.trim_to(4);
        assert_eq!(log.agrees_at_most(Epoch(1), 2), position(4, 4), "the base, as no more is known");
        assert_eq!(log.agrees_at_most(Epoch(4), 5), position(4, 5));
    }

    #[test]
    fn what_is_trimmed_is_gone_and_the_rest_stays() {
        let mut log = log(&[1, 1, 2, 3]);
        log.trim_to(3);
        log.trim_to(2);
        assert_eq!((log.base(), log.last()), (position(2, 3), position(3, 4)));
        assert_eq!((log.epoch(3), log.epoch(2), log.epoch(5)), (Some(Epoch(2)), None, None));
        assert_eq!((log.slice(3, 9).len(), log.slice(4, 9).len()), (0, 1));
        log.trim_to(4);
        assert_eq!(log.last(), position(3, 4));
        log.replace_from(5, &[Entry { epoch: Epoch(7), command: Command::Begin }]);
        assert!(log.has(position(7, 5)) && !log.has(position(3, 5)));
    }

    #[test]
    fn the_later_epoch_is_the_fresher_and_then_the_longer_log() {
        assert!(position(2, 3) > position(1, 9) && position(2, 4) > position(2, 3));
    }
}
