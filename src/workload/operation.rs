//! What clients ask of a key-value service or of consensus objects, and how it stands in the history.

use crate::history::{Function, Kind, Value};

/// An operation on one key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Reads the key.
    Read {
        /// The key.
        key: u32,
    },
    /// Sets the key.
    Write {
        /// The key.
        key: u32,
        /// Its new value.
        value: i64,
    },
    /// Sets the key to `new` if it is `old`.
    Cas {
        /// The key.
        key: u32,
        /// The value it must have.
        old: i64,
        /// Its new value.
        new: i64,
    },
    /// Proposes a value for the decision on the key.
    Propose {
        /// The key.
        key: u32,
        /// The value.
        value: i64,
    },
}

/// What an operation answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The value read; `None` if the key was never written.
    Value(Option<i64>),
    /// It was written.
    Written,
    /// The key had another value: certainly nothing happened.
    CasFailed,
    /// This was decided.
    Decided(i64),
}

impl Operation {
    /// The key.
    pub fn key(self) -> u32 {
        match self {
            Operation::Read { key }
            | Operation::Write { key, .. }
            | Operation::Cas { key, .. }
            | Operation::Propose { key, .. } => key,
        }
    }

    /// The operation's name in the history.
    pub fn function(self) -> Function {
        match self {
            Operation::Read { .. } => Function::Read,
            Operation::Write { .. } => Function::Write,
            Operation::Cas { .. } => Function::Cas,
            Operation::Propose { .. } => Function::Propose,
        }
    }

    /// Its argument in the history.
    pub fn argument(self) -> Value {
        match self {
            Operation::Read { .. } => Value::Nil,
            Operation::Write { value, .. } | Operation::Propose { value, .. } => Value::Int(value),
            Operation::Cas { old, new, .. } => Value::pair(Value::Int(old), Value::Int(new)),
        }
    }

    /// How the history says that it ended with `answer`.
    pub fn completion(self, answer: Answer) -> (Kind, Value) {
        match answer {
            Answer::Value(value) => (Kind::Ok, value.map_or(Value::Nil, Value::Int)),
            Answer::Written => (Kind::Ok, self.argument()),
            Answer::CasFailed => (Kind::Fail, self.argument()),
            Answer::Decided(value) => (Kind::Ok, Value::Int(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_answered_by_the_decision() {
        let proposal = Operation::Propose { key: 3, value: 7 };
        assert_eq!(
            (proposal.key(), proposal.function(), proposal.argument()),
            (3, Function::Propose, 7.into())
        );
        assert_eq!(proposal.completion(Answer::Decided(9)), (Kind::Ok, 9.into()));
    }
}
