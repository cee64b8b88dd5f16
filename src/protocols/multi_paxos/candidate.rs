//! How a node comes to lead: one phase 1 for all slots that it does not know to be chosen (*Paxos Made Simple*,
//! §3), in a ballot of its own that is later than any it has heard of.
//!
//! A promise tells how far its acceptor knows what is chosen, and what it has accepted behind that. The candidate
//! leads once it has a quorum of promises and knows all that any of them knows: until then it fetches.

use std::collections::BTreeMap;

use super::bugs::Bug;
use super::command::{Command, Proposal, Slot};
use super::leader::Leadership;
use super::message::Message;
use super::node::{MultiPaxos, Role, Timer};
use crate::base::NodeId;
use crate::monitor;
use crate::process::Context;
use crate::replication::{Ballot, Batch, NodeSet, Phase};

/// What a node knows only while it wants to lead.
#[derive(Clone, Debug)]
pub(super) struct Candidacy {
    pub(super) ballot: Ballot,
    pub(super) promises: Promises,
    /// How far somebody who has promised knows what is chosen, and who.
    pub(super) known: (Slot, NodeId),
}

/// Who has promised, and what they had accepted.
#[derive(Clone, Debug, Default)]
pub(super) struct Promises {
    pub(super) by: NodeSet,
    /// For each slot what was accepted in the highest ballot.
    pub(super) accepted: BTreeMap<Slot, (Ballot, Command)>,
}

impl Promises {
    /// Takes up the promise of `node`.
    pub(super) fn add(&mut self, node: NodeId, accepted: &[Proposal], first_wins: bool) {
        self.by = self.by.with(node);
        for proposal in accepted {
            let best = self.accepted.entry(proposal.slot).or_insert((proposal.ballot, proposal.command));
            if proposal.ballot > best.0 && !first_wins {
                *best = (proposal.ballot, proposal.command);
            }
        }
    }
}

impl MultiPaxos {
    /// No leader for too long.
    pub(super) fn lose_patience(&mut self, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_) | Role::Stopped) {
            return;
        }
        if self.is_member() {
            self.campaign(ctx);
        } else {
            self.announce(ctx);
        }
        if !matches!(self.role, Role::Leader(_)) {
            self.arm_election_timer(ctx);
        }
    }

    /// Tells the members how far it knows what is chosen. They may not know yet that they are members, where
    /// those who had them chosen are none any more.
    pub(super) fn announce(&self, ctx: &mut Context<Self>) {
        for peer in self.peers() {
            self.tell_known(peer, ctx);
        }
    }

    /// Tells `node` how far it knows what is chosen.
    pub(super) fn tell_known(&self, node: NodeId, ctx: &mut Context<Self>) {
        let (first, chosen) = (self.applied.next(), self.applied);
        ctx.send(node, Message::Chosen { first, commands: Batch::None, chosen });
    }

    /// An operator wants this node to lead. Not while a leader may count on its promising nothing to others:
    /// itself is another.
    pub(super) fn campaign_if_asked(&mut self, ctx: &mut Context<Self>) {
        let may_lead = matches!(self.role, Role::Follower | Role::Candidate(_)) && self.is_member();
        if may_lead && !self.grants_lease(ctx) {
            self.campaign(ctx);
            if !matches!(self.role, Role::Leader(_)) {
                self.arm_election_timer(ctx);
            }
        }
    }

    /// Asks for promises in a new ballot.
    fn campaign(&mut self, ctx: &mut Context<Self>) {
        let reuses = self.has(Bug::ReusesBallots) && self.promised.owner() == Some(self.id);
        let ballot = if reuses { self.promised } else { self.seen.next_of(self.id) };
        self.attempts = self.attempts.saturating_add(1);
        self.leader = None;
        self.promise(ballot, ctx);
        let mut promises = Promises::default();
        let own: Vec<Proposal> = self.log.behind(self.applied).collect();
        promises.add(self.id, &own, false);
        self.role = Role::Candidate(Box::new(Candidacy { ballot, promises, known: (self.applied, self.id) }));
        self.tell_role(monitor::Role::Candidate, ctx);
        for peer in self.peers() {
            ctx.send(peer, Message::Prepare { ballot, chosen: self.applied });
        }
        self.lead_if_promised(ctx);
    }

    /// Phase 1b arrives.
    pub(super) fn on_promise(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        chosen: Slot,
        accepted: &[Proposal],
        ctx: &mut Context<Self>,
    ) {
        let first_wins = self.has(Bug::AdoptsFirstValue);
        match &mut self.role {
            Role::Candidate(candidacy) if candidacy.ballot == ballot => {
                candidacy.promises.add(from, accepted, first_wins);
                if chosen > candidacy.known.0 {
                    candidacy.known = (chosen, from);
                }
                if self.lead_if_promised(ctx) {
                    self.fetch(ctx);
                }
            }
            // Of new members: what they have accepted counts where nothing is proposed yet.
            Role::Leader(leadership) if leadership.ballot == ballot && chosen <= self.applied => {
                leadership.promises.add(from, accepted, first_wins);
                leadership.expect_up_to(accepted.last().map_or(Slot(0), |last| last.slot));
                self.fill(ctx);
                self.start_read_round(ctx);
            }
            Role::Leader(leadership) if leadership.ballot == ballot => self.learn_first(chosen, from, ctx),
            _ => {}
        }
    }

    /// Somebody knows more than this leader, from those who led before: it has to learn that first, and may have
    /// proposed for those slots. In a later ballot it starts from there.
    pub(super) fn learn_first(&mut self, chosen: Slot, from: NodeId, ctx: &mut Context<Self>) {
        self.become_follower(None, ctx);
        self.catch_up.known = Some((chosen, from));
        self.fetch(ctx);
    }

    /// Leads, if a quorum has promised and it knows all that they know. Whether it must fetch that first: then it
    /// is called again.
    pub(super) fn lead_if_promised(&mut self, ctx: &mut Context<Self>) -> bool {
        let Role::Candidate(candidacy) = &self.role else { return false };
        let members = self.membership.at(self.applied.next());
        if !self.config.is_quorum(Phase::One, members, candidacy.promises.by) {
            return false;
        }
        let (known, who) = candidacy.known;
        if known > self.applied {
            self.catch_up.known = Some((known, who));
            return true;
        }
        let (ballot, promises) = (candidacy.ballot, candidacy.promises.clone());
        self.attempts = 0;
        self.leader = Some(self.id);
        self.role = Role::Leader(Box::new(Leadership::new(&self.config, ballot, promises, self.applied)));
        self.tell_role(monitor::Role::Leader, ctx);
        ctx.cancel_timer(Timer::Election);
        ctx.cancel_timer(Timer::Fetch);
        self.fill(ctx);
        self.beat(ctx);
        false
    }

    /// Somebody has promised a later ballot: gives way.
    pub(super) fn on_nack(&mut self, promised: Ballot, ctx: &mut Context<Self>) {
        self.seen = self.seen.max(promised);
        let own = match &self.role {
            Role::Candidate(candidacy) => candidacy.ballot,
            Role::Leader(leadership) => leadership.ballot,
            Role::Follower | Role::Stopped => return,
        };
        if promised > own {
            self.become_follower(None, ctx);
            self.arm_election_timer(ctx);
        }
    }
}
