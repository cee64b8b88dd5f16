//! The proposer: it asks for promises, proposes what they leave it to, and gives way to whoever was faster.

use super::bugs::Bug;
use super::message::{Instance, Message};
use super::node::{Paxos, Timer};
use crate::base::{ClientId, Draw, NodeId, SimDuration};
use crate::monitor::{Role, SlotEvent};
use crate::process::{Context, RequestId};
use crate::replication::{Ballot, NodeSet, Phase};

/// What a node proposes for an instance, until that is decided.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// What it would have decided: what the first client asked for.
    pub(super) value: i64,
    /// Who is to be told the decision.
    pub(super) waiting: Vec<(ClientId, RequestId)>,
    /// The highest ballot that it has used or heard of.
    pub(super) seen: Ballot,
    /// How long it waits for answers before it asks again.
    patience: SimDuration,
    pub(super) stage: Stage,
}

/// How far a proposal has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Phase 1: it asks for promises.
    Preparing {
        ballot: Ballot,
        /// Who has promised.
        promised: NodeSet,
        /// Of what those have accepted, that of the highest ballot.
        adopted: Option<(Ballot, i64)>,
    },
    /// Phase 2: it proposes a value.
    Accepting { ballot: Ballot, value: i64 },
    /// It was pre-empted, and leaves the others alone for a time.
    BackingOff,
}

impl Proposal {
    /// The ballot in which it has a quorum of promises.
    pub(super) fn won(&self) -> Option<Ballot> {
        match self.stage {
            Stage::Accepting { ballot, .. } => Some(ballot),
            _ => None,
        }
    }

    /// The ballot under way.
    fn ballot(&self) -> Option<Ballot> {
        match self.stage {
            Stage::Preparing { ballot, .. } | Stage::Accepting { ballot, .. } => Some(ballot),
            Stage::BackingOff => None,
        }
    }
}

impl Paxos {
    /// A client asks for `value`. Where something is proposed already, that will do: nothing but the decision
    /// is promised.
    pub(super) fn propose(
        &mut self,
        instance: Instance,
        value: i64,
        who: (ClientId, RequestId),
        ctx: &mut Context<Self>,
    ) {
        if let Some(proposal) = self.proposals.get_mut(&instance) {
            if !proposal.waiting.contains(&who) {
                proposal.waiting.push(who);
            }
            return;
        }
        let proposal = Proposal {
            value,
            waiting: vec![who],
            seen: Ballot::NONE,
            patience: self.config.resend_after,
            stage: Stage::BackingOff,
        };
        self.proposals.insert(instance, proposal);
        self.prepare(instance, ctx);
    }

    /// Phase 1a, in a ballot that is later than all that this node knows of. What it has promised is on its
    /// disk, its own earlier ballots among it, so that it uses none twice.
    fn prepare(&mut self, instance: Instance, ctx: &mut Context<Self>) {
        let known = if self.has(Bug::ReusesBallots) { Ballot::NONE } else { self.promised(instance) };
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        let ballot = proposal.seen.max(known).next_of(self.id);
        proposal.seen = ballot;
        proposal.stage = Stage::Preparing { ballot, promised: NodeSet::NOBODY, adopted: None };
        proposal.patience = self.config.resend_after;
        if !self.promise_itself(instance, ballot, ctx) {
            self.on_nack(instance, ballot, self.promised(instance), ctx);
            return;
        }
        ctx.observe(SlotEvent::Role { role: Role::Candidate, ballot: ballot.number() });
        self.others().for_each(|acceptor| ctx.send(acceptor, Message::Prepare { instance, ballot }));
        ctx.set_timer(Timer::Proposal(instance), self.config.resend_after);
    }

