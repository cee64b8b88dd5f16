//! `atropos export`: writes a history in another format.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::history_file::HistoryFile;
use super::{ExitCode, Session};
use crate::history::{Format, History, write_edn, write_jsonl};
use crate::sweep::Interrupt;

/// Write a history as JSON Lines or as Jepsen's EDN
///
/// What is no event of a client (the nemesis) is left out, and so are fields that no verdict depends on.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    history: HistoryFile,
    /// What to write: jsonl or edn
    #[arg(long, value_name = "FORMAT", value_parser = writable)]
    to: Format,
    /// The file to write, in the place of what is there; - writes to stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

impl Arguments {
    /// Whether the history goes to stdout.
    pub(super) fn to_stdout(&self) -> bool {
        self.output.as_os_str() == "-"
    }
}

fn writable(name: &str) -> Result<Format, String> {
    match Format::parse(name)? {
        format @ (Format::Jsonl | Format::Edn) => Ok(format),
        format => Err(format!("`{format}` can be read only: expected jsonl or edn")),
    }
}

/// Carries out `atropos export`.
pub(super) fn export(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let history = arguments.history.read()?;
    session.so_far = ExitCode::Success;
    if arguments.to_stdout() {
        write(&history, arguments.to, &mut session.out)?;
        return Ok(ExitCode::Success);
    }
    session.interrupt.listen()?;
    let shown = arguments.output.display();
    let replaced = replace(&arguments.output, &session.interrupt, |file| write(&history, arguments.to, file));
    let kept = replaced.map_err(|error| Failure::Input(format!("cannot write `{shown}`: {error}")))?;
    if !kept {
        return Err(Failure::Interrupted);
    }
    if !session.is_quiet() {
        let (file, events) = (&arguments.history.file, history.events.len());
        writeln!(session.out, "{shown} is written: {events} events of {file} as {}", arguments.to)?;
    }
    Ok(ExitCode::Success)
}

fn write(history: &History, format: Format, mut out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Edn => write_edn(history, &mut out),
        _ => write_jsonl(history, &mut out),
    }
}

/// Puts a file in the place of what has the name `path`, whole or not at all. False if the user wanted
/// an end before it was.
fn replace(
    path: &Path,
    interrupt: &Interrupt,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<bool> {
    // A device or a pipe is not replaced but written to; a link stays one.
    let path = fs::canonicalize(path).unwrap_or(path.to_owned());
    if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
        let mut file = File::options().write(true).open(&path)?;
        return content(&mut file).map(|()| true);
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = PathBuf::from(partial);
    let mut file = BufWriter::new(File::create(&partial)?);
    let written = content(&mut file).and_then(|()| file.flush()).and_then(|()| file.get_ref().sync_all());
    let result = match written {
        Ok(()) if interrupt.is_set() => Ok(false),
        written => written.and_then(|()| fs::rename(&partial, &path)).map(|()| true),
    };
    if !matches!(result, Ok(true)) {
        // What is not whole goes away; that it was not written is told already.
        let _ = fs::remove_file(&partial);
    }
    result
}
