//! A matrix of latencies between regions: a row for each ordered pair.
//!
//! The columns `from` and `to` name the regions; the others are figures, and their names say what
//! of and in which unit: `rtt_ms_avg`.

use std::collections::{BTreeMap, BTreeSet};

use super::Diagnostic;
use super::attachments::Attached;
use super::csv::{Cell, Csv};
use super::decode::Span;
use super::suggest::{help, one_of, quoted};
use crate::base::SimDuration;
use crate::network::topology::{Level, Place};

/// The figures of one column, by sender and receiver.
pub(super) struct Matrix {
    pub(super) pairs: BTreeMap<(String, String), SimDuration>,
}

impl Matrix {
    /// Reads `column` of a file, or the only one there is; `asked` is where the column is chosen.
    pub(super) fn parse(
        file: &Attached,
        column: Option<&str>,
        asked: &Span,
    ) -> Result<Self, Vec<Diagnostic>> {
        let csv = Csv::parse(&file.text, file.start)?;
        let named = |name: &str| csv.header.iter().position(|cell| cell.text == name);
        let (Some(from), Some(to), true) = (named("from"), named("to"), csv.header.len() > 2) else {
            let span = csv.header[0].span.start..csv.header[csv.header.len() - 1].span.end;
            let label = "expected the columns `from` and `to`, and others with figures, such as `rtt_ms`";
            return Err(vec![Diagnostic::new(span, "these are not the columns of a matrix", label)]);
        };
        let (at, unit) = figures(&csv.header, column, asked).map_err(|problem| vec![*problem])?;
        let mut problems = Vec::new();
        let mut pairs = BTreeMap::new();
        let mut seen: BTreeMap<(&str, &str), Span> = BTreeMap::new();
        for row in &csv.rows {
            let strangers = [from, to].map(|at| stranger(&row[at]));
            let latency = row[at].duration(unit);
            let pair = (row[from].text, row[to].text);
            let span = row[from].span.start.min(row[to].span.start)..row[from].span.end.max(row[to].span.end);
            if let Some(first) = seen.get(&pair) {
                let label = "expected one row for each ordered pair of regions";
                let beside = Some((first.clone(), "it is here first".to_owned()));
                problems.push(Diagnostic::new(span, "this pair is there twice", label).beside(beside));
                continue;
            }
            seen.insert(pair, span);
            problems.extend(strangers.into_iter().flatten());
            match latency {
                Ok(latency) => drop(pairs.insert((pair.0.to_owned(), pair.1.to_owned()), latency)),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Matrix { pairs }) } else { Err(problems) }
    }

    /// The regions that a row leads from or to.
    pub(super) fn regions(&self) -> Vec<&str> {
        let ends = self.pairs.keys().flat_map(|(from, to)| [from.as_str(), to.as_str()]);
        ends.collect::<BTreeSet<&str>>().into_iter().collect()
    }
}

/// The column that counts, and its unit.
fn figures(
    header: &[Cell<'_>],
    column: Option<&str>,
    asked: &Span,
) -> Result<(usize, &'static str), Box<Diagnostic>> {
    let others: Vec<&str> =
        header.iter().map(|cell| cell.text).filter(|name| !["from", "to"].contains(name)).collect();
    let name = match (column, others.as_slice()) {
        (Some(name), _) if others.contains(&name) => name,
        (Some(name), _) => {
            let title = format!("unknown column {}", quoted(name));
            let problem = Diagnostic::new(asked.clone(), title, "the matrix has no such column");
            return Err(Box::new(problem.help(help(name, &others))));
        }
        (None, [only]) => only,
        (None, _) => {
            let label = format!("expected the column that counts, {}", one_of(&others));
            return Err(Box::new(Diagnostic::new(asked.clone(), "`column` is missing", label)));
        }
    };
    let at = header.iter().position(|cell| cell.text == name).unwrap_or_default();
    header[at].unit().map(|unit| (at, unit)).ok_or_else(|| {
        let label = "expected a name that says the unit, such as `rtt_ms`";
        Box::new(Diagnostic::new(header[at].span.clone(), "this column has no unit", label))
    })
}

/// What is wrong with a cell that is no region.
fn stranger(cell: &Cell<'_>) -> Option<Diagnostic> {
    let is_region = Place::parse(cell.text).is_some_and(|place| place.level() == Level::Region);
    (!is_region).then(|| {
        let label = format!("expected a region, such as eu-west-1, found {}", quoted(cell.text));
        Diagnostic::new(cell.span.clone(), "this is no region", label)
    })
}
