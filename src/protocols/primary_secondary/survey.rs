//! Forced failover: one node makes the freshest secondary that it reaches the primary, without asking anybody. It is
//! what scripts outside a cluster do; nothing keeps the old primary from going on.

use super::bugs::Bug;
use super::message::Status;
use super::replica::{Replica, Role};
use super::timer::Timer;
use crate::base::NodeId;
use crate::process::Context;

/// What one node has found out of the others.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    /// Who has answered, in that order, and how far each is.
    found: Vec<(NodeId, Status)>,
}

impl Replica {
    /// Asks all copies how far they are.
    pub(super) fn begin_survey(&mut self, ctx: &mut Context<Self>) {
        // Where supervisors decide, nobody else can.
        if self.config.supervisors > 0 || self.survey.is_some() {
            return;
        }
        self.survey = Some(Survey { found: vec![(self.id, self.status())] });
        for node in self.others() {
            ctx.send(node, super::message::Message::HowFar);
        }
        ctx.set_timer(Timer::Survey, self.config.hard_stop);
    }

    pub(super) fn on_so_far(&mut self, from: NodeId, status: Status) {
        if let Some(survey) = &mut self.survey
            && !survey.found.iter().any(|(node, _)| *node == from)
        {
            survey.found.push((from, status));
        }
    }

    /// Makes the freshest of those who have answered the primary, but not the one that is to be replaced.
    pub(super) fn conclude_survey(&mut self, ctx: &mut Context<Self>) {
        let Some(survey) = self.survey.take() else { return };
        let latest = survey.found.iter().map(|(_, status)| status.epoch).max().unwrap_or(self.epoch);
        let replaced = if matches!(self.role, Role::Primary(_)) { Some(self.id) } else { self.primary };
        let candidates =
            survey.found.into_iter().filter(|(node, status)| Some(*node) != replaced && status.is_whole);
        let chosen = if self.has(Bug::TakesAnyone) {
            candidates.into_iter().next()
        } else if self.has(Bug::ComparesLengthOnly) {
            candidates.max_by_key(|(_, status)| status.last.index)
        } else {
            candidates.max_by_key(|(_, status)| status.last)
        };
        if let Some((node, _)) = chosen {
            let epoch = self.epoch_after(latest);
            self.proclaim(epoch, node, ctx);
        }
    }
}
