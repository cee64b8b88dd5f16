//! What a secondary does with what a primary sends, and how it asks for it.

use super::assignment::Epoch;
use super::bugs::Bug;
use super::config::Transport;
use super::log::{Entries, Entry, Position};
use super::message::{AppendResult, Message};
use super::progress::Sending;
use super::replica::{Replica, Role};
use super::timer::Timer;
use crate::base::NodeId;
use crate::monitor::{CopyEvent, LogEvent};
use crate::process::Context;

impl Replica {
    /// Whether this copy takes what `from` sends as the primary of `epoch`; if that is over, `from` is told.
    pub(super) fn follows(&mut self, from: NodeId, epoch: Epoch, ctx: &mut Context<Self>) -> bool {
        let is_unfenced = self.has(Bug::NoFencing) && matches!(self.role, Role::Secondary);
        if epoch < self.epoch && !is_unfenced {
            let (epoch, primary) = (self.epoch, self.primary);
            ctx.send(from, Message::Deposed { epoch, primary });
            return false;
        }
        // Who has lost what it promised must first find out what that can have been.
        if !self.is_whole && !self.has_asked {
            return false;
        }
        if epoch > self.epoch {
            self.enter(epoch, Some(from), ctx);
        } else if self.primary.is_none() {
            self.primary = Some(from);
            self.persist_epoch(ctx);
        }
        if self.agrees_with != Some(epoch) && ctx.observing() {
            ctx.observe(CopyEvent::Log(LogEvent::Follows { leader: from, term: epoch.0 }));
        }
        matches!(self.role, Role::Secondary)
    }

    /// Takes over `entries` if the log agrees with the primary's before them.
    pub(super) fn append(
        &mut self,
        prev: Position,
        entries: &Entries,
        commit: u64,
        ctx: &mut Context<Self>,
    ) -> AppendResult {
        let base = self.log.base();
        if prev.index < base.index {
            return self.append_below_base(prev, ctx);
        }
        // A mistake: an entry of an epoch that the primary does not know is taken for the primary's.
        let keeps_tail = self.has(Bug::KeepsDivergentTail) && self.log.epoch(prev.index).is_some();
        if !self.log.has(prev) && !keeps_tail {
            let at_most = self.log.agrees_at_most(prev.epoch, prev.index);
            return AppendResult::Conflict { prev: prev.index, at_most };
        }
        self.agrees_with = Some(self.epoch);
        // Only a real conflict truncates: an old message that comes late must not undo newer entries.
        let agrees = |(index, entry): (u64, &Entry)| self.log.epoch(index) == Some(entry.epoch);
        let known = (prev.index + 1..).zip(entries.as_slice()).take_while(|pair| agrees(*pair)).count();
        if known < entries.len() {
            self.replace_from(prev.index + 1 + known as u64, &entries.skip(known), ctx);
        }
        // What lies behind the last verified entry may not be the primary's.
        let verified = prev.index + entries.len() as u64;
        let commit = commit.min(verified);
        if commit > self.commit {
            self.commit_to(commit, ctx);
        }
        AppendResult::Matched(verified)
    }

    /// What comes before all that is kept: late, or from a primary that knows nothing of it.
    fn append_below_base(&mut self, prev: Position, ctx: &mut Context<Self>) -> AppendResult {
        if self.agrees_before_base() {
            return AppendResult::Matched(self.log.base().index);
        }
        // What this copy no longer keeps is not the primary's: nothing but a full resync helps.
        self.forget(ctx);
        AppendResult::Conflict { prev: prev.index, at_most: Position::default() }
    }

    /// Whether the log is the primary's up to its base: what is trimmed was certain, and only where acknowledged
    /// writes may be lost can a primary lack it.
    pub(super) fn agrees_before_base(&self) -> bool {
        self.agrees_with == Some(self.epoch) || !self.config.loses()
    }

    /// A copy that lost its disk is whole again once it holds all that its primary knows to be certain, and that
    /// primary knows of this life: it counts on nothing that was acknowledged in an earlier one any more.
    pub(super) fn become_whole(
        &mut self,
        life: u64,
        commit: u64,
        result: AppendResult,
        ctx: &mut Context<Self>,
    ) {
        let is_up_to_date = matches!(result, AppendResult::Matched(index) if index >= commit);
        if !self.is_whole && is_up_to_date && life == self.life {
            self.is_whole = true;
            self.persist_epoch(ctx);
            ctx.observe(CopyEvent::Whole(true));
        }
    }

    /// Answers what `to` has sent as the primary of `epoch`.
    pub(super) fn answer_append(
        &self,
        (to, epoch, round): (NodeId, Epoch, u64),
        result: AppendResult,
        ctx: &mut Context<Self>,
    ) {
        let (life, is_whole) = (self.life, self.is_whole);
        ctx.send(to, Message::Appended { epoch, round, life, is_whole, result });
    }

    /// Polling: how soon to ask again. A poll in vain doubles the wait; a full message means that there is more.
    pub(super) fn after_append(&mut self, count: usize, result: AppendResult, ctx: &mut Context<Self>) {
        if self.config.transport != Transport::Poll {
            return;
        }
        let (min, max) = (self.config.poll_min, self.config.poll_max);
        let is_more = count >= self.config.max_entries || matches!(result, AppendResult::Conflict { .. });
        if is_more {
            self.poll_wait = min;
            return self.poll(ctx);
        }
        let doubled = (self.poll_wait + self.poll_wait).min(max);
        self.poll_wait = if count > 0 { min } else { doubled };
        ctx.set_timer(Timer::Poll, self.poll_wait);
    }

    /// Asks the primary for more.
    pub(super) fn poll(&self, ctx: &mut Context<Self>) {
        if !matches!(self.role, Role::Secondary) {
            return;
        }
        let fetch = || Message::Fetch { epoch: self.epoch, after: self.log.last() };
        match self.primary {
            Some(primary) if primary != self.id => ctx.send(primary, fetch()),
            Some(_) => {}
            // Somebody will know.
            None => self.others().for_each(|node| ctx.send(node, fetch())),
        }
        ctx.set_timer(Timer::Poll, self.config.poll_max);
    }

    /// A secondary asks for what follows `after`.
    pub(super) fn on_fetch(&mut self, from: NodeId, epoch: Epoch, after: Position, ctx: &mut Context<Self>) {
        if epoch > self.epoch {
            self.enter(epoch, None, ctx);
        }
        let own = self.log.agrees_at_most(after.epoch, after.index);
        let last = self.log.last().index;
        let Some(primary) = self.leadership() else {
            let (epoch, primary) = (self.epoch, self.primary.filter(|primary| *primary != from));
            return ctx.send(from, Message::Deposed { epoch, primary });
        };
        let progress = &mut primary.progress[from.index()];
        progress.is_heard = true;
        if let Sending::Snapshot { snapshot, .. } = &progress.sending
            && snapshot.last.index > after.index
        {
            return self.send_snapshot(from, ctx);
        }
        let is_trimmed = own.epoch > after.epoch || own.index > after.index;
        let next = if is_trimmed { own.index } else { own.index + 1 };
        (progress.sending, progress.next) = (Sending::Probe, next.min(last + 1));
        self.send_append(from, ctx);
    }
}
