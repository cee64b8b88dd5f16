//! The event queue: pops in the exact order of `(time, sequence)`.
//!
//! A ladder queue (Tang, Goh and Thng 2005). Far events lie unsorted in `top`. When the
//! near ones run out, top is spread over the buckets of a rung; a bucket that is still
//! crowded is spread over a finer rung of its own. The next few buckets are emptied into
//! `bottom`, in order, from which events are popped. So each event is moved two or three
//! times in its life, however many wait: no comparison tree, and memory is touched in
//! order. A handful of events simply live in bottom.
//!
//! An entry is one `u128`: time in the high 64 bits, then 40 bits of sequence, then 24
//! bits of the slot under which a slab holds the event. One comparison orders two entries.
//!
//! * There are more buckets than events, so most hold one or none. A bucket holds its
//!   latest entry itself; the few before it are chained through `chains`, by slot.
//! * Events at one instant cannot be spread: they go to bottom together. It ascends, so
//!   that one more for the instant being executed is appended, not inserted.
//! * A rung that a bucket was spread over spans exactly its times, so that each level makes progress.
//!   What falls between it and the next bucket of its parent stays with the parent. One that bottom
//!   was split into begins where bottom ends.
//!
//! Limits, asserted where sequence numbers and slots are given out: 2^40 events and timers set in a run,
//! 2^24 pending at once.

mod rung;
#[cfg(test)]
mod tests;

use rung::{CROWD, Rung, Taken, settle_last};

use crate::base::SimTime;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;
/// So many are taken in hand at once, of a few and of many: a small share of those that
/// wait, so that new events seldom come before them.
const AT_HAND: [usize; 2] = [16, 128];

/// A priority queue of slots, earliest first; among equal times, first come first.
#[derive(Clone, Debug)]
pub struct Queue {
    len: usize,
    next_sequence: u64,
    /// The nearest entries in order, from `head` on: all before `bottom_end`.
    bottom: Vec<u128>,
    head: usize,
    bottom_end: u64,
    /// The `depth` rungs in use, each finer and nearer than the one before.
    rungs: Vec<Rung>,
    depth: usize,
    /// The entries at or after `top_start`.
    top: Vec<u128>,
    top_start: u64,
    /// By slot: the entry that was in the bucket before this one.
    chains: Vec<u128>,
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
    /// The most entries that can wait at once.
    pub const MOST: usize = 1 << SLOT_BITS;

