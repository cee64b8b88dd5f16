//! Who belongs to a cluster: configurations, and what a majority of one is.
//!
//! A configuration says who votes, who learns without a vote, and, while it is joint (Ongaro's
//! dissertation, §4.3), who voted before: then both the old and the new voters must agree by
//! majorities of their own. It is a value of three words, so that a log entry can carry it whole.
//! That takes one bit a node: the members of a cluster of more than 64 nodes are fixed.

use std::fmt;

use super::quorum::reached_by_majority;
use crate::base::NodeId;

/// A set of the first 64 nodes; [`EVERYONE`](NodeSet::EVERYONE) is all nodes, however many.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct NodeSet(u64);

impl NodeSet {
    /// Nobody.
    pub const NOBODY: NodeSet = NodeSet(0);
    /// All nodes there are.
    pub const EVERYONE: NodeSet = NodeSet(u64::MAX);
    /// The most nodes of a cluster whose members can change.
    pub const MOST: u32 = 64;

    /// The first `count` nodes; everyone, where those are more than a set can tell apart.
    pub const fn first(count: u32) -> NodeSet {
        if count >= NodeSet::MOST { NodeSet::EVERYONE } else { NodeSet((1 << count) - 1) }
    }

    /// Whether `node` is in it.
    #[inline]
    pub const fn contains(self, node: NodeId) -> bool {
        if node.0 < NodeSet::MOST { self.0 >> node.0 & 1 == 1 } else { self.0 == u64::MAX }
    }

    /// With `node`.
    pub const fn with(self, node: NodeId) -> NodeSet {
        NodeSet(self.0 | 1 << node.0)
    }

    /// Without `node`.
    pub const fn without(self, node: NodeId) -> NodeSet {
        NodeSet(self.0 & !(1 << node.0))
    }

    /// With all of `other`.
    pub const fn and(self, other: NodeSet) -> NodeSet {
        NodeSet(self.0 | other.0)
    }

    /// Those of them who are in `other` too.
    pub const fn within(self, other: NodeSet) -> NodeSet {
        NodeSet(self.0 & other.0)
    }

    /// Whether nobody is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many of `nodes` nodes are in it.
    #[inline]
    pub const fn len(self, nodes: u32) -> usize {
        if self.0 == u64::MAX { nodes as usize } else { self.0.count_ones() as usize }
    }

    /// Who of `nodes` nodes is in it, in order.
    #[inline]
    pub fn iter(self, nodes: u32) -> Members {
        let all = self.0 == u64::MAX;
        Members {
            left: if all && nodes < NodeSet::MOST { (1 << nodes) - 1 } else { self.0 },
            beyond: NodeSet::MOST..if all { nodes } else { NodeSet::MOST },
        }
    }
}

/// The nodes of a set, in order.
#[derive(Clone, Debug)]
pub struct Members {
    /// Those of the first 64 that are still to come, …
    left: u64,
    /// … and then these.
    beyond: std::ops::Range<u32>,
}

impl Iterator for Members {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        if self.left == 0 {
            return self.beyond.next().map(NodeId);
        }
        let first = self.left.trailing_zeros();
        self.left &= self.left - 1;
        Some(NodeId(first))
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<T: IntoIterator<Item = NodeId>>(nodes: T) -> Self {
        nodes.into_iter().fold(NodeSet::NOBODY, NodeSet::with)
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == NodeSet::EVERYONE {
            return f.write_str("everyone");
        }
        f.debug_list().entries(self.iter(NodeSet::MOST)).finish()
    }
}

/// Who belongs to a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Configuration {
    /// Who votes.
    pub voters: NodeSet,
    /// Who voted before, while the change to `voters` is joint; else nobody.
    pub outgoing: NodeSet,
    /// Who receives the log and has no vote.
    pub learners: NodeSet,
}

impl Configuration {
    /// These voters, and nobody else.
    pub const fn of(voters: NodeSet) -> Self {
        Configuration { voters, outgoing: NodeSet::NOBODY, learners: NodeSet::NOBODY }
    }

    /// Whether two sets of voters must agree.
    pub const fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Everyone who votes or learns.
    pub const fn members(&self) -> NodeSet {
        self.voters.and(self.outgoing).and(self.learners)
    }

