//! The lines that Jepsen logs: process, type, function and value between tabs, or aligned by spaces.
//!
//! ```text
//! INFO  jepsen.util - 0    :invoke    :cas    [1 2]
//! INFO  jepsen.util - 0    :info      :cas    :timed-out
//! ```
//!
//! What stands before the process is the logger's. Lines of other things are passed over, and so are
//! those of a process that is no number: the nemesis. A failed or timed-out operation logs why in the
//! place of its value, so arguments are those of the invocation; what follows the value (an error) is
//! of no interest. Values are EDN. A file with lines of which none is of an operation, not even the
//! nemesis's, is no such log.

use super::ReadOptions;
use super::edn::Cursor;
use super::fields::{Draft, Fields, Name, Source};
use super::json::DEPTH_MAX;
use super::mistake::{Mistake, Parsed, Place, mistake};
use crate::history::{History, HistoryError, Kind};

pub(super) fn read(text: &str, options: ReadOptions) -> Result<History, HistoryError> {
    let mut history = History::new(Vec::with_capacity(text.len() / 80));
    let (mut start, mut is_log) = (0, text.trim().is_empty());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let end = start + line.trim_end_matches(['\n', '\r']).len();
        let logged = operation(&text[start..end]);
        is_log |= logged.is_some();
        let event = |logged| event(&text[..end], start, logged, options);
        let draft = logged.as_ref().map(event).transpose().map_err(|mistake| mistake.locate(text))?;
        if let Some(draft) = draft.flatten() {
            let place = Place { line: index + 1, column: draft.start - start + 1 };
            history.push_from(place, draft.event);
        }
        start += line.len();
    }
    if is_log {
        return Ok(history);
    }
    let at = text.len() - text.trim_start().len();
    let message = "no line is of an operation: expected lines such as `0 :invoke :read nil`".to_owned();
    Err(Mistake { at, message }.locate(text))
}

/// The event that is `logged` in the line that begins at `start` and ends with `text`, if it is a client's.
fn event(text: &str, start: usize, logged: &Logged<'_>, options: ReadOptions) -> Parsed<Option<Draft>> {
    let &Logged { process, process_at, kind_at } = logged;
    let mut cursor = Cursor::in_line(text, start + process_at);
    if process.is_empty() {
        return cursor.unexpected("a process");
    }
    if !is_number(process) {
        return Ok(None);
    }
    let mut fields = Fields::new(cursor.at());
    fields.read(Name::Process, start + process_at, &mut cursor)?;
    cursor.return_to(start + kind_at);
    for name in [Name::Type, Name::F, Name::Value] {
        if cursor.peek(DEPTH_MAX)?.is_none() {
            return cursor.unexpected(&format!("the {} of the operation", word(name)));
        }
        let at = cursor.position();
        fields.read(name, at, &mut cursor)?;
        let end = cursor.position();
        if !text[end..].starts_with(['\t', ' ']) && end < text.len() {
            return mistake(end, format!("expected a tab after the {} of the operation", word(name)));
        }
    }
    fields.draft(options)
}

/// Where in a line an operation stands.
struct Logged<'a> {
    process: &'a str,
    process_at: usize,
    /// Where its type begins, known or not.
    kind_at: usize,
}

/// The operation in a line, if it is of one: a word and the type after it. A type that is misspelled
/// is told from other things only by the process before it, and by the tab or the logger.
fn operation(line: &str) -> Option<Logged<'_>> {
    let (mut at, mut before) = (0, None);
    let is_logger = line.contains("jepsen.util");
    for word in line.split([' ', '\t']) {
        let kind_at = at;
        at += word.len() + 1;
        if let Some(kind) = word.strip_prefix(':') {
            let (process_at, process) = before.unwrap_or((kind_at, ""));
            let is_operation = is_logger || line[..kind_at].ends_with('\t');
            if Kind::parse(kind).is_some() || (is_number(process) && is_operation) {
                return Some(Logged { process, process_at, kind_at });
            }
        }
        if !word.is_empty() {
            before = Some((kind_at, word));
        }
    }
    None
}

