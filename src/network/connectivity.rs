//! Who can still talk to whom.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Partitions;
use crate::base::{LinkId, NodeId};

/// The nodes as a directed graph of open links between live nodes.
#[derive(Clone, Debug)]
pub struct Connectivity {
    graph: DiGraph<NodeId, ()>,
}

impl Connectivity {
    /// The graph of the nodes for which `up` holds, under `partitions`.
    ///
    /// Costs the square of the number of nodes: it is for faults and reports, not for messages.
    pub fn new(nodes: u32, up: impl Fn(NodeId) -> bool, partitions: &Partitions) -> Self {
        let mut graph = DiGraph::new();
        let live: Vec<NodeIndex> =
            (0..nodes).map(NodeId).filter(|node| up(*node)).map(|node| graph.add_node(node)).collect();
        for &from in &live {
            for &to in &live {
                if from != to && !partitions.blocks(LinkId::new(graph[from], graph[to])) {
                    graph.add_edge(from, to, ());
                }
            }
        }
        Connectivity { graph }
    }

    /// The groups in which everyone reaches everyone, by way of others if need be:
    /// strongly connected components, largest first, each in order of id.
    pub fn components(&self) -> Vec<Vec<NodeId>> {
        let mut components: Vec<Vec<NodeId>> = tarjan_scc(&self.graph)
            .into_iter()
            .map(|component| {
                let mut nodes: Vec<NodeId> = component.into_iter().map(|index| self.graph[index]).collect();
                nodes.sort_unstable();
                nodes
            })
            .collect();
        components.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        components
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_way_cut_leaves_a_node_outside_the_component() {
        let mut partitions = Partitions::default();
        let others: Vec<NodeId> = [1, 2].map(NodeId).to_vec();
        partitions.silence(&[NodeId(0)], &others, true).unwrap();
        let components = Connectivity::new(4, |node| node != NodeId(3), &partitions).components();
        assert_eq!(components, [vec![NodeId(1), NodeId(2)], vec![NodeId(0)]]);
    }
}
