//! The first impossible operation where every value is written once.
//!
//! As [`super::zones`], but operation by operation in order of return, over the prefix that ends there:
//! what returned by then, and the writes of what was read by then. Clusters come into being with their
//! first return, so they are in order of `f`; only their `s` grows. After each return the cluster that
//! grew is compared with all it may cross now: those with `f` before its `s`, which are the first of
//! them, and an `s` beyond its `f`, which a tree of maxima tells.
//!
//! Two clusters that cross in a prefix do so in the whole, so that only those need be looked at that
//! cross another there: most often a handful.

use super::maxima::Maxima;
use super::zone_states;
use super::zones::Cluster;
use crate::check::judgement::Impossible;
use crate::check::linearizability::Chronology;
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{Entry, NEVER, Partition};

/// The first impossible operation of `partition`, which is impossible; `clusters` are those of the
/// whole, and `crossed` those that are crossed by one that returned before.
pub(super) fn locate(partition: &Partition, clusters: &[Cluster], crossed: &[StateId]) -> Impossible {
    let (entries, suspects) = suspects(&partition.entries, clusters, crossed);
    let culprit = first(&entries, partition.end, &suspects);
    let culprit = partition.entries.iter().find(|entry| entry.source == culprit);
    let Some(culprit) = culprit else { unreachable!("the suspects are of the partition") };
    let called = partition.entries.iter().take_while(|entry| entry.call < culprit.ret);
    Impossible {
        operation: culprit.source as usize,
        possible_before: called.filter(|entry| entry.ret < culprit.ret).count(),
        states: zone_states::possible(&partition.entries, clusters, culprit),
    }
}

/// The clusters that may cross another or are not sound, numbered anew with the initial one as the first,
/// and their operations.
fn suspects(entries: &[Entry], clusters: &[Cluster], crossed: &[StateId]) -> (Vec<Entry>, Vec<Cluster>) {
    let mut numbers = vec![NONE; clusters.len()];
    let mut suspects = Vec::new();
    let mut suspect = |value: usize| {
        if numbers[value] == NONE {
            numbers[value] = suspects.len() as StateId;
            suspects.push(clusters[value]);
        }
    };
    suspect(0);
    let unsound = clusters.iter().enumerate().filter(|(_, cluster)| !cluster.is_sound());
    unsound.for_each(|(value, _)| suspect(value));
    entangled(clusters, crossed).into_iter().for_each(|value| suspect(value as usize));
    let renumbered = |entry: &Entry| {
        let number = |state: StateId| if state == NONE { NONE } else { numbers[state as usize] };
        Entry { guard: number(entry.guard), leaves: number(entry.leaves), ..*entry }
    };
    let theirs = entries.iter().map(renumbered).filter(|entry| entry.guard != NONE || entry.leaves != NONE);
    (theirs.collect(), suspects)
}

/// Those of `clusters` that cross another, and some that do not; `crossed` are those that are crossed by
/// one that returned before. Each is named once.
pub(super) fn entangled(clusters: &[Cluster], crossed: &[StateId]) -> Vec<StateId> {
    let mut returns: Vec<u32> = crossed.iter().map(|&value| clusters[value as usize].first_return).collect();
    returns.sort_unstable();
    let is_entangled = |cluster: &Cluster| {
        // The first of the crossed ones that returned no sooner: itself, or one it may cross.
        let from = returns.partition_point(|&at| at < cluster.first_return);
        let next = |&at: &u32| at == cluster.first_return || at < cluster.last_call;
        returns.get(from).is_some_and(next)
    };
    let entangled = clusters.iter().enumerate().filter(|(_, cluster)| is_entangled(cluster));
    entangled.map(|(value, _)| value as StateId).collect()
}

/// The source of the first impossible operation among `entries`, those of `clusters`.
fn first(entries: &[Entry], end: u32, clusters: &[Cluster]) -> u32 {
    let chronology = Chronology::new(entries, end);
    let mut locator = Locator::new(clusters);
    // How many clusters were there at each call.
    let mut at_call = vec![0; chronology.done.len()];
    let mut pending = entries.iter().filter(|entry| entry.ret == NEVER).peekable();
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
        } else if !locator.takes(entry, at_call[index]) {
            return entry.source;
        }
    }
    unreachable!("the whole is impossible, so some prefix is")
}

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
}
