//! What becomes of a message on its way.
//!
//! The short way ([`plain_fate`](Network::plain_fate)) knows latency, loss and duplication on links
//! that are all alike. The long way ([`course`](Network::course)) asks all questions, in this order:
//!
//! ```text
//! lost by chance? ─▶ lost in a burst? ─▶ buffer full? ─▶ travels ─▶ corrupted? held back? ─▶ disturbed?
//! ```
//!
//! A message that is lost is lost for the first reason there is. Both ways come to the same for a
//! message that nothing else hits: it has the same draws ([`draws`]).

use super::bursts::Weather;
use super::per_link::PerLink;
use super::topology::{Place, Placed};
use super::wire::{Transmission, Wire};
use super::{Disturbances, LinkConfig, LinkOverride, NetworkConfig, Partitions, draws};
use crate::base::{ClientId, Draw, LinkId, Numbered, SimTime};

impl LinkConfig {
    #[inline(always)]
    fn fate(&self, now: SimTime, draws: &mut impl Draw) -> Fate {
        let lost = draws.chance(self.loss);
        let twice = draws.chance(self.duplicate);
        if lost {
            return Fate::Lost;
        }
        let at = now + self.latency.sample(draws);
        let again = twice.then(|| now + self.latency.sample(draws));
        Fate::Arrives { at, again }
    }
}

/// The links of a run.
#[derive(Clone, Debug)]
pub struct Network {
    config: NetworkConfig,
    /// Which links are blocked.
    pub partitions: Partitions,
    /// Which links are clogged, slow or degraded.
    pub disturbances: Disturbances,
    /// Whether latency, loss and duplication are all there is, on all links alike.
    has_plain_links: bool,
    /// The latest arrival on each link, where it is FIFO.
    latest: PerLink<SimTime>,
    states: PerLink<State>,
    /// Everybody in their places, if there are any. Larger than what the short way reads.
    placed: Option<Box<Placed>>,
}

/// What lasts on a link from one message to the next.
#[derive(Clone, Copy, Default, Debug)]
struct State {
    wire: Wire,
    weather: Weather,
}

/// What becomes of a message on the short way.
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

/// A message that enters a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The link.
    pub link: LinkId,
    /// When.
    pub now: SimTime,
    /// Its length in bytes.
    pub size: u32,
}

/// What becomes of a message on the long way, and what had a part in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Course {
    /// Why it never arrives, if so. Then nothing else is of interest.
    pub lost: Option<Mishap>,
    /// How it arrives.
    pub first: Arrival,
    /// How a second copy arrives, if there is one.
    pub again: Option<Arrival>,
    /// Whether chance made the second copy.
    pub doubled: bool,
    /// Whether it waited for others to be transmitted.
    pub queued: bool,
    /// Whether chance held it, or its copy, back.
    pub reordered: bool,
    /// Whether a slow link delayed it.
    pub slowed: bool,
    /// Whether a degraded link doubled it, held it back or took longer to transmit it. What it lost
    /// or corrupted is told by [`Mishap::Degraded`].
    pub degraded: bool,
}

/// How a copy arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// When.
    pub at: SimTime,
    /// Random bits to corrupt it with, and what did it, if anything.
    pub corrupted: Option<(u64, Mishap)>,
}

/// What went wrong with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mishap {
    /// Chance.
    Chance,
    /// A burst of loss.
    Burst,
    /// A buffer that was full.
    Overflow,
    /// A degraded link.
    Degraded,
}

impl Arrival {
    /// Unhurt, at `at`.
    pub(super) fn at(at: SimTime) -> Self {
        Arrival { at, corrupted: None }
    }
}

impl Course {
    fn arriving(at: SimTime) -> Self {
        let first = Arrival::at(at);
        let (doubled, queued, reordered, slowed, degraded) = (false, false, false, false, false);
        Course { lost: None, first, again: None, doubled, queued, reordered, slowed, degraded }
    }

    /// One copy or two.
    pub fn copies(&mut self) -> impl Iterator<Item = &mut Arrival> {
        [Some(&mut self.first), self.again.as_mut()].into_iter().flatten()
    }

