//! What scheduled faults do to links for a time: clogs, slow links, degraded links.
//!
//! Each is on the directed links from some nodes to others; links to and from clients have none, as
//! partitions have none. Those in force at once add up.
//!
//! A clog lets messages enter, but none leave: what would arrive is kept at the far end, in order,
//! and let go when the last clog on the link is over. The others hit a message when it enters.

use std::fmt;

use super::draws;
use super::links::{Arrival, Course, Mishap};
use crate::base::{LinkId, NodeId, Numbered, Probability, SimDuration, SimTime};

/// The links from some nodes to others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkSet {
    /// The senders; every node if empty.
    pub from: Vec<NodeId>,
    /// The receivers; every node if empty.
    pub to: Vec<NodeId>,
}

/// What is done to links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing leaves them.
    Clog,
    /// What enters travels this much longer.
    Slow(SimDuration),
    /// This share of the messages is lost.
    Lose(Probability),
    /// This share arrives twice.
    Duplicate(Probability),
    /// This share is corrupted.
    Corrupt(Probability),
    /// This share travels this much longer than the others.
    Reorder(Probability, SimDuration),
    /// So many bytes are transmitted in a second, if not fewer.
    Narrow(u64),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Effect::Clog => write!(f, "nothing leaves"),
            Effect::Slow(by) => write!(f, "{by} longer"),
            Effect::Lose(chance) => write!(f, "loss {}", chance.as_f64()),
            Effect::Duplicate(chance) => write!(f, "duplicate {}", chance.as_f64()),
            Effect::Corrupt(chance) => write!(f, "corrupt {}", chance.as_f64()),
            Effect::Reorder(chance, by) => write!(f, "reorder {} by {by}", chance.as_f64()),
            Effect::Narrow(bandwidth) => write!(f, "{bandwidth} bytes per second"),
        }
    }
}

impl fmt::Display for LinkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |nodes: &[NodeId]| if nodes.is_empty() { "all".to_owned() } else { format!("{nodes:?}") };
        write!(f, "{} -> {}", end(&self.from), end(&self.to))
    }
}

/// One disturbance in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DisturbanceId(pub u64);

/// The disturbances in force.
#[derive(Clone, Default, Debug)]
pub struct Disturbances {
    active: Vec<Disturbance>,
    begun: u64,
    /// Whether there is a clog, and whether a link is narrowed: so that most messages need not ask.
    has_clog: bool,
    is_narrow: bool,
    /// Whether links from every node are disturbed, and else from which.
    all_senders: bool,
    senders: Vec<bool>,
}

#[derive(Clone, Debug)]
struct Disturbance {
    id: DisturbanceId,
    /// The entry of the schedule behind it.
    fault: u32,
    links: LinkSet,
    effect: Effect,
}

impl LinkSet {
    /// Whether the link is one of these.
    pub fn contains(&self, link: LinkId) -> bool {
        let (Some(from), Some(to)) = (link.from.as_node(), link.to.as_node()) else { return false };
        let names = |nodes: &[NodeId], node| nodes.is_empty() || nodes.contains(&node);
        names(&self.from, from) && names(&self.to, to)
    }
}

impl Disturbances {
    /// The entry `fault` of the schedule strikes. If it is still in force from an earlier strike,
    /// it goes on under the new id alone.
    pub fn begin(&mut self, fault: u32, links: LinkSet, effect: Effect) -> DisturbanceId {
        let id = DisturbanceId(self.begun);
        self.begun += 1;
        self.active.retain(|other| other.fault != fault);
        self.active.push(Disturbance { id, fault, links, effect });
        self.look_over();
        id
    }

    /// Ends one. The entry of the schedule behind it, and its links, if it was still in force.
    pub fn end(&mut self, id: DisturbanceId) -> Option<(u32, LinkSet)> {
        let place = self.active.iter().position(|disturbance| disturbance.id == id)?;
        let ended = self.active.remove(place);
        self.look_over();
        Some((ended.fault, ended.links))
    }

