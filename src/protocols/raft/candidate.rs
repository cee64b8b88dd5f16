//! Elections (§5.2, §5.4.1), and who may ask for them (dissertation §4.2.3, §9.6).

use super::bugs::Bug;
use super::config::Activation;
use super::entry::{LogIndex, Term};
use super::leader::Leadership;
use super::message::{Ballot, Message};
use super::node::{Raft, Role, Timer};
use crate::base::{NodeId, Ticket};
use crate::monitor::{self, LogEvent};
use crate::process::Context;

impl Raft {
    /// No leader for too long.
    pub(super) fn lose_patience(&mut self, ctx: &mut Context<Self>) {
        match self.role {
            Role::Leader(_) | Role::Stopped => {}
            _ if !self.may_stand() => {
                self.leader = None;
                self.dismiss_questions(ctx);
                self.arm_election_timer(ctx);
            }
            _ if self.config.pre_vote => self.ask_around(ctx),
            _ => self.campaign(Ballot::Vote, ctx),
        }
    }

    /// An operator wants it to lead. Not while it is counted on to wait for a leader.
    pub(super) fn campaign_if_asked(&mut self, ctx: &mut Context<Self>) {
        let is_counted_on = self.config.check_quorum && self.hears_leader(ctx);
        if self.may_stand() && !is_counted_on {
            self.campaign(Ballot::Vote, ctx);
        }
    }

    /// Whether this node may be elected, as far as it knows.
    pub(super) fn may_stand(&self) -> bool {
        let learns = || self.membership.active().learners.contains(self.id);
        self.membership.may_stand(self.id, self.commit) || (self.has(Bug::LearnerCampaigns) && learns())
    }

    /// Asks whether it would be elected, before it disturbs anyone with a new term (§9.6).
    fn ask_around(&mut self, ctx: &mut Context<Self>) {
        if self.has(Bug::KeepsLeaderAsPreCandidate) {
            self.heard_at = Some(ctx.now());
        } else {
            self.leader = None;
        }
        self.role = Role::PreCandidate { votes: Vec::new() };
        self.arm_election_timer(ctx);
        let term = Term(self.term.0 + 1);
        self.ask_for_votes(term, Ballot::PreVote, ctx);
        self.on_pre_vote_answer(self.id, term, true, ctx);
    }

