//! From the bytes of some files to a [`Scenario`], or to everything that is wrong with them.

use toml::de::{DeTable, DeValue, Error};

use super::attachments::Attachments;
use super::decode::{Decoder, Span};
use super::diagnostics::MOST_RENDERED;
use super::merge::{merged, shifted};
use super::overrides::Override;
use super::sources::SourceFile;
use super::{Diagnostic, Diagnostics, ProtocolSpec, Repeats, Scenario, sections};

/// Larger files are no scenarios.
const MOST_BYTES: usize = 1 << 20;

/// A scenario file that somebody has opened.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The file as messages name it.
    pub path: &'a str,
    /// What the scenario is called: `raft/leader-partition`.
    pub name: String,
    /// What is in it.
    pub text: &'a [u8],
}

/// A file that a scenario extends, or that a value of it names.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The file as messages name it; the same for the same file.
    pub path: String,
    /// What is in it.
    pub text: Vec<u8>,
}

/// Opens the file that is named by `extends` or another value (the first argument) in the file with
/// the path that is the second. An error is what a user reads.
pub type Opener<'a> = &'a dyn Fn(&str, &str) -> Result<Opened, String>;

/// Reads scenarios.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    protocols: &'a [ProtocolSpec],
    overrides: &'a [String],
    open: Opener<'a>,
}

/// Reads a scenario that stands for itself. A file that is not one comes back as all its
/// problems at once.
///
/// # Errors
/// Those of [`Reader::read`].
pub fn read(source: Source<'_>, protocols: &[ProtocolSpec]) -> Result<Scenario, Diagnostics> {
    Reader::new(protocols).read(source)
}

impl<'a> Reader<'a> {
    /// A reader of scenarios of `protocols`, which opens no other files.
    pub fn new(protocols: &'a [ProtocolSpec]) -> Self {
        Reader { protocols, overrides: &[], open: &|_, _| Err("no other file can be opened here".to_owned()) }
    }

    /// With values that take the place of those in the file, each as `network.loss=0.05`.
    pub fn set(self, overrides: &'a [String]) -> Self {
        Reader { overrides, ..self }
    }

    /// With a way to open what a scenario extends, and what its values name.
    pub fn opener(self, open: Opener<'a>) -> Self {
        Reader { open, ..self }
    }

    /// Reads a scenario.
    ///
    /// Values that are wrong together (a fault's, a protocol's) are judged only where
    /// each is right by itself, so that one slip is reported once.
    ///
    /// # Errors
    /// All that is wrong with the file, what it extends, and what is set.
    pub fn read(&self, source: Source<'_>) -> Result<Scenario, Diagnostics> {
        let (sources, unread) = super::extends::gather(&source, self.open)?;
        let mut sources = sources;
        super::presets::add(&mut sources, self.overrides);
        let files = sources.files().len();
        for text in self.overrides {
            sources.push("--set".to_owned(), text.clone(), None, true);
        }
        let (scenario, problems, attached) = {
            let mut decoder = Decoder::new(self.protocols, Attachments::of(&sources, self.open));
            let mut syntax = Syntax::default();
            // What is extended comes first, so that each file covers those behind it.
            let texts = sources.files()[..files].iter().rev().filter(|file| file.is_text);
            let tables = texts.map(|file| syntax.parse(file));
            let mut root = tables.reduce(merged).unwrap_or_default();
            for file in &sources.files()[files..] {
                match Override::parse(file).and_then(|set| set.apply(&mut root)) {
                    Ok(()) => {}
                    Err(problem) => decoder.problems.push(problem),
                }
            }
            root.remove("extends");
            let scenario = decoder.scenario(source.name, &root);
            let missing = if unread.is_empty() { decoder.missing } else { Vec::new() };
            decoder.problems.extend(unread);
            let problems = syntax.all_problems(decoder.problems, missing);
            (scenario, problems, decoder.attachments.finish())
        };
        sources.extend(attached);
        match scenario {
            Some(scenario) if problems.is_empty() => {
                Ok(Scenario { overrides: self.overrides.to_vec(), ..scenario })
            }
            _ => Err(Diagnostics::new(sources, problems)),
        }
    }
}

/// The text of a file; or what can be shown of it, and why it is none.
pub(super) fn text_of(bytes: &[u8]) -> Result<String, (String, Diagnostic)> {
    if bytes.len() > MOST_BYTES {
        let label = format!("expected at most {MOST_BYTES} bytes, found {}", bytes.len());
        let problem = Diagnostic::new(0..0, "this file is too large for a scenario", label);
        return Err((String::new(), problem));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let label = format!("expected UTF-8, found the byte {:#04x} at offset {at}", bytes[at]);
            let width = char::REPLACEMENT_CHARACTER.len_utf8();
            let problem = Diagnostic::new(at..at + width, "this file is not text", label);
            Err((String::from_utf8_lossy(bytes).into_owned(), problem))
        }
    }
}

/// What is no TOML in any of the files.
#[derive(Default)]
struct Syntax {
    twice: Vec<Diagnostic>,
    malformed: Vec<Diagnostic>,
    /// The bytes that were not understood, in order and apart.
    broken: Vec<Span>,
}

