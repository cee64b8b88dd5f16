//! `atropos new`: writes a scenario to begin with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::closing::file_word;
use super::failure::Failure;
use super::{ExitCode, Session};
use crate::reference::Reference;
use crate::registry;
use crate::scenario::nearest;

/// Write a commented scenario to begin with
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The protocol that it runs
    #[arg(value_name = "PROTOCOL")]
    protocol: String,
    /// The file, which must not be there; - writes to stdout [default: PROTOCOL.toml]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries out `atropos new`.
pub(super) fn new(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let reference = Reference::new(registry::specs());
    let Some(protocol) = reference.protocol(&arguments.protocol) else {
        let names: Vec<&str> = reference.protocols().iter().map(|protocol| protocol.name).collect();
        let name = &arguments.protocol;
        let guess = nearest(name, &names).map(|name| format!("; did you mean `{name}`?"));
        let (guess, names) = (guess.unwrap_or_default(), names.join(", "));
        return Err(Failure::Input(format!(
            "there is no protocol `{name}`{guess}\nthe protocols are {names}"
        )));
    };
    session.so_far = ExitCode::Success;
    let text = reference.starter(protocol);
    let path = arguments.output.clone().unwrap_or(PathBuf::from(format!("{}.toml", protocol.name)));
    if path.as_os_str() == "-" {
        write!(session.out, "{text}")?;
        return Ok(ExitCode::Success);
    }
    create(&path, text.as_bytes()).map_err(|error| Failure::Input(refusal(&path, &error)))?;
    let word = file_word(&path.to_string_lossy());
    writeln!(session.out, "{} is written; run it with\n  atropos run {word}", path.display())?;
    Ok(ExitCode::Success)
}

/// Writes the file `path`, which appears whole or not at all, and in nothing's place.
fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = PathBuf::from(partial);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&partial)?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| name(&partial, path));
    // Under its own name the file stays; this one is in the way either way.
    let _ = fs::remove_file(&partial);
    written
}

/// Gives a file a second name that nothing has. A rename would put it in the place of what has it.
fn name(partial: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(partial, path) {
        // Some file systems know one name a file, and each says so in its own way.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            fs::rename(partial, path)
        }
        result => result,
    }
}

fn refusal(path: &Path, error: &io::Error) -> String {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{shown}` is there already, and is left as it is; `--output FILE` names another")
        }
        _ => format!("cannot write `{shown}`: {error}"),
    }
}
