//! The replicated state machine: a key-value store with client sessions.

use super::sessions::{SessionId, Sessions};
use crate::base::Table;

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
    /// The key had another value: nothing was changed.
    CasFailed,
}

/// A key-value store in which every command of a session takes effect once.
#[derive(Clone, Debug, Default)]
pub struct KvMachine {
    store: Table<u32, i64>,
    sessions: Sessions,
}

impl KvMachine {
    /// An empty store.
    pub fn new() -> Self {
        KvMachine::default()
    }

    /// Applies `command`, or repeats its answer if it was applied before; `None` when
    /// its session has since gone on and nobody waits for it.
    pub fn apply(&mut self, command: &KvCommand) -> Option<KvAnswer> {
        let KvMachine { store, sessions } = self;
        sessions.once(command.session, command.sequence, || execute(store, command.op))
    }

    /// The value of `key` now.
    pub fn read(&self, key: u32) -> KvAnswer {
        KvAnswer::Value(self.store.get(&key).copied())
    }
}

fn execute(store: &mut Table<u32, i64>, op: KvOp) -> KvAnswer {
    match op {
        KvOp::Read { key } => KvAnswer::Value(store.get(&key).copied()),
        KvOp::Write { key, value } => {
            store.insert(key, value);
            KvAnswer::Written
        }
        KvOp::Cas { key, old, new } if store.get(&key) == Some(&old) => {
            store.insert(key, new);
            KvAnswer::Written
        }
        KvOp::Cas { .. } => KvAnswer::CasFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(session: u32, sequence: u32, op: KvOp) -> KvCommand {
        KvCommand { session: SessionId(session), sequence, op }
    }

    #[test]
    fn a_retry_is_answered_and_not_applied_again() {
        let mut machine = KvMachine::new();
        let first = command(1, 1, KvOp::Write { key: 0, value: 10 });
        let cas = command(1, 2, KvOp::Cas { key: 0, old: 10, new: 11 });
        machine.apply(&first);
        assert_eq!(machine.apply(&cas), Some(KvAnswer::Written));
        assert_eq!(machine.apply(&cas), Some(KvAnswer::Written), "the same answer, though 10 is gone");
        assert_eq!(machine.apply(&first), None, "the session has gone on");
        assert_eq!(machine.read(0), KvAnswer::Value(Some(11)));
    }

    #[test]
    fn sessions_do_not_shadow_each_other() {
        let mut machine = KvMachine::new();
        machine.apply(&command(1, 5, KvOp::Write { key: 0, value: 1 }));
        machine.apply(&command(2, 1, KvOp::Write { key: 0, value: 2 }));
        assert_eq!(machine.read(0), KvAnswer::Value(Some(2)));
        assert_eq!(machine.read(9), KvAnswer::Value(None));
    }
}
