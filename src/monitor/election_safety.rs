//! Election safety: at most one leader can be elected in a given term (Raft §5.2).

use super::{LogEvent, Role};
use crate::base::{NodeId, Table};

/// Remembers who led each term.
#[derive(Clone, Debug, Default)]
pub struct ElectionSafety {
    leaders: Table<u64, NodeId>,
}

impl ElectionSafety {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "election-safety";

    /// Checks what `node` says.
    pub fn check(&mut self, node: NodeId, event: &LogEvent) -> Result<(), String> {
        let LogEvent::Role { role: Role::Leader, term } = *event else { return Ok(()) };
        let first = *self.leaders.get_or_insert_with(term, || node);
        if first == node {
            return Ok(());
        }
        Err(format!("term {term} has two leaders: {first} and {node}"))
    }

    /// How many terms had a leader.
    pub fn terms(&self) -> usize {
        self.leaders.len()
    }
}
