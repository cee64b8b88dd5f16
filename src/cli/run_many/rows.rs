//! `sweep.csv`: one row a seed, in the order of the seeds.

use std::fs::File;
use std::io::{self, BufWriter};

use crate::report::RunResults;

/// The columns before the counters.
const COLUMNS: [&str; 9] =
    ["seed", "verdict", "failing_check", "digest", "events", "ok", "fail", "info", "leader_terms"];

/// The table being written.
pub(super) struct Rows {
    table: csv::Writer<BufWriter<File>>,
    empty: bool,
}

impl Rows {
    /// A table without rows in `file`.
    pub(super) fn new(file: BufWriter<File>) -> Self {
        Rows { table: csv::Writer::from_writer(file), empty: true }
    }

    /// Writes a row, to the disk: an interrupt leaves what is finished.
    pub(super) fn add(&mut self, results: &RunResults) -> io::Result<()> {
        if std::mem::take(&mut self.empty) {
            let counters = results.faults.iter().map(|(name, _)| name);
            self.table.write_record(COLUMNS.into_iter().chain(counters))?;
        }
        let failing = results.checks.iter().find(|check| check.verdict == "invalid");
        let failing = failing.map_or("", |check| check.name);
        let texts = [&*results.seed, &results.verdict, failing, &results.digest];
        let counts = results.operations;
        let numbers = [results.events, counts.ok, counts.fail, counts.info, results.leader_terms];
        let numbers = numbers.into_iter().chain(results.faults.iter().map(|(_, value)| value));
        let numbers = numbers.map(|number| number.to_string());
        self.table.write_record(texts.into_iter().map(str::to_owned).chain(numbers))?;
        self.table.flush()
    }
}
