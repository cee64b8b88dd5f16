//! What is known of a scenario's seeds so far, and what is told of each run.

use std::io;
use std::path::PathBuf;

use super::{Plan, Rows, Subject};
use crate::base::Seed;
use crate::cli::closing::replay_command;
use crate::cli::execution::{Execution, write_mismatch};
use crate::cli::failure::Failure;
use crate::cli::{ExitCode, Session, regressions, results_folder};
use crate::report::FileError;
use crate::report::counters::FAULTS;
use crate::report::palette::{self, BAD, paint};
use crate::sweep::{Ending, FailureKinds, Record, Regression, Sightings, Statistics, is_wanted};

/// More failures than this get no folder of their own: each is one replay away.
pub(super) const MOST_FOLDERS: u64 = 100;

/// More failures of a kind than this, or in all, are not kept among the seeds that are run first.
const MOST_ALIKE: u64 = 10;
const MOST_KEPT: u64 = 100;

/// What came of the seeds that failed once, and which are new among them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Regressed {
    pub(super) runs: u64,
    pub(super) failures: u64,
    /// Runs that are not the ones that were recorded.
    pub(super) changed: u64,
    pub(super) added: u64,
}

/// The seeds of a scenario being run.
pub(in crate::cli) struct Sweep<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) subject: &'a Subject,
    rows: Option<Rows>,
    /// Whether every counter is to be told.
    everything: bool,
    pub(super) statistics: Statistics,
    pub(super) kinds: FailureKinds,
    /// Seeds with a violation, or that did not meet the expectation.
    pub(super) failures: u64,
    pub(super) first_failure: Option<Seed>,
    pub(super) mismatches: u64,
    /// Seeds whose run ended in a panic.
    pub(super) panics: u64,
    pub(super) sim_seconds: f64,
    /// What must be seen sometimes.
    pub(super) sightings: Sightings,
    /// Seeds that are invalid as the scenario asks that some be.
    pub(super) wanted: u64,
    pub(super) regressed: Regressed,
}

impl<'a> Sweep<'a> {
    /// What `plan` makes of `subject`, with no seed run yet.
    pub(in crate::cli) fn new(
        plan: &'a Plan<'a>,
        subject: &'a Subject,
        rows: Option<Rows>,
        everything: bool,
    ) -> Self {
        Sweep {
            plan,
            subject,
            rows,
            everything,
            statistics: Statistics::default(),
            kinds: FailureKinds::default(),
            failures: 0,
            first_failure: None,
            mismatches: 0,
            panics: 0,
            sim_seconds: 0.0,
            sightings: Sightings::new(&subject.scenario.sometimes),
            wanted: 0,
            regressed: Regressed::default(),
        }
    }

    /// How many seeds were run.
    pub(in crate::cli) fn finished(&self) -> u64 {
        self.statistics.runs()
    }

    /// What is kept of a run.
    pub(super) fn record(&self, execution: &Execution) -> Record {
        let Execution { outcome, results, code, .. } = execution;
        let is_wanted = || results.expected.is_none() && is_wanted(&results.sometimes);
        let ending = match code {
            ExitCode::Mismatch => Ending::Differs,
            ExitCode::Violation if is_wanted() => Ending::Wanted,
            ExitCode::Violation => Ending::Failed,
            _ => Ending::Passed,
        };
        let reason = if ending.is_failure() { reason(execution) } else { String::new() };
        Record::new(outcome, results, ending, &reason)
    }

    /// Takes note of a run of a seed that failed once: apart from the others, or it might count twice.
    /// How many such failures there are by now.
    pub(super) fn take_regression(&mut self, regression: &Regression, record: &Record) -> u64 {
        self.regressed.runs += 1;
        self.regressed.failures += u64::from(record.ending.is_failure());
        self.regressed.changed += u64::from(!regression.is_followed_by(&record.digest));
        if record.ending.is_failure() {
            self.first_failure.get_or_insert(record.seed);
        }
        self.regressed.failures
    }

    /// Takes note of one run, the next in order; how many of its kind have failed by now, if it has.
    pub(in crate::cli) fn take(&mut self, record: &Record) -> u64 {
        let counts = record.operations;
        let mut work = vec![("operations ok", counts.ok), ("leader terms", record.leader_terms)];
        if self.everything {
            work.extend(record.counters.iter().filter(|(name, _)| !FAULTS.contains(name)));
        }
        let mut events = vec![("liveness demanded", record.liveness_demanded)];
        events.extend(record.protocol_events.named());
        let mut faults: Vec<_> = record.counters.faults().collect();
        if record.panicked() {
            self.panics += 1;
            (work, events, faults) = (Vec::new(), Vec::new(), Vec::new());
        }
        self.statistics.add(record.verdict, &work, &events, &faults);
        if let Some(election) = &record.election {
            self.statistics.elections.add(election);
        }
        self.statistics.add_measures(record);
        self.sim_seconds += record.ended.as_ns() as f64 / 1e9;
        self.sightings.add(record.seed, &record.seen);
        match record.ending {
            Ending::Passed => {}
            Ending::Wanted => self.wanted += 1,
            Ending::Failed => self.failures += 1,
            Ending::Differs => self.mismatches += 1,
        }
        if !record.ending.is_failure() {
            return 0;
        }
        self.first_failure.get_or_insert(record.seed);
        self.kinds.add(record.seed, &record.reason)
    }

