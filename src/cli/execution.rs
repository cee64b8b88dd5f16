//! A run, with what every command makes of it.

use std::io::{self, Write};

use super::closing;
use super::{ExitCode, Session};
use crate::base::Seed;
use crate::history::{History, Operation};
use crate::report::palette::{BAD, paint};
use crate::report::{RunResults, epitaph, failures, summary, summary_of_panic, trace_columns};
use crate::run::{Outcome, Watcher};
use crate::scenario::Scenario;
use crate::sweep::{
    Interrupt, Interrupted, Mismatch, Runner, Stopwatch, Trail, panicked, run_guarded, run_twice,
};

/// A run, with what every command makes of it.
pub(super) struct Execution {
    pub(super) outcome: Outcome,
    pub(super) operations: Vec<Operation>,
    pub(super) results: RunResults,
    /// What the events left, if it was kept: see [`Trail`].
    pub(super) trail: Vec<u8>,
    /// How a second run differed, if one was made.
    pub(super) mismatch: Option<Mismatch>,
    pub(super) code: ExitCode,
}

impl Execution {
    /// Runs `scenario` under `seed` while `watcher` looks on.
    pub(super) fn watched(
        runner: Runner,
        scenario: &Scenario,
        seed: Seed,
        watcher: &mut dyn Watcher,
        interrupt: &Interrupt,
    ) -> Result<Self, Interrupted> {
        let watch = Stopwatch::start();
        let mut trail = Trail::new(watcher);
        let outcome = run_guarded(runner, scenario, seed, &mut trail, interrupt)?;
        let trail = trail.into_bytes();
        Ok(Execution { trail, ..Execution::new(scenario, outcome, watch) })
    }

    /// Runs `scenario` under `seed`, twice if a second run is to be compared.
    pub(super) fn run(
        runner: Runner,
        scenario: &Scenario,
        seed: Seed,
        twice: bool,
        interrupt: &Interrupt,
    ) -> Result<Self, Interrupted> {
        if !twice {
            return Execution::watched(runner, scenario, seed, &mut (), interrupt);
        }
        let watch = Stopwatch::start();
        let (outcome, mismatch) = run_twice(runner, scenario, seed, interrupt)?;
        let mut execution = Execution::new(scenario, outcome, watch);
        execution.results.deterministic = Some(mismatch.is_none());
        if mismatch.is_some() {
            execution.code = ExitCode::Mismatch;
        }
        Ok(Execution { mismatch, ..execution })
    }

    fn new(scenario: &Scenario, outcome: Outcome, watch: Stopwatch) -> Self {
        // Where the history contradicts itself the run panicked, and there is none.
        let operations = outcome.history.operations().unwrap_or_default();
        let mut results = RunResults::new(scenario, &outcome, &operations);
        results.wall_seconds = Some(watch.seconds());
        let code = ExitCode::of(outcome.verdict, results.expected);
        Execution { outcome, operations, results, trail: Vec::new(), mismatch: None, code }
    }

    /// The run without what only the files of a failure need: of many runs, few fail.
    pub(super) fn without_history_unless_failed(mut self) -> Self {
        if self.code != ExitCode::Violation {
            self.outcome.history = History::default();
            self.outcome.strikes = Vec::new();
            self.operations = Vec::new();
            self.trail = Vec::new();
        }
        self
    }

    /// Writes what came of it where text goes, without the last lines; quietly, only failures.
    pub(super) fn write_summary(
        &self,
        scenario: &Scenario,
        session: &mut Session<'_>,
        json: bool,
    ) -> io::Result<()> {
        let Execution { outcome, operations, results, .. } = self;
        let text = if session.is_quiet() {
            failures(outcome)
        } else if panicked(outcome) {
            summary_of_panic(scenario, outcome, results)
        } else {
            summary(scenario, outcome, operations, results, session.is_verbose())
        };
        let out = session.text(json);
        out.write_all(text.as_bytes())?;
        match &self.mismatch {
            Some(mismatch) => write_mismatch(mismatch, out),
            None => Ok(()),
        }
    }

    /// One line that says it all.
    pub(super) fn epitaph(&self) -> String {
        match &self.mismatch {
            Some(mismatch) => format!("The thread is frayed: {mismatch}."),
            None => epitaph::of_run(&self.outcome, self.results.expected),
        }
    }

    /// The verdict in words.
    pub(super) fn verdict(&self, scenario: &Scenario) -> String {
        let (expect, met) = (scenario.expect.as_ref(), self.results.expected);
        let verdict = closing::verdict(self.outcome.verdict, expect, met);
        match self.results.deterministic {
            Some(true) => format!("{verdict}, deterministic"),
            Some(false) => format!("not deterministic ({verdict})"),
            None => verdict,
        }
    }
}

/// Tells how two runs of one seed differ.
pub(super) fn write_mismatch(mismatch: &Mismatch, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", paint(BAD, mismatch))?;
    for (which, lines) in ["one run", "another"].into_iter().zip(&mismatch.traced) {
        writeln!(out, "{which}, traced to that event:")?;
        if lines.is_empty() {
            writeln!(out, "  (no such event, or nothing that a trace tells)")?;
        }
        for line in lines {
            writeln!(out, "  {}", trace_columns(line))?;
        }
    }
    if mismatch.event.is_some() && mismatch.traced[0] == mismatch.traced[1] {
        writeln!(out, "These two agree: what differs is not in the trace, or chance had its hand in it.")?;
    }
    Ok(())
}
