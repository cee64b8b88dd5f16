//! What an object ought to do, one operation at a time.
//!
//! A model says what each operation demands of the state and what it leaves behind: a guarded
//! assignment. Registers need no more, and the search prunes by it (see `linearizability`). Objects
//! whose next state is computed from the last (queues, sets, counters) do not fit this trait.

use std::fmt;
use std::hash::Hash;

use crate::history::{Function, Operation, Outcome, Value, nearest};

/// What one operation demands and leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect<S> {
    /// The only state it can happen in; `None` for any.
    pub guard: Option<S>,
    /// The state afterwards; `None` if it stays as it was.
    pub leaves: Option<S>,
}

impl<S: Clone + Eq> Effect<S> {
    /// The state after the operation happens in `state`; `None` if it cannot.
    pub fn apply(&self, state: &S) -> Option<S> {
        let possible = self.guard.as_ref().is_none_or(|guard| guard == state);
        possible.then(|| self.leaves.as_ref().unwrap_or(state).clone())
    }
}

/// The sequential behaviour of an object.
pub trait Model {
    /// What the object remembers.
    type State: Clone + Eq + Hash + fmt::Display;

    /// The state before the first operation.
    fn initial(&self) -> Self::State;

    /// What `operation` demands and leaves where it happens. Nobody saw the output of an
    /// [`Outcome::Info`]: it must demand nothing for its sake.
    ///
    /// # Errors
    /// In a user's words, why the model has no such operation.
    fn effect(&self, operation: &Operation) -> Result<Effect<Self::State>, String>;
}

/// The models by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ModelName {
    /// `read` and `write`.
    Register,
    /// `read`, `write` and `cas`.
    #[default]
    CasRegister,
}

/// What a read means that returned nil.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NilReads {
    /// There was no value: the state was nil.
    Absent,
    /// The value is not known: always legal.
    Unknown,
}

/// A register: reads return the last value written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// Which operations it has.
    pub name: ModelName,
    /// The value before the first write.
    pub initial: Value,
    /// What a read of nil means.
    pub nil_reads: NilReads,
}

impl ModelName {
    /// Every model.
    pub const ALL: [ModelName; 2] = [ModelName::Register, ModelName::CasRegister];
    /// Their names.
    pub const NAMES: [&str; 2] = ["register", "cas-register"];

    /// The name users type.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The model of this name.
    ///
    /// # Errors
    /// The names there are, the nearest first in line.
    pub fn parse(name: &str) -> Result<ModelName, String> {
        ModelName::ALL.into_iter().find(|model| model.name() == name).ok_or_else(|| {
            let hint = nearest(name, &Self::NAMES).map(|n| format!("; did you mean `{n}`?"));
            let names = Self::NAMES.join(", ");
            format!("unknown model `{name}`: expected one of {names}{}", hint.unwrap_or_default())
        })
    }

