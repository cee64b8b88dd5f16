//! The history of a run held to what the scenario says that it promises.

use super::judge::Watcher;
use super::outcome::CheckResult;
use super::simulate::{JUDGING_BYTES, JUDGING_STEPS, PORTION};
use crate::check::{
    Budget, Case, Durability, Finding, Level, Promise, Sequential, Specification, Verdict, Violation, Weaker,
};
use crate::history::History;

/// What came of each of `promises` but linearizability, for as long as `watcher` wants to wait.
pub(super) fn held_to(
    promises: &[Promise],
    history: &History,
    case: &Case,
    objects: &Specification,
    watcher: &mut dyn Watcher,
) -> Vec<CheckResult> {
    let others = promises.iter().filter(|promise| **promise != Promise::Level(Level::Linearizable));
    let weaker = Weaker::new(case, objects);
    let mut held_to = |promise: &Promise| {
        let (verdict, detail, culprit) = match promise {
            // Nothing could have gone wrong: that says nothing about the protocol.
            _ if !case.constrains() => {
                (Verdict::Unknown, Some("no completed operation constrains the order".to_owned()), None)
            }
            Promise::Level(Level::Sequential) => of_level(&sequential(case, watcher)),
            Promise::Level(level) => of_level(&weaker.finding(*level)),
            Promise::Durability => of_durability(Durability::of(case.operations(), objects)),
        };
        let event = culprit.and_then(|at| case.operations()[at].returned);
        let at = event.and_then(|event| history.events[event].time);
        CheckResult { name: promise.check(), verdict, detail, at }
    };
    others.map(&mut held_to).collect()
}

/// The verdict, why, and the operation to blame.
type Told = (Verdict, Option<String>, Option<usize>);

fn of_level(finding: &Finding) -> Told {
    let example = finding.examples.first();
    let detail = match (finding.verdict, example) {
        (Verdict::Invalid, Some(example)) => {
            Some(such_as(finding.violations, "breaks it", "break it", example))
        }
        _ => finding.note.clone(),
    };
    (finding.verdict, detail, example.and_then(|example| example.operations.last().copied()))
}

fn of_durability(found: Result<Durability, String>) -> Told {
    let found = match found {
        Ok(found) => found,
        Err(why) => return (Verdict::Unknown, Some(why), None),
    };
    let counts = format!(
        "of {} acknowledged writes {} lost; dirty reads {}, failed and seen {}, unexpected {}",
        found.acknowledged,
        found.lost.len(),
        found.dirty.len(),
        found.failed_seen.len(),
        found.unexpected.len()
    );
    let example = found.examples.first();
    let detail = match found.verdict {
        Verdict::Invalid => {
            Some(example.map_or(counts.clone(), |example| format!("{counts}; {}", example.story)))
        }
        _ => found.note.clone(),
    };
    (found.verdict, detail, example.and_then(|example| example.operations.last().copied()))
}

fn such_as(count: u64, one: &str, many: &str, example: &Violation) -> String {
    let what = if count == 1 { format!("operation {one}") } else { format!("operations {many}") };
    format!("{count} {what}: {}", example.story)
}

/// What the search for a sequential order finds, in portions.
fn sequential(case: &Case, watcher: &mut dyn Watcher) -> Finding {
    let mut judging = Sequential::new(case);
    let mut budget = Budget::new(0, JUDGING_BYTES);
    let mut left = JUDGING_STEPS;
    loop {
        if let Some(finding) = judging.run(&mut budget) {
            return finding;
        }
        if left == 0 || !watcher.on_judging() {
            return judging.conclude(&mut budget);
        }
        let portion = left.min(PORTION);
        left -= portion;
        budget.refill(portion);
    }
}
