//! Nodes crash, restart, freeze, slow down and lose their disks.

use super::super::event::Event;
use super::super::node::Mood;
use super::super::observer::{Happening, Observer};
use super::super::world::World;
use super::Course;
use crate::base::{NodeId, SimDuration, StreamName};
use crate::faults::{Action, Fault};
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
        let incarnation = state.incarnation;
        self.core.counters.crashes += 1;
        self.note_loss(node, loss, observer);
        self.rot_by_chance(node, observer);
        observer.on_happening(self.core.now, &Happening::Crashed { node, writes_lost: loss.lost });
        if let Some(lasts) = lasts {
            self.core.schedule(self.core.now + lasts, Event::Restart { node, incarnation });
        }
    }

    /// A node that crashed for a time comes back, if nothing else has become of it.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn come_back<O: Observer<P>>(
        &mut self,
        node: NodeId,
        incarnation: u64,
        observer: &mut O,
    ) {
        let is_same = self.core.nodes[node.index()].incarnation == incarnation;
        if is_same && !self.schedule.forsaken.contains(&node) {
            self.restart(node, observer);
        }
    }

    pub(in crate::engine) fn restart<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        if self.core.nodes[node.index()].is_up() {
            self.core.counters.misses += 1;
            return;
        }
        self.core.counters.restarts += 1;
        let writes = self.core.nodes[node.index()].writes.if_any();
        let kind = match writes.is_some_and(|writes| writes.disk.is_replacement()) {
            true => BootKind::Replacement,
            false => BootKind::Restart,
        };
        self.start(node, kind, observer);
    }

    /// The node's disk is lost. It starts with an empty one after `lasts`, or at once; if it was
    /// down, when it would have started anyway.
    pub(super) fn replace<O: Observer<P>>(
        &mut self,
        node: NodeId,
        lasts: Option<SimDuration>,
        observer: &mut O,
    ) {
        let was_up = self.core.nodes[node.index()].is_up();
        if was_up {
            self.crash(node, lasts, observer);
        }
        self.lose_disk(node, observer);
        if was_up && lasts.is_none() {
            self.restart(node, observer);
        }
    }

    /// The entry `fault` of the schedule makes the node take longer for each thing for a while.
    pub(super) fn slow_down(
        &mut self,
        fault: u32,
        node: NodeId,
        service_time: SimDuration,
        lasts: SimDuration,
    ) {
        let state = &mut self.core.nodes[node.index()];
        state.mood.set(Mood::BUSY, true);
        state.inbox.get().slow_down(fault, service_time, self.core.now + lasts);
    }

    /// A fault that strikes `targets` in several steps begins.
    pub(super) fn begin_course<O: Observer<P>>(
        &mut self,
        fault: u32,
        targets: Vec<NodeId>,
        observer: &mut O,
    ) {
        let course = self.schedule.courses.len() as u32;
        self.schedule.courses.push(Course { fault, targets, step: 0 });
        self.proceed(course, observer);
    }

    /// A fault that strikes in several steps takes the next.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn proceed<O: Observer<P>>(&mut self, course: u32, observer: &mut O) {
        if self.schedule.is_over {
            return;
        }
        let Course { fault, targets, step } = &mut self.schedule.courses[course as usize];
        let Fault { action, lasts, max_down, .. } = &self.schedule.faults[*fault as usize];
        let mut draws = self.core.decisions.stream(StreamName::Nemesis(*fault));
        let lasts = lasts.as_ref().map_or(SimDuration::ZERO, |lasts| lasts.sample(&mut draws));
        let max_down = *max_down;
        let (mut hit, steps, up) = match *action {
            Action::CrashLoop { times, up, .. } => (targets.clone(), times, up),
            Action::RollingRestart { up, .. } => (vec![targets[*step as usize]], targets.len() as u64, up),
            _ => return,
        };
        let rolls = matches!(action, Action::RollingRestart { .. });
        *step += 1;
        if *step == steps {
            targets.clear();
        } else {
            self.core.schedule(self.core.now + lasts + up, Event::Proceed { course });
        }
        if let Some(most) = max_down {
            self.keep_within(most, &mut hit);
        }
        let before = self.core.counters.crashes;
        hit.iter().for_each(|node| self.crash(*node, Some(lasts), observer));
        let crashes = self.core.counters.crashes - before;
        match rolls {
            true => self.core.counters.crashes_in_turn += crashes,
            false => self.core.counters.crashes_in_loops += crashes,
        }
    }

    /// Leaves alone those of `targets` by whom more than `most` nodes would be out.
    pub(super) fn keep_within(&mut self, most: u32, targets: &mut Vec<NodeId>) {
        let mut out = self.all_nodes().into_iter().filter(|node| self.is_out(*node)).count();
        targets.retain(|node| {
            let is_out = self.is_out(*node);
            let keeps = is_out || out < most as usize;
            out += usize::from(keeps && !is_out);
            keeps
        });
    }

    /// Whether a node does nothing for the others now: it is down, frozen, or has withdrawn.
    fn is_out(&self, node: NodeId) -> bool {
        let state = &self.core.nodes[node.index()];
        let is_frozen = || state.inbox.look().is_some_and(|inbox| self.core.now < inbox.frozen_until);
        let withdrew = || self.processes[node.index()].as_ref().is_some_and(|process| !process.takes_part());
        !state.is_up() || is_frozen() || withdrew()
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
        inbox.frozen_until = inbox.frozen_until.max(self.core.now + lasts);
        self.core.counters.pauses += 1;
        observer.on_happening(self.core.now, &Happening::Paused { node, lasts });
    }
}
