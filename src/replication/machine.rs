//! The replicated state machine: a key-value store with client sessions.

use super::sessions::{Session, SessionId, Sessions};
use crate::base::{Table, mix};
use crate::history::Value;

/// What a command does to a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KvOp {
    /// Reads it.
    Read {
        /// The key.
        key: u32,
    },
    /// Sets it.
    Write {
        /// The key.
        key: u32,
        /// Its new value.
        value: i64,
    },
    /// Sets it to `new` if it is `old`.
    Cas {
        /// The key.
        key: u32,
        /// The value it must have.
        old: i64,
        /// Its new value.
        new: i64,
    },
    /// Sets it if it was never written.
    Create {
        /// The key.
        key: u32,
        /// Its first value.
        value: i64,
    },
}

/// A command in the replicated log: an operation, and whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KvCommand {
    /// The session.
    pub session: SessionId,
    /// The command's number in its session, from 1.
    pub sequence: u32,
    /// What it does.
    pub op: KvOp,
}

/// What a command answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KvAnswer {
    /// The value read; `None` if the key was never written.
    Value(Option<i64>),
    /// It was written.
    Written,
    /// The key had another value, or one at all: nothing was changed.
    CasFailed,
}

impl KvAnswer {
    /// A word that tells it from other answers, but for chance.
    pub(super) fn word(self) -> u64 {
        match self {
            KvAnswer::Value(Some(value)) => value.cast_unsigned().wrapping_add(3),
            KvAnswer::Value(None) => 0,
            KvAnswer::Written => 1,
            KvAnswer::CasFailed => 2,
        }
    }
}

/// A key-value store in which every command of a session takes effect once.
#[derive(Clone, Debug)]
pub struct KvMachine {
    store: Table<u32, i64>,
    /// The sum of the fingerprints of all pairs in the store, if anybody wants to know it.
    contents: Option<u64>,
    /// The clients' sessions.
    pub sessions: Sessions,
}

impl KvMachine {
    /// The most sessions of a machine that nobody set a limit for.
    pub const SESSIONS: usize = 4_096;

    /// An empty store with room for `sessions` sessions; whether its [`digest`](KvMachine::digest) will be
    /// asked for.
    pub fn new(sessions: usize, is_watched: bool) -> Self {
        let contents = is_watched.then_some(0);
        KvMachine { store: Table::new(), contents, sessions: Sessions::new(sessions, is_watched) }
    }

    /// Opens a session.
    pub fn open_session(&mut self) -> SessionId {
        self.sessions.open()
    }

    /// Applies `command`, or repeats its answer if it was applied before.
    pub fn apply(&mut self, command: &KvCommand) -> Session {
        let KvMachine { store, contents, sessions } = self;
        sessions.once(command.session, command.sequence, || execute(store, contents, command.op))
    }

    /// Applies `op` whoever asks, and however often.
    pub fn execute(&mut self, op: KvOp) -> KvAnswer {
        execute(&mut self.store, &mut self.contents, op)
    }

    /// The value of `key` now.
    pub fn read(&self, key: u32) -> KvAnswer {
        KvAnswer::Value(self.store.get(&key).copied())
    }

    /// What it holds of the keys below `keys`, key by key, as a history would tell it.
    pub fn values(&self, keys: u32) -> Vec<Value> {
        (0..keys).map(|key| self.store.get(&key).map_or(Value::Nil, |&value| Value::Int(value))).collect()
    }

    /// A fingerprint of the whole: replicas that have applied the same are equal. 0 if it is not watched.
    pub fn digest(&self) -> u64 {
        self.contents.unwrap_or(0) ^ self.sessions.digest().rotate_left(32)
    }

    /// Its length in bytes when it is written down.
    pub fn size(&self) -> u64 {
        const PAIR: u64 = 12;
        const SESSION: u64 = 17;
        self.store.len() as u64 * PAIR + self.sessions.len() as u64 * SESSION
    }
}

impl Default for KvMachine {
    fn default() -> Self {
        KvMachine::new(KvMachine::SESSIONS, true)
    }
}

