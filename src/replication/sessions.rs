//! Client sessions: a retried command takes effect once (Ongaro 2014, §6.3).
//!
//! A session numbers its commands from 1 and has one in flight at a time, so the
//! latest answer is all that need be kept. A session begins with its first command.
//! Sessions do not expire yet, so no command ever finds its own forgotten.

use super::KvAnswer;
use crate::base::Table;

/// A client's session: its process in the history. (Four bytes of every log entry.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub u32);

/// The latest command of each session and its answer.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    latest: Table<SessionId, (u32, KvAnswer)>,
}

impl Sessions {
    /// The answer to the command `sequence` of `session`: what `execute` says if it is new, the
    /// same answer as before if it was the latest, and `None` if its client has moved on since.
    pub(super) fn once(
        &mut self,
        session: SessionId,
        sequence: u32,
        execute: impl FnOnce() -> KvAnswer,
    ) -> Option<KvAnswer> {
        let (latest, answer) = self.latest.get_or_insert_with(session, || (0, KvAnswer::Written));
        if sequence > *latest {
            (*latest, *answer) = (sequence, execute());
        }
        (sequence == *latest).then_some(*answer)
    }
}
