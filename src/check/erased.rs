//! Models without their types, so that cases and searches are compiled once and not for each.

use std::fmt;

use super::model::{Effect, Model, Structure};
use super::numbering::{NONE, Numbering, StateId};
use crate::base::Table;
use crate::history::{Operation, Value};

/// More states and steps than this are rarely added before somebody asks again what all of them take.
pub(super) const FEW: usize = 16;

/// What an operation does, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Deed {
    /// Demands `guard` and leaves `leaves`; either may be [`NONE`].
    Assign { guard: StateId, leaves: StateId },
    /// What [`States::step`] says.
    Compute { changes: bool },
}

/// A model.
pub(super) trait Erased: Send + Sync {
    /// See [`Model::part`].
    fn part<'o>(&self, operation: &'o Operation) -> Option<&'o Value>;

    /// See [`Model::structure`].
    fn structure(&self) -> Structure;

    /// Whether the model has `operation`.
    ///
    /// # Errors
    /// That it has not, and why.
    fn validate(&self, operation: &Operation) -> Result<(), String>;

    /// See [`Model::shape`].
    ///
    /// # Errors
    /// That the model has no such operation.
    fn shape(&self, operation: &Operation) -> Result<Effect<()>, String>;

    /// The state named `name`: twice the index of an operation that demands it, one more for one
    /// that leaves it; [`NONE`] for the initial state.
    fn state(&self, name: u32, operations: &[Operation]) -> String;

    /// Its states in numbers.
    fn states(&self) -> Box<dyn States>;

    /// Its states in numbers, for `operations`, all those of one object, about `count`.
    fn states_for(&self, operations: &mut dyn Iterator<Item = &Operation>, count: usize) -> Box<dyn States>;
}

impl fmt::Debug for dyn Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a model")
    }
}

/// The states of a model, by number. The numbers are given by a [`Numbering`] that the caller keeps,
/// the same for all calls.
pub(super) trait States: Send {
    /// Numbers the initial state.
    fn begin(&mut self, numbering: &mut Numbering);

    /// What `operation` does; of states that it names, that which it demands is numbered first.
    ///
    /// # Errors
    /// That the model has no such operation.
    fn deed(&mut self, operation: &Operation, numbering: &mut Numbering) -> Result<Deed, String>;

    /// From here on, states are kept for [`States::step`].
    fn keep(&mut self);

    /// The state after `operation` happens in `state`; [`NONE`] if it cannot.
    fn step(&mut self, state: StateId, operation: &Operation, numbering: &mut Numbering) -> StateId;

    /// The bytes that the states take that are kept, about, and while a few more are.
    fn bytes(&self) -> usize;

    /// Forgets all states but these, which are ascending and get the numbers 0, 1, ….
    fn forget_all_but(&mut self, states: &[StateId], numbering: &mut Numbering);

    /// As `Clone`.
    fn fork(&self) -> Box<dyn States>;
}

impl fmt::Debug for dyn States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("states")
    }
}

impl<M: Model> Erased for M {
    fn part<'o>(&self, operation: &'o Operation) -> Option<&'o Value> {
        Model::part(self, operation)
    }

    fn structure(&self) -> Structure {
        Model::structure(self)
    }

    fn validate(&self, operation: &Operation) -> Result<(), String> {
        self.effect(operation).map(drop)
    }

    fn shape(&self, operation: &Operation) -> Result<Effect<()>, String> {
        Model::shape(self, operation)
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

    fn states(&self) -> Box<dyn States> {
        Box::new(Numbered::new(self.clone(), 0))
    }

    fn states_for(&self, operations: &mut dyn Iterator<Item = &Operation>, count: usize) -> Box<dyn States> {
        Box::new(Numbered::new(self.specialised(operations), count))
    }
}

#[derive(Clone)]
struct Numbered<M: Model> {
    model: M,
    kept: Option<Vec<M::State>>,
    /// What those that are kept take.
    bytes: usize,
    others: Table<M::State, StateId>,
}

impl<M: Model> Numbered<M> {
    fn new(model: M, expected: usize) -> Self {
        Numbered { model, kept: None, bytes: 0, others: Table::with_capacity(expected) }
    }

    fn number(&mut self, state: M::State, numbering: &mut Numbering) -> StateId {
        let integer = M::integer(&state);
        let Some(kept) = &mut self.kept else {
            return numbering.number(&mut self.others, state, integer).0;
        };
        let (number, is_new) = numbering.number(&mut self.others, state.clone(), integer);
        if is_new {
            self.bytes += M::bytes(&state);
            kept.push(state);
        }
        number
    }
}

impl<M: Model> States for Numbered<M> {
    fn begin(&mut self, numbering: &mut Numbering) {
        self.number(self.model.initial(), numbering);
    }

    fn deed(&mut self, operation: &Operation, numbering: &mut Numbering) -> Result<Deed, String> {
        Ok(match self.model.effect(operation)? {
            Effect::Assign { guard, leaves } => Deed::Assign {
                guard: guard.map_or(NONE, |state| self.number(state, numbering)),
                leaves: leaves.map_or(NONE, |state| self.number(state, numbering)),
            },
            Effect::Compute => Deed::Compute { changes: true },
            Effect::Inspect => Deed::Compute { changes: false },
        })
    }

    fn keep(&mut self) {
        self.kept = Some(Vec::new());
    }

    fn step(&mut self, state: StateId, operation: &Operation, numbering: &mut Numbering) -> StateId {
        let Some(kept) = &self.kept else { unreachable!("only kept states are stepped from") };
        let after = self.model.step(&kept[state as usize], operation);
        after.map_or(NONE, |after| self.number(after, numbering))
    }

    fn bytes(&self) -> usize {
        // Those that are kept are counted with their places in the table, which has free ones too.
        let places = self.others.bytes(FEW).saturating_sub(self.others.len() * size_of::<M::State>());
        self.bytes + places
    }

    fn forget_all_but(&mut self, states: &[StateId], numbering: &mut Numbering) {
        let before = self.kept.replace(Vec::new()).unwrap_or_default();
        (self.others, self.bytes) = (Table::new(), 0);
        for &state in states {
            self.number(before[state as usize].clone(), numbering);
        }
    }

    fn fork(&self) -> Box<dyn States> {
        Box::new(self.clone())
    }
}
