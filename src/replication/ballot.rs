//! Ballots of Paxos: who proposes, and how late (Lamport, *Paxos Made Simple*, 2001, §2.2).

use std::fmt;

use crate::base::NodeId;

/// A ballot: a round, and the node whose ballot it is. Rounds decide, nodes break ties, so no two nodes
/// share one. One word: a bit pattern that orders as the pair does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ballot(u64);

impl Ballot {
    /// Before every ballot: nothing has been promised, or accepted.
    pub const NONE: Ballot = Ballot(0);

    /// The ballot of `node` in `round`, from 1.
    pub const fn new(round: u64, node: NodeId) -> Self {
        Ballot(round << 16 | node.0 as u64 & 0xffff)
    }

    /// The round.
    pub const fn round(self) -> u64 {
        self.0 >> 16
    }

    /// Whose it is, if it is anybody's.
    pub fn owner(self) -> Option<NodeId> {
        (self != Ballot::NONE).then_some(NodeId(self.0 as u32 & 0xffff))
    }

    /// The first ballot of `node` that is later than this one.
    pub const fn next_of(self, node: NodeId) -> Self {
        Ballot::new(self.round() + 1, node)
    }

    /// A number that orders as ballots do, for monitors.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner() {
            Some(owner) => write!(f, "{}.{}", self.round(), owner.0),
            None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballots_order_by_round_and_then_by_owner() {
        let (early, late) = (Ballot::new(3, NodeId(9)), Ballot::new(4, NodeId(0)));
        assert!(
            Ballot::NONE < Ballot::new(1, NodeId(0)) && early < late && early < Ballot::new(3, NodeId(10))
        );
        assert_eq!((late.round(), late.owner(), Ballot::NONE.owner()), (4, Some(NodeId(0)), None));
        assert_eq!(early.next_of(NodeId(2)), Ballot::new(4, NodeId(2)));
        assert_eq!(format!("{early:?} {:?}", Ballot::NONE), "3.9 none");
    }
}
