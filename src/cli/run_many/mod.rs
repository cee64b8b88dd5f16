//! Many seeds of one scenario or of several, on all cores, told in the order of the seeds: what
//! `atropos run --seeds` and `atropos sweep` do, and how `atropos merge` tells of what they did.
//!
//! * `plan`: what is to be run.
//! * `rows`: the file that keeps a row a seed, a table or a shard.
//! * `shard_file`: the form of shards, and how they are read.
//! * `sweep`: what is known of a scenario so far, and what is told of each run.
//! * `ending`: what it all comes to; `summary`: the same for programs.
//!
//! Scenarios take turns, seed by seed: where a sweep is cut short each has run the same seeds, one
//! more or less.

mod ending;
mod plan;
mod rows;
mod shard_file;
mod summary;
mod sweep;

use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::execution::Execution;
use super::failure::Failure;
use super::{ExitCode, Session, regressions};
use crate::report::FileError;
use crate::sweep::{Interrupted, Regression, Stopwatch, available_threads, in_order};
pub(super) use ending::{Close, MISSING, worse};
pub(super) use plan::{Plan, Subject};
pub(super) use rows::Rows;
pub(super) use shard_file::{Part, expectations, find_shards};
pub(super) use sweep::Sweep;

/// Why no more is run.
enum Stop {
    /// The time is over.
    TimeIsOver,
    /// There are as many failures as were wanted.
    Failures,
    /// The user wanted an end.
    Interrupted,
    /// Something could not be written.
    Failed(Failure),
}

/// Runs what `plan` says of every one of `subjects` and tells what came of it.
pub(super) fn run_many(
    plan: &Plan<'_>,
    subjects: &[Subject],
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let unfinished = |error| lost(&error, 0, plan.seeds.count);
    let sweeps = subjects.iter().map(|subject| {
        let rows = Rows::new(plan, subject)?;
        Ok(Sweep::new(plan, subject, Some(rows), session.is_verbose()))
    });
    let mut sweeps = sweeps.collect::<Result<Vec<_>, _>>().map_err(unfinished)?;
    let bar = if session.is_quiet() { ProgressBar::hidden() } else { progress_bar(plan, subjects.len()) };
    let watch = Stopwatch::start();
    let (stop, deterred) = match run_all(plan, subjects, &mut sweeps, &bar, watch, session) {
        Ok(()) => (None, None),
        Err(Stop::Failed(Failure::File(error))) => (Some("given up"), Some(error)),
        Err(Stop::Failed(failure)) => return Err(failure),
        Err(Stop::Interrupted) => (Some("interrupted"), None),
        Err(Stop::Failures) => (Some("ended by --max-failures"), None),
        Err(Stop::TimeIsOver) => (None, None),
    };
    bar.finish_and_clear();
    let finished: u64 = sweeps.iter().map(Sweep::finished).sum();
    // What was found out is told, whatever became of the files.
    let mut broken = deterred;
    let mut told = Ok(());
    let mut code = None;
    for mut sweep in sweeps {
        let saved = if broken.is_none() { sweep.save() } else { Ok(None) };
        let results = saved.unwrap_or_else(|error| {
            broken = Some(error);
            None
        });
        let (results, wall_seconds) = (results.as_deref(), Some(watch.seconds()));
        let close = Close { stop, results, wall_seconds, before: code };
        match sweep.close(&close, session) {
            Ok(own) => code = worse(code, own),
            Err(error) => told = Err(error),
        }
    }
    if let Some(error) = broken {
        return Err(lost(&error, finished, plan.seeds.count * subjects.len() as u64));
    }
    told?;
    let code = code.unwrap_or(ExitCode::Unknown);
    if subjects.len() > 1 {
        ending::write_total(code, subjects.len(), finished, plan.json, session)?;
    }
    Ok(code)
}

