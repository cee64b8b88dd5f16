//! The state of a node, and who handles what.

use std::sync::Arc;

use super::admin::MultiPaxosAdmin;
use super::bugs::Bug;
use super::candidate::Candidacy;
use super::command::{Command, Slot};
use super::config::{MultiPaxosConfig, ReadMode};
use super::leader::Leadership;
use super::learner::CatchUp;
use super::membership::Membership;
use super::message::{Message, Record};
use super::reads::Read;
use super::slot_log::SlotLog;
use super::snapshot::Snapshot;
use crate::base::{ClientId, DiskError, Draw, JournalId, NodeId, SimDuration, SimTime, Ticket};
use crate::history::Value;
use crate::monitor::{self, SlotEvent};
use crate::process::{Boot, BootKind, Context, Process, RequestId};
use crate::replication::{Ballot, KvMachine, KvRequest, KvResponse, NodeSet};

/// A node of a Multi-Paxos cluster: acceptor and replica, and leader where it is let.
#[derive(Clone, Debug)]
pub struct MultiPaxos {
    pub(super) config: MultiPaxosConfig,
    pub(super) id: NodeId,
    // On disk before anyone hears of it.
    pub(super) promised: Ballot,
    pub(super) log: SlotLog,
    /// The latest snapshot, which covers the log up to where it begins, and more.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    // In memory only.
    pub(super) role: Role,
    /// Who leads in the latest ballot heard of, as far as this node knows.
    pub(super) leader: Option<NodeId>,
    /// The latest ballot heard of.
    pub(super) seen: Ballot,
    /// All slots up to this one are chosen, known, and applied.
    pub(super) applied: Slot,
    pub(super) machine: KvMachine,
    pub(super) membership: Membership,
    pub(super) catch_up: CatchUp,
    /// The latest rewriting of the journal, until it is durable.
    pub(super) rewriting: Option<Ticket>,
    /// When a leader was last heard, on the node's clock.
    pub(super) heard_at: Option<SimTime>,
    /// How often in a row it has wanted to lead in vain.
    pub(super) attempts: u32,
}

/// What a node is beside an acceptor and a replica.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// Nothing.
    Follower,
    /// It asks for promises.
    Candidate(Box<Candidacy>),
    /// It has got them.
    Leader(Box<Leadership>),
    /// Its disk is unreadable, or a write failed: it takes no part until it is replaced.
    Stopped,
}

/// A node's timers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// No leader for too long.
    Election,
    /// Time for a leader to say that it is there.
    Heartbeat,
    /// Time to ask for what is missing.
    Fetch,
}

impl Process for MultiPaxos {
    type Config = MultiPaxosConfig;
    type Message = Message;
    type Record = Record;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = MultiPaxosAdmin;
    type Observation = SlotEvent;
    type Timer = Timer;

    fn start(config: &MultiPaxosConfig, mut boot: Boot<Record>, ctx: &mut Context<Self>) -> Self {
        let mut node = MultiPaxos {
            config: *config,
            id: ctx.id(),
            promised: Ballot::NONE,
            log: SlotLog::default(),
            snapshot: None,
            role: Role::Follower,
            leader: None,
            seen: Ballot::NONE,
            applied: Slot(0),
            machine: KvMachine::new(config.max_sessions as usize, ctx.observing()),
            membership: Membership::new(NodeSet::first(config.members)),
            catch_up: CatchUp::default(),
            rewriting: None,
            heard_at: None,
            attempts: 0,
        };
        ctx.observe(SlotEvent::Recovered);
        // Who has lost what it promised and accepted cannot come back under the same name.
        let forgot = boot.kind == BootKind::Replacement && !config.bugs.has(Bug::Amnesia);
        let recovered = node.recover(boot.take(JournalId::default()));
        match recovered.filter(|_| !forgot) {
            Some(chosen) => {
                if boot.kind != BootKind::First {
                    // Whom it heard before the crash it does not know any more, and may be counted on for.
                    node.heard_at = Some(ctx.now());
                }
                node.resume(chosen, ctx);
                node.arm_election_timer(ctx);
            }
            None => node.stop(ctx),
        }
        node
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Stopped) {
            return;
        }
        match message {
            Message::Accept { ballot, first, ref commands, chosen, round } => {
                self.on_accept(from, ballot, (first, commands), chosen, round, ctx);
            }
            Message::Accepted { ballot, first, count, round } => {
                self.on_accepted(from, ballot, (first, count), round, ctx);
            }
            Message::Prepare { ballot, chosen } => self.on_prepare(from, ballot, chosen, ctx),
            Message::Promise { ballot, chosen, ref accepted } => {
                self.on_promise(from, ballot, chosen, accepted, ctx);
            }
            Message::Nack { promised } => self.on_nack(promised, ctx),
            Message::Fetch { chosen, arrived } => self.on_fetch(from, chosen, arrived, ctx),
            Message::Chosen { first, ref commands, chosen } => {
                self.on_chosen(from, first, commands, chosen, ctx);
            }
            Message::Piece { ref snapshot, offset, length } => {
                self.on_piece(from, snapshot, (offset, length), ctx);
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<Self>) {
        match timer {
            Timer::Election => self.lose_patience(ctx),
            Timer::Heartbeat => self.beat(ctx),
            Timer::Fetch => self.fetch_again(ctx),
        }
    }

    fn on_request(&mut self, client: ClientId, id: RequestId, request: KvRequest, ctx: &mut Context<Self>) {
        let command = match (&self.role, request) {
            (Role::Stopped, _) => return,
            (_, KvRequest::Read { key }) if self.config.reads == ReadMode::Stale => {
                return self.read_unasked(Read { client, id, key }, ctx);
            }
            (Role::Leader(_), KvRequest::Propose(command)) => Command::Kv(command),
            (Role::Leader(_), KvRequest::OpenSession) => Command::OpenSession,
            (Role::Leader(_), KvRequest::Read { key }) if self.config.reads == ReadMode::Slot => {
                Command::Read { key }
            }
            (Role::Leader(_), KvRequest::Read { key }) => {
                return self.read(Read { client, id, key }, ctx);
            }
            _ => return ctx.reply(client, id, KvResponse::NotLeader { leader: self.leader }),
        };
        self.propose(command, Some((client, id)), ctx);
    }

    fn on_admin(&mut self, command: MultiPaxosAdmin, ctx: &mut Context<Self>) {
        match command {
            MultiPaxosAdmin::Campaign => self.campaign_if_asked(ctx),
            change => self.change_members(change, ctx),
        }
    }

    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        match result {
            Ok(()) => self.on_written(write, ctx),
            Err(_) if self.has(Bug::IgnoresFailedSync) => self.on_written(write, ctx),
            // What the disk holds is unknown now: to go on could break a promise. After a restart
            // it is what is read.
            Err(_) => self.stop(ctx),
        }
    }

