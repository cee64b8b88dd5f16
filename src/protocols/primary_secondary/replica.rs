//! The state of a copy, and who handles what.

use std::collections::VecDeque;
use std::sync::Arc;

use super::admin::Admin;
use super::assignment::{Assignment, Epoch};
use super::bugs::Bug;
use super::caller::Caller;
use super::config::{Config, Form, ReadMode, Transport};
use super::log::Log;
use super::message::{Message, Record, Status};
use super::primary::Primary;
use super::reads::Read;
use super::snapshot::Snapshot;
use super::survey::Survey;
use super::timer::Timer;
use crate::base::{ClientId, DiskError, JournalId, NodeId, SimDuration, Ticket};
use crate::history::Value;
use crate::monitor::{self, CopyEvent, LogEvent};
use crate::process::{Boot, BootKind, Context, Process, RequestId};
use crate::replication::{Arriving, KvMachine, KvRequest, KvResponse, NodeSet};

/// A node that holds a copy.
#[derive(Clone, Debug)]
pub struct Replica {
    pub(super) config: Config,
    pub(super) id: NodeId,
    // On disk before anyone hears of it.
    /// The latest epoch that this node knows: it takes nothing from earlier ones any more.
    pub(super) epoch: Epoch,
    /// The primary of that epoch, as far as this node knows.
    pub(super) primary: Option<NodeId>,
    /// Whether it holds all that it ever acknowledged.
    pub(super) is_whole: bool,
    pub(super) log: Log,
    /// The latest snapshot, which covers the log up to where it begins, and more.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    // In memory only.
    /// What was agreed on, as far as this node knows.
    pub(super) assignment: Assignment,
    pub(super) caller: Caller,
    /// Whether this node has asked what is agreed since it started.
    pub(super) has_asked: bool,
    /// The revision that it was told then. What an earlier life of it has asked for may still take effect on that one,
    /// and on no later one.
    pub(super) revision_at_start: u64,
    pub(super) role: Role,
    /// How far the log is durable here.
    pub(super) durable: u64,
    /// Writes that are not durable yet, with the last index of the log each covers.
    pub(super) writes: VecDeque<(Ticket, u64)>,
    /// The latest rewriting of the journal, until it is durable.
    pub(super) rewriting: Option<Ticket>,
    pub(super) commit: u64,
    pub(super) applied: u64,
    pub(super) machine: KvMachine,
    /// The epoch with whose primary the log was seen to agree.
    pub(super) agrees_with: Option<Epoch>,
    /// A snapshot on its way here.
    pub(super) incoming: Option<Arriving>,
    /// How long to wait until the next poll.
    pub(super) poll_wait: SimDuration,
    /// A forced failover that this node carries out.
    pub(super) survey: Option<Survey>,
    /// Which life this is, counted from 1.
    pub(super) life: u64,
}

/// What a copy is.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Secondary,
    Primary(Box<Primary>),
    /// A write failed, or what it wrote is unreadable: it takes no part until it is started again.
    Stopped,
}

impl Process for Replica {
    type Config = Config;
    type Message = Message;
    type Record = Record;
    type Request = KvRequest;
    type Response = KvResponse;
    type Admin = Admin;
    type Observation = CopyEvent;
    type Timer = Timer;

