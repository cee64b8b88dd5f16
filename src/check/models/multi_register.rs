//! Several registers, read and written by transactions: a list of `[f, register, value]`, all at one
//! instant. Knossos' `multi-register`.

use std::fmt;

use super::{ModelName, NilReads};
use crate::check::model::{Effect, Model, lacks};
use crate::history::{Operation, Outcome, Value, nearest};

const PARTS: [&str; 4] = ["read", "write", "r", "w"];

/// Registers by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MultiRegister {
    /// The value of each before it is first written; a map has one for each register.
    pub initial: Value,
    /// What a read of nil means.
    pub nil_reads: NilReads,
}

/// The registers that were written, by name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Registers(Vec<(Value, Value)>);

impl fmt::Display for Registers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        write!(f, "{{{}}}", all.join(", "))
    }
}

/// One part of a transaction.
struct Part<'a> {
    writes: bool,
    register: &'a Value,
    value: &'a Value,
}

/// The parts of a transaction, given as a list of lists.
fn parts(list: &Value) -> Result<Vec<Part<'_>>, String> {
    let wrong = || format!("a transaction is a list of [f, register, value], not {list}");
    let Value::List(all) = list else { return Err(wrong()) };
    all.iter().map(|fields| part(fields).ok_or_else(wrong)?).collect()
}

/// One part, if it looks like one; the error is for an unknown name.
fn part(fields: &Value) -> Option<Result<Part<'_>, String>> {
    let Value::List(fields) = fields else { return None };
    let [Value::Text(f), register, value] = &**fields else { return None };
    if PARTS.contains(&&**f) {
        return Some(Ok(Part { writes: f.starts_with('w'), register, value }));
    }
    let hint = nearest(f, &PARTS).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    Some(Err(format!("a transaction has no `{}`: expected one of {}{hint}", &**f, PARTS.join(", "))))
}

impl MultiRegister {
    /// The value of `register` before it is first written.
    fn first(&self, register: &Value) -> &Value {
        match &self.initial {
            Value::Map(values) => values.get(register).unwrap_or(&Value::Nil),
            value => value,
        }
    }
}

impl Model for MultiRegister {
    type State = Registers;

    fn initial(&self) -> Registers {
        Registers::default()
    }

    fn bytes(state: &Registers) -> usize {
        2 * size_of::<Registers>() + 4 * size_of::<Value>() * state.0.len()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Registers>, String> {
        if operation.f.name() != "txn" {
            let name = ModelName::MultiRegister;
            return Err(lacks(name.name(), name.functions(), operation));
        }
        let asked = parts(&operation.input)?;
        if operation.outcome != Outcome::Ok {
            let reads_only = asked.iter().all(|part| !part.writes);
            return Ok(if reads_only { Effect::NOTHING } else { Effect::Compute });
        }
        let answered = parts(&operation.output)?;
        let same = |(a, b): (&Part<'_>, &Part<'_>)| a.writes == b.writes && a.register == b.register;
        if asked.len() != answered.len() || !asked.iter().zip(&answered).all(same) {
            let Operation { input, output, .. } = operation;
            return Err(format!("the transaction {input} returned as another: {output}"));
        }
        Ok(if asked.iter().any(|part| part.writes) { Effect::Compute } else { Effect::Inspect })
    }

    fn step(&self, state: &Registers, operation: &Operation) -> Option<Registers> {
        let seen = operation.outcome == Outcome::Ok;
        let mut after = state.clone();
        for part in parts(if seen { &operation.output } else { &operation.input }).ok()? {
            let place = after.0.binary_search_by(|(name, _)| name.cmp(part.register));
            if !part.writes {
                let value = place.map_or(self.first(part.register), |at| &after.0[at].1);
                let tells = seen && !(part.value.is_nil() && self.nil_reads == NilReads::Unknown);
                if tells && part.value != value {
                    return None;
                }
                continue;
            }
            match place {
                Ok(at) => after.0[at].1 = part.value.clone(),
                Err(at) => after.0.insert(at, (part.register.clone(), part.value.clone())),
            }
        }
        // A register that was never written is one with its first value.
        after.0.retain(|(name, value)| value != self.first(name));
        Some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    fn part(f: &str, register: &str, value: i64) -> Value {
        Value::from(vec![f.into(), register.into(), Value::Int(value)])
    }

    #[test]
    fn a_transaction_is_one_instant() {
        let model = MultiRegister { initial: 0.into(), nil_reads: NilReads::Unknown };
        let txn = |parts: Vec<Value>| {
            let list = Value::from(parts);
            operation("txn", list.clone(), list, Outcome::Ok)
        };
        let step = |state, parts| after(&model, &txn(parts), state);
        let none = Registers::default();
        let state = step(&none, vec![part("write", "x", 1), part("read", "x", 1)]).unwrap();
        assert_eq!(state.to_string(), "{\"x\": 1}");
        assert_eq!(step(&state, vec![part("r", "y", 1)]), None);
        assert_eq!(step(&state, vec![part("r", "y", 0), part("w", "x", 0)]), Some(none));
        let error = model.effect(&txn(vec![part("wite", "x", 1)])).unwrap_err();
        assert!(error.ends_with("did you mean `write`?"), "{error}");
    }
}
