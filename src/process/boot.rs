//! What a node finds when it starts.

use super::{Damaged, JournalId};

/// Why a node starts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BootKind {
    /// For the first time; the disk is empty.
    First,
    /// After a crash, with what survived on its disk.
    Restart,
    /// With an empty disk in place of one that was lost: it once knew more.
    Replacement,
}

/// What a node finds when it starts: why, for the how-manieth time, and its journals.
#[derive(Clone, Debug)]
pub struct Boot<R> {
    /// Why it starts.
    pub kind: BootKind,
    /// How many times it has started before.
    pub incarnation: u64,
    journals: Vec<(JournalId, Vec<Result<R, Damaged>>)>,
}

impl<R> Boot<R> {
    /// A boot with these journals.
    pub fn new(
        kind: BootKind,
        incarnation: u64,
        journals: Vec<(JournalId, Vec<Result<R, Damaged>>)>,
    ) -> Self {
        Boot { kind, incarnation, journals }
    }

    /// Takes the surviving records of `journal`, in the order they were written.
    pub fn take(&mut self, journal: JournalId) -> Vec<Result<R, Damaged>> {
        let place = self.journals.iter().position(|(id, _)| *id == journal);
        place.map(|place| self.journals.swap_remove(place).1).unwrap_or_default()
    }

    /// The boot of an inner process: of each journal that `inner` maps to one of
    /// the inner process, the records that `record` claims for it. A damaged record
    /// is handed to everyone: whose it was can no longer be told.
    pub fn scope<Q>(
        &self,
        inner: impl Fn(JournalId) -> Option<JournalId>,
        mut record: impl FnMut(&R) -> Option<Q>,
    ) -> Boot<Q> {
        let mut journals = Vec::new();
        for (id, records) in &self.journals {
            let Some(id) = inner(*id) else { continue };
            let claimed = records.iter().filter_map(|stored| match stored {
                Ok(outer) => record(outer).map(Ok),
                Err(damaged) => Some(Err(*damaged)),
            });
            journals.push((id, claimed.collect()));
        }
        Boot { kind: self.kind, incarnation: self.incarnation, journals }
    }
}