/// Runs every seed of every scenario until something stops it.
fn run_all(
    plan: &Plan<'_>,
    subjects: &[Subject],
    sweeps: &mut [Sweep<'_>],
    bar: &ProgressBar,
    watch: Stopwatch,
    session: &mut Session<'_>,
) -> Result<(), Stop> {
    let (runner, interrupt) = (session.runner, session.interrupt.clone());
    let threads = plan.threads.map_or_else(available_threads, usize::from);
    let turns = subjects.len() as u64;
    let first = regressions(plan, subjects)?;
    let task = |index: u64| match first.get(index as usize) {
        Some((subject, regression)) => (*subject, regression.seed, Some(regression)),
        None => {
            let index = index - first.len() as u64;
            ((index % turns) as usize, plan.seeds.seed(index / turns), None)
        }
    };
    bar.inc_length(first.len() as u64);
    // A run that is begun is finished: those that are make a row without gaps.
    let work = |index| {
        if plan.seconds.is_some_and(|seconds| watch.seconds() >= seconds) {
            return Ok(None);
        }
        let (subject, seed, _) = task(index);
        let scenario = &subjects[subject].scenario;
        let execution = Execution::run(runner, scenario, seed, plan.check_determinism, &interrupt)?;
        Ok(Some(Box::new(execution.without_history_unless_failed())))
    };
    let mut failed = 0;
    let count = first.len() as u64 + plan.seeds.count * turns;
    in_order(count, threads, work, |index, execution: Result<_, Interrupted>| {
        let mut execution: Box<Execution> = execution?.ok_or(Stop::TimeIsOver)?;
        let (subject, _, regression) = task(index);
        let sweep = &mut sweeps[subject];
        execution.results.regression = regression.map(|_| true);
        let record = sweep.record(&execution);
        failed += u64::from(record.ending.is_failure());
        bar.inc(1);
        bar.set_message(message(failed, plan.seconds.map(|seconds| seconds - watch.seconds())));
        let alike = match regression {
            Some(regression) => sweep.take_regression(regression, &record),
            None => sweep.take(&record),
        };
        session.so_far = worse(Some(session.so_far), sweep.worst()).unwrap_or(session.so_far);
        if sweep.has_to_tell(&record, session) {
            bar.suspend(|| sweep.tell(&record, Some(&execution), session))?;
        }
        match regression {
            Some(_) => sweep.keep_files(&record, &execution)?,
            None => sweep.keep(&record, &execution, alike)?,
        }
        match plan.max_failures {
            Some(most) if failed >= most => Err(Stop::Failures),
            _ => Ok(()),
        }
    })
}

/// The seeds that failed once, which are run before all others; in a sweep of shards, by the first.
fn regressions(plan: &Plan<'_>, subjects: &[Subject]) -> Result<Vec<(usize, Regression)>, Failure> {
    let mut all = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        if let Some(path) = subject.regressions.as_ref().filter(|_| plan.is_first()) {
            all.extend(regressions::read(path)?.iter().map(|regression| (place, regression.clone())));
        }
    }
    Ok(all)
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
fn progress_bar(plan: &Plan<'_>, subjects: usize) -> ProgressBar {
    let (count, template) = match plan.seconds {
        None => (
            Some(plan.seeds.count * subjects as u64),
            "{bar:40} {pos}/{len} seeds  {per_sec}  {msg}  {eta} left",
        ),
        Some(_) => (None, "{spinner} {pos} seeds  {per_sec}  {msg}"),
    };
    let bar = ProgressBar::with_draw_target(count, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(template);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// What the bar says besides numbers of seeds.
fn message(failed: u64, seconds_left: Option<f64>) -> String {
    match seconds_left {
        None => format!("{failed} failed"),
        Some(seconds) => format!("{failed} failed  {:.0}s left", seconds.max(0.0)),
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Failed(error.into())
    }
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Self {
        Stop::Failed(error.into())
    }
}

impl From<Interrupted> for Stop {
    fn from(_: Interrupted) -> Self {
        Stop::Interrupted
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}
