//! Snapshots: taken of what is applied, fetched by replicas that need what is no longer kept.
//!
//! A snapshot and what is left of the log replace the journal in one step, so that no crash leaves one without
//! the other. What was accepted for slots behind a snapshot is kept: it may have been chosen by that. A replica
//! asks for piece after piece; who sends them stays with the snapshot that it began with.

use std::sync::Arc;

use super::bugs::Bug;
use super::command::{Proposal, Slot};
use super::message::{Message, Record};
use super::node::{MultiPaxos, Role};
use super::slot_log::SlotLog;
use super::snapshot::{Covered, Snapshot, state_digest};
use crate::base::NodeId;
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::Arriving;

impl MultiPaxos {
    /// Takes a snapshot if enough has been applied since the last one, and that one is on the disk.
    #[inline]
    pub(super) fn compact_if_long(&mut self, ctx: &mut Context<Self>) {
        let last = self.snapshot.as_ref().map_or(Slot(0), |snapshot| snapshot.last);
        if self.applied.behind(last) >= self.config.snapshot_after && self.rewriting.is_none() {
            self.take_snapshot(ctx);
        }
    }

    #[cold]
    fn take_snapshot(&mut self, ctx: &mut Context<Self>) {
        let covers = Covered { last: self.applied, membership: self.membership.clone() };
        self.snapshot = Some(Arc::new(Snapshot { covers, machine: self.machine.clone() }));
        self.log.compact_to(Slot(self.applied.0.saturating_sub(self.config.snapshot_keep)));
        self.rewrite_journal(ctx);
    }

    /// Replaces the journal by the promise, the snapshot, and what is left of the log.
    fn rewrite_journal(&mut self, ctx: &mut Context<Self>) {
        let base = self.log.base();
        let promise = Record::Promise { ballot: self.promised };
        let snapshot = self.snapshot.clone().map(|snapshot| Record::Snapshot { snapshot, base });
        let accepted: Arc<[Proposal]> = self.log.behind(base).collect();
        let kept = Record::Kept { accepted, chosen: self.applied };
        self.rewriting = Some(ctx.compact([promise].into_iter().chain(snapshot).chain([kept]).collect()));
    }

    /// Sends `to` the next piece of a snapshot, of which so much has `arrived`.
    #[cold]
    pub(super) fn send_piece(&mut self, to: NodeId, arrived: Option<(Slot, u64)>, ctx: &mut Context<Self>) {
        let Some(latest) = &self.snapshot else { return };
        let serving = &mut self.catch_up.serving;
        let begun = arrived.and_then(|(last, received)| {
            let kept = serving.iter().find(|(node, begun)| *node == to && begun.last == last);
            // Once its last piece is sent it is not kept for anyone; that piece may be lost.
            let kept = kept.map(|(_, begun)| begun).or(Some(latest).filter(|latest| latest.last == last));
            kept.map(|begun| (begun.clone(), received))
        });
        let (snapshot, offset) = begun.unwrap_or_else(|| (latest.clone(), 0));
        serving.retain(|(node, _)| *node != to);
        let length = snapshot.piece(offset, self.config.snapshot_chunk);
        if offset + u64::from(length) < snapshot.size() {
            serving.push((to, snapshot.clone()));
        }
        ctx.send(to, Message::Piece { snapshot, offset, length });
    }

    /// A piece of a snapshot arrives.
    pub(super) fn on_piece(
        &mut self,
        from: NodeId,
        snapshot: &Arc<Snapshot>,
        (offset, length): (u64, u32),
        ctx: &mut Context<Self>,
    ) {
        // A leader knows by itself what is chosen; more only if it leads no more.
        if snapshot.last <= self.applied || matches!(self.role, Role::Leader(_)) {
            self.catch_up.arriving = None;
            return;
        }
        let begun = self.catch_up.arriving.and_then(|arriving| arriving.from(from));
        let before = begun.filter(|(last, _)| *last == snapshot.last.0).map_or(0, |(_, received)| received);
        let received = Arriving::take(&mut self.catch_up.arriving, (snapshot.last.0, from), (offset, length));
        if received < snapshot.size() {
            if received > before {
                self.caught_up_some(from, snapshot.last, ctx);
            }
            return;
        }
        self.catch_up.arriving = None;
        self.install(snapshot.clone(), ctx);
        self.caught_up_some(from, snapshot.last, ctx);
    }

    /// Takes the snapshot's state for its own.
    fn install(&mut self, snapshot: Arc<Snapshot>, ctx: &mut Context<Self>) {
        if self.has(Bug::SnapshotDropsAccepted) {
            self.log = SlotLog::default();
        }
        self.log.compact_to(snapshot.last);
        self.restore(snapshot);
        self.rewrite_journal(ctx);
        self.observe_restored(ctx);
    }

    /// The state is that of `snapshot`.
    pub(super) fn restore(&mut self, snapshot: Arc<Snapshot>) {
        self.membership = snapshot.membership.clone();
        self.machine = snapshot.machine.clone();
        self.applied = snapshot.last;
        self.snapshot = Some(snapshot);
    }

    /// Tells the monitors that the state is that of the snapshot now.
    pub(super) fn observe_restored(&self, ctx: &mut Context<Self>) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|_| ctx.observing()) else { return };
        let state = state_digest(&self.machine, &self.membership);
        ctx.observe(SlotEvent::Restored { slot: snapshot.last.0, state });
    }
}
