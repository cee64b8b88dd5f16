//! Client sessions: a retried command takes effect once (Ongaro 2014, §6.3).
//!
//! A session numbers its commands from 1 and has one in flight at a time, so the
//! latest answer is all that need be kept. A session begins with its first command.
//! Sessions do not expire yet, so no command ever finds its own forgotten.

use super::KvAnswer;
use crate::base::Table;

/// A client's session: its process in the history.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub u64);

/// The latest command of each session and its answer.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    latest: Table<SessionId, (u64, KvAnswer)>,
}

/// What is known of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Known {
    /// It is new: apply it.
    New,
    /// It has been applied, with this answer.
    Applied(KvAnswer),
    /// It was answered long ago: its client has moved on.
    Stale,
}

impl Sessions {
    pub(super) fn look_up(&self, session: SessionId, sequence: u64) -> Known {
        match self.latest.get(&session) {
            Some((latest, answer)) if *latest == sequence => Known::Applied(*answer),
            Some((latest, _)) if *latest > sequence => Known::Stale,
            _ => Known::New,
        }
    }

    pub(super) fn keep(&mut self, session: SessionId, sequence: u64, answer: KvAnswer) {
        self.latest.insert(session, (sequence, answer));
    }
}
