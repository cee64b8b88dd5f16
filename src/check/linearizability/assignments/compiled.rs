//! Operations as guarded assignments between numbered values.

use crate::check::linearizability::chronology::Chronology;
pub(super) use crate::check::numbering::NONE;
use crate::check::partition::{Entry, NEVER, Partition};

/// A value of the model, numbered.
pub(super) type ValueId = u32;

/// An operation that may happen at any time after its invocation, or never.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Pending {
    /// The value it demands, or [`NONE`].
    pub guard: ValueId,
    /// The value it leaves.
    pub leaves: ValueId,
    /// When it was invoked.
    pub call: u32,
}

/// The operations of a partition.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// How many values there are.
    pub values: usize,
    /// What happened, in order of return.
    pub done: Vec<Entry>,
    /// What may have happened, in order of invocation.
    pub pending: Vec<Pending>,
    /// Calls (`2 i`) and returns (`2 i + 1`) of `done` in order of events.
    pub order: Vec<u32>,
}

/// The state before the first operation.
pub(super) const INITIAL: ValueId = 0;

impl Compiled {
    pub(super) fn new(partition: &Partition) -> Self {
        let Chronology { done, order } = Chronology::new(&partition.entries, partition.end);
        let pending = partition.entries.iter().filter(|entry| entry.ret == NEVER);
        let pending = pending.map(|&Entry { guard, leaves, call, .. }| Pending { guard, leaves, call });
        Compiled { values: partition.states.len(), done, pending: pending.collect(), order }
    }
}