    /// The code of what failed so far: that a run is not deterministic puts all verdicts in doubt.
    pub(super) fn worst(&self) -> ExitCode {
        match (self.mismatches, self.failures + self.regressed.failures) {
            (0, 0) => ExitCode::Unknown,
            (0, _) => ExitCode::Violation,
            _ => ExitCode::Mismatch,
        }
    }

    /// Whether anything is to be said of a run.
    pub(super) fn has_to_tell(&self, record: &Record, session: &Session<'_>) -> bool {
        record.ending.is_failure() || self.plan.json || session.is_verbose()
    }

    /// Prints what is to be said of one run, of which there is no more than its record if others ran it.
    pub(in crate::cli) fn tell(
        &self,
        record: &Record,
        execution: Option<&Execution>,
        session: &mut Session<'_>,
    ) -> io::Result<()> {
        if let Some(execution) = execution.filter(|_| self.plan.json) {
            serde_json::to_writer(&mut *session.out, &execution.results)?;
            writeln!(session.out)?;
            session.out.flush()?;
        }
        let Record { seed, .. } = record;
        let verbose = session.is_verbose();
        let text = session.text(self.plan.json);
        if record.ending.is_failure() {
            let again = execution.is_some_and(|execution| execution.results.regression.is_some());
            let seed = if again { format!("regression seed {seed}") } else { format!("seed {seed}") };
            let replay = self.replay(record.seed);
            writeln!(text, "{seed}  {}  {replay}", paint(BAD, &record.reason))?;
            if let Some(mismatch) = execution.and_then(|execution| execution.mismatch.as_ref()) {
                write_mismatch(mismatch, text)?;
            }
            return text.flush();
        }
        if !verbose {
            return Ok(());
        }
        let verdict = paint(palette::of(record.verdict), format!("{:7}", record.verdict));
        let (ok, terms) = (record.operations.ok, record.leader_terms);
        writeln!(text, "seed {seed}  {verdict}  {ok} operations ok, {terms} leader terms, {}", record.digest)
    }

    /// The command that shows `seed` again.
    pub(super) fn replay(&self, seed: Seed) -> String {
        replay_command(&self.subject.named, self.plan.set, seed, self.plan.out)
    }

    /// Writes down what is kept of a run, of whose kind so many have failed by now.
    pub(super) fn keep(&mut self, record: &Record, execution: &Execution, alike: u64) -> Result<(), Failure> {
        self.keep_files(record, execution)?;
        let is_kept = record.ending == Ending::Failed && alike <= MOST_ALIKE;
        if let Some(path) = self.subject.regressions.as_ref()
            && is_kept
            && self.regressed.added < MOST_KEPT
        {
            let is_new = regressions::keep(path, record, &self.subject.scenario)?;
            self.regressed.added += u64::from(is_new);
        }
        Ok(self.add_row(record)?)
    }

    /// Writes the results of a run that failed.
    pub(super) fn keep_files(&self, record: &Record, execution: &Execution) -> Result<(), FileError> {
        if record.ending != Ending::Failed || self.failures > MOST_FOLDERS {
            return Ok(());
        }
        let folder = results_folder::of_run(self.plan.out, &self.subject.scenario.name, record.seed);
        results_folder::save(&folder, &self.subject.scenario, execution)
    }

    /// Writes a row.
    pub(in crate::cli) fn add_row(&mut self, record: &Record) -> Result<(), FileError> {
        self.rows.as_mut().map_or(Ok(()), |rows| rows.add(record))
    }

    /// Saves the rows, if there are any; where they are then.
    pub(in crate::cli) fn save(&mut self) -> Result<Option<PathBuf>, FileError> {
        let summary = self.summary();
        match self.rows.take() {
            Some(rows) if self.finished() > 0 => rows.publish(&summary),
            _ => Ok(None),
        }
    }
}

/// Why a run failed: the check and what it says.
fn reason(execution: &Execution) -> String {
    let Execution { outcome, mismatch, .. } = execution;
    match (mismatch, outcome.violation()) {
        (Some(_), _) => "not deterministic".to_owned(),
        (None, Some(check)) => {
            format!("{}: {}", check.name, check.detail.as_deref().unwrap_or_default())
        }
        (None, None) => format!("{}, not as expected", outcome.verdict),
    }
}
