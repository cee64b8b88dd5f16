//! How a leader changes the members (dissertation, chapter 4).
//!
//! An operator says who shall vote and who shall learn. The leader first brings newcomers up to date
//! without a vote, round by round (§4.2.1); then it takes one step after another, each an entry of the log
//! that must be committed before the next: one voter more or less, or a joint configuration of the old and
//! the new voters, and from that to the new ones. No step is taken before an entry of the leader's own term
//! is committed: until then it does not know whether the members that it goes by are certain (the bug of
//! 2015). A leader that is deposed takes its plans with it.

use super::admin::RaftAdmin;
use super::bugs::Bug;
use super::config::Change;
use super::entry::{Command, LogIndex};
use super::node::{Raft, Role};
use super::progress::Progress;
use crate::base::{NodeId, SimDuration, SimTime, mix};
use crate::process::Context;
use crate::replication::{Configuration, NodeSet};

/// What a leader has in mind.
#[derive(Clone, Default, Debug)]
pub(super) struct Plan {
    /// Who shall be a member in the end.
    goal: Option<Configuration>,
    /// Who has been brought up to date for it.
    caught_up: NodeSet,
    catching_up: Option<CatchUp>,
}

/// A newcomer that is being brought up to date.
#[derive(Clone, Copy, Debug)]
struct CatchUp {
    node: NodeId,
    /// Which round it is, from 1; when it began, and with which entry it ends.
    round: u32,
    since: SimTime,
    until: LogIndex,
}

/// So many rounds are enough for a newcomer that is fast enough at all.
const MOST_ROUNDS: u32 = 10;

/// Where nobody said whom to take out, at least so many voters stay.
pub(super) const LEAST_VOTERS: usize = 3;

impl Plan {
    /// Whether there is something to do.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.goal.is_some()
    }

    /// Who is being brought up to date.
    #[inline]
    pub(super) fn newcomer(&self) -> Option<NodeId> {
        self.catching_up.map(|catch_up| catch_up.node)
    }
}

impl Raft {
    /// An operator wants other members. Not while a change is under way or someone else is to lead: it is
    /// refused then.
    pub(super) fn change_members(&mut self, command: RaftAdmin, ctx: &mut Context<Self>) {
        let (_, members) = self.membership.latest();
        let Some(goal) = self.goal(command, members) else { return };
        // Where those who stay do not answer, the new members could do nothing.
        if !self.hears_quorum_of(&goal, self.lately()) {
            return;
        }
        let hasty = self.has(Bug::ChangesWhileChanging);
        let Role::Leader(leadership) = &mut self.role else { return };
        let is_changing = (leadership.plan.goal.is_some() || members.is_joint()) && !hasty;
        if is_changing || leadership.is_ending() {
            return;
        }
        leadership.plan = Plan { goal: Some(goal), ..Plan::default() };
        self.take_step(ctx);
    }

    /// What the members are to be after `command`; `None` if it makes no sense.
    fn goal(&self, command: RaftAdmin, now: Configuration) -> Option<Configuration> {
        if !self.config.is_changeable() {
            return None;
        }
        let nodes = self.config.nodes;
        let exists = |node: &NodeId| node.0 < nodes;
        let Configuration { voters, learners, .. } = now;
        let outside = |set: NodeSet| (0..nodes).map(NodeId).filter(|node| !set.contains(*node)).collect();
        let newcomer = |node: Option<NodeId>| node.or_else(|| self.pick(outside(voters))).filter(exists);
        // Rather who does not answer than who does.
        let leaver = || self.silent(voters).or_else(|| self.pick(voters));
        let removed = |node: Option<NodeId>| {
            let spares_enough = voters.len(nodes) > LEAST_VOTERS;
            node.filter(exists).or_else(|| spares_enough.then(leaver).flatten())
        };
        let goal = |voters, learners| Some(Configuration { voters, outgoing: NodeSet::NOBODY, learners });
        let goal = match command {
            RaftAdmin::Campaign | RaftAdmin::Transfer(_) => None,
            RaftAdmin::Add(node) => {
                newcomer(node).and_then(|node| goal(voters.with(node), learners.without(node)))
            }
            RaftAdmin::AddLearner(node) => node
                .or_else(|| self.pick(outside(now.members())))
                .filter(|node| exists(node) && !voters.contains(*node))
                .and_then(|node| goal(voters, learners.with(node))),
            RaftAdmin::Remove(node) => {
                removed(node).and_then(|node| goal(voters.without(node), learners.without(node)))
            }
            RaftAdmin::Replace { out, by } => {
                let (out, by) = (out.or_else(leaver).filter(|out| voters.contains(*out))?, newcomer(by)?);
                goal(voters.without(out).with(by), learners.without(by))
            }
            RaftAdmin::Members(set) => {
                let set = set.unwrap_or_else(|| self.pick_some());
                set.iter(NodeSet::MOST)
                    .all(|node| exists(&node))
                    .then(|| goal(set, outside_of(learners, set)))?
            }
        }?;
        (!goal.voters.is_empty() && goal != now).then_some(goal)
    }

