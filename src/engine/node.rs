//! What the engine keeps of a node beside its process.

use std::collections::VecDeque;

use super::timers::Timers;
use crate::base::{ClientId, NodeId, SimTime, Ticket};
use crate::process::{Process, RequestId};
use crate::storage::Disk;

/// A node but for its process. Laid out as written: what every delivery looks at comes
/// first, within two cache lines.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct NodeState<P: Process> {
    pub(super) up: bool,
    /// Whether a handler wrote something since the last sync was started.
    pub(super) wrote: bool,
    /// How many times it has started.
    pub(super) incarnation: u64,
    /// Durable writes that the process has not been told of.
    pub(super) synced: VecDeque<Ticket>,
    pub(super) inbox: Inbox<P>,
    pub(super) barrier: Barrier<P>,
    pub(super) timers: Timers<P::Timer>,
    pub(super) disk: Disk<P::Record>,
    next_ticket: u64,
}

/// Where what arrives waits while the node is paused or busy.
#[derive(Clone, Debug)]
pub(super) struct Inbox<P: Process> {
    /// Until when the node does nothing.
    pub(super) busy_until: SimTime,
    pub(super) waiting: VecDeque<Item<P>>,
    /// Whether a wake-up is in the queue.
    pub(super) waking: bool,
}

/// What a node can be handed.
#[derive(Clone, Debug)]
pub(super) enum Item<P: Process> {
    Message { from: NodeId, message: P::Message },
    Request { client: ClientId, id: RequestId, request: P::Request },
    Timer { place: u32, sequence: u64 },
    Durable { writes: u64 },
    Admin { command: P::Admin },
}

/// The write barrier: effects that wait for writes to become durable.
#[derive(Clone, Debug)]
pub(super) struct Barrier<P: Process> {
    /// Barrier writes from the oldest that is not durable on, each with whether it is.
    writes: VecDeque<(Ticket, bool)>,
    /// What waits, each behind the newest barrier write at the time.
    held: VecDeque<(Ticket, Held<P>)>,
}

/// An effect held back.
#[derive(Clone, Debug)]
pub(super) enum Held<P: Process> {
    Message { to: NodeId, message: P::Message },
    Reply { client: ClientId, id: RequestId, response: P::Response },
    Observation(P::Observation),
}

impl<P: Process> NodeState<P> {
    pub(super) fn new() -> Self {
        NodeState {
            up: false,
            incarnation: 0,
            disk: Disk::new(),
            wrote: false,
            timers: Timers::new(),
            inbox: Inbox { busy_until: SimTime::ZERO, waiting: VecDeque::new(), waking: false },
            barrier: Barrier { writes: VecDeque::new(), held: VecDeque::new() },
            synced: VecDeque::new(),
            next_ticket: 0,
        }
    }

    pub(super) fn take_ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ticket
    }

    /// Drops everything that was in memory.
    pub(super) fn forget(&mut self) {
        self.up = false;
        self.wrote = false;
        self.timers.clear();
        self.inbox.waiting.clear();
        self.inbox.waking = false;
        self.inbox.busy_until = SimTime::ZERO;
        self.barrier.writes.clear();
        self.barrier.held.clear();
        self.synced.clear();
    }
}

impl<P: Process> Barrier<P> {
    /// Everything later waits for `ticket`.
    pub(super) fn raise(&mut self, ticket: Ticket) {
        self.writes.push_back((ticket, false));
    }

    /// Whether effects must wait.
    #[inline]
    pub(super) fn is_raised(&self) -> bool {
        !self.writes.is_empty()
    }

    /// Holds `effect` back until all barrier writes so far are durable.
    pub(super) fn hold(&mut self, effect: Held<P>) {
        if let Some((newest, _)) = self.writes.back() {
            self.held.push_back((*newest, effect));
        }
    }

    /// `ticket` is durable.
    pub(super) fn lower(&mut self, ticket: Ticket) {
        if let Ok(place) = self.writes.binary_search_by_key(&ticket, |(write, _)| *write) {
            self.writes[place].1 = true;
        }
        while let Some((_, true)) = self.writes.front() {
            self.writes.pop_front();
        }
    }

    /// The next effect that nothing holds back any more.
    pub(super) fn release(&mut self) -> Option<Held<P>> {
        let (behind, _) = self.held.front()?;
        match self.writes.front() {
            Some((oldest, _)) if oldest <= behind => None,
            _ => self.held.pop_front().map(|(_, effect)| effect),
        }
    }
}
