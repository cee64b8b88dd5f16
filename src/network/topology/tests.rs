//! The table of latencies against slow and obvious ways to the same.

use std::collections::BTreeMap;

use quickcheck::quickcheck;

use super::*;
use crate::base::{Draw, Latency, LinkId, Probability, Seed, Stream, StreamName};

fn place(name: &str) -> Place {
    Place::parse(name).unwrap()
}

fn places(names: &[&str]) -> Vec<Place> {
    names.iter().map(|name| place(name)).collect()
}

fn ms(ms: u64) -> SimDuration {
    SimDuration::from_ms(ms)
}

fn plan(nodes: &[&str], distances: Distances) -> Plan {
    Plan { nodes: places(nodes), clients: Vec::new(), distances, within: [None; 3], jitter: Jitter::None }
}

fn route(one: &str, other: &str, there: u64, back: u64) -> Route {
    Route { between: [place(one), place(other)], there: ms(there), back: ms(back) }
}

/// The shortest ways by Floyd and Warshall, from `direct` in nanoseconds.
fn floyd_warshall(mut direct: Vec<Vec<Option<u64>>>) -> Vec<Vec<Option<u64>>> {
    for over in 0..direct.len() {
        for from in 0..direct.len() {
            for to in 0..direct.len() {
                if let (Some(first), Some(second)) = (direct[from][over], direct[over][to]) {
                    let sum = first + second;
                    direct[from][to] = Some(direct[from][to].map_or(sum, |known| known.min(sum)));
                }
            }
        }
    }
    direct
}

const FEW: usize = 9;

quickcheck! {
    /// Regions `p0` to `p8`, of which the first five have nodes, joined by random routes.
    fn routing_is_the_shortest_way(ways: Vec<(u8, u8, u16, u16)>) -> bool {
        let name = |i: u8| format!("p{}", usize::from(i) % FEW);
        let routes: Vec<Route> = ways
            .iter()
            .filter(|(one, other, ..)| name(*one) != name(*other))
            .map(|(one, other, there, back)| {
                route(&name(*one), &name(*other), u64::from(*there), u64::from(*back))
            })
            .collect();
        let mut direct = vec![vec![None; FEW]; FEW];
        for Route { between: [one, other], there, back } in &routes {
            let index = |place: &Place| place.as_str()[1..].parse::<usize>().unwrap();
            let (one, other) = (index(one), index(other));
            let shorter = |known: Option<u64>, ns: u64| Some(known.map_or(ns, |known| known.min(ns)));
            direct[one][other] = shorter(direct[one][other], there.as_ns());
            direct[other][one] = shorter(direct[other][one], back.as_ns());
        }
        let shortest = floyd_warshall(direct);
        match plan(&["p0", "p1", "p2", "p3", "p4"], Distances::Routes(routes)).topology() {
            Err(gap) => {
                let missing = |from: usize, to: usize| from != to && shortest[from][to].is_none();
                let any = (0..5).any(|from| (0..5).any(|to| missing(from, to)));
                any && matches!(gap, Gap::NoWay(..))
            }
            Ok(topology) => (0..5u32).all(|from| {
                (0..5u32).filter(|to| *to != from).all(|to| {
                    let ns = topology.latency(NodeId(from), NodeId(to)).as_ns();
                    shortest[from as usize][to as usize] == Some(ns)
                })
            }),
        }
    }

    /// What the nearest majority is, by trying every node and sorting its round trips.
    fn the_majority_is_as_far_as_its_farthest(latencies: Vec<u16>, nodes: u8) -> bool {
        let nodes = u32::from(nodes % 9) + 1;
        let names = ["a", "b", "c", "d"];
        let at = |i: usize| SimDuration::from_ns(latencies.get(i).copied().map_or(7, u64::from));
        let matrix: BTreeMap<(String, String), SimDuration> = (0..16)
            .map(|i| ((names[i / 4].to_owned(), names[i % 4].to_owned()), at(i)))
            .collect();
        let topology = plan(&names, Distances::Matrix(matrix)).topology().unwrap();
        let trip = |one: u32, other: u32| {
            topology.latency(NodeId(one), NodeId(other)) + topology.latency(NodeId(other), NodeId(one))
        };
        let of_majority = |one: u32| {
            let mut trips: Vec<SimDuration> = (0..nodes).filter(|other| *other != one).map(|other| trip(one, other)).collect();
            trips.sort_unstable();
            // With itself it is one more than half.
            (nodes / 2).checked_sub(1).map_or(SimDuration::ZERO, |last| trips[last as usize])
        };
        topology.least_majority(nodes) == (0..nodes).map(of_majority).min().unwrap()
    }
}

