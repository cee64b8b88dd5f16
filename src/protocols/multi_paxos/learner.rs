//! What a replica does: it learns what is chosen, slot by slot, and applies it.
//!
//! A leader says with every message how far all is chosen. What a replica has accepted in that leader's ballot
//! is then what was chosen; for what it lacks, or has accepted in another ballot, it asks.

use super::bugs::Bug;
use super::command::{Command, Slot};
use super::message::{Message, Record};
use super::node::{MultiPaxos, Role, Timer};
use super::snapshot::{Snapshot, state_digest};
use crate::base::{NodeId, SimDuration};
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::{Arriving, Ballot, Batch, KvCommand, KvResponse, Session};
use std::sync::Arc;

/// At most so many commands answer a question, in one message: what comes out of order would be asked for again.
pub(super) const AT_ONCE: usize = 256;

/// So often it asks one and the same node in vain.
const MOST_QUESTIONS: u32 = 3;

/// What a replica that lags knows of it.
#[derive(Clone, Default, Debug)]
pub(super) struct CatchUp {
    /// How far somebody knows what is chosen, and who.
    pub(super) known: Option<(Slot, NodeId)>,
    /// How much was here, of slots and of a snapshot, when it last asked.
    asked_with: (Slot, Option<(Slot, u64)>),
    /// How often it has asked since more has come.
    asked: u32,
    /// A snapshot on its way here.
    pub(super) arriving: Option<Arriving>,
    /// Snapshots on their way to others: the latest may be another one by the time the next piece is asked for.
    pub(super) serving: Vec<(NodeId, Arc<Snapshot>)>,
}

impl MultiPaxos {
    /// The leader of `ballot`, `from`, says that all slots up to `chosen` are chosen.
    #[inline]
    pub(super) fn learn_up_to(
        &mut self,
        chosen: Slot,
        ballot: Ballot,
        from: NodeId,
        ctx: &mut Context<Self>,
    ) {
        if chosen <= self.applied {
            return;
        }
        while self.applied < chosen {
            let accepted = self.log.get(self.applied.next());
            match accepted.filter(|(accepted, _)| *accepted == ballot) {
                Some((_, command)) => {
                    self.apply(command, ctx);
                }
                None if self.has(Bug::AppliesPastGaps) => self.applied = self.applied.next(),
                None => break,
            }
        }
        self.compact_if_long(ctx);
        if self.applied < chosen {
            self.note_chosen(chosen, from, ctx);
        }
    }

    /// `who` knows what is chosen up to `chosen`, and this node does not: what is missing may be on its way. It
    /// asks if it has not come soon.
    pub(super) fn note_chosen(&mut self, chosen: Slot, who: NodeId, ctx: &mut Context<Self>) {
        let is_waiting = self.catch_up.known.is_some_and(|(known, _)| known > self.applied);
        if self.catch_up.known.is_none_or(|(known, _)| chosen >= known) {
            self.catch_up.known = Some((chosen, who));
        }
        if !is_waiting {
            self.arm_fetch_timer(ctx);
        }
    }

    fn arm_fetch_timer(&self, ctx: &mut Context<Self>) {
        let after = SimDuration::from_ns((self.config.heartbeat_interval.as_ns() / 2).max(1));
        ctx.set_timer(Timer::Fetch, after);
    }

    /// Asks for what is missing: whoever is sending a snapshot, else who said last that it knows more.
    pub(super) fn fetch(&mut self, ctx: &mut Context<Self>) {
        let Some((_, who)) = self.catch_up.known.filter(|(known, _)| *known > self.applied) else {
            self.catch_up.known = None;
            return;
        };
        let who = self.catch_up.arriving.map_or(who, |arriving| arriving.sender());
        let arrived = self.arrived();
        let is_same = self.catch_up.asked_with == (self.applied, arrived);
        self.catch_up.asked = if is_same { self.catch_up.asked + 1 } else { 1 };
        self.catch_up.asked_with = (self.applied, arrived);
        ctx.send(who, Message::Fetch { chosen: self.applied, arrived });
        // In case that the question, or the answer, is lost.
        let after = SimDuration::from_ns(self.config.heartbeat_interval.as_ns().saturating_mul(2));
        ctx.set_timer(Timer::Fetch, after);
    }

    /// Asks again; where nothing comes for several times, not the one that does not answer, but whoever says next
    /// that it knows more.
    pub(super) fn fetch_again(&mut self, ctx: &mut Context<Self>) {
        let is_same = self.catch_up.asked_with == (self.applied, self.arrived());
        if is_same && self.catch_up.asked >= MOST_QUESTIONS {
            self.catch_up.known = None;
            self.catch_up.arriving = None;
            self.catch_up.asked = 0;
        }
        self.fetch(ctx);
    }