fn is_number(word: &str) -> bool {
    word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a line is of a client's operation, beyond doubt.
pub(super) fn is_of_operation(line: &str) -> bool {
    operation(line).is_some_and(|Logged { process, kind_at, .. }| {
        let mut words = line[kind_at + 1..].split_whitespace();
        let known = words.next().is_some_and(|kind| Kind::parse(kind).is_some());
        is_number(process) && known && words.next().is_some_and(|f| f.starts_with(':'))
    })
}

fn word(name: Name) -> &'static str {
    match name {
        Name::Type => "type",
        Name::F => "function",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, read};
    use super::*;
    use crate::history::{Outcome, Value};

    fn parse(text: &str, independent: bool) -> Result<History, String> {
        let options = ReadOptions { independent };
        read(text.as_bytes(), Some(Format::JepsenLog), options).map_err(|error| error.to_string())
    }

    #[test]
    fn lines_of_operations_are_read_and_others_passed_over() {
        let history = parse(
            "INFO  jepsen.core - Relax\r\n\
             INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\r\n\
             INFO  jepsen.util - :nemesis\t:info\t:start\t{:a 1.5}\n\
             WARN  jepsen.core - what\n\tat clojure.lang.AFn.run(AFn.java:22)\n\n\
             INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\n\
             2026-01-01 [worker] jepsen.util  1\t:invoke\t:read\tnil\n\
             INFO  jepsen.core - 5 :seconds \"left\n\
             INFO  jepsen.util - 1   :fail   :read   nil :no-leader",
            false,
        )
        .unwrap();
        assert_eq!((history.events.len(), history.line(0), history.line(3)), (4, 2, 10));
        let operations = history.operations().unwrap();
        assert_eq!(
            (&operations[0].input, operations[0].outcome),
            (&Value::pair(1.into(), 2.into()), Outcome::Info)
        );
        assert_eq!(operations[1].outcome, Outcome::Fail);
    }

    #[test]
    fn independent_values_are_split_when_asked_for() {
        let text = "0\t:invoke\t:cas\t[7 [1 2]]\n0\t:info\t:cas\t:timed-out\n1\t:invoke\t:read\t[8 nil]\n";
        let operations = parse(text, true).unwrap().operations().unwrap();
        assert_eq!(
            (&operations[0].key, &operations[0].input),
            (&Some(7.into()), &Value::pair(1.into(), 2.into()))
        );
        assert_eq!(operations[1].key, Some(8.into()));
        let error = parse("0\t:invoke\t:read\tnil", true).unwrap_err();
        assert_eq!(error, "line 1, column 1: expected an independent value [key value], found null");
    }

    #[test]
    fn a_log_of_other_things_is_no_history_and_one_of_the_nemesis_is_empty() {
        for nothing in ["", " \n", "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\nwhat\n"] {
            assert_eq!(parse(nothing, false), Ok(History::default()), "{nothing:?}");
        }
    }

    #[test]
    fn mistakes_have_their_place() {
        let cases = [
            ("\n what is\nthis?\n", "line 2, column 2: no line is of an operation: expected lines such as"),
            ("INFO  jepsen.core - Relax", "line 1, column 1: no line is of an operation"),
            ("\nx 0\t:inv", "line 2, column 5: unknown type `inv`: expected invoke, ok, fail or info"),
            (
                "x 0\t:invoke",
                "line 1, column 12: expected the function of the operation, found the end of the line",
            ),
            ("x 0\t:invoke\tread\tnil", "line 1, column 13: expected a function such as `:read`, found `r`"),
            ("x 0\t:invoke\t:read", "line 1, column 18: expected the value of the operation"),
            (
                "x 0\t:invoke\t:cas\t[1 2",
                "expected a value, or `]` for the `[` of line 1, column 18, found the end of the line",
            ),
            ("x 0\t:invoke\t:write\t1\"", "line 1, column 21: expected a tab after the value"),
            ("\t:invoke\t:read\tnil", "line 1, column 2: expected a process, found `:`"),
            ("x -1\t:invoke\t:read\tnil", "line 1, column 3: expected a process, but -1 is negative"),
        ];
        for (text, expected) in cases {
            let error = parse(text, false).unwrap_err();
            assert!(error.contains(expected), "{text:?}\n{error}");
        }
    }
}
