//! What is wrong with a scenario file, and where, in the manner of rustc.
//!
//! A problem is a range of bytes and three texts; lines and columns are worked
//! out only when somebody asks. Columns count characters, from 1, as editors do.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::sources::{SourceFile, Sources};

/// More problems than this are not printed, only counted: nobody reads further.
pub(super) const MOST_RENDERED: usize = 50;

/// More problems than this are not even kept: a file of a megabyte can hold a
/// quarter of a million of them.
pub(super) const MOST_KEPT: usize = 1_000;

/// One problem with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The bytes that it is about, counted through all files that were read.
    pub span: Range<usize>,
    /// What is wrong, in a few words.
    pub title: String,
    /// What was expected there and what was found.
    pub label: String,
    /// Another place that has to do with it, and what is there.
    pub beside: Option<Box<(Range<usize>, String)>>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem without a help.
    pub fn new(span: Range<usize>, title: impl Into<String>, label: impl Into<String>) -> Self {
        Diagnostic { span, title: title.into(), label: label.into(), beside: None, help: None }
    }

    /// The same problem with a help, if there is one.
    pub fn help(self, help: impl Into<Option<String>>) -> Self {
        Diagnostic { help: help.into(), ..self }
    }

    /// The same problem with another place shown beside it, if there is one.
    pub(super) fn beside(self, beside: Option<(Range<usize>, String)>) -> Self {
        Diagnostic { beside: beside.map(Box::new), ..self }
    }
}

/// The problems of one scenario, in the order of its files: the scenario itself, what it
/// extends, what was set on the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostics {
    sources: Sources,
    list: Vec<Diagnostic>,
    /// How many more there were.
    dropped: usize,
}

/// A problem with its place worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file; `--set` for the command line.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Title, label and help in one line.
    pub message: String,
}

impl Diagnostics {
    /// The problems `list` of `sources`.
    pub(super) fn new(sources: Sources, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|problem| problem.span.start);
        let dropped = list.len().saturating_sub(MOST_KEPT);
        list.truncate(MOST_KEPT);
        Diagnostics { sources, list, dropped }
    }

    /// The problems as they were found.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The problems, each with its file, line and column.
    pub fn problems(&self) -> Vec<Problem> {
        let mut lines = Lines::of(&self.sources);
        let problem = |problem: &Diagnostic| {
            let Line { file, number, start } = lines.line_at(problem.span.start);
            let at = clip(&file.text, problem.span.start - file.start);
            let column = file.text[start..at].chars().count() + 1;
            let help = problem.help.iter().map(|help| format!("; {help}")).collect::<String>();
            let message = format!("{}: {}{help}", problem.title, problem.label);
            Problem { path: file.path.clone(), line: number, column, message }
        };
        self.list.iter().map(problem).collect()
    }

    /// The text a user reads, with ANSI colours if `color`.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut lines = Lines::of(&self.sources);
        let mut out = String::new();
        for problem in self.list.iter().take(MOST_RENDERED) {
            out += &self.render_one(&renderer, problem, &mut lines);
            out += "\n\n";
        }
        let beyond = self.list.len().saturating_sub(MOST_RENDERED) + self.dropped;
        if beyond > 0 {
            out += &format!("… and {beyond} more problems in {}\n\n", self.sources.root().path);
        }
        out.truncate(out.trim_end().len());
        out + "\n"
    }

    fn render_one(&self, renderer: &Renderer, problem: &Diagnostic, lines: &mut Lines<'_>) -> String {
        let line = lines.line_at(problem.span.start);
        let primary = snippet(line, &problem.span, AnnotationKind::Primary, &problem.label);
        let mut group = Level::ERROR.primary_title(problem.title.as_str()).element(primary);
        if let Some((span, label)) = problem.beside.as_deref() {
            let line = Lines::of(&self.sources).line_at(span.start);
            group = group.element(snippet(line, span, AnnotationKind::Context, label));
        }
        if let Some(by) = &line.file.extended_by {
            group = group.element(Level::NOTE.message(format!("this file is extended by `{by}`")));
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// The line where `span` starts and no other, so a long file or a span over many lines costs no
/// more than a short one.
fn snippet<'a>(
    line: Line<'a>,
    span: &Range<usize>,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, Annotation<'a>> {
    let Line { file, number, start } = line;
    let shown = file.text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let inside = |at: usize| clip(&file.text, at.saturating_sub(file.start)).saturating_sub(start);
    let from = inside(span.start).min(shown.len());
    let to = inside(span.end).clamp(from, shown.len());
    let annotation = kind.span(from..to).label(label);
    Snippet::source(shown).line_start(number).path(file.path.as_str()).annotation(annotation)
}

/// `at` moved back onto `text` and the beginning of a character.
fn clip(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

/// A line of a file.
#[derive(Clone, Copy)]
struct Line<'a> {
    file: &'a SourceFile,
    /// Its number, from 1.
    number: usize,
    /// The byte of the file that it starts with.
    start: usize,
}

/// Finds lines for places that only move forward, in one pass over the files.
struct Lines<'a> {
    sources: &'a Sources,
    line: Line<'a>,
}

impl<'a> Lines<'a> {
    fn of(sources: &'a Sources) -> Self {
        Lines { sources, line: Line { file: sources.root(), number: 1, start: 0 } }
    }

    /// The line that holds byte `at`, counted through all files.
    fn line_at(&mut self, at: usize) -> Line<'a> {
        let file = self.sources.file_at(at);
        if !std::ptr::eq(file, self.line.file) {
            self.line = Line { file, number: 1, start: 0 };
        }
        let at = at - file.start;
        while let Some(length) = file.text[self.line.start..].find('\n') {
            let next = self.line.start + length + 1;
            if next > at {
                break;
            }
            self.line = Line { file, number: self.line.number + 1, start: next };
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(Sources::new(path, text), list)
    }

    fn diagnostics() -> Diagnostics {
        let text = "a = 1\nbé = \"x\"\r\nlast = [\n1]";
        let at = |from, to, title: &str| Diagnostic::new(from..to, title, "wrong");
        let list = vec![
            at(28, 28, "end"),
            at(12, 15, "second").help(Some("try `y`".to_owned())),
            at(0, 1, "first"),
            at(24, 30, "wide"),
        ];
        of("dir/file.toml", text, list)
    }

    #[test]
    fn places_are_lines_and_characters_in_the_order_of_the_file() {
        let problems = diagnostics().problems();
        let places: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column)).collect();
        assert_eq!(places, [(1, 1), (2, 6), (3, 8), (4, 3)]);
        assert_eq!(problems[1].message, "second: wrong; try `y`");
    }

    #[test]
    fn the_rendering_shows_place_line_label_and_help() {
        let text = diagnostics().render(false);
        let second = "error: second
 --> dir/file.toml:2:6
  |
2 | bé = \"x\"
  |      ^^^ wrong
  |
  = help: try `y`
";
        assert!(text.contains(second), "{text}");
        assert!(diagnostics().render(true).contains("\u{1b}["));
    }

    #[test]
    fn a_span_beyond_the_text_or_inside_a_character_is_clipped() {
        let list = vec![Diagnostic::new(1..2, "a", "b"), Diagnostic::new(7..90, "a", "b")];
        let odd = of("p", "é\n", list);
        assert!(odd.render(false).contains("p:1:1"));
        assert_eq!(odd.problems()[1].line, 2);
        assert!(of("p", "", odd.list).render(false).contains("error: a"));
    }
}
