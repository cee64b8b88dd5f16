//! The first impossible operation where every value is written once, and what it could have seen.
//!
//! As [`super::zones`], but operation by operation in order of return, over the prefix that ends there:
//! what returned by then, and the writes of what was read by then. Clusters come into being with their
//! first return, so they are in order of `f`; only their `s` grows. After each return the cluster that
//! grew is compared with all it may cross now: those with `f` before its `s`, which are the first of
//! them, and an `s` beyond its `f`, which a tree of maxima tells.

use super::maxima::Maxima;
use super::zones::Cluster;
use crate::check::judgement::Impossible;
use crate::check::linearizability::{Chronology, STATES_MAX};
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{Entry, NEVER, Partition};

/// A cluster as far as the prefix goes.
#[derive(Clone, Copy)]
struct Grown {
    /// How many came into being before it; [`NONE`] if it has not.
    place: u32,
    first_return: u32,
    last_call: u32,
    /// How many clusters were there at its last call.
    before: u32,
}

struct Locator<'a> {
    whole: &'a [Cluster],
    grown: Vec<Grown>,
    maxima: Maxima,
    /// How many clusters were there when the write of each value was called.
    at_write: Vec<u32>,
    count: u32,
}

/// The first impossible operation of `partition`, which is impossible; `clusters` are those of the
/// whole.
pub(super) fn locate(partition: &Partition, clusters: &[Cluster]) -> Impossible {
    let chronology = Chronology::new(&partition.entries, partition.end);
    let mut locator = Locator::new(clusters);
    // How many clusters were there at each call.
    let mut at_call = vec![0; chronology.done.len()];
    let mut pending = partition.entries.iter().filter(|entry| entry.ret == NEVER).peekable();
    let mut returned = 0;
    for event in chronology.order {
        let index = event as usize / 2;
        let entry = &chronology.done[index];
        let now = if event % 2 == 0 { entry.call } else { entry.ret };
        while let Some(write) = pending.next_if(|write| write.call < now) {
            locator.at_write[write.leaves as usize] = locator.count;
        }
        if event % 2 == 0 {
            at_call[index] = locator.count;
            if entry.leaves != NONE {
                locator.at_write[entry.leaves as usize] = locator.count;
            }
            continue;
        }
        if !locator.takes(entry, at_call[index]) {
            let states = locator.states(entry, at_call[index]);
            return Impossible { operation: entry.source as usize, possible_before: returned, states };
        }
        returned += 1;
    }
    unreachable!("the whole is impossible, so some prefix is")
}

impl<'a> Locator<'a> {
    fn new(whole: &'a [Cluster]) -> Self {
        let unborn = Grown { place: NONE, first_return: NEVER, last_call: 0, before: 0 };
        let mut grown = vec![unborn; whole.len()];
        grown[0] = Grown { place: 0, first_return: 0, ..unborn };
        let (maxima, at_write) = (Maxima::new(whole.len()), vec![0; whole.len()]);
        Locator { whole, grown, maxima, at_write, count: 1 }
    }

    /// The cluster of `value` with an operation more: called at `call`, returned `now`.
    fn with(&self, value: StateId, call: u32, at_call: u32, now: u32) -> Grown {
        let mut cluster = self.grown[value as usize];
        if cluster.place == NONE {
            let (last_call, before) = (self.whole[value as usize].written, self.at_write[value as usize]);
            cluster = Grown { place: self.count, first_return: now, last_call, before };
        }
        if call > cluster.last_call {
            (cluster.last_call, cluster.before) = (call, at_call);
        }
        cluster
    }

    /// Whether `cluster` and another must each come before the other.
    fn is_crossed(&self, cluster: &Grown) -> bool {
        self.maxima.greatest(cluster.before as usize, cluster.place as usize) > cluster.first_return
    }

    /// Whether the prefix is still possible with `entry`; if so, it is taken in.
    fn takes(&mut self, entry: &Entry, at_call: u32) -> bool {
        let (call, now) = (entry.call + 1, entry.ret + 1);
        let value = if entry.leaves == NONE { entry.guard } else { entry.leaves };
        // If there is no write, it is called at `NONE`, after all else.
        if self.whole[value as usize].written > now {
            return false;
        }
        let cluster = self.with(value, call, at_call, now);
        if self.is_crossed(&cluster) {
            return false;
        }
        self.count += u32::from(self.grown[value as usize].place == NONE);
        self.grown[value as usize] = cluster;
        self.maxima.raise(cluster.place as usize, cluster.last_call);
        true
    }

    /// What `entry`, a read that cannot have seen what it did, could have seen.
    fn states(&self, entry: &Entry, at_call: u32) -> Vec<StateId> {
        let (call, now) = (entry.call + 1, entry.ret + 1);
        let possible = |&value: &StateId| {
            self.whole[value as usize].written < now
                && value != entry.guard
                && !self.is_crossed(&self.with(value, call, at_call, now))
        };
        let mut states: Vec<StateId> = (0..self.whole.len() as StateId).filter(possible).collect();
        states.sort_by_key(|&value| self.whole[value as usize].written);
        states.truncate(STATES_MAX);
        states
    }
}
