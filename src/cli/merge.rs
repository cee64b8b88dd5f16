//! `atropos merge`: the shards of a sweep put together, as if it had been one.
//!
//! Nothing is run. What is refused: shards that do not belong together, that are not whole, or whose
//! scenario is another by now. What is told in spite of shards that are missing is unknown, unless what
//! is there has failed already.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::run_many::{self, Close, Part, Plan, Rows, Subject, Sweep, worse};
use super::{ExitCode, Session, results_folder, scenario_file};
use crate::report::palette::{DOUBTFUL, paint};

/// Put the shards of a sweep together, as if it had been one
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  atropos merge results
  atropos merge results/raft/storm --out merged")]
pub(super) struct Arguments {
    /// The folder: the shards in it, and in each folder below, are those of one sweep
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print one JSON object a scenario
    #[arg(long)]
    pub(super) json: bool,
    /// The folder for results: DIR/SCENARIO/
    #[arg(long, value_name = "DIR", default_value = results_folder::DEFAULT)]
    out: PathBuf,
}

/// Carries out `atropos merge`.
pub(super) fn merge(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let folders = run_many::find_shards(&arguments.folder).map_err(Failure::Input)?;
    if folders.is_empty() {
        let folder = arguments.folder.display();
        let message = format!("there are no shards in `{folder}`; `atropos sweep --shard K/N` makes them");
        return Err(Failure::Input(message));
    }
    // Before the first is merged it is known that all can be.
    let sets = folders.iter().map(|paths| together(paths)).collect::<Result<Vec<_>, _>>()?;
    let mut code = None;
    for parts in sets {
        code = worse(code, merge_one(arguments, &parts, code, session)?);
    }
    Ok(code.unwrap_or(ExitCode::Unknown))
}

/// The shards in `paths`, in their order, if they are of one sweep.
fn together(paths: &[PathBuf]) -> Result<Vec<Part>, Failure> {
    let mut parts: Vec<Part> = Vec::new();
    for path in paths {
        let part = Part::read(path).map_err(Failure::Input)?;
        let place = parts.partition_point(|other| other.header.shard().index < part.header.shard().index);
        parts.insert(place, part);
    }
    let first = &parts[0];
    for part in &parts[1..] {
        if let Some(what) = first.header.difference(&part.header) {
            return Err(Failure::Input(format!(
                "`{}` and `{}` are of different {what}: they are no shards of one sweep",
                first.path.display(),
                part.path.display()
            )));
        }
    }
    Ok(parts)
}

/// Merges the shards of one sweep, where the sweeps merged before it ended with `before`.
fn merge_one(
    arguments: &Arguments,
    parts: &[Part],
    before: Option<ExitCode>,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let header = &parts[0].header;
    let scenario = scenario_file::load(&header.named, &header.set)?;
    let is_same = scenario.name == header.scenario
        && scenario.fingerprint().to_string() == header.settings
        && run_many::expectations(&scenario) == header.expectations;
    if !is_same {
        let path = parts[0].path.display();
        let message = format!(
            "the scenario `{}` is not the one that `{path}` is of: run the shards again",
            header.named
        );
        return Err(Failure::Input(message));
    }
    let seeds = header.all().ok_or_else(|| Failure::Input("there are no such seeds".to_owned()))?;
    let subject = Subject { named: header.named.clone(), scenario, regressions: None };
    let plan = Plan {
        set: &header.set,
        out: &arguments.out,
        json: arguments.json,
        check_determinism: header.check_determinism,
        threads: None,
        seeds,
        seconds: None,
        shard: None,
        max_failures: None,
    };
    let missing = missing(parts);
    let rows = if missing.is_empty() { Some(Rows::new(&plan, &subject)?) } else { None };
    let mut sweep = Sweep::new(&plan, &subject, rows, session.is_verbose());
    for record in parts.iter().flat_map(|part| &part.records) {
        sweep.take(record);
        sweep.tell(record, None, session)?;
        sweep.add_row(record)?;
    }
    let results = sweep.save()?;
    if arguments.json {
        serde_json::to_writer(&mut *session.out, &sweep.summary()).map_err(io::Error::from)?;
        writeln!(session.out)?;
    }
    let text = session.text(arguments.json);
    for line in &missing {
        writeln!(text, "{}", paint(DOUBTFUL, line))?;
    }
    let stop = (!missing.is_empty()).then_some(run_many::MISSING);
    let close = Close { stop, results: results.as_deref(), wall_seconds: None, before };
    Ok(sweep.close(&close, session)?)
}

/// What is said of each shard that is not there as a whole.
fn missing(parts: &[Part]) -> Vec<String> {
    let mut missing = Vec::new();
    let of = parts[0].header.shard().of;
    let mut there = parts.iter().peekable();
    for index in 0..of {
        match there.next_if(|part| part.header.shard().index == index) {
            None => missing.push(format!("missing  shard {index}/{of}")),
            Some(part) if !part.is_whole() => {
                missing.push(format!("missing  shard {index}/{of}: it was cut short, with {}", part.share()));
            }
            Some(_) => {}
        }
    }
    missing
}