    fn start(config: &Config, mut boot: Boot<Record>, ctx: &mut Context<Self>) -> Self {
        let mut node = Replica::blank(config, boot.incarnation, ctx);
        ctx.observe(CopyEvent::Log(LogEvent::Recovered));
        let (is_first, is_replaced) = (boot.kind == BootKind::First, boot.kind == BootKind::Replacement);
        match node.recover(boot.take(JournalId::default())) {
            Some(commit) if !is_replaced => node.resume(commit, ctx),
            Some(_) => node.begin_blank(ctx),
            // It holds a disk that it cannot trust, until it is given another.
            None => {
                ctx.observe(CopyEvent::Whole(false));
                node.stop(ctx);
                return node;
            }
        }
        // Nothing can have been agreed on before the first start, and without supervisors nothing ever is.
        node.has_asked = is_first || config.supervisors == 0;
        if is_first {
            (node.epoch, node.primary) = (node.assignment.epoch, node.assignment.primary);
            node.persist_epoch(ctx);
        }
        ctx.observe(CopyEvent::Log(LogEvent::Role { role: monitor::Role::Follower, term: node.epoch.0 }));
        if node.has_asked {
            node.take_part(ctx);
        } else {
            node.caller.read(ctx);
        }
        node.beat(ctx);
        node.poll_if_secondary(ctx);
        node
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Stopped) {
            return;
        }
        match message {
            Message::Append { epoch, prev, ref entries, commit, round, life } => {
                if self.follows(from, epoch, ctx) {
                    let result = self.append(prev, entries, commit, ctx);
                    self.become_whole(life, commit, result, ctx);
                    self.answer_append((from, epoch, round), result, ctx);
                    self.after_append(entries.len(), result, ctx);
                }
            }
            Message::Appended { epoch, round, life, is_whole, result } => {
                self.on_appended(from, (epoch, round), (life, is_whole), result, ctx);
            }
            Message::InstallSnapshot { epoch, ref snapshot, offset, length } => {
                if self.follows(from, epoch, ctx) {
                    self.on_install_snapshot((from, epoch), snapshot, (offset, length), ctx);
                }
            }
            Message::SnapshotReceived { epoch, last, received } if epoch == self.epoch => {
                self.on_snapshot_received(from, last, received, ctx);
            }
            Message::Fetch { epoch, after } => self.on_fetch(from, epoch, after, ctx),
            Message::Deposed { epoch, primary } => self.on_deposed(from, epoch, primary, ctx),
            Message::Assigned(assignment) => self.learn(assignment, ctx),
            Message::Told { question, response } => {
                if let Some(assignment) = self.caller.on_told(question, response, ctx) {
                    self.on_agreed(assignment, ctx);
                }
            }
            Message::HowFar => ctx.send(from, Message::SoFar(self.status())),
            Message::SoFar(status) => self.on_so_far(from, status),
            Message::Follow { epoch, primary } => self.on_follow(epoch, primary, ctx),
            // Of an epoch that is over, or meant for supervisors.
            Message::SnapshotReceived { .. } | Message::Heartbeat(_) | Message::Ask { .. } => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<Self>) {
        match timer {
            Timer::Heartbeat => self.beat(ctx),
            Timer::Push => self.push(ctx),
            Timer::Poll => self.poll(ctx),
            Timer::Ask => self.caller.on_timer(ctx),
            Timer::Survey => self.conclude_survey(ctx),
            Timer::Supervise => {}
        }
    }

    fn on_request(&mut self, client: ClientId, id: RequestId, request: KvRequest, ctx: &mut Context<Self>) {
        match (&self.role, request) {
            (Role::Stopped, _) => {}
            (_, KvRequest::Read { key }) if self.answers_anyhow() => {
                ctx.reply(client, id, KvResponse::Done(self.machine.read(key)));
            }
            (Role::Primary(_), KvRequest::Read { key }) => {
                self.read(Read::new(client, id, key, ctx.now()), ctx);
            }
            (Role::Primary(_), request) => self.propose_for(client, id, request, ctx),
            (Role::Secondary, _) => {
                let leader = self.primary.filter(|primary| *primary != self.id);
                ctx.reply(client, id, KvResponse::NotLeader { leader });
            }
        }
    }

