//! The book of which nodes' disks are not what they said they were.
//!
//! A replicated protocol survives so many damaged or lost disks at once and no more, and no fault
//! of chance may go further: what came of it would say nothing of the protocol. So every fault
//! that damages what was durable is entered here, and one that picks its victims itself asks
//! first. Who names a node, or all of them, means them: that is entered and never refused.
//!
//! A damaged node counts until its disk is whole again; one whose disk has lost records counts for
//! good, as nothing tells when a protocol has made up for that. After the `ClusterFaultAtlas` of
//! TigerBeetle, which keeps book by the block where this one does by the node: here no two
//! nodes' records can be told to be copies of each other.

use crate::base::NodeId;

/// Which nodes are damaged, and how many may be.
#[derive(Clone, Debug)]
pub struct Atlas {
    most: usize,
    /// Each with whether its damage can be made good.
    damaged: Vec<(NodeId, bool)>,
}

impl Atlas {
    /// Nobody is damaged, and `most` may be at once.
    pub fn new(most: u32) -> Self {
        Atlas { most: most as usize, damaged: Vec::new() }
    }

    /// Whether `node` may be damaged without one too many being so.
    pub fn admits(&self, node: NodeId) -> bool {
        self.is_damaged(node) || self.damaged.len() < self.most
    }

    /// Whether the disk of `node` is not what it said it was.
    pub fn is_damaged(&self, node: NodeId) -> bool {
        self.damaged.iter().any(|(damaged, _)| *damaged == node)
    }

    /// Whether what the disk of `node` said to be durable is gone.
    pub fn is_lost(&self, node: NodeId) -> bool {
        self.damaged.contains(&(node, false))
    }

    /// What the disk of `node` said to be durable can no longer be read, or not for sure.
    pub fn damage(&mut self, node: NodeId) {
        if !self.is_damaged(node) {
            self.damaged.push((node, true));
        }
    }

    /// What the disk of `node` said to be durable is gone.
    pub fn lose(&mut self, node: NodeId) {
        self.damaged.retain(|(damaged, _)| *damaged != node);
        self.damaged.push((node, false));
    }

    /// The disk of `node` is whole; that what it lost is back cannot be seen there.
    pub fn repair(&mut self, node: NodeId) {
        self.damaged.retain(|(damaged, mends)| *damaged != node || !mends);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_are_damaged_than_may_be() {
        let mut atlas = Atlas::new(2);
        let [a, b, c] = [0, 1, 2].map(NodeId);
        atlas.damage(a);
        atlas.lose(b);
        assert!(atlas.is_lost(b) && !atlas.is_lost(a));
        assert!(!atlas.admits(c) && atlas.admits(a) && atlas.admits(b));
        atlas.repair(b);
        assert!(!atlas.admits(c), "what is lost does not come back by itself");
        atlas.damage(a);
        atlas.repair(a);
        assert!(atlas.admits(c) && !atlas.is_damaged(a));
    }

    #[test]
    fn what_was_damaged_and_then_lost_is_lost() {
        let mut atlas = Atlas::new(1);
        atlas.damage(NodeId(0));
        atlas.lose(NodeId(0));
        atlas.damage(NodeId(0));
        atlas.repair(NodeId(0));
        assert!(!atlas.admits(NodeId(1)));
    }
}
