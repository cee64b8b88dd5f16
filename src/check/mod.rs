//! Floor 2: judges histories.
//!
//! A judge must not trust the code it judges, so nothing here sees the engine or a protocol, only
//! what the clients saw.
//!
//! * [`Model`]: what an object ought to do; [`ModelName`] and [`Specification`]: those known by name.
//! * [`Case`]: a history made ready for judging, split by key into [`Partition`]s.
//! * [`Judging`]: the judging of one partition, in portions of a [`Budget`]; the caller owns the
//!   clock and may judge partitions in parallel. It chooses the algorithm by what the partition allows.
//! * [`Report`]: the verdict on the whole, with the first impossible operation and its explanation.
//! * [`check`]: all of that in one call; [`decide`]: the verdict alone, sooner.
//! * [`Level`], [`Finding`], [`Ladder`]: weaker promises, what a history keeps of one, and of all.
//! * [`Durability`], [`Staleness`], [`Outage`]: what is measured and not judged; [`Measure`]: their names.
//! * [`Online`]: the judging of a history while it is made.

mod automaton;
mod beginnings;
#[cfg(test)]
mod brute_force;
mod budget;
mod erased;
#[cfg(test)]
mod explanation_cost;
mod judgement;
mod levels;
mod linearizability;
mod model;
mod models;
mod numbering;
mod online;
mod partition;
mod report;
#[cfg(test)]
mod several_keys;
mod special;
mod timeline;

pub use budget::Budget;
pub use judgement::{Impossible, Judgement, Judging, Progress, Question};
pub use levels::{
    Bounds, Durability, Finding, Ladder, Level, LinearizableWrites, Measure, Outage, Promise, Quantiles,
    Sequential, StaleRead, Staleness, Violation, Weaker,
};
pub use model::{Effect, Model, Structure};
pub use models::{
    Consensus, Counter, Fence, FencedLock, FifoQueue, Held, Kv, Lock, ModelName, MultiRegister, Mutex,
    NilReads, Register, Registers, Sequence, Set, Specification, Stack,
};
pub use online::Online;
pub use partition::{Case, Partition};
pub use report::{Explanation, FirstImpossible, Report, Verdict};

use crate::history::{History, HistoryError};

/// Judges `history` against `model`, one partition after the other, within `budget`.
///
/// ```
/// use atropos::check::{Budget, Register, Verdict, check};
/// use atropos::history::read_jsonl;
///
/// let history = read_jsonl(
///     br#"{"process":0,"type":"invoke","f":"write","value":1}
///         {"process":0,"type":"ok","f":"write","value":1}
///         {"process":1,"type":"invoke","f":"read"}
///         {"process":1,"type":"ok","f":"read","value":null}"#,
/// )?;
/// let report = check(&history, &Register::default(), &mut Budget::UNLIMITED.clone())?;
/// assert_eq!(report.verdict, Verdict::Invalid);
/// assert_eq!(report.first_impossible.unwrap().index, 3);
/// # Ok::<(), atropos::history::HistoryError>(())
/// ```
///
/// # Errors
/// A history whose events contradict one another, or an operation that the model does not have.
pub fn check<M: Model>(history: &History, model: &M, budget: &mut Budget) -> Result<Report, HistoryError> {
    Ok(judge(&Case::new(history, model)?, budget))
}

/// Judges `case`, one partition after the other, within `budget`.
pub fn judge(case: &Case, budget: &mut Budget) -> Report {
    let mut horizon = None;
    let judge = |place| {
        let judgement = conclude(Judging::new(case, place).until(horizon), budget);
        horizon = horizon.into_iter().chain(case.end_of_possible(&judgement)).min();
        judgement
    };
    let judgements = (0..case.partitions.len()).map(judge).collect();
    case.report(judgements)
}

/// The verdict on `case` within `budget`, and nothing else that takes time: the first partition that is
/// found impossible ends the judging, and which operation is to blame is not looked for.
///
/// ```
/// use atropos::check::{Budget, Case, Register, Verdict, decide};
/// use atropos::history::read_jsonl;
///
/// let history = read_jsonl(
///     br#"{"process":0,"type":"invoke","f":"read"}
///         {"process":0,"type":"ok","f":"read","value":1}"#,
/// )?;
/// let report = decide(&Case::new(&history, &Register::default())?, &mut Budget::UNLIMITED.clone());
/// assert_eq!((report.verdict, report.first_impossible), (Verdict::Invalid, None));
/// # Ok::<(), atropos::history::HistoryError>(())
/// ```
pub fn decide(case: &Case, budget: &mut Budget) -> Report {
    let mut judgements = vec![Judgement::skipped(); case.partitions.len()];
    for place in case.shortest_first() {
        judgements[place] = conclude(Judging::new(case, place).asking(Question::Verdict), budget);
        if judgements[place].verdict == Verdict::Invalid {
            break;
        }
    }
    case.report(judgements)
}

/// What `judging` comes to within `budget`.
fn conclude(mut judging: Judging<'_>, budget: &mut Budget) -> Judgement {
    match judging.run(budget) {
        Progress::Done(judgement) => judgement,
        Progress::Exhausted => judging.conclude(budget),
    }
}
