//! The world and its loop.

use std::hash::Hash;
use std::sync::Arc;

use super::core::Core;
use super::counters::{Counters, add};
use super::event::{Event, fold_message};
use super::faults::Schedule;
use super::host::{ClientView, NodeHost};
use super::node::{Item, Mood};
use super::observer::{Happening, Loss, Observer};
use super::queue::Entry;
use super::timers::Popped;
use crate::base::{ClientId, Digest, NodeId, Seed, SimDuration, SimTime, StreamName, prefetch};
use crate::clocks::ClockConfig;
use crate::faults::{Fault, Healing};
use crate::network::NetworkConfig;
use crate::process::{Boot, BootKind, Client, ClientContext, Context, DecisionName, NoClient, Process};
use crate::storage::DiskConfig;

/// What a world is made of, besides the protocol.
#[derive(Clone, Debug)]
pub struct WorldConfig<P: Process> {
    /// What decides every random choice.
    pub seed: Seed,
    /// How many nodes.
    pub nodes: u32,
    /// The links.
    pub network: NetworkConfig,
    /// The disks.
    pub disk: DiskConfig,
    /// The clocks.
    pub clock: ClockConfig,
    /// How long a node takes for each thing it is handed; while it does, the rest queues.
    pub service_time: SimDuration,
    /// What breaks and when.
    pub faults: Vec<Fault>,
    /// When everything is mended for good, if ever.
    pub healing: Option<Healing>,
    /// The admin command that a text in the fault schedule stands for.
    pub admin: fn(&str) -> Option<P::Admin>,
    /// The most nodes whose disks faults of chance may damage at once: what the protocol survives.
    pub damaged_most: u32,
}

impl<P: Process> WorldConfig<P> {
    /// That many nodes on a perfect network with instant disks and no faults.
    pub fn new(seed: Seed, nodes: u32) -> Self {
        WorldConfig {
            seed,
            nodes,
            network: NetworkConfig::default(),
            disk: DiskConfig::default(),
            clock: ClockConfig::default(),
            service_time: SimDuration::ZERO,
            faults: Vec::new(),
            healing: None,
            admin: |_| None,
            damaged_most: nodes,
        }
    }
}

/// The last instant at which anything happens: a deadline that is cut off at the end of time never comes.
const LAST: SimTime = SimTime::from_ns(u64::MAX - 2);
/// With so many events pending, nodes and events no longer fit into the nearest cache.
const CROWDED_WORLD: usize = 2_048;
/// How many events ahead the memory of a node is asked for, and that of an event.
const AHEAD: [usize; 2] = [4, 12];

/// A cluster and its clients under one seed.
///
/// A world is a value: cloned in mid-run, both copies go on to the same end unless
/// one is told otherwise (see [`script`](World::script)). Those who watch it stay
/// outside; see [`Observer`].
#[derive(Debug)]
pub struct World<P: Process, C = NoClient> {
    pub(super) config: Arc<P::Config>,
    pub(super) core: Core<P>,
    /// The processes of the nodes that are up.
    pub(super) processes: Vec<Option<P>>,
    clients: Vec<C>,
    pub(super) schedule: Schedule<P>,
}

impl<P: Process + Clone, C: Clone> Clone for World<P, C> {
    fn clone(&self) -> Self {
        World {
            config: Arc::clone(&self.config),
            core: self.core.clone(),
            processes: self.processes.clone(),
            clients: self.clients.clone(),
            schedule: self.schedule.clone(),
        }
    }
}

impl<P: Process, C: Client<P>> World<P, C> {
    /// A world at time zero, with nothing started yet.
    pub fn new(world: WorldConfig<P>, protocol: P::Config, clients: Vec<C>) -> Self {
        let mut core = Core::new(&world, clients.len());
        for node in (0..world.nodes).map(NodeId) {
            core.schedule(SimTime::ZERO, Event::Start { node });
        }
        for client in (0..clients.len() as u32).map(ClientId) {
            core.schedule(SimTime::ZERO, Event::StartClient { client });
        }
        for (fault, entry) in (0..).zip(&world.faults) {
            let first = entry.when.first(&mut core.decisions.stream(StreamName::Nemesis(fault)));
            if let Some(first) = first {
                core.schedule(first, Event::Strike { fault });
            }
        }
        if let Some(healing) = world.healing {
            core.schedule(healing.at, Event::Settle);
        }
        World {
            config: Arc::new(protocol),
            core,
            processes: (0..world.nodes).map(|_| None).collect(),
            clients,
            schedule: Schedule::new(world.faults, world.healing, world.admin),
        }
    }