fn execute(store: &mut Table<u32, i64>, contents: &mut Option<u64>, op: KvOp) -> KvAnswer {
    match op {
        KvOp::Read { key } => KvAnswer::Value(store.get(&key).copied()),
        KvOp::Cas { key, old, .. } if store.get(&key) != Some(&old) => KvAnswer::CasFailed,
        KvOp::Create { key, .. } if store.get(&key).is_some() => KvAnswer::CasFailed,
        KvOp::Write { key, value } | KvOp::Cas { key, new: value, .. } | KvOp::Create { key, value } => {
            let before = store.insert(key, value);
            if let Some(contents) = contents {
                let before = before.map_or(0, |before| pair(key, before));
                *contents = contents.wrapping_sub(before).wrapping_add(pair(key, value));
            }
            KvAnswer::Written
        }
    }
}

/// The fingerprint of a key with its value.
fn pair(key: u32, value: i64) -> u64 {
    mix(mix(u64::from(key)) ^ value.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(session: SessionId, sequence: u32, op: KvOp) -> KvCommand {
        KvCommand { session, sequence, op }
    }

    #[test]
    fn a_retry_is_answered_and_not_applied_again() {
        let mut machine = KvMachine::default();
        let session = machine.open_session();
        let first = command(session, 1, KvOp::Write { key: 0, value: 10 });
        let cas = command(session, 2, KvOp::Cas { key: 0, old: 10, new: 11 });
        machine.apply(&first);
        let done = Session::Answer(KvAnswer::Written);
        assert_eq!(machine.apply(&cas), done);
        assert_eq!(machine.apply(&cas), done, "the same answer, though 10 is gone");
        assert_eq!(machine.apply(&first), Session::GoneOn);
        assert_eq!(machine.read(0), KvAnswer::Value(Some(11)));
    }

    #[test]
    fn sessions_do_not_shadow_each_other() {
        let mut machine = KvMachine::default();
        let (one, other) = (machine.open_session(), machine.open_session());
        machine.apply(&command(one, 5, KvOp::Write { key: 0, value: 1 }));
        machine.apply(&command(other, 1, KvOp::Write { key: 0, value: 2 }));
        assert_eq!(machine.read(0), KvAnswer::Value(Some(2)));
        assert_eq!(machine.read(9), KvAnswer::Value(None));
    }

    #[test]
    fn a_command_of_no_session_does_nothing() {
        let mut machine = KvMachine::new(1, true);
        let ended = machine.open_session();
        machine.open_session();
        assert_eq!(machine.apply(&command(ended, 1, KvOp::Write { key: 0, value: 1 })), Session::Ended);
        assert_eq!(machine.read(0), KvAnswer::Value(None));
    }

    #[test]
    fn only_what_was_never_written_is_created() {
        let mut machine = KvMachine::default();
        assert_eq!(machine.execute(KvOp::Create { key: 0, value: 1 }), KvAnswer::Written);
        assert_eq!(machine.execute(KvOp::Create { key: 0, value: 2 }), KvAnswer::CasFailed);
        assert_eq!(machine.read(0), KvAnswer::Value(Some(1)));
        machine.execute(KvOp::Write { key: 1, value: 0 });
        assert_eq!(machine.execute(KvOp::Create { key: 1, value: 2 }), KvAnswer::CasFailed);
    }

    #[test]
    fn the_fingerprint_forgets_how_it_came_about() {
        let write = |key, value| KvOp::Write { key, value };
        let after = |ops: &[KvOp]| {
            let mut machine = KvMachine::default();
            ops.iter().for_each(|op| {
                machine.execute(*op);
            });
            machine.digest()
        };
        assert_eq!(after(&[write(1, 5), write(2, 6)]), after(&[write(2, 7), write(2, 6), write(1, 5)]));
        assert_ne!(after(&[write(1, 5)]), after(&[write(1, 6)]));
        assert_ne!(after(&[write(1, 5)]), after(&[write(5, 1)]));
    }
}
