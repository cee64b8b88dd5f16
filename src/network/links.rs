//! What becomes of a message on its way.

use super::latest::Latest;
use super::topology::{Place, Placed};
use super::{LinkConfig, NetworkConfig, Partitions};
use crate::base::{ClientId, Draw, LinkId, SimDuration, SimTime};

impl LinkConfig {
    #[inline(always)]
    fn fate(&self, now: SimTime, draws: &mut impl Draw) -> Fate {
        self.fate_by(now, draws, |draws| self.latency.sample(draws))
    }

    /// The fate of a message whose `travel` takes so long.
    #[inline(always)]
    fn fate_by<D: Draw>(&self, now: SimTime, draws: &mut D, travel: impl Fn(&mut D) -> SimDuration) -> Fate {
        let lost = draws.chance(self.loss);
        let twice = draws.chance(self.duplicate);
        if lost {
            return Fate::Lost;
        }
        let at = now + travel(draws);
        let again = twice.then(|| now + travel(draws));
        Fate::Arrives { at, again }
    }
}

/// The links of a run.
#[derive(Clone, Debug)]
pub struct Network {
    config: NetworkConfig,
    /// Which links are blocked.
    pub partitions: Partitions,
    latest: Latest,
    /// Everybody in their places, if there are any. Larger than what the short way reads.
    placed: Option<Box<Placed>>,
}

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It never arrives.
    Lost,
    /// It arrives once, or twice.
    Arrives {
        /// When.
        at: SimTime,
        /// When a second copy does.
        again: Option<SimTime>,
    },
}

impl Network {
    /// A network as configured, between that many nodes and clients.
    pub fn new(config: NetworkConfig, nodes: usize, clients: usize) -> Self {
        let latest = if config.fifo { Latest::new(nodes, clients) } else { Latest::default() };
        let placed = config.topology.clone().map(|topology| Box::new(Placed::new(topology, nodes, clients)));
        Network { config, partitions: Partitions::default(), latest, placed }
    }

    /// The clients in the place called `name`, and those in other places. One in no place is among
    /// neither.
    pub fn clients_by_place(&self, name: &str) -> [Vec<ClientId>; 2] {
        let place = Place::parse(name).zip(self.placed.as_ref());
        place.map_or_else(Default::default, |(place, placed)| placed.clients_by(&place))
    }

    /// Whether all links are alike and open.
    pub fn is_plain(&self) -> bool {
        self.placed.is_none() && self.config.overrides.is_empty() && self.partitions.is_empty()
    }

    /// [`fate`](Network::fate) where the network [is plain](Network::is_plain).
    #[inline(always)]
    pub fn plain_fate(&self, now: SimTime, draws: &mut impl Draw) -> Fate {
        self.config.links.fate(now, draws)
    }

    /// Decides a message that enters `link` at `now`: loss, duplication, then a delay
    /// for each copy, in that order of draws. What arrives still goes through
    /// [`in_order`](Network::in_order).
    #[inline(always)]
    pub fn fate(&self, link: LinkId, now: SimTime, draws: &mut impl Draw) -> Fate {
        match &self.placed {
            _ if !self.config.overrides.is_empty() => self.special_fate(link, now, draws),
            None => self.config.links.fate(now, draws),
            Some(placed) => {
                let links = &self.config.links;
                links.fate_by(now, draws, |draws| {
                    placed.travel(link, draws).unwrap_or_else(|| links.latency.sample(draws))
                })
            }
        }
    }

    #[cold]
    fn special_fate(&self, link: LinkId, now: SimTime, draws: &mut impl Draw) -> Fate {
        let (config, is_own) = self.special(link);
        let placed = self.placed.as_ref().filter(|_| !is_own);
        config.fate_by(now, draws, |draws| {
            let travel = placed.and_then(|placed| placed.travel(link, draws));
            travel.unwrap_or_else(|| config.latency.sample(draws))
        })
    }

    /// When a message that would arrive at `at` does: on a FIFO link not before those sent earlier.
    #[inline(always)]
    pub fn in_order(&mut self, link: LinkId, at: SimTime) -> SimTime {
        if self.config.fifo { self.latest.push_back(link, at) } else { at }
    }

