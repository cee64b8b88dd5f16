//! What the supervisors agree on: which copy is the primary, in which epoch, and which copies are in sync.

use crate::base::NodeId;
use crate::monitor::CopyEvent;
use crate::replication::NodeSet;

/// A period with at most one primary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The one after it.
    pub const fn next(self) -> Epoch {
        Epoch(self.0 + 1)
    }
}

/// Who has which part. It is agreed on by compare-and-swap of the number that it packs into, and no two that were
/// ever agreed on are alike: each has a revision of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Assignment {
    /// The period; a new one begins with each change of the primary.
    pub epoch: Epoch,
    /// Counts the changes.
    pub revision: u64,
    /// Who takes writes; nobody, while a new one is looked for.
    pub primary: Option<NodeId>,
    /// The copies, the primary among them, each of which holds every acknowledged write. Where acknowledgements are
    /// counted and not taken from a set, all copies.
    pub in_sync: NodeSet,
}

/// Bits of the packed number. With the sign's, which stays 0, they fill a word.
const EPOCH_BITS: u32 = 16;
const REVISION_BITS: u32 = 18;
const PRIMARY_BITS: u32 = 5;

/// What stands for no primary.
const NOBODY: u64 = (1 << PRIMARY_BITS) - 1;

impl Assignment {
    /// The most copies: one bit each of what the packed number has room for.
    pub const MOST_COPIES: u32 = 63 - EPOCH_BITS - REVISION_BITS - PRIMARY_BITS;

    /// What holds before anything was agreed on: the first of so many copies is the primary, and all are in sync.
    pub fn first(copies: u32) -> Self {
        let in_sync = NodeSet::first(copies);
        Assignment { epoch: Epoch(1), revision: 1, primary: Some(NodeId(0)), in_sync }
    }

    /// The next, in which `primary` begins an epoch of its own with these in sync.
    pub fn led_by(&self, primary: Option<NodeId>, in_sync: NodeSet) -> Self {
        Assignment { epoch: self.epoch.next(), revision: self.revision + 1, primary, in_sync }
    }

    /// The next, in the same epoch.
    pub fn with(&self, primary: Option<NodeId>, in_sync: NodeSet) -> Self {
        Assignment { revision: self.revision + 1, primary, in_sync, ..*self }
    }

    /// Whether one more can follow: there are so many numbers.
    pub fn has_next(&self) -> bool {
        self.epoch.0 + 1 < 1 << EPOCH_BITS && self.revision + 1 < 1 << REVISION_BITS
    }

    /// Who is in sync, one bit each.
    fn members(&self) -> u64 {
        self.in_sync.iter(Self::MOST_COPIES).fold(0, |set, node| set | 1 << node.0)
    }

    /// What a node says that has learnt of it.
    pub(super) fn event(&self) -> CopyEvent {
        let Assignment { epoch: Epoch(epoch), revision, primary, .. } = *self;
        CopyEvent::Assigned { epoch, revision, primary, in_sync: self.members() }
    }

    /// The number that stands for it.
    pub fn pack(&self) -> i64 {
        let primary = self.primary.map_or(NOBODY, |primary| u64::from(primary.0));
        let in_sync = self.members();
        let high = (self.epoch.0 << REVISION_BITS | self.revision) << PRIMARY_BITS | primary;
        (high << Self::MOST_COPIES | in_sync).cast_signed()
    }

    /// The assignment that `packed` stands for.
    pub fn unpack(packed: i64) -> Self {
        let mut rest = packed.cast_unsigned();
        let mut take = |bits: u32| {
            let taken = rest & ((1 << bits) - 1);
            rest >>= bits;
            taken
        };
        let members = take(Self::MOST_COPIES);
        let in_sync = (0..Self::MOST_COPIES).filter(|node| members >> node & 1 == 1).map(NodeId).collect();
        let primary = take(PRIMARY_BITS);
        let primary = (primary != NOBODY).then_some(NodeId(primary as u32));
        let revision = take(REVISION_BITS);
        Assignment { epoch: Epoch(take(EPOCH_BITS)), revision, primary, in_sync }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        fn same(epoch: u16, revision: u32, primary: Option<u8>, set: u32) -> bool {
            let primary = primary.map(|node| NodeId(u32::from(node) % Assignment::MOST_COPIES));
            let members = (0..Assignment::MOST_COPIES).filter(|node| set >> node & 1 == 1).map(NodeId);
            let revision = u64::from(revision) % (1 << REVISION_BITS);
            let epoch = Epoch(u64::from(epoch));
            let one = Assignment { epoch, revision, primary, in_sync: members.collect() };
            one.pack() >= 0 && Assignment::unpack(one.pack()) == one
        }
        quickcheck::quickcheck(same as fn(u16, u32, Option<u8>, u32) -> bool);
    }

    #[test]
    fn none_follows_where_numbers_end() {
        let first = Assignment::first(3);
        assert!(first.has_next());
        assert!(!Assignment { revision: (1 << REVISION_BITS) - 1, ..first }.has_next());
        assert!(!Assignment { epoch: Epoch((1 << EPOCH_BITS) - 1), ..first }.has_next());
        assert_eq!(first.led_by(None, first.in_sync).epoch, Epoch(2));
        assert_eq!(first.with(None, first.in_sync).epoch, Epoch(1));
    }
}
