//! Manual failover: a primary hands over to a secondary that holds everything.

use super::assignment::{Assignment, Epoch};
use super::config::Form;
use super::message::Message;
use super::replica::{Replica, Role};
use crate::base::{NodeId, SimTime};
use crate::process::Context;

/// A primary's successor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handover {
    to: NodeId,
    since: SimTime,
    /// Whether the supervisors were asked: then it is not given up any more before they have answered.
    is_asked: bool,
}

impl Replica {
    /// An operator wants another primary: `to`, or whichever copy is furthest.
    pub(super) fn hand_over(&mut self, to: Option<NodeId>, ctx: &mut Context<Self>) {
        let now = ctx.now();
        let in_sync = self.assignment.in_sync;
        let may = |node: &NodeId| self.config.form != Form::InSync || in_sync.contains(*node);
        let candidates: Vec<NodeId> = self.others().filter(may).collect();
        let Some(primary) = self.leadership() else { return };
        let matched = |node: &NodeId| primary.progress[node.index()].matched;
        let furthest = || candidates.iter().copied().max_by_key(matched);
        let to = to.map_or_else(furthest, |to| candidates.contains(&to).then_some(to));
        if let Some(to) = to.filter(|_| primary.handover.is_none() && !primary.is_stopped()) {
            primary.handover = Some(Handover { to, since: now, is_asked: false });
            self.look_after_handover(ctx);
        }
    }

    /// Hands over once the successor holds everything and all of it is certain; gives up after a while.
    pub(super) fn look_after_handover(&mut self, ctx: &mut Context<Self>) {
        let (now, last, patience) = (ctx.now(), self.log.last().index, self.config.hard_stop);
        let is_certain = self.commit == last;
        let changes = self.caller.is_changing();
        let Some(primary) = self.leadership() else { return };
        let Some(handover) = primary.handover else { return };
        let is_ready = is_certain && primary.progress[handover.to.index()].matched == last;
        let gives_up = now.since(handover.since) >= patience && !handover.is_asked;
        let failed = handover.is_asked && !changes;
        if gives_up || failed {
            primary.handover = None;
        } else if is_ready && !changes {
            primary.handover = Some(Handover { is_asked: true, ..handover });
            self.appoint(handover.to, ctx);
        }
    }

    /// `to` is the primary from now on, if the supervisors, where there are any, agree.
    fn appoint(&mut self, to: NodeId, ctx: &mut Context<Self>) {
        if self.config.supervisors == 0 {
            let epoch = self.epoch_after(self.epoch);
            return self.proclaim(epoch, to, ctx);
        }
        if self.assignment.has_next() {
            let successor = self.assignment.led_by(Some(to), self.assignment.in_sync);
            self.caller.change(self.assignment, successor, ctx);
        }
    }

    /// An epoch that nobody else begins: without supervisors two might at the same time.
    pub(super) fn epoch_after(&self, epoch: Epoch) -> Epoch {
        let (copies, own) = (u64::from(self.config.copies), u64::from(self.id.0));
        let next = (epoch.0 + 1).next_multiple_of(copies) + own;
        Epoch(next)
    }

    /// Tells everybody, without asking anybody, who is the primary from now on.
    pub(super) fn proclaim(&mut self, epoch: Epoch, primary: NodeId, ctx: &mut Context<Self>) {
        for node in self.others() {
            ctx.send(node, Message::Follow { epoch, primary });
        }
        self.on_follow(epoch, primary, ctx);
    }

    /// Somebody has made `primary` the primary. Where supervisors agree on that, nobody else can.
    pub(super) fn on_follow(&mut self, epoch: Epoch, primary: NodeId, ctx: &mut Context<Self>) {
        if self.config.supervisors == 0 && epoch > self.epoch {
            let (revision, in_sync) = (self.assignment.revision + 1, self.assignment.in_sync);
            self.learn(Assignment { epoch, revision, primary: Some(primary), in_sync }, ctx);
        }
    }

    /// Tells all copies what has been agreed on, if that is that somebody else is the primary now.
    pub(super) fn announce_successor(&self, ctx: &mut Context<Self>) {
        if !matches!(self.role, Role::Primary(_)) {
            for node in self.others() {
                ctx.send(node, Message::Assigned(self.assignment));
            }
        }
    }
}
