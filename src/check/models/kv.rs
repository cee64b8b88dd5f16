//! A key-value store of strings, one key of it: get, put and append, and the operations of a
//! register. What was never put is the empty string, as in Porcupine's `kv` model (its
//! `porcupine_test.go`), which is that of the MIT 6.824 labs; nil is another name for it.

use std::sync::Arc;

use super::register::{cas, read};
use super::{ModelName, NilReads};
use crate::check::model::{Effect, Model, lacks};
use crate::history::{Operation, Outcome, Value};

/// The value of one key.
#[derive(Clone, Debug)]
pub struct Kv {
    initial: Value,
    nil_reads: NilReads,
    /// The texts that operations demand, in order: what is the beginning of none will not be seen.
    demanded: Option<Arc<[Value]>>,
}

impl Kv {
    /// A key that begins with `initial`.
    pub fn new(initial: &Value, nil_reads: NilReads) -> Self {
        Kv { initial: canonical(initial.clone()), nil_reads, demanded: None }
    }

    /// The state in place of `state`: all those are one that no operation will see, however much is
    /// appended. (A list is no value of this model, so it stands for them.)
    fn seen(&self, state: Value) -> Value {
        let (Some(demanded), Value::Text(text)) = (&self.demanded, &state) else { return state };
        let next = demanded.partition_point(|other| *other < state);
        let begins = |other: &Value| matches!(other, Value::Text(whole) if whole.starts_with(&**text));
        if demanded.get(next).is_some_and(begins) { state } else { unseen() }
    }
}

fn unseen() -> Value {
    Value::from(Vec::new())
}

/// Nil is the empty string.
fn canonical(value: Value) -> Value {
    if value.is_nil() { Value::from("") } else { value }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Nil => String::new(),
        other => other.to_string(),
    }
}

impl Model for Kv {
    type State = Value;

    fn initial(&self) -> Value {
        self.initial.clone()
    }

    fn bytes(state: &Value) -> usize {
        super::bytes(state)
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
        let effect = match operation.f.name() {
            "get" | "read" => read(operation, self.nil_reads),
            "put" | "write" => Effect::assign(operation.input.clone()),
            "cas" => cas(operation)?,
            "append" => match operation.input {
                Value::List(_) => {
                    return Err(format!("the argument of an append is a string, not {}", operation.input));
                }
                _ => Effect::Compute,
            },
            _ => return Err(lacks(ModelName::Kv.name(), ModelName::Kv.functions(), operation)),
        };
        Ok(match effect {
            Effect::Assign { guard, leaves } => {
                Effect::Assign { guard: guard.map(canonical), leaves: leaves.map(canonical) }
            }
            other => other,
        })
    }

    fn step(&self, state: &Value, operation: &Operation) -> Option<Value> {
        if matches!(state, Value::List(_)) {
            return Some(state.clone());
        }
        Some(self.seen(Value::from((text(state) + &text(&operation.input)).as_str())))
    }

    fn specialised(&self, operations: &mut dyn Iterator<Item = &Operation>) -> Self {
        let mut demanded: Vec<Value> = Vec::new();
        for operation in operations.filter(|o| o.outcome != Outcome::Fail) {
            if let Ok(Effect::Assign { guard: Some(guard), .. }) = self.effect(operation) {
                // Numbers that grow by appending are texts in the end.
                demanded.push(guard);
            }
        }
        demanded.sort_unstable();
        demanded.dedup();
        Kv { demanded: Some(demanded.into()), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn appends_join() {
        let kv = Kv::new(&Value::Nil, NilReads::Absent);
        let append = |text: &str| operation("append", text.into(), Value::Nil, Outcome::Ok);
        assert_eq!(after(&kv, &append("b"), &"a".into()), Some("ab".into()));
        let get = operation("get", Value::Nil, Value::Nil, Outcome::Ok);
        assert_eq!(after(&kv, &get, &kv.initial()), Some("".into()));
        assert_eq!(after(&kv, &get, &"a".into()), None);
        let error = kv.effect(&operation("appen", "x".into(), Value::Nil, Outcome::Ok)).unwrap_err();
        assert!(error.ends_with("did you mean `append`?"), "{error}");
    }

    #[test]
    fn what_will_not_be_seen_is_one_state() {
        let get = operation("get", Value::Nil, "abc".into(), Outcome::Ok);
        let kv = Kv::new(&Value::Nil, NilReads::Absent).specialised(&mut [get].iter());
        let append = |text: &str| operation("append", text.into(), Value::Nil, Outcome::Ok);
        assert_eq!(after(&kv, &append("b"), &"a".into()), Some("ab".into()));
        assert_eq!(after(&kv, &append("c"), &"a".into()), Some(unseen()));
        assert_eq!(after(&kv, &append("c"), &unseen()), Some(unseen()));
    }
}
