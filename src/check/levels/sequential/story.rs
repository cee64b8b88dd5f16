//! What is told of a history that has no order: the first answer that none explains, and, where it follows from
//! who reads what, operations of which each must come before the next and the last before the first.

use std::collections::VecDeque;

use super::Refutation;
use super::derived::{Edge, Reason};
use super::items::Items;
use super::plan::Plan;
use crate::check::Case;
use crate::check::levels::Violation;
use crate::history::{Operation, Outcome};

/// More of a cycle is not told.
const TOLD: usize = 8;

/// The shortest cycle through `item` of what follows from the sessions of `plan` and from `edges`.
pub(super) fn cycle(items: &Items, plan: &Plan, edges: &[Edge], item: u32) -> Vec<Edge> {
    let count = items.all.len();
    let mut following: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (number, edge) in (0..).zip(edges) {
        following[edge.from as usize].push(number);
    }
    let mut reached: Vec<Option<Edge>> = vec![None; count];
    let mut waiting = VecDeque::from([item]);
    while let Some(from) = waiting.pop_front() {
        let place = &items.all[from as usize];
        let session =
            &items.sessions[place.session as usize][..plan.certain[place.session as usize] as usize];
        let next = session.get(place.place as usize + 1);
        let next = next.map(|&to| Edge { from, to, reason: Reason::Session });
        let others = following[from as usize].iter().map(|&edge| edges[edge as usize]);
        for edge in others.chain(next) {
            if reached[edge.to as usize].is_none() {
                reached[edge.to as usize] = Some(edge);
                waiting.push_back(edge.to);
            }
        }
    }
    let (mut way, mut at) = (Vec::new(), item);
    while let Some(edge) = reached[at as usize] {
        way.push(edge);
        at = edge.from;
        if at == item {
            way.reverse();
            return way;
        }
    }
    Vec::new()
}

/// That `culprit` is the first answer that no order explains; `before` it were answered.
pub(super) fn first(
    case: &Case,
    items: &Items,
    culprit: u32,
    before: usize,
    why: Refutation,
    cycle: &[Edge],
) -> Violation {
    let source = |item: u32| items.all[item as usize].source as usize;
    let tell = |item: u32| tell(&case.operations[source(item)]);
    let mut story = format!(
        "no order of all operations that keeps that of each process explains {}; {before} that were answered \
         before it have one",
        tell(culprit)
    );
    let mut operations = Vec::new();
    if let Refutation::Phantom(reader) = why {
        operations.push(source(reader));
        let other = if reader == culprit { "it".to_owned() } else { tell(reader) };
        story.push_str(&format!(": nothing leaves what {other} demands"));
    }
    for (place, edge) in cycle.iter().enumerate() {
        operations.push(source(edge.from));
        if place >= TOLD {
            continue;
        }
        let why = match edge.reason {
            Reason::Session => "in its process",
            Reason::Read => "which reads it",
            Reason::Hides => "which it would hide from who reads that",
            Reason::Overwritten => "which overwrites what it reads",
        };
        let begin = if place == 0 { ": " } else { ", " };
        story.push_str(&format!("{begin}{} must come before {}, {why}", tell(edge.from), tell(edge.to)));
    }
    if cycle.len() > TOLD {
        story.push_str(&format!(", and {} more, the last before the first", cycle.len() - TOLD));
    }
    operations.retain(|&operation| operation != source(culprit));
    operations.push(source(culprit));
    Violation { story, operations }
}

/// That there is no order, where nobody knows from which answer on.
pub(super) fn refuted(case: &Case, items: &Items, why: Refutation) -> Violation {
    let source = |item: u32| items.all[item as usize].source as usize;
    let story = "no order of all operations keeps that of each process".to_owned();
    match why {
        Refutation::Search => Violation { story, operations: Vec::new() },
        Refutation::Phantom(item) => {
            let reader = tell(&case.operations[source(item)]);
            let story = format!("{story}: nothing leaves what {reader} demands");
            Violation { story, operations: vec![source(item)] }
        }
        Refutation::Cycle(item) => {
            let operation = tell(&case.operations[source(item)]);
            let story = format!("{story}: {operation} would have to come before itself");
            Violation { story, operations: vec![source(item)] }
        }
    }
}

/// An operation in a sentence.
fn tell(operation: &Operation) -> String {
    let Operation { process, f, key, input, output, outcome, .. } = operation;
    let mut told = format!("`{f}");
    for value in key.iter().chain(Some(input).filter(|input| !input.is_nil())) {
        told.push_str(&format!(" {value}"));
    }
    let reads = f.is_read();
    if *outcome == Outcome::Ok && (reads || input != output) {
        told.push_str(&format!(" = {output}"));
    }
    format!("{told}` of process {process}")
}
