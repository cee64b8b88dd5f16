//! A node's dealings with the supervisors' group: it learns what is agreed on, and has it changed.
//!
//! One question is asked at a time, of one supervisor; if no answer comes, the same question is asked of the next. A
//! command has a session and a sequence number, so that it takes effect once however often it is asked. Who cannot tell
//! whether his change took effect reads: each assignment was agreed on once at most, so what is read tells.

use super::assignment::Assignment;
use super::message::Message;
use super::timer::Timer;
use crate::base::{NodeId, SimDuration};
use crate::process::{Context, Process};
use crate::replication::{KvAnswer, KvCommand, KvOp, KvRequest, KvResponse, SessionId};

/// The register that holds what is agreed on.
const REGISTER: u32 = 0;

/// What a node knows of the group, and what it wants of it.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    supervisors: Vec<NodeId>,
    retry: SimDuration,
    copies: u32,
    /// Which of the supervisors is asked.
    place: usize,
    /// Which is asked when the timer fires, if one is known to be better than the next.
    better: Option<usize>,
    /// Whether a hint was followed since the timer last fired: two that name each other must not be asked in turns
    /// for as long as they do.
    has_followed: bool,
    /// The latest question's number: how many times the node had started before in the upper half, and the question's
    /// place since in the lower.
    number: u64,
    /// What was asked and not answered.
    asked: Option<KvRequest>,
    /// A question to this node itself, which does not travel.
    own: Option<(u64, KvRequest)>,
    session: Option<SessionId>,
    /// The number of the latest command of the session.
    sequence: u32,
    /// Whether somebody wants to know what is agreed now, as of a read that is still to be begun.
    wants_read: bool,
    change: Option<Change>,
}

/// A change that is wanted.
#[derive(Clone, Copy, Debug)]
struct Change {
    to: Assignment,
    /// What of it is next.
    step: Step,
}

/// What of a change is next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// What is assumed before anything was agreed on is written down, if nothing is; then the change from it.
    Create(Assignment),
    /// The change from this.
    Swap(Assignment),
    /// The change, whatever it is from.
    Set,
    /// It failed, or nobody knows: what is agreed on is read.
    Look,
}

impl Caller {
    /// One who asks these, each of them again after `retry` without an answer. `incarnation` is how many times the
    /// node has started before, and `copies` how many copies there are.
    pub(super) fn new(supervisors: Vec<NodeId>, retry: SimDuration, incarnation: u64, copies: u32) -> Self {
        Caller {
            supervisors,
            retry,
            copies,
            place: 0,
            better: None,
            has_followed: false,
            number: incarnation << 32,
            asked: None,
            own: None,
            session: None,
            sequence: 0,
            wants_read: false,
            change: None,
        }
    }

    /// Finds out what is agreed now: a read that was begun before does not do, and is followed by another.
    pub(super) fn read<P>(&mut self, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        self.wants_read = true;
        self.go_on(ctx);
    }

    /// Has what is agreed on changed to `to`, if it is `from`. Nothing is done while another change is under way.
    pub(super) fn change<P>(&mut self, from: Assignment, to: Assignment, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        let is_first = from == Assignment::first(self.copies);
        let step = if is_first { Step::Create(from) } else { Step::Swap(from) };
        self.begin(Change { to, step }, ctx);
    }

    /// Has what is agreed on set to `to`, whatever it is ([`FailsOverUnconditionally`]). Nothing is done while another
    /// change is under way.
    ///
    /// [`FailsOverUnconditionally`]: super::bugs::Bug::FailsOverUnconditionally
    pub(super) fn set<P>(&mut self, to: Assignment, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        self.begin(Change { to, step: Step::Set }, ctx);
    }

    /// Whether the outcome of a change is not known yet.
    pub(super) fn is_changing(&self) -> bool {
        self.change.is_some()
    }

    /// What a change is to, whose outcome is not known yet.
    pub(super) fn changing(&self) -> Option<Assignment> {
        self.change.map(|change| change.to)
    }

    /// Whether a read is wanted or under way.
    pub(super) fn is_reading(&self) -> bool {
        self.wants_read || matches!(self.asked, Some(KvRequest::Read { .. }))
    }

    /// Drops what is asked and wanted: the answers will mean nothing. A change may take effect all the same.
    pub(super) fn give_up<P>(&mut self, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        (self.asked, self.own, self.wants_read, self.change) = (None, None, false, None);
        ctx.cancel_timer(Timer::Ask);
    }

    /// The question to this node itself, if there is one: it is asked and told without the network.
    pub(super) fn take_own(&mut self) -> Option<(u64, KvRequest)> {
        self.own.take()
    }

