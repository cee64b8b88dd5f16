//! Blocked links.
//!
//! A blocked link loses what enters it and what is on it, as a firewall that
//! drops incoming packets does. Partitions overlap: a link opens when the last
//! one that blocks it heals. Clients stay connected to every node.

use crate::base::{LinkId, NodeId, Table};

/// One partition in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartitionId(u64);

/// The partitions in force.
#[derive(Clone, Default, Debug)]
pub struct Partitions {
    active: Vec<(PartitionId, Vec<LinkId>)>,
    /// How many active partitions block a link.
    blocked: Table<LinkId, u32>,
    started: u64,
}

impl Partitions {
    /// Blocks `links` until healed.
    pub fn block(&mut self, links: Vec<LinkId>) -> PartitionId {
        for link in &links {
            *self.blocked.get_or_insert_with(*link, || 0) += 1;
        }
        let id = PartitionId(self.started);
        self.started += 1;
        self.active.push((id, links));
        id
    }

    /// Ends one partition. Whether it was still in force.
    pub fn heal(&mut self, id: PartitionId) -> bool {
        let Some(place) = self.active.iter().position(|(active, _)| *active == id) else {
            return false;
        };
        let (_, links) = self.active.remove(place);
        for link in links {
            if let Some(count) = self.blocked.get_mut(&link) {
                *count -= 1;
                if *count == 0 {
                    self.blocked.remove(&link);
                }
            }
        }
        true
    }

    /// Ends all partitions. How many there were.
    pub fn heal_all(&mut self) -> usize {
        self.blocked.clear();
        std::mem::take(&mut self.active).len()
    }

    /// Whether `link` is blocked.
    #[inline]
    pub fn blocks(&self, link: LinkId) -> bool {
        !self.blocked.is_empty() && self.blocked.contains(&link)
    }
}

/// All links between nodes of different groups, both ways.
pub(super) fn between_groups(groups: &[Vec<NodeId>]) -> Vec<LinkId> {
    let mut links = Vec::new();
    for (i, from) in groups.iter().enumerate() {
        for (j, to) in groups.iter().enumerate() {
            if i != j {
                links.extend(one_way(from, to));
            }
        }
    }
    links
}

/// All links from `from` to `to`.
pub(super) fn one_way<'a>(from: &'a [NodeId], to: &'a [NodeId]) -> impl Iterator<Item = LinkId> + 'a {
    from.iter()
        .flat_map(move |from| to.iter().filter(move |to| *to != from).map(move |to| LinkId::new(*from, *to)))
}

impl Partitions {
    /// Blocks all links between different groups.
    pub fn separate(&mut self, groups: &[Vec<NodeId>]) -> PartitionId {
        self.block(between_groups(groups))
    }

    /// Blocks all links from `from` to `to`, and not the way back.
    pub fn silence(&mut self, from: &[NodeId], to: &[NodeId]) -> PartitionId {
        self.block(one_way(from, to).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(ids: &[u32]) -> Vec<NodeId> {
        ids.iter().copied().map(NodeId).collect()
    }

    #[test]
    fn a_link_opens_when_the_last_partition_that_blocks_it_heals() {
        let mut partitions = Partitions::default();
        let link = LinkId::new(NodeId(0), NodeId(2));
        let groups = partitions.separate(&[nodes(&[0, 1]), nodes(&[2])]);
        let silence = partitions.silence(&nodes(&[0]), &nodes(&[0, 2]));
        assert!(partitions.blocks(link));
        assert!(partitions.heal(groups));
        assert!(partitions.blocks(link));
        assert!(!partitions.blocks(LinkId::new(NodeId(2), NodeId(0))), "the way back was only blocked once");
        assert!(partitions.heal(silence));
        assert!(!partitions.blocks(link));
        assert!(!partitions.heal(silence), "it healed before");
    }

    #[test]
    fn a_node_in_no_group_keeps_its_links() {
        let mut partitions = Partitions::default();
        partitions.separate(&[nodes(&[0]), nodes(&[1])]);
        assert!(!partitions.blocks(LinkId::new(NodeId(0), NodeId(2))));
        assert!(!partitions.blocks(LinkId::new(NodeId(2), NodeId(1))));
        assert_eq!(partitions.heal_all(), 1);
        assert!(!partitions.blocks(LinkId::new(NodeId(0), NodeId(1))));
    }
}