    /// Simulated time: that of the latest event.
    pub fn now(&self) -> SimTime {
        self.core.now
    }

    /// When the next event is due; `None` when nothing will ever happen again.
    pub fn next_time(&mut self) -> Option<SimTime> {
        self.core.queue.next_time()
    }

    /// How many events wait. There is room for [`Queue::MOST`](super::Queue::MOST).
    pub fn pending(&self) -> usize {
        self.core.queue.len()
    }

    /// The fingerprint of everything that has happened.
    pub fn digest(&self) -> Digest {
        self.core.digest
    }

    /// What has happened, counted.
    pub fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// The process on `node`, if it is up. For tests and pictures; judges read observations.
    pub fn process(&self, node: NodeId) -> Option<&P> {
        self.processes.get(node.index())?.as_ref()
    }

    /// From now on the choice `name` gets `word` instead of what the seed says.
    pub fn script(&mut self, name: DecisionName, word: u64) {
        self.core.decisions.script(name, word);
        self.core.look_at_the_sky();
    }

    /// Hands `command` to `node` now, behind what is already due.
    pub fn admin(&mut self, node: NodeId, command: P::Admin) {
        self.core.schedule(self.core.now, Event::Admin { node, command });
    }

    /// Runs until nothing is due at or before `end`, or `events` have been executed in
    /// all. Whether the end was reached.
    pub fn run_until<O: Observer<P>>(&mut self, end: SimTime, events: u64, observer: &mut O) -> bool {
        let end = end.min(LAST);
        while self.core.counters.events < events {
            if !self.step_until(end, observer) {
                return true;
            }
        }
        self.core.queue.next_time().is_none_or(|time| time > end)
    }

    /// Executes the next event. `false` when there is none.
    #[inline]
    pub fn step<O: Observer<P>>(&mut self, observer: &mut O) -> bool {
        self.step_until(LAST, observer)
    }

    /// Executes the next event that is due at `end` or before. `false` when there is none.
    #[inline(always)]
    pub fn step_until<O: Observer<P>>(&mut self, end: SimTime, observer: &mut O) -> bool {
        loop {
            let Some(entry) = self.core.queue.pop_until(end) else { return false };
            if self.core.queue.len() >= CROWDED_WORLD {
                self.look_ahead();
            }
            // Most events are messages, and most of those go straight to a process.
            if self.step_common(entry, observer) || self.step_uncommon(entry, observer) {
                return true;
            }
        }
    }

    /// Executes a message with nothing in its way. `false` if the event is another one. A message
    /// is looked at where it lies and moved once: copies of a large one cost more than all else.
    #[inline(always)]
    fn step_common<O: Observer<P>>(&mut self, entry: Entry, observer: &mut O) -> bool {
        let Some(Event::Message { from, to, message }) = self.core.events.peek(entry.slot) else {
            return false;
        };
        let (from, to) = (*from, *to);
        if !self.core.is_calm(to) {
            return false;
        }
        self.core.now = entry.time;
        fold_message(&mut self.core.digest, entry.time, from, to, message);
        add(&mut self.core.counters.events, 1);
        add(&mut self.core.counters.messages_delivered, 1);
        observer.on_happening(entry.time, &Happening::Message { from, to, message });
        let Event::Message { message, .. } = self.core.events.take(entry.slot) else { return false };
        if let Some(process) = &mut self.processes[to.index()] {
            let mut host = NodeHost { core: &mut self.core, observer, node: to };
            process.on_message(from, message, &mut Context::new(&mut host));
        }
        self.after_handler(to, observer);
        true
    }

    /// Asks for the memory of events to come, and of the nodes they are for.
    #[inline]
    fn look_ahead(&self) {
        if let Some(slot) = self.core.queue.ahead(AHEAD[1]) {
            self.core.events.prefetch(slot);
        }
        let soon = self.core.queue.ahead(AHEAD[0]).and_then(|slot| self.core.events.peek(slot));
        if let Some(Event::Message { to, .. } | Event::Timer { node: to, .. }) = soon {
            self.core.decisions.prefetch(StreamName::Node(*to));
            if let (Some(state), Some(process)) =
                (self.core.nodes.get(to.index()), self.processes.get(to.index()))
            {
                prefetch(state);
                prefetch(process);
            }
        }
    }

