//! What the first impossible operation could have seen, where every value is written once.
//!
//! Before it all was possible. A value is possible if the cluster of it, with this operation, crosses no
//! other in the prefix that ends there. Those others with `f` before its `s` are all that returned
//! before the operation was called, of which the two greatest `s` suffice, and some of the few that
//! returned while it was open.

use super::zones::Cluster;
use crate::check::linearizability::STATES_MAX;
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{Entry, NEVER};

/// The two greatest `s` of some clusters, with the value of the greatest.
#[derive(Clone, Copy)]
struct Greatest {
    value: StateId,
    first: u32,
    second: u32,
}

impl Greatest {
    const NONE: Greatest = Greatest { value: NONE, first: 0, second: 0 };

    fn with(self, value: StateId, last_call: u32) -> Self {
        if last_call > self.first {
            Greatest { value, first: last_call, second: self.first }
        } else {
            Greatest { second: self.second.max(last_call), ..self }
        }
    }

    /// The greatest but for that of `value`.
    fn but(self, value: StateId) -> u32 {
        if value == self.value { self.second } else { self.first }
    }
}

/// Clusters, and what may cross them.
pub(super) struct Crossings {
    /// The returns of those that returned after a certain time, in order.
    open: Vec<(u32, StateId)>,
    /// The greatest among all those before that time, and among those and each of these.
    greatest: Vec<Greatest>,
}

impl Crossings {
    /// Those of `clusters`; the others are asked for with a last call at `call` or later.
    pub(super) fn new(clusters: &[Cluster], call: u32) -> Self {
        let mut returned = Greatest::NONE;
        let mut open: Vec<(u32, StateId)> = Vec::new();
        for (value, cluster) in clusters.iter().enumerate() {
            if cluster.first_return < call {
                returned = returned.with(value as StateId, cluster.last_call);
            } else if cluster.first_return != NEVER {
                open.push((cluster.first_return, value as StateId));
            }
        }
        open.sort_unstable();
        let mut greatest = vec![returned];
        for &(_, value) in &open {
            returned = returned.with(value, clusters[value as usize].last_call);
            greatest.push(returned);
        }
        Crossings { open, greatest }
    }

    /// Whether the cluster of `value`, if it had this first return and this last call, would cross none
    /// of the others.
    pub(super) fn is_free(&self, value: StateId, first_return: u32, last_call: u32) -> bool {
        let earlier = self.open.partition_point(|&(at, _)| at < last_call);
        self.greatest[earlier].but(value) <= first_return
    }
}

/// The values that `culprit`, a read, could have seen, in order of their writes.
pub(super) fn possible(entries: &[Entry], whole: &[Cluster], culprit: &Entry) -> Vec<StateId> {
    let (call, now) = (culprit.call + 1, culprit.ret + 1);
    let clusters = before(entries, whole, culprit);
    let crossings = Crossings::new(&clusters, call);
    let is_possible = |&value: &StateId| {
        let (cluster, written) = (&clusters[value as usize], whole[value as usize].written);
        let last_call = cluster.last_call.max(written).max(call);
        let first_return = cluster.first_return.min(now);
        written < now && value != culprit.guard && crossings.is_free(value, first_return, last_call)
    };
    let possible = (0..whole.len() as StateId).filter(is_possible);
    earliest(possible.map(|value| (whole[value as usize].written, value)).collect())
}

/// The first few of `states`, which are given with the times at which they were left.
pub(super) fn earliest(mut states: Vec<(u32, StateId)>) -> Vec<StateId> {
    states.sort_unstable();
    states.into_iter().take(STATES_MAX).map(|(_, value)| value).collect()
}

/// The clusters of the prefix that ends before `culprit` returns.
fn before(entries: &[Entry], whole: &[Cluster], culprit: &Entry) -> Vec<Cluster> {
    let mut clusters = vec![Cluster::EMPTY; whole.len()];
    clusters[0] = Cluster::INITIAL;
    let called = entries.iter().take_while(|entry| entry.call < culprit.ret);
    for entry in called.filter(|entry| entry.ret < culprit.ret) {
        let value = if entry.leaves == NONE { entry.guard } else { entry.leaves };
        clusters[value as usize].add(entry);
    }
    for (cluster, whole) in clusters.iter_mut().zip(whole) {
        if cluster.first_return != NEVER {
            cluster.last_call = cluster.last_call.max(whole.written);
        }
    }
    clusters
}
