//! One configuration at a time: no log holds two changes of members that are not committed (Ongaro's
//! dissertation, §4.1). Two of them may leave majorities that have no node in common.

use super::LogEvent;
use crate::base::NodeId;

/// Remembers where the logs change the members.
#[derive(Clone, Debug)]
pub struct OneConfiguration {
    /// Of each node the indices of changes in its log, in order.
    changes: Vec<Vec<u64>>,
    /// How far anybody knows entries to be committed.
    committed: u64,
}

impl OneConfiguration {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "one-configuration";

    /// No changes yet in the logs of that many nodes.
    pub fn new(nodes: u32) -> Self {
        OneConfiguration { changes: vec![Vec::new(); nodes as usize], committed: 0 }
    }

    /// Checks what `node` says.
    pub fn check(&mut self, node: NodeId, event: &LogEvent) -> Result<(), String> {
        let changes = &mut self.changes[node.index()];
        match *event {
            LogEvent::Recovered | LogEvent::Restored { .. } => changes.clear(),
            LogEvent::Committed { index, .. } => self.committed = self.committed.max(index),
            LogEvent::Appended { index, .. } => while changes.pop_if(|change| *change >= index).is_some() {},
            LogEvent::Configured { index, committed } => {
                self.committed = self.committed.max(committed);
                let before = changes.last().copied().filter(|before| *before > self.committed);
                changes.push(index);
                if let Some(before) = before {
                    return Err(format!(
                        "{node} changes the members at index {index} while the change at index {before} is not committed"
                    ));
                }
            }
            LogEvent::Role { .. } | LogEvent::Follows { .. } | LogEvent::Applied { .. } => {}
        }
        Ok(())
    }
}
