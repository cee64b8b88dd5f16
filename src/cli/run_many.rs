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
use crate::report::counters::FAULTS;
use crate::report::palette::{self, BAD, DOUBTFUL, FAINT, HEADING, paint};
use crate::report::{Draft, FileError, RunResults, epitaph};
use crate::scenario::Scenario;
use crate::sweep::{
    Bite, Interrupted, Statistics, Stopwatch, asked_for, available_threads, in_order, panicked,
};

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
    let count = seeds.count;
    let unfinished = |error| lost(&error, 0, count);
    let mut draft = Draft::new(&folder).map_err(unfinished)?;
    let table = draft.open(TABLE).map_err(unfinished)?;
    let watch = Stopwatch::start();
    let (runner, interrupt) = (session.runner, session.interrupt.clone());
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    let mut sweep = Sweep {
        arguments,
        folder,
        table: csv::Writer::from_writer(table),
        bar: if session.is_quiet() { ProgressBar::hidden() } else { progress_bar(count) },
        count,
        statistics: Statistics::default(),
        failures: 0,
        first_failure: None,
        mismatches: 0,
        panics: 0,
        sim_seconds: 0.0,
        session,
    };
    let work = |index| {
        let twice = arguments.check_determinism;
        let execution = Execution::run(runner, scenario, seeds.seed(index), twice, &interrupt)?;
        Ok(Box::new(execution.without_history_unless_failed()))
    };
    let ended = in_order(count, threads, work, |index, execution: Result<_, Interrupted>| {
        let execution: Box<Execution> = execution?;
        sweep.take(seeds.seed(index), &execution)?;
        let row = sweep.row(&execution.results, index == 0);
        row.map_err(|error| Failure::File(draft.error(TABLE, error)))
    });
    sweep.bar.finish_and_clear();
    let finished = sweep.statistics.runs();
    // What was found out is told, whatever became of the rest.
    let saved = match ended {
        Ok(()) => draft.publish().map(|()| true),
        Err(Failure::Interrupted) if finished > 0 => draft.publish().map(|()| true),
        Err(Failure::Interrupted) => Ok(false),
        Err(Failure::File(error)) => {
            drop(draft);
            Err(error)
        }
        Err(failure) => return Err(failure),
    };
    let told = sweep.close(scenario, saved.as_ref().is_ok_and(|saved| *saved), watch.seconds());
    saved.map_err(|error| lost(&error, finished, count))?;
    told
}

