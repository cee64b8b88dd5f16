//! What stands behind the contexts: effects, applied as they are issued.

use super::core::Core;
use super::event::Event;
use super::node::{Held, Mood, NodeState};
use super::observer::Observer;
use crate::base::{ClientId, Draw, JournalId, NodeId, SimDuration, SimTime, StreamName, Ticket};
use crate::history;
use crate::process::{ClientHost, ClientTimer, Host, Process, RequestId, When};

/// A node's view of the core.
pub(super) struct NodeHost<'a, P: Process, O> {
    pub(super) core: &'a mut Core<P>,
    pub(super) observer: &'a mut O,
    pub(super) node: NodeId,
}

impl<P: Process, O: Observer<P>> NodeHost<'_, P, O> {
    /// Whether effects wait behind the write barrier.
    #[inline(always)]
    fn is_barred(&self) -> bool {
        self.core.nodes[self.node.index()].mood.has(Mood::BARRED)
    }

    /// Keeps `effect` behind the write barrier.
    #[inline(never)]
    fn hold(&mut self, effect: Held<P>) {
        self.core.nodes[self.node.index()].writes.get().barrier.hold(effect);
    }
}

impl<P: Process, O: Observer<P>> Host<P> for NodeHost<'_, P, O> {
    fn now(&self) -> SimTime {
        self.core.time_at(self.node)
    }

    fn id(&self) -> NodeId {
        self.node
    }

    #[inline(always)]
    fn send(&mut self, to: NodeId, message: P::Message, when: When) {
        if when == When::Durable && self.is_barred() {
            self.hold(Held::Message { to, message });
        } else {
            self.core.send(self.node, to, message, self.observer);
        }
    }

    #[inline]
    fn reply(&mut self, client: ClientId, id: RequestId, response: P::Response) {
        if self.is_barred() {
            self.hold(Held::Reply { client, id, response });
        } else {
            self.core.reply(self.node, client, id, response, self.observer);
        }
    }

    fn write(&mut self, journal: JournalId, record: P::Record, barrier: bool) -> Ticket {
        let now = self.core.now;
        let NodeState { mood, writes, .. } = &mut self.core.nodes[self.node.index()];
        let writes = writes.get();
        let ticket = writes.take_ticket();
        if !mood.has(Mood::SYNCS) {
            writes.disk.append_durably(journal, record);
            writes.told.push_back((ticket, Ok(())));
            mood.set(Mood::TOLD, true);
        } else {
            writes.disk.append(now, journal, record, ticket);
            mood.set(Mood::WROTE, true);
            if barrier {
                writes.barrier.raise(ticket);
                mood.set(Mood::BARRED, true);
            }
        }
        ticket
    }

    fn compact(&mut self, journal: JournalId, records: Vec<P::Record>) -> Ticket {
        let now = self.core.now;
        let NodeState { mood, writes, .. } = &mut self.core.nodes[self.node.index()];
        let writes = writes.get();
        let ticket = writes.take_ticket();
        if !mood.has(Mood::SYNCS) {
            writes.disk.replace_durably(journal, records);
            writes.told.push_back((ticket, Ok(())));
            mood.set(Mood::TOLD, true);
        } else {
            writes.disk.replace(now, journal, records, ticket);
            writes.barrier.raise(ticket);
            mood.set(Mood::WROTE.or(Mood::BARRED), true);
        }
        ticket
    }

    #[inline(always)]
    fn set_timer(&mut self, timer: P::Timer, after: SimDuration) {
        let state = &mut self.core.nodes[self.node.index()];
        if state.mood.has(Mood::CLOCK) {
            return self.core.set_timer_by_clock(self.node, timer, after);
        }
        let timers = state.timers.get();
        let deadline = self.core.now + after;
        let sequence = self.core.queue.take_sequence();
        if let Some(place) = timers.arm(timer, deadline, sequence) {
            self.core.schedule_as(deadline, sequence, Event::Timer { node: self.node, place });
        }
    }

    fn cancel_timer(&mut self, timer: P::Timer) {
        self.core.nodes[self.node.index()].timers.get().cancel(timer);
    }

    #[inline(always)]
    fn random(&mut self) -> u64 {
        self.core.decisions.stream(StreamName::Node(self.node)).next_u64()
    }

    fn observing(&self) -> bool {
        self.observer.listens()
    }

    #[inline]
    fn observe(&mut self, observation: P::Observation) {
        if !self.observer.listens() {
            return;
        }
        if self.is_barred() {
            self.hold(Held::Observation(observation));
        } else {
            self.observer.on_observation(self.core.now, self.node, &observation);
        }
    }
}

/// A client's view of the core.
pub(super) struct ClientView<'a, P: Process, O> {
    pub(super) core: &'a mut Core<P>,
    pub(super) observer: &'a mut O,
    pub(super) client: ClientId,
}

impl<P: Process, O: Observer<P>> ClientHost<P> for ClientView<'_, P, O> {
    fn now(&self) -> SimTime {
        self.core.now
    }

    fn id(&self) -> ClientId {
        self.client
    }

    #[inline]
    fn send(&mut self, to: NodeId, id: RequestId, request: P::Request) {
        self.core.ask(self.client, to, id, request, self.observer);
    }

    #[inline]
    fn set_timer(&mut self, timer: ClientTimer, after: SimDuration) {
        let deadline = self.core.now + after;
        let sequence = self.core.queue.take_sequence();
        if let Some(place) = self.core.clients[self.client.index()].timers.arm(timer, deadline, sequence) {
            self.core.schedule_as(deadline, sequence, Event::ClientTimer { client: self.client, place });
        }
    }

    fn cancel_timer(&mut self, timer: ClientTimer) {
        self.core.clients[self.client.index()].timers.cancel(timer);
    }

    fn random(&mut self) -> u64 {
        self.core.decisions.stream(StreamName::Client(self.client)).next_u64()
    }

    fn workload(&mut self) -> u64 {
        self.core.decisions.stream(StreamName::Workload(self.client)).next_u64()
    }

    fn record(&mut self, event: history::Event) {
        self.observer.on_operation(event);
    }
}