    /// Stands for election in a new term.
    pub(super) fn campaign(&mut self, ballot: Ballot, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_) | Role::Stopped) {
            return;
        }
        self.term = Term(self.term.0 + 1);
        self.voted_for = Some(self.id);
        self.leader = None;
        let own = self.persist_vote(ctx);
        self.role = Role::Candidate { votes: Vec::new(), own };
        ctx.observe(LogEvent::Role { role: monitor::Role::Candidate, term: self.term.0 });
        if !self.has(Bug::StandsOnce) {
            self.arm_election_timer(ctx);
        }
        self.ask_for_votes(self.term, ballot, ctx);
        // Its own vote needs no message, and leaves no earlier than the disk allows: all that a leader
        // does waits behind the same barrier. Asked for before that, votes may come before it, too.
        if !self.config.parallel_vote {
            self.on_vote(self.id, self.term, true, ctx);
        }
    }

    /// One of the node's own writes is durable; if it is its vote for itself, that counts from now on.
    pub(super) fn on_own_vote(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Candidate { own, .. } if own == write) {
            self.on_vote(self.id, self.term, true, ctx);
        }
    }

    fn ask_for_votes(&mut self, term: Term, ballot: Ballot, ctx: &mut Context<Self>) {
        let (last_index, last_term) = (self.log.last_index(), self.log.last_term());
        let members = self.membership.active();
        let nodes = self.config.nodes;
        // Not on the strength of entries that a crash could take: votes that were granted for them might
        // come when it stands in the same term again, without them.
        let at_once = self.config.parallel_vote && ballot != Ballot::PreVote && self.unsynced.is_none();
        for peer in members.voters.and(members.outgoing).iter(nodes).filter(|peer| *peer != self.id) {
            let request = Message::RequestVote { term, ballot, last_index, last_term };
            match at_once {
                true => ctx.send_now(peer, request),
                false => ctx.send(peer, request),
            }
        }
    }

    /// Whether the node has heard from a leader so lately that nobody can have missed it for long.
    fn hears_leader(&self, ctx: &Context<Self>) -> bool {
        // Heard in the future: the clock was put back since, and nobody can say when it was.
        let lately = |at| at <= ctx.now() && ctx.now().since(at) < self.config.election_timeout_min;
        matches!(self.role, Role::Leader(_)) || self.heard_at.is_some_and(lately)
    }

    /// Whether, with `check_quorum`, a request for a vote is not even looked at: someone who has been taken
    /// out, or was cut off, must not depose a leader that is heard (§4.2.3).
    pub(super) fn ignores(&self, message: &Message, ctx: &Context<Self>) -> bool {
        let is_ballot = matches!(message, Message::RequestVote { ballot: Ballot::Vote, .. })
            && !self.has(Bug::LeaseWithoutQuorum);
        is_ballot && self.hears_leader(ctx)
    }

    /// A candidate asks for this node's vote. Voters do not ask whether they are voters: their
    /// configuration may be behind the candidate's (§4.1).
    pub(super) fn on_request_vote(
        &mut self,
        from: NodeId,
        term: Term,
        last_index: LogIndex,
        last_term: Term,
        ctx: &mut Context<Self>,
    ) {
        let free = self.voted_for.is_none_or(|candidate| candidate == from);
        let refuses = self.has(Bug::LearnerRefusesVote) && !self.membership.active().votes(self.id);
        let is_covered = self.is_covered_by(last_index, last_term);
        let granted = term == self.term && free && is_covered && !refuses;
        if granted {
            if self.voted_for.is_none() {
                self.voted_for = Some(from);
                if !self.has(Bug::VoteNotPersisted) {
                    self.persist_vote(ctx);
                }
            }
            self.arm_election_timer(ctx);
        }
        ctx.send(from, Message::Vote { term: self.term, granted, pre: false });
        if !is_covered {
            self.make_itself_dispensable((from, last_index, last_term), ctx);
        }
    }

    /// Someone asks whether this node would vote for him. Nothing is promised, so nothing is written.
    pub(super) fn on_pre_vote(
        &mut self,
        from: NodeId,
        term: Term,
        last_index: LogIndex,
        last_term: Term,
        ctx: &mut Context<Self>,
    ) {
        let is_covered = self.is_covered_by(last_index, last_term);
        let granted = term > self.term && is_covered && !self.hears_leader(ctx);
        // A grant names the term that was asked about; a refusal tells who is behind.
        let term = if granted { term } else { self.term };
        ctx.send(from, Message::Vote { term, granted, pre: true });
        if !is_covered && !self.hears_leader(ctx) {
            self.make_itself_dispensable((from, last_index, last_term), ctx);
        }
    }

    /// Someone is refused a vote for want of log, by a node that cannot stand itself. Where changes of members take
    /// effect once they are applied, it may know that it has been taken out while those who stay do not: they go by
    /// the members of before, may need its vote, and nobody would ever be elected (etcd's issue 12359). So it tells
    /// them how far entries are committed. Whose log is the same up to there goes by the new members from then on,
    /// and does without it. TiKV's raft-rs has votes carry the same (its pull request 411), here only who is
    /// needed no more says it. Others who are out and whose logs end earlier ask for ever, and nobody waits for
    /// them: they are told nothing.
    fn make_itself_dispensable(
        &self,
        (asker, last_index, last_term): (NodeId, LogIndex, Term),
        ctx: &mut Context<Self>,
    ) {
        if self.config.activation != Activation::Apply || self.may_stand() {
            return;
        }
        let index = self.commit;
        let Some(term) = self.log.term(index).filter(|_| index > LogIndex(0)) else { return };
        let stays = self.membership.latest().1.members().contains(asker);
        if stays || (last_index >= index && last_term >= term) {
            let others = self.membership.everyone().without(self.id).with(asker);
            for node in others.iter(self.config.nodes) {
                ctx.send(node, Message::Committed { index, term });
            }
        }
    }

    /// Somebody knows entries up to `index`, where the term is `term`, to be committed. Two logs with the same entry
    /// there are the same before it (§5.3). A leader finds out by itself what is.
    pub(super) fn on_committed(&mut self, index: LogIndex, term: Term, ctx: &mut Context<Self>) {
        let leads = matches!(self.role, Role::Leader(_));
        if !leads && index > self.commit && self.log.term(index) == Some(term) {
            self.commit_to(index, ctx);
        }
    }

    fn is_covered_by(&self, index: LogIndex, term: Term) -> bool {
        match self.has(Bug::VotesByLength) {
            true => index >= self.log.last_index(),
            false => self.log.is_covered_by(index, term),
        }
    }

    /// An answer to what the node asked around.
    pub(super) fn on_pre_vote_answer(
        &mut self,
        from: NodeId,
        term: Term,
        granted: bool,
        ctx: &mut Context<Self>,
    ) {
        let (members, nodes, next) = (self.membership.active(), self.config.nodes, Term(self.term.0 + 1));
        let Role::PreCandidate { votes } = &mut self.role else { return };
        if term != next || !granted || votes.contains(&from) {
            return;
        }
        votes.push(from);
        if members.has_quorum(nodes, |node| votes.contains(&node)) {
            self.campaign(Ballot::Vote, ctx);
        }
    }

    /// A vote comes in.
    pub(super) fn on_vote(&mut self, from: NodeId, term: Term, granted: bool, ctx: &mut Context<Self>) {
        let is_old = term != self.term && !self.has(Bug::CountsOldVotes);
        let (members, nodes) = (self.membership.active(), self.config.nodes);
        let counts_any = self.has(Bug::LearnerCampaigns) && !members.is_joint();
        let Role::Candidate { votes, .. } = &mut self.role else { return };
        if is_old || !granted || votes.contains(&from) {
            return;
        }
        votes.push(from);
        let any_majority = counts_any && votes.len() > members.voters.len(nodes) / 2;
        if any_majority || members.has_quorum(nodes, |node| votes.contains(&node)) {
            self.lead(ctx);
        }
    }

    /// Wins the election: begins the term with an entry that does nothing (§8).
    fn lead(&mut self, ctx: &mut Context<Self>) {
        let leadership = Leadership::new(&self.config, self.id, self.log.last_index());
        self.role = Role::Leader(Box::new(leadership));
        self.leader = Some(self.id);
        ctx.cancel_timer(Timer::Election);
        ctx.observe(LogEvent::Role { role: monitor::Role::Leader, term: self.term.0 });
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
        if self.config.check_quorum {
            ctx.set_timer(Timer::Quorum, self.config.election_timeout_min);
        }
        self.propose(super::Command::Noop, None, ctx);
        // The no-op goes out at once, to say who leads; further entries wait for its answer.
        self.peers().for_each(|peer| self.send_append(peer, ctx));
    }
}