    /// `from` promises. With a quorum, phase 2a: the value of the highest ballot among those that were
    /// accepted must be proposed, as it may be chosen (§2.2, P2c).
    pub(super) fn on_promise(
        &mut self,
        from: NodeId,
        instance: Instance,
        ballot: Ballot,
        accepted: Option<(Ballot, i64)>,
        ctx: &mut Context<Self>,
    ) {
        let first = self.has(Bug::AdoptsFirstValue);
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        let Stage::Preparing { ballot: current, promised, adopted } = &mut proposal.stage else { return };
        if *current != ballot {
            return; // To an earlier ballot of this node.
        }
        *promised = promised.with(from);
        if accepted > *adopted && !(first && adopted.is_some()) {
            *adopted = accepted;
        }
        if !self.config.is_quorum(Phase::One, *promised) {
            return;
        }
        let value = adopted.map_or(proposal.value, |(_, value)| value);
        if ballot < self.promised(instance) {
            // It has promised somebody else meanwhile: it would be the first to refuse.
            return self.on_nack(instance, ballot, self.promised(instance), ctx);
        }
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        proposal.stage = Stage::Accepting { ballot, value };
        proposal.patience = self.config.resend_after;
        ctx.observe(SlotEvent::Role { role: Role::Leader, ballot: ballot.number() });
        // A crash may take its own acceptance while others have theirs, which is no harm: it counts itself once
        // that is durable.
        self.others()
            .for_each(|acceptor| ctx.send_now(acceptor, Message::Accept { instance, ballot, value }));
        ctx.set_timer(Timer::Proposal(instance), self.config.resend_after);
        self.accept(instance, ballot, value, ctx);
    }

    /// Somebody has promised a later ballot: this one has little hope. Leaves the field for a time that is
    /// drawn, so that of several who do so one is left alone for long enough.
    pub(super) fn on_nack(
        &mut self,
        instance: Instance,
        ballot: Ballot,
        promised: Ballot,
        ctx: &mut Context<Self>,
    ) {
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        proposal.seen = proposal.seen.max(promised);
        if proposal.ballot() != Some(ballot) {
            return;
        }
        proposal.stage = Stage::BackingOff;
        ctx.observe(SlotEvent::Role { role: Role::Follower, ballot: promised.number() });
        self.stay_away(instance, ctx);
        self.backoff = doubled(self.backoff).min(self.config.backoff_max);
    }

    /// Another's ballot has come a step further here. Whoever has left the field begins to wait anew, so that
    /// a ballot need outlast the others' waits in each of its phases by itself and not in both together.
    pub(super) fn make_way(&mut self, instance: Instance, ballot: Ballot, ctx: &mut Context<Self>) {
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        proposal.seen = proposal.seen.max(ballot);
        if proposal.stage == Stage::BackingOff {
            self.stay_away(instance, ctx);
        }
    }

    /// One of its ballots has come through: it was patient enough, and becomes less so by a little. What a node
    /// has learnt of the others' haste holds for its next instance, too, as clients may not wait for it to learn
    /// that again (*Paxos Made Moderately Complex*, §3: up by a factor, down by a step).
    pub(super) fn grow_bolder(&mut self) {
        let least = self.config.backoff_min;
        let less = self.backoff.as_ns().saturating_sub(least.as_ns());
        self.backoff = SimDuration::from_ns(less).max(least);
    }

    fn stay_away(&self, instance: Instance, ctx: &mut Context<Self>) {
        let wait = SimDuration::from_ns(ctx.random().between(1, self.backoff.as_ns()));
        ctx.set_timer(Timer::Proposal(instance), wait);
    }

    /// A timer's time has come: whoever has not answered is asked again, or another ballot begins. It waits
    /// twice as long each time: over links that are slower than its patience, where none overtakes another,
    /// each message that is sent again makes all behind it later, and duels would have no end.
    pub(super) fn go_on(&mut self, instance: Instance, ctx: &mut Context<Self>) {
        let longest = self.config.longest_patience();
        let Some(proposal) = self.proposals.get_mut(&instance) else { return };
        proposal.patience = doubled(proposal.patience).min(longest);
        let patience = proposal.patience;
        let (answered, message) = match proposal.stage {
            Stage::BackingOff => return self.prepare(instance, ctx),
            Stage::Preparing { ballot, promised, .. } => (promised, Message::Prepare { instance, ballot }),
            Stage::Accepting { ballot, value } => {
                (self.voters(instance, ballot), Message::Accept { instance, ballot, value })
            }
        };
        let missing = self.others().filter(|node| !answered.contains(*node));
        missing.for_each(|node| ctx.send(node, message));
        ctx.set_timer(Timer::Proposal(instance), patience);
    }
}

fn doubled(time: SimDuration) -> SimDuration {
    SimDuration::from_ns(time.as_ns().saturating_mul(2))
}
