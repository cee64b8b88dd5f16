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

/// Edges that all agree on and that have no circle, to be held against those that somebody has of his own.
#[derive(Debug)]
pub(super) struct Agreed {
    /// By the rank of where they begin, …
    edges: Vec<Edge>,
    /// … which is this, …
    begin: Vec<u32>,
    /// … and that of where they end.
    end: Vec<u32>,
}

impl Agreed {
    /// `rank` is an order in which things may have happened: no edge leads back over it.
    pub(super) fn new(mut edges: Vec<Edge>, rank: impl Fn(u32) -> u32) -> Self {
        edges.sort_by_key(|edge| rank(edge.from));
        let begin = edges.iter().map(|edge| rank(edge.from)).collect();
        let end = edges.iter().map(|edge| rank(edge.to)).collect();
        Agreed { edges, begin, end }
    }

    pub(super) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Those of `own` that contradict the rest: they lead back over `rank` and lie on a circle. Without them there
    /// is none.
    pub(super) fn contradictions(&self, own: &[Edge], rank: impl Fn(u32) -> u32) -> Vec<Edge> {
        let is_backward = |edge: &Edge| rank(edge.from) >= rank(edge.to);
        // A circle stays within the ranks that edges lead back over.
        let back = own.iter().filter(|edge| is_backward(edge));
        let mut spans: Vec<(u32, u32)> = back.map(|edge| (rank(edge.to), rank(edge.from))).collect();
        if spans.is_empty() {
            return Vec::new();
        }
        spans.sort_unstable();
        let spans = joined(&spans);
        let mut inside = Vec::new();
        for &(from, to) in &spans {
            let places = self.begin.partition_point(|&begin| begin < from)..;
            let some = places.take_while(|&place| self.begin.get(place).is_some_and(|&begin| begin <= to));
            inside.extend(some.filter(|&place| self.end[place] <= to).map(|place| self.edges[place]));
        }
        let span_of = |node: u32| {
            let place = spans.partition_point(|&(from, _)| from <= rank(node));
            place.checked_sub(1).filter(|&place| rank(node) <= spans[place].1)
        };
        let is_inside = |edge: &&Edge| span_of(edge.from).is_some() && span_of(edge.from) == span_of(edge.to);
        inside.extend(own.iter().filter(is_inside));
        let component = components(&inside);
        let is_against = |edge: &&Edge| is_backward(edge) && component(edge.from) == component(edge.to);
        own.iter().filter(is_against).copied().collect()
    }
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

/// Those of `edges` that lie on a circle.
pub(super) fn on_circles(edges: &[Edge]) -> Vec<Edge> {
    let component = components(edges);
    edges.iter().filter(|edge| component(edge.from) == component(edge.to)).copied().collect()
}

/// The strongly connected component of each end of `edges`, by number.
fn components(edges: &[Edge]) -> impl Fn(u32) -> u32 + use<> {
    let mut nodes: Vec<u32> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let index = |node: u32| NodeIndex::from(nodes.binary_search(&node).expect("each end is a node") as u32);
    let mut graph = DiGraph::<(), ()>::with_capacity(nodes.len(), edges.len());
    for _ in &nodes {
        graph.add_node(());
    }
    for edge in edges {
        graph.add_edge(index(edge.from), index(edge.to), ());
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
        let against = |agreed: &[(u32, u32)], own: &[(u32, u32)]| {
            let agreed = Agreed::new(edges(agreed), |node| node);
            let against = agreed.contradictions(&edges(own), |node| node);
            against.iter().map(|edge| (edge.from, edge.to)).collect::<Vec<_>>()
        };
        assert_eq!(against(&[(0, 1), (1, 2)], &[(0, 2)]), []);
        assert_eq!(against(&[(0, 1), (1, 3)], &[(2, 1)]), [], "back, but not on a circle");
        assert_eq!(against(&[(0, 1), (1, 2), (3, 4)], &[(2, 0)]), [(2, 0)]);
        assert_eq!(against(&[(0, 1), (5, 6)], &[(1, 0), (6, 5)]), [(1, 0), (6, 5)]);
        assert_eq!(against(&[(1, 2)], &[(0, 4), (3, 1), (4, 3), (2, 0)]), [(3, 1), (4, 3), (2, 0)]);
        assert_eq!(against(&[(0, 4), (1, 2)], &[(3, 1), (4, 3)]), [], "spans that overlap");
        assert_eq!(against(&[], &[(3, 3)]), [(3, 3)], "before itself");
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