    /// Whether `node` votes.
    pub const fn votes(&self, node: NodeId) -> bool {
        self.voters.contains(node) || self.outgoing.contains(node)
    }

    /// What it becomes once a joint change is over.
    pub const fn settled(&self) -> Self {
        Configuration { outgoing: NodeSet::NOBODY, ..*self }
    }

    /// Whether those of whom `says` is true are a majority: of the voters, and of the outgoing ones
    /// if it is joint.
    pub fn has_quorum(&self, nodes: u32, says: impl Fn(NodeId) -> bool) -> bool {
        let most = |set: NodeSet| {
            let (mut all, mut saying) = (0u32, 0u32);
            for node in set.iter(nodes) {
                all += 1;
                saying += u32::from(says(node));
            }
            saying > all / 2
        };
        most(self.voters) && (!self.is_joint() || most(self.outgoing))
    }

    /// The largest value that a quorum has reached, by `of`. `scratch` is overwritten.
    ///
    /// # Panics
    /// If nobody votes.
    pub fn reached(&self, nodes: u32, scratch: &mut Vec<u64>, of: impl Fn(NodeId) -> u64) -> u64 {
        let mut reached = |set: NodeSet| {
            scratch.clear();
            scratch.extend(set.iter(nodes).map(&of));
            reached_by_majority(scratch)
        };
        let new = reached(self.voters);
        if self.is_joint() { new.min(reached(self.outgoing)) } else { new }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(nodes: &[u32]) -> NodeSet {
        nodes.iter().copied().map(NodeId).collect()
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let odd = set(&[1, 3, 63]).without(NodeId(3)).with(NodeId(5));
        assert_eq!(odd.iter(64).map(|node| node.0).collect::<Vec<_>>(), [1, 5, 63]);
        assert_eq!((odd.len(64), odd.contains(NodeId(64)), odd.contains(NodeId(5))), (3, false, true));
        assert_eq!(NodeSet::first(3), set(&[0, 1, 2]));
        assert_eq!(NodeSet::first(0), NodeSet::NOBODY);
    }

    #[test]
    fn a_cluster_too_large_to_change_is_everyone() {
        let all = NodeSet::first(2_000);
        assert_eq!((all.len(2_000), all.iter(2_000).count()), (2_000, 2_000));
        assert!(all.contains(NodeId(1_999)));
    }

    #[test]
    fn a_joint_quorum_is_two() {
        let joint = Configuration { voters: set(&[3, 4, 5]), outgoing: set(&[0, 1, 2]), learners: set(&[6]) };
        let agree = |nodes: &[u32]| joint.has_quorum(7, |node| nodes.contains(&node.0));
        assert!(agree(&[0, 1, 3, 4]));
        assert!(!agree(&[0, 1, 2, 3]), "four of six, but one of the new");
        assert!(!agree(&[3, 4, 5, 6]), "a learner is no voter");
        let mut scratch = Vec::new();
        assert_eq!(joint.reached(7, &mut scratch, |node| u64::from(node.0)), 1);
        assert_eq!(joint.settled().reached(7, &mut scratch, |node| u64::from(node.0)), 4);
    }

    /// Whoever agrees on an entry and whoever elects the next leader have a node in common, where a
    /// change goes by one voter or through a joint configuration.
    #[test]
    fn quorums_of_neighbouring_configurations_overlap() {
        fn overlap(old: u8, new: u8, agreeing: u8) -> bool {
            let (old, new) = (NodeSet(u64::from(old | 1)), NodeSet(u64::from(new | 1)));
            let joint = Configuration { voters: new, outgoing: old, learners: NodeSet::NOBODY };
            let yes = |node: NodeId| agreeing >> node.0 & 1 == 1;
            let no = |node: NodeId| !yes(node);
            let both =
                |one: Configuration, other: Configuration| one.has_quorum(8, yes) && other.has_quorum(8, no);
            let (before, after) = (Configuration::of(old), Configuration::of(new));
            let by_one = (old.0 ^ new.0).count_ones() <= 1;
            let pairs = [(before, joint), (joint, after), (joint, joint), (before, after)];
            let neighbours = if by_one { pairs.as_slice() } else { &pairs[..3] };
            neighbours.iter().all(|(one, other)| !both(*one, *other))
        }
        quickcheck::quickcheck(overlap as fn(u8, u8, u8) -> bool);
    }
}