    fn lost(why: Mishap) -> Self {
        Course { lost: Some(why), ..Course::arriving(SimTime::MAX) }
    }
}

impl Network {
    /// A network as configured, between that many nodes and clients.
    pub fn new(config: NetworkConfig, nodes: usize, clients: usize) -> Self {
        let any_fifo = config.fifo || config.overrides.iter().any(|link| link.fifo == Some(true));
        let kept = |wanted| if wanted { (nodes, clients) } else { (0, 0) };
        let (fifo, lasting) = (kept(any_fifo), kept(config.links.has_state()));
        Network {
            has_plain_links: config.overrides.is_empty() && config.links.is_plain(),
            partitions: Partitions::default(),
            disturbances: Disturbances::default(),
            latest: PerLink::new(fifo.0, fifo.1),
            states: PerLink::new(lasting.0, lasting.1),
            placed: config.topology.clone().map(|topology| Box::new(Placed::new(topology, nodes, clients))),
            config,
        }
    }

    /// The clients in the place called `name`, and those in other places. One in no place is among
    /// neither.
    pub fn clients_by_place(&self, name: &str) -> [Vec<ClientId>; 2] {
        let place = Place::parse(name).zip(self.placed.as_ref());
        place.map_or_else(Default::default, |(place, placed)| placed.clients_by(&place))
    }

    /// From now on chance does nothing to messages any more: they are late, but neither lost nor hurt. Nor
    /// do they wait for those sent before: what is on its way on a link [in order](Network::is_in_order)
    /// must have arrived.
    pub fn clear_up(&mut self) {
        self.config.clear_up();
        self.latest.reset();
        self.states.reset();
        self.has_plain_links = self.config.overrides.is_empty() && self.config.links.is_plain();
    }

    /// Whether all links are alike and open, and only latency, loss and duplication decide.
    pub fn is_plain(&self) -> bool {
        let undisturbed = self.partitions.is_empty() && self.disturbances.is_empty();
        self.has_plain_links && self.placed.is_none() && undisturbed
    }

    /// The fate of a message sent at `now` where the network [is plain](Network::is_plain): loss,
    /// duplication, then a delay for each copy, in that order of draws. What arrives still goes
    /// through [`in_order`](Network::in_order).
    #[inline(always)]
    pub fn plain_fate(&self, now: SimTime, draws: &mut impl Draw) -> Fate {
        self.config.links.fate(now, draws)
    }

    /// The course of a message, all questions asked. `draws` are those that decide it, from the
    /// first; `word` is the n-th word of the weather on its link.
    pub fn course<D: Numbered>(&mut self, sent: Sent, draws: &D, word: impl Fn(u32) -> u64) -> Course {
        let Sent { link, now, .. } = sent;
        let special = if self.config.overrides.is_empty() { None } else { Some(self.special(link)) };
        let is_moved = self.overrides(link).any(|special| special.latency.is_some());
        let placed = self.placed.as_deref().filter(|_| !is_moved);
        let config = special.as_ref().unwrap_or(&self.config.links);
        let mut own = draws.ahead(draws::LOSS);
        let (lost, twice) = (own.chance(config.loss), own.chance(config.duplicate));
        let narrow = self.disturbances.bandwidth(link);
        let narrowed = narrow.is_some_and(|narrow| config.bandwidth.is_none_or(|own| narrow < own));
        let bandwidth = if narrowed { narrow } else { config.bandwidth };
        let (mut left, mut waited, mut overflows, mut bursts) = (now, false, false, false);
        if bandwidth.is_some() || !config.bursts.loss.is_never() {
            let state = self.states.of(link);
            if let Some(bandwidth) = bandwidth {
                match state.wire.transmit(now, sent.size, bandwidth, config.buffer) {
                    Transmission::Left { at, waited: behind } => (left, waited) = (at, behind),
                    Transmission::Overflow => overflows = true,
                }
            }
            bursts = !config.bursts.loss.is_never()
                && state.weather.is_burst(&config.bursts, now, word)
                && draws.ahead(draws::BURST).chance(config.bursts.loss);
        }
        let mishaps = [(lost, Mishap::Chance), (bursts, Mishap::Burst), (overflows, Mishap::Overflow)];
        if let Some((_, mishap)) = mishaps.into_iter().find(|(happens, _)| *happens) {
            return Course::lost(mishap);
        }
        let travel = |own: &mut D| {
            let by_place = placed.and_then(|placed| placed.travel(link, own));
            by_place.unwrap_or_else(|| config.latency.sample(own))
        };
        let mut course = Course::arriving(left + travel(&mut own));
        course.again = twice.then(|| Arrival::at(left + travel(&mut own)));
        (course.doubled, course.queued, course.degraded) = (twice, waited, narrowed);
        if !(config.corrupt.is_never() && config.reorder.is_never()) {
            let mut own = draws.ahead(draws::COPIES);
            let mut reordered = false;
            course.copies().for_each(|copy| reordered |= config.hurt(copy, &mut own));
            course.reordered = reordered;
        }
        if self.disturbances.may_touch(link) {
            self.disturbances.bend(link, draws, |own| left + travel(own), &mut course);
        }
        course
    }

