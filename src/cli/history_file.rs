//! From the words on the command line to a history.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;

use super::failure::Failure;
use crate::history::{Format, History, HistoryError, ReadOptions, read};

/// A history file and how it is to be read.
#[derive(Debug, Args)]
pub(super) struct HistoryFile {
    /// The history; - reads stdin
    #[arg(value_name = "FILE")]
    pub(super) file: String,
    /// What the file is: jsonl, edn, jepsen-log, porcupine or elle-json [default: told from its content]
    #[arg(long, value_name = "FORMAT", value_parser = Format::parse)]
    format: Option<Format>,
    /// Take every value for [key value], as Jepsen's tests of many keys have it
    #[arg(long)]
    independent: bool,
}

impl HistoryFile {
    /// Reads the file.
    pub(super) fn read(&self) -> Result<History, Failure> {
        let bytes = self
            .contents()
            .map_err(|error| Failure::Input(format!("cannot read the history `{}`: {error}", self.file)))?;
        let options = ReadOptions { independent: self.independent };
        read(&bytes, Some(self.format_of(&bytes)), options).map_err(|error| self.failure(&error))
    }

    /// The format that was asked for, or that the content tells, or the extension.
    fn format_of(&self, bytes: &[u8]) -> Format {
        let extension = || Path::new(&self.file).extension()?.to_str();
        let hinted = || extension().and_then(Format::of_extension);
        self.format.or_else(|| Format::detect(bytes)).or_else(hinted).unwrap_or_default()
    }

    fn contents(&self) -> io::Result<Vec<u8>> {
        if self.file != "-" {
            return fs::read(&self.file);
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A mistake in the file, with its place as compilers write it.
    pub(super) fn failure(&self, error: &HistoryError) -> Failure {
        let column = error.column.map_or(String::new(), |column| format!(":{column}"));
        Failure::Input(format!("{}:{}{column}: {}", self.file, error.line, error.message))
    }
}
