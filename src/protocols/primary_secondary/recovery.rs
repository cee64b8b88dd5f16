//! What a copy recovers from its disk, and what it does without one.

use super::assignment::Epoch;
use super::bugs::Bug;
use super::log::Log;
use super::message::Record;
use super::replica::Replica;
use crate::base::Damaged;
use crate::monitor::CopyEvent;
use crate::process::Context;

impl Replica {
    /// Rebuilds epoch, snapshot and log; how far entries were known to be certain. `None` if a record is unreadable
    /// that may have been promised to someone.
    pub(super) fn recover(&mut self, records: Vec<Result<Record, Damaged>>) -> Option<u64> {
        let mut certain = 0;
        for record in records {
            match record {
                Ok(record) => self.replay(record, &mut certain)?,
                // It never became durable, so nobody was told of it: as if never written.
                Err(Damaged::Torn) => {}
                Err(Damaged::Corrupt) => return None,
            }
        }
        Some(certain)
    }

    /// Takes up one record; `None` if what came before it is gone.
    fn replay(&mut self, record: Record, certain: &mut u64) -> Option<()> {
        match record {
            Record::Epoch { epoch, primary, is_whole } => {
                (self.epoch, self.primary, self.is_whole) = (epoch, primary, is_whole);
            }
            Record::Snapshot { snapshot, base } => {
                self.log = Log::behind(base);
                *certain = snapshot.last.index;
                self.restore(snapshot);
            }
            Record::Entries { first, entries, commit } => {
                let fits = first > self.log.base().index && first <= self.log.last().index + 1;
                fits.then(|| self.log.replace_from(first, entries.as_slice()))?;
                *certain = commit.max(*certain);
            }
        }
        Some(())
    }

    /// Goes on from what was recovered, of which all up to `commit` is certain.
    pub(super) fn resume(&mut self, commit: u64, ctx: &mut Context<Self>) {
        self.durable = self.log.last().index;
        self.epoch = self.epoch.max(self.log.last().epoch);
        if !self.is_whole {
            ctx.observe(CopyEvent::Whole(false));
        }
        self.observe_restored(ctx);
        let behind = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index) + 1;
        let commit = commit.min(self.log.last().index);
        self.observe_appended(behind, ctx);
        self.commit_to(commit, ctx);
        if self.has(Bug::TruncatesToCommit) {
            self.cut(commit, ctx);
        }
    }

    /// Begins with nothing, having lost what it had: it is not whole until a primary has brought it up to date.
    pub(super) fn begin_blank(&mut self, ctx: &mut Context<Self>) {
        (self.epoch, self.primary, self.is_whole) = (Epoch(0), None, false);
        ctx.observe(CopyEvent::Whole(false));
        self.forget(ctx);
    }

    /// Drops the whole log and all that came of it.
    pub(super) fn forget(&mut self, ctx: &mut Context<Self>) {
        self.log = Log::default();
        self.snapshot = None;
        self.restart_machine(ctx);
        self.rewrite_journal(ctx);
    }
}
