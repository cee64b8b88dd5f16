//! What is kept for each link that was used: an array where the ends are few, a table otherwise.

use crate::base::{Address, LinkId, Table};

/// As many ends have an array of all links between them, and no look-up.
const FEW: usize = 128;

/// A `T` for each link.
#[derive(Clone, Default, Debug)]
pub(super) struct PerLink<T> {
    nodes: usize,
    /// Nodes and clients, if they are few; otherwise 0.
    ends: usize,
    /// By sender and receiver, nodes before clients.
    few: Vec<T>,
    many: Table<LinkId, T>,
}

impl<T: Clone + Default> PerLink<T> {
    /// Of that many nodes and clients, for each link the default.
    pub(super) fn new(nodes: usize, clients: usize) -> Self {
        let ends = if nodes + clients <= FEW { nodes + clients } else { 0 };
        PerLink { nodes, ends, few: vec![T::default(); ends * ends], many: Table::new() }
    }

    /// Keeps the default for each link again.
    pub(super) fn reset(&mut self) {
        self.few.fill(T::default());
        self.many = Table::new();
    }

    /// What is kept for `link`.
    #[inline(always)]
    pub(super) fn of(&mut self, link: LinkId) -> &mut T {
        let end = |address: Address| match address.as_node() {
            Some(node) => node.index(),
            None => self.nodes.wrapping_add(address.index()),
        };
        let place = end(link.from).wrapping_mul(self.ends).wrapping_add(end(link.to));
        match self.few.get_mut(place) {
            Some(kept) => kept,
            None => self.many.get_or_insert_with(link, T::default),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ClientId, NodeId};

    /// Few or many ends: each link has a place of its own.
    #[test]
    fn the_array_agrees_with_the_table() {
        let (mut few, mut many) = (PerLink::new(3, 2), PerLink::new(3, 1_000));
        for i in 0..500u64 {
            let (node, other, client) =
                (NodeId((i % 3) as u32), NodeId((i / 3 % 3) as u32), ClientId((i % 2) as u32));
            for link in [LinkId::new(node, other), LinkId::new(node, client), LinkId::new(client, node)] {
                assert_eq!(few.of(link), many.of(link), "{link:?}");
                *few.of(link) = i;
                *many.of(link) = i;
            }
        }
    }
}
