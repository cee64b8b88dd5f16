//! Storage for pending events: stable slots, reused most recent first.

use super::queue::Queue;
use crate::base::prefetch;

/// Values under small numbers, no more than the queue's entries have bits for.
///
/// Values may be large, and each time one is moved costs more than all else that is done with
/// it here. So they are made in their slot and moved once more, out of it.
#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    values: Vec<Option<T>>,
    /// The slots that hold nothing, the latest to be emptied last.
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(super) fn new() -> Self {
        Slab { values: Vec::new(), free: Vec::new() }
    }

    /// Keeps `value` and says under which slot.
    #[inline(always)]
    pub(super) fn insert(&mut self, value: T) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| self.grow());
        // A free slot holds nothing to drop. The compiler does not know: with an assignment it
        // would build the value elsewhere first.
        std::mem::forget(self.values[slot as usize].replace(value));
        slot
    }

    /// Adds a slot.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        assert!(self.values.len() < Queue::MOST, "more than 2^24 events pending at once");
        self.values.push(None);
        self.values.len() as u32 - 1
    }

    /// The value in `slot`, to look at.
    #[inline(always)]
    pub(super) fn peek(&self, slot: u32) -> Option<&T> {
        self.values.get(slot as usize)?.as_ref()
    }

    /// Asks for the memory of `slot`.
    #[inline(always)]
    pub(super) fn prefetch(&self, slot: u32) {
        if let Some(value) = self.values.get(slot as usize) {
            prefetch(value);
        }
    }

    /// Takes the value out of `slot` and frees it.
    ///
    /// # Panics
    /// If the slot is free: the queue and the slab disagree.
    #[inline(always)]
    pub(super) fn take(&mut self, slot: u32) -> T {
        let Some(value) = self.values[slot as usize].take() else {
            panic!("the slot {slot} was taken twice");
        };
        self.free.push(slot);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_reused() {
        let mut slab = Slab::new();
        let (a, b) = (slab.insert('a'), slab.insert('b'));
        assert_eq!(slab.take(a), 'a');
        let c = slab.insert('c');
        assert_eq!(c, a);
        assert_ne!(c, b);
        assert_eq!((slab.take(b), slab.take(c)), ('b', 'c'));
    }
}
