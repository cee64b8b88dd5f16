//! Latencies by routing: each pair of places along the shortest way.

use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Gap, Place, Route, Topology};
use crate::base::SimDuration;

/// The latencies between `places`, row by row, along the shortest way over `routes`, and within a
/// region also over what `local` says of places that no route joins.
///
/// A route between places that hold others joins all that lie in them; a place of a route in which
/// nobody is, is on the way only.
///
/// # Errors
/// The first two places that no way joins, or that there are too many.
pub(super) fn shortest(
    places: &[Place],
    routes: &[Route],
    local: impl Fn(&Place, &Place) -> Option<SimDuration>,
) -> Result<Vec<SimDuration>, Gap> {
    let mut all = places.to_vec();
    for end in routes.iter().flat_map(|route| &route.between) {
        if !all.iter().any(|place| end.holds(place)) {
            all.push(end.clone());
        }
        if all.len() > Topology::MOST_PLACES {
            return Err(Gap::TooMany);
        }
    }
    let graph = graph(&all, routes, &local);
    let mut latencies = Vec::with_capacity(places.len() * places.len());
    for (i, from) in places.iter().enumerate() {
        // The map it answers with is looked up and never iterated, so its random order shows nowhere.
        let reached = dijkstra(&graph, NodeIndex::new(i), None, |edge| *edge.weight());
        for (j, to) in places.iter().enumerate() {
            let latency = match i == j {
                true => local(from, to),
                false => reached.get(&NodeIndex::new(j)).copied().map(SimDuration::from_ns),
            };
            latencies.push(latency.ok_or_else(|| Gap::NoWay(from.clone(), to.clone()))?);
        }
    }
    Ok(latencies)
}

/// The graph of `places` with their latencies in nanoseconds: one edge for each ordered pair, however
/// many routes join it.
fn graph(
    places: &[Place],
    routes: &[Route],
    local: impl Fn(&Place, &Place) -> Option<SimDuration>,
) -> DiGraph<(), u64> {
    let mut direct: Vec<Option<SimDuration>> = vec![None; places.len() * places.len()];
    let mut join = |from: usize, to: usize, latency: SimDuration| {
        let known = &mut direct[from * places.len() + to];
        *known = Some(known.map_or(latency, |known| known.min(latency)));
    };
    let inside = |end: &Place| (0..places.len()).filter(|&i| end.holds(&places[i])).collect::<Vec<usize>>();
    for Route { between: [one, other], there, back } in routes {
        let (ones, others) = (inside(one), inside(other));
        for &i in &ones {
            for &j in others.iter().filter(|&&j| j != i) {
                join(i, j, *there);
                join(j, i, *back);
            }
        }
    }
    let mut graph = DiGraph::new();
    for _ in places {
        graph.add_node(());
    }
    for (i, from) in places.iter().enumerate() {
        for (j, to) in places.iter().enumerate().filter(|(j, _)| *j != i) {
            if let Some(latency) = direct[i * places.len() + j].or_else(|| local(from, to)) {
                graph.add_edge(NodeIndex::new(i), NodeIndex::new(j), latency.as_ns());
            }
        }
    }
    graph
}
