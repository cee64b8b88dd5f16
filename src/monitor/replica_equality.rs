//! Replica equality: nodes that have applied the log up to the same index are in the same state, sessions
//! included, whether they got there entry by entry or by a snapshot.

use super::LogEvent;
use crate::base::NodeId;

/// Remembers the state as of each index, and who was in it first.
#[derive(Clone, Default, Debug)]
pub struct ReplicaEquality {
    /// By index from 1.
    states: Vec<Option<(u64, NodeId)>>,
}

impl ReplicaEquality {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "replica-equality";
    /// What it demands.
    pub const DOC: &'static str =
        "Nodes that have applied equally much are in equal states, sessions included.";

    /// Checks what `node` says.
    pub fn check(&mut self, node: NodeId, event: &LogEvent) -> Result<(), String> {
        let (LogEvent::Applied { index, state, .. } | LogEvent::Restored { index, state, .. }) = *event
        else {
            return Ok(());
        };
        let Some(place) = (index as usize).checked_sub(1) else { return Ok(()) };
        if place >= self.states.len() {
            self.states.resize(place + 1, None);
        }
        let (first_state, first) = *self.states[place].get_or_insert((state, node));
        if first_state == state {
            return Ok(());
        }
        Err(format!("after index {index} {node} is in another state than {first} was"))
    }
}