    fn on_admin(&mut self, command: Admin, ctx: &mut Context<Self>) {
        match command {
            _ if matches!(self.role, Role::Stopped) => {}
            Admin::Failover(to) => self.hand_over(to, ctx),
            Admin::ForceFailover => self.begin_survey(ctx),
        }
    }

    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        if result.is_err() {
            // What the disk holds is unknown now. After a restart it is what is read.
            return self.stop(ctx);
        }
        self.rewriting = self.rewriting.filter(|latest| *latest != write);
        if let Some((_, last)) = self.writes.front().copied().filter(|(ticket, _)| *ticket == write) {
            self.writes.pop_front();
            self.durable = last;
        }
        self.commit_what_is_certain(ctx);
    }

    fn leads(&self) -> Option<u64> {
        matches!(self.role, Role::Primary(_)).then_some(self.epoch.0)
    }

    fn takes_part(&self) -> bool {
        !matches!(self.role, Role::Stopped)
    }

    fn electorates(&self) -> Vec<Vec<NodeId>> {
        if !self.has_asked {
            // It may be any of them that nothing goes on without.
            return self.config.copies().map(|copy| vec![copy]).collect();
        }
        let all = NodeSet::first(self.config.copies);
        let sets = match self.config.form {
            Form::InSync if self.config.min_in_sync > 1 => vec![self.assignment.in_sync, all],
            Form::InSync => vec![self.assignment.in_sync],
            Form::SemiSynchronous | Form::Asynchronous => vec![all],
        };
        sets.into_iter().map(|set| set.iter(self.config.copies).collect()).collect()
    }

    fn replica(&self, keys: u32) -> Option<Vec<Value>> {
        Some(self.machine.values(keys))
    }

    fn waits_for(&self) -> Option<String> {
        self.told_wait()
    }
}

impl Replica {
    /// A copy that holds nothing and knows what every copy does at first.
    fn blank(config: &Config, incarnation: u64, ctx: &Context<Self>) -> Self {
        let supervisors = config.supervisors().collect();
        Replica {
            config: *config,
            id: ctx.id(),
            epoch: Epoch(0),
            primary: None,
            is_whole: true,
            log: Log::default(),
            snapshot: None,
            assignment: Assignment::first(config.copies),
            caller: Caller::new(supervisors, config.ask_retry(), incarnation, config.copies),
            has_asked: false,
            revision_at_start: 0,
            role: Role::Secondary,
            durable: 0,
            writes: VecDeque::new(),
            rewriting: None,
            commit: 0,
            applied: 0,
            machine: KvMachine::new(config.max_sessions as usize, ctx.observing()),
            agrees_with: None,
            incoming: None,
            poll_wait: config.poll_min,
            survey: None,
            life: incarnation + 1,
        }
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.config.has(bug)
    }

    /// How far it is.
    pub(super) fn status(&self) -> Status {
        Status { epoch: self.epoch, last: self.log.last(), is_whole: self.is_whole }
    }

    /// The primary's state, if it is that.
    pub(super) fn leadership(&mut self) -> Option<&mut Primary> {
        if let Role::Primary(primary) = &mut self.role { Some(primary) } else { None }
    }

    /// Tells the supervisors that it is there.
    fn beat(&self, ctx: &mut Context<Self>) {
        for supervisor in self.config.supervisors() {
            ctx.send(supervisor, Message::Heartbeat(self.status()));
            ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
        }
    }

    /// Whether it answers reads without asking anybody. A primary does not know all that was acknowledged before its own
    /// first entry is certain, and who has just started does not know whether it is in sync.
    fn answers_anyhow(&self) -> bool {
        let knows = matches!(&self.role, Role::Primary(primary) if self.commit >= primary.first);
        match self.config.reads {
            ReadMode::Fenced => knows && self.has(Bug::ReadsUnfenced),
            ReadMode::Primary => knows,
            ReadMode::InSync => self.has_asked && self.is_whole && self.assignment.in_sync.contains(self.id),
            ReadMode::Any => true,
        }
    }

    /// Something was agreed on, and this node had asked.
    fn on_agreed(&mut self, assignment: Assignment, ctx: &mut Context<Self>) {
        if !std::mem::replace(&mut self.has_asked, true) {
            self.revision_at_start = assignment.revision;
        }
        let was_primary = matches!(self.role, Role::Primary(_));
        self.learn(assignment, ctx);
        if was_primary {
            self.announce_successor(ctx);
        }
        self.after_change(ctx);
        self.take_part(ctx);
        self.renew(ctx);
    }

