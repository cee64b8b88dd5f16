//! From the `SCENARIO` on the command line to a scenario.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::failure::Failure;
use crate::registry;
use crate::scenario::{Scenario, Source, read};

/// The folder that scenarios are kept in and named after.
const HOME: &str = "scenarios";

/// No more than this is read: the reader of scenarios refuses far less, but devices have no end.
const MOST_BYTES: u64 = 64 << 20;

/// Opens and reads the scenario `argument`: a path, or a name such as `raft/leader-partition`.
pub(super) fn load(argument: &str) -> Result<Scenario, Failure> {
    let path = find(argument);
    let text = contents(&path)
        .map_err(|error| Failure::Input(format!("cannot read the scenario `{argument}`: {error}")))?;
    let shown = path.to_string_lossy();
    Ok(read(Source { path: &shown, name: name(&path)?, text: &text }, &registry::specs())?)
}

/// The file that `argument` means.
fn find(argument: &str) -> PathBuf {
    let path = PathBuf::from(argument);
    let named = Path::new(HOME).join(format!("{argument}.toml"));
    if !path.is_file() && named.is_file() { named } else { path }
}

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder; expected a file such as `leader-partition.toml`"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(io::Error::other(format!("{} bytes are too large for a scenario", metadata.len())));
    }
    let mut text = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

/// What the scenario is called: its path below `scenarios`, or else its file's name. It is where
/// the results go, so a name that leads out of their folder is none.
fn name(path: &Path) -> Result<String, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Without `..` and links, so that a name never leads out of the results.
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).unwrap_or_default();
    let parts: Vec<_> = folder
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        })
        .collect();
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let home = parts.iter().rposition(|part| part == HOME);
    let below = home.map_or(&[][..], |home| &parts[home + 1..]);
    let name: Vec<&str> = below.iter().chain([&stem]).map(|part| &**part).collect();
    match name.iter().find(|part| matches!(**part, "" | "." | "..")) {
        Some(part) => Err(Failure::Input(format!(
            "the scenario `{}` would be called `{part}`, which cannot name a folder of results; \
             give the file another name",
            path.display()
        ))),
        None => Ok(name.join("/")),
    }
}