    /// What `link` does, overrides applied, and whether its latency is one of them. Links to and
    /// from clients have none.
    fn special(&self, link: LinkId) -> (LinkConfig, bool) {
        let mut config = self.config.links.clone();
        let mut is_own = false;
        if let (Some(from), Some(to)) = (link.from.as_node(), link.to.as_node()) {
            for special in self.config.overrides.iter().filter(|special| special.matches(from, to)) {
                is_own |= special.latency.is_some();
                config.latency = special.latency.clone().unwrap_or(config.latency);
                config.loss = special.loss.unwrap_or(config.loss);
                config.duplicate = special.duplicate.unwrap_or(config.duplicate);
            }
        }
        (config, is_own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{FateKeys, Latency, NodeId, Probability, Seed, SimDuration};
    use crate::network::LinkOverride;

    fn ms(ms: u64) -> SimDuration {
        SimDuration::from_ms(ms)
    }

    fn config(loss: f64, duplicate: f64) -> NetworkConfig {
        NetworkConfig {
            links: LinkConfig {
                latency: Latency::Uniform { min: ms(1), max: ms(10) },
                loss: Probability::new(loss).unwrap(),
                duplicate: Probability::new(duplicate).unwrap(),
            },
            ..NetworkConfig::default()
        }
    }

    fn fates(config: NetworkConfig, count: u64) -> Vec<Fate> {
        let link = LinkId::new(NodeId(0), NodeId(1));
        let mut network = Network::new(config, 2, 0);
        let keys = FateKeys::new(Seed(9));
        let fate = |i| {
            let now = SimTime::from_ns(i * 1_000_000);
            match network.fate(link, now, &mut keys.link(link).message(now, 0)) {
                Fate::Lost => Fate::Lost,
                Fate::Arrives { at, again } => Fate::Arrives { at: network.in_order(link, at), again },
            }
        };
        (0..count).map(fate).collect()
    }

    #[test]
    fn loss_and_duplication_happen_at_the_asked_rate() {
        let all = fates(config(0.1, 0.2), 100_000);
        let lost = all.iter().filter(|fate| **fate == Fate::Lost).count() as f64;
        let twice =
            all.iter().filter(|fate| matches!(fate, Fate::Arrives { again: Some(_), .. })).count() as f64;
        assert!((lost - 10_000.0).abs() < 3.0 * (100_000.0f64 * 0.1 * 0.9).sqrt(), "{lost}");
        assert!((twice - 18_000.0).abs() < 3.0 * (100_000.0f64 * 0.18 * 0.82).sqrt(), "{twice}");
    }

    #[test]
    fn messages_overtake_each_other_unless_the_link_is_fifo() {
        let overtakes = |config| {
            let arrivals: Vec<SimTime> = fates(config, 1_000)
                .into_iter()
                .filter_map(|fate| match fate {
                    Fate::Arrives { at, .. } => Some(at),
                    Fate::Lost => None,
                })
                .collect();
            arrivals.windows(2).filter(|pair| pair[1] < pair[0]).count()
        };
        assert!(overtakes(config(0.0, 0.0)) > 100);
        assert_eq!(overtakes(NetworkConfig { fifo: true, ..config(0.0, 0.0) }), 0);
    }

    #[test]
    fn the_last_override_that_matches_holds() {
        let slow = |from: u32, latency: u64| LinkOverride {
            from: vec![NodeId(from)],
            to: vec![],
            latency: Some(Latency::Constant(ms(latency))),
            loss: None,
            duplicate: None,
        };
        let mut config = config(0.0, 0.0);
        config.overrides = vec![slow(0, 50), slow(0, 70), slow(1, 90)];
        for (i, fate) in fates(config, 10).into_iter().enumerate() {
            let sent = SimTime::from_ns(i as u64 * 1_000_000);
            assert_eq!(fate, Fate::Arrives { at: sent + ms(70), again: None });
        }
    }
}