    /// A primary that comes back before it was replaced has the same agreed on once more, and acknowledges nothing before:
    /// a change that an earlier life of it has asked for takes no effect any more then.
    fn renew(&mut self, ctx: &mut Context<Self>) {
        let Assignment { revision, primary, in_sync, .. } = self.assignment;
        let may = self.is_whole && primary == Some(self.id) && revision == self.revision_at_start;
        if may && self.config.supervisors > 0 && self.assignment.has_next() && !self.caller.is_changing() {
            self.caller.change(self.assignment, self.assignment.with(primary, in_sync), ctx);
        }
    }

    /// This was agreed on, at some time.
    pub(super) fn learn(&mut self, assignment: Assignment, ctx: &mut Context<Self>) {
        if assignment.revision > self.assignment.revision {
            self.assignment = assignment;
            ctx.observe(assignment.event());
        }
        if assignment.epoch > self.epoch {
            self.enter(assignment.epoch, assignment.primary, ctx);
        } else if assignment.epoch == self.epoch && self.primary.is_none() && assignment.primary.is_some() {
            self.primary = assignment.primary;
            self.persist_epoch(ctx);
            self.poll_if_secondary(ctx);
        }
        self.take_part(ctx);
    }

    /// Moves on to a later epoch as a secondary.
    pub(super) fn enter(&mut self, epoch: Epoch, primary: Option<NodeId>, ctx: &mut Context<Self>) {
        debug_assert!(epoch > self.epoch);
        (self.epoch, self.primary) = (epoch, primary);
        self.agrees_with = None;
        self.step_down(ctx);
        self.persist_epoch(ctx);
        if self.has(Bug::TruncatesToCommit) {
            self.cut(self.commit, ctx);
        }
        ctx.observe(CopyEvent::Log(LogEvent::Role { role: monitor::Role::Follower, term: epoch.0 }));
        self.poll_wait = self.config.poll_min;
        self.poll_if_secondary(ctx);
    }

    /// Becomes the primary if it is.
    fn take_part(&mut self, ctx: &mut Context<Self>) {
        let is_secondary = matches!(self.role, Role::Secondary);
        let may = self.has_asked && self.is_whole && self.primary == Some(self.id);
        let is_agreed = self.config.supervisors == 0
            || (self.assignment.epoch, self.assignment.primary) == (self.epoch, Some(self.id))
                && self.assignment.revision > self.revision_at_start;
        if is_secondary && may && is_agreed {
            self.become_primary(ctx);
        }
    }

    pub(super) fn persist_epoch(&mut self, ctx: &mut Context<Self>) {
        if !self.has(Bug::ForgetsEpoch) {
            let (epoch, primary, is_whole) = (self.epoch, self.primary, self.is_whole);
            let ticket = ctx.persist(Record::Epoch { epoch, primary, is_whole });
            self.note_write(ticket);
        }
    }

    /// `ticket` covers all of the log.
    pub(super) fn note_write(&mut self, ticket: Ticket) {
        self.writes.push_back((ticket, self.log.last().index));
    }

    /// Polls the primary, if that is how entries come.
    pub(super) fn poll_if_secondary(&self, ctx: &mut Context<Self>) {
        if self.config.transport == Transport::Poll && matches!(self.role, Role::Secondary) {
            ctx.set_timer(Timer::Poll, self.poll_wait);
        }
    }

    /// Takes no part any more.
    fn stop(&mut self, ctx: &mut Context<Self>) {
        self.step_down(ctx);
        self.role = Role::Stopped;
        for timer in [Timer::Heartbeat, Timer::Push, Timer::Poll, Timer::Ask, Timer::Survey] {
            ctx.cancel_timer(timer);
        }
        ctx.observe(CopyEvent::Log(LogEvent::Role { role: monitor::Role::Stopped, term: self.epoch.0 }));
    }
}
