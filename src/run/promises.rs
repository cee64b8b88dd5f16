//! The history of a run held to what the scenario says that it promises.

use super::judge::Watcher;
use super::outcome::CheckResult;
use super::simulate::{JUDGING_BYTES, JUDGING_STEPS, PORTION, judge_case, sound};
use crate::base::NodeId;
use crate::check::{
    Budget, Case, Durability, Finding, Level, LinearizableWrites, Promise, Sequential, Specification,
    Verdict, Violation, Weaker,
};
use crate::history::{History, Value};

/// What came of each of `promises` but linearizability, for as long as `watcher` wants to wait.
pub(super) fn held_to(
    promises: &[Promise],
    history: &History,
    case: &Case,
    objects: &Specification,
    replicas: &Replicas,
    watcher: &mut dyn Watcher,
) -> Vec<CheckResult> {
    let others = promises.iter().filter(|promise| **promise != Promise::Level(Level::Linearizable));
    let weaker = Weaker::new(case, objects);
    let mut held_to = |promise: &Promise| {
        let (verdict, detail, culprit) = match promise {
            Promise::Convergence => of_replicas(replicas),
            // Nothing could have gone wrong: that says nothing about the protocol.
            _ if !case.constrains() => {
                (Verdict::Unknown, Some("no completed operation constrains the order".to_owned()), None)
            }
            Promise::Level(Level::Sequential) => of_level(&sequential(case, watcher), case),
            Promise::Level(level) => of_level(&weaker.finding(*level), case),
            Promise::LinearizableWrites => of_writes(history, case, objects, watcher),
            Promise::Durability => of_durability(Durability::of(case.operations(), objects), case),
        };
        let at = culprit.and_then(|event| history.events[event].time);
        CheckResult { name: promise.check(), verdict, detail, at }
    };
    others.map(&mut held_to).collect()
}

/// What each replica held at the end, key by key; `None` if the run did not come to its end.
pub(super) type Replicas = Option<Vec<(NodeId, Vec<Value>)>>;

/// Whether all replicas are equal; if not, which differ, and where.
fn of_replicas(replicas: &Replicas) -> Told {
    let unknown = |why: &str| (Verdict::Unknown, Some(why.to_owned()), None);
    let Some(replicas) = replicas else { return unknown("the run did not come to its end") };
    let [(_, first), others @ ..] = &replicas[..] else { return unknown("there are no replicas to compare") };
    if others.is_empty() {
        return unknown("there is one replica, and none to compare it with");
    }
    let differ = |key: &usize| others.iter().any(|(_, values)| values[*key] != first[*key]);
    let keys: Vec<usize> = (0..first.len()).filter(differ).collect();
    let Some(&key) = keys.first() else { return (Verdict::Valid, None, None) };
    let mut held: Vec<(&Value, Vec<String>)> = Vec::new();
    for (node, values) in replicas {
        match held.iter_mut().find(|(value, _)| **value == values[key]) {
            Some((_, nodes)) => nodes.push(node.to_string()),
            None => held.push((&values[key], vec![node.to_string()])),
        }
    }
    let told: Vec<String> =
        held.iter().map(|(value, nodes)| format!("{value} on {}", nodes.join(", "))).collect();
    let more = if keys.len() == 1 { String::new() } else { format!(" (and {} keys more)", keys.len() - 1) };
    (Verdict::Invalid, Some(format!("of key {key} there is {}{more}", told.join("; "))), None)
}

/// The verdict, why, and the event to blame.
type Told = (Verdict, Option<String>, Option<usize>);

fn of_level(finding: &Finding, case: &Case) -> Told {
    let example = finding.examples.first();
    let detail = match (finding.verdict, example) {
        (Verdict::Invalid, Some(example)) => {
            Some(such_as(finding.violations, "breaks it", "break it", example))
        }
        _ => finding.note.clone(),
    };
    (finding.verdict, detail, example.and_then(|example| to_blame(example, case)))
}

fn of_durability(found: Result<Durability, String>, case: &Case) -> Told {
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
    (found.verdict, detail, example.and_then(|example| to_blame(example, case)))
}

/// The answer of the operation that breaks it.
fn to_blame(example: &Violation, case: &Case) -> Option<usize> {
    case.operations()[*example.operations.last()?].returned
}

fn of_writes(history: &History, case: &Case, objects: &Specification, watcher: &mut dyn Watcher) -> Told {
    let writes = sound(LinearizableWrites::new(history, case.operations(), objects));
    let report = judge_case(&writes.case, watcher);
    let first = report.first_impossible.map(|first| writes.told(&first, history));
    let detail = match &first {
        Some(first) => Some(format!("first impossible operation: {first}")),
        None => report.note,
    };
    (report.verdict, detail, first.map(|first| first.index))
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
