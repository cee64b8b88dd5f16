//! A supervisor: it looks after the copies while its member of the supervisors' group leads.
//!
//! What it hears of the copies is not replicated, as in ArangoDB's agency: whoever has just been elected knows nothing,
//! and waits until it has heard everyone or has given everyone time. What it decides is agreed on by compare-and-swap
//! with what it has just read.

use super::assignment::Assignment;
use super::bugs::Bug;
use super::caller::Caller;
use super::config::{Config, Form};
use super::log::Position;
use super::message::{Message, Status};
use super::timer::Timer;
use crate::base::{ClientId, NodeId, SimTime};
use crate::monitor::CopyEvent;
use crate::process::{Context, Process, RequestId};
use crate::replication::{KvRequest, KvResponse, NodeSet};

/// What a supervisor keeps beside its member of the group; all of it in memory only.
#[derive(Clone, Debug)]
pub struct Supervisor {
    config: Config,
    caller: Caller,
    /// The latest term that its member has led, and whether it still does.
    term: Option<u64>,
    leads: bool,
    /// When it began to lead, on its own clock.
    since: SimTime,
    /// What it has heard of each copy since, and when.
    heard: Vec<Option<(SimTime, Status)>>,
    /// What is agreed on, as far as it has learnt since.
    agreed: Option<Assignment>,
    /// What it knew when it looked after the copies before.
    before: Option<Assignment>,
    /// Whether it is to look after the copies as soon as it knows what is agreed on.
    is_due: bool,
}

