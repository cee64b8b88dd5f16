//! `atropos sweep`: many seeds of several scenarios. What it does is in `run_many`.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::replay::instant;
use super::run_many::{self, Plan, Subject};
use super::run_options::RunOptions;
use super::seeds::{MOST_SEEDS, SeedRange};
use super::{ExitCode, Session, regressions, scenario_file};
use crate::base::SimTime;
use crate::sweep::Shard;

/// Run many seeds of scenarios, group what fails, and tell what was covered
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  atropos sweep raft/storm --seeds 0..1000
  atropos sweep scenarios/raft --for 10m
  atropos sweep raft/storm --seeds 0..100000 --shard 3/7
  atropos merge results")]
pub(super) struct Arguments {
    /// The scenarios: files, folders, or names such as raft/leader-partition of those under scenarios/
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<String>,
    /// Run every seed from A up to B (A..B without B, A..=B with B) [default: 0..1000]
    #[arg(long, value_name = "A..B")]
    seeds: Option<SeedRange>,
    /// Run seeds from 0 on, or those of --seeds, until this much time is over
    #[arg(long = "for", value_name = "TIME", value_parser = instant)]
    time: Option<SimTime>,
    /// Run only the share K of N, from 0/N to N-1/N; `atropos merge` puts them together
    #[arg(long, value_name = "K/N", conflicts_with_all = ["time", "max_failures"])]
    shard: Option<String>,
    /// End with so many failures
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    max_failures: Option<u16>,
    /// The folder for seeds that fail, which are run first: DIR/SCENARIO.seeds [default: regressions/ in
    /// the folder scenarios/ that the scenario lies in]
    #[arg(long, value_name = "DIR", conflicts_with = "set")]
    regressions: Option<PathBuf>,
    #[command(flatten)]
    pub(super) options: RunOptions,
}

/// What is run if nobody says what.
const SEEDS: SeedRange = SeedRange { first: 0, count: 1_000 };

/// Carries out `atropos sweep`.
pub(super) fn sweep(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let all = match (arguments.seeds, arguments.time) {
        (Some(seeds), _) => seeds,
        (None, Some(_)) => SeedRange { first: 0, count: MOST_SEEDS },
        (None, None) => SEEDS,
    };
    let shard = arguments.shard.as_deref().map(str::parse::<Shard>).transpose();
    let shard = shard.map_err(|why| Failure::Input(format!("impossible value for `--shard`: {why}")))?;
    let places = shard.map_or(0..all.count, |shard| shard.places(all.count));
    if let Some(shard) = shard.filter(|shard| shard.of > all.count) {
        let (count, of) = (all.count, shard.of);
        return Err(Failure::Input(format!("{count} seeds are not enough for {of} shards")));
    }
    let seeds = SeedRange { first: all.first + places.start, count: places.end - places.start };
    let subjects = subjects(arguments)?;
    session.interrupt.listen()?;
    let plan = Plan {
        seconds: arguments.time.map(|time| time.as_ns() as f64 / 1e9),
        shard: shard.map(|shard| (shard, all)),
        max_failures: arguments.max_failures.map(u64::from),
        ..Plan::new(&arguments.options, seeds)
    };
    run_many::run_many(&plan, &subjects, session)
}

/// Every scenario that is named, or lies in a folder that is.
fn subjects(arguments: &Arguments) -> Result<Vec<Subject>, Failure> {
    let mut subjects: Vec<Subject> = Vec::new();
    for named in arguments.scenarios.iter().map(|argument| scenario_file::named_by(argument)) {
        for named in named? {
            let scenario = scenario_file::load(&named, &arguments.options.set)?;
            if let Some(other) = subjects.iter().find(|other| other.scenario.name == scenario.name) {
                return Err(Failure::Input(format!(
                    "`{named}` and `{}` are both called {}, and their results would be in one place",
                    other.named, scenario.name
                )));
            }
            let folder = arguments.regressions.as_deref();
            let regressions = regressions::file(folder, &named, &scenario);
            subjects.push(Subject { named, scenario, regressions });
        }
    }
    Ok(subjects)
}
