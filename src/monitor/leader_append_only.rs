//! Leader append-only: a leader never overwrites or deletes entries of its log (Raft §5.3).

use super::{LogEvent, LogMirror, Role};
use crate::base::NodeId;

/// Remembers who leads.
#[derive(Clone, Debug)]
pub struct LeaderAppendOnly {
    /// The term that each node leads, if it does.
    leads: Vec<Option<u64>>,
}

impl LeaderAppendOnly {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "leader-append-only";

    /// Nobody leads yet, of that many nodes.
    pub fn new(nodes: u32) -> Self {
        LeaderAppendOnly { leads: vec![None; nodes as usize] }
    }

    /// Checks what `node` says, which `mirror` does not know yet.
    pub fn check(&mut self, node: NodeId, event: &LogEvent, mirror: &LogMirror) -> Result<(), String> {
        let leads = &mut self.leads[node.index()];
        let last = mirror.last_index(node);
        match (*event, *leads) {
            (LogEvent::Role { role, term }, _) => *leads = (role == Role::Leader).then_some(term),
            (LogEvent::Recovered, _) => *leads = None,
            (LogEvent::Appended { index, .. }, Some(term)) if index <= last => {
                return Err(format!("{node} leads term {term} and replaces index {index} of its log"));
            }
            (LogEvent::Restored { .. }, Some(term)) => {
                return Err(format!("{node} leads term {term} and replaces its log by a snapshot"));
            }
            _ => {}
        }
        Ok(())
    }
}
