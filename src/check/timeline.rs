//! The operations around an impossible one, drawn as text: time runs to the right, one step a
//! column for each event of the operations shown.
//!
//! ```text
//! process 0  write 1      |--|
//! process 1  write 2            |--|
//! process 2  read -> 1                 |--|  <- impossible
//! ```

use std::fmt::Write as _;

use crate::history::{Function, Operation, Outcome};

/// More rows would be less clear.
const ROWS_MAX: usize = 12;
/// The width of a step in characters.
const STEP: usize = 3;

/// Draws those of `operations` that matter for `culprit`, which is one of them.
pub(super) fn draw<'o>(operations: impl Iterator<Item = &'o Operation>, culprit: &'o Operation) -> String {
    let rows = choose(operations, culprit);
    let mut instants: Vec<usize> =
        rows.iter().flat_map(|row| [Some(row.invoked), end(row)]).flatten().collect();
    instants.sort_unstable();
    let column = |event: usize| instants.partition_point(|&instant| instant < event) * STEP;
    let labels: Vec<String> = rows.iter().map(|row| label(row)).collect();
    let margin = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0) + 2;

    let mut text = String::new();
    for (row, label) in rows.iter().zip(&labels) {
        let from = column(row.invoked);
        let (to, tip) = match end(row) {
            Some(event) => (column(event), '|'),
            None => (instants.len() * STEP, '>'),
        };
        let (before, bar) = (" ".repeat(from), "-".repeat(to - from - 1));
        let mark = if row.invoked == culprit.invoked { "  <- impossible" } else { "" };
        let _ = writeln!(text, "{label:margin$}{before}|{bar}{tip}{mark}");
    }
    text
}

/// When an operation had certainly happened, if ever.
fn end(operation: &Operation) -> Option<usize> {
    operation.returned.filter(|_| operation.outcome == Outcome::Ok)
}

/// The rows to draw, in order of invocation: the culprit, the latest to leave what it saw, and those
/// that ended last before it did.
fn choose<'o>(operations: impl Iterator<Item = &'o Operation>, culprit: &'o Operation) -> Vec<&'o Operation> {
    let horizon = end(culprit).unwrap_or(usize::MAX);
    let rank = |operation: &Operation| (end(operation).unwrap_or(operation.invoked), operation.invoked);
    // The latest last; the source of what the culprit saw apart.
    let (mut latest, mut source): (Vec<&Operation>, Option<&Operation>) = (Vec::new(), None);
    for operation in operations {
        let may_matter = match operation.outcome {
            Outcome::Ok => true,
            Outcome::Fail => false,
            Outcome::Info => !is_question(operation),
        };
        if !may_matter || operation.invoked >= horizon || operation.invoked == culprit.invoked {
            continue;
        }
        if !is_question(operation)
            && operation.input == culprit.output
            && source.is_none_or(|source| rank(source) < rank(operation))
        {
            source = Some(operation);
        }
        if latest.len() == ROWS_MAX && rank(latest[0]) > rank(operation) {
            continue;
        }
        let at = latest.partition_point(|other| rank(other) < rank(operation));
        latest.insert(at, operation);
        if latest.len() > ROWS_MAX {
            latest.remove(0);
        }
    }
    let mut rows = vec![culprit];
    rows.extend(source);
    let others = latest.into_iter().rev();
    let others = others.filter(|other| source.is_none_or(|source| source.invoked != other.invoked));
    rows.extend(others.take(ROWS_MAX - rows.len()));
    rows.sort_unstable_by_key(|row| row.invoked);
    rows
}

/// Whether `operation` only asks.
fn is_question(operation: &Operation) -> bool {
    operation.input.is_nil()
}

fn label(operation: &Operation) -> String {
    let Operation { process, f, input, output, outcome, .. } = operation;
    match (f, outcome) {
        (_, Outcome::Info) => format!("process {process}  {f} {input} ?"),
        (Function::Read, _) => format!("process {process}  {f} -> {output}"),
        _ if input.is_nil() => format!("process {process}  {f} -> {output}"),
        _ => format!("process {process}  {f} {input}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::read_jsonl;

    #[test]
    fn overlaps_can_be_seen() {
        let history = read_jsonl(
            br#"{"process":0,"type":"invoke","f":"write","value":1}
                {"process":5,"type":"invoke","f":"cas","value":[7,8]}
                {"process":0,"type":"ok","f":"write","value":1}
                {"process":1,"type":"invoke","f":"write","value":2}
                {"process":4,"type":"invoke","f":"write","value":9}
                {"process":4,"type":"fail","f":"write","value":9}
                {"process":1,"type":"ok","f":"write","value":2}
                {"process":2,"type":"invoke","f":"read"}
                {"process":2,"type":"ok","f":"read","value":1}"#,
        )
        .unwrap();
        let operations = history.operations().unwrap();
        let picture = draw(operations.iter(), &operations[4]);
        let expected = "\
process 0  write 1      |-----|
process 5  cas [7,8] ?     |----------------->
process 1  write 2               |--|
process 2  read -> 1                   |--|  <- impossible
";
        assert_eq!(picture, expected);
    }
}
