//! Tables of figures in CSV: a header, rows of as many cells, comments after `#`.
//!
//! A reader of our own, because every cell must know its place, for the message that it may be
//! worth. Quotes mean nothing here: no figure and no name of a place needs any. Lines may end as
//! spreadsheets end them, and the mark with which those begin a file is skipped.

use super::Diagnostic;
use super::decode::Span;
use super::duration;
use super::latency::LONGEST;
use super::suggest::quoted;
use crate::base::SimDuration;

/// The units that the name of a column can say.
const UNITS: [&str; 4] = ["ns", "us", "ms", "s"];

/// A table.
pub(super) struct Csv<'t> {
    /// The names of the columns.
    pub(super) header: Vec<Cell<'t>>,
    /// The rows, each as wide as the header, at least one.
    pub(super) rows: Vec<Vec<Cell<'t>>>,
}

/// One cell, without the spaces around it.
#[derive(Clone)]
pub(super) struct Cell<'t> {
    pub(super) text: &'t str,
    /// Where it is, among all sources.
    pub(super) span: Span,
}

impl<'t> Csv<'t> {
    /// The table that `text` is, whose first byte has the number `start`.
    pub(super) fn parse(text: &'t str, start: usize) -> Result<Self, Vec<Diagnostic>> {
        let mut lines = lines(text, start);
        let Some(header) = lines.next() else {
            let label = "expected a header, such as `from,to,rtt_ms`, and rows below it";
            return Err(vec![Diagnostic::new(start..start, "this table is empty", label)]);
        };
        let mut problems = Vec::new();
        for (place, again) in header.iter().enumerate() {
            if let Some(first) = header[..place].iter().find(|first| first.text == again.text) {
                let beside = Some((first.span.clone(), "it is here first".to_owned()));
                let label = "expected a name of its own for each column";
                let problem = Diagnostic::new(again.span.clone(), "this column is there twice", label);
                problems.push(problem.beside(beside));
            }
        }
        let mut rows = Vec::new();
        for row in lines {
            if row.len() == header.len() {
                rows.push(row);
                continue;
            }
            let span = row[0].span.start..row[row.len() - 1].span.end;
            let label = format!("expected {} as in the header, found {}", cells(header.len()), row.len());
            let beside = Some((header[0].span.clone(), "the header".to_owned()));
            problems
                .push(Diagnostic::new(span, "this row is not as wide as the table", label).beside(beside));
        }
        if rows.is_empty() && problems.is_empty() {
            let at = header[0].span.clone();
            problems.push(Diagnostic::new(at, "this table is empty", "expected rows below the header"));
        }
        if problems.is_empty() { Ok(Csv { header, rows }) } else { Err(problems) }
    }
}

impl Cell<'_> {
    /// The unit that this name of a column says: `ms` in `rtt_ms_avg`.
    pub(super) fn unit(&self) -> Option<&'static str> {
        let unit = |part: &str| UNITS.into_iter().find(|unit| *unit == part);
        self.text.split('_').find_map(unit)
    }

    /// The duration of so many `unit`s that the cell says.
    pub(super) fn duration(&self, unit: &str) -> Result<SimDuration, Diagnostic> {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let digits = self.text.strip_prefix('-').unwrap_or(self.text);
        let parsed = match digits.starts_with(|c: char| c.is_ascii_digit()) && is_number(digits) {
            true => duration::parse(&format!("{}{unit}", self.text)),
            false => Err(format!("expected a number of {unit}, such as 1.5, found {}", quoted(self.text))),
        };
        match parsed {
            Ok(duration) if duration <= LONGEST => Ok(duration),
            Ok(_) => Err(self.wrong("expected a day at most")),
            Err(why) => Err(self.wrong(why)),
        }
    }

    /// How often that the cell says: a whole number above 0.
    pub(super) fn count(&self) -> Result<u64, Diagnostic> {
        let count = self.text.parse().ok().filter(|count| *count > 0);
        count.ok_or_else(|| {
            self.wrong(format!("expected a whole number, 1 or more, found {}", quoted(self.text)))
        })
    }

    fn wrong(&self, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.span.clone(), "this is not what the column holds", label)
    }
}

/// The lines that are neither empty nor a comment, cell by cell.
fn lines(text: &str, start: usize) -> impl Iterator<Item = Vec<Cell<'_>>> {
    let content = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = start + text.len() - content.len();
    content.split('\n').filter_map(move |line| {
        let first = at;
        at += line.len() + 1;
        let content = line.trim();
        let mut cell_at = first;
        let cell = |text: &'_ str| {
            let lead = text.len() - text.trim_start().len();
            let from = cell_at + lead;
            cell_at += text.len() + 1;
            from..from + text.trim().len()
        };
        (!content.is_empty() && !content.starts_with('#')).then(|| {
            let spans: Vec<Span> = line.split(',').map(cell).collect();
            let texts = line.split(',').map(str::trim);
            texts.zip(spans).map(|(text, span)| Cell { text, span }).collect()
        })
    })
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_a_spreadsheet_is_read_as_any_other() {
        let text = "\u{feff}from, to,rtt_ms\r\n\r\na,b,1.5\r\n";
        let table = Csv::parse(text, 100).ok().unwrap();
        let cells = |row: &[Cell<'_>]| row.iter().map(|cell| cell.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(cells(&table.header), ["from", "to", "rtt_ms"]);
        assert_eq!(table.rows.iter().map(|row| cells(row)).collect::<Vec<_>>(), [["a", "b", "1.5"]]);
        for cell in table.header.iter().chain(&table.rows[0]) {
            assert_eq!(&text[cell.span.start - 100..cell.span.end - 100], cell.text, "its place");
        }
    }
}
