//! `atropos run`: a scenario under one seed. Many seeds are the affair of `run_many`.

use std::io;
use std::path::Path;

use clap::Args;

use super::closing::{Closing, replay_command};
use super::execution::Execution;
use super::failure::Failure;
use super::run_many::{self, Plan, Subject};
use super::run_options::RunOptions;
use super::seeds::SeedRange;
use super::{ExitCode, Session, results_folder, scenario_file};
use crate::base::Seed;
use crate::scenario::Scenario;

/// Run a scenario under one seed or many, and judge what its clients saw
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The scenario: a file, or a name such as raft/leader-partition of a file under scenarios/
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    /// The seed, in decimal or hexadecimal [default: the scenario's own]
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<Seed>,
    /// Run every seed from A up to B (A..B without B, A..=B with B)
    #[arg(long, value_name = "A..B")]
    seeds: Option<SeedRange>,
    #[command(flatten)]
    pub(super) options: RunOptions,
}

/// Carries out `atropos run`.
pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let scenario = scenario_file::load(&arguments.scenario, &arguments.options.set)?;
    session.interrupt.listen()?;
    match arguments.seeds {
        Some(seeds) => run_seeds(arguments, scenario, seeds, session),
        None => run_one(arguments, &scenario, session),
    }
}

fn run_seeds(
    arguments: &Arguments,
    scenario: Scenario,
    seeds: SeedRange,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let plan = Plan::new(&arguments.options, seeds);
    let subject = Subject { named: arguments.scenario.clone(), scenario, regressions: None };
    run_many::run_many(&plan, &[subject], session)
}

fn run_one(
    arguments: &Arguments,
    scenario: &Scenario,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let twice = arguments.options.check_determinism;
    let execution = Execution::run(session.runner, scenario, seed, twice, &session.interrupt)?;
    session.so_far = execution.code;
    let folder = results_folder::of_run(&arguments.options.out, &scenario.name, seed);
    // Results that another run would contradict are worth nothing.
    let earlier = results_folder::earlier(&folder, scenario);
    let saved = execution.mismatch.is_none().then(|| results_folder::save(&folder, scenario, &execution));
    let results = matches!(saved, Some(Ok(()))).then_some(&*folder);
    let note = results.and_then(|folder| earlier.note(folder));
    let told = tell(arguments, scenario, &execution, (results, note), session);
    // What was found out is told, whatever became of the files.
    saved.transpose()?;
    told?;
    Ok(execution.code)
}

/// Prints what came of a run and, if they are saved, where its `results` are and what is to be said of those before.
fn tell(
    arguments: &Arguments,
    scenario: &Scenario,
    execution: &Execution,
    (results, note): (Option<&Path>, Option<String>),
    session: &mut Session<'_>,
) -> io::Result<()> {
    if arguments.options.json {
        serde_json::to_writer(&mut *session.out, &execution.results)?;
        writeln!(session.out)?;
    }
    execution.write_summary(scenario, session, arguments.options.json)?;
    if let Some(note) = note.filter(|_| !session.is_quiet()) {
        writeln!(session.text(arguments.options.json), "\n{note}")?;
    }
    let replay = Some(replay_command(
        &arguments.scenario,
        &arguments.options.set,
        execution.outcome.seed,
        &arguments.options.out,
    ));
    let (epitaph, verdict) = (execution.epitaph(), execution.verdict(scenario));
    Closing { epitaph, verdict, code: execution.code, results, replay }.write(session, arguments.options.json)
}
