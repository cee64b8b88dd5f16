//! Who the members are, slot by slot: a change chosen for slot i takes effect at slot i + α (Lamport, Malkhi
//! and Zhou, *Reconfiguring a State Machine*, 2010, §4.1). So whoever knows what is chosen up to i knows
//! the members of the next α slots, for which it may propose.

use super::command::Slot;
use crate::replication::NodeSet;

/// The members, from the first slot that is not applied on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Membership {
    /// From which slot on these are the members, in order; the first is in force now.
    since: Vec<(Slot, NodeSet)>,
}

impl Membership {
    /// `members`, until something else is chosen.
    pub fn new(members: NodeSet) -> Self {
        Membership { since: vec![(Slot(0), members)] }
    }

    /// The members for `slot`, which is not applied yet and whose members are known.
    #[inline]
    pub fn at(&self, slot: Slot) -> NodeSet {
        if let [(_, only)] = self.since.as_slice() {
            return *only;
        }
        let latest = self.since.iter().rev().find(|(since, _)| *since <= slot);
        latest.or(self.since.first()).map_or(NodeSet::NOBODY, |(_, members)| *members)
    }

    /// The members once all changes that are chosen are in force.
    pub fn latest(&self) -> NodeSet {
        self.since.last().map_or(NodeSet::NOBODY, |(_, members)| *members)
    }

    /// Everyone who is a member for some slot that is not applied yet.
    #[inline]
    pub fn everyone(&self) -> NodeSet {
        self.since.iter().fold(NodeSet::NOBODY, |all, (_, members)| all.and(*members))
    }

    /// Whether a change is chosen that is not in force yet.
    pub fn is_changing(&self) -> bool {
        self.since.len() > 1
    }

    /// `members`, from `slot` on.
    pub fn change(&mut self, slot: Slot, members: NodeSet) {
        self.since.push((slot, members));
    }

    /// All slots up to `slot` are applied.
    #[inline]
    pub fn pass(&mut self, slot: Slot) {
        while self.since.len() > 1 && self.since[1].0 <= slot.next() {
            self.since.remove(0);
        }
    }

    /// The changes to come, each with the slot that it takes effect at.
    pub fn changes(&self) -> &[(Slot, NodeSet)] {
        &self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_takes_effect_at_its_slot_and_not_before() {
        let (three, five) = (NodeSet::first(3), NodeSet::first(5));
        let mut members = Membership::new(three);
        members.change(Slot(7), five);
        assert_eq!((members.at(Slot(6)), members.at(Slot(7)), members.latest()), (three, five, five));
        members.pass(Slot(5));
        assert!(members.is_changing());
        members.pass(Slot(6));
        assert_eq!((members.is_changing(), members.at(Slot(7)), members.everyone()), (false, five, five));
    }
}
