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

use super::json::{Cursor, JsonError};
use super::value::write_text;
use super::{Event, Function, History, HistoryError, Kind, Value, nearest};
use crate::base::SimTime;

/// Reads a history file.
///
/// # Errors
/// The first line that holds no event.
pub fn read_jsonl(bytes: &[u8]) -> Result<History, HistoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Events have about 80 bytes; a guess saves most of the growing.
    let mut history = History::new(Vec::with_capacity(bytes.len() / 80));
    for (index, line) in bytes.split(|&b| b == b'\n').enumerate() {
        let wrong =
            |(at, message): JsonError| HistoryError { line: index + 1, column: Some(at + 1), message };
        let line = std::str::from_utf8(line)
            .map_err(|e| wrong((e.valid_up_to(), "this byte is no UTF-8".to_owned())))?;
        let mut cursor = Cursor::new(line);
        if cursor.peek().is_none() {
            continue;
        }
        if let Some(event) = event(&mut cursor).map_err(wrong)? {
            // Lines are only worth their memory where they differ from the indices.
            if history.lines.is_empty() && history.events.len() != index {
                history.lines.extend(1..=history.events.len() as u32);
            }
            if history.events.len() != index {
                history.lines.push(index as u32 + 1);
            }
            history.events.push(event);
        }
    }
    Ok(history)
}

/// The fields of a line, each at most once.
#[derive(Default)]
struct Fields {
    /// The outer `Option` tells whether it was seen; the inner is `None` for a nemesis.
    process: Option<Option<u64>>,
    kind: Option<Kind>,
    f: Option<Function>,
    key: Option<Value>,
    value: Option<Value>,
    time: Option<Option<SimTime>>,
}

/// The event of a line, or `None` if no client's process did it.
fn event(cursor: &mut Cursor<'_>) -> Result<Option<Event>, JsonError> {
    let start = cursor.position();
    cursor.expect(b'{')?;
    let mut fields = Fields::default();
    if !cursor.take(b'}') {
        loop {
            field(cursor, &mut fields)?;
            if cursor.take(b'}') {
                break;
            }
            if !cursor.take(b',') {
                return cursor.unexpected("`,` or `}`");
            }
        }
    }
    if cursor.peek().is_some() {
        return cursor.unexpected("the end of the line");
    }
    let missing = |name: &str| (start, format!("this event has no `{name}`"));
    let process = fields.process.ok_or_else(|| missing("process"))?;
    let Some(process) = process else { return Ok(None) };
    Ok(Some(Event {
        process,
        kind: fields.kind.ok_or_else(|| missing("type"))?,
        f: fields.f.ok_or_else(|| missing("f"))?,
        key: fields.key.filter(|key| !key.is_nil()),
        value: fields.value.unwrap_or_default(),
        time: fields.time.flatten(),
    }))
}

/// Reads `"name": value` into its place.
fn field(cursor: &mut Cursor<'_>, fields: &mut Fields) -> Result<(), JsonError> {
    let at = cursor.position();
    let name = cursor.text()?;
    cursor.expect(b':')?;
    let twice = match &*name {
        "process" => fields.process.replace(process(cursor)?).is_some(),
        "type" => fields.kind.replace(kind(cursor)?).is_some(),
        "f" => fields.f.replace(Function::parse(&cursor.text()?)).is_some(),
        "key" => fields.key.replace(cursor.value()?).is_some(),
        "value" => fields.value.replace(cursor.value()?).is_some(),
        "time" => fields.time.replace(time(cursor)?).is_some(),
        _ => {
            cursor.skip()?;
            false
        }
    };
    if twice { Err((at, format!("`{name}` is given twice"))) } else { Ok(()) }
}

fn process(cursor: &mut Cursor<'_>) -> Result<Option<u64>, JsonError> {
    if cursor.peek() == Some(b'"') {
        return cursor.text().map(|_| None);
    }
    not_negative(cursor, "a process: a whole number, or the name of a nemesis").map(Some)
}

fn time(cursor: &mut Cursor<'_>) -> Result<Option<SimTime>, JsonError> {
    if cursor.peek() == Some(b'n') {
        return cursor.value().map(|_| None);
    }
    not_negative(cursor, "a time in whole nanoseconds").map(|ns| Some(SimTime::from_ns(ns)))
}

fn not_negative(cursor: &mut Cursor<'_>, what: &str) -> Result<u64, JsonError> {
    let at = cursor.position();
    let number = cursor.integer(what)?;
    u64::try_from(number).map_err(|_| (at, format!("expected {what}, but {number} is negative")))
}

fn kind(cursor: &mut Cursor<'_>) -> Result<Kind, JsonError> {
    let at = cursor.position();
    let name = cursor.text()?;
    Kind::parse(&name).ok_or_else(|| {
        let hint = nearest(&name, &Kind::NAMES).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        (at, format!("unknown type `{name}`: expected invoke, ok, fail or info{hint}"))
    })
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
    use quickcheck::{Arbitrary, Gen};

    use super::super::Map;
    use super::*;

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

    #[derive(Clone, Debug)]
    struct AnyEvent(Event);

    fn any_value(g: &mut Gen, depth: usize) -> Value {
        match u8::arbitrary(g) % if depth == 0 { 4 } else { 6 } {
            0 => Value::Nil,
            1 => Value::Bool(bool::arbitrary(g)),
            2 => Value::Int(i64::arbitrary(g)),
            3 => Value::Text(String::arbitrary(g).into()),
            4 => {
                let entries =
                    (0..usize::arbitrary(g) % 4).map(|_| (any_value(g, 1), any_value(g, depth - 1)));
                Map::new(entries.collect()).map_or(Value::Nil, Value::Map)
            }
            _ => (0..usize::arbitrary(g) % 4).map(|_| any_value(g, depth - 1)).collect::<Vec<_>>().into(),
        }
    }

    impl Arbitrary for AnyEvent {
        fn arbitrary(g: &mut Gen) -> Self {
            let other = String::arbitrary(g);
            AnyEvent(Event {
                process: u64::arbitrary(g) >> 1,
                kind: *g.choose(&Kind::ALL).unwrap(),
                f: Function::parse(g.choose(&["read", "write", "cas", &other]).unwrap()),
                key: Some(any_value(g, 2)).filter(|key| !key.is_nil()),
                value: any_value(g, 3),
                time: bool::arbitrary(g).then(|| SimTime::from_ns(u64::arbitrary(g) >> 1)),
            })
        }
    }

    quickcheck::quickcheck! {
        fn what_is_written_is_read_again(events: Vec<AnyEvent>) -> bool {
            let history = History::new(events.into_iter().map(|e| e.0).collect());
            let mut written = Vec::new();
            write_jsonl(&history, &mut written).unwrap();
            read_jsonl(&written).as_ref() == Ok(&history)
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
