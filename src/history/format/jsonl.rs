//! History files: JSON Lines, one event a line, in the order they happened.
//!
//! ```text
//! {"process":0,"type":"invoke","f":"write","key":"x","value":3,"time":12000}
//! ```
//!
//! `key`, `value` and `time` may be missing. Fields of other names are passed over, for Jepsen
//! writes some (`index`, `error`), and so are events whose process is no number: the nemesis. Blank
//! lines, CRLF and a byte order mark do no harm. Written files are the same bytes for the same
//! events.

use std::fmt::Write as _;
use std::io;

use super::json::Cursor;
use super::mistake::{Parsed, Place, text, text_within};
use super::{ReadOptions, json_event};
use crate::history::value::write_text;
use crate::history::{Event, History, HistoryError};

/// Reads a history file of our own.
///
/// # Errors
/// The first line that holds no event, or a byte that is no UTF-8.
pub fn read_jsonl(bytes: &[u8]) -> Result<History, HistoryError> {
    read(bytes, ReadOptions::default())
}

pub(super) fn read(bytes: &[u8], options: ReadOptions) -> Result<History, HistoryError> {
    let mut lines = JsonLines::new(options);
    // Events have about 80 bytes; a guess saves most of the growing.
    lines.history = History::new(Vec::with_capacity(bytes.len() / 80));
    lines.read(bytes)?;
    Ok(lines.history)
}

/// A reader of JSON Lines that come block by block, so that no file need be in memory whole.
#[derive(Clone, Debug)]
pub struct JsonLines {
    options: ReadOptions,
    history: History,
    /// How many lines were read.
    lines: usize,
    /// The beginning of a line that goes on in the next block.
    rest: Vec<u8>,
}

impl JsonLines {
    /// A reader that has read nothing.
    pub fn new(options: ReadOptions) -> Self {
        JsonLines { options, history: History::default(), lines: 0, rest: Vec::new() }
    }

    /// Reads the next bytes of a file, which may end anywhere.
    ///
    /// # Errors
    /// As those of [`read_jsonl`].
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), HistoryError> {
        if !self.rest.is_empty()
            && let Some(newline) = bytes.iter().position(|&byte| byte == b'\n')
        {
            let mut line = std::mem::take(&mut self.rest);
            line.extend_from_slice(&bytes[..=newline]);
            self.read(&line)?;
            bytes = &bytes[newline + 1..];
        }
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        if whole > 0 {
            self.read(&bytes[..whole])?;
        }
        self.rest.extend_from_slice(&bytes[whole..]);
        Ok(())
    }

    /// The history, after the last bytes.
    ///
    /// # Errors
    /// As those of [`read_jsonl`].
    pub fn finish(mut self) -> Result<History, HistoryError> {
        let last = std::mem::take(&mut self.rest);
        self.read(&last)?;
        Ok(self.history)
    }

    /// Reads whole lines.
    fn read(&mut self, bytes: &[u8]) -> Result<(), HistoryError> {
        let before = self.lines;
        let further = |error: HistoryError| HistoryError { line: error.line + before, ..error };
        let text = if before == 0 { text(bytes) } else { text_within(bytes) }.map_err(further)?;
        let mut cursor = Cursor::by_line(text);
        loop {
            self.lines += 1;
            let start = cursor.at();
            let event = event(&mut cursor, self.options).map_err(|mistake| further(mistake.locate(text)))?;
            if let Some((at, event)) = event {
                self.history.push_from(Place { line: self.lines, column: at - start + 1 }, event);
            }
            if !cursor.next_line() {
                return Ok(());
            }
        }
    }
}

/// The event of a line and where it begins, if there is one and a client did it.
#[inline]
fn event(cursor: &mut Cursor<'_>, options: ReadOptions) -> Parsed<Option<(usize, Event)>> {
    if cursor.peek().is_none() {
        return Ok(None);
    }
    let start = cursor.at();
    let event = json_event::fields(cursor)?.event(options)?;
    match cursor.peek() {
        None => Ok(event.map(|event| (start, event))),
        Some(_) => cursor.unexpected("the end of the line"),
    }
}