/// A file that could not be written, when `finished` of `count` seeds were done.
fn lost(error: &FileError, finished: u64, count: u64) -> Failure {
    let told = if finished > 0 { " and told on stdout" } else { "" };
    Failure::Input(format!(
        "{error}\n{finished} of {count} seeds were finished{told}; their table is not saved, and what was \
         there before is as it was."
    ))
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
    /// How many seeds there are to run.
    count: u64,
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
        let everything = self.session.is_verbose();
        let more = results.faults.iter().filter(|(name, _)| everything && !FAULTS.contains(name));
        self.statistics.add(outcome.verdict, work.into_iter().chain(more).filter(known), faults);
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
            bar if failed || self.arguments.json || everything => {
                bar.suspend(|| self.tell(seed, execution, failed))
            }
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

    /// The summary and the last lines.
    fn close(mut self, scenario: &Scenario, saved: bool, wall_seconds: f64) -> Result<ExitCode, Failure> {
        let asked = asked_for(scenario);
        let (code, verdict) = self.verdict(scenario, &self.statistics.toothless(&asked));
        self.session.so_far = code;
        if !self.session.is_quiet() {
            let table = self.statistics.text(&asked, self.session.is_verbose());
            let text = self.session.text(self.arguments.json);
            writeln!(text, "{}: {}\n\n{table}", paint(HEADING, &scenario.name), scenario.protocol)?;
            self.notes(wall_seconds)?;
        }
        let out = &self.arguments.out;
        let Arguments { scenario: named, set, .. } = self.arguments;
        let replay = self.first_failure.map(|seed| replay_command(named, set, seed, out));
        // Quietly, it stands beside each failure and nowhere else.
        let replay = replay.filter(|_| !self.session.is_quiet());
        let results = saved.then_some(&*self.folder);
        let Statistics { invalid, unknown, .. } = self.statistics;
        let epitaph = epitaph::of_sweep(&epitaph::Sweep {
            runs: self.statistics.runs(),
            invalid,
            unknown,
            mismatches: self.mismatches,
            expected: scenario.expect.is_some().then_some(self.failures == 0),
            first: self.first_failure,
        });
        Closing { epitaph, verdict, code, results, replay }.write(self.session, self.arguments.json)?;
        Ok(code)
    }

    /// What else is to be known of the figures.
    fn notes(&mut self, wall_seconds: f64) -> io::Result<()> {
        let cut_short = self.cut_short();
        let text = self.session.text(self.arguments.json);
        let rate = |amount: f64| amount / wall_seconds.max(1e-9);
        let (seeds, simulated) = (rate(self.statistics.runs() as f64), rate(self.sim_seconds));
        let took = format!("took {wall_seconds:.2} s: {seeds:.1} seeds a second, {simulated:.1} simulated");
        writeln!(text, "{}", paint(FAINT, took + " seconds a second"))?;
        if self.panics > 0 {
            let panics = self.panics;
            writeln!(text, "runs that ended in a panic, left out of these medians and shares: {panics}")?;
        }
        if self.failures > MOST_FOLDERS {
            writeln!(text, "only the first {MOST_FOLDERS} of {} failures have folders", self.failures)?;
        }
        match cut_short {
            Some(said) => writeln!(text, "{}", paint(DOUBTFUL, said)),
            None => Ok(()),
        }
    }

    /// That not all seeds were run, if that is so.
    fn cut_short(&self) -> Option<String> {
        let (finished, count) = (self.statistics.runs(), self.count);
        let how = if self.session.interrupt.is_set() { "interrupted" } else { "given up" };
        (finished < count).then(|| format!("{how} after {finished} of {count} seeds"))
    }

    /// What it all comes to.
    fn verdict(&self, scenario: &Scenario, toothless: &[Bite]) -> (ExitCode, String) {
        let Statistics { invalid, unknown, .. } = self.statistics;
        let untested = invalid == 0 && !toothless.is_empty();
        let verdict = match (invalid, unknown) {
            (0, _) if self.statistics.runs() == 0 => Verdict::Unknown,
            (0, _) if untested && scenario.expect.is_none() => Verdict::Unknown,
            (0, 0) => Verdict::Valid,
            (0, _) if self.statistics.share_valid() >= LEAST_VALID => Verdict::Valid,
            (0, _) => Verdict::Unknown,
            _ => Verdict::Invalid,
        };
        let met = scenario.expect.is_some().then_some(self.failures == 0);
        let code = if self.mismatches > 0 { ExitCode::Mismatch } else { ExitCode::of(verdict, met) };
        let cut_short = self.cut_short();
        let interrupted = cut_short.is_some() && self.session.interrupt.is_set();
        let code = if interrupted { ExitCode::Interrupted } else { code };
        let cut_short = cut_short.map_or(String::new(), |said| format!("; {said}"));
        if self.mismatches > 0 {
            return (code, format!("not deterministic, {} seeds{cut_short}", self.mismatches));
        }
        let mut text = closing::verdict(verdict, scenario.expect.as_ref(), met);
        if self.arguments.check_determinism {
            text += ", deterministic";
        }
        if untested {
            let kinds: Vec<String> = toothless.iter().map(|bite| format!("`{}`", bite.kind)).collect();
            let (kinds, share) = (kinds.join(", "), 100.0 * Bite::LEAST_SHARE);
            text += &format!("; no violation, but this says nothing of {kinds}: under {share} % felt it");
        }
        (code, text + &cut_short)
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
