//! What is known of a range of seeds so far, and what is told of each run.

use std::io;

use indicatif::ProgressBar;

use crate::base::Seed;
use crate::cli::closing::replay_command;
use crate::cli::execution::{Execution, write_mismatch};
use crate::cli::failure::Failure;
use crate::cli::run::Arguments;
use crate::cli::{ExitCode, Session, results_folder};
use crate::report::counters::FAULTS;
use crate::report::palette::{self, BAD, paint};
use crate::scenario::Scenario;
use crate::sweep::{Sightings, Statistics, is_wanted, panicked};

/// More failures than this get no folder of their own: each is one replay away.
pub(super) const MOST_FOLDERS: u64 = 100;

/// A range of seeds being run.
pub(super) struct Sweep<'a, 's> {
    pub(super) arguments: &'a Arguments,
    pub(super) session: &'a mut Session<'s>,
    pub(super) bar: ProgressBar,
    /// How many seeds there are to run.
    pub(super) count: u64,
    pub(super) statistics: Statistics,
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
}

impl<'a, 's> Sweep<'a, 's> {
    /// A sweep of `count` seeds of `scenario`, none of them run yet.
    pub(super) fn new(
        arguments: &'a Arguments,
        scenario: &Scenario,
        count: u64,
        bar: ProgressBar,
        session: &'a mut Session<'s>,
    ) -> Self {
        Sweep {
            arguments,
            session,
            bar,
            count,
            statistics: Statistics::default(),
            failures: 0,
            first_failure: None,
            mismatches: 0,
            panics: 0,
            sim_seconds: 0.0,
            sightings: Sightings::new(&scenario.sometimes),
            wanted: 0,
        }
    }

    /// Takes note of one run, the next in order.
    pub(super) fn take(&mut self, seed: Seed, execution: &Execution) -> Result<(), Failure> {
        let Execution { outcome, results, code, .. } = execution;
        let work = [("operations ok", results.operations.ok), ("leader terms", results.leader_terms)];
        // What a run that panicked did and felt, nobody knows.
        let known = |_: &(&'static str, u64)| !panicked(outcome);
        let faults = results.faults.faults().filter(known);
        let everything = self.session.is_verbose();
        let more = results.faults.iter().filter(|(name, _)| everything && !FAULTS.contains(name));
        self.statistics.add(outcome.verdict, work.into_iter().chain(more).filter(known), faults);
        self.panics += u64::from(panicked(outcome));
        self.sim_seconds += results.sim_seconds;
        self.mismatches += u64::from(*code == ExitCode::Mismatch);
        self.sightings.add(seed, &results.sometimes);
        let violated = *code == ExitCode::Violation;
        let wanted = violated && results.expected.is_none() && is_wanted(&results.sometimes);
        self.wanted += u64::from(wanted);
        self.failures += u64::from(violated && !wanted);
        self.bar.inc(1);
        self.bar.set_message(format!("{} failed", self.failures + self.mismatches));
        let failed = *code == ExitCode::Mismatch || violated && !wanted;
        if failed {
            self.session.so_far = self.worst();
            self.first_failure.get_or_insert(seed);
        }
        let told = match self.bar.clone() {
            bar if failed || self.arguments.json || everything => {
                bar.suspend(|| self.tell(seed, execution, failed))
            }
            _ => Ok(()),
        };
        if violated && !wanted && self.failures <= MOST_FOLDERS {
            let folder = results_folder::of_run(&self.arguments.out, &results.scenario, seed);
            results_folder::save(&folder, execution)?;
        }
        Ok(told?)
    }

    /// The code of what failed so far: that a run is not deterministic puts all verdicts in doubt.
    fn worst(&self) -> ExitCode {
        if self.mismatches > 0 { ExitCode::Mismatch } else { ExitCode::Violation }
    }

    /// Prints what is to be said of one run.
    fn tell(&mut self, seed: Seed, execution: &Execution, failed: bool) -> io::Result<()> {
        if self.arguments.json {
            serde_json::to_writer(&mut *self.session.out, &execution.results)?;
            writeln!(self.session.out)?;
            self.session.out.flush()?;
        }
        if !failed {
            return if self.session.is_verbose() { self.tell_success(seed, execution) } else { Ok(()) };
        }
        let replay = replay_command(&self.arguments.scenario, &self.arguments.set, seed, &self.arguments.out);
        let text = self.session.text(self.arguments.json);
        writeln!(text, "seed {seed}  {}  {replay}", paint(BAD, reason(execution)))?;
        if let Some(mismatch) = &execution.mismatch {
            write_mismatch(mismatch, text)?;
        }
        text.flush()
    }

    /// A line for a run with which nothing is wrong.
    fn tell_success(&mut self, seed: Seed, execution: &Execution) -> io::Result<()> {
        let Execution { outcome, results, .. } = execution;
        let verdict = paint(palette::of(outcome.verdict), format!("{:7}", outcome.verdict));
        let (ok, terms) = (results.operations.ok, results.leader_terms);
        let text = self.session.text(self.arguments.json);
        writeln!(text, "seed {seed}  {verdict}  {ok} operations ok, {terms} leader terms, {}", results.digest)
    }

    /// Takes the bar away; how many seeds were run.
    pub(super) fn finish(&mut self) -> u64 {
        self.bar.finish_and_clear();
        self.statistics.runs()
    }
}

/// Why a run failed: the check and what it says.
fn reason(execution: &Execution) -> String {
    let Execution { outcome, mismatch, .. } = execution;
    match (mismatch, outcome.violation()) {
        (Some(_), _) => "not deterministic".to_owned(),
        (None, Some(check)) => {
            // A line a failure, whatever a panic had to say.
            let detail = check.detail.as_deref().unwrap_or_default().replace('\n', " ");
            format!("{}: {detail}", check.name)
        }
        (None, None) => format!("{}, not as expected", outcome.verdict),
    }
}