    /// Whether it was an event: a timer's entry may be out of date, and that is none.
    #[inline]
    fn step_uncommon<O: Observer<P>>(&mut self, entry: Entry, observer: &mut O) -> bool {
        let event = self.core.events.take(entry.slot);
        let popped = match &event {
            Event::Timer { node, place } => {
                self.core.nodes[node.index()].timers.get().pop(*place, entry.sequence)
            }
            Event::ClientTimer { client, place } => {
                self.core.clients[client.index()].timers.pop(*place, entry.sequence)
            }
            _ => Popped::Due,
        };
        match popped {
            Popped::Stale => false,
            Popped::Later { deadline, sequence } => {
                self.core.schedule_as(deadline, sequence, event);
                false
            }
            Popped::Due => {
                self.core.now = entry.time;
                add(&mut self.core.counters.events, 1);
                event.fold(entry.time, &mut self.core.digest);
                self.execute(event, entry.sequence, observer);
                true
            }
        }
    }

    #[inline]
    fn execute<O: Observer<P>>(&mut self, event: Event<P>, sequence: u64, observer: &mut O) {
        if let Some(link) = event.link() {
            if self.core.is_foul() {
                if self.core.network.partitions.blocks(link) {
                    return self.core.lose(link, event.kind(), Loss::Blocked, observer);
                }
                if self.core.network.disturbances.clogs(link) {
                    return self.core.clog(event);
                }
            }
            if link.to.as_node().is_some_and(|node| !self.core.nodes[node.index()].is_up()) {
                return self.core.lose(link, event.kind(), Loss::Down, observer);
            }
            add(&mut self.core.counters.messages_delivered, 1);
        }
        match event {
            Event::Message { from, to, message } => {
                self.deliver_to_busy(to, Item::Message { from, message }, observer);
            }
            Event::Request { client, to, id, request } => {
                self.deliver(to, Item::Request { client, id, request }, observer);
            }
            Event::Response { from, client, id, response } => {
                observer.on_happening(
                    self.core.now,
                    &Happening::Response { from, client, id, response: &response },
                );
                self.with_client(client, observer, |client, ctx| client.on_response(from, id, response, ctx));
            }
            Event::Timer { node, place } => self.deliver(node, Item::Timer { place, sequence }, observer),
            Event::ClientTimer { client, place } => {
                if let Some(timer) = self.core.clients[client.index()].timers.take_due(place, sequence) {
                    timer.hash(&mut self.core.digest);
                    observer.on_happening(self.core.now, &Happening::ClientTimer { client, timer });
                    self.with_client(client, observer, |client, ctx| client.on_timer(timer, ctx));
                }
            }
            Event::Synced { node, journal, incarnation } => self.synced(node, journal, incarnation, observer),
            Event::Wake { node, incarnation } => self.wake(node, incarnation, observer),
            Event::Admin { node, command } => self.deliver(node, Item::Admin { command }, observer),
            Event::Start { node } => self.start(node, BootKind::First, observer),
            Event::StartClient { client } => {
                self.with_client(client, observer, C::start);
            }
            Event::Strike { fault } => self.strike(fault, observer),
            Event::Restart { node, incarnation } => self.come_back(node, incarnation, observer),
            Event::Settle => self.settle(observer),
            Event::Heal { partition } => self.heal(partition, observer),
            Event::Poll { node } => self.core.poll_clock(node),
            Event::Straighten { node, bend } => self.straighten(node, bend, observer),
            Event::Calm { disturbance, last } => self.calm(disturbance, last, observer),
            Event::Corrupted { link, place } => self.core.notice(link, place, observer),
            Event::Proceed { course } => self.proceed(course, observer),
        }
    }

    fn with_client<O: Observer<P>>(
        &mut self,
        client: ClientId,
        observer: &mut O,
        act: impl FnOnce(&mut C, &mut ClientContext<P>),
    ) {
        let mut view = ClientView { core: &mut self.core, observer, client };
        act(&mut self.clients[client.index()], &mut ClientContext::new(&mut view));
    }
}

impl<P: Process, C> World<P, C> {
    /// Starts the process on `node`.
    pub(super) fn start<O: Observer<P>>(&mut self, node: NodeId, kind: BootKind, observer: &mut O) {
        let state = &mut self.core.nodes[node.index()];
        let found = state.writes.if_any().map_or(Vec::new(), |writes| writes.disk.recover());
        let boot = Boot::new(kind, state.incarnation, found);
        let incarnation = state.incarnation;
        let syncs = !(self.core.disk.sync.is_zero() && self.core.disk.fail_sync.is_never());
        let ails = state.writes.if_any().is_some_and(|writes| writes.disk.is_ailing());
        let slow = state.inbox.if_any().is_some_and(|inbox| !inbox.slowed_by(self.core.now).is_zero());
        state.mood.set(Mood::DOWN, false);
        state.mood.set(Mood::BUSY, slow || !self.core.service_time.is_zero());
        state.mood.set(Mood::SYNCS, syncs || ails);
        state.incarnation += 1;
        observer.on_happening(self.core.now, &Happening::Started { node, incarnation });
        let mut host = NodeHost { core: &mut self.core, observer, node };
        self.processes[node.index()] = Some(P::start(&self.config, boot, &mut Context::new(&mut host)));
        self.after_handler(node, observer);
    }

