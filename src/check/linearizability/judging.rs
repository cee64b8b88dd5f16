//! The judging of one partition by searches: the verdict, and if it is invalid the first impossible
//! operation and what would have been possible in its place.

use super::Found;
use crate::check::judgement::{Impossible, Judgement, Progress, Question};
use crate::check::numbering::StateId;
use crate::check::{Budget, Verdict};

/// What a search is to find out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::check) enum Goal {
    /// Whether the whole is possible.
    Whole,
    /// Whether the prefix with this many returns is.
    Prefix(usize),
    /// The same, if the last of them met this state instead of its own.
    Instead(usize, StateId),
}

/// What is searched.
pub(in crate::check) trait Problem {
    /// A search.
    type Search;
    /// What to call the algorithm.
    const ALGORITHM: &'static str;

    /// The sources of the operations that returned, in order of return.
    fn source(&self, done: usize) -> u32;
    /// How many operations returned.
    fn returns(&self) -> usize;
    /// A new search.
    fn search(&mut self, goal: Goal) -> Self::Search;
    /// Goes on with `search` until something is found or the budget is spent.
    fn run(&mut self, search: &mut Self::Search, budget: &mut Budget) -> Found;
    /// The length of the longest prefix that `search` has shown to be possible.
    fn furthest(&self, search: &Self::Search) -> usize;
    /// The bytes of the budget that `search` holds; to be given back when it is dropped.
    fn bytes(&self, search: &Self::Search) -> u64;
    /// The states that the last operation of the prefix of this length may have met.
    fn candidates(&self, length: usize) -> Vec<StateId>;
}

/// What is being searched.
#[derive(Clone, Debug)]
enum Phase {
    /// Whether the whole is possible, or the part of it that matters.
    Whole,
    /// The shortest impossible prefix: `possible` returns are possible, `impossible` are not. The
    /// next length to try is `stride` beyond what is possible, or half way.
    Locate { possible: usize, impossible: usize, stride: usize },
    /// Which states the operation that ends the prefix of this length could have met.
    States { impossible: usize, candidates: Vec<StateId>, states: Vec<StateId> },
}

/// The judging of one partition, in portions.
#[derive(Clone, Debug)]
pub(in crate::check) struct Searching<P: Problem> {
    problem: P,
    /// How many returns matter.
    length: usize,
    question: Question,
    phase: Phase,
    search: P::Search,
}

impl<P: Problem> Searching<P> {
    /// The judging of what ends with the return of this number.
    pub(in crate::check) fn new(mut problem: P, length: usize, question: Question) -> Self {
        let is_whole = length == problem.returns();
        let search = problem.search(if is_whole { Goal::Whole } else { Goal::Prefix(length) });
        Searching { problem, length, question, phase: Phase::Whole, search }
    }

    /// The search for the shortest impossible prefix, where one with `possible` returns is known to be
    /// possible, and one with `impossible`, at least two more, is known not to be.
    pub(in crate::check) fn between(mut problem: P, possible: usize, impossible: usize) -> Self {
        let search = problem.search(Goal::Prefix(length(possible, impossible, 1)));
        let (length, question) = (problem.returns(), Question::Explanation);
        let phase = Phase::Locate { possible, impossible, stride: 1 };
        Searching { problem, length, question, phase, search }
    }

    /// Judges until there is a judgement or `budget` has no steps left.
    pub(in crate::check) fn run(&mut self, budget: &mut Budget) -> Progress {
        loop {
            let found = self.problem.run(&mut self.search, budget);
            if found == Found::OutOfSteps {
                return Progress::Exhausted;
            }
            if let Some(judgement) = self.advance(found, budget) {
                self.release(budget);
                return Progress::Done(judgement);
            }
        }
    }

    /// The judgement so far; `why` says why there is no other.
    pub(in crate::check) fn so_far(&self, why: &str) -> Judgement {
        match &self.phase {
            Phase::Whole => self.unknown(why),
            Phase::Locate { .. } => self.unlocated(),
            Phase::States { impossible, states, .. } => self.invalid(*impossible, states.clone()),
        }
    }

    /// Draws the conclusion from a search. `None` if there is another to do.
    fn advance(&mut self, found: Found, budget: &mut Budget) -> Option<Judgement> {
        let furthest = self.problem.furthest(&self.search);
        match &mut self.phase {
            Phase::Whole => match found {
                Found::Way if self.length < self.problem.returns() => {
                    return Some(Judgement::beyond(P::ALGORITHM));
                }
                Found::Way => return Some(Judgement::valid(P::ALGORITHM)),
                Found::OutOfMemory => return Some(self.unknown("the search ran out of memory")),
                Found::NoWay | Found::OutOfSteps if self.question == Question::Verdict => {
                    return Some(Judgement::unlocated(P::ALGORITHM));
                }
                Found::NoWay | Found::OutOfSteps => {
                    self.phase = Phase::Locate { possible: furthest, impossible: self.length, stride: 1 };
                }
            },
            Phase::Locate { possible, impossible, stride } => {
                let length = length(*possible, *impossible, *stride);
                match found {
                    Found::Way => (*possible, *stride) = (length, *stride * 2),
                    // A search that failed has still shown how far one can get.
                    Found::NoWay => {
                        *impossible = length;
                        *possible = furthest.max(*possible);
                        *stride = 1;
                    }
                    Found::OutOfSteps | Found::OutOfMemory => return Some(self.unlocated()),
                }
            }
            Phase::States { candidates, states, .. } => {
                let tried = candidates.pop();
                if found == Found::Way {
                    states.extend(tried);
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
            let mut candidates = self.problem.candidates(impossible);
            candidates.reverse();
            self.phase = Phase::States { impossible, candidates, states: Vec::new() };
        }
        let goal = match &mut self.phase {
            Phase::Whole => return None,
            Phase::Locate { possible, impossible, stride } => {
                Goal::Prefix(length(*possible, *impossible, *stride))
            }
            Phase::States { impossible, candidates, states } => match candidates.last() {
                Some(&value) => Goal::Instead(*impossible, value),
                None => {
                    let (length, states) = (*impossible, std::mem::take(states));
                    return Some(self.invalid(length, states));
                }
            },
        };
        self.release(budget);
        self.search = self.problem.search(goal);
        None
    }

    /// Gives `budget` what the search holds.
    pub(in crate::check) fn release(&self, budget: &mut Budget) {
        budget.give_back(self.problem.bytes(&self.search));
    }

    /// That the search was given up, and how far it had come.
    fn unknown(&self, why: &str) -> Judgement {
        let (possible, all) = (self.problem.furthest(&self.search), self.problem.returns());
        let note = format!("{why}; of {all} that returned, at least the first {possible} have a legal order");
        Judgement { verdict: Verdict::Unknown, algorithm: P::ALGORITHM, impossible: None, note: Some(note) }
    }

    fn unlocated(&self) -> Judgement {
        let note = Some("the first impossible operation was not found within the budget".to_owned());
        Judgement { verdict: Verdict::Invalid, algorithm: P::ALGORITHM, impossible: None, note }
    }

    /// The judgement that the prefix of this length is the shortest impossible one.
    fn invalid(&self, length: usize, states: Vec<StateId>) -> Judgement {
        let operation = self.problem.source(length - 1) as usize;
        Judgement::invalid(P::ALGORITHM, Impossible { operation, possible_before: length - 1, states })
    }
}

/// The next length to try: near what is possible, for searches that fail end near the place.
fn length(possible: usize, impossible: usize, stride: usize) -> usize {
    (possible + stride).min(usize::midpoint(possible, impossible)).max(possible + 1)
}
