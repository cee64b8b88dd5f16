//! A topology with everybody of a run in it: what a message asks.

use std::sync::Arc;

use super::{Place, Topology};
use crate::base::{Address, ClientId, Draw, LinkId, NodeId, SimDuration};

/// In no place.
const NOWHERE: u32 = u32::MAX;

/// The topology of a run, with the place of each node and client at hand.
#[derive(Clone, Debug)]
pub(in crate::network) struct Placed {
    topology: Arc<Topology>,
    /// By node, then by client.
    nodes: Vec<u32>,
    clients: Vec<u32>,
}

impl Placed {
    /// That many nodes and clients in their places.
    pub(in crate::network) fn new(topology: Arc<Topology>, nodes: usize, clients: usize) -> Self {
        let node = |i: usize| topology.node_number(NodeId(i as u32)) as u32;
        let client =
            |i: usize| topology.client_number(ClientId(i as u32)).map_or(NOWHERE, |place| place as u32);
        let (nodes, clients) = ((0..nodes).map(node).collect(), (0..clients).map(client).collect());
        Placed { topology, nodes, clients }
    }

    /// How long a message on `link` travels; `None` if one of its ends is in no place.
    #[inline]
    pub(in crate::network) fn travel(&self, link: LinkId, draws: &mut impl Draw) -> Option<SimDuration> {
        let place = |end: Address| match end.as_node() {
            Some(node) => self.nodes[node.index()] as usize,
            None => self.clients[end.index()] as usize,
        };
        let (from, to) = (place(link.from), place(link.to));
        if from == NOWHERE as usize || to == NOWHERE as usize {
            return None;
        }
        Some(self.topology.jitter.around(self.topology.between(from, to), draws))
    }

    /// The clients in `place`, and those that are in any other.
    pub(in crate::network) fn clients_by(&self, place: &Place) -> [Vec<ClientId>; 2] {
        let all = (0..self.clients.len() as u32).map(ClientId);
        let placed = all.filter_map(|client| Some((client, self.topology.of_client(client)?)));
        let (inside, outside): (Vec<_>, Vec<_>) = placed.partition(|(_, of)| place.holds(of));
        [inside, outside].map(|side| side.into_iter().map(|(client, _)| client).collect())
    }
}
