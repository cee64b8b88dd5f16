//! The configurations that have been entered: no need to enter them again.
//!
//! A configuration is named exactly, not by a hash alone, and costs as much as the operations that
//! are open at one time, however long the history:
//! * `first`: the operation not yet linearized that returns first. All that returned before it are
//!   linearized, and of the others only those open at its return can be;
//! * `open`: of these, the ones not linearized. Each operation has a slot that no other has
//!   while it is open, so they are a small set of bits;
//! * `state`;
//! * the pending operations that have been used, kept apart since they stay open for ever.

use crate::base::Table;
use crate::check::Budget;

/// A set of slots.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::check) enum Slots {
    /// All below 64.
    Few(u64),
    /// Any.
    Many(Box<[u64]>),
}

impl Slots {
    /// The set of `slots`, each below `limit`.
    pub(in crate::check) fn new(slots: impl Iterator<Item = u32>, limit: usize) -> Self {
        if limit <= 64 {
            return Slots::Few(slots.fold(0, |set, slot| set | 1 << slot));
        }
        let mut words = vec![0; limit.div_ceil(64)];
        slots.for_each(|slot| words[slot as usize / 64] |= 1 << (slot % 64));
        Slots::Many(words.into())
    }
}

/// A configuration without the pending operations used.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::check) struct Key {
    pub(in crate::check) first: u32,
    pub(in crate::check) state: u32,
    pub(in crate::check) open: Slots,
}

/// How many of which pending operations have been used: `(class, count)` by class, counts above 0.
pub(in crate::check) type Used = Box<[(u32, u32)]>;

/// The number of a [`Used`].
pub(in crate::check) type UsedId = u32;

/// The configurations that have been entered.
#[derive(Clone, Debug)]
pub(in crate::check) struct Memo {
    entered: Table<Key, Vec<UsedId>>,
    used: Vec<Used>,
    numbers: Table<Used, UsedId>,
    bytes: u64,
}

impl Memo {
    /// No pending operation.
    pub(in crate::check) const UNUSED: UsedId = 0;

    pub(in crate::check) fn new() -> Self {
        let mut memo = Memo { entered: Table::new(), used: Vec::new(), numbers: Table::new(), bytes: 0 };
        memo.number(Box::default());
        memo
    }

    /// The number of `used`.
    pub(in crate::check) fn number(&mut self, used: Used) -> UsedId {
        if let Some(&number) = self.numbers.get(&used) {
            return number;
        }
        let number = self.used.len() as UsedId;
        self.used.push(used.clone());
        self.numbers.insert(used, number);
        number
    }

    /// What the number stands for.
    pub(in crate::check) fn used(&self, number: UsedId) -> &[(u32, u32)] {
        &self.used[number as usize]
    }

    /// How many pending operations of `class` are among those numbered `number`.
    pub(in crate::check) fn count(&self, number: UsedId, class: u32) -> u32 {
        let used = self.used(number);
        used.binary_search_by_key(&class, |&(class, _)| class).map_or(0, |at| used[at].1)
    }

    /// The number of `number` with one of `class` more.
    pub(in crate::check) fn one_more(&mut self, number: UsedId, class: u32) -> UsedId {
        let mut used = self.used(number).to_vec();
        match used.binary_search_by_key(&class, |&(class, _)| class) {
            Ok(at) => used[at].1 += 1,
            Err(at) => used.insert(at, (class, 1)),
        }
        self.number(used.into())
    }

    /// Enters a configuration. Whether it is worth searching; `None` if the budget has no room.
    ///
    /// It is not if the same has been entered with no more pending operations used: whatever
    /// completes this configuration completes that one, which had every operation left that this
    /// one has. (The one entered may still be under way, for no cycle can hide a way out: of all
    /// configurations entered take the one with the shortest way to the end; the next on that
    /// way is nearer still, so it was neither entered nor refused in favour of another as near.)
    pub(in crate::check) fn enter(&mut self, key: Key, used: UsedId, budget: &mut Budget) -> Option<bool> {
        let Memo { entered, used: all, bytes, .. } = self;
        let cost = match &key.open {
            Slots::Few(_) => 96,
            Slots::Many(words) => 112 + 8 * words.len() as u64,
        } + 24 * all[used as usize].len() as u64;
        let before = entered.get_or_insert_with(key, Vec::new);
        let covers = |&id: &UsedId| id == used || is_within(&all[id as usize], &all[used as usize]);
        if before.iter().any(covers) {
            return Some(false);
        }
        if !budget.take(cost) {
            return None;
        }
        *bytes += cost;
        before.push(used);
        Some(true)
    }

    /// What the budget gets back when this is dropped.
    pub(in crate::check) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Whether `less` holds no more of any class than `more`.
fn is_within(less: &[(u32, u32)], more: &[(u32, u32)]) -> bool {
    let mut rest = more.iter();
    less.iter().all(|&(class, count)| {
        rest.find(|&&(other, _)| other >= class).is_some_and(|&(other, most)| other == class && count <= most)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_used_covers_more_used() {
        assert!(is_within(&[], &[(1, 1)]));
        assert!(is_within(&[(1, 1), (4, 2)], &[(0, 1), (1, 1), (4, 3)]));
        assert!(!is_within(&[(1, 2)], &[(1, 1)]));
        assert!(!is_within(&[(1, 1), (2, 1)], &[(1, 1), (3, 1)]));
        let mut memo = Memo::new();
        let key = Key { first: 0, state: 0, open: Slots::new([3, 5].into_iter(), 64) };
        let (one, two) = (memo.number([(0, 1)].into()), memo.number([(0, 2)].into()));
        let mut budget = Budget::new(0, 250);
        assert_eq!(memo.enter(key.clone(), two, &mut budget), Some(true));
        assert_eq!(memo.enter(key.clone(), one, &mut budget), Some(true));
        assert_eq!(memo.enter(key.clone(), two, &mut budget), Some(false));
        assert_eq!(memo.enter(Key { first: 1, ..key }, two, &mut budget), None);
    }

    #[test]
    fn slots_are_exact_beyond_one_word() {
        let set = |slots: &[u32]| Slots::new(slots.iter().copied(), 130);
        assert_eq!(set(&[1, 129]), set(&[129, 1]));
        assert_ne!(set(&[1]), set(&[65]));
    }
}
