//! The state of a node, what it recovers from its disk, and who handles what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;

use super::acceptor::{Acceptor, Unsynced};
use super::bugs::Bug;
use super::config::PaxosConfig;
use super::learner::Learner;
use super::message::{Instance, Message, PaxosRequest, PaxosResponse, Record};
use super::proposer::Proposal;
use crate::base::{ClientId, Damaged, DiskError, JournalId, NodeId, SimDuration, Table, Ticket};
use crate::monitor::{Role, SlotEvent};
use crate::process::{Boot, BootKind, Context, Process, RequestId};
use crate::replication::{Ballot, NodeSet};

/// A node that takes part in decisions.
#[derive(Clone, Debug)]
pub struct Paxos {
    pub(super) config: PaxosConfig,
    pub(super) id: NodeId,
    /// Whether it takes part: its disk is as it left it, as far as it knows.
    pub(super) is_sound: bool,
    // On disk before anyone hears of it.
    pub(super) acceptors: Table<Instance, Acceptor>,
    // In memory only.
    pub(super) learners: Table<Instance, Learner>,
    /// What it proposes, until that is decided.
    pub(super) proposals: BTreeMap<Instance, Proposal>,
    /// For how long it leaves the field at most when it is pre-empted the next time.
    pub(super) backoff: SimDuration,
    /// Promises and acceptances of its own that count once they are durable, in the order of writing.
    pub(super) unsynced: VecDeque<(Ticket, Unsynced)>,
}

/// A node's timers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// Time to ask again, or to begin another ballot, for this instance.
    Proposal(Instance),
}

impl Process for Paxos {
    type Config = PaxosConfig;
    type Message = Message;
    type Record = Record;
    type Request = PaxosRequest;
    type Response = PaxosResponse;
    type Admin = Infallible;
    type Observation = SlotEvent;
    type Timer = Timer;

    fn start(config: &PaxosConfig, mut boot: Boot<Record>, ctx: &mut Context<Self>) -> Self {
        let mut node = Paxos {
            config: *config,
            id: ctx.id(),
            is_sound: true,
            acceptors: Table::new(),
            learners: Table::new(),
            proposals: BTreeMap::new(),
            backoff: config.backoff_min,
            unsynced: VecDeque::new(),
        };
        ctx.observe(SlotEvent::Recovered);
        // Who has lost what it promised and accepted cannot take part again: to others its word still stands.
        let forgot = boot.kind == BootKind::Replacement && !node.has(Bug::Amnesia);
        if !node.recover(boot.take(JournalId::default()), ctx) || forgot {
            node.stop(ctx);
        }
        node
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        if !self.is_sound {
            return;
        }
        match message {
            Message::Prepare { instance, ballot } => self.on_prepare(from, instance, ballot, ctx),
            Message::Promise { instance, ballot, accepted } => {
                self.on_promise(from, instance, ballot, accepted, ctx);
            }
            Message::Accept { instance, ballot, value } => self.on_accept(from, instance, ballot, value, ctx),
            Message::Accepted { instance, ballot, value } => self.count(from, instance, ballot, value, ctx),
            Message::Nack { instance, ballot, promised } => self.on_nack(instance, ballot, promised, ctx),
            Message::Learn { instance, value } => self.decide(instance, value, ctx),
        }
    }

    fn on_timer(&mut self, Timer::Proposal(instance): Timer, ctx: &mut Context<Self>) {
        self.go_on(instance, ctx);
    }

    fn on_request(
        &mut self,
        client: ClientId,
        id: RequestId,
        request: PaxosRequest,
        ctx: &mut Context<Self>,
    ) {
        let PaxosRequest::Propose { instance, value } = request;
        if !self.is_sound {
            return;
        }
        if let Some(decided) = self.decision(instance) {
            ctx.reply(client, id, PaxosResponse::Decided(decided));
        } else if self.config.proposes(self.id) {
            self.propose(instance, value, (client, id), ctx);
        } else {
            let proposer = NodeId(client.0 % self.config.proposers);
            ctx.reply(client, id, PaxosResponse::NotProposer { proposer });
        }
    }

    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }

    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        if result.is_ok() || self.has(Bug::IgnoresFailedSync) {
            self.on_written(write, ctx);
        } else {
            // What the disk holds is unknown now: to go on could break a promise. After a restart it is what
            // is read.
            self.stop(ctx);
        }
    }

    /// The highest ballot in which it has a quorum of promises, for whichever instance.
    fn leads(&self) -> Option<u64> {
        self.proposals.values().filter_map(Proposal::won).map(Ballot::number).max()
    }

    fn takes_part(&self) -> bool {
        self.is_sound
    }

    /// Where not all propose, enough of those who do must be there.
    fn electorates(&self) -> Vec<Vec<NodeId>> {
        let PaxosConfig { nodes, proposers, .. } = self.config;
        let sets = if proposers < nodes { vec![nodes, proposers] } else { Vec::new() };
        sets.into_iter().map(|count| NodeSet::first(count).iter(nodes).collect()).collect()
    }

    fn waits_for(&self) -> Option<String> {
        self.told_wait()
    }
}

impl Paxos {
    /// What is decided for `instance`, as far as this node knows.
    pub fn decision(&self, instance: Instance) -> Option<i64> {
        self.learners.get(&instance).and_then(|learner| learner.decided)
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.config.bugs.has(bug)
    }

    /// All other nodes.
    pub(super) fn others(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.config.acceptors().without(self.id).iter(self.config.nodes)
    }

    /// The slot of an instance, for monitors: they count from 1.
    pub(super) const fn slot(instance: Instance) -> u64 {
        instance as u64 + 1
    }

    /// Takes up what it had promised and accepted; `false` if a record is unreadable that may have been told
    /// somebody.
    fn recover(&mut self, records: Vec<Result<Record, Damaged>>, ctx: &mut Context<Self>) -> bool {
        let mut instances = BTreeSet::new();
        for record in records {
            match record {
                Ok(record) => {
                    self.replay(record);
                    instances.insert(record.instance());
                }
                // It never became durable, so nobody was told of it: as if never written.
                Err(Damaged::Torn) => {}
                Err(Damaged::Corrupt) if self.has(Bug::IgnoresDamage) => {}
                Err(Damaged::Corrupt) => return false,
            }
        }
        instances.into_iter().for_each(|instance| self.observe_recovered(instance, ctx));
        true
    }

    /// Takes no part any more.
    fn stop(&mut self, ctx: &mut Context<Self>) {
        self.is_sound = false;
        while let Some((instance, _)) = self.proposals.pop_first() {
            ctx.cancel_timer(Timer::Proposal(instance));
        }
        self.unsynced.clear();
        ctx.observe(SlotEvent::Role { role: Role::Stopped, ballot: 0 });
    }
}
