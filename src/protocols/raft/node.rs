//! The state of a node, what it recovers from its disk, and who handles what.

use std::sync::Arc;

use super::admin::RaftAdmin;
use super::bugs::Bug;
use super::config::{RaftConfig, ReadMode};
use super::entry::{Command, LogIndex, Term};
use super::leader::Leadership;
use super::log::Log;
use super::membership::Membership;
use super::message::{Ballot, Message, Record};
use super::questions::Questions;
use super::reads::Read;
use super::snapshot::Snapshot;
use crate::base::{ClientId, DiskError, Draw, JournalId, NodeId, SimDuration, SimTime, Ticket};
use crate::history::Value;
use crate::monitor::{self, LogEvent};
use crate::process::{Boot, BootKind, Context, Process, RequestId};
use crate::replication::{Arriving, KvMachine, KvRequest, KvResponse, NodeSet};

/// A node of a Raft cluster.
#[derive(Clone, Debug)]
pub struct Raft {
    pub(super) config: RaftConfig,
    pub(super) id: NodeId,
    // On disk before anyone hears of it.
    pub(super) term: Term,
    pub(super) voted_for: Option<NodeId>,
    pub(super) log: Log,
    /// The latest snapshot, which covers the log up to where it begins, and more.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    // In memory only.
    /// The latest write of entries or of a snapshot, until it is durable.
    pub(super) unsynced: Option<Ticket>,
    /// The latest rewriting of the journal, until it is durable.
    pub(super) rewriting: Option<Ticket>,
    pub(super) role: Role,
    /// Who leads the current term, as far as this node knows.
    pub(super) leader: Option<NodeId>,
    pub(super) commit: LogIndex,
    pub(super) applied: LogIndex,
    pub(super) machine: KvMachine,
    pub(super) membership: Membership,
    /// When a leader was last heard, on the node's clock.
    pub(super) heard_at: Option<SimTime>,
    /// A snapshot on its way here.
    pub(super) incoming: Option<Arriving>,
    /// Reads of which the leader was asked.
    pub(super) questions: Questions,
    /// How many times the node had started before.
    pub(super) incarnation: u64,
    /// [`Bug::SessionsByClock`]: when a session was last ended.
    pub(super) swept_at: SimTime,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Follower,
    /// It asks whether it would be elected.
    PreCandidate {
        /// Who would vote for it, itself included.
        votes: Vec<NodeId>,
    },
    Candidate {
        /// Who voted for it, itself included.
        votes: Vec<NodeId>,
        /// The write of its own vote.
        own: Ticket,
    },
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
    /// Time for a leader to make sure that it is heard.
    Quorum,
    /// A successor has had its time.
    Transfer,
}

impl Process for Raft {
    type Config = RaftConfig;
    type Message = Message;
    type Record = Record;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = RaftAdmin;
    type Observation = LogEvent;
    type Timer = Timer;

