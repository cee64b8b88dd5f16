//! The event queue: pops in the exact order of `(time, sequence)`.
//!
//! A ladder queue (Tang, Goh and Thng 2005) of intrusive lists. Far events lie
//! unsorted on `top`. When the near ones run out, top is spread over the buckets of a
//! rung; a bucket that is still crowded is spread over a finer rung of its own; a
//! small one is sorted into `bottom`, from which events are popped. So each event is
//! moved three or four times in its life, however many wait: no comparison tree, and
//! memory is touched in order. A handful of events simply live in `bottom`.
//!
//! An entry is one `u128`: time in the high 64 bits, then 40 bits of sequence, then 24
//! bits of the slot under which a slab holds the event. One comparison orders two
//! entries, and the slot doubles as the entry's place in the lists.
//!
//! * Events at one instant cannot be spread: they go to `bottom` together. It ascends,
//!   so that one more for the instant being executed is appended, not inserted.
//! * A rung spans exactly the times it was made from, so that each level makes progress.
//!   What falls between it and the next bucket of its parent stays with the parent.
//!
//! Limits, asserted: 2^40 events in a run, 2^24 pending at once.

use crate::base::SimTime;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;
const NONE: u32 = u32::MAX;
/// More events than this are spread rather than sorted.
const CROWD: usize = 48;

/// A priority queue of slots, earliest first; among equal times, first come first.
#[derive(Clone, Debug)]
pub struct Queue {
    len: usize,
    next_sequence: u64,
    /// By slot: its entry, and the slot behind it in its list.
    links: Vec<Link>,
    /// The nearest entries in order, from `head` on: all before `bottom_end`.
    bottom: Vec<u128>,
    head: usize,
    bottom_end: u64,
    /// The `depth` rungs in use, each finer and nearer than the one before.
    rungs: Vec<Rung>,
    depth: usize,
    /// The list of entries at or after `top_start`.
    top: u32,
    top_len: usize,
    top_start: u64,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    entry: u128,
    next: u32,
}

/// Lists of entries by time: bucket `i` holds `start + i·2^shift` and up to the next.
#[derive(Clone, Default, Debug)]
struct Rung {
    buckets: Vec<u32>,
    start: u64,
    end: u64,
    shift: u32,
    /// The first bucket that may hold something.
    current: usize,
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

const fn time_of(entry: u128) -> u64 {
    (entry >> 64) as u64
}

const fn slot_of(entry: u128) -> u32 {
    entry as u32 & ((1 << SLOT_BITS) - 1)
}

impl Queue {
    /// The most entries that can wait at once.
    pub const MOST: usize = 1 << SLOT_BITS;

    /// An empty queue.
    pub fn new() -> Self {
        Queue {
            len: 0,
            next_sequence: 0,
            links: Vec::new(),
            bottom: Vec::new(),
            head: 0,
            bottom_end: u64::MAX,
            rungs: Vec::new(),
            depth: 0,
            top: NONE,
            top_len: 0,
            top_start: u64::MAX,
        }
    }

    /// How many entries wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes the next sequence number: whatever is armed now comes after all before.
    #[inline]
    pub fn take_sequence(&mut self) -> u64 {
        let sequence = self.next_sequence;
        assert!(sequence < 1 << SEQUENCE_BITS, "more than 2^40 events in one run");
        self.next_sequence += 1;
        sequence
    }

    /// Adds an entry under a sequence number taken before. No slot may be in twice.
    #[inline]
    pub fn push(&mut self, time: SimTime, sequence: u64, slot: u32) {
        debug_assert!(slot < 1 << SLOT_BITS);
        // The end of time itself is kept free, to be behind every entry.
        let time = time.as_ns().min(u64::MAX - 1);
        let entry = u128::from(time) << 64 | u128::from(sequence) << SLOT_BITS | u128::from(slot);
        self.len += 1;
        if time < self.bottom_end || self.bottom_end == u64::MAX {
            self.insert_into_bottom(entry);
        } else if time >= self.top_start {
            self.top = self.link(entry, self.top);
            self.top_len += 1;
        } else {
            self.insert_into_rung(entry);
        }
    }

    /// When the earliest entry is due.
    #[inline]
    pub fn next_time(&mut self) -> Option<SimTime> {
        if self.head == self.bottom.len() {
            self.refill();
        }
        self.bottom.get(self.head).map(|entry| SimTime::from_ns(time_of(*entry)))
    }

