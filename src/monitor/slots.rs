//! What acceptors have done slot by slot, and what must be true of it (Lamport, *Paxos Made Simple*, §2.2).

use crate::base::NodeId;

/// All acceptances, by slot from 1.
#[derive(Clone, Default, Debug)]
pub(super) struct Slots {
    slots: Vec<Slot>,
}

#[derive(Clone, Default, Debug)]
struct Slot {
    /// The lowest ballot in which a value is known to be chosen, and the value.
    chosen: Option<(u64, u64)>,
    /// The value that was learned first, and by whom.
    learned: Option<(u64, NodeId)>,
    votes: Vec<Votes>,
}

/// Who accepted a value in a ballot.
#[derive(Clone, Copy, Debug)]
struct Votes {
    ballot: u64,
    value: u64,
    by: u64,
}

/// Which invariant does not hold, and what was seen.
pub(super) type Broken = (&'static str, String);

impl Slots {
    pub(super) const ONE_VALUE: &'static str = "one-value-per-slot";
    pub(super) const ONE_PROPOSAL: &'static str = "one-value-per-ballot";
    pub(super) const SURVIVES: &'static str = "chosen-survives";
    pub(super) const BY_QUORUM: &'static str = "chosen-by-quorum";

    /// `node` accepted `value` for `slot` in `ballot`. Whether it is the first vote there for another
    /// value than those before.
    pub(super) fn accepted(
        &mut self,
        node: NodeId,
        slot: u64,
        ballot: u64,
        value: u64,
    ) -> Result<bool, Broken> {
        let state = self.slot(slot);
        let bit = bit(node);
        if let Some(votes) = state.votes.iter_mut().find(|votes| votes.ballot == ballot) {
            if votes.value == value {
                votes.by |= bit;
                return Ok(false);
            }
            let seen = format!("{node} accepts a second value for slot {slot} in ballot {}", told(ballot));
            return Err((Slots::ONE_PROPOSAL, seen));
        }
        let differs = state.votes.iter().any(|votes| votes.value != value);
        state.votes.push(Votes { ballot, value, by: bit });
        match state.chosen {
            Some((chosen, other)) if other != value && ballot > chosen => {
                let (ballot, chosen) = (told(ballot), told(chosen));
                let seen = format!(
                    "{node} accepts another value for slot {slot} in ballot {ballot} than was chosen in ballot {chosen}"
                );
                Err((Slots::SURVIVES, seen))
            }
            _ => Ok(differs),
        }
    }

    /// `node` has counted `by` for `value`, for `slot` in `ballot`.
    pub(super) fn chosen(
        &mut self,
        node: NodeId,
        slot: u64,
        (ballot, value): (u64, u64),
        by: u64,
    ) -> Result<(), Broken> {
        let state = self.slot(slot);
        let votes = state.votes.iter().find(|votes| (votes.ballot, votes.value) == (ballot, value));
        let uncounted = by & !votes.map_or(0, |votes| votes.by);
        if uncounted != 0 {
            let who = NodeId(uncounted.trailing_zeros());
            let seen = format!(
                "{node} takes a value for chosen in slot {slot} by the vote of {who}, which has not accepted it in ballot {}",
                told(ballot)
            );
            return Err((Slots::BY_QUORUM, seen));
        }
        if state.chosen.is_none_or(|(known, _)| ballot < known) {
            let later = state.votes.iter().find(|votes| votes.ballot > ballot && votes.value != value);
            let broken = later.map(|votes| {
                let (later, ballot) = (told(votes.ballot), told(ballot));
                format!("in slot {slot} another value was accepted in ballot {later} than was chosen in ballot {ballot}")
            });
            state.chosen = Some((ballot, value));
            if let Some(seen) = broken {
                return Err((Slots::SURVIVES, seen));
            }
        }
        self.learned(node, slot, value)
    }

    /// `node` takes `value` for chosen.
    pub(super) fn learned(&mut self, node: NodeId, slot: u64, value: u64) -> Result<(), Broken> {
        let (first, who) = *self.slot(slot).learned.get_or_insert((value, node));
        if first == value {
            return Ok(());
        }
        Err((
            Slots::ONE_VALUE,
            format!("in slot {slot} {node} takes another value for chosen than {who} did"),
        ))
    }

    fn slot(&mut self, slot: u64) -> &mut Slot {
        let place = slot as usize;
        if place >= self.slots.len() {
            self.slots.resize_with(place + 1, Slot::default);
        }
        &mut self.slots[place]
    }
}

const fn bit(node: NodeId) -> u64 {
    1 << (node.0 & 63)
}

/// A ballot in words.
pub(super) fn told(ballot: u64) -> String {
    format!("{}.{}", ballot >> 16, ballot & 0xffff)
}
