//! A number that was published, or that a published formula gives, beside what was measured.

use std::fmt;

/// The first line of the table.
pub(super) const HEADER: &str = "what,scenario,set,runs,unit,measured,expected,tolerance,verdict\n";

/// How far a measured number may be from what is expected.
#[derive(Clone, Debug)]
pub(super) enum Tolerance {
    /// So much to either side, which is said in these words.
    Within(f64, String),
    /// It may be anything smaller.
    AtMost,
    /// It may be anything larger.
    AtLeast,
}

/// One row of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) scenario: String,
    pub(super) set: Vec<String>,
    pub(super) runs: u64,
    pub(super) unit: &'static str,
    pub(super) measured: f64,
    pub(super) expected: f64,
    pub(super) tolerance: Tolerance,
}

impl Row {
    pub(super) fn passes(&self) -> bool {
        let Row { measured, expected, .. } = *self;
        match self.tolerance {
            Tolerance::Within(reach, _) => (measured - expected).abs() <= reach,
            Tolerance::AtMost => measured <= expected,
            Tolerance::AtLeast => measured >= expected,
        }
    }

    fn verdict(&self) -> &'static str {
        if self.passes() { "pass" } else { "miss" }
    }

    fn tolerance(&self) -> String {
        match &self.tolerance {
            Tolerance::Within(_, words) => format!("± {words}"),
            Tolerance::AtMost => "at most".to_owned(),
            Tolerance::AtLeast => "at least".to_owned(),
        }
    }

    pub(super) fn csv(&self) -> String {
        let Row { what, scenario, runs, unit, measured, expected, .. } = self;
        // The settings hold commas and quotes of their own.
        let set = format!("\"{}\"", self.set.join("; ").replace('"', "\"\""));
        let (tolerance, verdict) = (self.tolerance(), self.verdict());
        format!("{what},{scenario},{set},{runs},{unit},{measured:.5},{expected:.5},{tolerance},{verdict}\n")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { what, runs, unit, measured, expected, .. } = self;
        let (tolerance, verdict) = (self.tolerance(), self.verdict());
        write!(
            f,
            "{what:<58} {measured:>11.5} {unit:<9} expected {expected:>10.5} {tolerance:<12} {verdict}"
        )?;
        write!(f, "  ({runs} runs)")
    }
}
