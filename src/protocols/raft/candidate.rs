//! Elections (§5.2, §5.4.1).

use super::leader::Leadership;
use super::log::{LogIndex, Term};
use super::message::Message;
use super::node::{Raft, Role, Timer};
use crate::base::NodeId;
use crate::monitor::{self, LogEvent};
use crate::process::Context;
use crate::replication::quorum::majority;

impl Raft {
    /// Stands for election in a new term, unless it leads already.
    pub(super) fn campaign(&mut self, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_) | Role::Stopped) {
            return;
        }
        self.term = Term(self.term.0 + 1);
        self.voted_for = Some(self.id);
        self.leader = None;
        self.role = Role::Candidate { votes: Vec::new() };
        self.persist_vote(ctx);
        ctx.observe(LogEvent::Role { role: monitor::Role::Candidate, term: self.term.0 });
        if !self.config.bugs.stands_once {
            self.arm_election_timer(ctx);
        }
        let (last_index, last_term) = (self.log.last_index(), self.log.last_term());
        for peer in self.peers() {
            ctx.send(peer, Message::RequestVote { term: self.term, last_index, last_term });
        }
        // Its own vote needs no message, and leaves no earlier than the disk allows:
        // all that a leader does waits behind the same barrier.
        self.on_vote(self.id, self.term, true, ctx);
    }

    /// A candidate asks for this node's vote.
    pub(super) fn on_request_vote(
        &mut self,
        from: NodeId,
        term: Term,
        last_index: LogIndex,
        last_term: Term,
        ctx: &mut Context<Self>,
    ) {
        let free = self.voted_for.is_none_or(|candidate| candidate == from);
        let granted = term == self.term && free && self.log.is_covered_by(last_index, last_term);
        if granted {
            if self.voted_for.is_none() {
                self.voted_for = Some(from);
                if !self.config.bugs.vote_not_persisted {
                    self.persist_vote(ctx);
                }
            }
            self.arm_election_timer(ctx);
        }
        ctx.send(from, Message::Vote { term: self.term, granted });
    }

    /// A vote comes in.
    pub(super) fn on_vote(&mut self, from: NodeId, term: Term, granted: bool, ctx: &mut Context<Self>) {
        let quorum = majority(self.config.nodes as usize);
        let Role::Candidate { votes } = &mut self.role else { return };
        if term != self.term || !granted || votes.contains(&from) {
            return;
        }
        votes.push(from);
        if votes.len() >= quorum {
            self.lead(ctx);
        }
    }

    /// Wins the election: begins the term with an entry that does nothing (§8).
    fn lead(&mut self, ctx: &mut Context<Self>) {
        self.role = Role::Leader(Box::new(Leadership::new(&self.config, self.id, self.log.last_index())));
        self.leader = Some(self.id);
        ctx.cancel_timer(Timer::Election);
        ctx.observe(LogEvent::Role { role: monitor::Role::Leader, term: self.term.0 });
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
        self.propose(super::Command::Noop, None, ctx);
        // The no-op goes out at once, to say who leads; further entries wait for its answer.
        self.peers().for_each(|peer| self.send_append(peer, ctx));
    }
}