    /// Removes the earliest entry.
    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        if self.head == self.bottom.len() {
            self.refill();
        }
        let entry = *self.bottom.get(self.head)?;
        self.head += 1;
        self.len -= 1;
        Some(Entry {
            time: SimTime::from_ns(time_of(entry)),
            sequence: entry as u64 >> SLOT_BITS,
            slot: slot_of(entry),
        })
    }

    #[inline]
    fn insert_into_bottom(&mut self, entry: u128) {
        if self.head == self.bottom.len() {
            self.bottom.clear();
            self.head = 0;
        }
        let behind = self.bottom[self.head..].iter().rev().take_while(|other| **other > entry).count();
        self.bottom.insert(self.bottom.len() - behind, entry);
        if self.bottom.len() > 2 * CROWD {
            self.thin_bottom();
        }
    }

    /// Drops what was popped; if bottom is still crowded, its later part moves on: to
    /// top if all else is empty, or else to a rung that reaches as far as bottom did.
    #[cold]
    fn thin_bottom(&mut self) {
        if self.head >= self.bottom.len() / 2 {
            self.bottom.drain(..self.head);
            self.head = 0;
        }
        let live = &self.bottom[self.head..];
        if live.len() <= CROWD {
            return;
        }
        let middle = time_of(live[live.len() / 2]);
        let keep = match live.partition_point(|entry| time_of(*entry) < middle) {
            0 => live.partition_point(|entry| time_of(*entry) == middle),
            keep => keep,
        };
        if keep == live.len() {
            return; // One instant: it cannot be split.
        }
        let late = self.bottom.split_off(self.head + keep);
        let start = time_of(late[0]);
        let list = late.iter().fold(NONE, |list, entry| self.link(*entry, list));
        if self.bottom_end == u64::MAX {
            (self.top, self.top_len) = (list, late.len());
            self.top_start = start;
            self.bottom_end = start;
        } else {
            self.spread(list, late.len(), start, self.bottom_end - 1);
        }
    }

    /// Puts `entry` at the head of `list`.
    #[inline]
    fn link(&mut self, entry: u128, list: u32) -> u32 {
        let slot = slot_of(entry);
        if self.links.len() <= slot as usize {
            self.links.resize(slot as usize + 1, Link { entry: 0, next: NONE });
        }
        self.links[slot as usize] = Link { entry, next: list };
        slot
    }

    fn insert_into_rung(&mut self, entry: u128) {
        let time = time_of(entry);
        // Innermost first: the nearer rungs end before the farther ones begin.
        let rung = self.rungs[..self.depth].iter().rposition(|rung| time < rung.end);
        let Some(rung) = rung else { unreachable!("the outermost rung ends where top begins") };
        let bucket = self.rungs[rung].bucket(time);
        let list = self.rungs[rung].buckets[bucket];
        self.rungs[rung].buckets[bucket] = self.link(entry, list);
    }

    /// Fills the empty bottom with the nearest entries.
    fn refill(&mut self) {
        self.bottom.clear();
        self.head = 0;
        while let Some(rung) = self.rungs[..self.depth].last_mut() {
            let Some(list) = rung.take_list() else {
                self.depth -= 1;
                continue;
            };
            let (min, max) = self.collect(list);
            let crowded = self.bottom.len() > CROWD;
            if crowded && min < max {
                // The bucket stays current: what falls behind the new rung still goes there.
                let count = self.bottom.len();
                self.bottom.clear();
                self.spread(list, count, min, max);
                continue;
            }
            let rung = &mut self.rungs[self.depth - 1];
            if crowded {
                self.bottom_end = min + 1;
            } else {
                self.bottom_end = rung.end_of(rung.current);
                rung.current += 1;
            }
            return self.sort_bottom();
        }
        self.refill_from_top();
    }

    fn refill_from_top(&mut self) {
        let (list, count) = (std::mem::replace(&mut self.top, NONE), std::mem::take(&mut self.top_len));
        let (min, max) = self.collect(list);
        if count <= CROWD {
            (self.top_start, self.bottom_end) = (u64::MAX, u64::MAX);
        } else if min == max {
            (self.top_start, self.bottom_end) = (min + 1, min + 1);
        } else {
            self.top_start = max + 1;
            self.spread(list, count, min, max);
            return self.refill();
        }
        self.sort_bottom();
    }

    /// Most lists hold a few entries, latest first: those are sorted by hand.
    #[inline]
    fn sort_bottom(&mut self) {
        if self.bottom.len() > 8 {
            return self.bottom.sort_unstable();
        }
        for i in 1..self.bottom.len() {
            let entry = self.bottom[i];
            let mut hole = i;
            while hole > 0 && self.bottom[hole - 1] > entry {
                self.bottom[hole] = self.bottom[hole - 1];
                hole -= 1;
            }
            self.bottom[hole] = entry;
        }
    }

