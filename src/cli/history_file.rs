//! From the words on the command line to a history.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;

use super::failure::Failure;
use crate::history::{Format, History, HistoryError, JsonLines, ReadOptions, read};

/// How much is read at once: what a processor's cache can hold.
const BLOCK: usize = 1 << 18;

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
        if self.file == "-" {
            return self.read_from(io::stdin().lock());
        }
        self.read_from(File::open(&self.file).map_err(|error| self.unreadable(&error))?)
    }

    fn read_from(&self, mut source: impl Read) -> Result<History, Failure> {
        let options = ReadOptions { independent: self.independent };
        let mut bytes = Vec::with_capacity(BLOCK);
        self.append_block(&mut source, &mut bytes)?;
        let format = self.format_of(&bytes);
        if format != Format::Jsonl {
            source.read_to_end(&mut bytes).map_err(|error| self.unreadable(&error))?;
            return read(&bytes, Some(format), options).map_err(|error| self.failure(&error));
        }
        // Our own are the largest: a block at a time costs neither their memory nor its first touch.
        let mut lines = JsonLines::new(options);
        while !bytes.is_empty() {
            lines.push(&bytes).map_err(|error| self.failure(&error))?;
            bytes.clear();
            self.append_block(&mut source, &mut bytes)?;
        }
        lines.finish().map_err(|error| self.failure(&error))
    }

    /// Appends the next block of the file, or what is left of it.
    fn append_block(&self, source: &mut impl Read, bytes: &mut Vec<u8>) -> Result<(), Failure> {
        let read = source.take(BLOCK as u64).read_to_end(bytes);
        read.map(drop).map_err(|error| self.unreadable(&error))
    }

    /// The format that was asked for, or that the beginning of the file tells, or the extension.
    fn format_of(&self, bytes: &[u8]) -> Format {
        let extension = || Path::new(&self.file).extension()?.to_str();
        let hinted = || extension().and_then(Format::of_extension);
        self.format.or_else(|| Format::detect(bytes)).or_else(hinted).unwrap_or_default()
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        Failure::Input(format!("cannot read the history `{}`: {error}", self.file))
    }

    /// A mistake in the file, with its place as compilers write it.
    pub(super) fn failure(&self, error: &HistoryError) -> Failure {
        let column = error.column.map_or(String::new(), |column| format!(":{column}"));
        Failure::Input(format!("{}:{}{column}: {}", self.file, error.line, error.message))
    }
}
