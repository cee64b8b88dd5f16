//! Buckets of entries, each for a stretch of time as long as the others.

use super::{slot_of, time_of};

/// Later than every entry: the end of a chain.
const NONE: u128 = u128::MAX;
/// More events than this are spread rather than sorted.
pub(super) const CROWD: usize = 32;

/// Entries by time: bucket `i` is for `start + i·2^shift` and up to the next.
#[derive(Clone, Default, Debug)]
pub(super) struct Rung {
    /// Bit by bit, for 64 buckets each, whether they hold anything.
    marks: Vec<u64>,
    /// The latest entry of each bucket, if it holds any.
    latest: Vec<u128>,
    start: u64,
    pub(super) end: u64,
    shift: u32,
    /// All buckets before this one are empty.
    current: usize,
}

/// What a rung gave to bottom.
pub(super) enum Taken {
    /// It is empty.
    Nothing,
    /// All that it holds before this time, in order.
    Until(u64),
    /// One bucket with too much to sort, from one time to another one.
    Crowd { min: u64, max: u64 },
}

impl Rung {
    /// Empty buckets for `count` entries from `min` to `max`, about one for each.
    pub(super) fn reset(&mut self, min: u64, max: u64, count: usize) {
        // The more there are, the more it costs to touch one for the first time.
        let density = if count < 1 << 14 { 8 } else { 2 };
        let buckets = (density * count).next_power_of_two().max(64);
        let span_bits = u64::BITS - (max - min).leading_zeros();
        self.shift = span_bits.saturating_sub(buckets.trailing_zeros());
        self.marks.clear();
        self.marks.resize(buckets / 64, 0);
        // What lies in an unmarked bucket is of no account.
        self.latest.resize(buckets.max(self.latest.len()), NONE);
        self.start = min;
        self.end = max + 1;
        self.current = 0;
    }

    #[inline(always)]
    pub(super) fn insert(&mut self, entry: u128, chains: &mut Vec<u128>) {
        let bucket = (time_of(entry).wrapping_sub(self.start) >> self.shift) as usize;
        let (marks, bit) = (&mut self.marks[bucket / 64], 1 << (bucket % 64));
        let latest = &mut self.latest[bucket];
        // Without a branch: whether a bucket holds anything is a coin's toss.
        let empty = u128::from(*marks & bit == 0);
        let before = *latest | empty.wrapping_neg();
        *marks |= bit;
        *latest = entry;
        let slot = slot_of(entry) as usize;
        if chains.len() <= slot {
            grow(chains, slot);
        }
        chains[slot] = before;
    }

    /// Where bucket `i` ends: no later than the rung.
    #[inline]
    fn end_of(&self, i: usize) -> u64 {
        let end = u128::from(self.start) + ((i as u128 + 1) << self.shift);
        end.min(u128::from(self.end)) as u64
    }

    /// Moves the next `wanted` entries to the empty `bottom`, in order: whole buckets of them.
    pub(super) fn take_in_hand(&mut self, wanted: usize, bottom: &mut Vec<u128>, chains: &[u128]) -> Taken {
        let mut last = None;
        let mut word = self.current / 64;
        while let Some(marks) = self.marks.get_mut(word) {
            if *marks == 0 {
                word += 1;
                continue;
            }
            let bucket = word * 64 + marks.trailing_zeros() as usize;
            let from = bottom.len();
            let latest = self.latest[bucket];
            bottom.push(latest);
            if chains[slot_of(latest) as usize] != NONE {
                unchain(bottom, chains);
                if bottom.len() - from > CROWD {
                    let (min, max) = span(&bottom[from..]);
                    if from > 0 {
                        bottom.truncate(from); // Later, by itself.
                        break;
                    }
                    if min < max {
                        *marks &= *marks - 1;
                        self.current = bucket;
                        return Taken::Crowd { min, max };
                    }
                }
                sort(&mut bottom[from..]);
            }
            *marks &= *marks - 1;
            last = Some(bucket);
            if bottom.len() >= wanted {
                break;
            }
        }
        let Some(last) = last else { return Taken::Nothing };
        self.current = last + 1;
        Taken::Until(self.end_of(last))
    }
}

/// Makes room for `slot`, and for as many more.
#[cold]
fn grow(chains: &mut Vec<u128>, slot: usize) {
    chains.resize((slot + 1).next_power_of_two(), NONE);
}

/// Adds what is chained behind the last entry of `bottom`.
#[inline]
fn unchain(bottom: &mut Vec<u128>, chains: &[u128]) {
    while let Some(entry) = bottom.last()
        && chains[slot_of(*entry) as usize] != NONE
    {
        bottom.push(chains[slot_of(*entry) as usize]);
    }
}

/// The earliest and the latest time of `entries`.
fn span(entries: &[u128]) -> (u64, u64) {
    let times = || entries.iter().map(|entry| time_of(*entry));
    (times().min().unwrap_or(0), times().max().unwrap_or(0))
}

/// Most buckets hold a few entries, latest first: those are sorted by hand.
#[inline]
fn sort(entries: &mut [u128]) {
    if entries.len() > 8 {
        return entries.sort_unstable();
    }
    for end in 2..=entries.len() {
        settle_last(&mut entries[..end]);
    }
}

/// Moves the last of `entries` to its place among the others, which are in order.
#[inline]
pub(super) fn settle_last(entries: &mut [u128]) {
    let Some((&entry, _)) = entries.split_last() else { return };
    let mut hole = entries.len() - 1;
    while hole > 0 && entries[hole - 1] > entry {
        entries[hole] = entries[hole - 1];
        hole -= 1;
    }
    entries[hole] = entry;
}
