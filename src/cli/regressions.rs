//! Where the seeds that failed once are kept: `scenarios/regressions/<scenario>.seeds`.
//!
//! A scenario has such a file if it lies in a folder `scenarios`, or if the command line says where.
//! Those that are to fail have none: canaries, and scenarios that say what to expect.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::scenario_file;
use crate::report::Draft;
use crate::scenario::Scenario;
use crate::sweep::{Record, Regression, Regressions};

/// The folder, in that of the scenarios.
const FOLDER: &str = "regressions";
/// Scenarios that must fail are in these.
const CANARIES: [&str; 2] = ["canary/", "bugs/"];

/// The file of `scenario`, in `folder` or else beside the scenarios, among which `argument` names it;
/// `None` if it has none. With values set over the scenario's own it is another.
pub(super) fn file(folder: Option<&Path>, argument: &str, scenario: &Scenario) -> Option<PathBuf> {
    let is_canary = CANARIES.iter().any(|folder| scenario.name.starts_with(folder));
    let is_to_fail = scenario.expect.is_some() || is_canary;
    if is_to_fail || !scenario.overrides.is_empty() {
        return None;
    }
    let beside = || scenario_file::home(argument).map(|home| home.join(FOLDER));
    let folder = folder.map(Path::to_owned).or_else(beside)?;
    Some(folder.join(format!("{}.seeds", scenario.name)))
}

/// What is in the file `path`, which need not be there.
pub(super) fn read(path: &Path) -> Result<Regressions, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Regressions::parse(&path.to_string_lossy(), &text).map_err(Failure::Input),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Regressions::default()),
        Err(error) => Err(Failure::Input(format!("cannot read `{}`: {error}", path.display()))),
    }
}

/// Adds the run that `record` tells of to the file `path`, all at once; whether it is new there. (Of two
/// sweeps that do so at the same instant the later may take the place of the other.)
pub(super) fn keep(path: &Path, record: &Record, scenario: &Scenario) -> Result<bool, Failure> {
    let mut known = read(path)?;
    let settings = scenario.fingerprint().to_string();
    let regression = Regression::new(record.seed, &record.failing_check, &record.digest, &settings);
    let reason = record.reason.strip_prefix(&record.failing_check).unwrap_or(&record.reason);
    if !known.add(regression, reason.trim_start_matches(": ")) {
        return Ok(false);
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(false) };
    let mut draft = Draft::new(folder)?;
    draft.write(&name.to_string_lossy(), |file| io::Write::write_fmt(file, format_args!("{known}")))?;
    draft.publish()?;
    Ok(true)
}
