//! What comes before what, as reads demand it, and where that contradicts itself.

use std::collections::VecDeque;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::accesses::NONE;
use crate::base::Table;

/// That one version (or step) comes before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    /// The step that shows it.
    pub(super) by: u32,
    pub(super) why: Why,
}

/// Why one version comes before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// One session wrote both, in this order.
    WroteBoth,
    /// A session read the one and then wrote the other.
    ReadThenWrote,
    /// A session read the other after it had written the one.
    OwnWrite,
    /// A session read the other after it had read the one.
    ReadBefore,
    /// A session read the other after it had seen what this session wrote after the one.
    SawLater(u32),
    /// A session read the other after it had seen what was written after this session had read the one.
    SawAfterRead(u32),
    /// A session wrote the other after it had seen what was written after this session had read the one.
    WroteAfterRead(u32),
    /// A session read the other when the one, which this session wrote, was in its past.
    InThePast(u32),
    /// One session did both, in this order.
    SameSession,
    /// The one is a write and the other reads it.
    ReadFrom,
}

/// Those of `edges` that contradict the rest: they run against `rank`, an order in which things may have happened,
/// and lie on a circle. Without them there is none.
pub(super) fn contradictions(edges: &[Edge], rank: impl Fn(u32) -> u32) -> Vec<usize> {
    let is_backward = |edge: &Edge| rank(edge.from) >= rank(edge.to);
    // A circle stays within the ranks that edges lead back over.
    let mut spans: Vec<(u32, u32)> =
        edges.iter().filter(|edge| is_backward(edge)).map(|edge| (rank(edge.to), rank(edge.from))).collect();
    spans.sort_unstable();
    let spans = joined(&spans);
    let span_of = |node: u32| {
        let place = spans.partition_point(|&(from, _)| from <= rank(node));
        place.checked_sub(1).filter(|&place| rank(node) <= spans[place].1)
    };
    let is_inside = |edge: &Edge| span_of(edge.from).is_some() && span_of(edge.from) == span_of(edge.to);
    if spans.is_empty() {
        return Vec::new();
    }
    let inside: Vec<usize> = (0..edges.len()).filter(|&place| is_inside(&edges[place])).collect();
    let component = components(edges, &inside);
    let on_circle = |place: &usize| {
        let Edge { from, to, .. } = edges[*place];
        component(from) == component(to)
    };
    inside.into_iter().filter(|place| is_backward(&edges[*place])).filter(on_circle).collect()
}

/// The spans, sorted by where they begin, with those that overlap in one.
fn joined(spans: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for &(from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The strongly connected component of each end of the edges at `places`, by number.
fn components(edges: &[Edge], places: &[usize]) -> impl Fn(u32) -> u32 + use<> {
    let mut nodes: Vec<u32> = places.iter().flat_map(|&at| [edges[at].from, edges[at].to]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let index = |node: u32| nodes.binary_search(&node).expect("each end is a node") as u32;
    let mut graph = DiGraph::<(), ()>::with_capacity(nodes.len(), places.len());
    for _ in &nodes {
        graph.add_node(());
    }
    for &at in places {
        graph.add_edge(NodeIndex::from(index(edges[at].from)), NodeIndex::from(index(edges[at].to)), ());
    }
    let mut component = vec![NONE; nodes.len()];
    for (number, members) in (0..).zip(kosaraju_scc(&graph)) {
        members.into_iter().for_each(|member| component[member.index()] = number);
    }
    move |node| component[nodes.binary_search(&node).expect("each end is a node")]
}

/// Edges by where they begin.
pub(super) struct Ways<'e> {
    edges: &'e [Edge],
    /// The places of the edges, sorted by that.
    order: Vec<u32>,
}

impl<'e> Ways<'e> {
    pub(super) fn new(edges: &'e [Edge]) -> Self {
        let mut order: Vec<u32> = (0..edges.len() as u32).collect();
        order.sort_by_key(|&place| edges[place as usize].from);
        Ways { edges, order }
    }

    fn leaving(&self, node: u32) -> impl Iterator<Item = &'e Edge> {
        let begin = self.order.partition_point(|&place| self.edges[place as usize].from < node);
        let edges = self.edges;
        let from = self.order[begin..].iter().map(move |&place| &edges[place as usize]);
        from.take_while(move |edge| edge.from == node)
    }

    /// A shortest way from one node to another, first edge to last; empty if there is none.
    pub(super) fn between(&self, from: u32, to: u32) -> Vec<&'e Edge> {
        let mut came_by: Table<u32, &'e Edge> = Table::new();
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front().filter(|_| !came_by.contains(&to)) {
            for edge in self.leaving(node) {
                if edge.to != from && !came_by.contains(&edge.to) {
                    came_by.insert(edge.to, edge);
                    queue.push_back(edge.to);
                }
            }
        }
        let (mut way, mut node) = (Vec::new(), to);
        while let Some(edge) = came_by.get(&node).filter(|_| node != from) {
            way.push(*edge);
            node = edge.from;
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(u32, u32)]) -> Vec<Edge> {
        pairs.iter().map(|&(from, to)| Edge { from, to, by: 0, why: Why::WroteBoth }).collect()
    }

    #[test]
    fn what_leads_back_on_a_circle_contradicts() {
        let places = |pairs: &[(u32, u32)]| contradictions(&edges(pairs), |node| node);
        assert_eq!(places(&[(0, 1), (1, 2)]), [0; 0]);
        assert_eq!(places(&[(0, 1), (2, 1), (1, 3)]), [0; 0], "back, but not on a circle");
        assert_eq!(places(&[(0, 1), (1, 2), (2, 0), (3, 4)]), [2]);
        assert_eq!(places(&[(0, 1), (1, 0), (5, 6), (6, 5)]), [1, 3]);
        assert_eq!(places(&[(0, 4), (3, 1), (4, 3), (1, 2), (2, 0)]), [1, 2, 4], "spans that overlap");
        assert_eq!(places(&[(3, 3)]), [0], "before itself");
    }

    #[test]
    fn ways_are_shortest() {
        let edges = edges(&[(0, 1), (1, 2), (2, 3), (0, 2), (3, 0)]);
        let ways = Ways::new(&edges);
        let ends = |from, to| ways.between(from, to).iter().map(|edge| edge.to).collect::<Vec<_>>();
        assert_eq!(ends(0, 3), [2, 3]);
        assert_eq!(ends(3, 1), [0, 1]);
        assert_eq!(ends(9, 1), [0; 0]);
    }
}
