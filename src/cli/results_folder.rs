//! Where results go: `DIR/<scenario>/<seed>/`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::execution::Execution;
use crate::base::Seed;
use crate::history::write_jsonl;
use crate::report::{Draft, FileError, RunResults, write_operations};
use crate::run::{to_toml, unfold};
use crate::scenario::Scenario;
use crate::sweep::Shard;

/// The default of `--out`.
pub(super) const DEFAULT: &str = "results";
/// The results of a run.
pub(super) const RESULTS: &str = "results.json";
/// What its clients did and saw.
const HISTORY: &str = "history.jsonl";
/// The same, one row an operation.
const OPERATIONS: &str = "ops.csv";
/// What its events left, for a replay by another program: see [`Trail`](crate::sweep::Trail).
const TRAIL: &str = "trail.bin";
/// The scenario that its seed stands for, if there is a swarm.
const SCENARIO: &str = "scenario.toml";
/// Its trace, if it was replayed.
pub(super) const TRACE: &str = "trace.jsonl";

/// The folder of shards, in that of their scenario.
pub(super) const SHARDS: &str = "shards";

/// The file of a shard.
pub(super) fn shard_name(shard: Shard) -> String {
    format!("{}-of-{}.shard", shard.index, shard.of)
}

/// The folder of all results of a scenario.
pub(super) fn of_scenario(out: &Path, scenario: &str) -> PathBuf {
    out.join(scenario)
}

/// The folder of one run.
pub(super) fn of_run(out: &Path, scenario: &str, seed: Seed) -> PathBuf {
    of_scenario(out, scenario).join(seed.to_string())
}

/// What lies in the folder of a run before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Earlier {
    /// No results.
    Nothing,
    /// Results that nobody can read.
    Unreadable,
    /// A run with other settings: of another scenario of this name, or of this one before it changed;
    /// with its digest.
    Another(String),
    /// A run with the same settings, with its digest.
    Same(String),
}

/// What lies in `folder` before a run of `scenario`.
pub(super) fn earlier(folder: &Path, scenario: &Scenario) -> Earlier {
    #[derive(Deserialize)]
    struct Known {
        digest: String,
        settings: String,
    }
    let bytes = match fs::read(folder.join(RESULTS)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Earlier::Nothing,
        Err(_) => return Earlier::Unreadable,
    };
    match serde_json::from_slice::<Known>(&bytes) {
        Ok(known) if known.settings == scenario.fingerprint().to_string() => Earlier::Same(known.digest),
        Ok(known) => Earlier::Another(known.digest),
        Err(_) => Earlier::Unreadable,
    }
}

/// The trail of the run in `folder`; empty if there is none.
pub(super) fn trail(folder: &Path) -> Vec<u8> {
    fs::read(folder.join(TRAIL)).unwrap_or_default()
}

impl Earlier {
    /// What is said of results that those of the run in `folder` take the place of, if there is
    /// anything to say.
    pub(super) fn note(&self, folder: &Path) -> Option<String> {
        let file = folder.join(RESULTS);
        let file = file.display();
        match self {
            Earlier::Nothing | Earlier::Same(_) => None,
            Earlier::Unreadable => {
                Some(format!("{file} was there and is no result of a run: it is replaced."))
            }
            Earlier::Another(_) => Some(format!(
                "{file} told of a run with other settings, of another scenario called so or of this one \
                 before it changed: it is replaced, and not compared with."
            )),
        }
    }
}

/// Writes the results of a run into `folder`. A trace that lies there is of an earlier run and goes.
pub(super) fn save(folder: &Path, scenario: &Scenario, execution: &Execution) -> Result<(), FileError> {
    let mut draft = Draft::new(folder)?;
    write(&mut draft, scenario, execution)?;
    draft.publish()?;
    if scenario.swarm.is_none() {
        remove(folder, SCENARIO)?;
    }
    remove(folder, TRACE)
}

/// Removes a file of an earlier run, if there is one.
fn remove(folder: &Path, name: &str) -> Result<(), FileError> {
    match fs::remove_file(folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let published = [RESULTS, HISTORY, OPERATIONS, TRAIL].map(str::to_owned).to_vec();
            Err(FileError { path: folder.join(name), error, published })
        }
        _ => Ok(()),
    }
}

/// Writes `results.json`, `history.jsonl`, `ops.csv`, `trail.bin` and, of a swarm, `scenario.toml` into
/// `draft`. There is no wall time in
/// them: two runs of one seed are the same bytes.
pub(super) fn write(draft: &mut Draft, scenario: &Scenario, execution: &Execution) -> Result<(), FileError> {
    let Execution { outcome, operations, results, trail, .. } = execution;
    let results = RunResults { wall_seconds: None, deterministic: None, regression: None, ..results.clone() };
    draft.write(RESULTS, |file| {
        serde_json::to_writer_pretty(&mut *file, &results)?;
        writeln!(file)
    })?;
    draft.write(HISTORY, |file| write_jsonl(&outcome.history, file))?;
    draft.write(OPERATIONS, |file| write_operations(&outcome.history, operations, file))?;
    if scenario.swarm.is_some() {
        let text = to_toml(&unfold(scenario, outcome.seed));
        draft.write(SCENARIO, |file| file.write_all(text.as_bytes()))?;
    }
    draft.write(TRAIL, |file| file.write_all(trail))
}
