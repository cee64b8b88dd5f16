//! What a node has accepted, slot by slot: with gaps, as acceptors take what comes.

use std::collections::VecDeque;

use super::command::{Command, Proposal, Slot};
use crate::replication::Ballot;

/// The commands accepted for the slots behind `base`; what was chosen up to it is in a snapshot.
#[derive(Clone, Default, Debug)]
pub struct SlotLog {
    base: Slot,
    slots: VecDeque<Option<(Ballot, Command)>>,
}

impl SlotLog {
    /// The last slot that is no longer kept; 0 if all are.
    pub fn base(&self) -> Slot {
        self.base
    }

    /// The last slot for which something was accepted, or that is no longer kept.
    pub fn last(&self) -> Slot {
        self.base.plus(self.slots.len())
    }

    /// What was accepted for `slot`, and in which ballot.
    #[inline]
    pub fn get(&self, slot: Slot) -> Option<(Ballot, Command)> {
        self.slots.get(self.place(slot)?).copied().flatten()
    }

    /// Takes `command` for `slot` in `ballot`, in place of what was there. Where the slot is no longer kept,
    /// nothing changes.
    #[inline]
    pub fn put(&mut self, slot: Slot, ballot: Ballot, command: Command) {
        let Some(place) = self.place(slot) else { return };
        if place >= self.slots.len() {
            self.slots.resize(place + 1, None);
        }
        self.slots[place] = Some((ballot, command));
    }

    /// All that was accepted for slots behind `slot`, in order.
    pub fn behind(&self, slot: Slot) -> impl Iterator<Item = Proposal> + '_ {
        let skip = slot.behind(self.base) as usize;
        let proposal = |(i, accepted): (usize, &Option<(Ballot, Command)>)| {
            accepted.map(|(ballot, command)| Proposal { slot: self.base.plus(i + 1), ballot, command })
        };
        self.slots.iter().enumerate().skip(skip).filter_map(proposal)
    }

    /// Up to `most` commands from `first` on, up to the first gap and to `last`; none if the first is not kept.
    pub fn run(&self, first: Slot, last: Slot, most: usize) -> Vec<Command> {
        let Some(place) = self.place(first).filter(|_| first <= last) else { return Vec::new() };
        let count = most.min((last.0 - first.0 + 1) as usize);
        self.slots.iter().skip(place).take(count).map_while(|slot| slot.map(|(_, command)| command)).collect()
    }

    /// Keeps the slots behind `slot` only. Where fewer are kept already, nothing changes.
    pub fn compact_to(&mut self, slot: Slot) {
        let gone = slot.behind(self.base) as usize;
        self.slots.drain(..gone.min(self.slots.len()));
        self.base = self.base.max(slot);
    }

    #[inline]
    fn place(&self, slot: Slot) -> Option<usize> {
        slot.0.checked_sub(self.base.0 + 1).map(|place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;

    const BALLOT: Ballot = Ballot::new(1, NodeId(0));

    fn log(slots: &[u64]) -> SlotLog {
        let mut log = SlotLog::default();
        slots.iter().for_each(|slot| log.put(Slot(*slot), BALLOT, Command::Read { key: *slot as u32 }));
        log
    }

    fn slots(log: &SlotLog, behind: u64) -> Vec<u64> {
        log.behind(Slot(behind)).map(|proposal| proposal.slot.0).collect()
    }

    #[test]
    fn gaps_stay_gaps() {
        let log = log(&[1, 2, 4]);
        assert_eq!((log.last(), log.get(Slot(3)), slots(&log, 1)), (Slot(4), None, vec![2, 4]));
        assert_eq!((log.run(Slot(1), Slot(9), 9).len(), log.run(Slot(4), Slot(9), 9).len()), (2, 1));
        assert_eq!((log.run(Slot(1), Slot(1), 9).len(), log.run(Slot(2), Slot(1), 9).len()), (1, 0));
    }

    #[test]
    fn what_a_snapshot_covers_is_gone_and_the_rest_stays() {
        let mut log = log(&[1, 2, 4]);
        log.compact_to(Slot(3));
        log.compact_to(Slot(2));
        log.put(Slot(3), BALLOT, Command::Noop);
        assert_eq!((log.base(), log.last(), slots(&log, 0)), (Slot(3), Slot(4), vec![4]));
        log.compact_to(Slot(9));
        log.put(Slot(11), BALLOT, Command::Noop);
        assert_eq!((log.base(), log.last(), slots(&log, 0)), (Slot(9), Slot(11), vec![11]));
    }
}
