//! Snapshots: taken of what is applied, sent to secondaries that need what is no longer kept: a full resync.
//!
//! A snapshot and what is left of the log replace the journal in one step, so that no crash leaves one without the
//! other. A primary sends the latest snapshot in pieces, each when the one before has arrived; pieces that are lost
//! go out again with the next push, or when they are asked for.

use std::sync::Arc;

use super::assignment::Epoch;
use super::bugs::Bug;
use super::log::{Entries, Log, Position};
use super::message::{AppendResult, Message, Record};
use super::progress::Sending;
use super::replica::{Replica, Role};
use super::snapshot::{Covered, Snapshot};
use crate::base::NodeId;
use crate::monitor::{CopyEvent, LogEvent};
use crate::process::Context;
use crate::replication::Arriving;

impl Replica {
    /// Takes a snapshot if enough has been applied since the last one, and that one is on the disk. What somebody
    /// needs who is about to be in sync is kept: the soft stop.
    #[inline]
    pub(super) fn compact_if_long(&mut self, ctx: &mut Context<Self>) {
        let covered = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index);
        if self.applied.saturating_sub(covered) >= self.config.snapshot_after && self.rewriting.is_none() {
            self.take_snapshot(ctx);
        }
    }

    #[cold]
    fn take_snapshot(&mut self, ctx: &mut Context<Self>) {
        let Some(epoch) = self.log.epoch(self.applied) else { return };
        let last = Position { epoch, index: self.applied };
        let machine = self.machine.clone();
        self.snapshot = Some(Arc::new(Snapshot { covers: Covered { last }, machine }));
        let pinned = self.leadership().and_then(|primary| primary.pinned()).unwrap_or(u64::MAX);
        let keep_from = self.applied.saturating_sub(self.config.log_keep);
        self.log.trim_to(keep_from.min(pinned));
        self.rewrite_journal(ctx);
    }

    /// Replaces the journal by the snapshot, the epoch, and what is left of the log.
    pub(super) fn rewrite_journal(&mut self, ctx: &mut Context<Self>) {
        let base = self.log.base();
        let snapshot = self.snapshot.clone().map(|snapshot| Record::Snapshot { snapshot, base });
        let epoch = Record::Epoch { epoch: self.epoch, primary: self.primary, is_whole: self.is_whole };
        let entries = Entries::from(self.log.kept());
        let tail = Record::Entries { first: base.index + 1, entries, commit: self.commit };
        let ticket = ctx.compact(snapshot.into_iter().chain([epoch, tail]).collect());
        self.rewriting = Some(ticket);
        self.note_write(ticket);
    }

    /// Sends `node` the next piece of a snapshot; begins one if none is on its way.
    #[cold]
    pub(super) fn send_snapshot(&mut self, node: NodeId, ctx: &mut Context<Self>) {
        let (Some(latest), Role::Primary(primary)) = (&self.snapshot, &mut self.role) else { return };
        let progress = &mut primary.progress[node.index()];
        if !matches!(progress.sending, Sending::Snapshot { .. }) {
            progress.sending = Sending::Snapshot { snapshot: latest.clone(), received: 0 };
        }
        let Sending::Snapshot { snapshot, received } = &progress.sending else { return };
        let length = snapshot.piece(*received, self.config.snapshot_chunk);
        let (epoch, snapshot, offset) = (self.epoch, snapshot.clone(), *received);
        ctx.send(node, Message::InstallSnapshot { epoch, snapshot, offset, length });
    }

    /// A piece has arrived: the next one goes out, of the same snapshot, though there may be a newer one.
    pub(super) fn on_snapshot_received(
        &mut self,
        from: NodeId,
        last: u64,
        arrived: u64,
        ctx: &mut Context<Self>,
    ) {
        let Some(primary) = self.leadership() else { return };
        let progress = &mut primary.progress[from.index()];
        progress.is_heard = true;
        let Sending::Snapshot { snapshot, received } = &mut progress.sending else { return };
        // An answer that comes late must not have a piece sent twice.
        if snapshot.last.index == last && arrived != *received {
            *received = arrived;
            self.send_snapshot(from, ctx);
        }
    }

    /// A piece of the primary's snapshot.
    pub(super) fn on_install_snapshot(
        &mut self,
        (from, epoch): (NodeId, Epoch),
        snapshot: &Arc<Snapshot>,
        piece: (u64, u32),
        ctx: &mut Context<Self>,
    ) {
        let last = snapshot.last;
        let is_behind = last.index <= self.log.base().index && self.agrees_before_base();
        if self.log.has(last) || is_behind {
            // Its log says the same already, and more.
            self.agrees_with = Some(self.epoch);
            self.commit_to(last.index, ctx);
            return self.answer_append((from, epoch, 0), AppendResult::Matched(last.index), ctx);
        }
        let received = Arriving::take(&mut self.incoming, (last.index, from), piece);
        if received < snapshot.size() {
            let last = last.index;
            return ctx.send(from, Message::SnapshotReceived { epoch, last, received });
        }
        self.incoming = None;
        self.install(snapshot.clone(), ctx);
        self.answer_append((from, epoch, 0), AppendResult::Matched(last.index), ctx);
        self.after_append(1, AppendResult::Matched(last.index), ctx);
    }

    /// Takes the snapshot's state for its own. Nothing of its log agrees with what comes behind it.
    fn install(&mut self, snapshot: Arc<Snapshot>, ctx: &mut Context<Self>) {
        self.log = Log::behind(snapshot.last);
        if self.has(Bug::SkipsMissingRange) {
            (self.commit, self.applied) = (snapshot.last.index, snapshot.last.index);
        } else {
            self.restore(snapshot);
        }
        self.agrees_with = Some(self.epoch);
        self.rewrite_journal(ctx);
        self.observe_restored(ctx);
    }

    /// The state is that of `snapshot`.
    pub(super) fn restore(&mut self, snapshot: Arc<Snapshot>) {
        self.machine = snapshot.machine.clone();
        (self.commit, self.applied) = (snapshot.last.index, snapshot.last.index);
        self.snapshot = Some(snapshot);
    }

    /// Tells the monitors that the state is that of the snapshot now.
    pub(super) fn observe_restored(&self, ctx: &mut Context<Self>) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|_| ctx.observing()) else { return };
        let (index, term, state) = (snapshot.last.index, snapshot.last.epoch.0, self.machine.digest());
        ctx.observe(CopyEvent::Log(LogEvent::Restored { index, term, state }));
    }
}
