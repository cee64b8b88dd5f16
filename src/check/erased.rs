//! Models without their types, so that cases and searches are compiled once and not for each.

use std::fmt;
use std::mem::size_of;

use super::model::{Effect, Model};
use super::numbering::{NONE, Numbering, StateId};
use crate::base::Table;
use crate::history::{Function, Operation, Outcome, Value};

/// The number of a class: of operations that do the same and saw the same.
pub(super) type ClassId = u32;

/// A model.
pub(super) trait Erased: Send + Sync {
    /// See [`Model::part`].
    fn part<'o>(&self, operation: &'o Operation) -> Option<&'o Value>;

    /// The state named `name`: twice the index of an operation that demands it, one more for one
    /// that leaves it; [`NONE`] for the initial state.
    fn state(&self, name: u32, operations: &[Operation]) -> String;

    /// The machine for any operations.
    fn open_machine(&self) -> Box<dyn Machine>;

    /// The machine for `operations`, all those of one object.
    fn machine(&self, operations: &mut dyn Iterator<Item = &Operation>) -> Box<dyn Machine>;
}

impl fmt::Debug for dyn Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a model")
    }
}

/// A model as an automaton between numbered states. The initial state is number 0.
pub(super) trait Machine: Send {
    /// The class of `operation`; without its output if nobody has `seen` that yet.
    fn class(&mut self, operation: &Operation, seen: bool) -> ClassId;

    /// The state after an operation of `class` happens in `state`; [`NONE`] if it cannot.
    fn step(&mut self, state: StateId, class: ClassId) -> StateId;

    /// Whether an operation of `class` changes no state, wherever it is possible.
    fn observes(&self, class: ClassId) -> bool;

    /// The bytes that states and steps take, about.
    fn bytes(&self) -> u64;

    /// Forgets all states but these, which are ascending and get the numbers 0, 1, …, and all classes.
    fn forget_all_but(&mut self, states: &[StateId]);

    /// As `Clone`.
    fn fork(&self) -> Box<dyn Machine>;
}

impl Clone for Box<dyn Machine> {
    fn clone(&self) -> Self {
        self.fork()
    }
}

impl fmt::Debug for dyn Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an automaton")
    }
}

impl<M: Model> Erased for M {
    fn part<'o>(&self, operation: &'o Operation) -> Option<&'o Value> {
        Model::part(self, operation)
    }

    fn state(&self, name: u32, operations: &[Operation]) -> String {
        if name == NONE {
            return self.initial().to_string();
        }
        match self.effect(&operations[name as usize / 2]) {
            Ok(Effect::Assign { guard, leaves }) => {
                let state = if name.is_multiple_of(2) { guard } else { leaves };
                state.map_or(String::new(), |state| state.to_string())
            }
            _ => unreachable!("states are named by assignments"),
        }
    }

    fn open_machine(&self) -> Box<dyn Machine> {
        Box::new(Automaton::new(self.clone()))
    }

    fn machine(&self, operations: &mut dyn Iterator<Item = &Operation>) -> Box<dyn Machine> {
        Box::new(Automaton::new(self.specialised(operations)))
    }
}

/// What a class does.
#[derive(Clone, Debug)]
enum Deed {
    Assign { guard: StateId, leaves: StateId },
    Compute { operation: Box<Operation>, changes: bool },
}

#[derive(Clone)]
struct Automaton<M: Model> {
    model: M,
    states: Vec<M::State>,
    numbering: Numbering<M::State>,
    classes: Vec<Deed>,
    numbers: Table<(Function, Value, Value, bool), ClassId>,
    steps: Table<u64, StateId>,
}

impl<M: Model> Automaton<M> {
    fn new(model: M) -> Self {
        let initial = model.initial();
        let mut automaton = Automaton {
            model,
            states: Vec::new(),
            numbering: Numbering::new(1024),
            classes: Vec::new(),
            numbers: Table::new(),
            steps: Table::new(),
        };
        automaton.number(initial);
        automaton
    }

    fn number(&mut self, state: M::State) -> StateId {
        let integer = M::integer(&state);
        let (number, is_new) = self.numbering.number(state.clone(), integer);
        if is_new {
            self.states.push(state);
        }
        number
    }

    fn deed(&mut self, operation: Operation) -> Deed {
        match self.model.effect(&operation) {
            Ok(Effect::Assign { guard, leaves }) => Deed::Assign {
                guard: guard.map_or(NONE, |state| self.number(state)),
                leaves: leaves.map_or(NONE, |state| self.number(state)),
            },
            Ok(Effect::Compute) => Deed::Compute { operation: Box::new(operation), changes: true },
            Ok(Effect::Inspect) => Deed::Compute { operation: Box::new(operation), changes: false },
            Err(error) => unreachable!("the case took this operation: {error}"),
        }
    }
}

impl<M: Model> Machine for Automaton<M> {
    fn class(&mut self, operation: &Operation, seen: bool) -> ClassId {
        let Operation { f, input, output, .. } = operation;
        let output = if seen { output.clone() } else { Value::Nil };
        let key = (f.clone(), input.clone(), output.clone(), seen);
        if let Some(&class) = self.numbers.get(&key) {
            return class;
        }
        let outcome = if seen { Outcome::Ok } else { Outcome::Info };
        let deed = self.deed(Operation { output, outcome, ..operation.clone() });
        self.classes.push(deed);
        let class = self.classes.len() as ClassId - 1;
        self.numbers.insert(key, class);
        class
    }

    fn step(&mut self, state: StateId, class: ClassId) -> StateId {
        let operation = match &self.classes[class as usize] {
            Deed::Assign { guard, .. } if *guard != NONE && *guard != state => return NONE,
            Deed::Assign { leaves: NONE, .. } => return state,
            Deed::Assign { leaves, .. } => return *leaves,
            Deed::Compute { operation, .. } => operation,
        };
        let key = u64::from(state) << 32 | u64::from(class);
        if let Some(&after) = self.steps.get(&key) {
            return after;
        }
        let after = self.model.step(&self.states[state as usize], operation);
        let after = after.map_or(NONE, |after| self.number(after));
        self.steps.insert(key, after);
        after
    }

    fn observes(&self, class: ClassId) -> bool {
        match self.classes[class as usize] {
            Deed::Assign { guard, leaves } => leaves == NONE || leaves == guard,
            Deed::Compute { changes, .. } => !changes,
        }
    }

    fn bytes(&self) -> u64 {
        // A state holds more than its size; two words of it on average is a guess.
        let state = 2 * size_of::<M::State>() + 32;
        (self.states.len() * state + self.steps.len() * 24 + self.classes.len() * 200) as u64
    }

    fn forget_all_but(&mut self, states: &[StateId]) {
        let kept = states.iter().map(|&state| self.states[state as usize].clone());
        let kept: Vec<M::State> = kept.collect();
        (self.states, self.numbering) = (Vec::new(), Numbering::new(1024));
        (self.classes, self.numbers, self.steps) = (Vec::new(), Table::new(), Table::new());
        for state in kept {
            self.number(state);
        }
    }

    fn fork(&self) -> Box<dyn Machine> {
        Box::new(self.clone())
    }
}
