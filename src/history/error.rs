//! What is wrong with a history: always with the line, so that a user finds it.

use std::fmt;

/// A history that cannot be read, paired or judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryError {
    /// The line of the file, from 1.
    pub line: usize,
    /// The column in bytes, from 1, where one is to blame.
    pub column: Option<usize>,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for HistoryError {}

/// A line and a column, both from 1; the column is in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The name among `names` that `wrong` was probably meant to be.
pub fn nearest<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    let distance = |name: &str| strsim::damerau_levenshtein(wrong, name);
    let best = names.iter().copied().min_by_key(|name| distance(name))?;
    // Beyond a third of the word the likeness is chance.
    (distance(best) <= best.len().div_ceil(3)).then_some(best)
}

/// As much of `text` as a message can hold.
pub(super) fn shown(text: &str) -> String {
    const SHOWN_MAX: usize = 40;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_likely_names_are_offered() {
        assert_eq!(nearest("invok", &["invoke", "ok", "info"]), Some("invoke"));
        assert_eq!(nearest("zebra", &["invoke", "ok", "info"]), None);
        assert_eq!(nearest("ok", &[]), None);
    }
}
