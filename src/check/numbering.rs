//! States by number, in order of appearance.

use std::hash::Hash;

use crate::base::Table;

/// The number of a state.
pub(super) type StateId = u32;
/// In place of a number: there is none.
pub(super) const NONE: StateId = u32::MAX;

/// Gives states their numbers. Integers near zero, which most histories hold, are looked up in an
/// array, and all others in a hash table, which the caller keeps.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    small: Vec<StateId>,
    small_max: usize,
    count: StateId,
}

impl Numbering {
    /// A numbering that spends at most 16 bytes for each of `expected` states on its array.
    pub(super) fn new(expected: usize) -> Self {
        Numbering { small: Vec::new(), small_max: 4 * expected + 256, count: 0 }
    }

    /// How many numbers were given.
    pub(super) fn count(&self) -> StateId {
        self.count
    }

    /// The number of `state`, which is the integer `integer`, if any, and whether it is a new one.
    /// `others` has those that are no small integers.
    #[inline]
    pub(super) fn number<S: Eq + Hash>(
        &mut self,
        others: &mut Table<S, StateId>,
        state: S,
        integer: Option<i64>,
    ) -> (StateId, bool) {
        // No integer is as good as one that is too great.
        let place = integer.map_or(usize::MAX, |integer| integer as usize);
        match self.small.get(place) {
            Some(&number) if number != NONE => (number, false),
            _ => self.number_rarely(others, state, place),
        }
    }

    /// The number of the state that is `integer`, and whether it is a new one; `None` if it is not small.
    #[inline]
    pub(super) fn small(&mut self, integer: i64) -> Option<(StateId, bool)> {
        let place = integer as usize;
        match self.small.get(place) {
            Some(&number) if number != NONE => Some((number, false)),
            _ if place < self.small_max => Some(self.number_small(place)),
            _ => None,
        }
    }

    /// The same where it is not a small integer met before.
    #[inline(never)]
    fn number_rarely<S: Eq + Hash>(
        &mut self,
        others: &mut Table<S, StateId>,
        state: S,
        place: usize,
    ) -> (StateId, bool) {
        if place < self.small_max {
            return self.number_small(place);
        }
        give(others.get_or_insert_with(state, || NONE), &mut self.count)
    }

    /// The number of the small integer `place`, and whether it is a new one.
    fn number_small(&mut self, place: usize) -> (StateId, bool) {
        if place >= self.small.len() {
            self.small.resize((2 * place + 16).min(self.small_max), NONE);
        }
        give(&mut self.small[place], &mut self.count)
    }
}

/// The number in `place`, the next of `count` if there is none yet; and whether that is so.
#[inline]
fn give(place: &mut StateId, count: &mut StateId) -> (StateId, bool) {
    let is_new = *place == NONE;
    if is_new {
        *place = *count;
        *count += 1;
    }
    (*place, is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_appearance() {
        let (mut numbering, mut others) = (Numbering::new(10), Table::new());
        let mut of = |i: i64| numbering.number(&mut others, i, Some(i));
        assert_eq!(of(7), (0, true));
        assert_eq!(of(-1), (1, true));
        assert_eq!(of(i64::MAX), (2, true));
        assert_eq!(of(7), (0, false));
        assert_eq!(of(-1), (1, false));
        assert_eq!(of(295), (3, true));
        assert_eq!(of(296), (4, true));
        assert_eq!(of(295), (3, false));
        assert_eq!(numbering.count(), 5);
        let small = [8, 7, 8, 296, -1].map(|integer| numbering.small(integer));
        assert_eq!(small, [Some((5, true)), Some((0, false)), Some((5, false)), None, None]);
    }
}
