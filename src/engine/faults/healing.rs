//! Everything is mended for good: for all nodes, or for a core of them.

use std::hash::Hash;

use super::super::core::Core;
use super::super::event::Event;
use super::super::observer::{Happening, Observer};
use super::super::queue::Entry;
use super::super::world::World;
use crate::base::{Draw, NodeId, StreamName};
use crate::clocks::Clock;
use crate::process::Process;

impl<P: Process, C> World<P, C> {
    /// All faults end, and all weather. Of the nodes that are not in the core, if it is not all of them, each
    /// is down for good or cut off from it for good.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn settle<O: Observer<P>>(&mut self, observer: &mut O) {
        self.schedule.is_over = true;
        let (core, rest) = self.draw_core();
        (&core, &rest).hash(&mut self.core.digest);
        observer.on_happening(self.core.now, &Happening::Settled { core: &core });
        self.core.counters.heals += self.core.network.partitions.heal_all() as u64;
        let cut = self.forsake(&rest, observer);
        if !cut.is_empty() {
            self.core.network.partitions.separate(&[core.clone(), cut], true);
        }
        self.core.network.disturbances.end_all();
        self.core.network.clear_up();
        self.core.verbs.clear();
        self.core.disk.be_sound();
        self.core.look_at_the_sky();
        self.release_clogged();
        self.core.deliver_what_is_in_order();
        for node in core {
            self.mend(node, observer);
        }
        self.tell_connectivity(observer);
    }

    /// Who is mended, and who is not: a majority by chance of those whose disks are whole, if chance will have
    /// it so and there are enough; else all are.
    fn draw_core(&mut self) -> (Vec<NodeId>, Vec<NodeId>) {
        let all = self.all_nodes();
        let majority = all.len() / 2 + 1;
        let mut core: Vec<NodeId> =
            all.iter().copied().filter(|node| !self.core.atlas.is_damaged(*node)).collect();
        let draws = &mut self.core.decisions.stream(StreamName::Healing);
        let is_partial = self.schedule.healing.is_some_and(|healing| draws.chance(healing.core));
        if !is_partial || core.len() < majority {
            return (all, Vec::new());
        }
        let size = draws.between(majority as u64, core.len() as u64) as usize;
        for i in 0..size {
            let pick = draws.between(i as u64, core.len() as u64 - 1) as usize;
            core.swap(i, pick);
        }
        core.truncate(size);
        if !self.suffice(&core) {
            return (all, Vec::new());
        }
        core.sort_unstable();
        let rest = all.into_iter().filter(|node| !core.contains(node)).collect();
        (core, rest)
    }

    /// Each of these is down from now on, or among those that are cut off and come back.
    fn forsake<O: Observer<P>>(&mut self, rest: &[NodeId], observer: &mut O) -> Vec<NodeId> {
        let mut cut = Vec::new();
        for &node in rest {
            if self.core.decisions.stream(StreamName::Healing).below(2) == 0 {
                cut.push(node);
                continue;
            }
            self.schedule.forsaken.push(node);
            if self.core.nodes[node.index()].is_up() {
                self.crash(node, None, observer);
            }
        }
        cut
    }

    /// Nothing is wrong with `node` any more, but for what is on its disk. One that has withdrawn is started
    /// anew, as an operator would.
    fn mend<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        self.thaw(node);
        let now = self.core.now;
        let state = &mut self.core.nodes[node.index()];
        let incarnation = state.incarnation;
        let stalled = state.writes.if_any().map_or(Vec::new(), |writes| writes.disk.be_well(now));
        for journal in stalled {
            self.core.schedule(now, Event::Synced { node, journal, incarnation });
        }
        if self.core.nodes[node.index()].clock.look().is_some_and(|own| own.clock.is_wrong(now)) {
            self.core.change_clock(node, Clock::set_right);
        }
        if self.processes[node.index()].as_ref().is_some_and(|process| !process.takes_part()) {
            self.crash(node, None, observer);
        }
        if !self.core.nodes[node.index()].is_up() {
            self.restart(node, observer);
        }
    }

    /// The node is neither frozen nor slow any more.
    fn thaw(&mut self, node: NodeId) {
        let now = self.core.now;
        let state = &mut self.core.nodes[node.index()];
        let incarnation = state.incarnation;
        let Some(inbox) = state.inbox.if_any() else { return };
        inbox.slow.clear();
        // Frozen, or at something that it would have been slow with.
        let latest = now + self.core.service_time;
        let is_late = inbox.waking && (inbox.busy_until > now || inbox.wakes_at > latest);
        (inbox.busy_until, inbox.frozen_until) = (inbox.busy_until.min(now), inbox.frozen_until.min(now));
        if is_late {
            inbox.wakes_at = now;
            self.core.schedule(now, Event::Wake { node, incarnation });
        }
    }
}

impl<P: Process> Core<P> {
    /// What is on its way on links that keep their order arrives now, in that order: what was sent over a slow
    /// link would keep all that is sent from now on waiting otherwise, for as long as the link was slow.
    fn deliver_what_is_in_order(&mut self) {
        for Entry { time, sequence, slot } in self.queue.drain() {
            let link = self.events.peek(slot).and_then(Event::way);
            if link.is_some_and(|link| self.network.is_in_order(link)) {
                let sequence = self.queue.take_sequence();
                self.queue.push(self.now, sequence, slot);
            } else {
                self.queue.push(time, sequence, slot);
            }
        }
    }
}
