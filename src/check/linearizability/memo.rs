//! The configurations that have been entered: no need to enter them again.
//!
//! A configuration is named exactly, not by a hash alone, and costs as much as the operations that
//! are open at one time, however long the history:
//! * `first`: the operation not yet linearized that returns first. All that returned before it are
//!   linearized, and of the others only those open at its return can be;
//! * `open`: of these, the ones not linearized. Each operation has a slot that no other has
//!   while it is open, so they are a small set of bits; where there are more than 64 slots, sets are
//!   numbered;
//! * `state`;
//! * the pending operations that have been used, kept apart since they stay open for ever.
//!
//! The table is one array with open addressing, so that its size is known and the budget honoured. The sets
//! beside it are paid for as soon as there are more of them, before anything is entered that names them.

use std::mem::size_of;

use crate::base::{Digest, Table};
use crate::check::Budget;
use crate::check::numbering::NONE;

/// A configuration without the pending operations used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::check) struct Key {
    pub(in crate::check) first: u32,
    pub(in crate::check) state: u32,
    /// See [`Memo::open`].
    pub(in crate::check) open: u64,
}

/// How many of which pending operations have been used: `(class, count)` by class, counts above 0.
pub(in crate::check) type Used = Box<[(u32, u32)]>;

/// The number of a [`Used`].
pub(in crate::check) type UsedId = u32;

#[derive(Clone, Copy, Debug)]
struct Entered {
    key: Key,
    /// [`NONE`] in a free place.
    used: UsedId,
}

const FREE: Entered = Entered { key: Key { first: 0, state: 0, open: 0 }, used: NONE };
/// The least size of the array.
const LEAST: usize = 64;

/// The configurations that have been entered.
#[derive(Clone, Debug)]
pub(in crate::check) struct Memo {
    /// A power of two of places, at most three quarters of them taken.
    entered: Vec<Entered>,
    count: usize,
    sets: Table<Box<[u64]>, u64>,
    used: Vec<Used>,
    numbers: Table<Used, UsedId>,
    /// What the content of `sets` takes.
    sets_bytes: usize,
    /// What that of `used` takes, which `numbers` has too.
    used_bytes: usize,
    /// What all of these take.
    beside: u64,
    /// How much of that the budget has paid for.
    paid: u64,
    /// What the array takes, which is paid for.
    bytes: u64,
}

/// What a slice on the heap takes whose elements take `bytes`, with what the allocator puts around it.
const fn allocated(bytes: usize) -> usize {
    bytes + 24
}

impl Memo {
    /// No pending operation.
    pub(in crate::check) const UNUSED: UsedId = 0;

    pub(in crate::check) fn new() -> Self {
        Memo {
            entered: Vec::new(),
            count: 0,
            sets: Table::new(),
            used: vec![Used::default()],
            numbers: Table::new(),
            sets_bytes: 0,
            used_bytes: 0,
            beside: 0,
            paid: 0,
            bytes: 0,
        }
    }

    /// The set of `slots`, each below `limit`, by name.
    pub(in crate::check) fn open(&mut self, slots: impl Iterator<Item = u32>, limit: usize) -> u64 {
        if limit <= 64 {
            return slots.fold(0, |set, slot| set | 1 << slot);
        }
        let mut words = vec![0; limit.div_ceil(64)];
        slots.for_each(|slot| words[slot as usize / 64] |= 1 << (slot % 64));
        let words: Box<[u64]> = words.into();
        if let Some(&number) = self.sets.get(&words) {
            return number;
        }
        let number = self.sets.len() as u64;
        self.sets_bytes += allocated(8 * words.len());
        self.sets.insert(words, number);
        self.weigh();
        number
    }

    /// The number of `used`.
    pub(in crate::check) fn number(&mut self, used: Used) -> UsedId {
        if used.is_empty() {
            return Memo::UNUSED;
        }
        if let Some(&number) = self.numbers.get(&used) {
            return number;
        }
        let number = self.used.len() as UsedId;
        self.used_bytes += 2 * allocated(8 * used.len());
        self.used.push(used.clone());
        self.numbers.insert(used, number);
        self.weigh();
        number
    }

