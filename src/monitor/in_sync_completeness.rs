//! In-sync completeness: who is in the in-sync set holds every acknowledged write, so that any of them may become the
//! primary.
//!
//! The set is what was agreed on last, as soon as anybody has learnt of it. It is checked whenever it changes, whenever
//! something is committed, and whenever a copy says that it is whole again. A copy that has said that it is not whole
//! is not asked: it has lost its disk, which nobody else can know.

use super::{CopyEvent, LeaderCompleteness, LogEvent, LogMirror};
use crate::base::NodeId;

/// Remembers who is in sync.
#[derive(Clone, Debug)]
pub struct InSyncCompleteness {
    revision: u64,
    /// One bit a copy.
    in_sync: u64,
    /// The copies that are not whole, one bit each.
    broken: u64,
    copies: u32,
}

impl InSyncCompleteness {
    /// The invariant's name in verdicts.
    pub const NAME: &'static str = "in-sync-completeness";

    /// At first all of that many copies are in sync, and whole. There are no more than 64.
    pub fn new(copies: u32) -> Self {
        let in_sync = (0..copies.min(u64::BITS)).fold(0, |set, copy| set | 1 << copy);
        InSyncCompleteness { revision: 1, in_sync, broken: 0, copies }
    }

    /// Checks what `node` says; `mirror` and `committed` have followed it.
    pub fn check(
        &mut self,
        node: NodeId,
        event: &CopyEvent,
        mirror: &LogMirror,
        committed: &LeaderCompleteness,
    ) -> Result<(), String> {
        match *event {
            CopyEvent::Assigned { revision, in_sync, .. } => {
                if revision <= self.revision {
                    return Ok(());
                }
                (self.revision, self.in_sync) = (revision, in_sync);
            }
            CopyEvent::Whole(is_whole) => {
                let bit = bit(node);
                self.broken = if is_whole { self.broken & !bit } else { self.broken | bit };
                if !is_whole {
                    return Ok(());
                }
            }
            CopyEvent::Log(LogEvent::Committed { .. }) => {}
            _ => return Ok(()),
        }
        let Some((index, prefix)) = committed.last() else { return Ok(()) };
        let asked = self.in_sync & !self.broken;
        let mut members = (0..self.copies).map(NodeId).filter(|copy| asked & bit(*copy) != 0);
        members.try_for_each(|copy| self.holds(copy, index, prefix, mirror))
    }

    /// Whether `copy` holds the log committed up to `index`, of which that is the fingerprint.
    fn holds(&self, copy: NodeId, index: u64, prefix: u64, mirror: &LogMirror) -> Result<(), String> {
        if index < mirror.base(copy) {
            return Ok(()); // In a snapshot, which is of what is committed.
        }
        let is_member = || format!("{copy} is in sync by revision {}", self.revision);
        match mirror.entry(copy, index) {
            Some(entry) if entry.prefix == prefix => Ok(()),
            Some(_) => {
                Err(format!("{} and has another log up to index {index} than was acknowledged", is_member()))
            }
            None => Err(format!(
                "{} and lacks index {index}, which was acknowledged: its log ends at {}",
                is_member(),
                mirror.last_index(copy)
            )),
        }
    }
}

fn bit(copy: NodeId) -> u64 {
    1_u64.checked_shl(copy.0).unwrap_or(0)
}
