//! What a primary does: take writes, replicate them, know when they are certain, answer.

use std::collections::VecDeque;

use super::assignment::Epoch;
use super::bugs::Bug;
use super::config::{Config, Form, Transport};
use super::handover::Handover;
use super::in_sync::Admission;
use super::log::{Command, Entries, Entry, Position};
use super::message::{AppendResult, Message};
use super::progress::{Progress, Sending};
use super::reads::Reads;
use super::replica::{Replica, Role};
use super::timer::Timer;
use crate::base::{ClientId, NodeId, SimTime};
use crate::monitor::{self, CopyEvent, LogEvent};
use crate::process::{Context, RequestId};
use crate::replication::{KvRequest, KvResponse};

/// What a node knows only while it is the primary.
#[derive(Clone, Debug)]
pub(super) struct Primary {
    /// How far each copy is; its own entry says nothing.
    pub(super) progress: Vec<Progress>,
    /// The entry that began its time: what lies before it is certain once it is.
    pub(super) first: u64,
    /// When its time began, on its own clock.
    pub(super) since: SimTime,
    /// When each entry was begun that is not certain yet.
    pub(super) begun: VecDeque<(u64, SimTime)>,
    /// Clients that wait for an entry, in order of index.
    waiting: VecDeque<(u64, ClientId, RequestId)>,
    /// Requests that came during a hard stop.
    pub(super) held: Vec<(ClientId, RequestId, KvRequest)>,
    pub(super) reads: Reads,
    /// Who is being let into the set.
    pub(super) admission: Option<Admission>,
    /// When the change of the set that is under way was asked for.
    pub(super) asked_at: SimTime,
    /// To whom it hands over. Nothing new is begun meanwhile.
    pub(super) handover: Option<Handover>,
    /// Semi-synchronous: it has fallen back to asynchronous.
    pub(super) has_fallen_back: bool,
    /// [`Bug::IgnoresRefusal`], [`Bug::DropsLocally`]: whom it goes on without.
    pub(super) ignored: Vec<NodeId>,
}

impl Primary {
    fn new(config: &Config, life: u64, last: u64, now: SimTime) -> Self {
        Primary {
            progress: vec![Progress::unknown(config, last); config.copies as usize],
            first: last + 1,
            since: now,
            begun: VecDeque::new(),
            waiting: VecDeque::new(),
            held: Vec::new(),
            reads: Reads::of(life),
            admission: None,
            asked_at: now,
            handover: None,
            has_fallen_back: false,
            ignored: Vec::new(),
        }
    }

    /// Answers those who wait for the entry at `index`.
    pub(super) fn answer(&mut self, index: u64, answer: Option<KvResponse>, ctx: &mut Context<Replica>) {
        while let Some((_, client, id)) = self.waiting.front().copied().filter(|(at, ..)| *at <= index) {
            self.waiting.pop_front();
            if let Some(answer) = answer {
                ctx.reply(client, id, answer);
            }
        }
    }

    /// Sends everyone who waits elsewhere: this node is the primary no more.
    fn dismiss(self, leader: Option<NodeId>, ctx: &mut Context<Replica>) {
        let proposals = self.waiting.into_iter().map(|(_, client, id)| (client, id));
        let held = self.held.into_iter().map(|(client, id, _)| (client, id));
        for (client, id) in proposals.chain(held).chain(self.reads.into_clients()) {
            ctx.reply(client, id, KvResponse::NotLeader { leader });
        }
    }

    /// When the entry at `index` was begun, or had to be certain from then on.
    pub(super) fn begun_at(&self, index: u64) -> SimTime {
        let place = self.begun.partition_point(|(begun, _)| *begun < index);
        self.begun.get(place).filter(|(begun, _)| *begun == index).map_or(self.since, |(_, at)| *at)
    }
}

impl Replica {
    /// Takes writes from now on, in the epoch that it has entered.
    pub(super) fn become_primary(&mut self, ctx: &mut Context<Self>) {
        let last = self.log.last().index;
        self.role = Role::Primary(Box::new(Primary::new(&self.config, self.life, last, ctx.now())));
        self.agrees_with = Some(self.epoch);
        ctx.cancel_timer(Timer::Poll);
        ctx.observe(CopyEvent::Log(LogEvent::Role { role: monitor::Role::Leader, term: self.epoch.0 }));
        self.begin(Command::Begin, None, ctx);
        ctx.set_timer(Timer::Push, self.config.push_interval);
    }

    /// Takes writes no more, if it did.
    pub(super) fn step_down(&mut self, ctx: &mut Context<Self>) {
        if let Role::Primary(primary) = std::mem::replace(&mut self.role, Role::Secondary) {
            ctx.cancel_timer(Timer::Push);
            let leader = self.primary.filter(|primary| *primary != self.id);
            primary.dismiss(leader, ctx);
        }
    }

