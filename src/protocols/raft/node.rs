//! The state of a node, what it recovers from its disk, and who handles what.

use super::config::RaftConfig;
use super::leader::Leadership;
use super::log::{Command, Entry, Log, LogIndex, Term};
use super::message::{Message, RaftAdmin, RaftRequest, RaftResponse, Record};
use crate::base::{ClientId, Damaged, DiskError, Draw, JournalId, NodeId, SimDuration, Ticket};
use crate::monitor::{self, LogEvent};
use crate::process::{Boot, BootKind, Context, Process, RequestId};
use crate::replication::{KvAnswer, KvMachine};

/// A node of a Raft cluster.
#[derive(Clone, Debug)]
pub struct Raft {
    pub(super) config: RaftConfig,
    pub(super) id: NodeId,
    // On disk before anyone hears of it.
    pub(super) term: Term,
    pub(super) voted_for: Option<NodeId>,
    pub(super) log: Log,
    // In memory only.
    pub(super) role: Role,
    /// Who leads the current term, as far as this node knows.
    pub(super) leader: Option<NodeId>,
    pub(super) commit: LogIndex,
    pub(super) applied: LogIndex,
    pub(super) machine: KvMachine,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Follower,
    Candidate {
        /// Who voted for it, itself included.
        votes: Vec<NodeId>,
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
}

impl Process for Raft {
    type Config = RaftConfig;
    type Message = Message;
    type Record = Record;
    type Request = RaftRequest;
    type Response = RaftResponse;
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
            machine: KvMachine::new(),
        };
        ctx.observe(LogEvent::Recovered);
        // Who has lost what it promised cannot come back under the same name (dissertation §3.8):
        // it might vote twice, and leaders may count on entries that it no longer has.
        let forgot = boot.kind == BootKind::Replacement && !config.bugs.amnesia;
        if node.recover(boot.take(JournalId::default())) && !forgot {
            node.observe_appended(LogIndex(1), ctx);
            node.arm_election_timer(ctx);
        } else {
            node.stop(ctx);
        }
        node
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Stopped) {
            return;
        }
        if message.term() > self.term {
            self.enter_term(message.term(), ctx);
        }
        match message {
            Message::RequestVote { term, last_index, last_term } => {
                self.on_request_vote(from, term, last_index, last_term, ctx);
            }
            Message::Vote { term, granted } => self.on_vote(from, term, granted, ctx),
            Message::AppendEntries { term, prev_index, prev_term, ref entries, commit, round } => {
                if term == self.term {
                    self.follow(from, ctx);
                    let result = self.append(prev_index, prev_term, entries, commit, ctx);
                    ctx.send(from, Message::Appended { term, round, result });
                } else {
                    // A leader of an old term learns the new one from any answer. It may lead
                    // the new one by then: a round of its old term must not count in it.
                    let result = self.conflict(prev_index);
                    ctx.send(from, Message::Appended { term: self.term, round: 0, result });
                }
            }
            Message::Appended { term, round, result } => self.on_appended(from, term, round, result, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<Self>) {
        match timer {
            Timer::Election => self.campaign(ctx),
            Timer::Heartbeat => self.beat(ctx),
        }
    }

    fn on_request(&mut self, client: ClientId, id: RequestId, request: RaftRequest, ctx: &mut Context<Self>) {
        match (&self.role, request) {
            (Role::Stopped, _) => {}
            (Role::Leader(_), RaftRequest::Propose(command)) => {
                self.propose(Command::Kv(command), Some((client, id)), ctx);
            }
            (Role::Leader(_), RaftRequest::Read { key }) => self.read(client, id, key, ctx),
            (Role::Follower | Role::Candidate { .. }, _) => {
                ctx.reply(client, id, RaftResponse::NotLeader { leader: self.leader });
            }
        }
    }

    fn on_admin(&mut self, RaftAdmin::Campaign: RaftAdmin, ctx: &mut Context<Self>) {
        self.campaign(ctx);
    }

    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        match result {
            Ok(()) => self.on_leader_write(write, ctx),
            Err(_) if self.config.bugs.ignores_failed_sync => self.on_leader_write(write, ctx),
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

    /// Rebuilds term, vote and log. `false` if a record is unreadable that may have
    /// been promised to someone.
    fn recover(&mut self, records: Vec<Result<Record, Damaged>>) -> bool {
        for record in records {
            let readable = match record {
                Ok(Record::Vote { term, voted_for }) => {
                    (self.term, self.voted_for) = (term, voted_for);
                    true
                }
                // What came before them is gone.
                Ok(Record::Entries { first, .. }) if first > self.log.last_index().next() => false,
                Ok(Record::Entries { first, entries }) => {
                    self.log.replace_from(first, entries.as_slice());
                    true
                }
                // It never became durable, so nobody was told of it: as if never written.
                Err(Damaged::Torn) => true,
                Err(Damaged::Corrupt) => false,
            };
            if !readable && !self.config.bugs.ignores_damage {
                return false;
            }
        }
        true
    }

    /// Takes no part any more.
    fn stop(&mut self, ctx: &mut Context<Self>) {
        self.role = Role::Stopped;
        self.leader = None;
        ctx.cancel_timer(Timer::Election);
        ctx.cancel_timer(Timer::Heartbeat);
        ctx.observe(LogEvent::Role { role: monitor::Role::Stopped, term: self.term.0 });
    }

    /// Moves on to a later term as a follower, not knowing its leader (§5.1).
    pub(super) fn enter_term(&mut self, term: Term, ctx: &mut Context<Self>) {
        debug_assert!(term > self.term);
        self.term = term;
        self.voted_for = None;
        self.persist_vote(ctx);
        self.become_follower(None, ctx);
    }

    /// Follows `leader` in the current term.
    pub(super) fn become_follower(&mut self, leader: Option<NodeId>, ctx: &mut Context<Self>) {
        self.leader = leader;
        match std::mem::replace(&mut self.role, Role::Follower) {
            Role::Leader(leadership) => {
                ctx.cancel_timer(Timer::Heartbeat);
                // A leader has no election timer; a follower must.
                self.arm_election_timer(ctx);
                leadership.dismiss(leader, ctx);
            }
            // A log-based denial must not put off the next election (dissertation §3.6.1):
            // the timer is left alone.
            Role::Follower | Role::Candidate { .. } | Role::Stopped => {}
        }
        ctx.observe(LogEvent::Role { role: monitor::Role::Follower, term: self.term.0 });
    }

    pub(super) fn persist_vote(&mut self, ctx: &mut Context<Self>) {
        ctx.persist(Record::Vote { term: self.term, voted_for: self.voted_for });
    }

    pub(super) fn arm_election_timer(&mut self, ctx: &mut Context<Self>) {
        let (min, max) = (self.config.election_timeout_min, self.config.election_timeout_max);
        let after = ctx.random().between(min.as_ns(), max.as_ns());
        ctx.set_timer(Timer::Election, SimDuration::from_ns(after));
    }

    /// The other nodes.
    pub(super) fn peers(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        (0..self.config.nodes).map(NodeId).filter(move |node| *node != id)
    }

    /// Commits up to `index` and applies what is new.
    pub(super) fn commit_to(&mut self, index: LogIndex, ctx: &mut Context<Self>) {
        debug_assert!(index <= self.log.last_index(), "committed what is not there");
        self.commit = self.commit.max(index);
        while self.applied < self.commit {
            self.applied = self.applied.next();
            let Some(entry) = self.log.entry(self.applied).copied() else { break };
            if ctx.observing() {
                let (index, term) = (self.applied.0, entry.term.0);
                ctx.observe(LogEvent::Applied { index, term, digest: entry.digest() });
            }
            let answer = self.apply(&entry);
            if let Role::Leader(leadership) = &mut self.role {
                leadership.answer(self.applied, answer, ctx);
            }
        }
    }

    fn apply(&mut self, entry: &Entry) -> Option<KvAnswer> {
        match &entry.command {
            Command::Noop => None,
            Command::Kv(command) => self.machine.apply(command),
        }
    }

    /// Tells the monitors of the entries from `first` on.
    pub(super) fn observe_appended(&self, first: LogIndex, ctx: &mut Context<Self>) {
        if ctx.observing() {
            for (i, entry) in self.log.slice(first, usize::MAX / 2).iter().enumerate() {
                let index = first.plus(i).0;
                ctx.observe(LogEvent::Appended { index, term: entry.term.0, digest: entry.digest() });
            }
        }
    }
}
