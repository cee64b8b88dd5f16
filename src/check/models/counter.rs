//! A counter: adds, and reads of the sum. Jepsen's `counter` workload, judged exactly.

use super::ModelName;
use crate::check::model::{Effect, Model, lacks};
use crate::history::{Operation, Outcome, Value};

/// A sum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counter {
    /// The sum before the first add.
    pub initial: i64,
}

impl Model for Counter {
    type State = i64;

    fn initial(&self) -> i64 {
        self.initial
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<i64>, String> {
        match (operation.f.name(), &operation.input, &operation.output) {
            ("add", Value::Int(0), _) => Ok(Effect::NOTHING),
            ("add", Value::Int(_), _) => Ok(Effect::Compute),
            ("add", other, _) => Err(format!("the argument of an add is a whole number, not {other}")),
            ("read", _, Value::Int(sum)) if operation.outcome == Outcome::Ok => Ok(Effect::demand(*sum)),
            ("read", _, Value::Nil) => Ok(Effect::NOTHING),
            ("read", _, other) => Err(format!("a counter is a whole number, not {other}")),
            _ => Err(lacks(ModelName::Counter.name(), ModelName::Counter.functions(), operation)),
        }
    }

    fn step(&self, state: &i64, operation: &Operation) -> Option<i64> {
        match operation.input {
            Value::Int(number) => state.checked_add(number),
            _ => None,
        }
    }

    fn integer(state: &i64) -> Option<i64> {
        Some(*state)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn adds_add_up() {
        let add = operation("add", (-2).into(), Value::Nil, Outcome::Info);
        assert_eq!(after(&Counter::default(), &add, &5), Some(3));
        let read = operation("read", Value::Nil, 3.into(), Outcome::Ok);
        assert_eq!(after(&Counter::default(), &read, &3), Some(3));
        assert_eq!(after(&Counter::default(), &read, &4), None);
        assert!(Counter::default().effect(&operation("add", "x".into(), Value::Nil, Outcome::Ok)).is_err());
    }
}