    /// Copies the entries of `list` to bottom, unsorted. Their earliest and latest time.
    fn collect(&mut self, list: u32) -> (u64, u64) {
        let (mut min, mut max) = (u64::MAX, 0);
        let mut slot = list;
        while slot != NONE {
            let link = self.links[slot as usize];
            let time = time_of(link.entry);
            (min, max) = (min.min(time), max.max(time));
            self.bottom.push(link.entry);
            slot = link.next;
        }
        (min, max)
    }

    /// Makes a new innermost rung for `min` to `max` of the `count` entries of `list`.
    fn spread(&mut self, list: u32, count: usize, min: u64, max: u64) {
        if self.rungs.len() == self.depth {
            self.rungs.push(Rung::default());
        }
        let rung = &mut self.rungs[self.depth];
        rung.reset(min, max, count);
        self.depth += 1;
        self.bottom_end = min;
        let mut slot = list;
        while slot != NONE {
            let link = &mut self.links[slot as usize];
            let bucket = rung.bucket(time_of(link.entry));
            let next = std::mem::replace(&mut link.next, rung.buckets[bucket]);
            rung.buckets[bucket] = slot;
            slot = next;
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Queue::new()
    }
}

impl Rung {
    /// Empty buckets for `count` entries from `min` to `max`, about two to a bucket.
    fn reset(&mut self, min: u64, max: u64, count: usize) {
        let buckets = (count / 2).next_power_of_two();
        let span_bits = u64::BITS - (max - min).leading_zeros();
        self.shift = span_bits.saturating_sub(buckets.trailing_zeros());
        self.buckets.clear();
        self.buckets.resize(buckets, NONE);
        self.start = min;
        self.end = max + 1;
        self.current = 0;
    }

    #[inline]
    fn bucket(&self, time: u64) -> usize {
        ((time - self.start) >> self.shift) as usize
    }

    /// Where bucket `i` ends: no later than the rung.
    fn end_of(&self, i: usize) -> u64 {
        let end = u128::from(self.start) + ((i as u128 + 1) << self.shift);
        end.min(u128::from(self.end)) as u64
    }

    /// Moves on to the next list and takes it.
    fn take_list(&mut self) -> Option<u32> {
        let ahead = self.buckets[self.current..].iter().position(|list| *list != NONE)?;
        self.current += ahead;
        Some(std::mem::replace(&mut self.buckets[self.current], NONE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Draw, Seed, SimDuration, Stream, StreamName};

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

    /// Long runs of one pattern, which reach every rung: the oracle is a binary heap.
    fn agrees_with_a_heap(pattern: u8, size: u16, seed: u64) -> bool {
        let mut draws = Stream::new(Seed(seed), StreamName::Network);
        let delay = |draws: &mut Stream| match pattern % 6 {
            0 => draws.below(9_000_000),
            1 => [0, 1_000_000][draws.below(2) as usize],
            2 => draws.below(3),
            3 => [draws.below(100), 1 << 40 | draws.below(100)][draws.below(2) as usize],
            4 => 1 << draws.below(63),
            _ => [5, 5, 5, 5_000, draws.below(50_000)][draws.below(5) as usize],
        };
        let size = u64::from(size % 3_000);
        let (mut queue, mut heap) = (Queue::new(), std::collections::BinaryHeap::new());
        let mut now = 0;
        let mut free: Vec<u32> = Vec::new();
        for i in 0..3 * size {
            if i < size || draws.below(2) == 0 {
                let slot = free.pop().unwrap_or(i as u32);
                let time = SimTime::from_ns(now) + SimDuration::from_ns(delay(&mut draws));
                let sequence = queue.take_sequence();
                queue.push(time, sequence, slot);
                heap.push(std::cmp::Reverse((time, sequence, slot)));
            } else if let Some(std::cmp::Reverse((time, sequence, slot))) = heap.pop() {
                if queue.next_time() != Some(time) || queue.pop() != Some(Entry { time, sequence, slot }) {
                    return false;
                }
                now = time.as_ns();
                free.push(slot);
            }
        }
        queue.len() == heap.len()
    }

    #[test]
    fn pops_in_order_at_any_size_and_spread() {
        quickcheck::QuickCheck::new().tests(300).quickcheck(agrees_with_a_heap as fn(u8, u16, u64) -> bool);
    }
}
