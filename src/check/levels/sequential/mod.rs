//! Sequential consistency (Lamport 1979): can all operations, of all objects together, be put in one order that
//! is legal and keeps the order of each session? Real time does not matter.
//!
//! It is not local: each object may have such an order and all together none. Deciding it is NP-complete, even
//! for one register (Gibbons and Korach, *Testing Shared Memories*, 1997), so a search has a limit, and the
//! verdict beyond it is unknown. Where values are written once, most of the order follows from who reads what,
//! and there is hardly anything to search for.
//!
//! A session is what one process does. It ends with an operation that was never answered, which may happen at
//! any time after what came before it in its session, or never. Failed operations did not happen.
//!
//! * [`Sequential`]: the judging, in portions of a [`Budget`].
//! * `items`: the operations, by session, and where what they demand can come from.
//! * `plan`: what an order must hold up to which answer, and may.
//! * `derived`: what must come before what in every order.
//! * `search`: the search for an order; `memo`: where it has been.
//! * `story`: what is told of a history that has none.

mod derived;
mod items;
mod memo;
mod plan;
mod search;
mod story;
#[cfg(test)]
mod tests;

use derived::{Derived, Order};
use items::Items;
use plan::Plan;
use search::Search;

use super::{Finding, Level, Violation};
use crate::check::linearizability::Found;
use crate::check::{Budget, Case};

const ALGORITHM: &str = "derived order, then depth-first search";

/// Why there is no order up to some answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refutation {
    /// This operation reads what nothing can have left.
    Phantom(u32),
    /// This operation must come before itself.
    Cycle(u32),
    /// A search has found none.
    Search,
}

/// The question whether there is an order up to some answer.
#[derive(Clone, Debug)]
struct Attempt {
    plan: Plan,
    order: Order,
    search: Option<Search>,
}

/// What became of it.
enum Attempted {
    Possible,
    Impossible(Refutation),
    OutOfSteps,
    OutOfMemory,
}

/// The judging of a history.
#[derive(Clone, Debug)]
pub struct Sequential<'c> {
    case: &'c Case,
    items: Items,
    attempt: Option<Attempt>,
    /// There is an order up to so many answers.
    possible: usize,
    /// There is none up to so many, for this reason.
    impossible: Option<(usize, Refutation)>,
    /// The most operations that were ever in order.
    furthest: usize,
}

impl Attempt {
    fn new(items: &Items, answers: usize, budget: &mut Budget) -> Self {
        let plan = Plan::new(items, answers);
        let order = Order::new(items, &plan, budget);
        Attempt { plan, order, search: None }
    }

    fn run(&mut self, items: &mut Items, budget: &mut Budget) -> Attempted {
        if let Some(phantom) = self.plan.phantom {
            return Attempted::Impossible(Refutation::Phantom(phantom));
        }
        if self.search.is_none() {
            match self.order.run(items, budget) {
                Derived::All => {}
                Derived::Cycle(item) => return Attempted::Impossible(Refutation::Cycle(item)),
                Derived::OutOfSteps => return Attempted::OutOfSteps,
            }
        }
        let search = self.search.get_or_insert_with(|| Search::new(items, &self.plan));
        match search.run(items, &self.plan, &self.order, budget) {
            Found::Way => Attempted::Possible,
            Found::NoWay => Attempted::Impossible(Refutation::Search),
            Found::OutOfSteps => Attempted::OutOfSteps,
            Found::OutOfMemory => Attempted::OutOfMemory,
        }
    }

    /// The bytes of the budget that are held.
    fn bytes(&self) -> u64 {
        self.order.bytes() + self.search.as_ref().map_or(0, Search::bytes)
    }
}

impl<'c> Sequential<'c> {
    /// The judging of all objects of `case` together.
    pub fn new(case: &'c Case) -> Self {
        let items = Items::new(case);
        Sequential { case, items, attempt: None, possible: 0, impossible: None, furthest: 0 }
    }