    /// A client wants something written.
    pub(super) fn propose_for(
        &mut self,
        client: ClientId,
        id: RequestId,
        request: KvRequest,
        ctx: &mut Context<Self>,
    ) {
        let refuses = self.refuses_writes(ctx.now());
        let Some(primary) = self.leadership() else { return };
        if primary.handover.is_some() || refuses {
            return ctx.reply(client, id, KvResponse::NotLeader { leader: None });
        }
        if primary.is_stopped() {
            return primary.held.push((client, id, request));
        }
        let command = match request {
            KvRequest::OpenSession => Command::OpenSession,
            KvRequest::Propose(command) => Command::Kv(command),
            KvRequest::Read { .. } => return,
        };
        self.begin(command, Some((client, id)), ctx);
    }

    /// Whether too few others are there for a write to be begun.
    fn refuses_writes(&self, now: SimTime) -> bool {
        let Role::Primary(primary) = &self.role else { return true };
        match self.config.form {
            Form::Asynchronous => false,
            Form::SemiSynchronous => !self.config.falls_back && self.is_late(primary, now),
            Form::InSync => {
                self.assignment.in_sync.len(self.config.copies) < self.config.min_in_sync as usize
            }
        }
    }

    /// Semi-synchronous: whether a write has waited too long for enough to hold it.
    fn is_late(&self, primary: &Primary, now: SimTime) -> bool {
        let is_waiting = self.commit < self.log.last().index;
        is_waiting && now.since(primary.begun_at(self.commit + 1)) >= self.config.ack_timeout
    }

    /// Begins a write.
    fn begin(&mut self, command: Command, waiting: Option<(ClientId, RequestId)>, ctx: &mut Context<Self>) {
        let index = self.log.last().index + 1;
        let entry = Entry { epoch: self.epoch, command };
        self.replace_from(index, &Entries::One(entry), ctx);
        let now = ctx.now();
        let Some(primary) = self.leadership() else { return };
        primary.begun.push_back((index, now));
        primary.waiting.extend(waiting.map(|(client, id)| (index, client, id)));
        if self.config.transport == Transport::Push {
            for node in self.others() {
                self.stream(node, ctx);
            }
        }
    }

    /// All copies but this one.
    pub(super) fn others(&self) -> impl Iterator<Item = NodeId> + use<> {
        let id = self.id;
        self.config.copies().filter(move |node| *node != id)
    }

    /// Sends `node` what there is, as far as it may.
    fn stream(&mut self, node: NodeId, ctx: &mut Context<Self>) {
        let last = self.log.last().index;
        loop {
            let Some(primary) = self.leadership() else { return };
            let progress = &primary.progress[node.index()];
            let may = progress.streams() && progress.next <= last && progress.in_flight() < progress.window;
            if !may {
                return;
            }
            self.send_append(node, ctx);
        }
    }

    /// Sends `node` the next entries, or what it needs before them.
    pub(super) fn send_append(&mut self, node: NodeId, ctx: &mut Context<Self>) {
        let Role::Primary(primary) = &mut self.role else { return };
        let progress = &mut primary.progress[node.index()];
        let before = progress.next - 1;
        let prev = match self.log.epoch(before) {
            Some(epoch) => Position { epoch, index: before },
            None => return self.send_snapshot(node, ctx),
        };
        let entries = Entries::from(self.log.slice(prev.index + 1, self.config.max_entries));
        if progress.streams() {
            progress.next = prev.index + 1 + entries.len() as u64;
        }
        // Before its own first entry is certain a primary does not know how much is.
        let life = if self.commit >= primary.first { progress.life } else { 0 };
        let (epoch, commit, round) = (self.epoch, self.commit, primary.reads.round());
        ctx.send(node, Message::Append { epoch, prev, entries, commit, round, life });
    }

    /// Says that it is there, sends again what was not answered, looks after the set.
    pub(super) fn push(&mut self, ctx: &mut Context<Self>) {
        if !matches!(self.role, Role::Primary(_)) {
            return;
        }
        ctx.set_timer(Timer::Push, self.config.push_interval);
        let pushes = self.config.transport == Transport::Push;
        for node in self.others().filter(|_| pushes) {
            let Role::Primary(primary) = &mut self.role else { return };
            let progress = &mut primary.progress[node.index()];
            let is_heard = std::mem::take(&mut progress.is_heard);
            match progress.sending {
                Sending::Snapshot { .. } => self.send_snapshot(node, ctx),
                Sending::Stream if !is_heard && progress.in_flight() > 0 => {
                    let next = progress.matched + 1;
                    progress.backs_up(next, &self.config);
                    self.send_append(node, ctx);
                }
                Sending::Stream | Sending::Probe => self.send_append(node, ctx),
            }
        }
        self.fall_back_if_late(ctx);
        self.look_after_the_set(ctx);
        self.look_after_handover(ctx);
    }

    /// Semi-synchronous: too few have answered for too long.
    fn fall_back_if_late(&mut self, ctx: &mut Context<Self>) {
        let Role::Primary(primary) = &self.role else { return };
        let falls = self.config.form == Form::SemiSynchronous && self.config.falls_back;
        if falls && self.is_late(primary, ctx.now()) {
            if let Some(primary) = self.leadership() {
                primary.has_fallen_back = true;
            }
            self.commit_what_is_certain(ctx);
        }
    }

