//! The search for any model: operations are steps of an automaton, which is asked as the search goes.
//!
//! * `plan`: what a search over a prefix must and may linearize.
//! * `search`: the search.
//! * `parts`: what it carries over the quiet instants.

mod parts;
mod plan;
mod search;
#[cfg(test)]
mod tests;

use plan::Plan;
use search::Search;

use super::Found;
use super::chronology::Chronology;
use super::judging::{Goal, Problem};
use crate::check::automaton::{Automaton, ClassId};
use crate::check::numbering::StateId;
use crate::check::partition::{Entry, NEVER};
use crate::check::{Budget, Case, Partition};
use crate::history::Operation;

/// A partition of any model.
#[derive(Clone, Debug)]
pub(in crate::check) struct Steps {
    automaton: Automaton,
    chronology: Chronology,
    /// What may have happened, in order of invocation.
    pending: Vec<Entry>,
    /// For what returned, in order of return: the class.
    classes: Vec<ClassId>,
    /// The same without what it saw; empty until a prefix is searched.
    unseen: Vec<ClassId>,
    /// For what may have happened, its class.
    pending_classes: Vec<ClassId>,
}

impl Steps {
    pub(in crate::check) fn new(case: &Case, partition: &Partition) -> Self {
        let operation = |entry: &Entry| -> &Operation { &case.operations[entry.source as usize] };
        let mut automaton = Automaton::new(&*case.model, &mut partition.entries.iter().map(operation));
        let chronology = Chronology::new(&partition.entries, partition.end);
        let pending: Vec<Entry> =
            partition.entries.iter().filter(|entry| entry.ret == NEVER).copied().collect();
        let mut class = |entry: &Entry, seen| automaton.class(operation(entry), seen);
        let classes = chronology.done.iter().map(|done| class(done, true)).collect();
        let pending_classes = pending.iter().map(|pending| class(pending, false)).collect();
        Steps { automaton, chronology, pending, classes, unseen: Vec::new(), pending_classes }
    }
}

impl Problem for Steps {
    type Search = Search;
    const ALGORITHM: &'static str = "wing-gong-lowe, any model";

    fn source(&self, done: usize) -> u32 {
        self.chronology.done[done].source
    }

    fn returns(&self) -> usize {
        self.chronology.done.len()
    }

    fn search(&mut self, goal: Goal) -> Search {
        Search::new(match goal {
            Goal::Whole => Plan::new(self, self.returns()),
            Goal::Prefix(length) | Goal::Instead(length, _) => {
                if self.unseen.is_empty() {
                    self.unseen = self.classes.iter().map(|&class| self.automaton.unseen(class)).collect();
                }
                Plan::new(self, length)
            }
        })
    }

    fn run(&mut self, search: &mut Search, budget: &mut Budget) -> Found {
        search.run(&mut self.automaton, budget)
    }

    fn furthest(&self, search: &Search) -> usize {
        search.furthest()
    }

    fn bytes(&self, search: &Search) -> u64 {
        search.bytes()
    }

    fn candidates(&self, _: usize) -> Vec<StateId> {
        Vec::new()
    }
}
