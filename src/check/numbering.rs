//! States by number, in order of appearance.

use std::hash::Hash;

use crate::base::Table;

/// The number of a state.
pub(super) type StateId = u32;
/// In place of a number: there is none.
pub(super) const NONE: StateId = u32::MAX;

/// A table of states that gives each a number. Integers near zero, which most histories hold, are
/// looked up in an array, and all others in a hash table.
#[derive(Clone, Debug)]
pub(super) struct Numbering<S> {
    small: Vec<StateId>,
    small_max: usize,
    others: Table<S, StateId>,
    count: StateId,
}

impl<S: Eq + Hash> Numbering<S> {
    /// A numbering that spends at most 16 bytes for each of `expected` states on its array.
    pub(super) fn new(expected: usize) -> Self {
        let small_max = 4 * expected + 256;
        Numbering { small: Vec::new(), small_max, others: Table::new(), count: 0 }
    }

    /// The number of `state`, which is the integer `integer`, if any, and whether it is a new one.
    #[inline]
    pub(super) fn number(&mut self, state: S, integer: Option<i64>) -> (StateId, bool) {
        // No integer is as good as one that is too great.
        let place = integer.map_or(usize::MAX, |integer| integer as usize);
        match self.small.get(place) {
            Some(&number) if number != NONE => (number, false),
            _ => self.number_rarely(state, place),
        }
    }

    /// The number of the state that is `integer`, if that is small and was met before.
    #[inline]
    pub(super) fn known(&self, integer: i64) -> Option<StateId> {
        self.small.get(integer as usize).copied().filter(|&number| number != NONE)
    }

    /// The same where it is not a small integer met before.
    fn number_rarely(&mut self, state: S, place: usize) -> (StateId, bool) {
        let place = if place < self.small_max {
            if place >= self.small.len() {
                self.small.resize((2 * place + 16).min(self.small_max), NONE);
            }
            &mut self.small[place]
        } else {
            self.others.get_or_insert_with(state, || NONE)
        };
        let is_new = *place == NONE;
        if is_new {
            *place = self.count;
            self.count += 1;
        }
        (*place, is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_appearance() {
        let mut numbering = Numbering::new(10);
        let mut of = |i: i64| numbering.number(i, Some(i));
        assert_eq!(of(7), (0, true));
        assert_eq!(of(-1), (1, true));
        assert_eq!(of(i64::MAX), (2, true));
        assert_eq!(of(7), (0, false));
        assert_eq!(of(-1), (1, false));
        assert_eq!(of(295), (3, true));
        assert_eq!(of(296), (4, true));
        assert_eq!(of(295), (3, false));
    }
}
