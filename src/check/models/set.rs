//! A set that only grows: adds of an element, and reads of all. Jepsen's `set` workload, judged
//! exactly. The order in which a read lists the elements means nothing.

use super::ModelName;
use crate::check::model::{Effect, Model, Structure, lacks};
use crate::history::{Operation, Outcome, Value};

/// A set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set {
    initial: Value,
}

impl Set {
    /// A set that begins with the elements of the list `initial`; nil is none.
    ///
    /// # Errors
    /// If it is no list.
    pub fn new(initial: &Value) -> Result<Self, String> {
        match initial {
            Value::Nil => Ok(Set { initial: Value::from(Vec::new()) }),
            list => sorted(list).map(|initial| Set { initial }),
        }
    }
}

/// The elements in order, each once.
fn sorted(list: &Value) -> Result<Value, String> {
    let Value::List(elements) = list else { return Err(format!("a set is a list of elements, not {list}")) };
    let mut elements = elements.to_vec();
    elements.sort_unstable();
    elements.dedup();
    Ok(Value::from(elements))
}

impl Model for Set {
    type State = Value;

    fn initial(&self) -> Value {
        self.initial.clone()
    }

    fn bytes(state: &Value) -> usize {
        super::bytes(state)
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
        match operation.f.name() {
            "add" => Ok(Effect::Compute),
            "read" if operation.outcome != Outcome::Ok || operation.output.is_nil() => Ok(Effect::NOTHING),
            "read" => sorted(&operation.output).map(Effect::demand),
            _ => Err(lacks(ModelName::Set.name(), ModelName::Set.functions(), operation)),
        }
    }

    fn structure(&self) -> Structure {
        let is_empty = matches!(&self.initial, Value::List(elements) if elements.is_empty());
        if is_empty { Structure::GrowingSet } else { Structure::Other }
    }

    fn step(&self, state: &Value, operation: &Operation) -> Option<Value> {
        let Value::List(elements) = state else { return None };
        Some(match elements.binary_search(&operation.input) {
            Ok(_) => state.clone(),
            Err(at) => {
                let (before, after) = elements.split_at(at);
                Value::from([before, std::slice::from_ref(&operation.input), after].concat())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn order_and_repetition_mean_nothing() {
        let set = Set::new(&Value::Nil).unwrap();
        let list = |elements: &[i64]| Value::from(elements.iter().map(|&e| e.into()).collect::<Vec<_>>());
        let add = operation("add", 2.into(), Value::Nil, Outcome::Ok);
        assert_eq!(after(&set, &add, &list(&[1, 3])), Some(list(&[1, 2, 3])));
        assert_eq!(after(&set, &add, &list(&[2])), Some(list(&[2])));
        let read = operation("read", Value::Nil, list(&[3, 1, 3]), Outcome::Ok);
        assert_eq!(after(&set, &read, &list(&[1, 3])), Some(list(&[1, 3])));
        assert_eq!(after(&set, &read, &list(&[1])), None);
        assert!(Set::new(&3.into()).is_err());
    }
}