    /// What the object is, one sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            ModelName::Register => "A register, or one for each key: a read returns the last value written.",
            ModelName::CasRegister => {
                "A register with compare-and-set, which writes only where the old value is as told."
            }
        }
    }

    /// The functions it has.
    pub const fn functions(self) -> &'static [&'static str] {
        match self {
            ModelName::Register => &["read", "write"],
            ModelName::CasRegister => &["read", "write", "cas"],
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Register {
    /// A register that begins with `initial`. Where that is nil, a read of nil saw no value; where
    /// it is not, nil was never there to be seen, and such a read tells nothing.
    pub fn new(name: ModelName, initial: Value) -> Self {
        let nil_reads = if initial.is_nil() { NilReads::Absent } else { NilReads::Unknown };
        Register { name, initial, nil_reads }
    }
}

impl Default for Register {
    /// A cas-register that begins with nil.
    fn default() -> Self {
        Register::new(ModelName::default(), Value::Nil)
    }
}

impl Model for Register {
    type State = Value;

    fn initial(&self) -> Value {
        self.initial.clone()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
        match &operation.f {
            Function::Read => {
                let unknown = operation.outcome != Outcome::Ok
                    || (operation.output.is_nil() && self.nil_reads == NilReads::Unknown);
                Ok(Effect { guard: (!unknown).then(|| operation.output.clone()), leaves: None })
            }
            Function::Write => Ok(Effect { guard: None, leaves: Some(operation.input.clone()) }),
            Function::Cas if self.name == ModelName::CasRegister => match operation.input.as_pair() {
                Some((old, new)) => Ok(Effect { guard: Some(old.clone()), leaves: Some(new.clone()) }),
                None => Err(format!("the argument of a cas is [old, new], not {}", operation.input)),
            },
            other => {
                let names = self.name.functions();
                let hint = nearest(other.name(), names).map(|n| format!("; did you mean `{n}`?"));
                let (names, hint) = (names.join(", "), hint.unwrap_or_default());
                Err(format!("the model `{}` has no `{other}`: expected one of {names}{hint}", self.name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(f: &str, input: Value, output: Value, outcome: Outcome) -> Operation {
        let f = Function::parse(f);
        Operation { process: 0, f, key: None, input, output, invoked: 0, returned: Some(1), outcome }
    }

    #[test]
    fn operations_act_as_their_definitions_say() {
        let model = Register::default();
        let step = |f, input, output, outcome, state: i64| {
            model.effect(&operation(f, input, output, outcome)).unwrap().apply(&state.into())
        };
        let (one, two) = (Value::Int(1), Value::Int(2));
        assert_eq!(step("read", Value::Nil, one.clone(), Outcome::Ok, 1), Some(one.clone()));
        assert_eq!(step("read", Value::Nil, one.clone(), Outcome::Ok, 2), None);
        assert_eq!(step("read", Value::Nil, Value::Nil, Outcome::Ok, 2), None);
        assert_eq!(step("read", Value::Nil, Value::Nil, Outcome::Info, 2), Some(two.clone()));
        assert_eq!(step("write", one.clone(), Value::Nil, Outcome::Ok, 2), Some(one.clone()));
        let cas = Value::pair(1.into(), 2.into());
        assert_eq!(step("cas", cas.clone(), Value::Nil, Outcome::Info, 1), Some(two));
        assert_eq!(step("cas", cas, Value::Nil, Outcome::Ok, 2), None);
    }

    #[test]
    fn a_nil_read_tells_nothing_where_nil_never_was() {
        let read = operation("read", Value::Nil, Value::Nil, Outcome::Ok);
        let guard = |initial: Value| Register::new(ModelName::Register, initial).effect(&read).unwrap().guard;
        assert_eq!(guard(Value::Nil), Some(Value::Nil));
        assert_eq!(guard(0.into()), None);
    }

    #[test]
    fn what_a_model_lacks_is_refused_with_what_it_has() {
        let register = Register::new(ModelName::Register, Value::Nil);
        let refusal = |model: &Register, f: &str, input: Value| {
            model.effect(&operation(f, input, Value::Nil, Outcome::Ok)).unwrap_err()
        };
        let error = refusal(&register, "cas", Value::pair(1.into(), 2.into()));
        assert_eq!(error, "the model `register` has no `cas`: expected one of read, write");
        let error = refusal(&register, "raed", Value::Nil);
        assert!(error.ends_with("expected one of read, write; did you mean `read`?"), "{error}");
        let error = refusal(&Register::default(), "cas", 3.into());
        assert_eq!(error, "the argument of a cas is [old, new], not 3");
    }

    #[test]
    fn models_have_names() {
        for model in ModelName::ALL {
            assert_eq!(ModelName::parse(model.name()), Ok(model));
        }
        let error = ModelName::parse("casregister").unwrap_err();
        assert!(error.ends_with("did you mean `cas-register`?"), "{error}");
    }
}
