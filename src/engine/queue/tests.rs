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

/// What a burst of starts does that sets the latest timer first: every push comes before all others
/// that wait, but for the instant that is being executed.
#[test]
fn pushes_that_descend_behind_a_burst_make_no_ladder() {
    const COUNT: u64 = 4_000;
    let mut queue = Queue::new();
    for slot in 0..COUNT {
        let sequence = queue.take_sequence();
        queue.push(SimTime::ZERO, sequence, slot as u32);
    }
    for i in 0..COUNT {
        let entry = queue.pop().unwrap();
        let sequence = queue.take_sequence();
        queue.push(SimTime::ZERO + SimDuration::from_ms(COUNT - i), sequence, entry.slot);
        assert!(queue.depth <= 4, "{} rungs after {i} pushes", queue.depth);
    }
    for i in 1..=COUNT {
        assert_eq!(queue.pop().map(|entry| entry.time), Some(SimTime::ZERO + SimDuration::from_ms(i)));
    }
    assert_eq!(queue.pop(), None);
}

/// Drained to the last, again and again, near the end of time too; entries come back under numbers
/// taken long before, as timers do.
#[test]
fn is_exact_when_drained_and_near_the_end_of_time() {
    use std::cmp::Reverse;
    let mut draws = Stream::new(Seed(4), StreamName::Network);
    for base in [0, 1 << 40, u64::MAX - 3_000_000, u64::MAX - 100] {
        let mut queue = Queue::new();
        let (mut old, mut slot, mut now) = (Vec::new(), 0, base);
        for phase in 0..30 {
            let mut heap = std::collections::BinaryHeap::new();
            for _ in 0..draws.below(3_000) {
                let delay = match phase % 4 {
                    0 => draws.below(1_000_000),
                    1 => draws.below(4),
                    2 => draws.below(2) << 30,
                    _ => 1 << draws.below(40),
                };
                let time = now.saturating_add(delay).min(u64::MAX - 1);
                old.push(queue.take_sequence());
                let sequence = old.swap_remove(draws.below(old.len() as u64) as usize);
                queue.push(SimTime::from_ns(time), sequence, slot);
                heap.push(Reverse((time, sequence, slot)));
                slot += 1;
            }
            assert_eq!(queue.len(), heap.len());
            while let Some(Reverse(expected)) = heap.pop() {
                let entry = queue.pop().unwrap();
                assert_eq!((entry.time.as_ns(), entry.sequence, entry.slot), expected);
                now = expected.0;
            }
            assert_eq!(queue.pop(), None);
        }
    }
}
