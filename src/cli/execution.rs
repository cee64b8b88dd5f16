//! A run, with what every command makes of it.

use std::io::{self, Write};

use super::ExitCode;
use super::closing;
use crate::base::Seed;
use crate::history::{History, Operation};
use crate::report::{RunResults, summary, trace_columns};
use crate::run::{Outcome, Watcher};
use crate::scenario::Scenario;
use crate::sweep::{Mismatch, Runner, Stopwatch, panicked, run_guarded, run_twice};

/// A run, with what every command makes of it.
pub(super) struct Execution {
    pub(super) outcome: Outcome,
    pub(super) operations: Vec<Operation>,
    pub(super) results: RunResults,
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
    ) -> Self {
        let watch = Stopwatch::start();
        let outcome = run_guarded(runner, scenario, seed, watcher);
        Execution::new(scenario, outcome, watch)
    }

    /// Runs `scenario` under `seed`, twice if a second run is to be compared.
    pub(super) fn run(runner: Runner, scenario: &Scenario, seed: Seed, twice: bool) -> Self {
        if !twice {
            return Execution::watched(runner, scenario, seed, &mut ());
        }
        let watch = Stopwatch::start();
        let (outcome, mismatch) = run_twice(runner, scenario, seed);
        let mut execution = Execution::new(scenario, outcome, watch);
        execution.results.deterministic = Some(mismatch.is_none());
        if mismatch.is_some() {
            execution.code = ExitCode::Mismatch;
        }
        Execution { mismatch, ..execution }
    }

    fn new(scenario: &Scenario, outcome: Outcome, watch: Stopwatch) -> Self {
        // Where the history contradicts itself the run panicked, and there is none.
        let operations = outcome.history.operations().unwrap_or_default();
        let mut results = RunResults::new(scenario, &outcome, &operations);
        results.wall_seconds = Some(watch.seconds());
        let code = ExitCode::of(outcome.verdict, results.expected);
        Execution { outcome, operations, results, mismatch: None, code }
    }

    /// The run without what only the files of a failure need: of many runs, few fail.
    pub(super) fn without_history_unless_failed(mut self) -> Self {
        if self.code != ExitCode::Violation {
            self.outcome.history = History::default();
            self.operations = Vec::new();
        }
        self
    }

    /// What came of it, for people, without the last lines.
    pub(super) fn summary(&self, scenario: &Scenario) -> String {
        if !panicked(&self.outcome) {
            return summary(scenario, &self.outcome, &self.results);
        }
        let RunResults { scenario: name, protocol, seed, checks, events, digest, .. } = &self.results;
        let mut text = format!("{name}: {protocol}, {} nodes, seed {seed}\n\nchecks\n", scenario.nodes);
        for check in checks {
            let detail = check.detail.as_deref().unwrap_or_default();
            text += &format!("  {}  {}  {detail}\n", check.name, check.verdict);
        }
        text += &format!("\nThe run ended in a panic after {events} events, digest {digest}.\n");
        text + "Nothing else of it was kept, neither its history nor its counters.\n"
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
    writeln!(out, "\n{mismatch}")?;
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
