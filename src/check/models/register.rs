//! Registers, with compare-and-set or without: reads return the last value written.
//!
//! Lamport, *On Interprocess Communication* (1986), atomic registers; Herlihy, *Wait-Free
//! Synchronization* (1991), §3.2, compare-and-set.

use super::{ModelName, NilReads};
use crate::check::model::{Effect, Model, Structure, lacks};
use crate::history::{Function, Operation, Outcome, Value};

/// A register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// Which operations it has: those of [`ModelName::Register`] or [`ModelName::CasRegister`].
    pub name: ModelName,
    /// The value before the first write.
    pub initial: Value,
    /// What a read of nil means.
    pub nil_reads: NilReads,
}

impl Register {
    /// A register that begins with `initial`, with [`NilReads::of`] that.
    pub fn new(name: ModelName, initial: Value) -> Self {
        let nil_reads = NilReads::of(&initial);
        Register { name, initial, nil_reads }
    }
}

impl Default for Register {
    /// A cas-register that begins with nil.
    fn default() -> Self {
        Register::new(ModelName::default(), Value::Nil)
    }
}

/// What a read of a whole value tells.
pub(super) fn read(operation: &Operation, nil_reads: NilReads) -> Effect<Value> {
    let output = &operation.output;
    if operation.outcome != Outcome::Ok || (output.is_nil() && nil_reads == NilReads::Unknown) {
        return Effect::NOTHING;
    }
    Effect::demand(output.clone())
}

/// What a cas demands and leaves.
pub(super) fn cas(operation: &Operation) -> Result<Effect<Value>, String> {
    let Some((old, new)) = operation.input.as_pair() else {
        return Err(format!("the argument of a cas is [old, new], not {}", operation.input));
    };
    Ok(Effect::Assign { guard: Some(old.clone()), leaves: Some(new.clone()) })
}

impl Model for Register {
    type State = Value;

    fn initial(&self) -> Value {
        self.initial.clone()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Value>, String> {
        match &operation.f {
            Function::Read => Ok(read(operation, self.nil_reads)),
            Function::Write => Ok(Effect::assign(operation.input.clone())),
            Function::Cas if self.name == ModelName::CasRegister => cas(operation),
            _ => Err(lacks(self.name.name(), self.name.functions(), operation)),
        }
    }

    fn structure(&self) -> Structure {
        Structure::Register
    }

    fn integer(state: &Value) -> Option<i64> {
        match state {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn operations_act_as_their_definitions_say() {
        let model = Register::default();
        let step = |f, input, output, outcome, state: i64| {
            after(&model, &operation(f, input, output, outcome), &state.into())
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
        let effect = |initial: Value| Register::new(ModelName::Register, initial).effect(&read).unwrap();
        assert_eq!(effect(Value::Nil), Effect::demand(Value::Nil));
        assert_eq!(effect(0.into()), Effect::NOTHING);
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
}
