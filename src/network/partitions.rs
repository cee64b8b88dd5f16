//! Blocked links.
//!
//! A blocked link loses what enters it and what is on it, as a firewall that
//! drops incoming packets does. Partitions overlap: a link opens when the last
//! one that blocks it heals. Clients stay connected to every node, but for those that have a place:
//! where a place is cut off, its clients are cut off with its nodes, and reach those; clients
//! elsewhere reach the others.
//!
//! A partition is kept as its shape, not as its links: those are as many as the
//! square of the nodes.

use crate::base::{Address, ClientId, LinkId, NodeId};

/// One partition in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PartitionId(pub u64);

/// The partitions in force.
#[derive(Clone, Default, Debug)]
pub struct Partitions {
    active: Vec<Partition>,
    started: u64,
}

#[derive(Clone, Debug)]
struct Partition {
    id: PartitionId,
    shape: Shape,
    /// Whether it stays until everything is healed.
    stays: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Shape {
    /// The group of each node, from 1; 0 is in none and keeps its links.
    Groups(Vec<u32>),
    /// Whether each node is among the silenced, and among those who no longer hear them.
    OneWay { from: Vec<bool>, to: Vec<bool> },
    /// Whether each node is inside, and each client; one that is not known keeps all its links.
    CutOff { nodes: Vec<bool>, clients: Vec<Option<bool>> },
}

impl Partitions {
    /// Blocks all links between different groups. `None` if that is no link at all, or
    /// if it `stays` as one that is there already does.
    pub fn separate(&mut self, groups: &[Vec<NodeId>], stays: bool) -> Option<PartitionId> {
        if groups.iter().filter(|group| !group.is_empty()).count() < 2 {
            return None;
        }
        let mut of = Vec::new();
        for (group, nodes) in (1..).zip(groups) {
            nodes.iter().for_each(|node| set(&mut of, node.index(), group));
        }
        self.begin(Shape::Groups(of), stays)
    }

    /// Blocks all links from `from` to `to`, and not the way back. `None` as above.
    pub fn silence(&mut self, from: &[NodeId], to: &[NodeId], stays: bool) -> Option<PartitionId> {
        if !from.iter().any(|from| to.iter().any(|to| from != to)) {
            return None;
        }
        let members = |nodes: &[NodeId]| {
            let mut members = Vec::new();
            nodes.iter().for_each(|node| set(&mut members, node.index(), true));
            members
        };
        self.begin(Shape::OneWay { from: members(from), to: members(to) }, stays)
    }

    /// Blocks all links between the nodes `inside` and the others of `nodes`, and between the nodes of
    /// one side and the `clients` of the other: those inside come first, then those outside. `None` as
    /// above.
    pub fn cut_off(
        &mut self,
        inside: &[NodeId],
        nodes: u32,
        clients: &[Vec<ClientId>; 2],
        stays: bool,
    ) -> Option<PartitionId> {
        let [near, far] = clients;
        let outside = nodes as usize - inside.len();
        let cuts = |one: usize, other: usize| one > 0 && other > 0;
        if !cuts(inside.len(), outside + far.len()) && !cuts(near.len(), outside) {
            return None;
        }
        let mut members = vec![false; nodes as usize];
        inside.iter().for_each(|node| members[node.index()] = true);
        let mut sides = Vec::new();
        near.iter().for_each(|client| set(&mut sides, client.index(), Some(true)));
        far.iter().for_each(|client| set(&mut sides, client.index(), Some(false)));
        self.begin(Shape::CutOff { nodes: members, clients: sides }, stays)
    }

    fn begin(&mut self, shape: Shape, stays: bool) -> Option<PartitionId> {
        if stays && self.active.iter().any(|other| other.stays && other.shape == shape) {
            return None;
        }
        let id = PartitionId(self.started);
        self.started += 1;
        self.active.push(Partition { id, shape, stays });
        Some(id)
    }

    /// Ends one partition. Whether it was still in force.
    pub fn heal(&mut self, id: PartitionId) -> bool {
        let place = self.active.iter().position(|partition| partition.id == id);
        place.map(|place| self.active.remove(place)).is_some()
    }

    /// Ends all partitions. How many there were.
    pub fn heal_all(&mut self) -> usize {
        std::mem::take(&mut self.active).len()
    }

    /// Whether no link is blocked.
    pub fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// Whether `link` is blocked.
    #[inline]
    pub fn blocks(&self, link: LinkId) -> bool {
        !self.active.is_empty() && self.blocks_now(link)
    }

    fn blocks_now(&self, link: LinkId) -> bool {
        self.active.iter().any(|partition| partition.shape.blocks(link))
    }
}

impl Shape {
    fn blocks(&self, link: LinkId) -> bool {
        if let Shape::CutOff { nodes, clients } = self {
            let side = |end: Address| match end.as_node() {
                Some(node) => nodes.get(node.index()).copied(),
                None => clients.get(end.index()).copied().flatten(),
            };
            return side(link.from).zip(side(link.to)).is_some_and(|(from, to)| from != to);
        }
        let (Some(from), Some(to)) = (link.from.as_node(), link.to.as_node()) else { return false };
        match self {
            Shape::CutOff { .. } => false,
            Shape::Groups(of) => {
                let group = |node: NodeId| of.get(node.index()).copied().unwrap_or(0);
                group(from) != group(to) && group(from) != 0 && group(to) != 0
            }
            Shape::OneWay { from: silenced, to: deaf } => {
                let among = |nodes: &[bool], node: NodeId| nodes.get(node.index()).copied().unwrap_or(false);
                from != to && among(silenced, from) && among(deaf, to)
            }
        }
    }
}

/// Sets the value at `place` in a table that grows as needed.
fn set<T: Clone + Default>(table: &mut Vec<T>, place: usize, value: T) {
    if table.len() <= place {
        table.resize(place + 1, T::default());
    }
    table[place] = value;
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
        let groups = partitions.separate(&[nodes(&[0, 1]), nodes(&[2])], false).unwrap();
        let silence = partitions.silence(&nodes(&[0]), &nodes(&[0, 2]), false).unwrap();
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
        partitions.separate(&[nodes(&[0]), nodes(&[1])], true).unwrap();
        assert!(!partitions.blocks(LinkId::new(NodeId(0), NodeId(2))));
        assert!(!partitions.blocks(LinkId::new(NodeId(2), NodeId(1))));
        assert_eq!(partitions.heal_all(), 1);
        assert!(!partitions.blocks(LinkId::new(NodeId(0), NodeId(1))));
    }

    #[test]
    fn what_blocks_nothing_new_is_no_partition() {
        let mut partitions = Partitions::default();
        assert_eq!(partitions.separate(&[nodes(&[0, 1, 2]), nodes(&[])], false), None);
        assert_eq!(partitions.silence(&nodes(&[1]), &nodes(&[1]), false), None);
        assert!(partitions.separate(&[nodes(&[0]), nodes(&[1])], true).is_some());
        assert_eq!(partitions.separate(&[nodes(&[0]), nodes(&[1])], true), None, "it is there to stay");
    }
}
