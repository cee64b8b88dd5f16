//! What the engine keeps of a node beside its process.

use std::collections::VecDeque;

use super::clocks::NodeClock;
use super::rare::Rare;
use super::sender::Sender;
use super::timers::Timers;
use crate::base::{ClientId, DiskError, NodeId, SimDuration, SimTime, Ticket};
use crate::process::{Process, RequestId};
use crate::storage::Disk;

/// A node but for its process. What every delivery looks at is in these few words; what
/// only some nodes need is elsewhere: one cache line a node.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct NodeState<P: Process> {
    pub(super) mood: Mood,
    pub(super) sender: Sender,
    /// How many times it has started.
    pub(super) incarnation: u64,
    pub(super) timers: Rare<Timers<P::Timer>>,
    pub(super) inbox: Rare<Inbox<P>>,
    pub(super) writes: Rare<Writes<P>>,
    pub(super) clock: Rare<NodeClock>,
}

/// What is out of the ordinary with a node, bit by bit: of most nothing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mood(u8);

impl Mood {
    /// It is not running.
    pub(super) const DOWN: Mood = Mood(1);
    /// It may be paused or busy: its inbox decides.
    pub(super) const BUSY: Mood = Mood(2);
    /// What it sends waits for a write.
    pub(super) const BARRED: Mood = Mood(4);
    /// A handler wrote something since the last sync was started.
    pub(super) const WROTE: Mood = Mood(8);
    /// A handler wrote something that was durable at once.
    pub(super) const TOLD: Mood = Mood(16);
    /// Its disk takes time or may fail: a write is not durable at once.
    pub(super) const SYNCS: Mood = Mood(32);
    /// It has a clock of its own.
    pub(super) const CLOCK: Mood = Mood(64);

    /// Whether one of `moods` is among these.
    #[inline(always)]
    pub(super) const fn has(self, moods: Mood) -> bool {
        self.0 & moods.0 != 0
    }

    /// Both.
    pub(super) const fn or(self, other: Mood) -> Mood {
        Mood(self.0 | other.0)
    }

    pub(super) fn set(&mut self, moods: Mood, to: bool) {
        self.0 = if to { self.0 | moods.0 } else { self.0 & !moods.0 };
    }
}

/// What a node has written, and what waits for it.
#[derive(Clone, Debug)]
pub(super) struct Writes<P: Process> {
    pub(super) disk: Disk<P::Record>,
    pub(super) barrier: Barrier<P>,
    /// Writes whose fate is known, and that the process has not been told of.
    pub(super) told: VecDeque<(Ticket, Result<(), DiskError>)>,
    next_ticket: u64,
}

/// Where what arrives waits while the node is paused or busy.
#[derive(Clone, Debug)]
pub(super) struct Inbox<P: Process> {
    /// Until when the node does nothing.
    pub(super) busy_until: SimTime,
    /// Until when a fault has frozen it.
    pub(super) frozen_until: SimTime,
    pub(super) waiting: VecDeque<Item<P>>,
    /// Whether a wake-up is in the queue, …
    pub(super) waking: bool,
    /// … and when it is due; one that comes at another time was put off or brought forward.
    pub(super) wakes_at: SimTime,
    /// By how much faults slow the node down, each with its entry of the schedule and until when. The
    /// machine stays slow over a crash.
    pub(super) slow: Vec<(u32, SimDuration, SimTime)>,
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
    /// A node that has not started.
    pub(super) fn new() -> Self {
        NodeState {
            mood: Mood::DOWN,
            sender: Sender::default(),
            incarnation: 0,
            timers: Rare::new(),
            inbox: Rare::new(),
            writes: Rare::new(),
            clock: Rare::new(),
        }
    }

    pub(super) fn is_up(&self) -> bool {
        !self.mood.has(Mood::DOWN)
    }

    /// Drops everything that was in memory. Its clock goes on.
    pub(super) fn forget(&mut self) {
        self.mood = if self.mood.has(Mood::CLOCK) { Mood::DOWN.or(Mood::CLOCK) } else { Mood::DOWN };
        self.timers.clear();
        if let Some(inbox) = self.inbox.if_any() {
            *inbox = Inbox { slow: std::mem::take(&mut inbox.slow), ..Inbox::default() };
        }
        if let Some(writes) = self.writes.if_any() {
            writes.barrier.writes.clear();
            writes.barrier.held.clear();
            writes.told.clear();
        }
    }
}

impl<P: Process> Inbox<P> {
    /// The entry `fault` makes the node slower by so much until then. It goes on if it was in force.
    pub(super) fn slow_down(&mut self, fault: u32, by: SimDuration, until: SimTime) {
        self.slow.retain(|(other, ..)| *other != fault);
        self.slow.push((fault, by, until));
    }

    /// How much longer than others the node is busy with what it is handed now.
    pub(super) fn slowed_by(&self, now: SimTime) -> SimDuration {
        let in_force = self.slow.iter().filter(|(.., until)| now < *until);
        in_force.fold(SimDuration::ZERO, |all, (_, by, _)| all + *by)
    }
}

impl<P: Process> Writes<P> {
    pub(super) fn take_ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ticket
    }

    /// The process hears that `ticket` has failed. What waits for it, or for one that has failed with
    /// it, never leaves; what the process sends from now on is its own affair, for it knows.
    #[cold]
    pub(super) fn fail(&mut self, ticket: Ticket) {
        self.disk.mend();
        self.barrier.fail(ticket);
        for (ticket, result) in &self.told {
            if result.is_err() {
                self.barrier.fail(*ticket);
            }
        }
    }
}

impl<P: Process> Default for Writes<P> {
    fn default() -> Self {
        let barrier = Barrier { writes: VecDeque::new(), held: VecDeque::new() };
        Writes { disk: Disk::new(), barrier, told: VecDeque::new(), next_ticket: 0 }
    }
}

impl<P: Process> Default for Inbox<P> {
    fn default() -> Self {
        let (busy_until, frozen_until) = (SimTime::ZERO, SimTime::ZERO);
        let (waiting, waking, wakes_at) = (VecDeque::new(), false, SimTime::ZERO);
        Inbox { busy_until, frozen_until, waiting, waking, wakes_at, slow: Vec::new() }
    }
}

impl<P: Process> Barrier<P> {
    /// Everything later waits for `ticket`.
    pub(super) fn raise(&mut self, ticket: Ticket) {
        self.writes.push_back((ticket, false));
    }

    /// Whether effects must wait.
    pub(super) fn is_raised(&self) -> bool {
        !self.writes.is_empty()
    }

    /// Holds `effect` back until all barrier writes so far are durable.
    pub(super) fn hold(&mut self, effect: Held<P>) {
        if let Some((newest, _)) = self.writes.back() {
            self.held.push_back((*newest, effect));
        }
    }

    /// `ticket` will never be durable: what waits for it never leaves.
    fn fail(&mut self, ticket: Ticket) {
        let place = self.writes.binary_search_by_key(&ticket, |(write, _)| *write);
        if place.is_ok_and(|place| !self.writes[place].1) {
            self.held.retain(|(behind, _)| *behind < ticket);
            self.lower(ticket);
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