    /// When a message that would arrive at `at` does on the short way: on a FIFO link not before
    /// those sent earlier.
    #[inline(always)]
    pub fn in_order(&mut self, link: LinkId, at: SimTime) -> SimTime {
        if self.config.fifo { self.push_back(link, at) } else { at }
    }

    /// The same on the long way: links may differ in their order.
    pub fn in_own_order(&mut self, link: LinkId, at: SimTime) -> SimTime {
        if self.is_in_order(link) { self.push_back(link, at) } else { at }
    }

    /// Whether no message overtakes another on `link`.
    pub fn is_in_order(&self, link: LinkId) -> bool {
        let own = self.overrides(link).filter_map(|special| special.fifo).last();
        own.unwrap_or(self.config.fifo)
    }

    #[inline(always)]
    fn push_back(&mut self, link: LinkId, at: SimTime) -> SimTime {
        let latest = self.latest.of(link);
        *latest = at.max(*latest);
        *latest
    }

    /// The overrides that speak of `link`, the last of which holds. Links to and from clients have none.
    fn overrides(&self, link: LinkId) -> impl Iterator<Item = &LinkOverride> {
        let ends = link.from.as_node().zip(link.to.as_node());
        let matching =
            move |special: &&LinkOverride| ends.is_some_and(|(from, to)| special.matches(from, to));
        self.config.overrides.iter().filter(matching)
    }

    /// What `link` does, overrides applied.
    #[cold]
    fn special(&self, link: LinkId) -> LinkConfig {
        let mut config = self.config.links.clone();
        self.overrides(link).for_each(|special| special.apply(&mut config));
        config
    }
}

impl LinkConfig {
    /// Corrupts a copy and holds it back, as chance will have it: three draws. Whether it was held back.
    fn hurt(&self, copy: &mut Arrival, own: &mut impl Draw) -> bool {
        copy.corrupted = own.chance(self.corrupt).then_some((0, Mishap::Chance));
        match &mut copy.corrupted {
            None => own.skip(),
            Some((word, _)) => *word = own.next_u64(),
        }
        let held = own.chance(self.reorder);
        if held {
            copy.at += self.reorder_by;
        }
        held
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
                ..LinkConfig::default()
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
            let sent = Sent { link, now, size: 1 };
            match network.course(sent, &keys.link(link).message(now, 0), |_| 0) {
                Course { lost: Some(_), .. } => Fate::Lost,
                Course { first, again, .. } => {
                    let at = network.in_own_order(link, first.at);
                    Fate::Arrives { at, again: again.map(|again| again.at) }
                }
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
            ..LinkOverride::default()
        };
        let mut config = config(0.0, 0.0);
        config.overrides = vec![slow(0, 50), slow(0, 70), slow(1, 90)];
        for (i, fate) in fates(config, 10).into_iter().enumerate() {
            let sent = SimTime::from_ns(i as u64 * 1_000_000);
            assert_eq!(fate, Fate::Arrives { at: sent + ms(70), again: None });
        }
    }
}