    /// How long ago the latest answer of a node that works may be.
    fn lately(&self) -> SimDuration {
        SimDuration::from_ns(self.config.election_timeout_max.as_ns().saturating_mul(2))
    }

    /// One of `voters` that has not answered lately.
    fn silent(&self, voters: NodeSet) -> Option<NodeId> {
        let Role::Leader(leadership) = &self.role else { return None };
        let targets = self.targets();
        let is_silent = |node: &NodeId| {
            *node != self.id && targets.contains(*node) && self.is_silent(leadership, *node, self.lately())
        };
        voters.iter(self.config.nodes).find(is_silent)
    }

    /// One of `among`, by what the log happens to be: no draw is spent on it.
    fn pick(&self, among: NodeSet) -> Option<NodeId> {
        let count = among.len(self.config.nodes) as u64;
        let place = mix(self.term.0 << 32 ^ self.log.last_index().0).checked_rem(count)?;
        among.iter(self.config.nodes).nth(place as usize)
    }

    /// Any set of three or more of those that answer, by what the log happens to be.
    fn pick_some(&self) -> NodeSet {
        let mut set = NodeSet::NOBODY;
        let answers = |node: &NodeId| self.silent(NodeSet::NOBODY.with(*node)).is_none();
        let able: Vec<NodeId> = (0..self.config.nodes).map(NodeId).filter(answers).collect();
        let word = mix(self.log.last_index().0);
        let spread = able.len().saturating_sub(LEAST_VOTERS).max(1) as u64;
        let size = LEAST_VOTERS + (word % spread) as usize;
        for i in 0..able.len().min(size) {
            set = set.with(able[(i + (word >> 40) as usize) % able.len()]);
        }
        set
    }

    /// Takes the next step towards the goal, if there is one and the step before is certain.
    fn take_step(&mut self, ctx: &mut Context<Self>) {
        let (at, now) = self.membership.latest();
        let (commit, change) = (self.commit, self.config.change);
        let (rash, hasty) = (self.has(Bug::ChangesBeforeNoop), self.has(Bug::ChangesWhileChanging));
        let Role::Leader(leadership) = &mut self.role else { return };
        let Some(goal) = leadership.plan.goal else { return };
        let is_certain = (at <= commit || hasty) && (commit >= leadership.first || rash);
        if !is_certain || now.is_joint() || leadership.plan.newcomer().is_some() {
            return;
        }
        let arriving = outside_of(goal.voters, now.voters.and(leadership.plan.caught_up));
        if let Some(newcomer) = arriving.iter(NodeSet::MOST).next() {
            return self.bring_up_to_date(newcomer, ctx);
        }
        if goal == now {
            leadership.plan = Plan::default();
            return;
        }
        let step = match change {
            Change::Joint if goal.voters != now.voters => Configuration { outgoing: now.voters, ..goal },
            Change::Joint => goal,
            Change::Single => one_step(now, goal, self.id),
        };
        self.configure(step, ctx);
    }

    /// Proposes `members`, and begins to send to those who are new.
    fn configure(&mut self, members: Configuration, ctx: &mut Context<Self>) {
        let before = self.targets();
        let last = self.log.last_index();
        let Role::Leader(leadership) = &mut self.role else { return };
        for node in outside_of(members.members(), before).iter(NodeSet::MOST) {
            leadership.progress[node.index()] = Progress::unknown(&self.config, last);
        }
        self.propose(Command::Configure(members), None, ctx);
    }

    /// Sends `node` the log, before it has a vote.
    fn bring_up_to_date(&mut self, node: NodeId, ctx: &mut Context<Self>) {
        let last = self.log.last_index();
        let is_known = self.targets().contains(node);
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.plan.catching_up = Some(CatchUp { node, round: 1, since: ctx.now(), until: last });
        if !is_known {
            leadership.progress[node.index()] = Progress::unknown(&self.config, last);
        }
        self.send_append(node, ctx);
        // A learner may have it all.
        self.on_newcomer_progress(ctx);
    }

    /// A newcomer has got further. If the last round took less than an election timeout, it is as good as
    /// up to date: the cluster will not stand still for long once it counts.
    pub(super) fn on_newcomer_progress(&mut self, ctx: &mut Context<Self>) {
        let (now, last) = (ctx.now(), self.log.last_index());
        let fast = self.config.election_timeout_min;
        let Role::Leader(leadership) = &mut self.role else { return };
        let plan = &mut leadership.plan;
        let Some(catch_up) = &mut plan.catching_up else { return };
        if leadership.progress[catch_up.node.index()].matched < catch_up.until {
            return;
        }
        if now.since(catch_up.since) < fast {
            plan.caught_up = plan.caught_up.with(catch_up.node);
            plan.catching_up = None;
            self.take_step(ctx);
        } else if catch_up.round == MOST_ROUNDS {
            *plan = Plan::default();
        } else {
            *catch_up = CatchUp { round: catch_up.round + 1, since: now, until: last, ..*catch_up };
        }
    }