    /// An answer has come. Returns what was agreed on as of it: after a read that was begun behind every call of
    /// [`read`](Caller::read), or after a change, whose outcome is known then. A change that succeeds is no read: one
    /// that was wanted meanwhile is still to come ([`is_reading`](Caller::is_reading)).
    pub(super) fn on_told<P>(
        &mut self,
        question: u64,
        response: KvResponse,
        ctx: &mut Context<P>,
    ) -> Option<Assignment>
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        let asked = self.asked.filter(|_| question == self.number)?;
        if let KvResponse::NotLeader { leader } = response {
            self.be_sent_on(leader, ctx);
            return None;
        }
        let told = self.conclude(asked, response)?;
        (self.asked, self.has_followed) = (None, false);
        ctx.cancel_timer(Timer::Ask);
        self.go_on(ctx);
        told
    }

    /// [`Timer::Ask`]: no answer, or nobody knew one. The same is asked of the next.
    pub(super) fn on_timer<P>(&mut self, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        if self.asked.is_none() {
            return;
        }
        let next = (self.place + 1) % self.supervisors.len().max(1);
        self.place = self.better.take().unwrap_or(next);
        self.has_followed = false;
        self.send(ctx);
    }

    fn begin<P>(&mut self, change: Change, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        if self.change.is_none() {
            self.change = Some(change);
            self.go_on(ctx);
        }
    }

    /// Asks what is to be asked next, if nothing is asked.
    fn go_on<P>(&mut self, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        if self.asked.is_some() {
            return;
        }
        self.asked = self.next();
        if self.asked.is_some() {
            self.number += 1;
            self.send(ctx);
        }
    }

    /// What is to be asked next.
    fn next(&mut self) -> Option<KvRequest> {
        let op = self.change.and_then(|Change { to, step }| match step {
            Step::Create(from) => Some(KvOp::Create { key: REGISTER, value: from.pack() }),
            Step::Swap(from) => Some(KvOp::Cas { key: REGISTER, old: from.pack(), new: to.pack() }),
            Step::Set => Some(KvOp::Write { key: REGISTER, value: to.pack() }),
            Step::Look => None,
        });
        match (op, self.session) {
            (Some(op), Some(session)) => {
                self.sequence += 1;
                Some(KvRequest::Propose(KvCommand { session, sequence: self.sequence, op }))
            }
            (Some(_), None) => Some(KvRequest::OpenSession),
            (None, _) => std::mem::take(&mut self.wants_read).then_some(KvRequest::Read { key: REGISTER }),
        }
    }

    /// Sends what is asked to whoever is asked now.
    fn send<P>(&mut self, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        let (Some(request), Some(&to)) = (self.asked, self.supervisors.get(self.place)) else { return };
        ctx.set_timer(Timer::Ask, self.retry);
        if to == ctx.id() {
            self.own = Some((self.number, request));
        } else {
            ctx.send(to, Message::Ask { question: self.number, request });
        }
    }

    /// Whoever was asked does not lead, and may know who does, by its place in the group. The timer is left as it is:
    /// what it fires for is asked of somebody else.
    fn be_sent_on<P>(&mut self, leader: Option<NodeId>, ctx: &mut Context<P>)
    where
        P: Process<Message = Message, Timer = Timer>,
    {
        let hinted = leader.map(NodeId::index).filter(|place| *place < self.supervisors.len());
        match hinted.filter(|place| *place != self.place) {
            Some(place) if !self.has_followed => {
                (self.place, self.has_followed) = (place, true);
                self.send(ctx);
            }
            better => self.better = better,
        }
    }

    /// What follows from the answer to `asked`: what was agreed on as of it, if that is to be told. `None` if it is no
    /// answer to that.
    fn conclude(&mut self, asked: KvRequest, response: KvResponse) -> Option<Option<Assignment>> {
        match (asked, response) {
            (KvRequest::OpenSession, KvResponse::Opened(session)) => {
                (self.session, self.sequence) = (Some(session), 0);
                Some(None)
            }
            (KvRequest::Read { .. }, KvResponse::Done(KvAnswer::Value(value))) => {
                let agreed = value.map_or(Assignment::first(self.copies), Assignment::unpack);
                if self.wants_read {
                    return Some(None);
                }
                self.change = self.change.filter(|change| change.step != Step::Look);
                Some(Some(agreed))
            }
            (KvRequest::Propose(command), KvResponse::Done(answer)) => {
                Some(self.conclude_command(command.op, answer))
            }
            (KvRequest::Propose(_), KvResponse::SessionEnded) => {
                // Behind that end no copy of the command takes effect any more, so a read tells.
                self.session = None;
                self.look();
                Some(None)
            }
            _ => None,
        }
    }

    /// What follows from a command's answer.
    fn conclude_command(&mut self, op: KvOp, answer: KvAnswer) -> Option<Assignment> {
        let Change { to, step } = self.change?;
        match (op, step) {
            // Whether it was created now or before: the change tells whether it is still that.
            (KvOp::Create { .. }, Step::Create(from)) => {
                self.change = Some(Change { to, step: Step::Swap(from) });
                None
            }
            _ if answer == KvAnswer::Written => {
                self.change = None;
                Some(to)
            }
            _ => {
                self.look();
                None
            }
        }
    }

    /// The outcome of the change is to be read.
    fn look(&mut self) {
        if let Some(change) = &mut self.change {
            change.step = Step::Look;
            self.wants_read = true;
        }
    }
}

#[cfg(test)]
mod tests;
