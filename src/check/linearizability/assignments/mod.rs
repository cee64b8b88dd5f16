//! The search where every operation is a guarded assignment, as those of registers and locks are:
//! what an operation demands and leaves is known beforehand, and much follows from it.
//!
//! * `compiled`: operations as guarded assignments between numbered values.
//! * `plan`: what a search over a prefix must and may linearize.
//! * `search`: the search, and the prunings that make it practical, each with its proof.
//! * `planted`: mistakes in the prunings, for the tests that must notice them.

mod compiled;
mod plan;
mod planted;
mod search;
#[cfg(test)]
mod tests;

use compiled::{Compiled, INITIAL, NONE};
use plan::Plan;
use search::Search;

use super::Found;
use super::judging::{Goal, Problem};
use crate::check::numbering::StateId;
use crate::check::{Budget, Partition};

/// More states than this explain nothing.
pub(in crate::check) const STATES_MAX: usize = 16;

/// A partition whose operations are all guarded assignments.
#[derive(Clone, Debug)]
pub(in crate::check) struct Assignments {
    compiled: Compiled,
}

impl Assignments {
    pub(in crate::check) fn new(partition: &Partition) -> Self {
        Assignments { compiled: Compiled::new(partition) }
    }
}

impl Problem for Assignments {
    type Search = Search;
    const ALGORITHM: &'static str = "wing-gong-lowe";

    fn source(&self, done: usize) -> u32 {
        self.compiled.done[done].source
    }

    fn returns(&self) -> usize {
        self.compiled.done.len()
    }

    fn search(&mut self, goal: Goal) -> Search {
        Search::new(match goal {
            Goal::Whole => Plan::new(&self.compiled, self.returns(), None),
            Goal::Prefix(length) => Plan::new(&self.compiled, length, None),
            Goal::Instead(length, state) => Plan::new(&self.compiled, length, Some(state)),
        })
    }

    fn run(&mut self, search: &mut Search, budget: &mut Budget) -> Found {
        search.run(budget)
    }

    fn furthest(&self, search: &Search) -> usize {
        search.furthest()
    }

    fn bytes(&self, search: &Search) -> u64 {
        search.bytes()
    }

    /// The values that may have been the state while the last operation of the prefix was open: the
    /// initial one, and what was left by operations invoked before its return, unless another
    /// operation replaced it for certain before its call.
    fn candidates(&self, length: usize) -> Vec<StateId> {
        let compiled = &self.compiled;
        let last = compiled.done[length - 1];
        let replaced = compiled.done[..length].iter().filter(|done| done.leaves != NONE);
        let replaced = replaced.filter(|done| done.ret < last.call).map(|done| done.call).max();
        let survives = |ret: u32| replaced.is_none_or(|call| ret > call);
        let initial = replaced.is_none().then_some(INITIAL);
        let done = compiled.done.iter().filter(|done| done.call < last.ret && survives(done.ret));
        let pending = compiled.pending.iter().filter(|pending| pending.call < last.ret);
        let mut candidates: Vec<StateId> = Vec::new();
        for value in initial.into_iter().chain(done.map(|d| d.leaves)).chain(pending.map(|p| p.leaves)) {
            if value != NONE && value != last.guard && !candidates.contains(&value) {
                candidates.push(value);
            }
            if candidates.len() == STATES_MAX {
                break;
            }
        }
        candidates
    }
}
