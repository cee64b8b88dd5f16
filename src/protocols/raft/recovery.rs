//! What a node recovers from its disk.

use super::bugs::Bug;
use super::entry::LogIndex;
use super::log::Log;
use super::message::Record;
use super::node::Raft;
use crate::base::Damaged;
use crate::process::Context;

impl Raft {
    /// Rebuilds term, vote, snapshot and log; how far entries were known to be committed. `None` if a record
    /// is unreadable that may have been promised to someone.
    pub(super) fn recover(&mut self, records: Vec<Result<Record, Damaged>>) -> Option<LogIndex> {
        let mut committed = LogIndex(0);
        for record in records {
            let readable = match record {
                Ok(record) => self.replay(record, &mut committed),
                // It never became durable, so nobody was told of it: as if never written.
                Err(Damaged::Torn) => true,
                Err(Damaged::Corrupt) => false,
            };
            if !readable && !self.has(Bug::IgnoresDamage) {
                return None;
            }
        }
        Some(committed)
    }

    /// Takes up one record; `false` if what came before it is gone.
    fn replay(&mut self, record: Record, committed: &mut LogIndex) -> bool {
        match record {
            Record::Vote { term, voted_for } => (self.term, self.voted_for) = (term, voted_for),
            Record::Snapshot { snapshot, base } => {
                let end = (snapshot.last_index, snapshot.last_term);
                let (index, term) = if self.has(Bug::JoinsTailToSnapshot) { end } else { base };
                self.log = Log::behind(index, term);
                *committed = snapshot.last_index;
                self.restore(snapshot);
            }
            Record::Entries { first, entries, commit } => {
                let begin = self.log.base().0.next();
                let first = if self.has(Bug::JoinsTailToSnapshot) { first.max(begin) } else { first };
                if first < begin || first > self.log.last_index().next() {
                    return false;
                }
                self.log.replace_from(first, entries.as_slice());
                self.membership.truncate_from(first);
                self.membership.append(first, entries.as_slice());
                *committed = commit.max(*committed);
            }
        }
        true
    }

    /// Goes on from what was recovered, of which all up to `committed` is certain.
    pub(super) fn resume(&mut self, committed: LogIndex, ctx: &mut Context<Self>) {
        self.observe_restored(ctx);
        let behind = self.snapshot.as_ref().map_or(LogIndex(0), |snapshot| snapshot.last_index).next();
        let committed = committed.min(self.log.last_index());
        self.observe_appended(behind, committed, ctx);
        if self.has(Bug::SkipsApplyingAtRestart) {
            self.applied = self.applied.max(committed);
        }
        self.commit_to(committed, ctx);
    }
}
