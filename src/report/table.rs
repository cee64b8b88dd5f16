//! Columns that align whatever stands in them: labels to the left, figures to the right.

use std::fmt;

use super::palette::{FAINT, HEADING, paint};

/// Rows of a label and figures. The columns are as wide as the widest of their figures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    label: String,
    figures: Vec<String>,
    heading: bool,
}

/// The space between two columns.
const GAP: usize = 2;
/// Columns of small figures are as wide as this, so that tables look alike.
const LEAST: usize = 8;

impl Table {
    /// Adds a row that names the columns.
    pub fn heading<'a>(&mut self, label: &str, names: impl IntoIterator<Item = &'a str>) {
        let figures = names.into_iter().map(str::to_owned).collect();
        self.rows.push(Row { label: label.to_owned(), figures, heading: true });
    }

    /// Adds a row of figures.
    pub fn row(&mut self, label: &str, figures: impl IntoIterator<Item = String>) {
        let figures = figures.into_iter().collect();
        self.rows.push(Row { label: label.to_owned(), figures, heading: false });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.chars().count()).max();
        let label = width(&mut self.rows.iter().map(|row| &row.label)).unwrap_or(0);
        let columns = self.rows.iter().map(|row| row.figures.len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| width(&mut self.rows.iter().filter_map(|row| row.figures.get(column))))
            .map(|width| width.unwrap_or(0).max(LEAST) + GAP)
            .collect();
        for Row { label: name, figures, heading } in &self.rows {
            let figures = figures.iter().zip(&widths).map(|(figure, width)| format!("{figure:>width$}"));
            let figures: String = figures.collect();
            match (heading, name.is_empty()) {
                (true, true) => writeln!(f, "{:label$}{}", "", paint(FAINT, figures))?,
                (true, false) => {
                    writeln!(f, "{}{}", paint(HEADING, format!("{name:label$}")), paint(FAINT, figures))?;
                }
                (false, _) => writeln!(f, "{name:label$}{figures}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_figures_push_the_others_aside() {
        let mut table = Table::default();
        table.heading("a run", ["median", "in runs"]);
        table.row("  crashes", ["7".to_owned(), "1.0 %".to_owned()]);
        table.row("  messages sent", ["12345678901".to_owned()]);
        let expected = "\
a run                 median   in runs
  crashes                  7     1.0 %
  messages sent  12345678901
";
        assert_eq!(anstream::adapter::strip_str(&table.to_string()).to_string(), expected);
        assert_eq!(Table::default().to_string(), "");
    }
}