    /// A newcomer that does not get to the end of a round stands in the way of other changes.
    pub(super) fn give_up_on_newcomer(&mut self, ctx: &mut Context<Self>) {
        let patience = self.config.patience();
        let Role::Leader(leadership) = &mut self.role else { return };
        // A clock that was put back must not keep it for ever.
        let is_late =
            |catch_up: CatchUp| ctx.now() < catch_up.since || ctx.now().since(catch_up.since) > patience;
        if leadership.plan.catching_up.is_some_and(is_late) {
            leadership.plan = Plan::default();
        }
    }

    /// More is committed: a joint configuration comes to its end, a leader that is no member any more steps
    /// down (§4.2.2), and the next step may be taken.
    pub(super) fn settle_members(&mut self, ctx: &mut Context<Self>) {
        let (at, latest) = self.membership.latest();
        let repeats = self.has(Bug::LeavesJointRepeatedly);
        let (_, joint) = if repeats { self.membership.as_of(self.commit) } else { (at, latest) };
        if at > self.commit && !repeats {
            return;
        }
        if joint.is_joint() {
            let Role::Leader(leadership) = &self.role else { return };
            if self.commit >= leadership.first {
                self.configure(joint.settled(), ctx);
            }
        } else if !latest.votes(self.id) {
            self.begin_to_leave(ctx);
        } else {
            self.take_step(ctx);
        }
    }

    /// A leader that is no member any more has still to tell the others that this is certain. If it left before,
    /// they might, where changes take effect once they are applied, need a vote of it that it must refuse, as
    /// its log is longer.
    fn begin_to_leave(&mut self, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        if leadership.leaves_after.is_none() {
            leadership.leaves_after = Some(leadership.reads.next_round());
            self.peers().for_each(|peer| self.send_append(peer, ctx));
        }
    }

    /// Steps down once a majority has been told.
    #[inline]
    pub(super) fn leave_if_told(
        &mut self,
        from: NodeId,
        round: u64,
        matched: LogIndex,
        ctx: &mut Context<Self>,
    ) {
        let ((at, members), nodes) = (self.membership.latest(), self.config.nodes);
        let Role::Leader(leadership) = &mut self.role else { return };
        let Some(last) = leadership.leaves_after else { return };
        // An answer without the change does not mean that it is known to be certain.
        if round >= last && matched >= at {
            leadership.told = leadership.told.with(from);
        }
        let told = leadership.told;
        if members.has_quorum(nodes, |node| told.contains(node)) {
            self.become_follower(None, ctx);
        }
    }
}

/// Who of `set` is not in `others`.
fn outside_of(set: NodeSet, others: NodeSet) -> NodeSet {
    others.iter(NodeSet::MOST).fold(set, NodeSet::without)
}

/// One voter more or less on the way from `now` to `goal`; newcomers come first, and the leader itself goes
/// last, as its plans go with it.
fn one_step(now: Configuration, goal: Configuration, leader: NodeId) -> Configuration {
    let arriving = outside_of(goal.voters, now.voters).iter(NodeSet::MOST).next();
    let leavers = outside_of(now.voters, goal.voters);
    let leaving = leavers.without(leader).iter(NodeSet::MOST).next().or(leavers.iter(NodeSet::MOST).next());
    let voters = match (arriving, leaving) {
        (Some(node), _) => now.voters.with(node),
        (None, Some(node)) => now.voters.without(node),
        (None, None) => return goal,
    };
    let learners = outside_of(now.learners, voters);
    Configuration { voters, outgoing: NodeSet::NOBODY, learners }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voters(nodes: &[u32]) -> Configuration {
        Configuration::of(nodes.iter().copied().map(NodeId).collect())
    }

    #[test]
    fn one_voter_at_a_time_gets_there() {
        let (mut now, goal) = (voters(&[0, 1, 2]), voters(&[2, 3, 4]));
        let mut steps = Vec::new();
        while now != goal {
            now = one_step(now, goal, NodeId(0));
            steps.push(now.voters.iter(NodeSet::MOST).map(|node| node.0).collect::<Vec<_>>());
        }
        let expected: [&[u32]; 4] = [&[0, 1, 2, 3], &[0, 1, 2, 3, 4], &[0, 2, 3, 4], &[2, 3, 4]];
        assert_eq!(steps, expected);
    }
}
