//! Registers whose values are each written once: Gibbons & Korach, *Testing Shared Memories* (1997), in
//! one pass over the operations and one over time.
//!
//! The operations on one value, the write and the reads of it, are its *cluster*; all of them come
//! before all of another cluster or after. Let `f` be the first return in a cluster and `s` the last
//! call. Cluster `a` must come before `b` if some operation of `a` returns before one of `b` is
//! called: if `f(a) < s(b)`. The history is linearizable if and only if
//! 1. every value that is read has a write, and no read of it returns before the write is called;
//! 2. no two clusters must each come before the other.
//!
//! Two are enough: in a cycle of clusters, let `m` be the one with the least `f`. Every cluster of the
//! cycle has an `s` beyond the `f` of some other, so beyond `f(m)`: `m` must come before each of
//! them, and the last of the cycle must come before `m`.
//!
//! **Crashed operations** need no fall-back. A write that may have happened did if its value was read,
//! and then its return is at the end of time, which `f` never takes. If nobody read its value, it can be
//! left out: what follows it in a linearization is a write or nothing.
//!
//! The initial value was written before all else.

use super::{Ruling, zone_locator};
use crate::check::judgement::Question;
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{COMPUTE, Entry, NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "zones";

/// The operations on one value. Times are one later than in the entries, so that the initial value
/// can be written at 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    /// The first return.
    pub first_return: u32,
    /// The last call.
    pub last_call: u32,
    /// When the write was called; [`NONE`] if there is none.
    pub written: u32,
}

impl Cluster {
    pub(super) const EMPTY: Cluster = Cluster { first_return: NEVER, last_call: 0, written: NONE };
    pub(super) const INITIAL: Cluster = Cluster { first_return: 0, last_call: 0, written: 0 };

    pub(super) fn add(&mut self, entry: &Entry) {
        // A return at the end of time stays there.
        self.first_return = self.first_return.min(entry.ret.saturating_add(1));
        self.last_call = self.last_call.max(entry.call + 1);
    }

    /// Whether it is there and in order.
    pub(super) fn is_sound(&self) -> bool {
        self.first_return == NEVER || (self.written != NONE && self.written <= self.first_return)
    }
}

/// Judges `partition`, unless some value is left by several operations, or by one that demands another.
pub(super) fn rule(partition: &Partition, question: Question) -> Ruling {
    let Some(clusters) = gather(&partition.entries, partition.states.len()) else {
        return Ruling::Silent;
    };
    let crossed = crossed(&clusters, partition.end);
    if crossed.is_empty() && clusters.iter().all(Cluster::is_sound) {
        return Ruling::Possible;
    }
    if question == Question::Verdict {
        return Ruling::Between { possible: 0, impossible: partition.entries.len() };
    }
    Ruling::Impossible(zone_locator::locate(partition, &clusters, &crossed))
}

/// The clusters by value; `None` if a value is left twice, or depends on another.
fn gather(entries: &[Entry], values: usize) -> Option<Vec<Cluster>> {
    let mut clusters = vec![Cluster::EMPTY; values];
    clusters[0] = Cluster::INITIAL;
    for entry in entries {
        let cluster = match (entry.guard, entry.leaves) {
            (NONE, written) => {
                let cluster = &mut clusters[written as usize];
                if cluster.written != NONE {
                    return None;
                }
                cluster.written = entry.call + 1;
                cluster
            }
            (COMPUTE, _) => return None,
            (read, NONE) => &mut clusters[read as usize],
            _ => return None,
        };
        cluster.add(entry);
    }
    Some(clusters)
}

/// The clusters that are crossed by one that returned before: that must come before it and after.
///
/// By a sweep over time that meets each cluster at its `f` or at its `s`, whichever is first. Of two that
/// cross, let `a` be the one that returned first, `f(a) < f(b)`. Then `f(a) < s(b)` too, so that `a` is met
/// before `b`, and `s(a)` is beyond `f(b)`. Whatever else is met before `b` with its `s` beyond `f(b)`
/// returned before `f(b)` and `s(b)`, and so crosses it.
pub(super) fn crossed(clusters: &[Cluster], end: u32) -> Vec<StateId> {
    let mut at = vec![NONE; end as usize + 1];
    for (value, cluster) in clusters.iter().enumerate() {
        if cluster.first_return != NEVER {
            at[cluster.first_return.min(cluster.last_call) as usize] = value as StateId;
        }
    }
    let mut crossed = Vec::new();
    // The greatest `s` of those that were met.
    let mut last_call = 0;
    for value in at.into_iter().filter(|&value| value != NONE) {
        let cluster = &clusters[value as usize];
        if last_call > cluster.first_return {
            crossed.push(value);
        }
        last_call = last_call.max(cluster.last_call);
    }
    crossed
}
