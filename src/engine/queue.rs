//! The event queue: pops in the exact order of `(time, sequence)`.
//!
//! An entry is one `u128`: time in the high 64 bits, then 40 bits of sequence, then
//! 24 bits of slot, so one comparison orders two entries and a node of the heap is
//! one cache line. What the event is lies in a slab under the slot. The heap has
//! four children a node: half the depth of a binary one, and the four share a line.
//!
//! Limits, asserted: 2^40 events in a run, 2^24 pending at once.

use crate::base::SimTime;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;
const ARITY: usize = 4;

/// A priority queue of slots, earliest first; among equal times, first come first.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    heap: Vec<u128>,
    next_sequence: u64,
}

/// An entry popped from the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// When it is due.
    pub time: SimTime,
    /// Its place among all entries ever.
    pub sequence: u64,
    /// Where the event lies.
    pub slot: u32,
}

impl Queue {
    /// An empty queue.
    pub fn new() -> Self {
        Queue::default()
    }

    /// How many entries wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Takes the next sequence number: whatever is armed now comes after all before.
    #[inline]
    pub fn take_sequence(&mut self) -> u64 {
        let sequence = self.next_sequence;
        assert!(sequence < 1 << SEQUENCE_BITS, "more than 2^40 events in one run");
        self.next_sequence += 1;
        sequence
    }

    /// Adds an entry under a sequence number taken before.
    #[inline]
    pub fn push(&mut self, time: SimTime, sequence: u64, slot: u32) {
        debug_assert!(slot < 1 << SLOT_BITS);
        let entry = u128::from(time.as_ns()) << 64 | u128::from(sequence) << SLOT_BITS | u128::from(slot);
        self.heap.push(entry);
        self.sift_up(self.heap.len() - 1, entry);
    }

    /// When the earliest entry is due.
    #[inline]
    pub fn next_time(&self) -> Option<SimTime> {
        self.heap.first().map(|entry| SimTime::from_ns((entry >> 64) as u64))
    }

    /// Removes the earliest entry.
    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        let last = self.heap.pop()?;
        let first = match self.heap.first() {
            Some(&first) => {
                self.sift_down(last);
                first
            }
            None => last,
        };
        Some(Entry {
            time: SimTime::from_ns((first >> 64) as u64),
            sequence: first as u64 >> SLOT_BITS,
            slot: first as u32 & ((1 << SLOT_BITS) - 1),
        })
    }

    #[inline]
    fn sift_up(&mut self, mut hole: usize, entry: u128) {
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.heap[parent] <= entry {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    /// Fills the hole at the root: down along the earliest children, then `entry`.
    #[inline]
    fn sift_down(&mut self, entry: u128) {
        let heap = self.heap.as_mut_slice();
        let mut hole = 0;
        loop {
            let first_child = hole * ARITY + 1;
            if first_child >= heap.len() {
                break;
            }
            let children = &heap[first_child..heap.len().min(first_child + ARITY)];
            let (mut earliest, mut place) = (children[0], 0);
            for (i, &child) in children.iter().enumerate().skip(1) {
                if child < earliest {
                    (earliest, place) = (child, i);
                }
            }
            if entry <= earliest {
                break;
            }
            heap[hole] = earliest;
            hole = first_child + place;
        }
        heap[hole] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: a list sorted by `(time, sequence)`.
    fn agrees_with_a_sorted_list(steps: Vec<(u8, u16)>) -> bool {
        let mut queue = Queue::new();
        let mut list: Vec<(SimTime, u64, u32)> = Vec::new();
        let mut now = SimTime::ZERO;
        for (slot, (action, delay)) in steps.into_iter().enumerate() {
            if action % 3 == 0 {
                let expected = (!list.is_empty()).then(|| list.remove(0));
                let got = queue.pop().map(|entry| (entry.time, entry.sequence, entry.slot));
                if got != expected {
                    return false;
                }
                now = got.map_or(now, |(time, _, _)| time);
            } else {
                // Ties (same instant), bursts (few instants) and a far mode.
                let ns = match action % 5 {
                    0 => 0,
                    1 => u64::from(delay % 4),
                    2 => u64::from(delay) << 40,
                    _ => u64::from(delay),
                };
                let time = SimTime::from_ns(now.as_ns() + ns);
                let sequence = queue.take_sequence();
                queue.push(time, sequence, slot as u32);
                list.push((time, sequence, slot as u32));
                list.sort_unstable();
            }
        }
        queue.len() == list.len()
    }

    #[test]
    fn pops_in_order_of_time_and_sequence() {
        quickcheck::QuickCheck::new()
            .tests(2_000)
            .quickcheck(agrees_with_a_sorted_list as fn(Vec<(u8, u16)>) -> bool);
    }
}
