//! Snapshots of the replicated state machine, and how they travel in pieces.

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::KvMachine;
use crate::base::NodeId;

/// The state as of some point of what is replicated: all that it has come to.
#[derive(Clone)]
pub struct Snapshot<C> {
    /// What it covers, and what the protocol must know of that point. As the snapshot's own fields.
    pub covers: C,
    /// The store and the clients' sessions.
    pub machine: KvMachine,
}

/// What tells snapshots apart: two that cover the same are the same state.
pub trait Covers: Clone + PartialEq + Eq + Hash + Debug {
    /// Its length in bytes when it is written down.
    fn size(&self) -> u64;
}

impl<C: Covers> Snapshot<C> {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.covers.size() + self.machine.size()
    }

    /// The length of the piece that begins at `offset`, of `most` bytes at most.
    pub fn piece(&self, offset: u64, most: u32) -> u32 {
        self.size().saturating_sub(offset).min(u64::from(most)) as u32
    }
}

impl<C> Deref for Snapshot<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.covers
    }
}

impl<C: Covers> Debug for Snapshot<C> {
    /// Its bytes are counted, not told.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("covers", &self.covers).field("bytes", &self.size()).finish()
    }
}

impl<C: Covers> PartialEq for Snapshot<C> {
    fn eq(&self, other: &Self) -> bool {
        (&self.covers, self.size()) == (&other.covers, other.size())
    }
}

impl<C: Covers> Eq for Snapshot<C> {}

impl<C: Covers> Hash for Snapshot<C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.covers, self.size()).hash(state);
    }
}

/// A snapshot that arrives in pieces: only who has all of its bytes may look into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arriving {
    last: u64,
    from: NodeId,
    received: u64,
}

impl Arriving {
    /// Takes up a piece of the snapshot that covers up to `last`, which `from` sends: `length` bytes at `offset`.
    /// How many bytes of it are here now, from the first on. A piece of another snapshot begins anew.
    pub fn take(
        arriving: &mut Option<Arriving>,
        (last, from): (u64, NodeId),
        (offset, length): (u64, u32),
    ) -> u64 {
        let same = arriving.filter(|arriving| (arriving.last, arriving.from) == (last, from));
        let mut now = same.unwrap_or(Arriving { last, from, received: 0 });
        if offset == now.received {
            now.received += u64::from(length);
        }
        *arriving = Some(now);
        now.received
    }

    /// The last command that it covers, and how many bytes are here, if `node` sends it.
    pub fn from(&self, node: NodeId) -> Option<(u64, u64)> {
        (self.from == node).then_some((self.last, self.received))
    }

    /// Who sends it.
    pub const fn sender(&self) -> NodeId {
        self.from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_count_in_order_and_once() {
        let mut arriving = None;
        let from = |node| (7, NodeId(node));
        assert_eq!(Arriving::take(&mut arriving, from(1), (10, 10)), 0, "not the first");
        assert_eq!(Arriving::take(&mut arriving, from(1), (0, 10)), 10);
        assert_eq!(Arriving::take(&mut arriving, from(1), (0, 10)), 10, "twice");
        assert_eq!(Arriving::take(&mut arriving, from(1), (10, 5)), 15);
        assert_eq!(arriving.unwrap().from(NodeId(1)), Some((7, 15)));
        assert_eq!(Arriving::take(&mut arriving, from(2), (15, 5)), 0, "another's");
        assert_eq!(arriving.unwrap().from(NodeId(1)), None);
    }
}
