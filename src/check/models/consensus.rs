//! Consensus: the first proposal is decided, and every propose answers the decision. Herlihy,
//! *Wait-Free Synchronization* (1991), §2.3.

use super::ModelName;
use crate::check::model::{Effect, Model, lacks};
use crate::history::{Operation, Outcome, Value};

/// A decision, none at first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Consensus {
    /// What is decided already; nil for nothing.
    pub initial: Value,
}

fn another_was_decided(operation: &Operation) -> bool {
    let Operation { input, output, outcome, .. } = operation;
    *outcome == Outcome::Ok && !output.is_nil() && output != input
}

impl Model for Consensus {
    type State = Value;

    fn initial(&self) -> Value {
        self.initial.clone()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
        match operation.f.name() {
            "propose" if operation.input.is_nil() => Err("nil cannot be proposed".into()),
            // Only another proposal can have been decided before.
            "propose" if another_was_decided(operation) => Ok(Effect::Inspect),
            "propose" => Ok(Effect::Compute),
            _ => Err(lacks(ModelName::Consensus.name(), ModelName::Consensus.functions(), operation)),
        }
    }

    fn step(&self, state: &Value, operation: &Operation) -> Option<Value> {
        let decided = if state.is_nil() { &operation.input } else { state };
        let Operation { output, outcome, .. } = operation;
        let fits = *outcome != Outcome::Ok || output.is_nil() || output == decided;
        fits.then(|| decided.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn the_first_proposal_is_decided() {
        let propose =
            |value: i64, answer: i64| operation("propose", value.into(), answer.into(), Outcome::Ok);
        let model = Consensus::default();
        assert_eq!(after(&model, &propose(1, 1), &Value::Nil), Some(1.into()));
        assert_eq!(after(&model, &propose(1, 2), &Value::Nil), None);
        assert_eq!(after(&model, &propose(1, 2), &2.into()), Some(2.into()));
        assert_eq!(after(&model, &propose(1, 1), &2.into()), None);
    }
}
