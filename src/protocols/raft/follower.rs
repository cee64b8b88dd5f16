//! What a follower does with a leader's entries (§5.3).

use super::bugs::Bug;
use super::entry::{Entries, Entry, LogIndex, Term};
use super::message::{AppendResult, Record};
use super::node::{Raft, Role};
use crate::base::NodeId;
use crate::monitor::LogEvent;
use crate::process::Context;

impl Raft {
    /// A leader of the current term has been heard. Two of one term there cannot be, or the monitors will tell.
    pub(super) fn follow(&mut self, leader: NodeId, ctx: &mut Context<Self>) {
        if self.leader != Some(leader) || !matches!(self.role, Role::Follower) {
            self.become_follower(Some(leader), ctx);
            ctx.observe(LogEvent::Follows { leader, term: self.term.0 });
        }
        if self.config.check_quorum || self.config.pre_vote {
            self.heard_at = Some(ctx.now());
        }
        self.arm_election_timer(ctx);
    }

    /// Takes over `entries` if the log agrees with the leader's before them.
    pub(super) fn append(
        &mut self,
        prev_index: LogIndex,
        prev_term: Term,
        entries: &Entries,
        commit: LogIndex,
        ctx: &mut Context<Self>,
    ) -> AppendResult {
        let base = self.log.base().0;
        if prev_index < base {
            // Late: of what a snapshot covers, the leader's log has all, or it would not lead.
            return AppendResult::Matched(base);
        }
        if self.log.term(prev_index) != Some(prev_term) {
            return self.conflict(prev_index);
        }
        // Only a real conflict truncates: an old message that comes late must not
        // undo newer entries.
        let first = prev_index.next();
        let agrees = |(i, entry): (usize, &Entry)| self.log.term(first.plus(i)) == Some(entry.term);
        let mut known = entries.as_slice().iter().enumerate().take_while(|pair| agrees(*pair)).count();
        if self.has(Bug::TruncatesAlways) {
            known = 0;
        }
        // What lies behind the last verified entry may not be the leader's.
        let verified = prev_index.plus(entries.len());
        let sure = if self.has(Bug::CommitsUnverified) { LogIndex(u64::MAX) } else { verified };
        let commit = commit.min(sure);
        if known < entries.len() {
            self.store(first.plus(known), entries.skip(known), commit, ctx);
        }
        let commit = commit.min(self.log.last_index());
        if commit > self.commit {
            self.commit_to(commit, ctx);
        }
        AppendResult::Matched(verified)
    }

    /// Takes `entries` into the log, and with them how far it is committed: where changes of members take
    /// effect once they are applied, a node that restarts must not go by members from before a change that
    /// was certain when the next one came.
    fn store(&mut self, first: LogIndex, entries: Entries, commit: LogIndex, ctx: &mut Context<Self>) {
        self.log.replace_from(first, entries.as_slice());
        if !self.has(Bug::KeepsTruncatedMembers) {
            self.membership.truncate_from(first);
        }
        self.membership.append(first, entries.as_slice());
        let commit = commit.max(self.commit);
        self.unsynced = Some(ctx.persist(Record::Entries { first, entries, commit }));
        self.observe_appended(first, commit, ctx);
    }

    /// Where the leader should look for agreement, a whole term at a time (§5.3, end).
    pub(super) fn conflict(&self, prev_index: LogIndex) -> AppendResult {
        let term = self.log.term(prev_index);
        AppendResult::Conflict { prev_index, term, first: self.log.first_of_term_at(prev_index) }
    }
}
