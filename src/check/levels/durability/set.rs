//! What became of the elements that were added to a set that only grows.

use super::super::Violation;
use super::super::registers::{Moment, NEVER, completed, invoked, told};
use super::{Durability, EXAMPLES};
use crate::base::Table;
use crate::check::Specification;
use crate::history::{Function, Operation, Outcome, Value};

/// An element, and what is known of it.
#[derive(Clone, Copy, Debug)]
struct Element {
    /// When the first add of it was invoked that did not fail.
    added: Moment,
    /// An add of it that failed.
    failed: Option<usize>,
    is_acknowledged: bool,
    is_seen: bool,
    /// Whether the last read shows it.
    is_last: bool,
}

/// A read that tells the elements.
struct Read<'o> {
    operation: usize,
    elements: &'o [Value],
}

pub(super) fn durability(
    operations: &[Operation],
    specification: &Specification,
) -> Result<Durability, String> {
    let (mut found, mut elements) = (Durability::empty(), Table::new());
    if let Value::List(initial) = &specification.initial {
        for element in initial.iter() {
            elements.get_or_insert_with(element, || Element { added: 0, ..Element::NEW });
        }
    }
    let reads = reads(operations)?;
    for (index, add) in adds(operations) {
        let element = elements.get_or_insert_with(&add.input, || Element::NEW);
        match add.outcome {
            Outcome::Fail => element.failed = Some(index),
            outcome => {
                element.added = element.added.min(invoked(add));
                element.is_acknowledged |= outcome == Outcome::Ok;
                found.acknowledged += u64::from(outcome == Outcome::Ok);
            }
        }
    }
    found.reads = reads.len() as u64;
    for element in reads.last().iter().flat_map(|read| read.elements) {
        elements.get_or_insert_with(element, || Element::NEW).is_last = true;
    }
    let last = reads.last().map(|read| read.operation);
    for read in &reads {
        add_read(operations, read, last, &mut elements, &mut found);
    }
    for (index, add) in adds(operations) {
        let Some(element) = elements.get(&&add.input) else { continue };
        match add.outcome {
            Outcome::Ok if !element.is_last => add_absent(operations, index, last, element, &mut found),
            Outcome::Info if element.is_seen && !element.is_acknowledged => found.recovered.push(index),
            _ => {}
        }
    }
    Ok(found.finish(operations))
}

impl Element {
    const NEW: Element =
        Element { added: NEVER, failed: None, is_acknowledged: false, is_seen: false, is_last: false };
}

fn adds(operations: &[Operation]) -> impl Iterator<Item = (usize, &Operation)> {
    operations.iter().enumerate().filter(|(_, operation)| operation.f != Function::Read)
}

/// The reads that tell the elements, in order of invocation.
fn reads(operations: &[Operation]) -> Result<Vec<Read<'_>>, String> {
    let answered = |operation: &Operation| operation.f == Function::Read && operation.outcome == Outcome::Ok;
    let mut reads = Vec::new();
    for (index, operation) in operations.iter().enumerate().filter(|(_, operation)| answered(operation)) {
        match &operation.output {
            Value::Nil => {}
            Value::List(elements) => reads.push(Read { operation: index, elements }),
            other => return Err(format!("a set is a list of elements, not {other}")),
        }
    }
    Ok(reads)
}

/// Looks at what `read` shows.
fn add_read<'o>(
    operations: &'o [Operation],
    read: &Read<'o>,
    last: Option<usize>,
    elements: &mut Table<&'o Value, Element>,
    found: &mut Durability,
) {
    let returned = completed(&operations[read.operation]);
    let is_before = |last: usize| returned < invoked(&operations[last]);
    let (mut is_dirty, mut is_unexpected) = (None, false);
    for value in read.elements {
        let element = elements.get_or_insert_with(value, || Element::NEW);
        if element.added < returned {
            element.is_seen = true;
            if !element.is_last && last.is_some_and(is_before) {
                is_dirty = is_dirty.or(Some(value));
            }
        } else if let (NEVER, Some(failed)) = (element.added, element.failed) {
            found.add_failed(operations, failed, read.operation);
        } else {
            is_unexpected = true;
        }
    }
    if is_unexpected {
        found.unexpected.push(read.operation);
    }
    if let (Some(element), Some(last)) = (is_dirty, last) {
        found.dirty.push(read.operation);
        if found.dirty.len() <= EXAMPLES {
            let (read_told, last_told) = (told(&operations[read.operation]), told(&operations[last]));
            let story = format!("{read_told}, saw {element}, which {last_told}, did not");
            found.examples.push(Violation { story, operations: vec![read.operation, last] });
        }
    }
}

/// That the add `index` was acknowledged, and the last read does not show it.
fn add_absent(
    operations: &[Operation],
    index: usize,
    last: Option<usize>,
    element: &Element,
    found: &mut Durability,
) {
    let returned = completed(&operations[index]);
    match last {
        Some(last) if returned < invoked(&operations[last]) => {
            found.lost.push(index);
            if found.lost.len() <= EXAMPLES {
                let (add, last_told) = (told(&operations[index]), told(&operations[last]));
                let story = format!(
                    "{add}, was acknowledged by event {} and is lost: {last_told}, came later and did not see it",
                    returned - 1
                );
                found.examples.push(Violation { story, operations: vec![index, last] });
            }
        }
        _ if !element.is_seen => found.unread.push(index),
        _ => {}
    }
}