    /// Which snapshot is on its way here, and how much of it has arrived.
    fn arrived(&self) -> Option<(Slot, u64)> {
        let arriving = self.catch_up.arriving?;
        arriving.from(arriving.sender()).map(|(last, received)| (Slot(last), received))
    }

    /// `from` lacks what was chosen behind `chosen`.
    pub(super) fn on_fetch(
        &mut self,
        from: NodeId,
        chosen: Slot,
        arrived: Option<(Slot, u64)>,
        ctx: &mut Context<Self>,
    ) {
        if chosen < self.log.base() {
            return self.send_piece(from, arrived, ctx);
        }
        let commands = self.log.run(chosen.next(), self.applied, AT_ONCE);
        if !commands.is_empty() {
            let (first, commands) = (chosen.next(), Batch::from(commands.as_slice()));
            ctx.send(from, Message::Chosen { first, commands, chosen: self.applied });
        }
    }

    /// What was chosen for a run of slots; for none, how far `from` knows it.
    pub(super) fn on_chosen(
        &mut self,
        from: NodeId,
        first: Slot,
        commands: &Batch<Command>,
        chosen: Slot,
        ctx: &mut Context<Self>,
    ) {
        if matches!(self.role, Role::Leader(_)) {
            if chosen > self.applied {
                self.learn_first(chosen, from, ctx);
            }
            return;
        }
        if chosen > self.applied && (commands.is_empty() || first > self.applied.next()) {
            return self.note_chosen(chosen, from, ctx);
        }
        let known = commands.skip(self.applied.next().behind(first) as usize);
        if known.is_empty() {
            return;
        }
        let first = self.applied.next();
        for (i, command) in known.as_slice().iter().enumerate() {
            let slot = first.plus(i);
            let ballot = self.log.get(slot).map_or(Ballot::NONE, |(ballot, _)| ballot);
            self.log.put(slot, ballot, *command);
            ctx.observe(SlotEvent::Learned { slot: slot.0, value: command.digest() });
            self.apply(*command, ctx);
        }
        ctx.write(Record::Learn { first, commands: known, chosen: self.applied });
        self.caught_up_some(from, chosen, ctx);
    }

    /// More has been learned from `from`, which knows what is chosen up to `chosen`: asks on, or leads at last.
    pub(super) fn caught_up_some(&mut self, from: NodeId, chosen: Slot, ctx: &mut Context<Self>) {
        self.compact_if_long(ctx);
        if chosen > self.applied && self.catch_up.known.is_none_or(|(known, _)| known < chosen) {
            self.catch_up.known = Some((chosen, from));
        }
        if let Role::Candidate(candidacy) = &mut self.role {
            // It gets on: no need to try anew.
            candidacy.promises.accepted.retain(|slot, _| *slot > self.applied);
            self.arm_election_timer(ctx);
            self.lead_if_promised(ctx);
        }
        if !matches!(self.role, Role::Leader(_)) {
            self.fetch(ctx);
        }
    }

    /// Applies `command`, which is chosen for the next slot; what to tell who asked for it.
    pub(super) fn apply(&mut self, command: Command, ctx: &mut Context<Self>) -> Option<KvResponse> {
        self.applied = self.applied.next();
        let answer = match command {
            Command::Noop => None,
            Command::Kv(command) => self.execute(&command),
            Command::Read { key } => Some(KvResponse::Done(self.machine.read(key))),
            Command::OpenSession => Some(KvResponse::Opened(self.machine.open_session())),
            Command::Configure(members) => {
                let alpha = if self.has(Bug::ConfiguresAtOnce) { 1 } else { self.config.alpha };
                self.membership.change(Slot(self.applied.0 + alpha), members);
                None
            }
        };
        self.membership.pass(self.applied);
        if ctx.observing() {
            let (slot, value) = (self.applied.0, command.digest());
            let state = state_digest(&self.machine, &self.membership);
            ctx.observe(SlotEvent::Applied { slot, value, state });
        }
        answer
    }

    fn execute(&mut self, command: &KvCommand) -> Option<KvResponse> {
        if self.has(Bug::RepeatsCommands) {
            return Some(KvResponse::Done(self.machine.execute(command.op)));
        }
        match self.machine.apply(command) {
            Session::Answer(answer) => Some(KvResponse::Done(answer)),
            Session::GoneOn => None,
            Session::Ended => Some(KvResponse::SessionEnded),
        }
    }
}
