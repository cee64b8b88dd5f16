//! The queue against two oracles: a sorted list and a binary heap.

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
