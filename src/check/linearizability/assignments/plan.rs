//! What a search over a prefix of a partition must linearize, and what it may.
//!
//! The prefix of length `n` ends with the `n`-th return. What returned by then must be linearized.
//! What was invoked by then may be, as if it had never returned; except what failed in the whole
//! history, which did not happen in the prefix either. So every prefix of a possible prefix is
//! possible, and the first impossible return can be found by halving.
//!
//! Pending operations are dropped that cannot help. With a linearization that uses one of them,
//! there is one without:
//! * if nothing demands the value it leaves: what comes next is an assignment without a guard, or
//!   nothing, so it can be left out;
//! * if nothing leaves the value it demands: then no linearization uses it.
//!
//! Both are repeated until none is left to drop, for pending operations count in both.

use std::ops::Range;

use super::compiled::{Compiled, INITIAL, NONE, Pending, ValueId};
use super::planted::{Planted, planted};
use crate::check::partition::Entry;

/// An operation that must be linearized.
#[derive(Clone, Copy, Debug)]
pub(super) struct Must {
    /// The value it demands, or [`NONE`].
    pub guard: ValueId,
    /// The value it leaves, or [`NONE`].
    pub leaves: ValueId,
    /// A number that no other operation has that is open at the same time.
    pub slot: u32,
    /// The event of its return.
    pub ret: u32,
}

/// Pending operations that demand and leave the same. They differ only in when they may begin.
#[derive(Clone, Debug)]
pub(super) struct Class {
    /// The value they demand, or [`NONE`].
    pub guard: ValueId,
    /// The value they leave.
    pub leaves: ValueId,
    /// When they were invoked, in order.
    pub calls: Vec<u32>,
}

/// What a search needs to know.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The operations that must be linearized, in order of return.
    pub must: Vec<Must>,
    /// Their calls (`2 i`) and returns (`2 i + 1`) in order of events.
    pub order: Vec<u32>,
    /// The operations that may be linearized, by guard.
    pub classes: Vec<Class>,
    /// For each value, the class of pending writes that leave it, or [`NONE`].
    pub writers: Vec<u32>,
    /// The classes of pending writes whose value some pending operation demands.
    pub bridges: Vec<u32>,
    /// How many slots there are.
    pub slots: usize,
    /// How many values there are.
    pub values: usize,
    /// For each value, where its observers begin in `observers`; one more at the end.
    starts: Vec<u32>,
    observers: Vec<u32>,
}

impl Plan {
    /// The plan for the prefix with `length` returns. With `instead`, the last of them demands that
    /// value and not its own.
    pub(super) fn new(compiled: &Compiled, length: usize, instead: Option<ValueId>) -> Self {
        let mut done: Vec<Entry> = compiled.done[..length].to_vec();
        if let (Some(last), Some(guard)) = (done.last_mut(), instead) {
            last.guard = guard;
        }
        let values = compiled.values;
        let pending = useful(pending(compiled, length), &done, values);
        let order: Vec<u32> =
            compiled.order.iter().copied().filter(|&entry| (entry as usize) < 2 * length).collect();
        let (must, slots) = assign_slots(&done, &order);
        let classes = classify(pending);
        let (starts, observers) = index_observers(&must, values);
        let mut plan = Plan {
            must,
            order,
            classes,
            writers: Vec::new(),
            bridges: Vec::new(),
            slots,
            values,
            starts,
            observers,
        };
        plan.writers = vec![NONE; values];
        for (number, class) in plan.classes.iter().enumerate().filter(|(_, class)| class.guard == NONE) {
            plan.writers[class.leaves as usize] = number as u32;
            if !plan.demanding(class.leaves).is_empty() {
                plan.bridges.push(number as u32);
            }
        }
        plan
    }

    /// The operations that must be linearized and demand `value`, in order of return.
    pub(super) fn observers(&self, value: ValueId) -> &[u32] {
        let at = |value: usize| self.starts[value] as usize;
        &self.observers[at(value as usize)..at(value as usize + 1)]
    }

    /// The classes of pending operations that demand `value`.
    pub(super) fn demanding(&self, value: ValueId) -> Range<usize> {
        let before = |limit| self.classes.partition_point(|class| class.guard < limit);
        before(value)..before(value + 1)
    }
}

/// What may have happened by the time of the prefix's last return.
fn pending(compiled: &Compiled, length: usize) -> Vec<Pending> {
    let horizon = length.checked_sub(1).map_or(0, |last| compiled.done[last].ret);
    let as_pending = |done: &Entry| Pending { guard: done.guard, leaves: done.leaves, call: done.call };
    let open = compiled.done[length..].iter().filter(|done| done.leaves != NONE).map(as_pending);
    compiled.pending.iter().copied().chain(open).filter(|pending| pending.call < horizon).collect()
}

/// The pending operations that can help, in order.
fn useful(mut pending: Vec<Pending>, done: &[Entry], values: usize) -> Vec<Pending> {
    while !pending.is_empty() {
        let (mut demanded, mut left) = (vec![false; values], vec![false; values]);
        left[INITIAL as usize] = true;
        let guard = |p: &Pending| if planted(Planted::DropsObservedByPending) { NONE } else { p.guard };
        let may = pending.iter().map(|p| (guard(p), p.leaves));
        let effects = done.iter().map(|d| (d.guard, d.leaves)).chain(may);
        for (guard, leaves) in effects {
            if guard != NONE {
                demanded[guard as usize] = true;
            }
            if leaves != NONE {
                left[leaves as usize] = true;
            }
        }
        let before = pending.len();
        pending.retain(|p| demanded[p.leaves as usize] && (p.guard == NONE || left[p.guard as usize]));
        if pending.len() == before {
            break;
        }
    }
    pending.sort_unstable();
    pending
}

/// Gives each operation the lowest slot that is free while it is open.
fn assign_slots(done: &[Entry], order: &[u32]) -> (Vec<Must>, usize) {
    let to_must = |done: &Entry| Must { guard: done.guard, leaves: done.leaves, slot: 0, ret: done.ret };
    let mut must: Vec<Must> = done.iter().map(to_must).collect();
    let (mut free, mut slots) = (Vec::new(), 0);
    for &entry in order {
        let operation = &mut must[entry as usize / 2];
        if entry % 2 == 1 {
            free.push(operation.slot);
            continue;
        }
        operation.slot = free.pop().unwrap_or_else(|| {
            slots += 1;
            slots - 1
        });
    }
    (must, slots as usize)
}

/// Groups sorted pending operations by what they do.
fn classify(pending: Vec<Pending>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    for Pending { guard, leaves, call } in pending {
        match classes.last_mut() {
            Some(class) if (class.guard, class.leaves) == (guard, leaves) => class.calls.push(call),
            _ => classes.push(Class { guard, leaves, calls: vec![call] }),
        }
    }
    classes
}

/// Lists the observers of each value, one value after the other.
fn index_observers(must: &[Must], values: usize) -> (Vec<u32>, Vec<u32>) {
    let guarded = || must.iter().enumerate().filter(|(_, must)| must.guard != NONE);
    let mut starts = vec![0; values + 1];
    for (_, must) in guarded() {
        starts[must.guard as usize + 1] += 1;
    }
    for value in 0..values {
        starts[value + 1] += starts[value];
    }
    let mut ends = starts.clone();
    let mut observers = vec![0; starts[values] as usize];
    for (index, must) in guarded() {
        let end = &mut ends[must.guard as usize];
        observers[*end as usize] = index as u32;
        *end += 1;
    }
    (starts, observers)
}
