//! How a leader changes the members: by a command that is chosen like any other, and takes effect α slots later
//! (Lamport, Malkhi and Zhou, *Reconfiguring a State Machine*, 2010, §4.1). Slots in between are filled with
//! no-ops, or it would never take effect where nobody asks for anything.

use super::admin::MultiPaxosAdmin;
use super::command::Command;
use super::node::{MultiPaxos, Role};
use crate::base::{NodeId, mix};
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::NodeSet;

/// Where nobody said whom to take out, at least so many members stay.
pub(super) const LEAST_MEMBERS: usize = 3;

/// Who has not answered so many heartbeats is silent.
const SILENT: u32 = 4;

impl MultiPaxos {
    /// An operator wants other members. While a change is under way, or would leave no quorum that answers, it is
    /// refused.
    pub(super) fn change_members(&mut self, command: MultiPaxosAdmin, ctx: &mut Context<Self>) {
        let now = self.membership.latest();
        let Some(goal) = self.goal(command, now).filter(|goal| *goal != now && !goal.is_empty()) else {
            return;
        };
        let Role::Leader(leadership) = &self.role else { return };
        if self.membership.is_changing() || leadership.configured > self.applied || !self.hears_most_of(goal)
        {
            return;
        }
        let slot = leadership.next_free();
        ctx.observe(SlotEvent::Configured { slot: slot.0 });
        if let Role::Leader(leadership) = &mut self.role {
            leadership.configured = slot;
            leadership.enqueue(Command::Configure(goal));
            (0..self.config.alpha).for_each(|_| leadership.enqueue(Command::Noop));
        }
        self.fill(ctx);
    }

    /// Who the members are to be after `command`; `None` if it makes no sense.
    fn goal(&self, command: MultiPaxosAdmin, now: NodeSet) -> Option<NodeSet> {
        if !self.config.is_changeable() {
            return None;
        }
        let nodes = self.config.nodes;
        let exists = |node: &NodeId| node.0 < nodes;
        let outside: NodeSet = (0..nodes).map(NodeId).filter(|node| !now.contains(*node)).collect();
        let newcomer =
            |node: Option<NodeId>| node.or_else(|| self.pick(outside)).filter(|node| outside.contains(*node));
        // Rather who does not answer than who does.
        let leaver = || self.silent(now).or_else(|| self.pick(now));
        match command {
            MultiPaxosAdmin::Campaign => None,
            MultiPaxosAdmin::Add(node) => newcomer(node).map(|node| now.with(node)),
            MultiPaxosAdmin::Remove(node) => {
                let spares_enough = now.len(nodes) > LEAST_MEMBERS;
                let node = node.filter(exists).or_else(|| spares_enough.then(leaver).flatten())?;
                Some(now.without(node))
            }
            MultiPaxosAdmin::Replace { out, by } => {
                let (out, by) = (out.or_else(leaver).filter(|out| now.contains(*out))?, newcomer(by)?);
                Some(now.without(out).with(by))
            }
            MultiPaxosAdmin::Members(set) => {
                let set = set.unwrap_or_else(|| self.pick_some());
                set.iter(NodeSet::MOST).all(|node| exists(&node)).then_some(set)
            }
        }
    }

    /// Whether most of `members` are known to answer. Who is none yet is given the benefit of the doubt.
    fn hears_most_of(&self, members: NodeSet) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let told = self.membership.everyone();
        let answers = |node: &NodeId| {
            *node == self.id || !told.contains(*node) || leadership.peers[node.index()].silence < SILENT
        };
        let all = members.len(self.config.nodes);
        members.iter(self.config.nodes).filter(answers).count() > all / 2
    }

    /// One of `members` that has not answered lately.
    fn silent(&self, members: NodeSet) -> Option<NodeId> {
        let Role::Leader(leadership) = &self.role else { return None };
        let is_silent = |node: &NodeId| *node != self.id && leadership.peers[node.index()].silence >= SILENT;
        members.iter(self.config.nodes).find(is_silent)
    }

    /// One of `among`, by what the log happens to be: no draw is spent on it.
    fn pick(&self, among: NodeSet) -> Option<NodeId> {
        let count = among.len(self.config.nodes) as u64;
        let place = mix(self.applied.0).checked_rem(count)?;
        among.iter(self.config.nodes).nth(place as usize)
    }

    /// Some nodes, three at least if there are so many.
    fn pick_some(&self) -> NodeSet {
        let nodes = self.config.nodes;
        let word = mix(self.applied.0);
        let some: NodeSet = (0..nodes).map(NodeId).filter(|node| word >> node.0 & 1 == 1).collect();
        if some.len(nodes) >= LEAST_MEMBERS { some } else { NodeSet::first(nodes.min(LEAST_MEMBERS as u32)) }
    }
}