    /// Finds out what the sets take, and will while one more is added.
    fn weigh(&mut self) {
        let vector = self.used.capacity() * size_of::<Used>();
        let content = self.sets_bytes + self.used_bytes + vector;
        self.beside = (content + self.sets.bytes(1) + self.numbers.bytes(1)) as u64;
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
        if self.beside != self.paid && !budget.settle(&mut self.paid, self.beside) {
            return None;
        }
        if 4 * (self.count + 1) > 3 * self.entered.len() && !self.grow(budget) {
            return None;
        }
        let mask = self.entered.len() - 1;
        let mut place = hash(&key) as usize & mask;
        while self.entered[place].used != NONE {
            let Entered { key: other, used: before } = self.entered[place];
            if other == key && (before == used || is_within(self.used(before), self.used(used))) {
                return Some(false);
            }
            place = (place + 1) & mask;
        }
        self.entered[place] = Entered { key, used };
        self.count += 1;
        Some(true)
    }

    /// Doubles the array, if the budget has room for both at once.
    fn grow(&mut self, budget: &mut Budget) -> bool {
        let (before, size) = (self.entered.len(), (2 * self.entered.len()).max(LEAST));
        let cost = |places: usize| (places * size_of::<Entered>()) as u64;
        if !budget.take(cost(size)) {
            return false;
        }
        let old = std::mem::replace(&mut self.entered, vec![FREE; size]);
        for entered in old.into_iter().filter(|entered| entered.used != NONE) {
            let mut place = hash(&entered.key) as usize & (size - 1);
            while self.entered[place].used != NONE {
                place = (place + 1) & (size - 1);
            }
            self.entered[place] = entered;
        }
        budget.give_back(cost(before));
        self.bytes = cost(size);
        true
    }

    /// Forgets what was entered, and of the pending operations used all but these; afterwards they are
    /// numbered as they are called then.
    pub(in crate::check) fn forget<'u>(
        &mut self,
        kept: impl Iterator<Item = &'u mut UsedId>,
        budget: &mut Budget,
    ) {
        budget.give_back(self.bytes());
        let before = std::mem::replace(self, Memo::new());
        kept.for_each(|used| *used = self.number(before.used(*used).into()));
    }

    /// What the budget gets back when this is dropped.
    pub(in crate::check) fn bytes(&self) -> u64 {
        self.bytes + self.paid
    }
}

fn hash(key: &Key) -> u64 {
    let mut digest = Digest::new();
    digest.fold_pair(key.open, u64::from(key.first) << 32 | u64::from(key.state));
    digest.value()
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
        let budget = &mut Budget::UNLIMITED.clone();
        let open = memo.open([3, 5].into_iter(), 64);
        let key = Key { first: 0, state: 0, open };
        let (one, two) = (memo.number([(0, 1)].into()), memo.number([(0, 2)].into()));
        assert_eq!((memo.count(two, 0), memo.one_more(one, 0)), (2, two));
        assert_eq!(memo.enter(key, two, budget), Some(true));
        assert_eq!(memo.enter(key, one, budget), Some(true));
        assert_eq!(memo.enter(key, two, budget), Some(false));
    }

    #[test]
    fn what_was_used_is_paid_for_once() {
        let (mut memo, mut budget) = (Memo::new(), Budget::new(0, 1 << 17));
        let used = memo.number((0..100).map(|class| (class, 1)).collect());
        let key = |first: u32| Key { first, state: 0, open: 0 };
        assert_eq!(memo.enter(key(0), used, &mut Budget::new(0, 1_600)), None, "there is no room for it");
        assert!((0..1_000).all(|first| memo.enter(key(first), used, &mut budget) == Some(true)));
        let (mut kept, paid) = ([used], memo.bytes());
        memo.forget(kept.iter_mut(), &mut budget);
        assert_eq!(budget, Budget::new(0, 1 << 17), "{paid} bytes are given back");
        assert_eq!(memo.used(kept[0]).len(), 100);
    }

    #[test]
    fn sets_are_exact_beyond_one_word() {
        let mut memo = Memo::new();
        let mut set = |slots: &[u32]| memo.open(slots.iter().copied(), 130);
        assert_eq!(set(&[1, 129]), set(&[129, 1]));
        assert_ne!(set(&[1]), set(&[65]));
    }

    #[test]
    fn many_are_remembered_and_paid_for() {
        let (mut memo, mut budget) = (Memo::new(), Budget::new(0, 1 << 20));
        let key = |i: u32| Key { first: i, state: i % 7, open: u64::from(i) << 32 };
        assert!((0..5_000).all(|i| memo.enter(key(i), 0, &mut budget) == Some(true)));
        assert!((0..5_000).all(|i| memo.enter(key(i), 0, &mut budget) == Some(false)));
        assert_eq!(memo.bytes(), 8_192 * 24);
        budget.give_back(memo.bytes());
        assert_eq!(budget, Budget::new(0, 1 << 20));
    }
}
