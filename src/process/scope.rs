//! Processes inside processes: a supervisor built on Raft, a thousand groups on a node.
//!
//! The outer process owns the node's messages, records and timers; an inner one
//! speaks its own types. A [`Scope`] translates from inner to outer as effects are
//! issued; the outer process's handlers translate back when they dispatch. The
//! write barrier is the node's: an inner `persist` holds back everyone's sends.
//!
//! The inner process may know fewer nodes than there are, under numbers of its own, and its
//! clients may be nodes: a group hosted by some nodes can be asked by all.

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
    /// The node that the inner process knows as `inner`.
    fn node(&self, inner: NodeId) -> NodeId {
        inner
    }
    /// What the inner process calls the node `outer`, which hosts it: the inverse of [`node`](Scope::node).
    fn inner_node(&self, outer: NodeId) -> NodeId {
        outer
    }
    /// Whether anyone hears what the inner process observes: if not, it is not asked to.
    fn is_heard(&self) -> bool {
        true
    }
    /// Where the inner process's answer to the request `id` of `client` goes.
    fn answer(&self, client: ClientId, id: RequestId, response: Q::Response) -> Answer<P> {
        let _ = (client, id);
        Answer::Client(self.response(response))
    }
}

/// Where an inner process's answer goes.
#[derive(Debug)]
pub enum Answer<P: Process> {
    /// To the client that it was meant for.
    Client(P::Response),
    /// To a node, which had asked as a client; behind the write barrier, as answers are.
    Node(NodeId, P::Message),
    /// To nobody, or the scope keeps it. Then it has not waited for the write barrier.
    Nobody,
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
        self.scope.inner_node(self.outer.id())
    }

    fn send(&mut self, to: NodeId, message: Q::Message, when: When) {
        self.outer.send(self.scope.node(to), self.scope.message(message), when);
    }

    fn reply(&mut self, client: ClientId, id: RequestId, response: Q::Response) {
        match self.scope.answer(client, id, response) {
            Answer::Client(response) => self.outer.reply(client, id, response),
            Answer::Node(node, message) => self.outer.send(node, message, When::Durable),
            Answer::Nobody => {}
        }
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
        self.scope.is_heard() && self.outer.observing()
    }

    fn observe(&mut self, observation: Q::Observation) {
        if let Some(outer) = self.scope.observation(observation) {
            self.outer.observe(outer);
        }
    }
}
