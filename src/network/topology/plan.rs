//! What a scenario says of places, and the table of latencies that follows from it.

use std::collections::BTreeMap;

use super::{Jitter, Level, Place, Topology, routes};
use crate::base::SimDuration;

/// Where nodes and clients are, and how far places are from one another.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The places of nodes 0, 1 and so on; from the first again where there are more nodes.
    pub nodes: Vec<Place>,
    /// Those of clients; if empty, clients are in no place.
    pub clients: Vec<Place>,
    /// How far regions, or any places, are from one another.
    pub distances: Distances,
    /// The latency within each level of place, one way: region, zone, rack. Where it is unset that
    /// of the level above counts, and above the region what the distances say of it, or
    /// [`Plan::WITHIN_A_REGION`].
    pub within: [Option<SimDuration>; 3],
    /// What each message has on top.
    pub jitter: Jitter,
}

/// Where the latencies between places come from.
#[derive(Clone, PartialEq, Debug)]
pub enum Distances {
    /// Measured from one region to another, one way, for each ordered pair.
    Matrix(BTreeMap<(String, String), SimDuration>),
    /// Added up along the shortest way.
    Routes(Vec<Route>),
}

/// A way between two places that touches no third. One that holds others stands for all of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// The two places.
    pub between: [Place; 2],
    /// The latency from the first to the second, one way.
    pub there: SimDuration,
    /// The latency from the second to the first.
    pub back: SimDuration,
}

/// Why there is no table of latencies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Gap {
    /// Nothing says how far the second place is from the first.
    NoWay(Place, Place),
    /// There are more places than [`Topology::MOST_PLACES`].
    TooMany,
}

impl Plan {
    /// One way between two zones of a region where nothing is said of it: a round trip of 1 ms.
    pub const WITHIN_A_REGION: SimDuration = SimDuration::from_us(500);

    /// The topology that is planned. Costs the cube of the number of places, once.
    ///
    /// # Errors
    /// The first two places of which nothing says how far they are from one another; or that
    /// there are too many places.
    pub fn topology(&self) -> Result<Topology, Gap> {
        let mut places: Vec<Place> = Vec::new();
        for place in self.nodes.iter().chain(&self.clients) {
            if !places.contains(place) {
                places.push(place.clone());
            }
            if places.len() > Topology::MOST_PLACES {
                return Err(Gap::TooMany);
            }
        }
        let latencies = match &self.distances {
            Distances::Routes(ways) => routes::shortest(&places, ways, |from, to| self.local(from, to))?,
            Distances::Matrix(matrix) => {
                let pairs = places.iter().flat_map(|from| places.iter().map(move |to| (from, to)));
                let latency = |(from, to): (&Place, &Place)| {
                    let measured =
                        || matrix.get(&(from.region().to_owned(), to.region().to_owned())).copied();
                    let latency = self.local(from, to).or_else(measured);
                    latency.ok_or_else(|| Gap::NoWay(from.clone(), to.clone()))
                };
                pairs.map(latency).collect::<Result<_, _>>()?
            }
        };
        let index = |place: &Place| places.iter().position(|other| other == place).unwrap_or_default() as u32;
        let [nodes, clients] = [&self.nodes, &self.clients].map(|list| list.iter().map(index).collect());
        Ok(Topology { places, nodes, clients, latencies, jitter: self.jitter.clone() })
    }

    /// The latency between places of one region, as far as it is said or assumed.
    fn local(&self, from: &Place, to: &Place) -> Option<SimDuration> {
        let shared = from.shared_with(to)?;
        let said = self.within[Level::Region as usize..=shared as usize].iter().rev().find_map(|said| *said);
        said.or(match self.distances {
            Distances::Matrix(_) => None,
            Distances::Routes(_) => Some(Plan::WITHIN_A_REGION),
        })
    }
}
