//! The learner: it counts who has accepted what, ballot by ballot, and tells clients what is decided.

use super::bugs::Bug;
use super::config::Learning;
use super::message::{Instance, Message, PaxosResponse};
use super::node::{Paxos, Timer};
use crate::base::NodeId;
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::{Ballot, NodeSet, Phase};

/// What a learner knows of an instance.
#[derive(Clone, Default, Debug)]
pub(super) struct Learner {
    /// What is decided.
    pub(super) decided: Option<i64>,
    /// Until then, who has accepted what.
    votes: Vec<Votes>,
}

/// Who has accepted in a ballot.
#[derive(Clone, Copy, Debug)]
struct Votes {
    ballot: Ballot,
    by: NodeSet,
}

impl Learner {
    /// Who has accepted in `ballot`.
    fn voters(&self, ballot: Ballot) -> NodeSet {
        let votes = self.votes.iter().find(|votes| votes.ballot == ballot);
        votes.map_or(NodeSet::NOBODY, |votes| votes.by)
    }
}

impl Paxos {
    /// Who has accepted in `ballot`, as far as this node has heard.
    pub(super) fn voters(&self, instance: Instance, ballot: Ballot) -> NodeSet {
        self.learners.get(&instance).map_or(NodeSet::NOBODY, |learner| learner.voters(ballot))
    }

    /// `from` has accepted `value` in `ballot`: with a quorum of the same ballot it is decided.
    pub(super) fn count(
        &mut self,
        from: NodeId,
        instance: Instance,
        ballot: Ballot,
        value: i64,
        ctx: &mut Context<Self>,
    ) {
        let mixes = self.has(Bug::MixesBallots);
        let learner = self.learners.get_or_insert_with(instance, Learner::default);
        if learner.decided.is_some() {
            return;
        }
        let place = learner.votes.iter().position(|votes| votes.ballot == ballot || mixes);
        let place = place.unwrap_or_else(|| {
            learner.votes.push(Votes { ballot, by: NodeSet::NOBODY });
            learner.votes.len() - 1
        });
        let votes = &mut learner.votes[place];
        *votes = Votes { ballot, by: votes.by.with(from) };
        let by = votes.by;
        if !self.config.is_quorum(Phase::Two, by) {
            return;
        }
        let (slot, bits) =
            (Self::slot(instance), by.iter(NodeSet::MOST).fold(0, |bits, node| bits | 1 << node.0));
        ctx.observe(SlotEvent::Chosen { slot, ballot: ballot.number(), value: value as u64, by: bits });
        self.decide(instance, value, ctx);
        if self.config.learning == Learning::Proposer {
            self.others().for_each(|learner| ctx.send(learner, Message::Learn { instance, value }));
        }
    }

    /// `value` is decided: whoever waits for that is told.
    pub(super) fn decide(&mut self, instance: Instance, value: i64, ctx: &mut Context<Self>) {
        let learner = self.learners.get_or_insert_with(instance, Learner::default);
        if learner.decided.is_some() {
            return;
        }
        *learner = Learner { decided: Some(value), votes: Vec::new() };
        ctx.observe(SlotEvent::Learned { slot: Self::slot(instance), value: value as u64 });
        if let Some(proposal) = self.proposals.remove(&instance) {
            ctx.cancel_timer(Timer::Proposal(instance));
            if proposal.won().is_some() {
                self.grow_bolder();
            }
            for (client, id) in proposal.waiting {
                ctx.reply(client, id, PaxosResponse::Decided(value));
            }
        }
    }
}
