//! Objects with two states where each operation leads from one of them to the other, as a mutex: in
//! order of return, by one sweep.
//!
//! When the next return comes of an operation `d` that was not taken yet, it must be taken. If the
//! state suits it, it is. If not, an operation of the other kind must be taken first: of those that
//! were called, the one that returns first (one that never returned is last); if there is none,
//! nothing explains `d`.
//!
//! **No way is lost.** Let there be a way from here. It alternates, so its first or second move is of
//! the kind of `d`; exchanged with `d`, which is called and returns before all others, it remains a
//! way. Let the first be of the other kind, `x`, and let `e` be the one that is taken here: if `e` comes
//! later on the way, exchange the two: `e` is called, and the place that `x` gets is before the return
//! of `e`, so before its own. If `e` does not come at all, it need not, so `x`, which returns
//! later, need not either: `e` takes its place.
//!
//! What nothing explains would have been possible in the other state, which the sweep is in.
//!
//! **Prefixes and crashed operations.** Only what was called before the return of `d` is looked at,
//! and of later returns only that they are later, so the first return without explanation ends the
//! shortest impossible prefix. Operations that never returned are returns at the end of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Ruling;
use crate::check::judgement::Impossible;
use crate::check::partition::{Entry, NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "alternation";

/// Judges `partition`, if it is of this kind.
pub(super) fn rule(partition: &Partition) -> Ruling {
    let entries = &partition.entries;
    if entries.iter().any(|entry| entry.guard > 1 || entry.leaves != 1 - entry.guard) {
        return Ruling::Silent;
    }
    let mut done: Vec<u32> =
        (0..entries.len() as u32).filter(|&index| entries[index as usize].ret != NEVER).collect();
    done.sort_unstable_by_key(|&index| entries[index as usize].ret);
    let mut called = Called { entries, next: 0, waiting: Default::default() };
    let mut taken = vec![false; entries.len()];
    let mut state = 0;
    for (possible_before, &index) in done.iter().enumerate() {
        if taken[index as usize] {
            continue;
        }
        let entry = &entries[index as usize];
        called.advance(entry.ret);
        if entry.guard != state {
            let Some(other) = called.take(state) else {
                let operation = entry.source as usize;
                return Ruling::Impossible(Impossible { operation, possible_before, states: vec![state] });
            };
            taken[other as usize] = true;
            state = entry.guard;
        }
        assert_eq!(called.take(state), Some(index), "it returns before all others");
        state = entry.leaves;
    }
    Ruling::Possible
}

/// What was called and is not taken, by the state that it demands, the first to return on top.
struct Called<'a> {
    entries: &'a [Entry],
    next: usize,
    waiting: [BinaryHeap<Reverse<(u32, u32)>>; 2],
}

impl Called<'_> {
    /// Takes note of all that was called before `now`.
    fn advance(&mut self, now: u32) {
        while let Some(entry) = self.entries.get(self.next).filter(|entry| entry.call < now) {
            self.waiting[entry.guard as usize].push(Reverse((entry.ret, self.next as u32)));
            self.next += 1;
        }
    }

    /// Takes the first to return of those that demand `state`.
    fn take(&mut self, state: u32) -> Option<u32> {
        self.waiting[state as usize].pop().map(|Reverse((_, index))| index)
    }
}
