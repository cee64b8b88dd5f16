//! Near-linear judges for histories that allow one. Each has its proof at its head.
//!
//! * `zones`: registers whose values are each written once.
//! * `zone_locator`, `zone_states`: the first impossible operation of such a history, and what it
//!   could have seen.
//! * `chains`: the same with compare-and-set.
//! * `chain_locator`, `chain_states`: the same for these.
//! * `maxima`: the tree that the locators ask.
//! * `alternation`: a mutex, and whatever goes to and fro between two states.
//! * `growing_set`: a set to which no element is added twice.
//! * `queue`: a queue to which no value is enqueued twice.
//! * `stack`, `nesting`: a stack onto which no value is pushed twice.
//! * `strings`: strings that grow, where hardly a step is to be taken back.
//! * `container`: the operations of these two.
//! * `prefixes`: the first impossible operation for those three, by guesses of theirs.

mod alternation;
mod chain_locator;
mod chain_states;
mod chains;
mod container;
mod growing_set;
mod maxima;
mod nesting;
#[cfg(test)]
mod prefix_tests;
mod prefixes;
mod queue;
mod stack;
mod strings;
#[cfg(test)]
mod tests;
mod zone_locator;
mod zone_states;
mod zones;

use super::judgement::{Impossible, Question};
use super::model::Structure;
use super::{Case, Partition};

/// What a near-linear judge has to say of a partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ruling {
    /// It is linearizable.
    Possible,
    /// It is not.
    Impossible(Impossible),
    /// It is not. With `possible` returns it is, with `impossible` it is not; what is between is for a
    /// search to find out.
    Between { possible: usize, impossible: usize },
    /// Nothing: the judge does not apply.
    Silent,
}

/// The ruling of the first judge that has one on `partition` of `case`, and what it calls itself. Where the
/// verdict is enough, it need not say more than that something is impossible; and of what completes with the
/// event `horizon` of the history or later, it need not say anything.
pub(super) fn rule(
    case: &Case,
    partition: &Partition,
    question: Question,
    horizon: Option<usize>,
) -> (Ruling, &'static str) {
    match (partition.computes, case.model.structure()) {
        (_, Structure::GrowingSet) => (growing_set::rule(case, partition, question), growing_set::ALGORITHM),
        (true, Structure::Queue) => (queue::rule(case, partition, question), queue::ALGORITHM),
        (true, Structure::String) => (strings::rule(case, partition, question, horizon), strings::ALGORITHM),
        (true, Structure::Stack) => (stack::rule(case, partition, question), stack::ALGORITHM),
        (true, _) => (Ruling::Silent, ""),
        (false, _) => assignments(partition, question),
    }
}

/// The same where all operations are guarded assignments.
fn assignments(partition: &Partition, question: Question) -> (Ruling, &'static str) {
    let ruling = zones::rule(partition, question);
    if ruling != Ruling::Silent {
        return (ruling, zones::ALGORITHM);
    }
    let ruling = alternation::rule(partition);
    if ruling != Ruling::Silent {
        return (ruling, alternation::ALGORITHM);
    }
    (chains::rule(partition, question), chains::ALGORITHM)
}
