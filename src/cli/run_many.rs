//! `atropos run --seeds A..B`: a range of seeds on all cores, told in the order of the seeds.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::closing::{self, Closing, replay_command};
use super::execution::{Execution, write_mismatch};
use super::failure::Failure;
use super::run::Arguments;
use super::seeds::SeedRange;
use super::{ExitCode, Session, results_folder};
use crate::base::Seed;
use crate::check::Verdict;
use crate::report::{Draft, RunResults};
use crate::scenario::Scenario;
use crate::sweep::{Bite, Statistics, Stopwatch, asked_for, available_threads, in_order, panicked};

/// More failures than this get no folder of their own: each is one replay away.
const MOST_FOLDERS: u64 = 100;
/// "No violation" holds only if at least this share of the runs says so.
const LEAST_VALID: f64 = 0.95;
/// One row a seed.
const TABLE: &str = "sweep.csv";

/// Runs `seeds` and tells what came of them.
pub(super) fn run_many(
    arguments: &Arguments,
    scenario: &Scenario,
    seeds: SeedRange,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let folder = results_folder::of_scenario(&arguments.out, &scenario.name);
    let mut draft = Draft::new(&folder)?;
    let table = draft.open(TABLE)?;
    let watch = Stopwatch::start();
    let runner = session.runner;
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    let mut sweep = Sweep {
        arguments,
        session,
        folder,
        table: csv::Writer::from_writer(table),
        bar: progress_bar(seeds.count),
        statistics: Statistics::default(),
        failures: 0,
        first_failure: None,
        mismatches: 0,
        panics: 0,
        sim_seconds: 0.0,
    };
    let work = |index| {
        let execution = Execution::run(runner, scenario, seeds.seed(index), arguments.check_determinism);
        Box::new(execution.without_history_unless_failed())
    };
    let lost = |error| Failure::from(draft.error(TABLE, error));
    in_order(seeds.count, threads, work, |index, execution| {
        sweep.take(seeds.seed(index), &execution)?;
        sweep.row(&execution.results, index == 0).map_err(lost)
    })?;
    sweep.bar.finish_and_clear();
    let saved = draft.publish();
    let told = sweep.close(scenario, saved.is_ok(), watch.seconds());
    saved?;
    told
}

/// The bar on stderr, where that is a terminal.
fn progress_bar(seeds: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(seeds), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} seeds  {msg}  {eta} left");
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// A range of seeds being run.
struct Sweep<'a, 's> {
    arguments: &'a Arguments,
    session: &'a mut Session<'s>,
    folder: PathBuf,
    table: csv::Writer<BufWriter<File>>,
    bar: ProgressBar,
    statistics: Statistics,
    /// Seeds with a violation, or that did not meet the expectation.
    failures: u64,
    first_failure: Option<Seed>,
    mismatches: u64,
    /// Seeds whose run ended in a panic.
    panics: u64,
    sim_seconds: f64,
}

