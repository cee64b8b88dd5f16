//! The judging of one partition: the verdict, and if it is invalid the first impossible operation
//! and what would have been possible in its place.

use std::hash::Hash;

use super::compiled::{Compiled, NONE, ValueId};
use super::plan::Plan;
use super::search::{Found, Search};
use crate::check::{Budget, Model, Partition, Verdict};

/// More states than this explain nothing.
const STATES_MAX: usize = 16;

/// How far a judging has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    /// To the end.
    Done(Judgement),
    /// No steps are left; [`Judging::run`] goes on with a refilled budget.
    Exhausted,
}

/// What is to be said of one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The first operation that is impossible.
    pub impossible: Option<Impossible>,
    /// What a reader should know of the verdict.
    pub note: Option<String>,
}

/// The operation that ends the shortest impossible prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Impossible {
    /// Its index in [`Partition::operations`].
    pub operation: usize,
    /// How many operations of the partition returned before it (those that demand and change
    /// nothing apart). They have a legal order.
    pub possible_before: usize,
    /// Some of the states in which it could have happened.
    pub states: Vec<String>,
}

/// What is being searched.
#[derive(Clone, Debug)]
enum Phase {
    /// Whether the whole is possible.
    Whole,
    /// The shortest impossible prefix: `possible` returns are possible, `impossible` are not. The
    /// next length to try is `stride` beyond what is possible, or half way.
    Locate { possible: usize, impossible: usize, stride: usize },
    /// Which states the operation that ends the prefix of this length could have met.
    States { impossible: usize, candidates: Vec<ValueId>, states: Vec<String> },
}

/// The judging of one partition, in portions.
#[derive(Clone, Debug)]
pub struct Judging<S> {
    compiled: Compiled<S>,
    phase: Phase,
    search: Search,
}

impl<S: Clone + Eq + Hash + std::fmt::Display> Judging<S> {
    /// The judging of `partition` against `model`.
    pub fn new<M: Model<State = S>>(model: &M, partition: &Partition<S>) -> Self {
        let compiled = Compiled::new(&model.initial(), partition);
        let search = Search::new(Plan::new(&compiled, compiled.done.len(), None), compiled.initial);
        Judging { compiled, phase: Phase::Whole, search }
    }

    /// Judges until there is a judgement or `budget` has no steps left.
    pub fn run(&mut self, budget: &mut Budget) -> Progress {
        loop {
            let found = self.search.run(budget);
            if found == Found::OutOfSteps {
                return Progress::Exhausted;
            }
            if let Some(judgement) = self.advance(found, budget) {
                self.release(budget);
                return Progress::Done(judgement);
            }
        }
    }

    /// The judgement so far, for a caller that will not go on.
    pub fn conclude(self, budget: &mut Budget) -> Judgement {
        budget.give_back(self.search.bytes());
        match self.phase {
            Phase::Whole => unknown("the search was given up for lack of steps"),
            Phase::Locate { .. } => unlocated(),
            Phase::States { impossible, states, .. } => self.compiled.invalid(impossible, states),
        }
    }

    /// Draws the conclusion from a search. `None` if there is another to do.
    fn advance(&mut self, found: Found, budget: &mut Budget) -> Option<Judgement> {
        match &mut self.phase {
            Phase::Whole => match found {
                Found::Way => {
                    return Some(Judgement { verdict: Verdict::Valid, impossible: None, note: None });
                }
                Found::OutOfMemory => return Some(unknown("the search ran out of memory")),
                Found::NoWay | Found::OutOfSteps => {
                    let (possible, impossible) = (self.search.furthest(), self.compiled.done.len());
                    self.phase = Phase::Locate { possible, impossible, stride: 1 };
                }
            },
            Phase::Locate { possible, impossible, stride } => {
                let length = length(*possible, *impossible, *stride);
                match found {
                    Found::Way => (*possible, *stride) = (length, *stride * 2),
                    // A search that failed has still shown how far one can get.
                    Found::NoWay => {
                        *impossible = length;
                        *possible = self.search.furthest().max(*possible);
                        *stride = 1;
                    }
                    Found::OutOfSteps | Found::OutOfMemory => return Some(unlocated()),
                }
            }
            Phase::States { candidates, states, .. } => {
                let tried = candidates.pop();
                if let (Some(value), Found::Way) = (tried, found) {
                    states.push(self.compiled.values[value as usize].to_string());
                }
            }
        }
        self.next_search(budget)
    }

    /// Begins the next search, or ends the judging.
    fn next_search(&mut self, budget: &mut Budget) -> Option<Judgement> {
        if let Phase::Locate { possible, impossible, .. } = self.phase
            && possible + 1 == impossible
        {
            let mut candidates = self.compiled.candidates(impossible);
            candidates.reverse();
            self.phase = Phase::States { impossible, candidates, states: Vec::new() };
        }
        let plan = match &mut self.phase {
            Phase::Whole => return None,
            Phase::Locate { possible, impossible, stride } => {
                Plan::new(&self.compiled, length(*possible, *impossible, *stride), None)
            }
            Phase::States { impossible, candidates, states } => match candidates.last() {
                Some(&value) => Plan::new(&self.compiled, *impossible, Some(value)),
                None => return Some(self.compiled.invalid(*impossible, std::mem::take(states))),
            },
        };
        self.release(budget);
        self.search = Search::new(plan, self.compiled.initial);
        None
    }

    fn release(&self, budget: &mut Budget) {
        budget.give_back(self.search.bytes());
    }
}

/// The next length to try: near what is possible, for searches that fail end near the place.
fn length(possible: usize, impossible: usize, stride: usize) -> usize {
    (possible + stride).min(usize::midpoint(possible, impossible)).max(possible + 1)
}

fn unknown(note: &str) -> Judgement {
    Judgement { verdict: Verdict::Unknown, impossible: None, note: Some(note.to_owned()) }
}

fn unlocated() -> Judgement {
    let note = Some("the first impossible operation was not found within the budget".to_owned());
    Judgement { verdict: Verdict::Invalid, impossible: None, note }
}

impl<S> Compiled<S> {
    /// The judgement that the prefix of this length is the shortest impossible one.
    fn invalid(&self, length: usize, states: Vec<String>) -> Judgement {
        let operation = self.done[length - 1].source as usize;
        let impossible = Some(Impossible { operation, possible_before: length - 1, states });
        Judgement { verdict: Verdict::Invalid, impossible, note: None }
    }

    /// The values that may have been the state while the last operation of the prefix was open: the
    /// initial one, and what was left by operations invoked before its return, unless another
    /// operation replaced it for certain before its call.
    fn candidates(&self, length: usize) -> Vec<ValueId> {
        let last = self.done[length - 1];
        let replaced = self.done[..length].iter().filter(|done| done.leaves != NONE && done.ret < last.call);
        let replaced = replaced.map(|done| done.call).max();
        let survives = |ret: u32| replaced.is_none_or(|call| ret > call);
        let initial = replaced.is_none().then_some(self.initial);
        let done = self.done.iter().filter(|done| done.call < last.ret && survives(done.ret));
        let pending = self.pending.iter().filter(|pending| pending.call < last.ret);
        let mut candidates: Vec<ValueId> = Vec::new();
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
