//! The file that keeps a row a seed, in the order of the seeds: `sweep.csv`, or a shard of it.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::shard_file::{Header, Part, trailer};
use super::{Plan, Subject};
use crate::base::Digest;
use crate::cli::results_folder;
use crate::report::{Draft, FileError};
use crate::sweep::Record;

/// The table of all runs.
const TABLE: &str = "sweep.csv";
/// What they came to.
const SUMMARY: &str = "sweep.json";

/// A file being written.
pub(in crate::cli) struct Rows {
    draft: Draft,
    folder: PathBuf,
    name: String,
    file: BufWriter<File>,
    /// The fingerprint of every line so far.
    digest: Digest,
    count: u64,
    /// Of a shard: what it is of and how many rows make it whole.
    shard: Option<(Header, u64)>,
}

impl Rows {
    /// A file without rows, for what `plan` makes of `subject`.
    pub(in crate::cli) fn new(plan: &Plan<'_>, subject: &Subject) -> Result<Self, FileError> {
        let mut folder = results_folder::of_scenario(plan.out, &subject.scenario.name);
        let mut name = TABLE.to_owned();
        if let Some((shard, _)) = plan.shard {
            folder.push(results_folder::SHARDS);
            name = results_folder::shard_name(shard);
        }
        let mut draft = Draft::new(&folder)?;
        let file = draft.open(&name)?;
        let header =
            plan.shard.map(|(shard, all)| (Header::new(plan, subject, shard, all), plan.seeds.count));
        let mut rows =
            Rows { draft, folder, name, file, digest: Digest::new(), count: 0, shard: header.clone() };
        if let Some((header, _)) = header {
            for line in header.lines() {
                rows.line(&line)?;
            }
        }
        rows.line(&Record::heading())?;
        Ok(rows)
    }

    /// Adds a row.
    pub(super) fn add(&mut self, record: &Record) -> Result<(), FileError> {
        self.count += 1;
        self.line(&record.row())
    }

    fn line(&mut self, line: &str) -> Result<(), FileError> {
        self.digest.write(line.as_bytes());
        // To the disk each time: a pipe or a full disk is noticed where it matters.
        let written = writeln!(self.file, "{line}").and_then(|()| self.file.flush());
        written.map_err(|error| self.error(error))
    }

    fn error(&self, error: io::Error) -> FileError {
        self.draft.error(&self.name, error)
    }

    /// Gives the file its name, with `summary` beside it unless it is a shard; where it is then. A
    /// shard that was cut short takes no place of one that was not.
    pub(super) fn publish(mut self, summary: &serde_json::Value) -> Result<Option<PathBuf>, FileError> {
        if let Some((header, count)) = self.shard.take() {
            let path = self.folder.join(&self.name);
            let whole = |part: Part| part.is_whole() && part.header == header;
            if self.count < count && Part::read(&path).is_ok_and(whole) {
                return Ok(None);
            }
            let trailer = trailer(self.count, self.digest);
            self.line(&trailer)?;
            self.draft.publish()?;
            return Ok(Some(path));
        }
        self.draft.write(SUMMARY, |file| {
            // One kind of writer for all summaries: each is a copy of the serializer in the binary.
            let file: &mut dyn Write = file;
            serde_json::to_writer(&mut *file, summary)?;
            writeln!(file)
        })?;
        self.draft.publish()?;
        Ok(Some(self.folder))
    }
}
