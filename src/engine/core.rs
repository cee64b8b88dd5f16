//! The world but for its processes and clients: what their contexts act upon.

use super::counters::Counters;
use super::event::Event;
use super::node::{Held, NodeState};
use super::observer::{Happening, Loss, Observer};
use super::queue::Queue;
use super::slab::Slab;
use super::timers::Timers;
use super::verbs::Verbs;
use crate::base::{Digest, LinkId, NodeId, SimDuration, SimTime, StreamName};
use crate::faults::MessageEffect;
use crate::network::{Fate, Network};
use crate::process::{ClientTimer, Decisions, Process};
use crate::storage::DiskConfig;

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
    /// The timers of each client.
    pub(super) clients: Vec<Timers<ClientTimer>>,
    pub(super) verbs: Verbs,
    pub(super) disk: DiskConfig,
    /// How long a node takes for each thing it is handed.
    pub(super) service_time: SimDuration,
}

impl<P: Process> Core<P> {
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

    /// Lets a message, request or response enter `link`.
    #[inline(always)]
    pub(super) fn transmit<O: Observer<P>>(&mut self, link: LinkId, event: Event<P>, observer: &mut O) {
        self.counters.messages_sent += 1;
        self.counters.bytes_sent += u64::from(event.size());
        // Even what is lost takes a name, so that a partition renames no later message.
        let nth = self.network.nth(link.from, self.now);
        if self.network.partitions.blocks(link) {
            return self.lose(link, &event, Loss::Blocked, observer);
        }
        let mut fate = if self.decisions.is_scripted() {
            self.scripted_fate(link, nth)
        } else {
            self.network.fate(link, self.now, &mut self.decisions.seeded_message(link, self.now, nth))
        };
        if matches!(fate, Fate::Arrives { again: Some(_), .. }) {
            // Counted before any fault has its say: `messages_repeated` is for those.
            self.counters.messages_duplicated += 1;
        }
        if !self.verbs.is_empty() {
            match self.tamper(link, &event, fate) {
                Some(tampered) => fate = tampered,
                None => return self.lose(link, &event, Loss::Dropped, observer),
            }
        }
        match fate {
            Fate::Lost => self.lose(link, &event, Loss::Chance, observer),
            Fate::Arrives { at, again } => {
                let at = self.network.in_order(link, at);
                if let Some(again) = again {
                    let again = self.network.in_order(link, again);
                    self.schedule(at, event.clone());
                    self.schedule(again, event);
                } else {
                    self.schedule(at, event);
                }
            }
        }
    }

    #[cold]
    fn scripted_fate(&self, link: LinkId, nth: u32) -> Fate {
        self.network.fate(link, self.now, &mut self.decisions.message(link, self.now, nth))
    }

    /// What message faults make of a fate; `None` if they drop the message.
    #[cold]
    fn tamper(&mut self, link: LinkId, event: &Event<P>, fate: Fate) -> Option<Fate> {
        let effect = self.verbs.hit(link, event.kind());
        // What chance has lost already cannot be hurt any more.
        let (Some(effect), Fate::Arrives { at, again }) = (effect, fate) else { return Some(fate) };
        match effect {
            MessageEffect::Drop => {
                self.counters.messages_dropped += 1;
                None
            }
            MessageEffect::Delay(by) => {
                self.counters.messages_delayed += 1;
                Some(Fate::Arrives { at: at + by, again })
            }
            MessageEffect::Duplicate => {
                self.counters.messages_repeated += u64::from(again.is_none());
                Some(Fate::Arrives { at, again: again.or(Some(at)) })
            }
        }
    }

    /// Counts and tells that what travelled on `link` is lost.
    #[cold]
    pub(super) fn lose<O: Observer<P>>(
        &mut self,
        link: LinkId,
        event: &Event<P>,
        why: Loss,
        observer: &mut O,
    ) {
        match why {
            Loss::Chance => self.counters.messages_lost += 1,
            Loss::Blocked => self.counters.messages_blocked += 1,
            Loss::Down => self.counters.messages_to_down += 1,
            Loss::Dropped => {}
        }
        observer.on_happening(self.now, &Happening::Lost { link, kind: event.kind(), why });
    }

    /// Applies an effect that the barrier held back, or would have.
    #[inline(always)]
    pub(super) fn apply<O: Observer<P>>(&mut self, node: NodeId, effect: Held<P>, observer: &mut O) {
        match effect {
            Held::Message { to, message } => {
                assert!(to.index() < self.nodes.len(), "{node} sends to {to}, which is no node");
                self.transmit(LinkId::new(node, to), Event::Message { from: node, to, message }, observer);
            }
            Held::Reply { client, id, response } => {
                assert!(client.index() < self.clients.len(), "{node} answers {client}, which is no client");
                let event = Event::Response { from: node, client, id, response };
                self.transmit(LinkId::new(node, client), event, observer);
            }
            Held::Observation(observation) => observer.on_observation(self.now, node, &observation),
        }
    }

    /// Starts the syncs that a handler's writes ask for.
    #[inline]
    pub(super) fn start_syncs(&mut self, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if !std::mem::take(&mut state.wrote) {
            return;
        }
        let (now, incarnation) = (self.now, state.incarnation);
        let (queue, events) = (&mut self.queue, &mut self.events);
        let mut draws = self.decisions.stream(StreamName::Disk(node));
        state.disk.start_syncs(&self.disk.sync, &mut draws, |journal, takes| {
            let slot = events.insert(Event::Synced { node, journal, incarnation });
            let sequence = queue.take_sequence();
            queue.push(now + takes, sequence, slot);
        });
    }
}
