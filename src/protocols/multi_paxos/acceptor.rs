//! What an acceptor does (*Paxos Made Simple*, §2.2): it promises, and accepts what it has not promised to leave
//! alone. What it says is on its disk before.

use std::sync::Arc;

use super::bugs::Bug;
use super::command::{Command, Proposal, Slot};
use super::config::ReadMode;
use super::message::{Message, Record};
use super::node::{MultiPaxos, Role};
use crate::base::NodeId;
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::{Ballot, Batch};

impl MultiPaxos {
    /// Phase 1a arrives: `from` wants to lead in `ballot`, and knows what is chosen up to `chosen`.
    pub(super) fn on_prepare(&mut self, from: NodeId, ballot: Ballot, chosen: Slot, ctx: &mut Context<Self>) {
        if ballot < self.promised {
            return ctx.send(from, Message::Nack { promised: self.promised });
        }
        // Who was taken out and does not know yet is told, and not followed.
        if chosen < self.applied && !self.membership.everyone().contains(from) {
            return self.on_fetch(from, chosen, None, ctx);
        }
        if ballot > self.promised && self.grants_lease(ctx) {
            return;
        }
        self.promise(ballot, ctx);
        if !matches!(self.role, Role::Follower) {
            self.become_follower(None, ctx);
        }
        self.arm_election_timer(ctx);
        let chosen = chosen.max(self.applied);
        let accepted: Arc<[Proposal]> = self.log.behind(chosen).collect();
        ctx.send(from, Message::Promise { ballot, chosen: self.applied, accepted });
    }

    /// Accepts nothing below `ballot` from now on.
    pub(super) fn promise(&mut self, ballot: Ballot, ctx: &mut Context<Self>) {
        self.seen = self.seen.max(ballot);
        if ballot > self.promised {
            self.promised = ballot;
            if !self.has(Bug::PromiseNotPersisted) {
                ctx.persist(Record::Promise { ballot });
            }
            ctx.observe(SlotEvent::Promised { slot: 0, ballot: ballot.number() });
        }
    }

    /// Whether a leader may count on this node promising nothing to anyone else: it has heard one too lately.
    pub(super) fn grants_lease(&self, ctx: &Context<Self>) -> bool {
        let lease = self.config.election_timeout_min;
        self.config.reads == ReadMode::Lease && self.heard_at.is_some_and(|at| ctx.now().since(at) < lease)
    }

    /// Phase 2a arrives, or a heartbeat.
    #[inline]
    pub(super) fn on_accept(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        (first, commands): (Slot, &Batch<Command>),
        chosen: Slot,
        round: u64,
        ctx: &mut Context<Self>,
    ) {
        if ballot < self.promised && !self.has(Bug::AcceptsBelowPromise) {
            return ctx.send(from, Message::Nack { promised: self.promised });
        }
        self.follow(from, ballot, ctx);
        self.accept(ballot, first, commands, ctx);
        let count = commands.len() as u32;
        ctx.send(from, Message::Accepted { ballot, first, count, round });
        self.learn_up_to(chosen, ballot, from, ctx);
        if count == 0 && chosen < self.applied {
            self.tell_known(from, ctx);
        }
    }

    /// The leader of `ballot` has been heard.
    fn follow(&mut self, leader: NodeId, ballot: Ballot, ctx: &mut Context<Self>) {
        if ballot > self.promised {
            self.promise(ballot, ctx);
        }
        if self.leader != Some(leader) || !matches!(self.role, Role::Follower) {
            self.become_follower(Some(leader), ctx);
        }
        self.attempts = 0;
        if self.config.reads == ReadMode::Lease {
            self.heard_at = Some(ctx.now());
        }
        self.arm_election_timer(ctx);
    }

    /// Accepts what is not accepted in this ballot yet. What is known to be chosen need not be written again: no
    /// ballot can bring anything else.
    fn accept(&mut self, ballot: Ballot, first: Slot, commands: &Batch<Command>, ctx: &mut Context<Self>) {
        let is_new = |slot: Slot| {
            slot > self.applied && self.log.get(slot).is_none_or(|(accepted, _)| accepted < ballot)
        };
        let list = commands.as_slice();
        if let Some(skip) = (0..list.len()).find(|i| is_new(first.plus(*i))) {
            let (first, commands, chosen) = (first.plus(skip), commands.skip(skip), self.applied);
            self.take(ballot, first, commands.as_slice());
            ctx.persist(Record::Accept { ballot, first, commands, chosen });
        }
        self.observe_accepted(ballot, first, list, ctx);
    }

    /// Takes `commands` into the log, where they are not known to be chosen.
    pub(super) fn take(&mut self, ballot: Ballot, first: Slot, commands: &[Command]) {
        for (i, command) in commands.iter().enumerate() {
            let slot = first.plus(i);
            if slot > self.applied {
                self.log.put(slot, ballot, *command);
            }
        }
    }

    /// Tells the monitors what was accepted.
    pub(super) fn observe_accepted(
        &self,
        ballot: Ballot,
        first: Slot,
        commands: &[Command],
        ctx: &mut Context<Self>,
    ) {
        if !ctx.observing() {
            return;
        }
        for (i, command) in commands.iter().enumerate() {
            let (slot, value) = (first.plus(i).0, command.digest());
            ctx.observe(SlotEvent::Accepted { slot, ballot: ballot.number(), value });
        }
    }
}
