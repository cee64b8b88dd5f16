//! What a protocol may know of the rest of a scenario to judge its own section.
//!
//! A part that is wrong in itself is not there: what depends on it is not judged, all else is, so
//! that one slip hides no other.

use super::decode::Decoded;
use crate::base::{Latency, Probability, SimDuration};
use crate::network::{LinkOverride, NetworkConfig};
use crate::storage::DiskConfig;

/// The rest of a scenario, in which a protocol's settings must make sense.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// How many nodes.
    pub nodes: Option<u32>,
    /// How long the run lasts.
    pub duration: Option<SimDuration>,
    /// The network.
    pub network: Option<&'a NetworkConfig>,
    /// Every node's disk.
    pub disk: Option<&'a DiskConfig>,
    /// How long a node is busy with one message.
    pub service_time: Option<SimDuration>,
}

/// What a message from one node to another and the answer take at least, if the receiver writes
/// something down before it answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoundTrip {
    /// There and back.
    pub travel: SimDuration,
    /// What links need to transmit both.
    pub transmission: SimDuration,
    /// One sync of the receiver's disk.
    pub sync: SimDuration,
    /// What the receiver is busy with one message.
    pub service: SimDuration,
    /// The key that says how long the travel takes.
    pub way: &'static str,
}

impl RoundTrip {
    /// All of it.
    pub fn total(&self) -> SimDuration {
        self.travel + self.transmission + self.sync + self.service
    }

    /// The key behind the largest part of it.
    pub fn culprit(&self) -> &'static str {
        let own = [(self.service, "service_time"), (self.sync, "sync"), (self.transmission, "bandwidth")];
        let parts = own.into_iter().chain([(self.travel, self.way)]);
        // Of equal parts the last: the network is the first that comes to mind.
        parts.max_by_key(|(part, _)| *part).map_or(self.way, |(_, key)| key)
    }
}

impl Surroundings<'_> {
    /// The shortest round trip between any two nodes, if all that it depends on is known. Where
    /// nodes have places, and no link is set apart, that to a majority. Message and answer are `bytes`
    /// together.
    pub fn least_round_trip(&self, bytes: u64) -> Option<RoundTrip> {
        let (network, nodes) = (self.network?, self.nodes?);
        let (sync, service) = (self.disk?.sync.least(), self.service_time?);
        let transmission = transmission(network, nodes, bytes);
        let topology = network.topology.as_deref();
        let is_plain = network.overrides.iter().all(|link| link.latency.is_none());
        if let Some(topology) = topology.filter(|_| is_plain) {
            let travel = topology.least_majority(nodes);
            return Some(RoundTrip { travel, transmission, sync, service, way: WAY_BY_PLACE });
        }
        let base = topology.map_or(network.links.latency.least(), |topology| topology.least_hop(nodes));
        let latencies = in_force(network, nodes, base, |link| link.latency.as_ref().map(Latency::least));
        let hop = latencies.into_iter().min().unwrap_or(SimDuration::ZERO);
        Some(RoundTrip { travel: hop + hop, transmission, sync, service, way: "latency" })
    }

    /// The shortest round trip between any of so many clients and any node, and the key that says
    /// so, if the network is known.
    pub(super) fn least_answer(&self, clients: u32) -> Option<(SimDuration, &'static str)> {
        let network = self.network?;
        let by_place =
            network.topology.as_ref().and_then(|topology| topology.least_answer(self.nodes?, clients));
        let hop = network.links.latency.least();
        Some(by_place.map_or((hop + hop, "latency"), |trip| (trip, WAY_BY_PLACE)))
    }

    /// Whether no message between nodes ever arrives, as far as is known.
    pub fn loses_everything(&self) -> bool {
        let (Some(network), Some(nodes)) = (self.network, self.nodes) else { return false };
        let losses = in_force(network, nodes, network.links.loss, |link| link.loss);
        losses.iter().all(|loss| *loss == Probability::ALWAYS)
    }
}

/// The key that says how far places are from one another, where one key does.
const WAY_BY_PLACE: &str = "matrix";

/// What the fastest link between two nodes needs for so many bytes; none where one has no limit.
fn transmission(network: &NetworkConfig, nodes: u32, bytes: u64) -> SimDuration {
    let bandwidths = in_force(network, nodes, network.links.bandwidth, |link| link.bandwidth.map(Some));
    let fastest = bandwidths.into_iter().collect::<Option<Vec<u64>>>().and_then(|all| all.into_iter().max());
    fastest.map_or(SimDuration::ZERO, |fastest| SimDuration::from_ns(bytes * 1_000_000_000 / fastest))
}

/// The values that links between nodes may have: the last override that matches holds, so what
/// lies behind one that matches every link is out of reach.
fn in_force<T>(
    network: &NetworkConfig,
    nodes: u32,
    base: T,
    of: impl Fn(&LinkOverride) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::new();
    for link in network.overrides.iter().rev() {
        let Some(value) = of(link) else { continue };
        values.push(value);
        if is_every_link(link, nodes) {
            return values;
        }
    }
    values.push(base);
    values
}