impl Syntax {
    /// The table of a file, with places among all files.
    fn parse<'a>(&mut self, file: &'a SourceFile) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        let place = |error: &Error| {
            let span = error.span().unwrap_or(0..0);
            span.start + file.start..span.end + file.start
        };
        let mut starts = Vec::new();
        let mut previous: Option<&Error> = None;
        for error in &errors {
            if error.message() == "duplicate key" {
                let again = error.span().unwrap_or(0..0);
                // To look costs as much as the file is long, and nobody reads more of them.
                let looked = self.twice.len() < MOST_RENDERED;
                let first = looked.then(|| first_of(&file.text, table.get_ref(), &again)).flatten();
                let first = first.map(|span| span.start + file.start..span.end + file.start);
                let problem = Diagnostic::new(place(error), "this is set twice", error.message());
                let problem = problem.beside(first.map(|span| (span, "it is set here first".to_owned())));
                self.twice.push(problem.help(written_once(file.text.get(again).unwrap_or_default())));
                continue;
            }
            if !previous.is_some_and(|previous| is_same_slip(&file.text, previous, error)) {
                starts.push(error.span().unwrap_or(0..0).start);
                self.malformed.push(Diagnostic::new(place(error), "this is not TOML", error.message()));
            }
            previous = Some(error);
        }
        let broken = broken_lines(&file.text, starts);
        self.broken.extend(broken.into_iter().map(|line| line.start + file.start..line.end + file.start));
        shifted(table.into_inner(), file.start)
    }

    /// Syntax errors, and of the others those that are no consequence of one: what
    /// shares its line, what follows a broken header, what is merely missing. A key
    /// set twice has no consequences: the first value holds.
    fn all_problems(mut self, mut problems: Vec<Diagnostic>, missing: Vec<Diagnostic>) -> Vec<Diagnostic> {
        problems.extend(self.twice);
        if self.malformed.is_empty() {
            problems.extend(missing);
            return problems;
        }
        self.broken.sort_unstable_by_key(|line| line.start);
        let broken = self.broken;
        problems.retain(|problem| {
            let before = broken.partition_point(|line| line.start <= problem.span.start);
            before == 0 || broken[before - 1].end <= problem.span.start
        });
        problems.extend(self.malformed);
        problems
    }
}

/// Whether the parser stumbles twice over one thing, as over each end of a line that it does not
/// know as one.
fn is_same_slip(text: &str, error: &Error, next: &Error) -> bool {
    let start = |error: &Error| error.span().unwrap_or(0..0).start;
    let between = text.get(start(error)..start(next));
    error.message() == next.message() && between.is_some_and(|between| !between.contains('\n'))
}

/// How often `name` may be written.
fn written_once(name: &str) -> String {
    let lists = sections::sections(&[]).into_iter().filter(|entry| entry.repeats != Repeats::Never);
    let mut named = lists.filter(|entry| entry.section.name.rsplit('.').next() == Some(name));
    match named.next() {
        Some(entry) => format!("where there are several, write `[[{}]]` for each", entry.section.name),
        None => "a key or section is written once".to_owned(),
    }
}

/// Where what is written `again` was written first, as far as that can be told: the last place
/// before it of a key called the same. Of a dotted key it cannot be.
fn first_of(text: &str, table: &DeTable<'_>, again: &Span) -> Option<Span> {
    if text.get(..again.start)?.ends_with('.') {
        return None;
    }
    let mut found: Option<Span> = None;
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        for (name, value) in table {
            let span = name.span();
            let same = text.get(span.clone()) == text.get(again.clone()) && span.end <= again.start;
            if same && found.as_ref().is_none_or(|found| found.start < span.start) {
                found = Some(span);
            }
            match value.get_ref() {
                DeValue::Table(table) => tables.push(table),
                DeValue::Array(array) => {
                    tables.extend(array.iter().filter_map(|entry| entry.get_ref().as_table()));
                }
                _ => {}
            }
        }
    }
    found.or_else(|| first_header(text, again))
}

/// The line before `again` that is the same header: of two, the table knows the second.
fn first_header(text: &str, again: &Span) -> Option<Span> {
    let line = text.get(line_around(text, again.start).start..)?.lines().next()?.trim();
    let mut start = 0;
    for before in text.get(..again.start)?.split_inclusive('\n') {
        if line.starts_with('[') && before.trim() == line && start + before.len() <= again.start {
            let name = text.get(again.clone())?;
            let at = start + before.find(name)?;
            return Some(at..at + name.len());
        }
        start += before.len();
    }
    None
}

/// The lines of the syntax errors at `starts`, in order and apart; a broken header takes all that follows it.
fn broken_lines(text: &str, mut starts: Vec<usize>) -> Vec<Span> {
    starts.sort_unstable();
    let mut lines: Vec<Span> = Vec::new();
    for start in starts {
        if lines.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let mut line = line_around(text, start);
        if text[line.start..].trim_start_matches([' ', '\t']).starts_with('[') {
            line.end = text.len() + 1;
        }
        lines.push(line);
    }
    lines
}

/// The line that holds byte `at`, its end included.
fn line_around(text: &str, at: usize) -> Span {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| at + length);
    start..end + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_wherever_it_is_touched() {
        let text = "ab\ncd\n\nef";
        let lines = [0, 2, 3, 5, 6, 7, 9, 99].map(|at| line_around(text, at));
        assert_eq!(lines, [0..3, 0..3, 3..6, 3..6, 6..7, 7..10, 7..10, 7..10]);
    }
}
