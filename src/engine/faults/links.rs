//! Links are clogged, slowed and degraded.

use super::super::core::Core;
use super::super::event::{Event, Remains};
use super::super::observer::{Happening, Loss, Observer};
use super::super::world::World;
use crate::base::keys::Target;
use crate::base::{LinkId, SimDuration};
use crate::network::{DisturbanceId, Effect, LinkSet};
use crate::process::Process;

impl<P: Process, C> World<P, C> {
    /// The entry `fault` of the schedule disturbs the links from some nodes to others.
    pub(super) fn disturb(
        &mut self,
        fault: u32,
        ends: [Option<Target>; 2],
        effect: Effect,
        lasts: Option<SimDuration>,
    ) {
        let [from, to] = ends.map(|end| end.map(|target| self.resolve(&target, fault, &self.all_nodes())));
        if [&from, &to].into_iter().flatten().any(Vec::is_empty) {
            self.core.counters.misses += 1;
            return;
        }
        let links = LinkSet { from: from.unwrap_or_default(), to: to.unwrap_or_default() };
        let disturbance = self.core.network.disturbances.begin(fault, links, effect);
        // It may have moved on to other links: what it kept on those it left goes before what follows there.
        self.release_clogged();
        if let Some(lasts) = lasts {
            self.core.schedule(self.core.now + lasts, Event::Calm { disturbance, last: false });
        }
    }

    /// A disturbance ends. A clog ends in two steps at one instant: what arrives at that very instant
    /// comes between them, and so behind what waits already.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn calm<O: Observer<P>>(
        &mut self,
        disturbance: DisturbanceId,
        last: bool,
        observer: &mut O,
    ) {
        if !last && self.core.network.disturbances.is_clog(disturbance) {
            return self.core.schedule(self.core.now, Event::Calm { disturbance, last: true });
        }
        if let Some((fault, links)) = self.core.network.disturbances.end(disturbance) {
            let mut action = self.schedule.fault(fault).action.clone();
            let [from, to] = [links.from, links.to];
            action.name_ends(|_, is_sender| if is_sender { from.clone() } else { to.clone() });
            observer.on_happening(self.core.now, &Happening::Over { action: &action, targets: &[] });
        }
        self.core.look_at_the_sky();
        self.release_clogged();
    }

    /// Lets go what no clog keeps any more.
    pub(super) fn release_clogged(&mut self) {
        for event in std::mem::take(&mut self.core.clogged) {
            if event.way().is_some_and(|link| self.core.network.disturbances.clogs(link)) {
                self.core.clogged.push(event);
            } else {
                self.core.schedule(self.core.now, event);
            }
        }
    }
}

impl<P: Process> Core<P> {
    /// Keeps what would arrive on a clogged link.
    #[cold]
    pub(in crate::engine) fn clog(&mut self, event: Event<P>) {
        self.counters.messages_clogged += 1;
        self.clogged.push(event);
    }

    /// What is left of a message arrives: dropped, if nothing else has become of it.
    #[cold]
    pub(in crate::engine) fn notice<O: Observer<P>>(&mut self, link: LinkId, place: u32, observer: &mut O) {
        let is_blocked = self.network.partitions.blocks(link);
        if !is_blocked && self.network.disturbances.clogs(link) {
            return self.clog(Event::Corrupted { link, place });
        }
        let Remains { kind, why } = self.remains.take(place);
        let is_down = link.to.as_node().is_some_and(|node| !self.nodes[node.index()].is_up());
        let why = match (is_blocked, is_down) {
            (true, _) => Loss::Blocked,
            (false, true) => Loss::Down,
            (false, false) => why,
        };
        self.lose(link, kind, why, observer);
    }
}