#[test]
fn a_route_of_a_region_is_one_of_each_of_its_zones() {
    let routes = vec![route("eu", "us", 40, 41), route("eu/a", "eu/b", 3, 4)];
    let nodes = ["eu/a", "eu/b", "eu/c/r1", "us/a", "eu/c/r2"];
    let within = [Some(ms(2)), None, Some(SimDuration::from_us(10))];
    let topology = Plan { within, ..plan(&nodes, Distances::Routes(routes)) }.topology().unwrap();
    let latency = |from, to| topology.latency(NodeId(from), NodeId(to));
    assert_eq!((latency(0, 3), latency(3, 0), latency(2, 3)), (ms(40), ms(41), ms(40)));
    assert_eq!((latency(0, 1), latency(1, 0)), (ms(3), ms(4)), "a route counts, where one is given");
    assert_eq!(latency(0, 2), ms(2), "zones of a region");
    assert_eq!(latency(2, 4), ms(2), "racks of a zone, of which nothing is said");
    assert_eq!(latency(2, 2), SimDuration::from_us(10), "one rack");
    // Nodes 0 and 5 share a place: the list begins again.
    assert_eq!(latency(0, 5), ms(2));
}

#[test]
fn a_place_without_nodes_is_on_the_way() {
    let routes = vec![route("a", "hub", 5, 6), route("hub", "b", 7, 8), route("a", "b", 50, 9)];
    let topology = plan(&["a", "b"], Distances::Routes(routes)).topology().unwrap();
    assert_eq!(topology.latency(NodeId(0), NodeId(1)), ms(12));
    assert_eq!(topology.latency(NodeId(1), NodeId(0)), ms(9));
    assert_eq!(topology.places(), places(&["a", "b"]));
}

#[test]
fn what_nothing_is_said_of_is_a_gap() {
    let gap = |plan: Plan| plan.topology().unwrap_err();
    let one_way = BTreeMap::from([(("a".to_owned(), "b".to_owned()), ms(1))]);
    let said = Plan { within: [Some(ms(1)), None, None], ..plan(&["a", "b"], Distances::Matrix(one_way)) };
    assert_eq!(gap(said.clone()), Gap::NoWay(place("b"), place("a")));
    assert_eq!(gap(Plan { within: [None; 3], ..said }), Gap::NoWay(place("a"), place("a")));
    assert_eq!(gap(plan(&["a", "b"], Distances::Routes(vec![]))), Gap::NoWay(place("a"), place("b")));
    let many: Vec<String> = (0..300).map(|i| format!("a/{i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(gap(plan(&many, Distances::Routes(vec![]))), Gap::TooMany);
}

/// Within 3σ, and never beyond its bounds.
#[test]
fn jitter_is_around_or_above() {
    let mut stream = Stream::new(Seed(4), StreamName::Network);
    let mut mean = |jitter: Jitter, least: u64, most: u64| {
        assert_eq!(jitter.least(ms(10)).as_ns(), least);
        let drawn: Vec<u64> = (0..200_000).map(|_| jitter.around(ms(10), &mut stream).as_ns()).collect();
        assert!(drawn.iter().all(|ns| (least..=most).contains(ns)));
        drawn.iter().sum::<u64>() as f64 / drawn.len() as f64
    };
    let share = Jitter::Share(Probability::new(0.1).unwrap());
    // A uniform of width w has the deviation w / √12.
    let sigma = |width: f64| width / 12f64.sqrt() / 200_000f64.sqrt();
    assert!((mean(share, 9_000_000, 11_000_000) - 1e7).abs() < 3.0 * sigma(2e6));
    let added = Jitter::Added(Latency::Uniform { min: ms(1), max: ms(3) });
    assert!((mean(added, 11_000_000, 13_000_000) - 1.2e7).abs() < 3.0 * sigma(2e6));
    let all = Jitter::Share(Probability::ALWAYS);
    assert!((mean(all, 0, 20_000_000) - 1e7).abs() < 3.0 * sigma(2e7));
}

#[test]
fn a_client_in_no_place_has_no_latency_by_place() {
    struct None64;
    impl Draw for None64 {
        fn next_u64(&mut self) -> u64 {
            0
        }
    }
    let matrix = ["aa", "ab", "ba", "bb"]
        .map(|pair| ((pair[..1].to_owned(), pair[1..].to_owned()), ms(if pair == "ab" { 7 } else { 1 })));
    let nowhere = plan(&["a", "b"], Distances::Matrix(matrix.into()));
    let placed = Plan { clients: places(&["a"]), ..nowhere.clone() };
    let travel = |plan: &Plan, link| {
        Placed::new(std::sync::Arc::new(plan.topology().unwrap()), 2, 2).travel(link, &mut None64)
    };
    let link = LinkId::new(ClientId(1), NodeId(1));
    assert_eq!(travel(&nowhere, link), None);
    assert_eq!(travel(&placed, link), Some(ms(7)));
    assert_eq!(travel(&nowhere, LinkId::new(NodeId(0), NodeId(1))), Some(ms(7)));
    assert_eq!(nowhere.topology().unwrap().least_answer(2, 2), None);
    assert_eq!(placed.topology().unwrap().least_answer(2, 2), Some(ms(2)));
}