    /// Ends all of them.
    pub fn end_all(&mut self) {
        self.active.clear();
        self.look_over();
    }

    fn look_over(&mut self) {
        self.has_clog = self.active.iter().any(|other| other.effect == Effect::Clog);
        self.all_senders = self.active.iter().any(|other| other.links.from.is_empty());
        let senders = self.active.iter().flat_map(|other| &other.links.from);
        self.senders = vec![false; senders.clone().map(|node| node.index() + 1).max().unwrap_or(0)];
        senders.for_each(|node| self.senders[node.index()] = true);
        self.is_narrow = self.active.iter().any(|other| matches!(other.effect, Effect::Narrow(_)));
    }

    /// Whether a message that enters `link` may be disturbed.
    #[inline(always)]
    pub(super) fn may_touch(&self, link: LinkId) -> bool {
        self.all_senders || self.senders.get(link.from.code() as usize).is_some_and(|disturbed| *disturbed)
    }

    /// Whether any link is clogged.
    pub fn has_clog(&self) -> bool {
        self.has_clog
    }

    /// Whether the disturbance is a clog in force.
    pub fn is_clog(&self, id: DisturbanceId) -> bool {
        self.active.iter().any(|other| other.id == id && other.effect == Effect::Clog)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// Whether nothing leaves `link`.
    #[inline]
    pub fn clogs(&self, link: LinkId) -> bool {
        self.has_clog && self.on(link).any(|other| other.effect == Effect::Clog)
    }

    fn on(&self, link: LinkId) -> impl Iterator<Item = &Disturbance> {
        self.active.iter().filter(move |other| other.links.contains(link))
    }

    /// The bytes that `link` transmits in a second, if it is narrowed.
    #[inline]
    pub(super) fn bandwidth(&self, link: LinkId) -> Option<u64> {
        if self.is_narrow { self.narrowest(link) } else { None }
    }

    #[cold]
    fn narrowest(&self, link: LinkId) -> Option<u64> {
        let narrow = |other: &Disturbance| match other.effect {
            Effect::Narrow(bandwidth) => Some(bandwidth),
            _ => None,
        };
        self.on(link).filter_map(narrow).min()
    }

    /// What becomes of a message that would take this `course`. A copy arrives when `arrival` says.
    pub(super) fn bend<D: Numbered>(
        &self,
        link: LinkId,
        draws: &D,
        arrival: impl Fn(&mut D) -> SimTime,
        course: &mut Course,
    ) {
        // Copies first: whatever else is in force befalls them too.
        let doubles = |other: &&Disturbance| matches!(other.effect, Effect::Duplicate(_));
        let others = self.on(link).filter(|other| !doubles(other));
        for Disturbance { fault, effect, .. } in self.on(link).filter(doubles).chain(others) {
            let mut own = draws.ahead(draws::of_fault(*fault));
            match *effect {
                Effect::Clog | Effect::Narrow(_) => {}
                Effect::Slow(by) => {
                    course.copies().for_each(|copy| copy.at += by);
                    course.slowed = true;
                }
                Effect::Lose(chance) => {
                    if own.chance(chance) {
                        course.lost = Some(Mishap::Degraded);
                    }
                }
                Effect::Duplicate(chance) => {
                    if own.chance(chance) && course.again.is_none() {
                        course.again = Some(Arrival::at(arrival(&mut own)));
                        course.degraded = true;
                    }
                }
                Effect::Corrupt(chance) => {
                    for copy in course.copies() {
                        let (hit, word) = (own.chance(chance), own.next_u64());
                        if hit && copy.corrupted.is_none() {
                            copy.corrupted = Some((word, Mishap::Degraded));
                        }
                    }
                }
                Effect::Reorder(chance, by) => {
                    let mut held = false;
                    for copy in course.copies().filter(|_| own.chance(chance)) {
                        copy.at += by;
                        held = true;
                    }
                    course.degraded |= held;
                }
            }
        }
    }
}