    fn start(config: &RaftConfig, mut boot: Boot<Record>, ctx: &mut Context<Self>) -> Self {
        let mut node = Raft {
            config: *config,
            id: ctx.id(),
            term: Term(0),
            voted_for: None,
            log: Log::default(),
            role: Role::Follower,
            leader: None,
            commit: LogIndex(0),
            applied: LogIndex(0),
            machine: KvMachine::new(config.max_sessions as usize, ctx.observing()),
            membership: Membership::new(LogIndex(0), config.members(), config.activation),
            snapshot: None,
            unsynced: None,
            rewriting: None,
            heard_at: None,
            incoming: None,
            questions: Questions::default(),
            incarnation: boot.incarnation,
            swept_at: SimTime::ZERO,
        };
        ctx.observe(LogEvent::Recovered);
        // Who has lost what it promised cannot come back under the same name (dissertation §3.8):
        // it might vote twice, and leaders may count on entries that it no longer has.
        let forgot = boot.kind == BootKind::Replacement && !config.bugs.has(Bug::Amnesia);
        let recovered = node.recover(boot.take(JournalId::default()));
        match recovered.filter(|_| !forgot) {
            Some(commit) => {
                if config.check_quorum && boot.kind != BootKind::First {
                    // Whom it heard before the crash it does not know any more, and may be counted on for.
                    node.heard_at = Some(ctx.now());
                }
                node.resume(commit, ctx);
                node.arm_election_timer(ctx);
            }
            None => node.stop(ctx),
        }
        node
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Stopped) || (self.config.check_quorum && self.ignores(&message, ctx)) {
            return;
        }
        if message.term() > self.term {
            self.enter_term(message.term(), ctx);
        }
        match message {
            Message::AppendEntries { term, prev_index, prev_term, ref entries, commit, round } => {
                if term == self.term {
                    self.follow(from, ctx);
                    let result = self.append(prev_index, prev_term, entries, commit, ctx);
                    ctx.send(from, Message::Appended { term, round, result });
                } else {
                    self.answer_deposed(from, prev_index, ctx);
                }
            }
            Message::Appended { term, round, result } => self.on_appended(from, term, round, result, ctx),
            other => self.on_rare_message(from, other, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<Self>) {
        match timer {
            Timer::Election => self.lose_patience(ctx),
            Timer::Heartbeat => self.beat(ctx),
            Timer::Quorum => self.check_quorum(ctx),
            Timer::Transfer => self.keep_leading(),
        }
    }

    fn on_request(&mut self, client: ClientId, id: RequestId, request: KvRequest, ctx: &mut Context<Self>) {
        let waiting = Some((client, id));
        match (&self.role, request) {
            (Role::Stopped, _) => {}
            (_, KvRequest::Read { key }) if self.config.reads == ReadMode::Stale => {
                self.read_unasked(Read { client, id, key }, ctx);
            }
            (Role::Leader(leadership), request) if leadership.is_ending() && self.is_proposed(&request) => {
                ctx.reply(client, id, KvResponse::NotLeader { leader: None });
            }
            (Role::Leader(_), KvRequest::Propose(command)) => {
                self.propose(Command::Kv(command), waiting, ctx);
            }
            (Role::Leader(_), KvRequest::OpenSession) => self.propose(Command::OpenSession, waiting, ctx),
            (Role::Leader(_), KvRequest::Read { key }) if self.config.reads == ReadMode::Log => {
                self.propose(Command::Read { key }, waiting, ctx);
            }
            (Role::Leader(_), KvRequest::Read { key }) => self.read(Read { client, id, key }, ctx),
            (_, KvRequest::Read { key }) if self.config.reads == ReadMode::Follower => {
                self.ask_leader(Read { client, id, key }, ctx);
            }
            _ => ctx.reply(client, id, KvResponse::NotLeader { leader: self.leader }),
        }
    }

    fn on_admin(&mut self, command: RaftAdmin, ctx: &mut Context<Self>) {
        match command {
            RaftAdmin::Campaign => self.campaign_if_asked(ctx),
            RaftAdmin::Transfer(to) => self.transfer(to, ctx),
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
        matches!(self.role, Role::Leader(_)).then_some(self.term.0)
    }

    fn takes_part(&self) -> bool {
        !matches!(self.role, Role::Stopped)
    }

    fn electorates(&self) -> Vec<Vec<NodeId>> {
        if !self.config.is_changeable() {
            return Vec::new();
        }
        let (active, (_, latest)) = (self.membership.active(), self.membership.latest());
        let sets = [active.voters, active.outgoing, latest.voters, latest.outgoing].into_iter();
        let sets = sets.filter(|set| !set.is_empty());
        sets.map(|set| set.iter(NodeSet::MOST).collect()).collect()
    }

    fn replica(&self, keys: u32) -> Option<Vec<Value>> {
        Some(self.machine.values(keys))
    }

    fn waits_for(&self) -> Option<String> {
        self.told_wait()
    }
}

impl Raft {
    /// The node's current term.
    pub fn term(&self) -> Term {
        self.term
    }

    /// The node's log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// How far the node knows entries to be committed.
    pub fn commit_index(&self) -> LogIndex {
        self.commit
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.config.bugs.has(bug)
    }

    /// Whether a leader must put `request` into the log.
    fn is_proposed(&self, request: &KvRequest) -> bool {
        !matches!(request, KvRequest::Read { .. }) || self.config.reads == ReadMode::Log
    }

    /// All messages but those that replicate.
    fn on_rare_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        match message {
            Message::RequestVote { term, ballot, last_index, last_term } => match ballot {
                Ballot::PreVote => self.on_pre_vote(from, term, last_index, last_term, ctx),
                Ballot::Vote | Ballot::Transfer if self.drops(term) => {}
                Ballot::Vote | Ballot::Transfer => {
                    self.on_request_vote(from, term, last_index, last_term, ctx);
                }
            },
            Message::Vote { term, granted, pre: true } => self.on_pre_vote_answer(from, term, granted, ctx),
            Message::Vote { term, granted, pre: false } => self.on_vote(from, term, granted, ctx),
            Message::InstallSnapshot { term, ref snapshot, offset, length } if term == self.term => {
                self.follow(from, ctx);
                self.on_install_snapshot(from, snapshot, (offset, length), ctx);
            }
            Message::InstallSnapshot { snapshot, .. } => {
                self.answer_deposed(from, snapshot.last_index, ctx);
            }
            Message::SnapshotReceived { term, last_index, received } if term == self.term => {
                self.on_snapshot_received(from, last_index, received, ctx);
            }
            Message::TimeoutNow { term } if term == self.term => self.take_over(ctx),
            Message::ReadIndex { term, question } if term == self.term => {
                self.on_read_index(from, question, ctx);
            }
            Message::ReadIndexIs { question, index, .. } => self.on_read_index_is(question, index, ctx),
            Message::Committed { index, term } => self.on_committed(index, term, ctx),
            // Of an earlier term.
            _ => {}
        }
    }

    /// A leader of an old term learns the new one from any answer. It may lead the new one by then: a
    /// round of its old term must not count in it.
    fn answer_deposed(&mut self, from: NodeId, prev_index: LogIndex, ctx: &mut Context<Self>) {
        if !self.drops(Term(0)) {
            let result = self.conflict(prev_index);
            ctx.send(from, Message::Appended { term: self.term, round: 0, result });
        }
    }

    /// [`Bug::DropsLowerTerms`].
    fn drops(&self, term: Term) -> bool {
        self.has(Bug::DropsLowerTerms) && term < self.term
    }

    /// Takes no part any more.
    pub(super) fn stop(&mut self, ctx: &mut Context<Self>) {
        self.role = Role::Stopped;
        self.leader = None;
        for timer in [Timer::Election, Timer::Heartbeat, Timer::Quorum, Timer::Transfer] {
            ctx.cancel_timer(timer);
        }
        ctx.observe(LogEvent::Role { role: monitor::Role::Stopped, term: self.term.0 });
    }

    /// Moves on to a later term as a follower, not knowing its leader (§5.1).
    pub(super) fn enter_term(&mut self, term: Term, ctx: &mut Context<Self>) {
        debug_assert!(term > self.term);
        self.term = term;
        self.voted_for = None;
        if !self.has(Bug::TermNotPersisted) {
            self.persist_vote(ctx);
        }
        self.become_follower(None, ctx);
    }

    /// Follows `leader` in the current term.
    pub(super) fn become_follower(&mut self, leader: Option<NodeId>, ctx: &mut Context<Self>) {
        self.leader = leader;
        if let Role::Leader(leadership) = std::mem::replace(&mut self.role, Role::Follower) {
            for timer in [Timer::Heartbeat, Timer::Quorum, Timer::Transfer] {
                ctx.cancel_timer(timer);
            }
            // A leader has no election timer; a follower must.
            self.arm_election_timer(ctx);
            leadership.dismiss(leader, ctx);
        }
        // For the others: a log-based denial must not put off the next election (dissertation
        // §3.6.1), so the timer is left alone.
        self.dismiss_questions(ctx);
        ctx.observe(LogEvent::Role { role: monitor::Role::Follower, term: self.term.0 });
    }

    pub(super) fn persist_vote(&mut self, ctx: &mut Context<Self>) -> Ticket {
        ctx.persist(Record::Vote { term: self.term, voted_for: self.voted_for })
    }

    /// One of the node's own writes is durable.
    fn on_written(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        self.unsynced = self.unsynced.filter(|latest| *latest != write);
        self.rewriting = self.rewriting.filter(|latest| *latest != write);
        if self.config.parallel_vote {
            self.on_own_vote(write, ctx);
        }
        self.on_leader_write(write, ctx);
    }

    pub(super) fn arm_election_timer(&mut self, ctx: &mut Context<Self>) {
        let (min, max) = (self.config.election_timeout_min, self.config.election_timeout_max);
        let drawn = ctx.random().between(min.as_ns(), max.as_ns());
        let after = if self.has(Bug::FixedTimeout) { min.as_ns() } else { drawn };
        ctx.set_timer(Timer::Election, SimDuration::from_ns(after));
    }

    /// Whom a leader sends the log: the members, and who is about to become one.
    #[inline]
    pub(super) fn targets(&self) -> NodeSet {
        let members = self.membership.everyone();
        match &self.role {
            Role::Leader(leadership) => leadership.plan.newcomer().map_or(members, |node| members.with(node)),
            _ => members,
        }
    }

    /// The same without this node.
    #[inline]
    pub(super) fn peers(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        self.targets().iter(self.config.nodes).filter(move |node| *node != id)
    }
}
