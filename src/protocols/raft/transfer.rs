//! Handing leadership over (dissertation §3.10).
//!
//! The leader stops proposing, brings its successor up to date and asks it to stand for election at
//! once; if nothing has come of that after an election timeout, it goes on leading.

use super::message::{Ballot, Message};
use super::node::{Raft, Role, Timer};
use crate::base::NodeId;
use crate::process::Context;

impl Raft {
    /// Hands over to `to`, or to whoever is furthest.
    pub(super) fn transfer(&mut self, to: Option<NodeId>, ctx: &mut Context<Self>) {
        let (members, nodes, id) = (self.membership.active(), self.config.nodes, self.id);
        let Role::Leader(leadership) = &mut self.role else { return };
        let able = members.voters.iter(nodes).filter(|node| *node != id);
        let matched = |node: &NodeId| (leadership.progress[node.index()].matched, std::cmp::Reverse(node.0));
        let to =
            to.or_else(|| able.max_by_key(matched)).filter(|to| *to != id && members.voters.contains(*to));
        let Some(to) = to else { return };
        leadership.successor = Some(to);
        ctx.set_timer(Timer::Transfer, self.config.election_timeout_min);
        self.hand_over(ctx);
    }

    /// Asks the successor to stand for election, if it has the whole log.
    pub(super) fn hand_over(&mut self, ctx: &mut Context<Self>) {
        let last = self.log.last_index();
        let Role::Leader(leadership) = &mut self.role else { return };
        let Some(to) = leadership.successor else { return };
        if leadership.progress[to.index()].matched == last {
            // It may win while a lease still runs, now or whenever the message arrives.
            leadership.reads.forgo_lease();
            ctx.send(to, Message::TimeoutNow { term: self.term });
        }
    }

    /// The successor has not been elected in time.
    pub(super) fn keep_leading(&mut self) {
        if let Role::Leader(leadership) = &mut self.role {
            leadership.successor = None;
        }
    }

    /// The leader wants this node to take over.
    pub(super) fn take_over(&mut self, ctx: &mut Context<Self>) {
        if self.may_stand() {
            self.campaign(Ballot::Transfer, ctx);
        }
    }
}
