//! Clocks that are wrong: of nodes that have one of their own. All others show true time.

use super::core::Core;
use super::event::Event;
use super::node::Mood;
use crate::base::{Draw, NodeId, SimDuration, SimTime, StreamName};
use crate::clocks::{Clock, Rate};
use crate::process::Process;

/// A node's clock, and when its timers are due by it: what they are due by in true time changes
/// whenever the clock is bent.
#[derive(Clone, Debug)]
pub(super) struct NodeClock {
    pub(super) clock: Clock,
    /// What the clock shows when the timer in each place is due.
    readings: Vec<SimTime>,
}

impl Default for NodeClock {
    /// A clock that has shown true time so far.
    fn default() -> Self {
        NodeClock { clock: Clock::new(SimDuration::ZERO, Rate(0)), readings: Vec::new() }
    }
}

impl NodeClock {
    /// The timer in `place` is due when the clock shows `reading`.
    fn note(&mut self, place: u32, reading: SimTime) {
        let place = place as usize;
        if self.readings.len() <= place {
            self.readings.resize(place + 1, SimTime::ZERO);
        }
        self.readings[place] = reading;
    }
}

impl<P: Process> Core<P> {
    /// Gives every node a clock as configured, if they are not to be perfect.
    pub(super) fn start_clocks(&mut self) {
        if self.clock.is_perfect() {
            return;
        }
        for node in (0..self.nodes.len() as u32).map(NodeId) {
            let mut draws = self.decisions.stream(StreamName::Clock(node));
            let clock = self.clock.draw(&mut draws);
            if let Some(poll) = self.clock.poll {
                let first = SimDuration::from_ns(draws.below(poll.as_ns()));
                self.schedule(SimTime::ZERO + first, Event::Poll { node });
            }
            self.nodes[node.index()].clock.get().clock = clock;
            self.nodes[node.index()].mood.set(Mood::CLOCK, true);
        }
    }

    /// What the clock of `node` shows.
    #[inline(always)]
    pub(super) fn time_at(&self, node: NodeId) -> SimTime {
        let state = &self.nodes[node.index()];
        if state.mood.has(Mood::CLOCK) { self.shown_at(node) } else { self.now }
    }

    #[cold]
    #[inline(never)]
    fn shown_at(&self, node: NodeId) -> SimTime {
        self.nodes[node.index()].clock.look().map_or(self.now, |own| own.clock.show(self.now))
    }

    /// Sets a timer of a node that has a clock of its own.
    #[cold]
    #[inline(never)]
    pub(super) fn set_timer_by_clock(&mut self, node: NodeId, timer: P::Timer, after: SimDuration) {
        let sequence = self.queue.take_sequence();
        let state = &mut self.nodes[node.index()];
        let (own, timers) = (state.clock.get(), state.timers.get());
        let reading = own.clock.show(self.now) + after;
        let deadline = own.clock.when_shows(reading);
        self.counters.timers_skewed += u64::from(deadline != self.now + after);
        let (place, queued) = timers.arm_in_place(timer, deadline, sequence);
        own.note(place, reading);
        if queued {
            self.schedule_as(deadline, sequence, Event::Timer { node, place });
        }
    }

    /// Does something to the clock of `node`, and finds anew when its timers are due. Whether any was set.
    pub(super) fn change_clock(&mut self, node: NodeId, change: impl FnOnce(&mut Clock, SimTime)) -> bool {
        let now = self.now;
        let state = &mut self.nodes[node.index()];
        let timers = state.timers.get();
        if !state.mood.has(Mood::CLOCK) {
            state.mood.set(Mood::CLOCK, true);
            let own = state.clock.get();
            timers.armed().for_each(|(place, deadline)| own.note(place, deadline));
        }
        change(&mut state.clock.get().clock, now);
        let armed: Vec<(u32, SimTime)> = timers.armed().collect();
        for &(place, before) in &armed {
            let state = &mut self.nodes[node.index()];
            let own = state.clock.get();
            let deadline = own.clock.when_shows(own.readings[place as usize]).max(now);
            if deadline != before {
                let sequence = self.queue.take_sequence();
                let queued = state.timers.get().rearm(place, deadline, sequence);
                self.counters.timers_skewed += 1;
                if queued {
                    self.schedule_as(deadline, sequence, Event::Timer { node, place });
                }
            }
        }
        !armed.is_empty()
    }

    /// The clock of `node` is measured and corrected.
    pub(super) fn poll_clock(&mut self, node: NodeId) {
        let Some(poll) = self.clock.poll else { return };
        let error = self.clock.measurement_error(&mut self.decisions.stream(StreamName::Clock(node)));
        self.change_clock(node, |clock, now| clock.discipline(now, poll, error));
        self.schedule(self.now + poll, Event::Poll { node });
    }
}
