//! Files that values of a scenario name: measured latencies, matrices.
//!
//! They are opened as what a scenario extends is, from the folder of the file that names them, and
//! laid behind the other sources, so that what is wrong in one is told with its line and column.

use super::Diagnostic;
use super::decode::Span;
use super::read::{Opener, text_of};
use super::sources::{SourceFile, Sources};
use super::suggest::quoted;

/// More files than this are a slip.
const MOST_FILES: usize = 64;

/// The files that were named so far, and the way to open others.
#[derive(Default)]
pub(super) struct Attachments<'a> {
    /// The way to open files, and those that may name some; none where nothing can be opened.
    from: Option<(Opener<'a>, &'a Sources)>,
    read: Vec<SourceFile>,
}

/// A file that a value names.
pub(super) struct Attached {
    /// What is in it.
    pub(super) text: String,
    /// The number of its first byte among those of all sources.
    pub(super) start: usize,
}

impl<'a> Attachments<'a> {
    /// Files named in `sources`.
    pub(super) fn of(sources: &'a Sources, open: Opener<'a>) -> Self {
        Attachments { from: Some((open, sources)), read: Vec::new() }
    }

    /// All that were read, for the sources.
    pub(super) fn finish(self) -> Vec<SourceFile> {
        self.read
    }

    /// Reads the file `name`, which the value at `at` names.
    pub(super) fn read(&mut self, name: &str, at: &Span) -> Result<Attached, Box<Diagnostic>> {
        let wrong = |title: String, label: String| Box::new(Diagnostic::new(at.clone(), title, label));
        let cannot = |why: String| wrong(format!("cannot read {}", quoted(name)), why);
        if name.is_empty() {
            return Err(cannot("expected a file, found an empty text".to_owned()));
        }
        let Some((open, sources)) = self.from else {
            return Err(cannot("no other file can be opened here".to_owned()));
        };
        let opened = open(name, &sources.file_at(at.start).path).map_err(cannot)?;
        if let Some(known) = self.read.iter().find(|known| known.path == opened.path) {
            return Ok(Attached { text: known.text.clone(), start: known.start });
        }
        if self.read.len() >= MOST_FILES {
            return Err(cannot(format!("expected at most {MOST_FILES} files beside a scenario")));
        }
        let text = text_of(&opened.text)
            .map_err(|(_, problem)| cannot(format!("{}: {}", problem.title, problem.label)))?;
        let start = self.read.last().or(sources.files().last()).map_or(0, SourceFile::behind);
        let (path, shown) = (opened.path, text.clone());
        self.read.push(SourceFile { path, text: shown, start, extended_by: None, is_text: true });
        Ok(Attached { text, start })
    }
}
