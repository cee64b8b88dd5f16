//! Registers with compare-and-set whose values are each left by one operation: [`super::zones`], with
//! chains of values in place of values.
//!
//! Gibbons & Korach, *Testing Shared Memories* (1997), treat read-modify-writes too; what follows is proved
//! here.
//!
//! The *cluster* of a value is the operation that leaves it and the reads of it. A cas from `u` to `v`
//! happens right after the cluster of `u`, for `u` is there at no other time. So at most one cas demands
//! `u`, and clusters form *chains*: one begins with a write or with the initial value, and each further
//! cluster with a cas from the value before. In a linearization a chain is one piece: first the write,
//! then its reads, then the cas, its reads, and so on. The history is linearizable if and only if
//! 1. every value that is demanded is left by an operation, and is part of a chain that has a beginning;
//! 2. no two cas that happened demand the same value;
//! 3. within a chain, no operation returns before one of an earlier place is called;
//! 4. no two chains must each come before the other (as clusters in `zones`, with `f` the first return in
//!    the chain and `s` the last call: the proof there is about pieces, whatever they are made of).
//!
//! Each is necessary. If all hold, put the chains in an order that 4 allows, and within each the places
//! in their order: every operation is legal, and none comes before one that had returned.
//!
//! **Crashed operations** need no fall-back. Call an operation *needed* if it returned, or if something
//! needed demands the value that it leaves. What is needed has happened. What is not can be left out, all
//! of it at once: what demands a value that only it leaves is not needed either, and everything else
//! finds the value that it demands, since that is there from the operation that leaves it until the next
//! change. So the needed operations are judged, with returns at the end of time for those that
//! have none.

use super::zones::{Cluster, crossed};
use super::{Ruling, chain_locator};
use crate::check::judgement::Question;
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::{COMPUTE, Entry, NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "zones of chains";

/// The operations on one value. Times are one later than in the entries, so that the initial value
/// can be written at 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The value that is replaced by this one in a cas; [`NONE`] if it is written.
    pub before: StateId,
    /// When the operation that leaves it was called; [`NONE`] if there is none.
    pub call: u32,
    /// When that returned.
    pub ret: u32,
    /// The first return of a read.
    pub read_ret: u32,
    /// The last call of a read.
    pub read_call: u32,
}

impl Link {
    const NONE: Link = Link { before: NONE, call: NONE, ret: NEVER, read_ret: NEVER, read_call: 0 };
    const INITIAL: Link = Link { call: 0, ret: 0, ..Link::NONE };

    /// Whether something returned that leaves or reads the value.
    fn is_seen(&self) -> bool {
        self.ret.min(self.read_ret) != NEVER
    }
}

/// Judges `partition`, unless some value is left by several operations.
pub(super) fn rule(partition: &Partition, question: Question) -> Ruling {
    let Some(links) = gather(&partition.entries, partition.states.len()) else {
        return Ruling::Silent;
    };
    match pieces(&links) {
        Some(pieces) if crossed(&pieces, partition.end).is_empty() => Ruling::Possible,
        _ if question == Question::Verdict => {
            Ruling::Between { possible: 0, impossible: partition.entries.len() }
        }
        _ => Ruling::Impossible(chain_locator::locate(partition, &links)),
    }
}

/// The links by value; `None` if a value is left twice.
fn gather(entries: &[Entry], values: usize) -> Option<Vec<Link>> {
    let mut links = vec![Link::NONE; values];
    links[0] = Link::INITIAL;
    for entry in entries {
        let (call, ret) = (entry.call + 1, entry.ret.saturating_add(1));
        match (entry.guard, entry.leaves) {
            (COMPUTE, _) => return None,
            (read, NONE) => {
                let link = &mut links[read as usize];
                link.read_ret = link.read_ret.min(ret);
                link.read_call = link.read_call.max(call);
            }
            (before, left) => {
                let link = &mut links[left as usize];
                if link.call != NONE {
                    return None;
                }
                *link = Link { before, call, ret, ..*link };
            }
        }
    }
    Some(links)
}

/// The chains, if conditions 1 to 3 are kept.
fn pieces(links: &[Link]) -> Option<Vec<Cluster>> {
    let next = successors(links)?;
    let (mut pieces, mut needed, mut chained) = (Vec::new(), 0, 0);
    for (value, link) in links.iter().enumerate() {
        if !link.is_seen() && next[value] == NONE {
            continue;
        }
        needed += 1;
        if link.before == NONE {
            let (piece, length) = piece(links, &next, value as StateId)?;
            pieces.push(piece);
            chained += length;
        }
    }
    // What goes round in circles has no beginning.
    (chained == needed).then_some(pieces)
}

/// The chain that begins with `value`, and how many values it has, if condition 3 is kept.
fn piece(links: &[Link], next: &[StateId], mut value: StateId) -> Option<(Cluster, usize)> {
    let (mut first_return, mut last_call, mut length) = (NEVER, 0, 0);
    let written = links[value as usize].call;
    while value != NONE {
        let Link { call, ret, read_ret, read_call, .. } = links[value as usize];
        if ret < last_call || read_ret < last_call.max(call) {
            return None;
        }
        first_return = first_return.min(ret).min(read_ret);
        last_call = last_call.max(call).max(read_call);
        length += 1;
        value = next[value as usize];
    }
    Some((Cluster { first_return, last_call, written }, length))
}

/// For each value the one by which a needed cas replaces it, if any; `None` if there are two, or a value
/// that nothing leaves.
fn successors(links: &[Link]) -> Option<Vec<StateId>> {
    let mut next = vec![NONE; links.len()];
    for value in (0..links.len()).filter(|&value| links[value].is_seen()) {
        let mut value = value;
        loop {
            let Link { before, call, .. } = links[value];
            if call == NONE {
                return None;
            }
            if before == NONE || next[before as usize] == value as StateId {
                break;
            }
            if next[before as usize] != NONE {
                return None;
            }
            next[before as usize] = value as StateId;
            value = before as usize;
        }
    }
    Some(next)
}
