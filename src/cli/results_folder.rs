//! Where results go: `DIR/<scenario>/<seed>/`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::execution::Execution;
use crate::base::Seed;
use crate::history::write_jsonl;
use crate::report::{Draft, FileError, RunResults, write_operations};

/// The default of `--out`.
pub(super) const DEFAULT: &str = "results";
/// The results of a run.
pub(super) const RESULTS: &str = "results.json";
/// Its trace, if it was replayed.
pub(super) const TRACE: &str = "trace.jsonl";

/// The folder of all results of a scenario.
pub(super) fn of_scenario(out: &Path, scenario: &str) -> PathBuf {
    out.join(scenario)
}

/// The folder of one run.
pub(super) fn of_run(out: &Path, scenario: &str, seed: Seed) -> PathBuf {
    of_scenario(out, scenario).join(seed.to_string())
}

/// Writes the results of a run into `folder`. A trace that lies there is of an earlier run and goes.
pub(super) fn save(folder: &Path, execution: &Execution) -> Result<(), FileError> {
    let mut draft = Draft::new(folder)?;
    write(&mut draft, execution)?;
    draft.publish()?;
    match fs::remove_file(folder.join(TRACE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError { path: folder.join(TRACE), error })
        }
        _ => Ok(()),
    }
}

/// Writes `results.json`, `history.jsonl` and `ops.csv` into `draft`. There is no wall time in
/// them: two runs of one seed are the same bytes.
pub(super) fn write(draft: &mut Draft, execution: &Execution) -> Result<(), FileError> {
    let Execution { outcome, operations, results, .. } = execution;
    let results = RunResults { wall_seconds: None, deterministic: None, ..results.clone() };
    draft.write(RESULTS, |file| {
        serde_json::to_writer_pretty(&mut *file, &results)?;
        writeln!(file)
    })?;
    draft.write("history.jsonl", |file| write_jsonl(&outcome.history, file))?;
    draft.write("ops.csv", |file| write_operations(&outcome.history, operations, file))
}
