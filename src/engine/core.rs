//! The world but for its processes and clients: what their contexts act upon.

use super::counters::{Counters, add};
use super::event::{Event, Remains};
use super::node::{Held, Mood, NodeState};
use super::observer::{Happening, Loss, Observer};
use super::queue::Queue;
use super::sender::Sender;
use super::slab::Slab;
use super::timers::Timers;
use super::verbs::Verbs;
use super::world::WorldConfig;
use crate::base::{ClientId, Digest, LinkId, NodeId, SimDuration, SimTime, StreamName};
use crate::clocks::ClockConfig;
use crate::faults::{Atlas, MessageEffect};
use crate::network::{Course, Fate, Mishap, Network, Sent};
use crate::process::{ClientTimer, Decisions, Payload, Process, RequestId};
use crate::storage::DiskConfig;

/// What the engine keeps of a client.
#[derive(Clone, Default, Debug)]
pub(super) struct ClientState {
    pub(super) sender: Sender,
    pub(super) timers: Timers<ClientTimer>,
}

/// Everything handlers can act upon.
#[derive(Clone, Debug)]
pub(super) struct Core<P: Process> {
    pub(super) now: SimTime,
    pub(super) queue: Queue,
    pub(super) events: Slab<Event<P>>,
    pub(super) network: Network,
    pub(super) decisions: Decisions,
    pub(super) digest: Digest,
    pub(super) counters: Counters,
    pub(super) nodes: Vec<NodeState<P>>,
    pub(super) clients: Vec<ClientState>,
    /// Whether every message takes the short way; see [`look_at_the_sky`](Core::look_at_the_sky).
    fair_weather: bool,
    /// Whether nothing but its receiver is in the way of a message that arrives.
    still_air: bool,
    pub(super) verbs: Verbs,
    /// What waits at the far end of clogged links, in the order of arrival.
    pub(super) clogged: Vec<Event<P>>,
    /// What is left of the corrupted messages on their way.
    pub(super) remains: Slab<Remains>,
    pub(super) disk: DiskConfig,
    pub(super) clock: ClockConfig,
    pub(super) atlas: Atlas,
    /// How long a node takes for each thing it is handed.
    pub(super) service_time: SimDuration,
}

impl<P: Process> Core<P> {
    /// That many nodes and clients, with nothing in the queue yet.
    pub(super) fn new(world: &WorldConfig<P>, clients: usize) -> Self {
        let mut core = Core {
            now: SimTime::ZERO,
            queue: Queue::new(),
            events: Slab::new(),
            network: Network::new(world.network.clone(), world.nodes as usize, clients),
            decisions: Decisions::seeded(world.seed),
            digest: Digest::new(),
            counters: Counters::default(),
            nodes: (0..world.nodes).map(|_| NodeState::new()).collect(),
            clients: (0..clients).map(|_| ClientState::default()).collect(),
            fair_weather: false,
            still_air: false,
            verbs: Verbs::default(),
            clogged: Vec::new(),
            remains: Slab::new(),
            disk: world.disk.clone(),
            clock: world.clock,
            atlas: Atlas::new(world.damaged_most),
            service_time: world.service_time,
        };
        core.start_clocks();
        core.look_at_the_sky();
        core
    }

    /// Puts `event` into the queue at `at`.
    #[inline(always)]
    pub(super) fn schedule(&mut self, at: SimTime, event: Event<P>) {
        let sequence = self.queue.take_sequence();
        self.schedule_as(at, sequence, event);
    }

    /// Puts `event` into the queue at `at`, under a sequence number taken before.
    #[inline(always)]
    pub(super) fn schedule_as(&mut self, at: SimTime, sequence: u64, event: Event<P>) {
        let slot = self.events.insert(event);
        self.queue.push(at, sequence, slot);
    }

    /// Lets `message` leave `from`.
    #[inline(always)]
    pub(super) fn send<O: Observer<P>>(
        &mut self,
        from: NodeId,
        to: NodeId,
        message: P::Message,
        observer: &mut O,
    ) {
        assert!(to.index() < self.nodes.len(), "{from} sends to {to}, which is no node");
        let link = LinkId::new(from, to);
        let nth = self.nodes[from.index()].sender.nth(self.now);
        // The event is made where it is kept: each copy of a large message in between costs more
        // than its fate.
        match self.depart(link, nth, message.size()) {
            Some(at) => self.schedule(at, Event::Message { from, to, message }),
            None => self.transmit(link, nth, Event::Message { from, to, message }, observer),
        }
    }