/// Writes a history file.
///
/// # Errors
/// Those of `out`.
pub fn write_jsonl(history: &History, out: &mut impl io::Write) -> io::Result<()> {
    let mut line = String::new();
    for event in &history.events {
        line.clear();
        // Writing into a string cannot fail.
        let _ = write_event(event, &mut line);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn write_event(event: &Event, line: &mut String) -> std::fmt::Result {
    write!(line, "{{\"process\":{},\"type\":\"{}\",\"f\":", event.process, event.kind.name())?;
    write_text(event.f.name(), line)?;
    if let Some(key) = &event.key {
        write!(line, ",\"key\":{key}")?;
    }
    write!(line, ",\"value\":{}", event.value)?;
    if let Some(time) = event.time {
        write!(line, ",\"time\":{}", time.as_ns())?;
    }
    line.push_str("}\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Function, Kind, Value};

    fn error(text: &[u8]) -> String {
        read_jsonl(text).unwrap_err().to_string()
    }

    #[test]
    fn what_does_no_harm_is_passed_over() {
        let text = "\u{feff}\r\n{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"start\"}\r\n\
            { \"index\": 1.5e3, \"error\": [{\"a\": {}}, []], \"process\":7,\"type\":\"ok\",\
            \"f\":\"\\u0072ead\",\"key\":null,\"time\":null}\n\n";
        let history = read_jsonl(text.as_bytes()).unwrap();
        let expected =
            Event { process: 7, kind: Kind::Ok, f: Function::Read, key: None, value: Value::Nil, time: None };
        assert_eq!(history.events, [expected]);
        assert_eq!(history.line(0), 3);
        assert!(read_jsonl(b"").unwrap().events.is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let head = r#"{"process":0,"type":"ok","f":"read""#;
        let cases = [
            ("nonsense".to_owned(), "line 1, column 1: expected `{`, found `n`"),
            (r#"{"process":0,"type":"okk","f":"read"}"#.into(), "column 21: unknown type `okk`"),
            (r#"{"process":0,"type":"okk","f":"read"}"#.into(), "did you mean `ok`?"),
            (r#"{"process":0,"f":"read"}"#.into(), "column 1: this event has no `type`"),
            (r#"{"type":"ok","f":"read"}"#.into(), "column 1: this event has no `process`"),
            (r#"{"process":-1}"#.into(), "column 12: expected a process"),
            (format!(r#"{head},"f":"read"}}"#), "column 37: `f` is given twice"),
            (format!(r#"{head},"value":1.5}}"#), "column 45: expected a whole number, but `1.5` is no whole"),
            (format!(r#"{head},"value":01}}"#), "column 45: expected a whole number, found `01`"),
            (format!(r#"{head},"value":9223372036854775808}}"#), "lies outside 64 bits"),
            (format!(r#"{head},"value":{{1:2}}}}"#), "column 46: expected a string, found `1`"),
            (format!(r#"{head},"value":{{"1":2,"1":3}}}}"#), "column 45: the key 1 is given twice"),
            (format!(r#"{head},"value":[1,}}"#), "column 48: expected a value, found `}`"),
            (format!(r#"{head},"value":"a}}"#), "column 45: this string has no end"),
            (format!(r#"{head},"value":"\q"}}"#), "column 45: this string holds"),
            (format!(r#"{head},"value":{}"#, "[".repeat(100_000)), "nested deeper than 64"),
            (format!(r#"{head},"value":3}} x"#), "expected the end of the line"),
            (head.to_owned(), "expected `,` or `}`, found the end of the line"),
        ];
        for (line, expected) in cases {
            let found = error(line.as_bytes());
            assert!(found.contains(expected), "{line}\n{found}");
        }
        assert_eq!(error(b"\n  \xff"), "line 2, column 3: this byte is no UTF-8");
    }

    #[test]
    fn fields_are_written_in_the_order_of_the_design() {
        let line =
            "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":3,\"time\":12000}\n";
        let mut written = Vec::new();
        write_jsonl(&read_jsonl(line.as_bytes()).unwrap(), &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), line);
    }

    quickcheck::quickcheck! {
        fn blocks_of_any_size_are_one_file(sizes: Vec<u8>, damage: u16) -> bool {
            let mut file = include_bytes!("../../../tests/mutation/odd.jsonl").to_vec();
            file.splice(..0, *b"\xef\xbb\xbf");
            let length = file.len();
            file[usize::from(damage) % length] ^= u8::from(damage.is_multiple_of(3));
            let mut lines = JsonLines::new(ReadOptions::default());
            let mut rest = &file[..];
            let mut result = Ok(());
            for size in sizes {
                let (block, further) = rest.split_at(usize::from(size).min(rest.len()));
                result = result.and_then(|()| lines.push(block));
                rest = further;
            }
            let result = result.and_then(|()| lines.push(rest)).and_then(|()| lines.finish());
            result == read_jsonl(&file)
        }

        fn no_bytes_make_the_reader_panic(text: String, cut: usize) -> bool {
            let mut line = br#"{"process":0,"type":"ok","f":"read","key":[1,{"a":"\n"}],"time":12}"#.to_vec();
            let at = cut % line.len();
            line.splice(at..at + (cut % 7).min(line.len() - at), text.bytes());
            let _ = read_jsonl(&line);
            true
        }
    }
}
