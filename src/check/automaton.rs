//! A model as an automaton between numbered states, for searches. The initial state is number 0.

use super::erased::{Deed, Erased, States};
use super::numbering::{NONE, Numbering, StateId};
use crate::base::Table;
use crate::history::{Function, Operation, Outcome, Value};

/// The number of a class: of operations that do the same and saw the same.
pub(super) type ClassId = u32;

/// States that it can hold before its array of small integers is full.
const EXPECTED: usize = 1024;

/// A model, its steps remembered.
#[derive(Debug)]
pub(super) struct Automaton {
    states: Box<dyn States>,
    numbering: Numbering,
    /// What each class does, and for what is computed an operation of it.
    classes: Vec<(Deed, Option<Box<Operation>>)>,
    numbers: Table<(Function, Value, Value, bool), ClassId>,
    steps: Table<u64, StateId>,
}

impl Clone for Automaton {
    fn clone(&self) -> Self {
        Automaton {
            states: self.states.fork(),
            numbering: self.numbering.clone(),
            classes: self.classes.clone(),
            numbers: self.numbers.clone(),
            steps: self.steps.clone(),
        }
    }
}

/// The states that `deed` names, or [`NONE`].
fn named(deed: &Deed) -> Option<[StateId; 2]> {
    match *deed {
        Deed::Assign { guard, leaves } => Some([guard, leaves]),
        Deed::Compute { .. } => None,
    }
}

impl Automaton {
    /// The automaton of `model` for any operations.
    pub(super) fn open(model: &dyn Erased) -> Self {
        Automaton::of(model.states())
    }

    /// The automaton of `model` for `operations`, all those of one object.
    pub(super) fn new(model: &dyn Erased, operations: &mut dyn Iterator<Item = &Operation>) -> Self {
        Automaton::of(model.states_for(operations))
    }

    fn of(mut states: Box<dyn States>) -> Self {
        let mut numbering = Numbering::new(EXPECTED);
        states.keep();
        states.begin(&mut numbering);
        Automaton { states, numbering, classes: Vec::new(), numbers: Table::new(), steps: Table::new() }
    }

    /// The class of `operation`; without its output if nobody has `seen` that yet.
    pub(super) fn class(&mut self, operation: &Operation, seen: bool) -> ClassId {
        let Operation { f, input, output, .. } = operation;
        let output = if seen { output.clone() } else { Value::Nil };
        let key = (f.clone(), input.clone(), output.clone(), seen);
        if let Some(&class) = self.numbers.get(&key) {
            return class;
        }
        let outcome = if seen { Outcome::Ok } else { Outcome::Info };
        let operation = Box::new(Operation { output, outcome, ..operation.clone() });
        let deed = match self.states.deed(&operation, &mut self.numbering) {
            Ok(deed) => deed,
            Err(error) => unreachable!("the case took this operation: {error}"),
        };
        let computed = matches!(deed, Deed::Compute { .. }).then_some(operation);
        self.classes.push((deed, computed));
        let class = self.classes.len() as ClassId - 1;
        self.numbers.insert(key, class);
        class
    }

    /// The state after an operation of `class` happens in `state`; [`NONE`] if it cannot.
    pub(super) fn step(&mut self, state: StateId, class: ClassId) -> StateId {
        let (deed, operation) = &self.classes[class as usize];
        let Some(operation) = operation else {
            return match *deed {
                Deed::Assign { guard, .. } if guard != NONE && guard != state => NONE,
                Deed::Assign { leaves, .. } if leaves != NONE => leaves,
                _ => state,
            };
        };
        let key = u64::from(state) << 32 | u64::from(class);
        if let Some(&after) = self.steps.get(&key) {
            return after;
        }
        let after = self.states.step(state, operation, &mut self.numbering);
        self.steps.insert(key, after);
        after
    }

    /// Whether an operation of `class` changes no state, wherever it is possible.
    pub(super) fn observes(&self, class: ClassId) -> bool {
        match self.classes[class as usize].0 {
            Deed::Assign { guard, leaves } => leaves == NONE || leaves == guard,
            Deed::Compute { changes } => !changes,
        }
    }

    /// The state that an operation of `class` leaves wherever it happens, if it is known.
    pub(super) fn leaves(&self, class: ClassId) -> Option<StateId> {
        match self.classes[class as usize].0 {
            Deed::Assign { leaves, .. } if leaves != NONE => Some(leaves),
            _ => None,
        }
    }

    /// The only state in which an operation of `class` is possible, `None` within if that is for the
    /// model to say; `None` if it is possible in any.
    pub(super) fn demands(&self, class: ClassId) -> Option<Option<StateId>> {
        match self.classes[class as usize].0 {
            Deed::Assign { guard: NONE, .. } => None,
            Deed::Assign { guard, .. } => Some(Some(guard)),
            Deed::Compute { .. } => Some(None),
        }
    }

    /// The bytes that states and steps take, about.
    pub(super) fn bytes(&self) -> u64 {
        (self.states.bytes() + self.steps.len() * 24 + self.classes.len() * 200) as u64
    }

    /// Forgets all steps and all states but these and those that classes name; afterwards `states` are
    /// as they are called then. The first remains the first.
    pub(super) fn forget_steps(&mut self, states: &mut [StateId]) {
        let deeds = || self.classes.iter().filter_map(|(deed, _)| named(deed)).flatten();
        let mut kept: Vec<StateId> = states.iter().copied().chain(deeds()).chain([0]).collect();
        kept.sort_unstable();
        kept.dedup();
        kept.retain(|&state| state != NONE);
        let rename = |state: &mut StateId| {
            if *state != NONE {
                *state = kept.partition_point(|&other| other < *state) as StateId;
            }
        };
        states.iter_mut().for_each(rename);
        for (deed, _) in &mut self.classes {
            if let Deed::Assign { guard, leaves } = deed {
                rename(guard);
                rename(leaves);
            }
        }
        (self.numbering, self.steps) = (Numbering::new(EXPECTED), Table::new());
        self.states.forget_all_but(&kept, &mut self.numbering);
    }

    /// Forgets all states but these, which are ascending and get the numbers 0, 1, …, and all classes.
    pub(super) fn forget_all_but(&mut self, states: &[StateId]) {
        self.numbering = Numbering::new(EXPECTED);
        (self.classes, self.numbers, self.steps) = (Vec::new(), Table::new(), Table::new());
        self.states.forget_all_but(states, &mut self.numbering);
    }
}