impl Supervisor {
    /// One that has just started, for the how-manieth time.
    pub fn start<P>(config: &Config, incarnation: u64, ctx: &mut Context<P>) -> Self
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        ctx.set_timer(Timer::Supervise, config.supervision_interval);
        Supervisor {
            config: *config,
            caller: Caller::new(vec![ctx.id()], config.supervision_interval, incarnation, config.copies),
            term: None,
            leads: false,
            since: SimTime::ZERO,
            heard: vec![None; config.copies as usize],
            agreed: None,
            before: None,
            is_due: false,
        }
    }

    /// What is agreed on, as far as it has learnt since it leads.
    pub fn agreed(&self) -> Option<Assignment> {
        self.agreed
    }

    /// The sets of copies of which a majority must take part where `agreed` is agreed on.
    pub(super) fn electorates(&self, agreed: Assignment) -> Vec<Vec<NodeId>> {
        match self.config.form {
            Form::InSync => vec![agreed.in_sync.iter(self.config.copies).collect()],
            Form::SemiSynchronous | Form::Asynchronous => Vec::new(),
        }
    }

    /// What it asks its own member of the group, which is told by [`on_told`](Supervisor::on_told).
    pub fn take_question(&mut self) -> Option<(u64, KvRequest)> {
        self.caller.take_own()
    }

    /// The term that its member of the group leads, if it does: to be told whenever that may have changed.
    pub fn note<P>(&mut self, leads: Option<u64>, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        let was = self.leads;
        self.leads = leads.is_some();
        if leads.is_some_and(|term| self.term < Some(term)) {
            self.take_over(leads, ctx);
        } else if was && !self.leads {
            self.caller.give_up(ctx);
        }
    }

    /// A message from another node, the questions aside.
    pub fn on_message<P>(&mut self, from: NodeId, message: &Message, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        if let (Message::Heartbeat(status), true) = (message, self.leads && self.config.is_copy(from)) {
            let clock = ctx.now();
            self.heard[from.index()] = Some((clock, *status));
            ctx.observe(CopyEvent::Heard { node: from, clock, is_whole: status.is_whole });
            if let Some(agreed) = self.agreed {
                ctx.send(from, Message::Assigned(agreed));
            }
        }
    }

    /// One of its timers.
    pub fn on_timer<P>(&mut self, timer: Timer, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        match timer {
            Timer::Supervise => {
                ctx.set_timer(Timer::Supervise, self.config.supervision_interval);
                self.is_due = self.leads;
                if self.leads && !self.caller.is_changing() && !self.caller.is_reading() {
                    self.caller.read(ctx);
                }
            }
            Timer::Ask => self.caller.on_timer(ctx),
            Timer::Heartbeat | Timer::Push | Timer::Poll | Timer::Survey => {}
        }
    }

    /// A client asks what only a primary can answer.
    pub fn on_request<P>(&self, client: ClientId, id: RequestId, ctx: &mut Context<P>)
    where
        P: Process<Response = KvResponse>,
    {
        let leader = self.agreed.and_then(|agreed| agreed.primary);
        ctx.reply(client, id, KvResponse::NotLeader { leader });
    }

    /// Its member of the group answers.
    pub fn on_told<P>(&mut self, question: u64, response: KvResponse, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        let Some(agreed) = self.caller.on_told(question, response, ctx) else { return };
        self.learn(agreed, ctx);
        let may = self.leads && !self.caller.is_changing() && !self.caller.is_reading();
        if may && std::mem::take(&mut self.is_due) {
            let known = match self.config.has(Bug::FailsOverUnconditionally) {
                true => self.before.unwrap_or(agreed),
                false => agreed,
            };
            self.before = Some(agreed);
            self.look_after(known, ctx);
        }
    }

    /// Its member of the group has begun to lead: of the copies nothing is known.
    fn take_over<P>(&mut self, term: Option<u64>, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        self.caller.give_up(ctx);
        self.term = term;
        self.since = ctx.now();
        self.heard.fill(None);
        (self.agreed, self.before, self.is_due) = (None, None, false);
        ctx.observe(CopyEvent::Supervises { clock: self.since, first_grace: self.config.first_grace });
    }

    /// It knows what is agreed on; if that is new to it, it may be new to the copies.
    fn learn<P>(&mut self, agreed: Assignment, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        if self.agreed.replace(agreed) == Some(agreed) {
            return;
        }
        ctx.observe(agreed.event());
        for copy in self.config.copies() {
            ctx.send(copy, Message::Assigned(agreed));
        }
    }

    /// Replaces a primary that has failed.
    fn look_after<P>(&mut self, agreed: Assignment, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer, Observation = CopyEvent>,
    {
        let clock = ctx.now();
        if !agreed.has_next() || !self.may_judge(clock) {
            return;
        }
        if agreed.primary.is_some_and(|primary| !self.has_failed(primary, clock)) {
            return;
        }
        let Some(next) = self.successor(&agreed, clock) else { return };
        if let Some(node) = agreed.primary {
            ctx.observe(CopyEvent::Deposes { node, clock, grace: self.config.grace });
        }
        match self.config.has(Bug::FailsOverUnconditionally) {
            true => {
                self.before = None;
                self.caller.set(next, ctx);
            }
            false => self.caller.change(agreed, next, ctx),
        }
    }

    /// Whether it can tell who is dead from whom it has not heard yet.
    fn may_judge(&self, clock: SimTime) -> bool {
        self.heard.iter().all(Option::is_some) || self.gives_up_waiting(clock)
    }

    /// Whether whoever it has not heard yet is not waited for any longer.
    fn gives_up_waiting(&self, clock: SimTime) -> bool {
        clock.since(self.since) >= self.config.first_grace || self.config.has(Bug::SupervisesAtOnce)
    }

    /// Whether a primary must be replaced.
    fn has_failed(&self, primary: NodeId, clock: SimTime) -> bool {
        match self.heard.get(primary.index()).copied().flatten() {
            Some((at, status)) => clock.since(at) >= self.config.grace || !status.is_whole,
            None => self.gives_up_waiting(clock),
        }
    }

    /// What is to be agreed on where `agreed` has no primary, or one that has failed.
    fn successor(&self, agreed: &Assignment, clock: SimTime) -> Option<Assignment> {
        let others = match agreed.primary {
            Some(primary) => NodeSet::first(self.config.copies).without(primary),
            None => NodeSet::first(self.config.copies),
        };
        match self.config.form {
            Form::InSync => {
                let left = agreed.in_sync.within(others);
                let primary = self.freshest(left, clock, |_| true, 1)?;
                Some(agreed.led_by(Some(primary), left))
            }
            // Nothing is to be acknowledged in the old epoch behind what the copies are asked, so that comes first.
            Form::SemiSynchronous if agreed.primary.is_some() => Some(agreed.led_by(None, agreed.in_sync)),
            Form::SemiSynchronous => {
                let is_fenced = |status: &Status| status.epoch == agreed.epoch;
                let primary = self.freshest(others, clock, is_fenced, self.config.fenced_copies())?;
                Some(agreed.with(Some(primary), agreed.in_sync))
            }
            Form::Asynchronous => {
                let primary = self.freshest(others, clock, |_| true, 1)?;
                Some(agreed.led_by(Some(primary), NodeSet::first(self.config.copies)))
            }
        }
    }

    /// The copy of those in `among` that is furthest, of those that were heard lately, are whole and `count`; `None`
    /// where these are fewer than `least`.
    fn freshest(
        &self,
        among: NodeSet,
        clock: SimTime,
        counts: impl Fn(&Status) -> bool,
        least: u32,
    ) -> Option<NodeId> {
        let takes_anyone = self.config.has(Bug::TakesAnyone);
        let mut good = Vec::new();
        for node in among.iter(self.config.copies) {
            let Some((at, status)) = self.heard[node.index()] else { continue };
            if clock.since(at) <= self.config.ok_threshold && status.is_whole && counts(&status) {
                good.push((node, status.last));
            }
        }
        if takes_anyone {
            return good.first().map(|(node, _)| *node);
        }
        if good.len() < least as usize {
            return None;
        }
        let length_only = self.config.has(Bug::ComparesLengthOnly);
        let rank = |last: Position| {
            if length_only { Position { index: last.index, ..Position::default() } } else { last }
        };
        // Of equals the first.
        good.into_iter().rev().max_by_key(|(_, last)| rank(*last)).map(|(node, _)| node)
    }
}
