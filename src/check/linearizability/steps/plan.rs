//! What a search over a prefix must linearize, and what it may.
//!
//! The prefix of length `n` ends with the `n`-th return. What returned by then must be linearized. What
//! was invoked by then may be, as if it had never returned, so nobody saw what it answered; except what
//! failed in the whole history, which did not happen in the prefix either. So every prefix of a
//! possible prefix is possible, and the first impossible return can be found by halving.

use super::{Problem, Steps};
use crate::check::automaton::ClassId;
use crate::check::partition::Entry;

/// As many operations have a part at least that is searched on its own: enough that what is spent to find all
/// of its ends does not show, and few enough to remember. In tests every quiet instant counts, so that small
/// histories have parts.
const PART_LEAST: u32 = if cfg!(test) { 1 } else { 4096 };

/// An operation that must be linearized.
#[derive(Clone, Copy, Debug)]
pub(super) struct Must {
    /// What it does.
    pub class: ClassId,
    /// A number that no other operation has that is open at the same time.
    pub slot: u32,
    /// When it returned.
    pub ret: u32,
}

/// Pending operations that do the same. They differ only in when they may begin.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// What they do.
    pub class: ClassId,
    /// When they were invoked, in order.
    pub calls: Vec<u32>,
}

/// What a search needs to know.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The operations that must be linearized, in order of return.
    pub must: Vec<Must>,
    /// Their calls (`2 i`) and returns (`2 i + 1`) in order of time.
    pub order: Vec<u32>,
    /// The operations that may be linearized.
    pub pending: Vec<Pending>,
    /// How many slots there are.
    pub slots: usize,
    /// After how many returns nothing is open that must be linearized, in order, [`PART_LEAST`] apart.
    pub quiet: Vec<u32>,
}

impl Plan {
    /// The plan for the prefix with `length` returns.
    pub(super) fn new(steps: &Steps, length: usize) -> Self {
        let done = &steps.chronology.done[..length];
        let mut order = steps.chronology.order.clone();
        if length < steps.returns() {
            order.retain(|&entry| (entry as usize) < 2 * length);
        }
        let to_must = |(done, &class): (&Entry, &ClassId)| Must { class, slot: 0, ret: done.ret };
        let mut must: Vec<Must> = done.iter().zip(&steps.classes).map(to_must).collect();
        let slots = assign_slots(&mut must, &order);
        let quiet = quiet(&order);
        Plan { must, order, pending: pending(steps, length), slots, quiet }
    }
}

/// After how many returns nothing is open.
fn quiet(order: &[u32]) -> Vec<u32> {
    let (mut open, mut returned, mut next, mut quiet) = (0, 0, PART_LEAST, Vec::new());
    for &entry in order {
        if entry % 2 == 0 {
            open += 1;
            continue;
        }
        (open, returned) = (open - 1, returned + 1);
        if open == 0 && returned >= next {
            quiet.push(returned);
            next = returned + PART_LEAST;
        }
    }
    quiet
}

/// What may have happened by the time of the prefix's last return.
fn pending(steps: &Steps, length: usize) -> Vec<Pending> {
    let done = &steps.chronology.done;
    let horizon = length.checked_sub(1).map_or(0, |last| done[last].ret);
    // Nothing is, if all are in the prefix.
    let unseen = steps.unseen.iter().skip(length);
    let open = done[length..].iter().zip(unseen).map(|(e, class)| (*class, e.call));
    let crashed = steps.pending.iter().zip(&steps.pending_classes).map(|(e, class)| (*class, e.call));
    let mut all: Vec<(ClassId, u32)> = crashed.chain(open).filter(|&(_, call)| call < horizon).collect();
    all.sort_unstable();
    let mut pending: Vec<Pending> = Vec::new();
    for (class, call) in all {
        match pending.last_mut() {
            Some(last) if last.class == class => last.calls.push(call),
            _ => pending.push(Pending { class, calls: vec![call] }),
        }
    }
    pending
}

/// Gives each operation a slot that is free while it is open; returns how many there are.
fn assign_slots(must: &mut [Must], order: &[u32]) -> usize {
    let (mut free, mut slots) = (Vec::with_capacity(16), 0);
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
    slots as usize
}