    /// Hands `item` to a node, or leaves it in its inbox while the node is paused or busy.
    #[inline(always)]
    pub(super) fn deliver<O: Observer<P>>(&mut self, node: NodeId, item: Item<P>, observer: &mut O) {
        if self.core.nodes[node.index()].mood.has(Mood::DOWN.or(Mood::BUSY)) {
            self.deliver_to_busy(node, item, observer);
        } else {
            self.handle(node, item, observer);
        }
    }

    #[inline(never)]
    fn deliver_to_busy<O: Observer<P>>(&mut self, node: NodeId, item: Item<P>, observer: &mut O) {
        let state = &mut self.core.nodes[node.index()];
        if !state.is_up() {
            return;
        }
        let inbox = state.inbox.get();
        let idle = self.core.now >= inbox.busy_until && inbox.waiting.is_empty();
        let slowed_by = inbox.slowed_by(self.core.now);
        let service_time = self.core.service_time + slowed_by;
        self.core.counters.deliveries_slowed += u64::from(!slowed_by.is_zero());
        if idle && service_time.is_zero() {
            state.mood.set(Mood::BUSY, false);
            return self.handle(node, item, observer);
        }
        inbox.waiting.push_back(item);
        if !inbox.waking {
            inbox.waking = true;
            let at = self.core.now.max(inbox.busy_until) + service_time;
            inbox.wakes_at = at;
            let incarnation = state.incarnation;
            self.core.schedule(at, Event::Wake { node, incarnation });
        }
    }

    /// The node turns to the first item of its inbox.
    fn wake<O: Observer<P>>(&mut self, node: NodeId, incarnation: u64, observer: &mut O) {
        let state = &mut self.core.nodes[node.index()];
        if state.incarnation != incarnation || !state.is_up() {
            return;
        }
        let inbox = state.inbox.get();
        if inbox.wakes_at != self.core.now {
            return; // Another wake-up has come before it.
        }
        let service_time = self.core.service_time + inbox.slowed_by(self.core.now);
        if self.core.now < inbox.busy_until {
            // Paused meanwhile: what was being served is served afresh.
            let at = inbox.busy_until + service_time;
            inbox.wakes_at = at;
            return self.core.schedule(at, Event::Wake { node, incarnation });
        }
        let item = inbox.waiting.pop_front();
        inbox.waking = !inbox.waiting.is_empty();
        if inbox.waking {
            let at = self.core.now + service_time;
            inbox.wakes_at = at;
            self.core.schedule(at, Event::Wake { node, incarnation });
        }
        if let Some(item) = item {
            self.handle(node, item, observer);
        }
    }

    #[inline]
    fn handle<O: Observer<P>>(&mut self, node: NodeId, item: Item<P>, observer: &mut O) {
        let now = self.core.now;
        let Some(process) = &mut self.processes[node.index()] else { return };
        let mut host = NodeHost { core: &mut self.core, observer, node };
        match item {
            Item::Message { from, message } => {
                host.observer.on_happening(now, &Happening::Message { from, to: node, message: &message });
                process.on_message(from, message, &mut Context::new(&mut host));
            }
            Item::Request { client, id, request } => {
                let happening = Happening::Request { client, to: node, id, request: &request };
                host.observer.on_happening(now, &happening);
                process.on_request(client, id, request, &mut Context::new(&mut host));
            }
            Item::Timer { place, sequence } => {
                let Some(timer) = host.core.nodes[node.index()].timers.get().take_due(place, sequence) else {
                    return;
                };
                add(&mut host.core.counters.timers, 1);
                timer.hash(&mut host.core.digest);
                host.observer.on_happening(now, &Happening::Timer { node, timer });
                process.on_timer(timer, &mut Context::new(&mut host));
            }
            Item::Durable { writes } => {
                observer.on_happening(now, &Happening::Durable { node, writes });
                self.tell_durable(node, writes, observer);
            }
            Item::Admin { command } => {
                host.observer.on_happening(now, &Happening::Admin { node, command: &command });
                process.on_admin(command, &mut Context::new(&mut host));
            }
        }
        self.after_handler(node, observer);
    }
}