    /// Lets a response leave `from`.
    #[inline(always)]
    pub(super) fn reply<O: Observer<P>>(
        &mut self,
        from: NodeId,
        client: ClientId,
        id: RequestId,
        response: P::Response,
        observer: &mut O,
    ) {
        assert!(client.index() < self.clients.len(), "{from} answers {client}, which is no client");
        let link = LinkId::new(from, client);
        let nth = self.nodes[from.index()].sender.nth(self.now);
        match self.depart(link, nth, response.size()) {
            Some(at) => self.schedule(at, Event::Response { from, client, id, response }),
            None => self.transmit(link, nth, Event::Response { from, client, id, response }, observer),
        }
    }

    /// Lets a request leave `client`.
    #[inline(always)]
    pub(super) fn ask<O: Observer<P>>(
        &mut self,
        client: ClientId,
        to: NodeId,
        id: RequestId,
        request: P::Request,
        observer: &mut O,
    ) {
        assert!(to.index() < self.nodes.len(), "{client} asks {to}, which is no node");
        let link = LinkId::new(client, to);
        let nth = self.clients[client.index()].sender.nth(self.now);
        match self.depart(link, nth, request.size()) {
            Some(at) => self.schedule(at, Event::Request { client, to, id, request }),
            None => self.transmit(link, nth, Event::Request { client, to, id, request }, observer),
        }
    }

    /// Counts a message of `size` bytes that enters `link`, and says when it arrives if
    /// nothing out of the ordinary becomes of it; otherwise it is for
    /// [`transmit`](Core::transmit), which finds the same fate under the same name.
    #[inline(always)]
    fn depart(&mut self, link: LinkId, nth: u32, size: u32) -> Option<SimTime> {
        add(&mut self.counters.messages_sent, 1);
        add(&mut self.counters.bytes_sent, u64::from(size));
        if !self.fair_weather {
            return None;
        }
        let mut draws = self.decisions.seeded_message(link, self.now, nth);
        match self.network.plain_fate(self.now, &mut draws) {
            Fate::Arrives { at, again: None } => Some(self.network.in_order(link, at)),
            _ => None,
        }
    }

    /// Lets a message, request or response enter `link`, whatever becomes of it: what is blocked
    /// or lost has taken a name all the same, so that a partition renames no later message.
    #[inline(never)]
    fn transmit<O: Observer<P>>(&mut self, link: LinkId, nth: u32, event: Event<P>, observer: &mut O) {
        if self.network.partitions.blocks(link) {
            return self.lose(link, event.kind(), Loss::Blocked, observer);
        }
        let sent = Sent { link, now: self.now, size: event.size() };
        let mut course = decide(&mut self.network, &self.decisions, sent, nth);
        let effect = if self.verbs.is_empty() { None } else { self.hit(link, event.kind()) };
        // What is lost already cannot be hurt any more.
        if let Some(mishap) = course.lost {
            return self.lose(link, event.kind(), mishap.into(), observer);
        }
        self.counters.note(&course);
        if effect.is_some_and(|effect| !self.tamper(effect, &mut course)) {
            return self.lose(link, event.kind(), Loss::Dropped, observer);
        }
        let first = self.network.in_own_order(link, course.first.at);
        match course.again {
            Some(again) => {
                let second = self.network.in_own_order(link, again.at);
                self.arrive(first, link, course.first.corrupted, event.clone());
                self.arrive(second, link, again.corrupted, event);
            }
            None => self.arrive(first, link, course.first.corrupted, event),
        }
    }

    /// Lets a copy arrive at `at`, or what is left of it.
    #[inline]
    fn arrive(&mut self, at: SimTime, link: LinkId, corrupted: Option<(u64, Mishap)>, event: Event<P>) {
        match corrupted {
            None => self.schedule(at, event),
            Some((word, by)) => {
                let event = self.corrupt(link, word, by, &event);
                self.schedule(at, event);
            }
        }
    }

