//! What a node can do.

use super::{Process, RequestId, Scope};
use crate::base::{ClientId, Draw, JournalId, NodeId, SimDuration, SimTime, Ticket};

/// What the engine does for a process: one method an effect, applied as it is issued.
///
/// Protocols use [`Context`]; only engines and scopes implement this.
pub trait Host<P: Process> {
    /// The node's own clock.
    fn now(&self) -> SimTime;
    /// The node itself.
    fn id(&self) -> NodeId;
    /// Sends a message.
    fn send(&mut self, to: NodeId, message: P::Message, when: When);
    /// Answers a client.
    fn reply(&mut self, client: ClientId, id: RequestId, response: P::Response);
    /// Appends a record, with or without a barrier behind it.
    fn write(&mut self, journal: JournalId, record: P::Record, barrier: bool) -> Ticket;
    /// Replaces a journal's records, atomically, with a barrier behind it.
    fn compact(&mut self, journal: JournalId, records: Vec<P::Record>) -> Ticket;
    /// Sets a timer's deadline, in place of an earlier one.
    fn set_timer(&mut self, timer: P::Timer, after: SimDuration);
    /// Forgets a timer's deadline.
    fn cancel_timer(&mut self, timer: P::Timer);
    /// The next word of the node's stream of randomness.
    fn random(&mut self) -> u64;
    /// Whether anyone reads observations.
    fn observing(&self) -> bool;
    /// Says something of the node.
    fn observe(&mut self, observation: P::Observation);
}

/// When a message leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// Once everything persisted before it is durable.
    Durable,
    /// At once.
    Now,
}

/// What a node can do, lent to its handlers.
///
/// **The write barrier.** [`persist`](Context::persist) orders: every later send,
/// reply and observation, from later handlers too, leaves only once the record is
/// durable. Timers do not wait. [`send_now`](Context::send_now) opts out;
/// [`write`](Context::write) sets no barrier. The sync starts when the handler
/// ends; a crash drops what was held back.
pub struct Context<'a, P: Process> {
    host: &'a mut dyn Host<P>,
}

impl<'a, P: Process> Context<'a, P> {
    /// A context over `host`.
    pub fn new(host: &'a mut dyn Host<P>) -> Self {
        Context { host }
    }

    /// The node's own clock, which may be off from everyone else's.
    pub fn now(&self) -> SimTime {
        self.host.now()
    }

    /// This node.
    pub fn id(&self) -> NodeId {
        self.host.id()
    }

    /// Sends `message` once everything persisted so far is durable.
    #[inline]
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.host.send(to, message, When::Durable);
    }

    /// Sends `message` at once, whatever is still on its way to the disk.
    #[inline]
    pub fn send_now(&mut self, to: NodeId, message: P::Message) {
        self.host.send(to, message, When::Now);
    }

    /// Answers the request `id` of `client`, or pushes to it under an id of the
    /// protocol's own, once everything persisted so far is durable.
    #[inline]
    pub fn reply(&mut self, client: ClientId, id: RequestId, response: P::Response) {
        self.host.reply(client, id, response);
    }

    /// Appends `record` to the default journal, with a barrier behind it.
    pub fn persist(&mut self, record: P::Record) -> Ticket {
        self.persist_in(JournalId::default(), record)
    }

    /// Appends `record` to `journal`, with a barrier behind it.
    pub fn persist_in(&mut self, journal: JournalId, record: P::Record) -> Ticket {
        self.host.write(journal, record, true)
    }

    /// Appends `record` to the default journal; nothing waits for it.
    pub fn write(&mut self, record: P::Record) -> Ticket {
        self.write_in(JournalId::default(), record)
    }

    /// Appends `record` to `journal`; nothing waits for it.
    pub fn write_in(&mut self, journal: JournalId, record: P::Record) -> Ticket {
        self.host.write(journal, record, false)
    }

    /// Replaces all records of the default journal by `records`, atomically unless
    /// a disk fault says otherwise, with a barrier behind it.
    pub fn compact(&mut self, records: Vec<P::Record>) -> Ticket {
        self.compact_in(JournalId::default(), records)
    }

    /// Replaces all records of `journal`; see [`compact`](Context::compact).
    pub fn compact_in(&mut self, journal: JournalId, records: Vec<P::Record>) -> Ticket {
        self.host.compact(journal, records)
    }

    /// Sets `timer` to fire `after` from now on the node's clock, in place of an earlier deadline.
    pub fn set_timer(&mut self, timer: P::Timer, after: SimDuration) {
        self.host.set_timer(timer, after);
    }

    /// Forgets the deadline of `timer`, if it has one.
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        self.host.cancel_timer(timer);
    }

    /// The node's own randomness.
    pub fn random(&mut self) -> Random<'_, 'a, P> {
        Random { context: self }
    }

    /// Whether anyone reads observations: ask before computing a costly one.
    pub fn observing(&self) -> bool {
        self.host.observing()
    }

    /// Says something of the node, for monitors and pictures, once everything
    /// persisted so far is durable. Free when nobody listens.
    pub fn observe(&mut self, observation: P::Observation) {
        self.host.observe(observation);
    }

    /// Lends an inner process its own view of this node; `scope` says how what is
    /// the inner process's is written in the outer one's words.
    pub fn scope<Q: Process, S: Scope<P, Q>, T>(
        &mut self,
        scope: &S,
        inner: impl FnOnce(&mut Context<Q>) -> T,
    ) -> T {
        let mut host = super::scope::Scoped::new(self.host, scope);
        inner(&mut Context::new(&mut host))
    }
}

/// A node's own stream of randomness.
pub struct Random<'c, 'a, P: Process> {
    context: &'c mut Context<'a, P>,
}

impl<P: Process> Draw for Random<'_, '_, P> {
    fn next_u64(&mut self) -> u64 {
        self.context.host.random()
    }
}

impl<P: Process> std::fmt::Debug for Context<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({} at {})", self.id(), self.now())
    }
}
