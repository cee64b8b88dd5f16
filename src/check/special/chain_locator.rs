//! The first impossible operation among chains of values.
//!
//! As [`super::chains`], but of every prefix at once. A value has one operation that leaves it, so chains
//! grow on a forest: the children of a value are those that a cas leaves in its place. Let `n(v)` be the
//! first return among the operations on `v` and on all that descends from it: from then on, and not
//! before, the operation that leaves `v` is needed. A read is part of the prefixes in which it returned.
//! So the prefix that ends at `t` is impossible if and only if one of these is at `t` or before:
//! 1. the first return on a value that does not descend from a written one;
//! 2. for some value, the second least `n` among its children;
//! 3. `n(v)`, where that is before the operation that leaves `v` was called;
//! 4. the return of a read of `v` that was called after the `n` of a child of `v`;
//! 5. the instant at which two chains have grown so far that each must come before the other.
//!
//! Those before 5 are found by looking at each operation once. For 5, all operations are added in order of
//! the time from which on they take part. A chain comes into being with its first return, which is `f`;
//! only its `s` grows, and the chain that grew is compared with all it may cross now, as in
//! `zone_locator`. Two chains that cross in a prefix do so in any longer one, so only those are looked at
//! that cross another in the end.

use super::chain_states;
use super::chains::Link;
use super::maxima::Maxima;
use super::zone_locator::entangled;
use super::zones::{Cluster, crossed};
use crate::check::judgement::Impossible;
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{Entry, NEVER, Partition};

/// The values and what descends from what.
pub(super) struct Forest<'a> {
    pub links: &'a [Link],
    /// For each value the first of those that descend from it; [`NONE`] for none.
    pub child: Vec<StateId>,
    /// The next that descends from the same.
    pub sibling: Vec<StateId>,
    /// The written value that it descends from; [`NONE`] if it descends from none.
    pub root: Vec<StateId>,
    /// From when on it is needed.
    pub needed: Vec<u32>,
}

/// The first impossible operation of `partition`, which is impossible.
pub(super) fn locate(partition: &Partition, links: &[Link]) -> Impossible {
    let forest = Forest::new(links);
    let within = forest.first_fault(&partition.entries);
    let time = forest.first_crossing(partition, within);
    let culprit = partition.entries.iter().find(|entry| entry.ret != NEVER && entry.ret + 1 == time);
    let Some(culprit) = culprit else { unreachable!("the whole is impossible, so some prefix is") };
    let called = partition.entries.iter().take_while(|entry| entry.call < culprit.ret);
    Impossible {
        operation: culprit.source as usize,
        possible_before: called.filter(|entry| entry.ret < culprit.ret).count(),
        states: chain_states::possible(&forest, &partition.entries, culprit),
    }
}

impl<'a> Forest<'a> {
    fn new(links: &'a [Link]) -> Self {
        let none = || vec![NONE; links.len()];
        let (mut child, mut sibling, mut root, mut needed) = (none(), none(), none(), none());
        let mut order = Vec::with_capacity(links.len());
        for (value, link) in links.iter().enumerate() {
            needed[value] = link.ret.min(link.read_ret);
            if link.call == NONE {
                continue;
            }
            if link.before == NONE {
                root[value] = value as StateId;
                order.push(value as StateId);
            } else {
                sibling[value] = std::mem::replace(&mut child[link.before as usize], value as StateId);
            }
        }
        let mut at = 0;
        while let Some(&value) = order.get(at) {
            at += 1;
            let mut next = child[value as usize];
            while next != NONE {
                root[next as usize] = root[value as usize];
                order.push(next);
                next = sibling[next as usize];
            }
        }
        for &value in order.iter().rev() {
            let before = links[value as usize].before;
            if before != NONE {
                needed[before as usize] = needed[before as usize].min(needed[value as usize]);
            }
        }
        Forest { links, child, sibling, root, needed }
    }

