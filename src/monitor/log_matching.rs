//! Log matching: if two logs hold an entry with the same index and term, they are
//! identical in all entries up through it (Raft §5.3).

use super::{LogEvent, LogMirror};
use crate::base::{NodeId, Table};

/// Remembers, for each (index, term) that ever stood in a log, the log up to it.
#[derive(Clone, Debug, Default)]
pub struct LogMatching {
    /// The fingerprint of the prefix, and whose log it was.
    prefixes: Table<(u64, u64), (u64, NodeId)>,
}

impl LogMatching {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "log-matching";

    /// The fingerprint of the log up to the entry of `term` at `index`, if any log ever held it.
    pub(super) fn prefix(&self, index: u64, term: u64) -> Option<u64> {
        self.prefixes.get(&(index, term)).map(|(prefix, _)| *prefix)
    }

    /// Checks what `node` says; `mirror` has followed it.
    pub fn check(&mut self, node: NodeId, event: &LogEvent, mirror: &LogMirror) -> Result<(), String> {
        let LogEvent::Appended { index, term, .. } = *event else { return Ok(()) };
        let Some(entry) = mirror.entry(node, index) else { return Ok(()) };
        let (prefix, first) = *self.prefixes.get_or_insert_with((index, term), || (entry.prefix, node));
        if prefix == entry.prefix {
            return Ok(());
        }
        Err(format!(
            "{first} and {node} both hold an entry of term {term} at index {index}, but their logs differ up to it"
        ))
    }
}
