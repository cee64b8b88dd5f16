//! When the latest message on each link arrives: what FIFO order needs to know.

use crate::base::{Address, LinkId, SimTime, Table};

/// As many ends have an array of all links between them: 32 KiB, and no look-up.
const FEW: usize = 64;

/// The latest arrival on each link.
#[derive(Clone, Default, Debug)]
pub(super) struct Latest {
    nodes: usize,
    /// Nodes and clients, if they are few; otherwise 0.
    ends: usize,
    /// By sender and receiver, nodes before clients.
    few: Vec<SimTime>,
    many: Table<LinkId, SimTime>,
}

impl Latest {
    /// Nothing has been sent between that many nodes and clients.
    pub(super) fn new(nodes: usize, clients: usize) -> Self {
        let ends = if nodes + clients <= FEW { nodes + clients } else { 0 };
        Latest { nodes, ends, few: vec![SimTime::ZERO; ends * ends], many: Table::new() }
    }

    /// When a message that would arrive at `at` does: not before those sent earlier.
    #[inline(always)]
    pub(super) fn push_back(&mut self, link: LinkId, at: SimTime) -> SimTime {
        let end = |address: Address| match address.as_node() {
            Some(node) => node.index(),
            None => self.nodes.wrapping_add(address.index()),
        };
        let place = end(link.from).wrapping_mul(self.ends).wrapping_add(end(link.to));
        let latest = match self.few.get_mut(place) {
            Some(latest) => latest,
            None => self.many.get_or_insert_with(link, || SimTime::ZERO),
        };
        *latest = at.max(*latest);
        *latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ClientId, NodeId};

    /// Few or many ends: the same order.
    #[test]
    fn the_array_agrees_with_the_table() {
        let (mut few, mut many) = (Latest::new(3, 2), Latest::new(3, 1_000));
        for i in 0..500u64 {
            let (node, other, client) =
                (NodeId((i % 3) as u32), NodeId((i / 3 % 3) as u32), ClientId((i % 2) as u32));
            let at = SimTime::from_ns(i.wrapping_mul(7_919) % 1_000);
            for link in [LinkId::new(node, other), LinkId::new(node, client), LinkId::new(client, node)] {
                assert_eq!(few.push_back(link, at), many.push_back(link, at), "{link:?}");
            }
        }
    }
}
