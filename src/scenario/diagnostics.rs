//! What is wrong with a scenario file, and where, in the manner of rustc.
//!
//! A problem is a range of bytes and three texts; lines and columns are worked
//! out only when somebody asks. Columns count characters, from 1, as editors do.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// More problems than this are not printed, only counted: nobody reads further.
const MOST_RENDERED: usize = 50;

/// More problems than this are not even kept: a file of a megabyte can hold a
/// quarter of a million of them.
const MOST_KEPT: usize = 1_000;

/// One problem with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// What is wrong, in a few words.
    pub title: String,
    /// What was expected there and what was found.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem without a help.
    pub fn new(span: Range<usize>, title: impl Into<String>, label: impl Into<String>) -> Self {
        Diagnostic { span, title: title.into(), label: label.into(), help: None }
    }

    /// The same problem with a help, if there is one.
    pub fn help(self, help: impl Into<Option<String>>) -> Self {
        Diagnostic { help: help.into(), ..self }
    }
}

/// The problems of one file, in the order of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostics {
    path: String,
    text: String,
    list: Vec<Diagnostic>,
    /// How many more there were.
    dropped: usize,
}

/// A problem with its place worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Title, label and help in one line.
    pub message: String,
}

impl Diagnostics {
    /// The problems of the file shown as `path`; they are put in order here.
    pub(super) fn new(path: &str, text: impl Into<String>, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|problem| problem.span.start);
        let dropped = list.len().saturating_sub(MOST_KEPT);
        list.truncate(MOST_KEPT);
        Diagnostics { path: path.to_owned(), text: text.into(), list, dropped }
    }

    /// The problems as they were found.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The problems, each with its line and column.
    pub fn problems(&self) -> Vec<Problem> {
        let mut lines = Lines::of(&self.text);
        let problem = |problem: &Diagnostic| {
            let (line, start) = lines.line_at(problem.span.start);
            let column = self.text[start..self.clip(problem.span.start)].chars().count() + 1;
            let help = problem.help.iter().map(|help| format!("; {help}")).collect::<String>();
            Problem { line, column, message: format!("{}: {}{help}", problem.title, problem.label) }
        };
        self.list.iter().map(problem).collect()
    }

    /// The text a user reads, with ANSI colours if `color`.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut lines = Lines::of(&self.text);
        let mut out = String::new();
        for problem in self.list.iter().take(MOST_RENDERED) {
            out += &self.render_one(&renderer, problem, &mut lines);
            out += "\n\n";
        }
        let beyond = self.list.len().saturating_sub(MOST_RENDERED) + self.dropped;
        if beyond > 0 {
            out += &format!("… and {beyond} more problems in {}\n\n", self.path);
        }
        out.truncate(out.trim_end().len());
        out + "\n"
    }

    fn render_one(&self, renderer: &Renderer, problem: &Diagnostic, lines: &mut Lines<'_>) -> String {
        // Only the line where the problem starts is shown, so a long file or a
        // span over many lines costs no more than a short one.
        let (line, start) = lines.line_at(problem.span.start);
        let shown = self.text[start..].split(['\n', '\r']).next().unwrap_or_default();
        let from = (self.clip(problem.span.start) - start).min(shown.len());
        let to = self.clip(problem.span.end).saturating_sub(start).clamp(from, shown.len());
        let annotation = AnnotationKind::Primary.span(from..to).label(problem.label.as_str());
        let snippet = Snippet::source(shown).line_start(line).path(self.path.as_str()).annotation(annotation);
        let mut group = Level::ERROR.primary_title(problem.title.as_str()).element(snippet);
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// `at` moved back onto the text and the beginning of a character.
    fn clip(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

/// Finds lines for places that only move forward, in one pass over the text.
struct Lines<'a> {
    text: &'a str,
    line: usize,
    start: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Lines { text, line: 1, start: 0 }
    }

    /// The number of the line that holds byte `at`, and the byte it starts with.
    fn line_at(&mut self, at: usize) -> (usize, usize) {
        while let Some(length) = self.text[self.start..].find('\n') {
            let next = self.start + length + 1;
            if next > at {
                break;
            }
            (self.line, self.start) = (self.line + 1, next);
        }
        (self.line, self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostics() -> Diagnostics {
        let text = "a = 1\nbé = \"x\"\r\nlast = [\n1]";
        let at = |from, to, title: &str| Diagnostic::new(from..to, title, "wrong");
        let list = vec![
            at(28, 28, "end"),
            at(12, 15, "second").help(Some("try `y`".to_owned())),
            at(0, 1, "first"),
            at(24, 30, "wide"),
        ];
        Diagnostics::new("dir/file.toml", text, list)
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
        let odd = Diagnostics::new("p", "é\n", list);
        assert!(odd.render(false).contains("p:1:1"));
        assert_eq!(odd.problems()[1].line, 2);
        assert!(Diagnostics::new("p", "", odd.list).render(false).contains("error: a"));
    }
}
