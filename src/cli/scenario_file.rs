//! From the `SCENARIO` on the command line to a scenario.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::failure::Failure;
use crate::registry;
use crate::scenario::{Opened, Reader, Scenario, Source, close};

/// The folder that scenarios are kept in and named after.
pub(super) const HOME: &str = "scenarios";

/// No more than this is read: the reader of scenarios refuses far less, but devices have no end.
const MOST_BYTES: u64 = 64 << 20;

/// Opens and reads the scenario `argument`, a path or a name such as `raft/leader-partition`,
/// with the values of `set` in the place of its own.
pub(super) fn load(argument: &str, set: &[String]) -> Result<Scenario, Failure> {
    let path = find(argument);
    let text = contents(&path)
        .map_err(|why| Failure::Input(format!("cannot read the scenario `{argument}`: {why}")))?;
    let shown = path.to_string_lossy();
    let specs = registry::specs();
    let reader = Reader::new(&specs).set(set).opener(&open_beside);
    Ok(reader.read(Source { path: &shown, name: name(&path)?, text: &text })?)
}

/// The file that `argument` means.
fn find(argument: &str) -> PathBuf {
    let path = PathBuf::from(argument);
    let named = Path::new(HOME).join(format!("{argument}.toml"));
    if !path.is_file() && named.is_file() { named } else { path }
}

/// What `argument` names: itself, or every scenario in a folder, which may also be one under the folder
/// that they are kept in.
pub(super) fn named_by(argument: &str) -> Result<Vec<String>, Failure> {
    let named = Path::new(HOME).join(argument);
    let is_scenario = find(argument).is_file();
    let folder = [PathBuf::from(argument), named].into_iter().find(|path| path.is_dir() && !is_scenario);
    let Some(folder) = folder else { return Ok(vec![argument.to_owned()]) };
    let mut files = BTreeSet::new();
    collect(&folder, &mut files);
    match files.is_empty() {
        true => Err(Failure::Input(format!("there is no scenario in the folder `{}`", folder.display()))),
        false => Ok(files.iter().map(|path| path.to_string_lossy().into_owned()).collect()),
    }
}

/// The TOML files in `folder` and below. Links to folders are not followed: they may go round.
pub(super) fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.insert(path);
        }
    }
}

/// The folder [`HOME`] that the scenario `argument` lies in, if it lies in one.
pub(super) fn home(argument: &str) -> Option<PathBuf> {
    let path = find(argument);
    let above = |path: &Path| {
        let mut folders = path.ancestors().skip(1);
        folders.find(|folder| folder.file_name().is_some_and(|name| name == HOME)).map(Path::to_owned)
    };
    // As it was given, where that tells: it is shown.
    above(&path).or_else(|| above(&fs::canonicalize(&path).ok()?))
}

/// Opens `base`, as it is named in the file `from`: from the folder that this one is in.
fn open_beside(base: &str, from: &str) -> Result<Opened, String> {
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let path = normal(&folder.join(base));
    // What the user names may be a pipe; what a file names must not make them wait for one.
    if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return Err("it is neither a file nor a folder; expected a file".to_owned());
    }
    let text = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // As it would be written there; the file that names it is not meant.
            let guess = beside(&path, Some(Path::new(from))).map(|name| Path::new(base).with_file_name(name));
            return Err(no_such_file(guess));
        }
        _ => contents(&path)?,
    };
    Ok(Opened { path: path.to_string_lossy().into_owned(), text })
}

/// `path` without `.` and, where a name comes before it, without `..`: one name for one file, as
/// far as names tell.
fn normal(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.iter().collect()
}

/// What is in a file, or why nobody can tell.
fn contents(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| missing(path, &error))?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if metadata.is_dir() {
        return Err("it is a folder; expected a file such as `leader-partition.toml`".to_owned());
    }
    if metadata.len() > MOST_BYTES {
        return Err(format!("{} bytes are too large for a scenario", metadata.len()));
    }
    let mut text = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut text).map_err(|error| error.to_string())?;
    // A device does not say how much is in it.
    match text.len() as u64 {
        MOST_BYTES => Err(format!("{MOST_BYTES} bytes or more are too large for a scenario")),
        _ => Ok(text),
    }
}

/// Why the file `path` was not opened, with the name that may have been meant.
fn missing(path: &Path, error: &io::Error) -> String {
    if error.kind() != io::ErrorKind::NotFound {
        return error.to_string();
    }
    let in_folder = |path: &Path| beside(path, None).map(|name| path.with_file_name(name));
    no_such_file(in_folder(path).or_else(|| in_folder(&Path::new(HOME).join(path).with_extension("toml"))))
}

fn no_such_file(guess: Option<PathBuf>) -> String {
    let guess = guess.map_or(String::new(), |guess| format!("; did you mean `{}`?", guess.display()));
    format!("there is no such file{guess}")
}

/// The file in the folder of `path` whose name is nearest to its own, and is not that of `other`: of a
/// table another one, of anything else a scenario. What all names end with makes none of them like
/// another.
fn beside(path: &Path, other: Option<&Path>) -> Option<String> {
    let folder = path.parent()?;
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(listed).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let wanted = path.extension().and_then(|extension| extension.to_str());
    let wanted = wanted.filter(|extension| *extension == "csv").unwrap_or("toml");
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == wanted));
    let others = files.filter(|path| other.is_none_or(|other| normal(path) != normal(other)));
    let mut names: Vec<String> =
        others.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    // The system lists a folder in no order.
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = path.file_name()?.to_str()?;
    let dotted = format!(".{wanted}");
    close(name.strip_suffix(&dotted).unwrap_or(name), &names).map(|name| name.to_owned() + &dotted)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_name() {
        let normal = |path| super::normal(Path::new(path)).to_string_lossy().into_owned();
        assert_eq!(normal("a/../b.toml"), "b.toml");
        assert_eq!(normal("./a/./b/../../c.toml"), "c.toml");
        assert_eq!(normal("../a.toml"), "../a.toml");
        assert_eq!(normal("a/../../b.toml"), "../b.toml");
        assert_eq!(normal("/a/../b.toml"), "/b.toml");
    }
}