    /// Judges until there is a finding; `None` if `budget` has no steps left, after which this goes on with a
    /// refilled one.
    pub fn run(&mut self, budget: &mut Budget) -> Option<Finding> {
        if self.case.partitions.is_empty() && !self.case.operations.is_empty() {
            return Some(unknown("time was up before the operations were sorted by key".to_owned()));
        }
        while let Some(answers) = self.next_attempt() {
            let attempt = match &mut self.attempt {
                Some(attempt) => attempt,
                empty => empty.insert(Attempt::new(&self.items, answers, budget)),
            };
            let attempted = attempt.run(&mut self.items, budget);
            self.furthest = self.furthest.max(attempt.search.as_ref().map_or(0, |search| search.furthest));
            match attempted {
                Attempted::Possible => self.possible = answers,
                Attempted::Impossible(why) => self.impossible = Some((answers, why)),
                Attempted::OutOfSteps => return None,
                Attempted::OutOfMemory => {
                    let finding = self.so_far("the search was given up for lack of memory");
                    self.release(budget);
                    return Some(finding);
                }
            }
            self.release(budget);
        }
        Some(match self.impossible {
            None => Finding::valid(Level::Sequential, ALGORITHM),
            Some((answers, why)) => self.invalid(self.violation(answers, why, budget)),
        })
    }

    /// The finding so far, for a caller that will not go on; `budget` gets back what the judging holds.
    pub fn conclude(mut self, budget: &mut Budget) -> Finding {
        let finding = self.so_far("the search was given up for lack of steps");
        self.release(budget);
        finding
    }

    /// Up to how many answers an order is to be looked for next: first up to the last.
    fn next_attempt(&self) -> Option<usize> {
        let all = self.items.returns.len();
        match self.impossible {
            None => (self.possible < all).then_some(all),
            Some((impossible, _)) => {
                (self.possible + 1 < impossible).then(|| self.possible.midpoint(impossible))
            }
        }
    }

    /// Gives back what the attempt holds, which is over.
    fn release(&mut self, budget: &mut Budget) {
        if let Some(attempt) = self.attempt.take() {
            budget.give_back(attempt.bytes());
        }
    }

    /// The finding so far; `why` says why there is no other.
    fn so_far(&self, why: &str) -> Finding {
        let all = self.items.all.len();
        match self.impossible {
            None => unknown(format!("{why}: at most {} of {all} operations were in order", self.furthest)),
            Some((answers, refutation)) => {
                let note = format!(
                    "{why}, which operation is the first that no order explains: one of those answered from \
                     the {}th to the {answers}th",
                    self.possible + 1
                );
                let violation = story::refuted(self.case, &self.items, refutation);
                Finding { note: Some(note), ..self.invalid(violation) }
            }
        }
    }

    fn invalid(&self, violation: Violation) -> Finding {
        Finding::invalid(Level::Sequential, ALGORITHM, 1, vec![violation])
    }

    /// What is told of the first answer up to which there is no order.
    fn violation(&self, answers: usize, why: Refutation, budget: &mut Budget) -> Violation {
        let culprit = self.items.returns[answers - 1];
        let mut cycle = Vec::new();
        if let Refutation::Cycle(_) = why {
            // The same once more, to say why; it took no longer before.
            let mut attempt = Attempt::new(&self.items, answers, budget);
            attempt.order = attempt.order.explaining();
            if let Derived::Cycle(item) = attempt.order.run(&self.items, &mut Budget::UNLIMITED.clone()) {
                cycle = story::cycle(&self.items, &attempt.plan, attempt.order.edges(), item);
            }
            budget.give_back(attempt.bytes());
        }
        story::first(self.case, &self.items, culprit, answers - 1, why, &cycle)
    }
}

fn unknown(note: String) -> Finding {
    Finding::unknown(Level::Sequential, ALGORITHM, note)
}
