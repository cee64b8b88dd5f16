//! How far one register is from being atomic: by the time that its reads lag, and by versions.
//!
//! **By time.** The operations on one version are its *cluster*; Gibbons and Korach, *Testing Shared Memories*
//! (1997), show that a register is atomic if no two clusters must each come before the other. Let `f` be the
//! first return in a cluster and `s` the last call: `a` must come before `b` if `f(a) < s(b)`. If every read had
//! been called earlier by Δ, `s` were the later of the call of the write and, less Δ, of the last read, and `f`
//! were the same. Of two clusters with `f(a) ≤ f(b)`, one no longer must come before the other once either
//! * `f(b)` is not before the last read of `a`, less Δ, or
//! * `f(a)` is neither before the call of the write of `b` nor before the last read of it, less Δ.
//!
//! For each `b` in order of `f`, the first is dearest where the last read is last among those `a` before it, and
//! the second spares it those `a` beyond some place in that order. The farther that place, the dearer the first
//! and the cheaper the second, so the best is found by bisection: all in O(n log n), and exact.
//!
//! **By versions.** An order of the versions keeps real time if none comes after one that was invoked after it
//! was settled. Each read then takes the first place that real time and its version allow; that is never beyond
//! a write that was invoked after it returned, for whatever drives a read onward was settled before it returned.
//! So the `k` of an order is exact, and the `k` of a register is at most that of the best order that we try.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::registers::{Moment, NEVER, Register};

/// The places of the versions of `register` in order of when they were settled, without those that never were.
pub(super) fn by_settled(register: &Register) -> Vec<u32> {
    let versions = (0..).zip(&register.versions).filter(|(_, version)| version.settled != NEVER);
    let mut order: Vec<(Moment, u32)> = versions.map(|(place, version)| (version.settled, place)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| place).collect()
}

/// The least Δ, no less than `least`, with which `register` is atomic.
///
/// `lag` is how much earlier a call has to be in order not to come after a return; 0 if it does not.
pub(super) fn delta(
    register: &Register,
    by_settled: &[u32],
    least: u64,
    lag: &impl Fn(Moment, Moment) -> u64,
) -> u64 {
    let versions = || by_settled.iter().map(|&place| &register.versions[place as usize]);
    let settled: Vec<Moment> = versions().map(|version| version.settled).collect();
    // The last read of those before each place.
    let mut last_read = Vec::with_capacity(settled.len() + 1);
    last_read.push(0);
    let mut delta = least;
    for (before, version) in versions().enumerate() {
        let latest = last_read[before];
        last_read.push(latest.max(version.last_read));
        // Most are settled after all reads of what was settled before.
        if latest <= version.settled || lag(latest, version.settled) <= delta {
            continue;
        }
        let first = settled.partition_point(|&at| at < version.invoked).min(before);
        let (mut low, mut high) = (first, before);
        let spare = |end: usize| if end == before { 0 } else { lag(version.last_read, settled[end]) };
        let rest = |end: usize| lag(last_read[end], version.settled);
        // The first place from which on the rest is the dearer.
        while low < high {
            let middle = usize::midpoint(low, high);
            if rest(middle) >= spare(middle) { high = middle } else { low = middle + 1 }
        }
        let before_it = (low > first).then(|| spare(low - 1));
        delta = delta.max(before_it.map_or(rest(low), |other| rest(low).min(other)));
    }
    delta
}

/// The least `k` of some orders of the versions, or one that is no more than `enough`.
pub(super) fn most_versions(register: &Register, by_settled: &[u32], enough: u64) -> u64 {
    let in_order_of = |moment: &dyn Fn(usize) -> Moment| {
        let mut order = by_settled.to_vec();
        order.sort_by_key(|&place| moment(place as usize));
        order
    };
    let versions = &register.versions;
    let mut most = span(register, by_settled, by_settled);
    if most > enough {
        most = most.min(span(register, by_settled, &in_order_of(&|place| versions[place].invoked)));
    }
    if most > enough {
        let last =
            |place: usize| versions[place].last_read.clamp(versions[place].invoked, versions[place].settled);
        most = most.min(span(register, by_settled, &in_order_of(&last)));
    }
    if most > enough {
        most = most.min(span(register, by_settled, &soonest_done(register, by_settled)));
    }
    most
}

/// Always that of the versions which may be next whose last read is first.
fn soonest_done(register: &Register, by_settled: &[u32]) -> Vec<u32> {
    let versions = &register.versions;
    let (mut order, mut is_placed) = (Vec::with_capacity(by_settled.len()), vec![false; versions.len()]);
    let (mut waiting, mut may_be_next) = (0, BinaryHeap::new());
    for &deadline in by_settled {
        while !is_placed[deadline as usize] {
            // None of the others was settled before this one. What was there at first is settled at once.
            let settled = versions[deadline as usize].settled;
            while waiting < versions.len() && versions[waiting].invoked <= settled {
                if versions[waiting].settled != NEVER {
                    may_be_next.push(Reverse((versions[waiting].last_read, waiting as u32)));
                }
                waiting += 1;
            }
            let Some(Reverse((_, next))) = may_be_next.pop() else { break };
            is_placed[next as usize] = true;
            order.push(next);
        }
    }
    order
}

/// How many of the latest versions a read may return if `order` is that of the versions.
fn span(register: &Register, by_settled: &[u32], order: &[u32]) -> u64 {
    let mut places = vec![0; register.versions.len()];
    for (place, &version) in (0_u64..).zip(order) {
        places[version as usize] = place;
    }
    let mut settled = by_settled.iter().peekable();
    let (mut latest, mut most) = (0, 1);
    for read in &register.reads {
        while let Some(&version) =
            settled.next_if(|&&version| register.versions[version as usize].settled < read.invoked)
        {
            latest = latest.max(places[version as usize]);
        }
        let place = places[read.version as usize];
        most = most.max(latest.max(place) - place + 1);
    }
    most
}
