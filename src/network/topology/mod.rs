//! Where nodes and clients are, and what that means for their messages.
//!
//! A [`Place`] is a region, a zone or a rack. The [`Plan`] of a scenario says who is where and how
//! far places are from one another: measured, by a matrix of regions, or by routing over a graph of
//! places, along the shortest way. From it follows the [`Topology`]: one table of latencies for all
//! ordered pairs of places, worked out once; each message then costs one look-up and its
//! jitter.
//!
//! Left out: ways that change (a route that fails is a fault of links), latencies that depend on
//! load, and what lies between two places: messages of different pairs do not share a wire.

mod config;
mod jitter;
mod place;
mod placed;
mod plan;
mod routes;
#[cfg(test)]
mod tests;

pub use config::{ROUTE_SECTION, SECTION, between, jitter_of};
pub use jitter::Jitter;
pub use place::{Level, Place};
pub(super) use placed::Placed;
pub use plan::{Distances, Gap, Plan, Route};

use crate::base::{ClientId, NodeId, SimDuration};

/// Who is where, and how far places are from one another.
#[derive(Clone, PartialEq, Debug)]
pub struct Topology {
    /// The places in which somebody is, in the order in which they are named.
    places: Vec<Place>,
    /// The places of nodes, by their number in `places`, from the first again at the end.
    nodes: Vec<u32>,
    /// The places of clients, in the same way; empty if they are in none.
    clients: Vec<u32>,
    /// By sender and receiver: one way, without jitter.
    latencies: Vec<SimDuration>,
    jitter: Jitter,
}

impl Topology {
    /// The most places: a row and a column of the table each.
    pub const MOST_PLACES: usize = 256;

    /// The places in which somebody is, in the order in which they are named.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where `node` is.
    pub fn of_node(&self, node: NodeId) -> &Place {
        &self.places[self.node_number(node)]
    }

    /// Where `client` is, if clients are anywhere.
    pub fn of_client(&self, client: ClientId) -> Option<&Place> {
        self.client_number(client).map(|number| &self.places[number])
    }

    /// Those of `nodes` nodes that are in `place`.
    pub fn nodes_in(&self, place: &Place, nodes: u32) -> Vec<NodeId> {
        (0..nodes).map(NodeId).filter(|node| place.holds(self.of_node(*node))).collect()
    }

    /// Whether any node may be in `place`.
    pub fn holds_nodes(&self, place: &Place) -> bool {
        self.nodes.iter().any(|number| place.holds(&self.places[*number as usize]))
    }

    /// The latency from one node to another, one way, without jitter.
    pub fn latency(&self, from: NodeId, to: NodeId) -> SimDuration {
        self.between(self.node_number(from), self.node_number(to))
    }

    /// The shortest way from one of `nodes` nodes to another.
    pub fn least_hop(&self, nodes: u32) -> SimDuration {
        let counts = self.counts(nodes);
        let taken: Vec<usize> = (0..counts.len()).filter(|place| counts[*place] > 0).collect();
        let pairs = taken.iter().flat_map(|from| taken.iter().map(move |to| (*from, *to)));
        let others = pairs.filter(|(from, to)| from != to || counts[*from] > 1);
        others.map(|(from, to)| self.jitter.least(self.between(from, to))).min().unwrap_or(SimDuration::ZERO)
    }

    /// The shortest round trip from a client to a node, and back; `None` if clients are in no place.
    pub fn least_answer(&self, nodes: u32, clients: u32) -> Option<SimDuration> {
        let clients = self.clients.iter().take(clients as usize).map(|client| *client as usize);
        let nodes: Vec<usize> = self.nodes.iter().take(nodes as usize).map(|node| *node as usize).collect();
        clients.flat_map(|client| nodes.iter().map(move |node| self.least_trip(client, *node))).min()
    }

    /// The shortest round trip from some node of `nodes` to the last of the nearest others that make
    /// a majority with it: before that nobody has one.
    pub fn least_majority(&self, nodes: u32) -> SimDuration {
        let counts = self.counts(nodes);
        let others = nodes / 2;
        if others == 0 {
            return SimDuration::ZERO;
        }
        // The shortest trip within which enough others are.
        let farthest = |from: usize| {
            let trips = (0..counts.len()).map(|to| self.least_trip(from, to));
            let within = |most: SimDuration| -> u32 {
                let near = (0..counts.len()).filter(|to| self.least_trip(from, *to) <= most);
                near.map(|to| counts[to] - u32::from(from == to)).sum()
            };
            trips.filter(|trip| within(*trip) >= others).min().unwrap_or(SimDuration::ZERO)
        };
        (0..counts.len()).filter(|place| counts[*place] > 0).map(farthest).min().unwrap_or(SimDuration::ZERO)
    }

    /// How many of `nodes` nodes are in each place.
    fn counts(&self, nodes: u32) -> Vec<u32> {
        let mut counts = vec![0; self.places.len()];
        (0..nodes).for_each(|node| counts[self.node_number(NodeId(node))] += 1);
        counts
    }

    fn least_trip(&self, from: usize, to: usize) -> SimDuration {
        self.jitter.least(self.between(from, to)) + self.jitter.least(self.between(to, from))
    }

    fn between(&self, from: usize, to: usize) -> SimDuration {
        self.latencies[from * self.places.len() + to]
    }

    fn node_number(&self, node: NodeId) -> usize {
        self.nodes[node.index() % self.nodes.len()] as usize
    }

    fn client_number(&self, client: ClientId) -> Option<usize> {
        let number = self.clients.get(client.index() % self.clients.len().max(1))?;
        Some(*number as usize)
    }
}
