//! What is said of one partition, and the judging that comes to say it.

use super::linearizability::{Assignments, Problem, Searching, Steps};
use super::numbering::StateId;
use super::partition::{Entry, NEVER};
use super::special::{self, Ruling};
use super::{Budget, Case, Verdict};

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
    /// How it was reached.
    pub algorithm: &'static str,
    /// The first operation that is impossible.
    pub impossible: Option<Impossible>,
    /// What a reader should know of the verdict.
    pub note: Option<String>,
}

/// The operation that ends the shortest impossible prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Impossible {
    /// Its index in the operations of the case.
    pub operation: usize,
    /// How many operations of the partition returned before it (those that demand and change
    /// nothing apart). They have a legal order.
    pub possible_before: usize,
    /// Some of the states in which it could have happened, by number.
    pub(super) states: Vec<StateId>,
}

impl Judgement {
    pub(super) fn valid(algorithm: &'static str) -> Self {
        Judgement { verdict: Verdict::Valid, algorithm, impossible: None, note: None }
    }

    pub(super) fn invalid(algorithm: &'static str, impossible: Impossible) -> Self {
        Judgement { verdict: Verdict::Invalid, algorithm, impossible: Some(impossible), note: None }
    }

    /// That there is no legal order; nobody asked which operation is the first without.
    pub(super) fn unlocated(algorithm: &'static str) -> Self {
        Judgement { verdict: Verdict::Invalid, algorithm, impossible: None, note: None }
    }

    /// That what comes before the horizon is possible: another partition decides.
    pub(super) fn beyond(algorithm: &'static str) -> Self {
        Judgement { verdict: Verdict::Unknown, algorithm, impossible: None, note: None }
    }

    /// That nothing was looked at, since another partition has decided.
    pub fn skipped() -> Self {
        Judgement::beyond("")
    }

    /// That nothing was looked at.
    pub fn undecided() -> Self {
        Judgement { verdict: Verdict::Unknown, algorithm: "none", impossible: None, note: None }
    }
}

/// What is asked of an impossible history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Nothing more: the verdict is enough.
    Verdict,
    /// Which operation is the first impossible one, and what would have been possible in its place.
    Explanation,
}

/// The judging of one partition, in portions.
#[derive(Clone, Debug)]
pub struct Judging<'c> {
    case: &'c Case,
    place: usize,
    question: Question,
    horizon: Option<usize>,
    method: Method,
}

/// By what the partition allows.
#[derive(Clone, Debug)]
enum Method {
    /// Not chosen yet.
    Open,
    Assignments(Box<Searching<Assignments>>),
    Steps(Box<Searching<Steps>>),
}

impl<'c> Judging<'c> {
    /// The judging of the partition of `case` in this place.
    pub fn new(case: &'c Case, place: usize) -> Self {
        Judging { case, place, question: Question::Explanation, horizon: None, method: Method::Open }
    }

    /// The same, to answer `question`.
    pub fn asking(self, question: Question) -> Self {
        Judging { question, ..self }
    }

    /// The same, where another partition is impossible because of the completion with this index among
    /// the events of the history: what completes later need not be looked at. The verdict is unknown
    /// where all before is possible.
    pub fn until(self, horizon: Option<usize>) -> Self {
        Judging { horizon, ..self }
    }

    /// The judging of the same by a search, though there may be a shorter way.
    #[cfg(test)]
    pub(super) fn by_search(case: &'c Case, place: usize) -> Self {
        let mut judging = Judging::new(case, place);
        judging.choose_search();
        judging
    }

    /// Judges until there is a judgement or `budget` has no steps left.
    pub fn run(&mut self, budget: &mut Budget) -> Progress {
        loop {
            match &mut self.method {
                Method::Assignments(searching) => return searching.run(budget),
                Method::Steps(searching) => return searching.run(budget),
                Method::Open => {}
            }
            if let Some(judgement) = self.choose() {
                return Progress::Done(judgement);
            }
        }
    }

    /// The judgement so far, for a caller that will not go on; `budget` gets back what the judging holds.
    pub fn conclude(self, budget: &mut Budget) -> Judgement {
        match &self.method {
            Method::Open => {}
            Method::Assignments(searching) => searching.release(budget),
            Method::Steps(searching) => searching.release(budget),
        }
        self.so_far("the search was given up for lack of steps")
    }

    /// The judgement so far; `why` says why there is no other.
    pub fn so_far(&self, why: &str) -> Judgement {
        match &self.method {
            Method::Open => Judgement::undecided(),
            Method::Assignments(searching) => searching.so_far(why),
            Method::Steps(searching) => searching.so_far(why),
        }
    }

    /// Judges at once where there is a near-linear way, and else chooses the search.
    fn choose(&mut self) -> Option<Judgement> {
        let partition = &self.case.partitions[self.place];
        match special::rule(self.case, partition, self.question, self.horizon) {
            (Ruling::Possible, algorithm) if self.horizon.is_some() => {
                return Some(Judgement::beyond(algorithm));
            }
            (Ruling::Possible, algorithm) => return Some(Judgement::valid(algorithm)),
            (Ruling::Impossible(_) | Ruling::Between { .. }, algorithm)
                if self.question == Question::Verdict =>
            {
                return Some(Judgement::unlocated(algorithm));
            }
            (Ruling::Impossible(impossible), algorithm) => {
                return Some(Judgement::invalid(algorithm, impossible));
            }
            (Ruling::Between { impossible, .. }, _) if self.ends_before(impossible) => self.choose_search(),
            (Ruling::Between { possible, impossible }, _) => {
                let steps = Steps::new(self.case, partition);
                self.method = Method::Steps(Box::new(Searching::between(steps, possible, impossible)));
            }
            (Ruling::Silent, _) => self.choose_search(),
        }
        None
    }

    /// Whether fewer returns than this matter.
    fn ends_before(&self, returns: usize) -> bool {
        let entries = &self.case.partitions[self.place].entries;
        let returned = |entry: &&Entry| self.case.operations[entry.source as usize].returned;
        let before = |entry: &&Entry| entry.ret != NEVER && returned(entry) < self.horizon;
        self.horizon.is_some() && entries.iter().filter(before).count() < returns
    }

    fn choose_search(&mut self) {
        let partition = &self.case.partitions[self.place];
        self.method = if partition.computes {
            Method::Steps(Box::new(self.searching(Steps::new(self.case, partition))))
        } else {
            Method::Assignments(Box::new(self.searching(Assignments::new(partition))))
        };
    }

    fn searching<P: Problem>(&self, problem: P) -> Searching<P> {
        let returned = |done| self.case.operations[problem.source(done) as usize].returned;
        let before = self.horizon.map_or(problem.returns(), |horizon| {
            // Those that returned are in order of return.
            let (mut low, mut high) = (0, problem.returns());
            while low < high {
                let middle = usize::midpoint(low, high);
                if returned(middle) < Some(horizon) { low = middle + 1 } else { high = middle }
            }
            low
        });
        Searching::new(problem, before, self.question)
    }
}