    /// Semi-synchronous: enough hold again what was acknowledged without them.
    fn come_back_if_held(&mut self) {
        let is_held = self.held() >= self.commit;
        if let Some(primary) = self.leadership() {
            primary.has_fallen_back &= !is_held;
        }
    }

    /// A copy's answer to an `Append`.
    pub(super) fn on_appended(
        &mut self,
        from: NodeId,
        (epoch, round): (Epoch, u64),
        (life, is_whole): (u64, bool),
        result: AppendResult,
        ctx: &mut Context<Self>,
    ) {
        let last = self.log.last().index;
        let is_late = epoch != self.epoch && !self.config.has(Bug::CountsOldAcknowledgements);
        let Role::Primary(primary) = &mut self.role else { return };
        let progress = &mut primary.progress[from.index()];
        if is_late || !progress.lives(life, &self.config, last) {
            return;
        }
        (progress.is_heard, progress.is_whole) = (true, progress.is_whole || is_whole);
        progress.round = progress.round.max(round);
        match result {
            AppendResult::Matched(index) => progress.matches(index.min(last), &self.config),
            AppendResult::Conflict { prev, at_most } => self.on_conflict(from, prev, at_most, ctx),
        }
        self.stream(from, ctx);
        self.let_in_if_ready(from, ctx);
        self.come_back_if_held();
        self.commit_what_is_certain(ctx);
        self.look_after_handover(ctx);
    }

    /// The logs did not agree at `prev`.
    fn on_conflict(&mut self, from: NodeId, prev: u64, at_most: Position, ctx: &mut Context<Self>) {
        let own = self.log.agrees_at_most(at_most.epoch, at_most.index.min(prev.saturating_sub(1)));
        let Role::Primary(primary) = &mut self.role else { return };
        let progress = &mut primary.progress[from.index()];
        // Late conflicts say nothing of what has matched since.
        if prev > progress.matched {
            // The logs part before what is kept here: only a snapshot helps.
            let is_trimmed = own.epoch > at_most.epoch || own.index >= prev;
            let next = if is_trimmed { own.index } else { own.index.min(at_most.index) + 1 };
            progress.backs_up(next.max(progress.matched + 1), &self.config);
            self.send_append(from, ctx);
        }
    }

    /// Up to where enough others hold the log, as the form demands.
    fn held(&self) -> u64 {
        let Role::Primary(primary) = &self.role else { return 0 };
        let matched = |node: NodeId| primary.progress[node.index()].matched;
        match self.config.form {
            Form::Asynchronous => u64::MAX,
            Form::InSync => self.required().iter(self.config.copies).map(matched).min().unwrap_or(u64::MAX),
            Form::SemiSynchronous => self.reached_by_enough(matched),
        }
    }

    /// Semi-synchronous: what as many others have reached as must hold a write.
    pub(super) fn reached_by_enough(&self, reached: impl Fn(NodeId) -> u64) -> u64 {
        let mut all: Vec<u64> = self.others().map(reached).collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        let last = (self.config.acks as usize).checked_sub(1);
        last.map_or(u64::MAX, |last| all.get(last).copied().unwrap_or(0))
    }

    /// Commits and answers what has become certain.
    pub(super) fn commit_what_is_certain(&mut self, ctx: &mut Context<Self>) {
        let (held, own) = (self.held(), self.durable);
        let Some(primary) = self.leadership() else { return };
        let certain = if primary.has_fallen_back { own } else { held.min(own) };
        // Earlier entries are certain only with one of this epoch: another might have a later one in their place.
        if certain < primary.first {
            return;
        }
        while primary.begun.front().is_some_and(|(index, _)| *index <= certain) {
            primary.begun.pop_front();
        }
        if certain > self.commit {
            let (index, term) = (certain, self.epoch.0);
            ctx.observe(CopyEvent::Log(LogEvent::Committed { index, term }));
            self.commit_to(certain, ctx);
        }
        self.confirm_reads(ctx);
    }

    /// Somebody knows a later epoch.
    pub(super) fn on_deposed(
        &mut self,
        from: NodeId,
        epoch: Epoch,
        primary: Option<NodeId>,
        ctx: &mut Context<Self>,
    ) {
        if epoch == self.epoch && self.primary.is_none() && primary.is_some() && self.config.supervisors == 0
        {
            self.primary = primary;
        }
        if epoch <= self.epoch {
            return;
        }
        let ignores = self.has(Bug::IgnoresRefusal);
        if let Some(leadership) = self.leadership().filter(|_| ignores) {
            if !leadership.ignored.contains(&from) {
                leadership.ignored.push(from);
            }
            return self.commit_what_is_certain(ctx);
        }
        self.enter(epoch, primary, ctx);
        if self.config.supervisors > 0 {
            self.caller.read(ctx);
        }
    }
}
