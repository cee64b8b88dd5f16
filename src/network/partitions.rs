//! Blocked links.
//!
//! A blocked link loses what enters it and what is on it, as a firewall that
//! drops incoming packets does. Partitions overlap: a link opens when the last
//! one that blocks it heals. Clients stay connected to every node, but for those that have a place:
//! where a place is cut off, its clients are cut off with its nodes, and reach those; clients
//! elsewhere reach the others.
//!
//! A partition is kept as its shape, not as its links: those are as many as the
//! square of the nodes. What each [`Pattern`] leaves open, of nodes in the order named:
//!
//! ```text
//! star 0           chain 0 1 2      mesh 0 1 2 3 4        ring 0 1 2 3 4
//!
//!   1 ─ 0 ─ 2      0 ─ 1 ─ 2        3 ─ 1 ─── 2 ─ 4           0
//!       │                                ╲   ╱              ╱   ╲
//!       3                                  0               4     1
//!                                                           ╲   ╱
//!                                                            3 ─ 2
//! ```

use crate::base::{Address, ClientId, Draw, FateKeys, LinkId, NodeId, Probability, Seed, SimTime};

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
    /// The place of each node in the pattern, from 1; 0 is in none.
    Placed { places: Vec<u32>, count: u32, pattern: Pattern },
    /// Each directed link with this probability, by keys of its own.
    Scattered { keys: FateKeys, chance: Probability },
}

/// Which nodes still hear each other, by their places. A node that has none keeps all its links,
/// but in a star.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// Those that are placed are hubs: every other node hears them alone.
    Star,
    /// Each hears its neighbours.
    Chain,
    /// Five nodes: the first three hear one another; the fourth hears the second alone, and the
    /// fifth the third (decentralizedthoughts, 2020-12-12).
    Mesh,
    /// Each hears a majority of all, itself and those around it; no two the same. With an even
    /// number of others in it both ways, otherwise the one furthest behind is only heard.
    Ring,
}

impl Pattern {
    /// How many nodes it needs at least.
    pub const fn least(self) -> usize {
        match self {
            Pattern::Star => 1,
            Pattern::Chain | Pattern::Ring => 3,
            Pattern::Mesh => 5,
        }
    }

    /// Whether the link from one place to another is blocked among `count` places.
    fn blocks(self, from: u32, to: u32, count: u32) -> bool {
        const MESH: [(u32, u32); 5] = [(1, 2), (1, 3), (2, 3), (2, 4), (3, 5)];
        if self == Pattern::Star {
            return from == 0 && to == 0;
        }
        if from == 0 || to == 0 {
            return false;
        }
        match self {
            Pattern::Star => false,
            Pattern::Chain => from.abs_diff(to) > 1,
            Pattern::Mesh => from != to && !MESH.contains(&(from.min(to), from.max(to))),
            Pattern::Ring => {
                let majority = count / 2 + 1;
                let behind = majority / 2;
                // Counted from the one furthest behind that `to` still hears.
                let place = (from + behind + count - to) % count;
                place >= majority
            }
        }
    }
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

    /// Leaves of the nodes in `order` only what `pattern` says. `None` as above, or if they are too few.
    pub fn arrange(&mut self, order: &[NodeId], pattern: Pattern, stays: bool) -> Option<PartitionId> {
        if order.len() < pattern.least() {
            return None;
        }
        let mut places = Vec::new();
        (1..).zip(order).for_each(|(place, node)| set(&mut places, node.index(), place));
        self.begin(Shape::Placed { places, count: order.len() as u32, pattern }, stays)
    }

    /// Blocks each directed link between nodes with this probability: which, follows from `lot`.
    pub fn scatter(&mut self, chance: Probability, lot: u64, stays: bool) -> Option<PartitionId> {
        self.begin(Shape::Scattered { keys: FateKeys::new(Seed(lot)), chance }, stays)
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
            Shape::Placed { places, count, pattern } => {
                let place = |node: NodeId| places.get(node.index()).copied().unwrap_or(0);
                from != to && pattern.blocks(place(from), place(to), *count)
            }
            Shape::Scattered { keys, chance } => {
                let link = LinkId::new(from, to);
                from != to && keys.link(link).message(SimTime::ZERO, 0).chance(*chance)
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
