//! A stack, last in, first out. Pop answers the newest element, or nil when there is none.
//! Liskov & Zilles, *Programming with Abstract Data Types* (1974).

use super::{ModelName, Sequence};
use crate::check::model::{Effect, Model, Structure, lacks};
use crate::history::{Operation, Outcome, Value};

/// A stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stack {
    initial: Value,
}

impl Stack {
    /// A stack that begins with the elements of the list `initial`, the oldest first; nil is none.
    ///
    /// # Errors
    /// If it is no list.
    pub fn new(initial: &Value) -> Result<Self, String> {
        Ok(Stack { initial: elements(initial, "stack")? })
    }
}

/// The elements that a container begins with.
pub(super) fn elements(initial: &Value, what: &str) -> Result<Value, String> {
    match initial {
        Value::Nil => Ok(Value::from(Vec::new())),
        Value::List(_) => Ok(initial.clone()),
        other => Err(format!("a {what} is a list of elements, not {other}")),
    }
}

/// Whether `operation` found an empty container.
pub(super) fn took_nothing(operation: &Operation) -> bool {
    operation.outcome == Outcome::Ok && operation.output.is_nil()
}

/// Whether `operation` may have taken `element`; nil if there was none.
pub(super) fn seen(operation: &Operation, element: &Value) -> bool {
    operation.outcome != Outcome::Ok || operation.output == *element
}

impl Model for Stack {
    type State = Sequence;

    fn initial(&self) -> Sequence {
        Sequence::of(&self.initial)
    }

    fn bytes(state: &Sequence) -> usize {
        state.bytes()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Sequence>, String> {
        match operation.f.name() {
            "push" if operation.input.is_nil() => Err("nil cannot be pushed: it means empty".into()),
            "pop" if took_nothing(operation) => Ok(Effect::Inspect),
            "push" | "pop" => Ok(Effect::Compute),
            _ => Err(lacks(ModelName::Stack.name(), ModelName::Stack.functions(), operation)),
        }
    }

    fn structure(&self) -> Structure {
        let is_empty = matches!(&self.initial, Value::List(elements) if elements.is_empty());
        if is_empty { Structure::Stack } else { Structure::Other }
    }

    fn step(&self, state: &Sequence, operation: &Operation) -> Option<Sequence> {
        if operation.f.name() == "push" {
            return Some(state.with_last(operation.input.clone()));
        }
        let (taken, rest) = state.split_last();
        seen(operation, &taken).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;

    #[test]
    fn the_newest_leaves_first() {
        let stack = Stack::new(&Value::Nil).unwrap();
        let list = |elements: &[i64]| elements.iter().map(|&e| Value::from(e)).collect::<Sequence>();
        let push = operation("push", 3.into(), Value::Nil, Outcome::Ok);
        assert_eq!(after(&stack, &push, &list(&[1])), Some(list(&[1, 3])));
        let pop = |output: Value| operation("pop", Value::Nil, output, Outcome::Ok);
        assert_eq!(after(&stack, &pop(3.into()), &list(&[1, 3])), Some(list(&[1])));
        assert_eq!(after(&stack, &pop(1.into()), &list(&[1, 3])), None);
        assert_eq!(after(&stack, &pop(Value::Nil), &list(&[])), Some(list(&[])));
    }
}
