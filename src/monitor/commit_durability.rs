//! Commit durability: a node that holds an entry does not drop it in the term in which it was committed, nor in
//! a later one. The leaders of all of them have it (leader completeness), so nothing that a sound node is told
//! makes it do so. In an earlier term it may: what a node says of itself can be late.

use super::{LeaderCompleteness, LogEvent, LogMirror};
use crate::base::NodeId;

/// Remembers the terms of the nodes.
#[derive(Clone, Debug)]
pub struct CommitDurability {
    terms: Vec<u64>,
}

impl CommitDurability {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "commit-durability";

    /// That many nodes, in no term yet.
    pub fn new(nodes: u32) -> Self {
        CommitDurability { terms: vec![0; nodes as usize] }
    }

    /// Checks what `node` says, which `mirror` does not know yet.
    pub fn check(
        &mut self,
        node: NodeId,
        event: &LogEvent,
        mirror: &LogMirror,
        committed: &LeaderCompleteness,
    ) -> Result<(), String> {
        let now = &mut self.terms[node.index()];
        let dropped = match *event {
            LogEvent::Role { term, .. } => {
                *now = term;
                return Ok(());
            }
            LogEvent::Appended { index, .. } => index,
            LogEvent::Restored { index, .. } => index + 1,
            _ => return Ok(()),
        };
        let held = mirror.entry(node, dropped).map(|entry| entry.prefix);
        let (Some(held), Some((prefix, term))) = (held, committed.committed(dropped)) else { return Ok(()) };
        if held != prefix || *now < term {
            return Ok(());
        }
        Err(format!(
            "{node} drops index {dropped} of its log and what is behind it in term {now}, committed in term {term}"
        ))
    }
}
