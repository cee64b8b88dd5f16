//! A key-value store of strings, one key of it: get, put and append, and the operations of a
//! register. What was never put is the empty string, as in Porcupine's `kv` model (its
//! `porcupine_test.go`), which is that of the MIT 6.824 labs; nil is another name for it.

use std::fmt;
use std::sync::Arc;

use super::register::{cas, read};
use super::{ModelName, NilReads};
use crate::check::beginnings::{Beginning, Demanded};
use crate::check::model::{Effect, Model, Structure, lacks};
use crate::history::{Function, Operation, Outcome, Text, Value};

/// The value of one key.
#[derive(Clone, Debug)]
pub struct Kv {
    initial: Value,
    nil_reads: NilReads,
    /// What operations demand, if it is known: what is the beginning of nothing demanded will not be seen.
    demanded: Option<Arc<Demanded>>,
}

/// What a key holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Held(Form);

/// What is equal has one form only.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Form {
    /// This value: no text, if it is known which are demanded.
    Value(Value),
    /// A text that a demanded one begins with.
    Beginning(Beginning),
    /// A text that no operation will see, however much is appended.
    Unseen,
}

impl Kv {
    /// A key that begins with `initial`.
    pub fn new(initial: &Value, nil_reads: NilReads) -> Self {
        Kv { initial: initial.clone(), nil_reads, demanded: None }
    }

    /// What a key holds that holds `value`.
    fn held(&self, value: Value) -> Held {
        Held(match (&self.demanded, value) {
            (None, Value::Nil) => Form::Value("".into()),
            (Some(demanded), Value::Nil) => beginning(demanded.find(b"")),
            (Some(demanded), Value::Text(text)) => beginning(demanded.find(text.as_bytes())),
            (_, value) => Form::Value(value),
        })
    }

    /// The text that `operation` may demand.
    fn demand(operation: &Operation) -> Option<Value> {
        let value = match (&operation.f, operation.outcome) {
            (Function::Get | Function::Read, Outcome::Ok) => &operation.output,
            (Function::Cas, Outcome::Ok | Outcome::Info) => operation.input.as_pair()?.0,
            _ => return None,
        };
        match value {
            Value::Nil => Some("".into()),
            text @ Value::Text(_) => Some(text.clone()),
            _ => None,
        }
    }
}

fn beginning(found: Option<Beginning>) -> Form {
    found.map_or(Form::Unseen, Form::Beginning)
}

fn text(value: &Value) -> Text {
    match value {
        Value::Text(text) => text.clone(),
        Value::Nil => "".into(),
        other => other.to_string().into(),
    }
}

impl Model for Kv {
    type State = Held;

    fn initial(&self) -> Held {
        self.held(self.initial.clone())
    }

    fn bytes(state: &Held) -> usize {
        match &state.0 {
            Form::Value(value) => super::bytes(value),
            Form::Beginning(_) | Form::Unseen => 2 * size_of::<Held>() + 32,
        }
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Held>, String> {
        let effect = match (&operation.f, &operation.input) {
            (Function::Get | Function::Read, _) => read(operation, self.nil_reads),
            (Function::Put | Function::Write, input) => Effect::assign(input.clone()),
            (Function::Cas, _) => cas(operation)?,
            (Function::Append, Value::List(_)) => {
                return Err(format!("the argument of an append is a string, not {}", operation.input));
            }
            (Function::Append, _) => return Ok(Effect::Compute),
            _ => return Err(lacks(ModelName::Kv.name(), ModelName::Kv.functions(), operation)),
        };
        Ok(match effect {
            Effect::Assign { guard, leaves } => Effect::Assign {
                guard: guard.map(|value| self.held(value)),
                leaves: leaves.map(|value| self.held(value)),
            },
            Effect::Compute => Effect::Compute,
            Effect::Inspect => Effect::Inspect,
        })
    }

    fn shape(&self, operation: &Operation) -> Result<Effect<()>, String> {
        let Operation { f, input, output, outcome, .. } = operation;
        match (f, input) {
            (Function::Get | Function::Read, _) if *outcome == Outcome::Ok && !output.is_nil() => {
                Ok(Effect::demand(()))
            }
            (Function::Put | Function::Write, _) => Ok(Effect::assign(())),
            (Function::Append, Value::Text(_)) => Ok(Effect::Compute),
            _ => Ok(self.effect(operation)?.shape()),
        }
    }

    fn step(&self, state: &Held, operation: &Operation) -> Option<Held> {
        let piece = &operation.input;
        Some(match (&state.0, &self.demanded, piece) {
            (Form::Unseen, ..) | (Form::Value(Value::List(_)), ..) => state.clone(),
            (&Form::Beginning(before), Some(demanded), Value::Text(piece)) => {
                Held(beginning(demanded.append(before, piece.as_bytes())))
            }
            (&Form::Beginning(before), Some(demanded), _) => {
                Held(beginning(demanded.append(before, text(piece).as_bytes())))
            }
            (Form::Beginning(_), None, _) => unreachable!("it begins a demanded text"),
            (Form::Value(value), ..) => {
                self.held(Value::Text((text(value).to_string() + &text(piece)).into()))
            }
        })
    }

    fn specialised(&self, operations: &mut dyn Iterator<Item = &Operation>) -> Self {
        let demanded = Demanded::new(operations.filter_map(Kv::demand).collect());
        Kv { demanded: Some(Arc::new(demanded)), ..self.clone() }
    }

    fn structure(&self) -> Structure {
        let is_empty = self.initial.is_nil() || self.initial == "".into();
        if is_empty { Structure::String } else { Structure::Other }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Value(value) => fmt::Display::fmt(value, f),
            Form::Beginning(Beginning { of, length }) => {
                write!(f, "the first {length} bytes of demanded text {of}")
            }
            Form::Unseen => f.write_str("a text that nobody sees"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    fn operate(f: &str, text: &str) -> Operation {
        let is_get = f == "get";
        let (input, output) = if is_get { (Value::Nil, text.into()) } else { (text.into(), Value::Nil) };
        operation(f, input, output, Outcome::Ok)
    }

    #[test]
    fn appends_join() {
        let kv = Kv::new(&Value::Nil, NilReads::Absent);
        let held = |text: &str| kv.held(text.into());
        assert_eq!(after(&kv, &operate("append", "b"), &held("a")), Some(held("ab")));
        let get = operation("get", Value::Nil, Value::Nil, Outcome::Ok);
        assert_eq!(after(&kv, &get, &kv.initial()), Some(held("")));
        assert_eq!(after(&kv, &get, &held("a")), None);
        let one = kv.held(1.into());
        assert_eq!(after(&kv, &operate("append", "b"), &one), Some(held("1b")));
        let error = kv.effect(&operation("appen", "x".into(), Value::Nil, Outcome::Ok)).unwrap_err();
        assert!(error.ends_with("did you mean `append`?"), "{error}");
    }

    #[test]
    fn what_will_not_be_seen_is_one_state() {
        let kv = Kv::new(&Value::Nil, NilReads::Absent).specialised(&mut [operate("get", "abc")].iter());
        let held = |text: &str| kv.held(text.into());
        assert_eq!(after(&kv, &operate("append", "b"), &held("a")), Some(held("ab")));
        assert_eq!(after(&kv, &operate("append", "c"), &held("a")), Some(Held(Form::Unseen)));
        assert_eq!(after(&kv, &operate("append", "c"), &Held(Form::Unseen)), Some(Held(Form::Unseen)));
        assert_eq!(held("abcd"), Held(Form::Unseen));
    }
}