impl Sweep<'_, '_> {
    /// Writes a row of the table, to the disk: an interrupt leaves what is finished.
    fn row(&mut self, results: &RunResults, first: bool) -> io::Result<()> {
        if first {
            let columns = ["seed", "verdict", "failing_check", "digest", "events", "ok", "fail", "info"];
            let counters = results.faults.iter().map(|(name, _)| name);
            self.table.write_record(columns.into_iter().chain(["leader_terms"]).chain(counters))?;
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

    /// Takes note of one run, the next in order.
    fn take(&mut self, seed: Seed, execution: &Execution) -> Result<(), Failure> {
        let Execution { outcome, results, code, .. } = execution;
        let work = [("operations ok", results.operations.ok), ("leader terms", results.leader_terms)];
        // What a run that panicked did and felt, nobody knows.
        let known = |_: &(&'static str, u64)| !panicked(outcome);
        let faults = results.faults.faults().filter(known);
        self.statistics.add(outcome.verdict, work.into_iter().filter(known), faults);
        self.panics += u64::from(panicked(outcome));
        self.sim_seconds += results.sim_seconds;
        self.mismatches += u64::from(*code == ExitCode::Mismatch);
        self.failures += u64::from(*code == ExitCode::Violation);
        self.bar.inc(1);
        self.bar.set_message(format!("{} failed", self.failures + self.mismatches));
        let failed = matches!(code, ExitCode::Violation | ExitCode::Mismatch);
        if failed {
            self.session.so_far = self.worst();
            self.first_failure.get_or_insert(seed);
        }
        let told = match self.bar.clone() {
            bar if failed || self.arguments.json => bar.suspend(|| self.tell(seed, execution, failed)),
            _ => Ok(()),
        };
        if *code == ExitCode::Violation && self.failures <= MOST_FOLDERS {
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
            return Ok(());
        }
        let replay = replay_command(&self.arguments.scenario, &self.arguments.set, seed, &self.arguments.out);
        let text = self.session.text(self.arguments.json);
        writeln!(text, "seed {seed}  {}  {replay}", reason(execution))?;
        if let Some(mismatch) = &execution.mismatch {
            write_mismatch(mismatch, text)?;
        }
        text.flush()
    }

    /// The summary and the last lines.
    fn close(self, scenario: &Scenario, saved: bool, wall_seconds: f64) -> Result<ExitCode, Failure> {
        let toothless = self.statistics.toothless(&asked_for(scenario));
        let (code, verdict) = self.verdict(scenario, &toothless);
        self.session.so_far = code;
        let text = self.session.text(self.arguments.json);
        writeln!(text, "{}: {}\n\n{}", scenario.name, scenario.protocol, self.statistics)?;
        let (seeds, simulated) = (self.statistics.runs() as f64, self.sim_seconds);
        let rate = |amount: f64| amount / wall_seconds.max(1e-9);
        writeln!(
            text,
            "took {wall_seconds:.2} s: {:.1} seeds a second, {:.1} simulated seconds a second",
            rate(seeds),
            rate(simulated)
        )?;
        if self.panics > 0 {
            let panics = self.panics;
            writeln!(text, "runs that ended in a panic, left out of these medians and shares: {panics}")?;
        }
        if self.failures > MOST_FOLDERS {
            writeln!(text, "only the first {MOST_FOLDERS} of {} failures have folders", self.failures)?;
        }
        let out = &self.arguments.out;
        let replay = self
            .first_failure
            .map(|seed| replay_command(&self.arguments.scenario, &self.arguments.set, seed, out));
        let results = saved.then_some(&*self.folder);
        Closing { verdict, results, replay }.write(text)?;
        Ok(code)
    }

    /// What it all comes to.
    fn verdict(&self, scenario: &Scenario, toothless: &[Bite]) -> (ExitCode, String) {
        let Statistics { invalid, unknown, .. } = self.statistics;
        let untested = invalid == 0 && !toothless.is_empty();
        let verdict = match (invalid, unknown) {
            (0, _) if untested && scenario.expect.is_none() => Verdict::Unknown,
            (0, 0) => Verdict::Valid,
            (0, _) if self.statistics.share_valid() >= LEAST_VALID => Verdict::Valid,
            (0, _) => Verdict::Unknown,
            _ => Verdict::Invalid,
        };
        if self.mismatches > 0 {
            return (ExitCode::Mismatch, format!("not deterministic, {} seeds", self.mismatches));
        }
        let met = scenario.expect.is_some().then_some(self.failures == 0);
        let mut text = closing::verdict(verdict, scenario.expect.as_ref(), met);
        if self.arguments.check_determinism {
            text += ", deterministic";
        }
        if untested {
            let kinds: Vec<String> = toothless.iter().map(|bite| format!("`{}`", bite.kind)).collect();
            let (kinds, share) = (kinds.join(", "), 100.0 * Bite::LEAST_SHARE);
            text += &format!("; no violation, but this says nothing of {kinds}: under {share} % felt it");
        }
        (ExitCode::of(verdict, met), text)
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
