//! `atropos run --seeds A..B`: a range of seeds on all cores, told in the order of the seeds.
//!
//! * `rows`: the table, one row a seed.
//! * `sweep`: what is known so far, and what is told of one run.
//! * `ending`: what it all comes to.

mod ending;
mod rows;
mod sweep;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::execution::Execution;
use super::failure::Failure;
use super::run::Arguments;
use super::seeds::SeedRange;
use super::{ExitCode, Session, results_folder};
use crate::report::{Draft, FileError};
use crate::scenario::Scenario;
use crate::sweep::{Interrupted, Stopwatch, available_threads, in_order};
use rows::Rows;
use sweep::Sweep;

/// The table of all runs.
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
    let mut rows = Rows::new(table);
    let bar = if session.is_quiet() { ProgressBar::hidden() } else { progress_bar(count) };
    let mut sweep = Sweep::new(arguments, scenario, count, bar, session);
    let work = |index| {
        let twice = arguments.check_determinism;
        let execution = Execution::run(runner, scenario, seeds.seed(index), twice, &interrupt)?;
        Ok(Box::new(execution.without_history_unless_failed()))
    };
    let ended = in_order(count, threads, work, |index, execution: Result<_, Interrupted>| {
        let execution: Box<Execution> = execution?;
        sweep.take(seeds.seed(index), &execution)?;
        rows.add(&execution.results).map_err(|error| Failure::File(draft.error(TABLE, error)))
    });
    let finished = sweep.finish();
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
    let results = saved.as_ref().is_ok_and(|saved| *saved).then_some(&*folder);
    let told = sweep.close(scenario, results, watch.seconds());
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
