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
    logs: Vec<Vec<Mirrored>>,
}

impl LogMirror {
    /// Empty logs of that many nodes.
    pub fn new(nodes: u32) -> Self {
        LogMirror { logs: vec![Vec::new(); nodes as usize] }
    }

    /// Keeps up with what `node` says. An error is a gap in its log.
    pub(super) fn follow(&mut self, node: NodeId, event: &LogEvent) -> Result<(), String> {
        let log = &mut self.logs[node.index()];
        match *event {
            LogEvent::Recovered => log.clear(),
            LogEvent::Appended { index, term, digest } => {
                let before = (index as usize).checked_sub(1).filter(|before| *before <= log.len());
                let Some(before) = before else {
                    return Err(format!("{node} appended index {index} to a log of {}", log.len()));
                };
                log.truncate(before);
                let mut prefix = Digest::new();
                prefix.fold(log.last().map_or(0, |entry| entry.prefix));
                prefix.fold(term);
                prefix.fold(digest);
                log.push(Mirrored { term, prefix: prefix.value() });
            }
            LogEvent::Role { .. } | LogEvent::Committed { .. } | LogEvent::Applied { .. } => {}
        }
        Ok(())
    }

    /// The entry at `index` of `node`'s log, counted from 1.
    pub(super) fn entry(&self, node: NodeId, index: u64) -> Option<Mirrored> {
        let place = (index as usize).checked_sub(1)?;
        self.logs[node.index()].get(place).copied()
    }
}
