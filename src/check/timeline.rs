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

/// Draws the operations that matter for `culprit`, an index into `operations`.
pub(super) fn draw(operations: &[Operation], culprit: usize) -> String {
    let rows = choose(operations, culprit);
    let mut instants: Vec<usize> = rows
        .iter()
        .flat_map(|&row| [Some(operations[row].invoked), end(&operations[row])])
        .flatten()
        .collect();
    instants.sort_unstable();
    let column = |event: usize| instants.partition_point(|&instant| instant < event) * STEP;
    let labels: Vec<String> = rows.iter().map(|&row| label(&operations[row])).collect();
    let margin = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0) + 2;

    let mut text = String::new();
    for (&row, label) in rows.iter().zip(&labels) {
        let from = column(operations[row].invoked);
        let (to, tip) = match end(&operations[row]) {
            Some(event) => (column(event), '|'),
            None => (instants.len() * STEP, '>'),
        };
        let (before, bar) = (" ".repeat(from), "-".repeat(to - from - 1));
        let mark = if row == culprit { "  <- impossible" } else { "" };
        let _ = writeln!(text, "{label:margin$}{before}|{bar}{tip}{mark}");
    }
    text
}

/// When an operation had certainly happened, if ever.
fn end(operation: &Operation) -> Option<usize> {
    operation.returned.filter(|_| operation.outcome == Outcome::Ok)
}

/// The rows to draw, in order of invocation: the culprit, the latest to touch the value it saw, and
/// those that ended last before it did.
fn choose(operations: &[Operation], culprit: usize) -> Vec<usize> {
    let horizon = end(&operations[culprit]).unwrap_or(usize::MAX);
    let mut others: Vec<usize> = (0..operations.len())
        .filter(|&row| {
            let operation = &operations[row];
            let may_matter = match operation.outcome {
                Outcome::Ok => true,
                Outcome::Fail => false,
                Outcome::Info => operation.f != Function::Read,
            };
            row != culprit && may_matter && operation.invoked < horizon
        })
        .collect();
    others.sort_by_key(|&row| {
        let operation = &operations[row];
        std::cmp::Reverse((end(operation).unwrap_or(operation.invoked), row))
    });
    let seen = &operations[culprit].output;
    let source = others
        .iter()
        .copied()
        .find(|&row| operations[row].f == Function::Write && operations[row].input == *seen);
    let mut rows = vec![culprit];
    rows.extend(source);
    rows.extend(others.into_iter().filter(|&row| Some(row) != source).take(ROWS_MAX - rows.len()));
    rows.sort_unstable();
    rows
}

fn label(operation: &Operation) -> String {
    let Operation { process, f, input, output, outcome, .. } = operation;
    match (f, outcome) {
        (Function::Read, _) => format!("process {process}  {f} -> {output}"),
        (_, Outcome::Info) => format!("process {process}  {f} {input} ?"),
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
        let picture = draw(&history.operations().unwrap(), 4);
        let expected = "\
process 0  write 1      |-----|
process 5  cas [7,8] ?     |----------------->
process 1  write 2               |--|
process 2  read -> 1                   |--|  <- impossible
";
        assert_eq!(picture, expected);
    }
}