    /// An empty queue.
    pub fn new() -> Self {
        Queue {
            len: 0,
            next_sequence: 0,
            bottom: Vec::new(),
            head: 0,
            bottom_end: u64::MAX,
            rungs: Vec::new(),
            depth: 0,
            top: Vec::new(),
            top_start: u64::MAX,
            chains: Vec::new(),
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
    #[inline(always)]
    pub fn take_sequence(&mut self) -> u64 {
        let sequence = self.next_sequence;
        assert!(sequence < 1 << SEQUENCE_BITS, "more than 2^40 events in one run");
        self.next_sequence = sequence.wrapping_add(1);
        sequence
    }

    /// Adds an entry under a sequence number taken before. No slot may be in twice.
    #[inline(always)]
    pub fn push(&mut self, time: SimTime, sequence: u64, slot: u32) {
        debug_assert!(slot < 1 << SLOT_BITS && sequence < 1 << SEQUENCE_BITS);
        // The end of time itself is kept free, to be behind every entry.
        let time = time.as_ns().min(u64::MAX - 1);
        let low = sequence << SLOT_BITS | u64::from(slot);
        let entry = u128::from(time) << 64 | u128::from(low);
        self.len = self.len.wrapping_add(1);
        if time < self.bottom_end {
            self.insert_into_bottom(entry);
        } else if time >= self.top_start {
            self.top.push(entry);
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
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Entry> {
        self.pop_until(SimTime::MAX)
    }

    /// Removes the earliest entry if it is due at `end` or before.
    #[inline(always)]
    pub fn pop_until(&mut self, end: SimTime) -> Option<Entry> {
        if self.head >= self.bottom.len() {
            self.refill();
        }
        let entry = *self.bottom.get(self.head)?;
        let time = time_of(entry);
        if time > end.as_ns() {
            return None;
        }
        self.head = self.head.wrapping_add(1);
        self.len = self.len.wrapping_sub(1);
        let low = entry as u64;
        Some(Entry { time: SimTime::from_ns(time), sequence: low >> SLOT_BITS, slot: slot_of(entry) })
    }

    /// Removes all entries, earliest first. Sequence numbers go on.
    pub fn drain(&mut self) -> Vec<Entry> {
        let entries = std::iter::from_fn(|| self.pop()).collect();
        *self = Queue { next_sequence: self.next_sequence, ..Queue::new() };
        entries
    }

    /// The slot of the entry that is `ahead` places behind the next, if it is at hand.
    #[inline(always)]
    pub fn ahead(&self, ahead: usize) -> Option<u32> {
        self.bottom.get(self.head.wrapping_add(ahead)).map(|entry| slot_of(*entry))
    }

    /// Whichever end of bottom is nearer makes room.
    #[inline]
    fn insert_into_bottom(&mut self, entry: u128) {
        if self.head >= self.bottom.len() {
            self.bottom.clear();
            self.head = 0;
            return self.bottom.push(entry);
        }
        let middle = self.head + (self.bottom.len() - self.head) / 2;
        if self.head > 0 && entry < self.bottom[middle] {
            self.head -= 1;
            let room = &mut self.bottom[self.head..];
            let mut hole = 0;
            while hole + 1 < room.len() && room[hole + 1] < entry {
                room[hole] = room[hole + 1];
                hole += 1;
            }
            room[hole] = entry;
        } else {
            self.bottom.push(entry);
            settle_last(&mut self.bottom[self.head..]);
            if self.bottom.len() > 2 * CROWD {
                self.thin_bottom();
            }
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
        // From where bottom ends now: what comes before the late ones goes to them, not to bottom, or
        // pushes that descend would split it again and again.
        let start = self.bottom.last().map_or(0, |last| time_of(*last) + 1);
        if self.bottom_end == u64::MAX {
            self.top = late;
            (self.top_start, self.bottom_end) = (start, start);
        } else {
            self.spread(&late, start, self.bottom_end - 1);
        }
    }

    #[inline(always)]
    fn insert_into_rung(&mut self, entry: u128) {
        let time = time_of(entry);
        // Innermost first: the nearer rungs end before the farther ones begin.
        let rung = self.rungs[..self.depth].iter_mut().rev().find(|rung| time < rung.end);
        let Some(rung) = rung else { unreachable!("the outermost rung ends where top begins") };
        rung.insert(entry, &mut self.chains);
    }

    /// Fills the empty bottom with the nearest entries.
    #[inline(never)]
    fn refill(&mut self) {
        self.bottom.clear();
        self.head = 0;
        while self.depth > 0 {
            let rung = &mut self.rungs[self.depth - 1];
            let wanted = (self.len / 64).clamp(AT_HAND[0], AT_HAND[1]);
            match rung.take_in_hand(wanted, &mut self.bottom, &self.chains) {
                Taken::Nothing => self.depth -= 1,
                Taken::Until(end) => return self.bottom_end = end,
                Taken::Crowd { min, max } => {
                    // The bucket stays current: what falls behind the new rung still goes there.
                    let crowd = std::mem::take(&mut self.bottom);
                    self.spread(&crowd, min, max);
                    self.bottom = crowd;
                    self.bottom.clear();
                }
            }
        }
        self.refill_from_top();
    }

    fn refill_from_top(&mut self) {
        let (mut min, mut max) = (u64::MAX, 0);
        for entry in &self.top {
            let time = time_of(*entry);
            (min, max) = (min.min(time), max.max(time));
        }
        let end = if self.top.len() <= CROWD {
            u64::MAX
        } else if min == max {
            min + 1
        } else {
            self.top_start = max + 1;
            let top = std::mem::take(&mut self.top);
            self.spread(&top, min, max);
            self.top = top;
            self.top.clear();
            return self.refill();
        };
        (self.top_start, self.bottom_end) = (end, end);
        std::mem::swap(&mut self.top, &mut self.bottom);
        self.bottom.sort_unstable();
    }

    /// Makes a new innermost rung for `min` to `max` of `entries`.
    fn spread(&mut self, entries: &[u128], min: u64, max: u64) {
        if self.rungs.len() == self.depth {
            self.rungs.push(Rung::default());
        }
        let rung = &mut self.rungs[self.depth];
        rung.reset(min, max, entries.len());
        self.depth += 1;
        self.bottom_end = min;
        for entry in entries {
            rung.insert(*entry, &mut self.chains);
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Queue::new()
    }
}

const fn time_of(entry: u128) -> u64 {
    (entry >> 64) as u64
}

const fn slot_of(entry: u128) -> u32 {
    entry as u32 & ((1 << SLOT_BITS) - 1)
}
