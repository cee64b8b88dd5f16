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
use super::snapshot::{Snapshot, state_digest};
use crate::base::NodeId;
use crate::monitor::SlotEvent;
use crate::process::Context;

/// A snapshot on its way here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arriving {
    last: Slot,
    from: NodeId,
    /// How many of its bytes are here.
    received: u64,
}

impl Arriving {
    /// Which it is and how much of it is here, if `node` sends it.
    pub(super) fn from(&self, node: NodeId) -> Option<(Slot, u64)> {
        (self.from == node).then_some((self.last, self.received))
    }
}

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
        let (last, membership, machine) = (self.applied, self.membership.clone(), self.machine.clone());
        self.snapshot = Some(Arc::new(Snapshot { last, membership, machine }));
        self.log.compact_to(Slot(last.0.saturating_sub(self.config.snapshot_keep)));
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
        let begun = serving
            .iter()
            .find(|(node, begun)| *node == to && arrived.is_some_and(|(last, _)| last == begun.last));
        let offset = begun.and(arrived).map_or(0, |(_, received)| received);
        let snapshot = begun.map_or_else(|| latest.clone(), |(_, begun)| begun.clone());
        serving.retain(|(node, _)| *node != to);
        let left = snapshot.size().saturating_sub(offset);
        let length = left.min(u64::from(self.config.snapshot_chunk)) as u32;
        if u64::from(length) < left {
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
        let is_same = |arriving: &Arriving| (arriving.last, arriving.from) == (snapshot.last, from);
        let begun = self.catch_up.arriving.take().filter(is_same);
        let mut arriving = begun.unwrap_or(Arriving { last: snapshot.last, from, received: 0 });
        let is_next = offset == arriving.received;
        if is_next {
            arriving.received += u64::from(length);
        }
        if arriving.received < snapshot.size() {
            self.catch_up.arriving = Some(arriving);
            if is_next {
                self.caught_up_some(from, snapshot.last, ctx);
            }
            return;
        }
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
