//! A model as an automaton between numbered states, for searches. The initial state is number 0.

use super::erased::{Deed, Erased, FEW, States};
use super::numbering::{NONE, Numbering, StateId};
use crate::base::Table;
use crate::history::{Function, Operation, Outcome, Value};

/// The number of a class: of operations that do the same and saw the same.
pub(super) type ClassId = u32;

/// States that it can hold before its array of small integers is full.
const EXPECTED: usize = 1024;

#[derive(Clone, Debug)]
enum Class {
    /// To demand the first state and to leave the second; either may be [`NONE`].
    Assign { guard: StateId, leaves: StateId },
    /// What the model says of this operation, which is one of the class.
    Compute { changes: bool, operation: Operation },
}

impl Class {
    /// The states that it names, or [`NONE`].
    fn named(&self) -> Option<[StateId; 2]> {
        match *self {
            Class::Assign { guard, leaves } => Some([guard, leaves]),
            Class::Compute { .. } => None,
        }
    }
}

/// A model, its steps remembered.
#[derive(Debug)]
pub(super) struct Automaton {
    states: Box<dyn States>,
    numbering: Numbering,
    /// What each class does.
    classes: Vec<Class>,
    /// Those of assignments, by the states that they name.
    assignments: Table<[StateId; 2], ClassId>,
    /// Those of all others.
    computed: Table<(Function, Value, Value, bool), ClassId>,
    steps: Table<u64, StateId>,
}

impl Clone for Automaton {
    fn clone(&self) -> Self {
        Automaton {
            states: self.states.fork(),
            numbering: self.numbering.clone(),
            classes: self.classes.clone(),
            assignments: self.assignments.clone(),
            computed: self.computed.clone(),
            steps: self.steps.clone(),
        }
    }
}

impl Automaton {
    /// The automaton of `model` for any operations.
    pub(super) fn open(model: &dyn Erased) -> Self {
        Automaton::of(model.states(), 0)
    }

    /// The automaton of `model` for `operations`, all those of one object.
    pub(super) fn new(model: &dyn Erased, operations: &mut dyn ExactSizeIterator<Item = &Operation>) -> Self {
        let expected = operations.len().min(EXPECTED);
        Automaton::of(model.states_for(&mut &mut *operations, expected), expected)
    }

    /// With room for what so many operations need.
    fn of(mut states: Box<dyn States>, expected: usize) -> Self {
        let mut numbering = Numbering::new(EXPECTED);
        states.keep();
        states.begin(&mut numbering);
        Automaton {
            states,
            numbering,
            classes: Vec::with_capacity(expected),
            assignments: Table::with_capacity(expected),
            computed: Table::with_capacity(expected),
            steps: Table::with_capacity(2 * expected),
        }
    }

    /// The class of `operation`; without its output if nobody has `seen` that yet.
    pub(super) fn class(&mut self, operation: &Operation, seen: bool) -> ClassId {
        let outcome = if seen { Outcome::Ok } else { Outcome::Info };
        if operation.outcome != outcome || !(seen || operation.output.is_nil()) {
            let output = if seen { operation.output.clone() } else { Value::Nil };
            return self.class(&Operation { output, outcome, ..operation.clone() }, seen);
        }
        let deed = match self.states.deed(operation, &mut self.numbering) {
            Ok(deed) => deed,
            Err(error) => unreachable!("the case took this operation: {error}"),
        };
        let changes = match deed {
            Deed::Assign { guard, leaves } => return self.assignment([guard, leaves]),
            Deed::Compute { changes } => changes,
        };
        let Operation { f, input, output, .. } = operation;
        let class = self.classes.len() as ClassId;
        let known =
            self.computed.get_or_insert_with((f.clone(), input.clone(), output.clone(), seen), || class);
        if *known == class {
            self.classes.push(Class::Compute { changes, operation: operation.clone() });
        }
        *known
    }

    /// The class of what demands the first state and leaves the second; either may be [`NONE`].
    fn assignment(&mut self, states: [StateId; 2]) -> ClassId {
        let class = self.classes.len() as ClassId;
        let known = *self.assignments.get_or_insert_with(states, || class);
        if known == class {
            let [guard, leaves] = states;
            self.classes.push(Class::Assign { guard, leaves });
        }
        known
    }

    /// The class of the operations of `class` if nobody has seen their answer.
    pub(super) fn unseen(&mut self, class: ClassId) -> ClassId {
        match &self.classes[class as usize] {
            // See `Effect::Assign`.
            &Class::Assign { guard, leaves } if leaves == NONE || leaves == guard => {
                self.assignment([NONE, NONE])
            }
            Class::Assign { .. } => class,
            Class::Compute { operation, .. } => {
                let operation = operation.clone();
                self.class(&operation, false)
            }
        }
    }

    /// The state after an operation of `class` happens in `state`; [`NONE`] if it cannot.
    pub(super) fn step(&mut self, state: StateId, class: ClassId) -> StateId {
        let operation = match &self.classes[class as usize] {
            Class::Assign { guard, .. } if *guard != NONE && *guard != state => return NONE,
            Class::Assign { leaves: NONE, .. } => return state,
            Class::Assign { leaves, .. } => return *leaves,
            Class::Compute { operation, .. } => operation,
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
        match self.classes[class as usize] {
            Class::Assign { guard, leaves } => leaves == NONE || leaves == guard,
            Class::Compute { changes, .. } => !changes,
        }
    }

    /// The state that an operation of `class` leaves wherever it happens, if it is known.
    pub(super) fn leaves(&self, class: ClassId) -> Option<StateId> {
        match self.classes[class as usize] {
            Class::Assign { leaves, .. } if leaves != NONE => Some(leaves),
            _ => None,
        }
    }

    /// The only state in which an operation of `class` is possible, `None` within if that is for the
    /// model to say; `None` if it is possible in any.
    pub(super) fn demands(&self, class: ClassId) -> Option<Option<StateId>> {
        match self.classes[class as usize] {
            Class::Assign { guard: NONE, .. } => None,
            Class::Assign { guard, .. } => Some(Some(guard)),
            Class::Compute { .. } => Some(None),
        }
    }

    /// The bytes that states and steps take, about, and while a few more are added.
    pub(super) fn bytes(&self) -> u64 {
        (self.states.bytes() + self.steps.bytes(FEW) + self.classes.len() * 200) as u64
    }

    /// Forgets all steps and all states but these and those that classes name; afterwards `states` are
    /// as they are called then. The first remains the first.
    pub(super) fn forget_steps(&mut self, states: &mut [StateId]) {
        let deeds = || self.classes.iter().filter_map(Class::named).flatten();
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
        for class in &mut self.classes {
            if let Class::Assign { guard, leaves } = class {
                rename(guard);
                rename(leaves);
            }
        }
        self.assignments.clear();
        for (number, class) in self.classes.iter().enumerate() {
            if let Some(states) = class.named() {
                self.assignments.insert(states, number as ClassId);
            }
        }
        (self.numbering, self.steps) = (Numbering::new(EXPECTED), Table::new());
        self.states.forget_all_but(&kept, &mut self.numbering);
    }

    /// Forgets all states but these, which are ascending and get the numbers 0, 1, …, and all classes.
    pub(super) fn forget_all_but(&mut self, states: &[StateId]) {
        self.numbering = Numbering::new(EXPECTED);
        (self.classes, self.steps) = (Vec::new(), Table::new());
        (self.assignments, self.computed) = (Table::new(), Table::new());
        self.states.forget_all_but(states, &mut self.numbering);
    }
}