    /// The first two times from which on something that descends from `value` is needed.
    pub(super) fn first_two(&self, value: StateId) -> [u32; 2] {
        let (mut two, mut child) = ([NEVER; 2], self.child[value as usize]);
        while child != NONE {
            let needed = self.needed[child as usize];
            two = [two[0].min(needed), two[0].max(needed).min(two[1])];
            child = self.sibling[child as usize];
        }
        two
    }

    /// When the first of the faults 1 to 4 shows.
    fn first_fault(&self, entries: &[Entry]) -> u32 {
        let mut first = NEVER;
        let mut replaced = vec![NEVER; self.links.len()];
        for (value, link) in self.links.iter().enumerate() {
            let needed = self.needed[value];
            let [by_one, by_two] = self.first_two(value as StateId);
            replaced[value] = by_one;
            if self.root[value] == NONE || needed < link.call {
                first = first.min(needed);
            }
            first = first.min(by_two);
        }
        let late = |entry: &&Entry| entry.leaves == NONE && replaced[entry.guard as usize] <= entry.call;
        let late = entries.iter().filter(late).map(|entry| entry.ret + 1).min();
        first.min(late.unwrap_or(NEVER))
    }

    /// The chains as far as they go before `limit`, by the values that they begin with.
    pub(super) fn chains(&self, entries: &[Entry], limit: u32) -> Vec<Cluster> {
        let mut chains = vec![Cluster::EMPTY; self.links.len()];
        for (value, chain) in chains.iter_mut().enumerate() {
            if self.root[value] == value as StateId && self.needed[value] < limit {
                chain.first_return = self.needed[value];
            }
        }
        for entry in entries.iter().filter(|entry| self.since(entry) < limit) {
            let chain = &mut chains[self.root[value(entry) as usize] as usize];
            chain.last_call = chain.last_call.max(entry.call + 1);
        }
        chains
    }

    /// When the first two chains cross, if that is before `limit`; otherwise `limit`.
    fn first_crossing(&self, partition: &Partition, limit: u32) -> u32 {
        let chains = self.chains(&partition.entries, limit);
        let crossed = crossed(&chains, partition.end);
        let mut suspects: Vec<(u32, StateId)> = Vec::new();
        for value in entangled(&chains, &crossed) {
            suspects.push((chains[value as usize].first_return, value));
        }
        suspects.sort_unstable();
        let mut ranks = vec![NONE; chains.len()];
        for (rank, &(_, value)) in suspects.iter().enumerate() {
            ranks[value as usize] = rank as u32;
        }
        let rank = |entry: &Entry| match self.root[value(entry) as usize] {
            NONE => NONE,
            root => ranks[root as usize],
        };
        let theirs = |(index, entry): (usize, &Entry)| {
            let since = self.since(entry);
            (since < limit && rank(entry) != NONE).then_some((since, index as u32))
        };
        let mut events: Vec<(u32, u32)> = partition.entries.iter().enumerate().filter_map(theirs).collect();
        events.sort_unstable();
        let mut maxima = Maxima::new(suspects.len());
        let mut last_calls = vec![0; suspects.len()];
        for (since, index) in events {
            let entry = &partition.entries[index as usize];
            let rank = rank(entry) as usize;
            last_calls[rank] = entry.call.saturating_add(1).max(last_calls[rank]);
            let before = suspects.partition_point(|&(first_return, _)| first_return < last_calls[rank]);
            if maxima.greatest(before, rank) > suspects[rank].0 {
                return since;
            }
            maxima.raise(rank, last_calls[rank]);
        }
        limit
    }

    /// From when on `entry` is part of the prefixes.
    fn since(&self, entry: &Entry) -> u32 {
        if entry.leaves == NONE { entry.ret + 1 } else { self.needed[entry.leaves as usize] }
    }
}

/// The value that `entry` leaves or reads.
fn value(entry: &Entry) -> StateId {
    if entry.leaves == NONE { entry.guard } else { entry.leaves }
}
