//! Processes inside processes: a supervisor built on Raft, a thousand groups on a node.
//!
//! The outer process owns the node's messages, records and timers; an inner one
//! speaks its own types. A [`Scope`] translates from inner to outer as effects are
//! issued; the outer process's handlers translate back when they dispatch. The
//! write barrier is the node's: an inner `persist` holds back everyone's sends.

use super::{Host, Process, RequestId, When};
use crate::base::{ClientId, JournalId, NodeId, SimDuration, SimTime, Ticket};

/// How an inner process `Q` is written in the words of an outer process `P`.
pub trait Scope<P: Process, Q: Process> {
    /// The outer message that carries an inner one.
    fn message(&self, inner: Q::Message) -> P::Message;
    /// The outer record that holds an inner one.
    fn record(&self, inner: Q::Record) -> P::Record;
    /// The outer timer that stands for an inner one.
    fn timer(&self, inner: Q::Timer) -> P::Timer;
    /// The outer response that carries an inner one.
    fn response(&self, inner: Q::Response) -> P::Response;
    /// What the outer process says when the inner one says something; `None` to keep it quiet.
    fn observation(&self, inner: Q::Observation) -> Option<P::Observation>;
    /// The node's journal that stands for an inner one. An inner process that
    /// compacts needs journals of its own.
    fn journal(&self, inner: JournalId) -> JournalId {
        inner
    }
}

/// The host that an inner process sees.
pub(super) struct Scoped<'a, P: Process, S> {
    outer: &'a mut dyn Host<P>,
    scope: &'a S,
}

impl<'a, P: Process, S> Scoped<'a, P, S> {
    pub(super) fn new(outer: &'a mut dyn Host<P>, scope: &'a S) -> Self {
        Scoped { outer, scope }
    }
}

impl<P: Process, Q: Process, S: Scope<P, Q>> Host<Q> for Scoped<'_, P, S> {
    fn now(&self) -> SimTime {
        self.outer.now()
    }

    fn id(&self) -> NodeId {
        self.outer.id()
    }

    fn send(&mut self, to: NodeId, message: Q::Message, when: When) {
        self.outer.send(to, self.scope.message(message), when);
    }

    fn reply(&mut self, client: ClientId, id: RequestId, response: Q::Response) {
        self.outer.reply(client, id, self.scope.response(response));
    }

    fn write(&mut self, journal: JournalId, record: Q::Record, barrier: bool) -> Ticket {
        self.outer.write(self.scope.journal(journal), self.scope.record(record), barrier)
    }

    fn compact(&mut self, journal: JournalId, records: Vec<Q::Record>) -> Ticket {
        let records = records.into_iter().map(|record| self.scope.record(record)).collect();
        self.outer.compact(self.scope.journal(journal), records)
    }

    fn set_timer(&mut self, timer: Q::Timer, after: SimDuration) {
        self.outer.set_timer(self.scope.timer(timer), after);
    }

    fn cancel_timer(&mut self, timer: Q::Timer) {
        self.outer.cancel_timer(self.scope.timer(timer));
    }

    fn random(&mut self) -> u64 {
        self.outer.random()
    }

    fn observing(&self) -> bool {
        self.outer.observing()
    }

    fn observe(&mut self, observation: Q::Observation) {
        if let Some(outer) = self.scope.observation(observation) {
            self.outer.observe(outer);
        }
    }
}
