//! Leader completeness: an entry committed in a term is in the logs of the leaders
//! of all higher terms (Raft §5.4).
//!
//! Checked from both sides, because either may come first: when a leader is elected,
//! against what was committed in lower terms; and when an entry is committed, against
//! the leaders of higher terms (a leader cut off may hear of its quorum late).

use super::{LogEvent, LogMirror, Role};
use crate::base::NodeId;

/// Remembers what was committed, in which term, and who was elected.
#[derive(Clone, Debug, Default)]
pub struct LeaderCompleteness {
    /// By index from 1: the fingerprint of the log up to it, and the lowest term of a
    /// leader that knew it committed. The terms never decrease along the log.
    /// Nothing is known of what was committed behind a snapshot's end before that was said.
    committed: Vec<Option<(u64, u64)>>,
    /// The leaders there have been: term and node, latest last.
    leaders: Vec<(u64, NodeId)>,
}

impl LeaderCompleteness {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "leader-completeness";

    /// Checks what `node` says; `mirror` has followed it.
    pub fn check(&mut self, node: NodeId, event: &LogEvent, mirror: &LogMirror) -> Result<(), String> {
        match *event {
            LogEvent::Role { role: Role::Leader, term } => self.elected(node, term, mirror),
            LogEvent::Committed { index, term } => self.commit(node, index, term, mirror),
            LogEvent::Recovered => {
                self.leaders.retain(|(_, leader)| *leader != node);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The fingerprint of the log that is committed up to `index`.
    pub(super) fn prefix(&self, index: u64) -> Option<u64> {
        self.committed(index).map(|(prefix, _)| prefix)
    }

    /// The same, and the lowest term of a leader that knew it committed.
    pub(super) fn committed(&self, index: u64) -> Option<(u64, u64)> {
        self.committed.get((index as usize).checked_sub(1)?).copied().flatten()
    }

    /// The last index known to be committed, and the fingerprint of the log up to it.
    pub(super) fn last(&self) -> Option<(u64, u64)> {
        let place = self.committed.iter().rposition(Option::is_some)?;
        Some((place as u64 + 1, self.prefix(place as u64 + 1)?))
    }

    fn elected(&mut self, node: NodeId, term: u64, mirror: &LogMirror) -> Result<(), String> {
        self.leaders.retain(|(_, leader)| *leader != node);
        self.leaders.push((term, node));
        // The last index committed below this term speaks for all before it.
        let last =
            self.committed.iter().rposition(|known| known.is_some_and(|(_, committed)| committed < term));
        match last {
            Some(place) => self.holds(node, term, place as u64 + 1, mirror),
            None => Ok(()),
        }
    }

    fn commit(&mut self, node: NodeId, index: u64, term: u64, mirror: &LogMirror) -> Result<(), String> {
        if index == 0 {
            return Err(format!("{node} committed index 0, which is before the first entry"));
        }
        let known = self.committed.len() as u64;
        for at in known + 1..=index {
            let entry = mirror.entry(node, at);
            if entry.is_none() && at >= mirror.base(node) {
                return Err(format!("{node} committed index {at}, which is not in its log"));
            }
            self.committed.push(entry.map(|entry| (entry.prefix, term)));
        }
        if (1..=known).contains(&index) {
            // Others know it committed: it must be the same log that this node commits.
            self.holds(node, term, index, mirror)?;
            self.lower_term(index, term);
        }
        let newer = self.leaders.iter().filter(|(elected, _)| *elected > term);
        for &(elected, leader) in newer {
            self.holds(leader, elected, index, mirror)?;
        }
        Ok(())
    }

    /// What is committed at `index` was so in `term` already, and so is all before it.
    fn lower_term(&mut self, index: u64, term: u64) {
        for (_, committed) in self.committed[..index as usize].iter_mut().rev().flatten() {
            if *committed <= term {
                break;
            }
            *committed = term;
        }
    }

    /// Whether the leader `node` of `term` holds the log committed up to `index`.
    fn holds(&self, node: NodeId, term: u64, index: u64, mirror: &LogMirror) -> Result<(), String> {
        let Some((prefix, committed)) = self.committed(index) else { return Ok(()) };
        if index < mirror.base(node) {
            return Ok(()); // In a snapshot, which is of what is committed.
        }
        match mirror.entry(node, index) {
            Some(entry) if entry.prefix == prefix => Ok(()),
            Some(_) => Err(format!(
                "{node}, leader of term {term}, has another log up to index {index} than was committed in term {committed}"
            )),
            None => Err(format!(
                "{node}, leader of term {term}, lacks index {index}, committed in term {committed}"
            )),
        }
    }
}
