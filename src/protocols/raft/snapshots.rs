//! Snapshots: taken of what is applied, sent to followers that need what is no longer kept (§7).
//!
//! A snapshot and what is left of the log replace the journal in one step, so that no crash leaves one
//! without the other. A leader sends the latest snapshot in pieces, each when the one before has arrived;
//! pieces that are lost go out again with the next heartbeat.

use std::sync::Arc;

use super::bugs::Bug;
use super::entry::{Entries, LogIndex};
use super::log::Log;
use super::membership::Membership;
use super::message::{AppendResult, Message, Record};
use super::node::{Raft, Role};
use super::progress::Sending;
use super::snapshot::{Covered, Snapshot, state_digest};
use crate::base::{NodeId, Ticket};
use crate::monitor::LogEvent;
use crate::process::Context;
use crate::replication::Arriving;

impl Raft {
    /// Takes a snapshot if enough has been applied since the last one, and that one is on the disk.
    #[inline]
    pub(super) fn compact_if_long(&mut self, ctx: &mut Context<Self>) {
        let last = self.snapshot.as_ref().map_or(LogIndex(0), |snapshot| snapshot.last_index);
        if self.applied.0 - last.0 >= self.config.snapshot_after && self.rewriting.is_none() {
            self.take_snapshot(ctx);
        }
    }

    #[cold]
    fn take_snapshot(&mut self, ctx: &mut Context<Self>) {
        let Some(last_term) = self.log.term(self.applied) else { return };
        let mut machine = self.machine.clone();
        if self.has(Bug::SnapshotWithoutSessions) {
            machine.sessions =
                crate::replication::Sessions::new(self.config.max_sessions as usize, ctx.observing());
        }
        let covers = Covered {
            last_index: self.applied,
            last_term,
            configuration: self.membership.as_of(self.applied),
        };
        self.snapshot = Some(Arc::new(Snapshot { covers, machine }));
        let keep_from = LogIndex(self.applied.0.saturating_sub(self.config.snapshot_keep));
        self.log.compact_to(keep_from);
        self.membership.compact_to(keep_from);
        self.rewrite_journal(ctx);
    }

    /// Replaces the journal by the snapshot, the vote, and what is left of the log.
    fn rewrite_journal(&mut self, ctx: &mut Context<Self>) {
        let (base, commit) = (self.log.base(), self.commit);
        let snapshot = self.snapshot.clone().map(|snapshot| Record::Snapshot { snapshot, base });
        let vote = Record::Vote { term: self.term, voted_for: self.voted_for };
        let entries = Entries::from(self.log.kept());
        let tail = Record::Entries { first: base.0.next(), entries, commit };
        let ticket = self.write_journal(snapshot, vote, tail, ctx);
        (self.unsynced, self.rewriting) = (Some(ticket), Some(ticket));
    }

    fn write_journal(
        &self,
        snapshot: Option<Record>,
        vote: Record,
        tail: Record,
        ctx: &mut Context<Self>,
    ) -> Ticket {
        if self.has(Bug::SnapshotInTwoSteps) {
            ctx.compact(vec![vote]);
            snapshot.into_iter().for_each(|snapshot| {
                ctx.persist(snapshot);
            });
            return ctx.persist(tail);
        }
        ctx.compact(snapshot.into_iter().chain([vote, tail]).collect())
    }

    /// Sends `peer` the next piece of a snapshot; begins one if none is on its way.
    #[cold]
    pub(super) fn send_snapshot(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        if self.has(Bug::SendsFromZero) {
            return self.send_rest(peer, ctx);
        }
        let Some(latest) = &self.snapshot else { return };
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &mut leadership.progress[peer.index()];
        if !matches!(progress.sending, Sending::Snapshot { .. }) {
            progress.sending = Sending::Snapshot { snapshot: latest.clone(), received: 0 };
        }
        let Sending::Snapshot { snapshot, received } = &progress.sending else { return };
        let length = snapshot.piece(*received, self.config.snapshot_chunk);
        let (term, snapshot, offset) = (self.term, snapshot.clone(), *received);
        ctx.send(peer, Message::InstallSnapshot { term, snapshot, offset, length });
    }

