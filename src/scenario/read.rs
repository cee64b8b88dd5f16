//! From the bytes of a file to a [`Scenario`], or to everything that is wrong with it.

use toml::de::{DeTable, Error};

use super::decode::{Decoder, Span};
use super::{Diagnostic, Diagnostics, ProtocolSpec, Scenario};

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

/// Reads a scenario. A file that is not one comes back as all its problems at once.
///
/// Values that are wrong together (a fault's, a protocol's) are judged only where
/// each is right by itself, so that one slip is reported once.
pub fn read(source: Source<'_>, protocols: &[ProtocolSpec]) -> Result<Scenario, Diagnostics> {
    let text = text_of(&source)?;
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut decoder = Decoder::new(protocols);
    let scenario = decoder.scenario(source.name, root.get_ref());
    let problems = all_problems(text, &errors, decoder.problems, decoder.missing);
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(Diagnostics::new(source.path, text, problems)),
    }
}

/// The text of the file, which may be no text at all.
fn text_of<'a>(source: &Source<'a>) -> Result<&'a str, Diagnostics> {
    if source.text.len() > MOST_BYTES {
        let label = format!("expected at most {MOST_BYTES} bytes, found {}", source.text.len());
        let problem = Diagnostic::new(0..0, "this file is too large for a scenario", label);
        return Err(Diagnostics::new(source.path, "", vec![problem]));
    }
    std::str::from_utf8(source.text).map_err(|error| {
        let at = error.valid_up_to();
        let label = format!("expected UTF-8, found the byte {:#04x} at offset {at}", source.text[at]);
        let width = char::REPLACEMENT_CHARACTER.len_utf8();
        let problem = Diagnostic::new(at..at + width, "this file is not text", label);
        Diagnostics::new(source.path, String::from_utf8_lossy(source.text), vec![problem])
    })
}

/// Syntax errors, and of the others those that are no consequence of one: what
/// shares its line, what follows a broken header, what is merely missing. A key
/// set twice has no consequences: the first value holds.
fn all_problems(
    text: &str,
    errors: &[Error],
    mut problems: Vec<Diagnostic>,
    missing: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let span = |error: &Error| error.span().unwrap_or(0..0);
    let (twice, malformed): (Vec<_>, Vec<_>) =
        errors.iter().partition(|error| error.message() == "duplicate key");
    problems.extend(twice.into_iter().map(|error| {
        let help = "a key or section is written once".to_owned();
        Diagnostic::new(span(error), "this is set twice", error.message()).help(help)
    }));
    if malformed.is_empty() {
        problems.extend(missing);
        return problems;
    }
    let broken = broken_lines(text, malformed.iter().map(|error| span(error).start).collect());
    problems.retain(|problem| {
        let before = broken.partition_point(|line| line.start <= problem.span.start);
        before == 0 || broken[before - 1].end <= problem.span.start
    });
    let syntax =
        malformed.iter().map(|error| Diagnostic::new(span(error), "this is not TOML", error.message()));
    problems.extend(syntax);
    problems
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
