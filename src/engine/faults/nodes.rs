//! Nodes crash, restart and freeze.

use std::hash::Hash;

use super::super::event::Event;
use super::super::node::Mood;
use super::super::observer::{Happening, Observer};
use super::super::world::World;
use crate::base::{NodeId, SimDuration, StreamName};
use crate::process::{BootKind, Process};

impl<P: Process, C> World<P, C> {
    pub(super) fn crash<O: Observer<P>>(
        &mut self,
        node: NodeId,
        lasts: Option<SimDuration>,
        observer: &mut O,
    ) {
        let state = &mut self.core.nodes[node.index()];
        if !state.is_up() {
            self.core.counters.misses += 1;
            return;
        }
        state.forget();
        self.processes[node.index()] = None;
        let mut draws = self.core.decisions.stream(StreamName::Disk(node));
        let loss = state.writes.get().disk.crash(&self.core.disk, &mut draws);
        loss.hash(&mut self.core.digest);
        let incarnation = state.incarnation;
        self.core.counters.crashes += 1;
        self.core.counters.writes_lost += loss.lost;
        self.core.counters.writes_torn += loss.torn;
        observer.on_happening(self.core.now, &Happening::Crashed { node, writes_lost: loss.lost });
        if let Some(lasts) = lasts {
            self.core.schedule(self.core.now + lasts, Event::Restart { node, incarnation });
        }
    }

    pub(in crate::engine) fn restart<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        if self.core.nodes[node.index()].is_up() {
            self.core.counters.misses += 1;
            return;
        }
        self.core.counters.restarts += 1;
        self.start(node, BootKind::Restart, observer);
    }

    pub(super) fn pause<O: Observer<P>>(&mut self, node: NodeId, lasts: SimDuration, observer: &mut O) {
        let state = &mut self.core.nodes[node.index()];
        if !state.is_up() {
            self.core.counters.misses += 1;
            return;
        }
        state.mood.set(Mood::BUSY, true);
        let inbox = state.inbox.get();
        inbox.busy_until = inbox.busy_until.max(self.core.now + lasts);
        self.core.counters.pauses += 1;
        observer.on_happening(self.core.now, &Happening::Paused { node, lasts });
    }
}
