//! The nodes' logs, rebuilt from what they observe.

use super::LogEvent;
use crate::base::{Digest, NodeId};

/// An entry as the mirror keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mirrored {
    pub(super) term: u64,
    /// The fingerprint of this entry and all before it: equal means equal logs up to here.
    pub(super) prefix: u64,
}

/// The log of every node, entry by entry.
#[derive(Clone, Debug)]
pub struct LogMirror {
    logs: Vec<Log>,
}

/// A log, of which the entries up to `base` are in a snapshot.
#[derive(Clone, Default, Debug)]
struct Log {
    base: u64,
    /// The last entry that the snapshot covers.
    covered: Option<Mirrored>,
    entries: Vec<Mirrored>,
}

impl Log {
    fn last_index(&self) -> u64 {
        self.base + self.entries.len() as u64
    }
}

impl LogMirror {
    /// Empty logs of that many nodes.
    pub fn new(nodes: u32) -> Self {
        LogMirror { logs: vec![Log::default(); nodes as usize] }
    }

    /// Keeps up with what `node` says; `known` is the fingerprint of the log up to an entry, by index and term,
    /// if it is committed or was ever in a log. (That a leader has committed it may never be said: what waits
    /// behind a write is lost in a crash that the write survives.) An error is a gap in its log, or a snapshot of
    /// what nobody ever held.
    pub(super) fn follow(
        &mut self,
        node: NodeId,
        event: &LogEvent,
        known: impl Fn(u64, u64) -> Option<u64>,
    ) -> Result<(), String> {
        let log = &mut self.logs[node.index()];
        match *event {
            LogEvent::Recovered => *log = Log::default(),
            LogEvent::Restored { index, term, .. } => {
                let Some(prefix) = known(index, term) else {
                    return Err(format!(
                        "{node} has a snapshot up to index {index}, which was in nobody's log"
                    ));
                };
                *log = Log { base: index, covered: Some(Mirrored { term, prefix }), entries: Vec::new() };
            }
            LogEvent::Appended { index, term, digest } => {
                let before = index.checked_sub(log.base + 1).filter(|_| index <= log.last_index() + 1);
                let Some(before) = before else {
                    return Err(format!(
                        "{node} appended index {index} to a log from {} to {}",
                        log.base + 1,
                        log.last_index()
                    ));
                };
                log.entries.truncate(before as usize);
                let mut prefix = Digest::new();
                prefix.fold(log.entries.last().or(log.covered.as_ref()).map_or(0, |entry| entry.prefix));
                prefix.fold(term);
                prefix.fold(digest);
                log.entries.push(Mirrored { term, prefix: prefix.value() });
            }
            LogEvent::Role { .. }
            | LogEvent::Follows { .. }
            | LogEvent::Committed { .. }
            | LogEvent::Configured { .. }
            | LogEvent::Applied { .. } => {}
        }
        Ok(())
    }

    /// The entry at `index` of `node`'s log, counted from 1; of those in a snapshot the last.
    pub(super) fn entry(&self, node: NodeId, index: u64) -> Option<Mirrored> {
        let log = &self.logs[node.index()];
        match index.checked_sub(log.base + 1) {
            Some(place) => log.entries.get(place as usize).copied(),
            None => log.covered.filter(|_| index == log.base),
        }
    }

    /// The last entry that a snapshot covers on `node`; 0 if all are in its log.
    pub(super) fn base(&self, node: NodeId) -> u64 {
        self.logs[node.index()].base
    }

    /// The last entry of `node`'s log.
    pub(super) fn last_index(&self, node: NodeId) -> u64 {
        self.logs[node.index()].last_index()
    }
}