/// Whether `link` speaks of every link between `nodes` nodes. No list names a node twice.
fn is_every_link(link: &LinkOverride, nodes: u32) -> bool {
    [&link.from, &link.to].into_iter().all(|named| named.is_empty() || named.len() == nodes as usize)
}

/// The places where `[network]` and its links say something of every link, those that hold first.
pub(super) fn of_every_link<'d>(
    network: &'d Decoded,
    links: &'d [Decoded],
    config: Option<&NetworkConfig>,
    nodes: Option<u32>,
) -> Vec<&'d Decoded> {
    let overrides = config.map_or(&[][..], |config| &config.overrides);
    let whole = links.iter().zip(overrides).rev();
    let whole = whole.filter(|(_, link)| nodes.is_some_and(|nodes| is_every_link(link, nodes)));
    whole.map(|(table, _)| table).chain([network]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::NodeId;

    fn ms(ms: u64) -> SimDuration {
        SimDuration::from_ms(ms)
    }

    fn link(from: &[u32], latency: Option<u64>, loss: Option<Probability>) -> LinkOverride {
        let from = from.iter().copied().map(NodeId).collect();
        let latency = latency.map(|latency| Latency::Constant(ms(latency)));
        LinkOverride { from, latency, loss, ..LinkOverride::default() }
    }

    /// What is known of three nodes with these links.
    fn known(overrides: Vec<LinkOverride>, judge: impl FnOnce(&Surroundings<'_>)) {
        let network = NetworkConfig { overrides, ..NetworkConfig::default() };
        let disk = DiskConfig { sync: Latency::Constant(ms(5)), ..DiskConfig::default() };
        judge(&Surroundings {
            nodes: Some(3),
            duration: Some(ms(1)),
            network: Some(&network),
            disk: Some(&disk),
            service_time: Some(ms(2)),
        });
    }

    #[test]
    fn the_shortest_link_that_is_in_force_counts() {
        let travel = |overrides, expected| {
            known(overrides, |known| {
                let trip = known.least_round_trip(100).unwrap();
                let (travel, transmission) = (ms(expected), SimDuration::ZERO);
                let expected =
                    RoundTrip { travel, transmission, sync: ms(5), service: ms(2), way: "latency" };
                assert_eq!(trip, expected);
            });
        };
        travel(vec![], 2);
        // Some links are slow, others are not.
        travel(vec![link(&[0], Some(50), None)], 2);
        travel(vec![link(&[], Some(50), None)], 100);
        travel(vec![link(&[0, 1, 2], Some(50), None), link(&[1], Some(3), None)], 6);
        // What a later one covers is not in force.
        travel(vec![link(&[1], Some(3), None), link(&[], Some(50), None)], 100);
        travel(vec![link(&[], None, None)], 2);
    }

    #[test]
    fn the_widest_link_that_is_in_force_transmits() {
        let wide =
            |from: &[u32], bandwidth| LinkOverride { bandwidth: Some(bandwidth), ..link(from, None, None) };
        let takes = |overrides, expected| {
            known(overrides, |known| {
                assert_eq!(known.least_round_trip(100).unwrap().transmission, ms(expected));
            });
        };
        // The other links have no limit.
        takes(vec![wide(&[0], 1_000)], 0);
        takes(vec![wide(&[], 1_000)], 100);
        takes(vec![wide(&[], 1_000), wide(&[1], 5_000)], 20);
        takes(vec![wide(&[1], 5_000), wide(&[], 1_000)], 100);
    }

    #[test]
    fn the_largest_part_of_a_round_trip_is_to_blame() {
        let culprit = |travel, transmission, sync, service| {
            let [travel, transmission, sync, service] = [travel, transmission, sync, service].map(ms);
            RoundTrip { travel, transmission, sync, service, way: "latency" }.culprit()
        };
        assert_eq!(culprit(1, 1, 2, 3), "service_time");
        assert_eq!(culprit(1, 1, 3, 2), "sync");
        assert_eq!(culprit(1, 4, 3, 2), "bandwidth");
        assert_eq!(culprit(3, 1, 2, 1), "latency");
        assert_eq!(culprit(0, 0, 0, 0), "latency");
    }

    #[test]
    fn everything_is_lost_only_where_no_link_is_left() {
        let all = Some(Probability::ALWAYS);
        known(vec![], |known| assert!(!known.loses_everything()));
        known(vec![link(&[0, 1], None, all)], |known| assert!(!known.loses_everything()));
        known(vec![link(&[], None, all)], |known| assert!(known.loses_everything()));
        let saved = vec![link(&[], None, all), link(&[1], None, Some(Probability::NEVER))];
        known(saved, |known| assert!(!known.loses_everything()));
    }

    #[test]
    fn what_depends_on_a_part_that_is_not_known_is_not_judged() {
        known(vec![], |known| {
            assert_eq!(Surroundings { network: None, ..*known }.least_round_trip(1), None);
            assert_eq!(Surroundings { service_time: None, ..*known }.least_round_trip(1), None);
            assert!(!Surroundings { nodes: None, ..*known }.loses_everything());
        });
    }
}