    /// What is left of a message: something else under its name, if its payload allows for that, or
    /// something that its receiver will drop, and that is counted then.
    #[cold]
    fn corrupt(&mut self, link: LinkId, word: u64, by: Mishap, event: &Event<P>) -> Event<P> {
        let why = if by == Mishap::Degraded { Loss::Degraded } else { Loss::Corrupted };
        if let Some(garbled) = event.garbled(word) {
            self.counters.note_loss(why);
            return garbled;
        }
        let place = self.remains.insert(Remains { kind: event.kind(), why });
        Event::Corrupted { link, place }
    }

    /// Whether nothing is in the way of a message that arrives at `node`: no link is blocked or
    /// clogged, and it is neither down nor busy.
    #[inline(always)]
    pub(super) fn is_calm(&self, node: NodeId) -> bool {
        self.still_air && !self.nodes[node.index()].mood.has(Mood::DOWN.or(Mood::BUSY))
    }

    /// Whether a link may be blocked or clogged.
    #[inline(always)]
    pub(super) fn is_foul(&self) -> bool {
        !self.still_air
    }

    /// Finds out whether messages can take the short way: after all that may change it.
    pub(super) fn look_at_the_sky(&mut self) {
        self.still_air = self.network.partitions.is_empty() && !self.network.disturbances.has_clog();
        self.fair_weather = self.network.is_plain() && self.verbs.is_empty() && !self.decisions.is_scripted();
    }

    /// What message faults do to a message of this kind.
    #[cold]
    fn hit(&mut self, link: LinkId, kind: &'static str) -> Option<MessageEffect> {
        let effect = self.verbs.hit(link, kind);
        self.look_at_the_sky();
        effect
    }

    /// What a message fault makes of a message's course. `false` if it drops it.
    #[cold]
    fn tamper(&mut self, effect: MessageEffect, course: &mut Course) -> bool {
        match effect {
            MessageEffect::Drop => {
                self.counters.messages_dropped += 1;
                return false;
            }
            MessageEffect::Delay(by) => {
                self.counters.messages_delayed += 1;
                course.copies().for_each(|copy| copy.at += by);
            }
            MessageEffect::Duplicate => {
                self.counters.messages_repeated += u64::from(course.again.is_none());
                course.again = course.again.or(Some(course.first));
            }
        }
        true
    }

    /// Counts and tells that what travelled on `link` is lost.
    #[cold]
    pub(super) fn lose<O: Observer<P>>(
        &mut self,
        link: LinkId,
        kind: &'static str,
        why: Loss,
        observer: &mut O,
    ) {
        self.counters.note_loss(why);
        observer.on_happening(self.now, &Happening::Lost { link, kind, why });
    }

    /// Applies an effect that the barrier has held back.
    pub(super) fn apply<O: Observer<P>>(&mut self, node: NodeId, effect: Held<P>, observer: &mut O) {
        match effect {
            Held::Message { to, message } => self.send(node, to, message, observer),
            Held::Reply { client, id, response } => self.reply(node, client, id, response, observer),
            Held::Observation(observation) => observer.on_observation(self.now, node, &observation),
        }
    }

    /// Starts the syncs that a handler's writes ask for.
    #[inline]
    pub(super) fn start_syncs(&mut self, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if !state.mood.has(Mood::WROTE) {
            return;
        }
        state.mood.set(Mood::WROTE, false);
        let (now, incarnation) = (self.now, state.incarnation);
        let (queue, events) = (&mut self.queue, &mut self.events);
        let mut draws = self.decisions.stream(StreamName::Disk(node));
        let disk = &mut state.writes.get().disk;
        let slowed = disk.start_syncs(now, &self.disk.sync, &mut draws, |journal, takes| {
            let slot = events.insert(Event::Synced { node, journal, incarnation });
            let sequence = queue.take_sequence();
            queue.push(now + takes, sequence, slot);
        });
        self.counters.syncs_slowed += slowed;
    }
}

/// Decides the course of a message, by its name. Apart from the core, so that it is compiled once for
/// all protocols.
#[inline(never)]
fn decide(network: &mut Network, decisions: &Decisions, sent: Sent, nth: u32) -> Course {
    let Sent { link, now, .. } = sent;
    if decisions.is_scripted() {
        network.course(sent, &decisions.message(link, now, nth), |nth| decisions.weather(link, nth))
    } else {
        network.course(sent, &decisions.seeded_message(link, now, nth), |nth| decisions.weather(link, nth))
    }
}
