//! Storage for pending events: stable slots, reused most recent first.

use super::queue::Queue;
use crate::base::prefetch;

/// Values under small numbers, no more than the queue's entries have bits for.
#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    entries: Vec<Entry<T>>,
    /// The head of the list of free slots.
    free: u32,
}

#[derive(Clone, Debug)]
enum Entry<T> {
    Full(T),
    Free { next: u32 },
}

const NONE: u32 = u32::MAX;

impl<T> Slab<T> {
    pub(super) fn new() -> Self {
        Slab { entries: Vec::new(), free: NONE }
    }

    /// Keeps `value` and says under which slot.
    #[inline]
    pub(super) fn insert(&mut self, value: T) -> u32 {
        let slot = self.free;
        match self.entries.get_mut(slot as usize) {
            Some(entry) => {
                if let Entry::Free { next } = *entry {
                    self.free = next;
                }
                *entry = Entry::Full(value);
                slot
            }
            None => {
                assert!(self.entries.len() < Queue::MOST, "more than 2^24 events pending at once");
                self.entries.push(Entry::Full(value));
                self.entries.len() as u32 - 1
            }
        }
    }

    /// The value in `slot`, to look at.
    #[inline(always)]
    pub(super) fn peek(&self, slot: u32) -> Option<&T> {
        match self.entries.get(slot as usize) {
            Some(Entry::Full(value)) => Some(value),
            _ => None,
        }
    }

    /// Asks for the memory of `slot`.
    #[inline(always)]
    pub(super) fn prefetch(&self, slot: u32) {
        if let Some(entry) = self.entries.get(slot as usize) {
            prefetch(entry);
        }
    }

    /// Takes the value out of `slot` and frees it.
    ///
    /// # Panics
    /// If the slot is free: the queue and the slab disagree.
    #[inline]
    pub(super) fn take(&mut self, slot: u32) -> T {
        let freed = Entry::Free { next: self.free };
        match std::mem::replace(&mut self.entries[slot as usize], freed) {
            Entry::Full(value) => {
                self.free = slot;
                value
            }
            Entry::Free { .. } => panic!("the slot {slot} was taken twice"),
        }
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
