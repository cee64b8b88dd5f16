//! The in-sync set: who is dropped from it, and who is let in.
//!
//! The primary acknowledges what all of the set hold. One that holds a write or a read back for too long is dropped:
//! the smaller set is agreed on first, and only then does the primary go on without it, or a supervisor might make
//! the dropped one the primary. One that has caught up is let in: under a *soft stop* nothing is trimmed that it
//! needs, under a *hard stop* no write is begun until the larger set is agreed on, which counts from when it is
//! asked for.

use super::bugs::Bug;
use super::config::Form;
use super::replica::{Replica, Role};
use crate::base::{NodeId, SimTime};
use crate::process::Context;
use crate::replication::NodeSet;

/// A copy that is being let into the set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admission {
    node: NodeId,
    /// Since when nothing is trimmed that it needs.
    soft_since: SimTime,
    /// Since when no write is begun.
    hard_since: Option<SimTime>,
}

impl super::primary::Primary {
    /// Whether no write may be begun: a hard stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.admission.is_some_and(|admission| admission.hard_since.is_some())
    }

    /// Up to which entry the log may be trimmed, for whoever is being let in.
    pub(super) fn pinned(&self) -> Option<u64> {
        self.admission.map(|admission| self.progress[admission.node.index()].matched)
    }
}

impl Replica {
    /// The other copies whose acknowledgements the primary needs: while a change of the set is not known to be
    /// agreed on or not, those of both.
    pub(super) fn required(&self) -> NodeSet {
        let Role::Primary(primary) = &self.role else { return NodeSet::NOBODY };
        let set = match self.caller.changing() {
            Some(to) if self.has(Bug::AcknowledgesBeforeDrop) => to.in_sync,
            Some(to) => self.assignment.in_sync.and(to.in_sync),
            None => self.assignment.in_sync,
        };
        let forgotten =
            |node: &NodeId| self.has(Bug::ForgetsFollowers) && primary.progress[node.index()].life == 0;
        let left = set.iter(self.config.copies).filter(|node| !primary.ignored.contains(node));
        left.filter(|node| *node != self.id && !forgotten(node)).collect()
    }

    /// Drops who has held the others back for too long, and lets nobody hold them up who was to be let in.
    pub(super) fn look_after_the_set(&mut self, ctx: &mut Context<Self>) {
        if self.config.form != Form::InSync {
            return;
        }
        self.end_stops(ctx);
        if self.caller.is_changing() {
            return self.drop_locally(ctx.now());
        }
        let late = self.late(ctx.now());
        let left = self.assignment.in_sync.iter(self.config.copies).filter(|node| !late.contains(*node));
        let left: NodeSet = left.collect();
        if left != self.assignment.in_sync {
            self.change_set(left, ctx);
        }
    }

    /// Who of the set has not acknowledged something for too long.
    fn late(&self, now: SimTime) -> NodeSet {
        let Role::Primary(primary) = &self.role else { return NodeSet::NOBODY };
        let too_long = |since: SimTime| now.since(since) >= self.config.follower_timeout;
        let is_late = |node: &NodeId| {
            let progress = &primary.progress[node.index()];
            let next = progress.matched + 1;
            let holds_writes =
                next <= self.log.last().index && too_long(primary.begun_at(next.max(primary.first)));
            let oldest = primary.reads.oldest().filter(|(round, _)| progress.round < *round);
            holds_writes || oldest.is_some_and(|(_, since)| too_long(since.max(primary.since)))
        };
        self.required().iter(self.config.copies).filter(is_late).collect()
    }

    /// [`Bug::DropsLocally`]: the supervisors do not answer.
    fn drop_locally(&mut self, now: SimTime) {
        let late = self.late(now);
        let (drops, patience) = (self.has(Bug::DropsLocally), self.config.follower_timeout);
        let Some(primary) = self.leadership() else { return };
        if drops && now.since(primary.asked_at) >= patience {
            primary.ignored.extend(late.iter(u32::from(u8::MAX)));
        }
    }

    fn change_set(&mut self, in_sync: NodeSet, ctx: &mut Context<Self>) {
        if !self.assignment.has_next() || self.caller.is_changing() {
            return;
        }
        let to = self.assignment.with(Some(self.id), in_sync);
        let now = ctx.now();
        if let Some(primary) = self.leadership() {
            primary.asked_at = now;
        }
        self.caller.change(self.assignment, to, ctx);
    }

    /// `from` has answered: it may have caught up.
    pub(super) fn let_in_if_ready(&mut self, from: NodeId, ctx: &mut Context<Self>) {
        let is_in = self.assignment.in_sync.contains(from);
        let changes = self.caller.is_changing();
        if self.config.form != Form::InSync || is_in || changes {
            return;
        }
        if self.has(Bug::ReaddsBehind) {
            return self.change_set(self.assignment.in_sync.with(from), ctx);
        }
        let (now, last, config) = (ctx.now(), self.log.last().index, self.config);
        let Some(primary) = self.leadership() else { return };
        let progress = &primary.progress[from.index()];
        let lag = last - progress.matched.min(last);
        let may_begin = progress.is_whole && lag <= config.soft_lag && now >= progress.not_before;
        if primary.admission.is_none() && may_begin && primary.handover.is_none() {
            primary.admission = Some(Admission { node: from, soft_since: now, hard_since: None });
        }
        let Some(admission) = primary.admission.as_mut().filter(|admission| admission.node == from) else {
            return;
        };
        if lag <= config.hard_lag {
            admission.hard_since.get_or_insert(now);
        }
        if admission.hard_since.is_some() && lag == 0 {
            self.change_set(self.assignment.in_sync.with(from), ctx);
        }
    }

    /// Gives up letting somebody in who takes too long.
    fn end_stops(&mut self, ctx: &mut Context<Self>) {
        let (now, config) = (ctx.now(), self.config);
        let Some(primary) = self.leadership() else { return };
        let Some(admission) = primary.admission else { return };
        let is_over = match admission.hard_since {
            Some(since) => now.since(since) >= config.hard_stop,
            None => now.since(admission.soft_since) >= config.soft_stop,
        };
        if is_over {
            primary.progress[admission.node.index()].not_before = now + config.hard_stop;
            self.release(ctx);
        }
    }

    /// A change is over, one way or the other.
    pub(super) fn after_change(&mut self, ctx: &mut Context<Self>) {
        let in_sync = self.assignment.in_sync;
        let Some(primary) = self.leadership() else { return };
        if primary.admission.is_some_and(|admission| in_sync.contains(admission.node)) {
            self.release(ctx);
        }
        self.commit_what_is_certain(ctx);
    }

    /// Nobody is being let in any more: begins the writes that had to wait.
    fn release(&mut self, ctx: &mut Context<Self>) {
        let Some(primary) = self.leadership() else { return };
        primary.admission = None;
        for (client, id, request) in std::mem::take(&mut primary.held) {
            self.propose_for(client, id, request, ctx);
        }
    }
}
