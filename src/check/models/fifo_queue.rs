//! A queue, first in, first out. Dequeue answers the oldest element, or nil when there is none.
//! Herlihy & Wing (1990), §1.

use super::stack::{elements, seen, took_nothing};
use super::{ModelName, Sequence};
use crate::check::model::{Effect, Model, Structure, lacks};
use crate::history::{Operation, Value};

/// A queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FifoQueue {
    initial: Value,
}

impl FifoQueue {
    /// A queue that begins with the elements of the list `initial`, the oldest first; nil is none.
    ///
    /// # Errors
    /// If it is no list.
    pub fn new(initial: &Value) -> Result<Self, String> {
        Ok(FifoQueue { initial: elements(initial, "queue")? })
    }
}

impl Model for FifoQueue {
    type State = Sequence;

    fn initial(&self) -> Sequence {
        Sequence::of(&self.initial)
    }

    fn bytes(state: &Sequence) -> usize {
        state.bytes()
    }

    fn effect(&self, operation: &Operation) -> Result<Effect<Sequence>, String> {
        match operation.f.name() {
            "enqueue" if operation.input.is_nil() => Err("nil cannot be enqueued: it means empty".into()),
            "dequeue" if took_nothing(operation) => Ok(Effect::Inspect),
            "enqueue" | "dequeue" => Ok(Effect::Compute),
            _ => Err(lacks(ModelName::FifoQueue.name(), ModelName::FifoQueue.functions(), operation)),
        }
    }

    fn structure(&self) -> Structure {
        let is_empty = matches!(&self.initial, Value::List(elements) if elements.is_empty());
        if is_empty { Structure::Queue } else { Structure::Other }
    }

    fn step(&self, state: &Sequence, operation: &Operation) -> Option<Sequence> {
        if operation.f.name() == "enqueue" {
            return Some(state.with_last(operation.input.clone()));
        }
        let (taken, rest) = state.split_first();
        seen(operation, &taken).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{after, operation};
    use super::*;
    use crate::history::Outcome;

    #[test]
    fn the_oldest_leaves_first() {
        let queue = FifoQueue::new(&Value::Nil).unwrap();
        let list = |elements: &[i64]| elements.iter().map(|&e| Value::from(e)).collect::<Sequence>();
        let enqueue = operation("enqueue", 3.into(), Value::Nil, Outcome::Ok);
        assert_eq!(after(&queue, &enqueue, &list(&[1, 2])), Some(list(&[1, 2, 3])));
        let dequeue = |output: Value, outcome| operation("dequeue", Value::Nil, output, outcome);
        assert_eq!(after(&queue, &dequeue(1.into(), Outcome::Ok), &list(&[1, 2])), Some(list(&[2])));
        assert_eq!(after(&queue, &dequeue(2.into(), Outcome::Ok), &list(&[1, 2])), None);
        assert_eq!(after(&queue, &dequeue(Value::Nil, Outcome::Ok), &list(&[1])), None);
        assert_eq!(after(&queue, &dequeue(Value::Nil, Outcome::Info), &list(&[1])), Some(list(&[])));
        assert_eq!(after(&queue, &dequeue(Value::Nil, Outcome::Ok), &list(&[])), Some(list(&[])));
    }
}