    fn leads(&self) -> Option<u64> {
        match &self.role {
            Role::Leader(leadership) => Some(leadership.ballot.number()),
            _ => None,
        }
    }

    fn takes_part(&self) -> bool {
        !matches!(self.role, Role::Stopped)
    }

    fn electorates(&self) -> Vec<Vec<NodeId>> {
        if !self.config.is_changeable() {
            return Vec::new();
        }
        let sets = self.membership.changes().iter().map(|(_, members)| *members);
        sets.map(|set| set.iter(NodeSet::MOST).collect()).collect()
    }

    fn replica(&self, keys: u32) -> Option<Vec<Value>> {
        Some(self.machine.values(keys))
    }

    fn waits_for(&self) -> Option<String> {
        self.told_wait()
    }
}

impl MultiPaxos {
    /// What the node has promised.
    pub fn promised(&self) -> Ballot {
        self.promised
    }

    /// What it has accepted.
    pub fn log(&self) -> &SlotLog {
        &self.log
    }

    /// How far it knows, and has applied, what is chosen.
    pub fn applied(&self) -> Slot {
        self.applied
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.config.bugs.has(bug)
    }

    /// Whom a leader tells: the members, and who is about to become one.
    #[inline]
    pub(super) fn peers(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        self.membership.everyone().iter(self.config.nodes).filter(move |node| *node != id)
    }

    /// Whether the node is a member, as far as it knows, and so may lead.
    pub(super) fn is_member(&self) -> bool {
        self.membership.everyone().contains(self.id)
    }

    /// One of the node's own writes is durable.
    fn on_written(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        self.rewriting = self.rewriting.filter(|latest| *latest != write);
        self.on_leader_write(write, ctx);
    }

    /// Waits for a leader, and longer each time that it has wanted to lead in vain: who duels gives way.
    pub(super) fn arm_election_timer(&mut self, ctx: &mut Context<Self>) {
        let (min, max) = (self.config.election_timeout_min, self.config.election_timeout_max);
        let back_off = (1 << self.attempts.min(3)).min(MultiPaxosConfig::MOST_BACK_OFF);
        let after = ctx.random().between(min.as_ns(), max.as_ns().saturating_mul(back_off));
        ctx.set_timer(Timer::Election, SimDuration::from_ns(after));
    }

    /// Goes on without leading, or wanting to.
    pub(super) fn become_follower(&mut self, leader: Option<NodeId>, ctx: &mut Context<Self>) {
        self.leader = leader;
        let before = std::mem::replace(&mut self.role, Role::Follower);
        match before {
            Role::Follower | Role::Stopped => {}
            Role::Candidate(_) => self.tell_role(monitor::Role::Follower, ctx),
            Role::Leader(leadership) => {
                ctx.cancel_timer(Timer::Heartbeat);
                leadership.dismiss(leader, ctx);
                self.tell_role(monitor::Role::Follower, ctx);
                self.arm_election_timer(ctx);
            }
        }
    }

    /// Takes no part any more.
    pub(super) fn stop(&mut self, ctx: &mut Context<Self>) {
        self.role = Role::Stopped;
        self.leader = None;
        for timer in [Timer::Election, Timer::Heartbeat, Timer::Fetch] {
            ctx.cancel_timer(timer);
        }
        self.tell_role(monitor::Role::Stopped, ctx);
    }

    /// Tells the monitors what it is.
    pub(super) fn tell_role(&self, role: monitor::Role, ctx: &mut Context<Self>) {
        ctx.observe(SlotEvent::Role { role, ballot: self.seen.number() });
    }
}
