//! Operations as guarded assignments between numbered values.
//!
//! Dropped here, since they neither constrain nor help:
//! * failed operations, which did not happen;
//! * operations that demand nothing and change nothing (reads whose result nobody knows), which are
//!   legal anywhere.

use std::hash::Hash;

use crate::base::Table;
use crate::check::{Effect, Partition};
use crate::history::Outcome;

/// A value of the model, numbered.
pub(super) type ValueId = u32;
/// In place of a value: no guard, or the state stays.
pub(super) const NONE: ValueId = u32::MAX;

/// An operation that happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    /// The event of its invocation.
    pub call: u32,
    /// The event of its return.
    pub ret: u32,
    /// The value it demands, or [`NONE`].
    pub guard: ValueId,
    /// The value it leaves, or [`NONE`].
    pub leaves: ValueId,
    /// Its index in the partition.
    pub source: u32,
}

/// An operation that may happen at any time after its invocation, or never.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Pending {
    /// The value it demands, or [`NONE`].
    pub guard: ValueId,
    /// The value it leaves.
    pub leaves: ValueId,
    /// The event of its invocation.
    pub call: u32,
}

/// The operations of a partition.
#[derive(Clone, Debug)]
pub(super) struct Compiled<S> {
    /// The values by number.
    pub values: Vec<S>,
    /// The state before the first operation.
    pub initial: ValueId,
    /// What happened, in order of return.
    pub done: Vec<Done>,
    /// What may have happened, in order of invocation.
    pub pending: Vec<Pending>,
    /// Calls (`2 i`) and returns (`2 i + 1`) of `done` in order of events.
    pub order: Vec<u32>,
}

impl<S: Clone + Eq + Hash> Compiled<S> {
    pub(super) fn new(initial: &S, partition: &Partition<S>) -> Self {
        let mut values = Vec::new();
        let mut numbers: Table<S, ValueId> = Table::new();
        let mut number = |value: &S| {
            *numbers.get_or_insert_with(value.clone(), || {
                values.push(value.clone());
                values.len() as ValueId - 1
            })
        };
        let initial = number(initial);
        let (mut done, mut pending) = (Vec::new(), Vec::new());
        for (source, (operation, effect)) in partition.operations.iter().zip(&partition.effects).enumerate() {
            let Effect { guard, leaves } = effect;
            // What leaves the value it demands only reads it.
            let leaves = leaves.as_ref().filter(|_| guard != leaves);
            if operation.outcome == Outcome::Fail || (guard.is_none() && leaves.is_none()) {
                continue;
            }
            let guard = guard.as_ref().map_or(NONE, &mut number);
            let leaves = leaves.map_or(NONE, &mut number);
            let call = operation.invoked as u32;
            match operation.returned.filter(|_| operation.outcome == Outcome::Ok) {
                Some(ret) => done.push(Done { call, ret: ret as u32, guard, leaves, source: source as u32 }),
                None if leaves == NONE => {}
                None => pending.push(Pending { guard, leaves, call }),
            }
        }
        done.sort_unstable_by_key(|done| done.ret);
        let order = in_order_of_events(&done);
        Compiled { values, initial, done, pending, order }
    }
}

fn in_order_of_events(done: &[Done]) -> Vec<u32> {
    let both = |(i, done): (usize, &Done)| [(done.call, 2 * i as u32), (done.ret, 2 * i as u32 + 1)];
    let mut entries: Vec<(u32, u32)> = done.iter().enumerate().flat_map(both).collect();
    entries.sort_unstable();
    entries.into_iter().map(|(_, entry)| entry).collect()
}