    /// The bug [`Bug::SendsFromZero`].
    fn send_rest(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        let first = self.log.base().0.next();
        let entries = Entries::from(self.log.slice(first, self.config.max_entries));
        let (term, commit, zero) = (self.term, self.commit, super::Term(0));
        let (prev_index, round) = (LogIndex(0), 0);
        ctx.send(peer, Message::AppendEntries { term, prev_index, prev_term: zero, entries, commit, round });
    }

    /// A piece has arrived: the next one goes out, of the same snapshot, though there may be a newer one.
    pub(super) fn on_snapshot_received(
        &mut self,
        from: NodeId,
        last_index: LogIndex,
        arrived: u64,
        ctx: &mut Context<Self>,
    ) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &mut leadership.progress[from.index()];
        progress.is_heard = true;
        let Sending::Snapshot { snapshot, received } = &mut progress.sending else { return };
        // An answer that comes late must not have a piece sent twice.
        if snapshot.last_index == last_index && arrived != *received {
            *received = arrived;
            self.send_snapshot(from, ctx);
        }
    }

    /// A piece of the leader's snapshot.
    pub(super) fn on_install_snapshot(
        &mut self,
        from: NodeId,
        snapshot: &Arc<Snapshot>,
        piece: (u64, u32),
        ctx: &mut Context<Self>,
    ) {
        let Covered { last_index, last_term, .. } = snapshot.covers;
        let has_it = last_index <= self.log.base().0 || self.log.term(last_index) == Some(last_term);
        if has_it && !self.has(Bug::SnapshotDiscardsSuffix) {
            // Its log says the same already, and more.
            self.commit_to(last_index, ctx);
            return self.answer_matched(from, last_index, ctx);
        }
        let received = Arriving::take(&mut self.incoming, (last_index.0, from), piece);
        if received >= snapshot.size() {
            self.incoming = None;
            self.install(snapshot.clone(), ctx);
            return self.answer_matched(from, last_index, ctx);
        }
        let term = self.term;
        ctx.send(from, Message::SnapshotReceived { term, last_index, received });
    }

    fn answer_matched(&self, to: NodeId, index: LogIndex, ctx: &mut Context<Self>) {
        let result = AppendResult::Matched(index);
        ctx.send(to, Message::Appended { term: self.term, round: 0, result });
    }

    /// Takes the snapshot's state for its own. Nothing of its log agrees with what comes behind it.
    fn install(&mut self, snapshot: Arc<Snapshot>, ctx: &mut Context<Self>) {
        self.log = Log::behind(snapshot.last_index, snapshot.last_term);
        self.restore(snapshot);
        self.rewrite_journal(ctx);
        self.observe_restored(ctx);
        // A follower's readers may wait for just this; in a quiet cluster nothing else may come.
        self.answer_reads(ctx);
    }

    /// The state is that of `snapshot`.
    pub(super) fn restore(&mut self, snapshot: Arc<Snapshot>) {
        let (at, mut members) = snapshot.configuration;
        if self.has(Bug::SnapshotForgetsJoint) {
            members = members.settled();
        }
        self.membership = Membership::new(at, members, self.config.activation);
        self.machine = snapshot.machine.clone();
        (self.commit, self.applied) = (snapshot.last_index, snapshot.last_index);
        self.snapshot = Some(snapshot);
    }

    /// Tells the monitors that the state is that of the snapshot now.
    pub(super) fn observe_restored(&self, ctx: &mut Context<Self>) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|_| ctx.observing()) else { return };
        let (index, term) = (snapshot.last_index.0, snapshot.last_term.0);
        let state = state_digest(&self.machine, &self.membership.as_of(snapshot.last_index).1);
        ctx.observe(LogEvent::Restored { index, term, state });
    }
}
