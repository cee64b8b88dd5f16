//! State-machine safety: if a node has applied an entry at an index, no node ever
//! applies a different one there (Raft §5.4.3). And: no gaps, nothing twice.

use super::LogEvent;
use crate::base::NodeId;

/// Remembers what was applied at each index, and how far each node is.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    /// By index from 1: the entry's term and fingerprint, and who said first that it applied it.
    applied: Vec<Option<(u64, u64, NodeId)>>,
    reached: Vec<u64>,
    /// Whether each node has just started: a snapshot that it speaks of then is its own. That it had applied what that
    /// covers may never have been said: what waits behind a write is lost in a crash that the write survives.
    is_starting: Vec<bool>,
}

impl StateMachineSafety {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "state-machine-safety";
    /// What it demands.
    pub const DOC: &'static str =
        "No two nodes apply different things at one index of the log, or slot, and no node leaves a gap.";

    /// Nothing applied yet on any of that many nodes.
    pub fn new(nodes: u32) -> Self {
        let (reached, is_starting) = (vec![0; nodes as usize], vec![false; nodes as usize]);
        StateMachineSafety { applied: Vec::new(), reached, is_starting }
    }

    /// Checks what `node` says.
    pub fn check(&mut self, node: NodeId, event: &LogEvent) -> Result<(), String> {
        let has_started = matches!(event, LogEvent::Recovered);
        let is_starting = std::mem::replace(&mut self.is_starting[node.index()], has_started);
        match *event {
            LogEvent::Recovered => self.reached[node.index()] = 0,
            LogEvent::Restored { index, .. } => {
                self.reached[node.index()] = index;
                if index as usize > self.applied.len() && is_starting {
                    self.applied.resize(index as usize, None);
                } else if index as usize > self.applied.len() {
                    return Err(format!(
                        "{node} has the state as of index {index}, which nobody has applied"
                    ));
                }
            }
            LogEvent::Applied { index, term, digest, .. } => {
                let reached = std::mem::replace(&mut self.reached[node.index()], index);
                if index != reached + 1 {
                    return Err(format!("{node} applied index {index} right after index {reached}"));
                }
                return self.compare(node, index, term, digest);
            }
            LogEvent::Role { .. }
            | LogEvent::Follows { .. }
            | LogEvent::Appended { .. }
            | LogEvent::Configured { .. }
            | LogEvent::Committed { .. } => {}
        }
        Ok(())
    }

    fn compare(&mut self, node: NodeId, index: u64, term: u64, digest: u64) -> Result<(), String> {
        let place = index as usize - 1;
        if place >= self.applied.len() {
            // Who starts from a snapshot may leave places for those who say later how they came there.
            self.applied.resize(place + 1, None);
        }
        let (first_term, first_digest, first) = *self.applied[place].get_or_insert((term, digest, node));
        if (first_term, first_digest) == (term, digest) {
            return Ok(());
        }
        Err(format!(
            "at index {index} {first} applied an entry of term {first_term} and {node} a different one of term {term}"
        ))
    }
}
