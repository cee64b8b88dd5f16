//! Those who use a protocol: part of the simulated world, on the same network.

use super::Process;
use crate::base::{ClientId, Draw, NodeId, SimDuration, SimTime};
use crate::history;

/// A request, as its client numbers them. A retry keeps its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId(pub u64);

/// A client's timers, as it numbers them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientTimer(pub u32);

/// One client of the protocol `P`: what it asks, whom, and when it gives up.
///
/// Clients do not crash. What they invoke and what comes of it is the history
/// that a run is judged by.
pub trait Client<P: Process> {
    /// The simulation begins.
    fn start(&mut self, ctx: &mut ClientContext<P>);

    /// An answer arrives, or a push; perhaps to a request long given up.
    fn on_response(&mut self, from: NodeId, id: RequestId, response: P::Response, ctx: &mut ClientContext<P>);

    /// A timer's deadline has come.
    fn on_timer(&mut self, timer: ClientTimer, ctx: &mut ClientContext<P>);
}

/// What the engine does for a client. Clients use [`ClientContext`].
pub trait ClientHost<P: Process> {
    /// Simulated time.
    fn now(&self) -> SimTime;
    /// The client itself.
    fn id(&self) -> ClientId;
    /// Sends a request.
    fn send(&mut self, to: NodeId, id: RequestId, request: P::Request);
    /// Sets a timer's deadline, in place of an earlier one.
    fn set_timer(&mut self, timer: ClientTimer, after: SimDuration);
    /// Forgets a timer's deadline.
    fn cancel_timer(&mut self, timer: ClientTimer);
    /// The next word of the client's stream: routing, back-off.
    fn random(&mut self) -> u64;
    /// The next word of the client's workload stream: operations, think times.
    fn workload(&mut self) -> u64;
    /// Puts an event into the history.
    fn record(&mut self, event: history::Event);
}

/// What a client can do, lent to its handlers.
pub struct ClientContext<'a, P: Process> {
    host: &'a mut dyn ClientHost<P>,
}

impl<'a, P: Process> ClientContext<'a, P> {
    /// A context over `host`.
    pub fn new(host: &'a mut dyn ClientHost<P>) -> Self {
        ClientContext { host }
    }

    /// Simulated time.
    pub fn now(&self) -> SimTime {
        self.host.now()
    }

    /// This client.
    pub fn id(&self) -> ClientId {
        self.host.id()
    }

    /// Sends `request` to the node `to`, over the same network as everything else.
    pub fn send(&mut self, to: NodeId, id: RequestId, request: P::Request) {
        self.host.send(to, id, request);
    }

    /// Sets `timer` to fire `after` from now, in place of an earlier deadline.
    pub fn set_timer(&mut self, timer: ClientTimer, after: SimDuration) {
        self.host.set_timer(timer, after);
    }

    /// Forgets the deadline of `timer`, if it has one.
    pub fn cancel_timer(&mut self, timer: ClientTimer) {
        self.host.cancel_timer(timer);
    }

    /// Randomness for routing and back-off.
    pub fn random(&mut self) -> impl Draw {
        ClientDraw(|| self.host.random())
    }

    /// Randomness for what to ask next: apart from [`random`](ClientContext::random),
    /// so that two protocols under one seed are asked the same.
    pub fn workload(&mut self) -> impl Draw {
        ClientDraw(|| self.host.workload())
    }

    /// Puts an event into the history.
    pub fn record(&mut self, event: history::Event) {
        self.host.record(event);
    }
}

struct ClientDraw<F>(F);

impl<F: FnMut() -> u64> Draw for ClientDraw<F> {
    fn next_u64(&mut self) -> u64 {
        (self.0)()
    }
}

/// For worlds without clients.
#[derive(Clone, Copy, Debug)]
pub enum NoClient {}

impl<P: Process> Client<P> for NoClient {
    fn start(&mut self, _: &mut ClientContext<P>) {
        match *self {}
    }

    fn on_response(&mut self, _: NodeId, _: RequestId, _: P::Response, _: &mut ClientContext<P>) {
        match *self {}
    }

    fn on_timer(&mut self, _: ClientTimer, _: &mut ClientContext<P>) {
        match *self {}
    }
}
