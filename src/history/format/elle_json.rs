//! elle-cli's histories: objects of JSON, in one array or one after another.
//!
//! ```text
//! [{"index":0,"process":1,"type":"invoke","f":"txn","value":[["r","x",null],["append","y",1]]},
//!  {"index":1,"process":1,"type":"ok","f":"txn","value":[["r","x",[1,2]],["append","y",1]]}]
//! ```
//!
//! They may leave out `f`, which is a transaction then, and `process` (see `anonymous`), if they do so
//! in every event. JSON has turned the keys of maps into strings; those that are numbers are read as
//! numbers.

use super::collection::Collection;
use super::json::Cursor;
use super::mistake::Parsed;
use super::{ReadOptions, json_event};
use crate::history::{History, HistoryError};

pub(super) fn read(text: &str, options: ReadOptions) -> Result<History, HistoryError> {
    let mut collection = Collection::new(text, 80);
    let read = events(&mut collection, options);
    collection.finish(read)
}

fn events(collection: &mut Collection<'_>, options: ReadOptions) -> Parsed<()> {
    let mut cursor = Cursor::over(collection.text());
    let within = cursor.take(b'[');
    if within && !cursor.take(b']') {
        loop {
            collection.push(json_event::fields(&mut cursor)?.draft(options)?);
            if cursor.take(b']') {
                break;
            }
            if !cursor.take(b',') {
                return cursor.unexpected("`,` or `]`");
            }
        }
    }
    while !within && cursor.peek().is_some() {
        collection.push(json_event::fields(&mut cursor)?.draft(options)?);
    }
    match cursor.peek() {
        None => Ok(()),
        Some(_) => cursor.unexpected("the end of the file"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, read};
    use super::*;
    use crate::history::{Function, Map, Value};

    fn parse(text: &str) -> Result<History, String> {
        read(text.as_bytes(), Some(Format::ElleJson), ReadOptions::default()).map_err(|e| e.to_string())
    }

    #[test]
    fn arrays_and_streams_are_the_same() {
        let objects = [
            r#"{"process":0,"type":"invoke","value":[["r","x",null]],"index":0}"#,
            "{\n\"process\":\"nemesis\",\"type\":\"sleep\",\"f\":[],\"value\":1.5}",
            r#"{"process":0,"type":"ok","value":[["r","x",{"0":[]}]]}"#,
        ];
        let array = parse(&format!("[{}]\n", objects.join(","))).unwrap();
        assert_eq!(array.events, parse(&objects.join(" ")).unwrap().events);
        assert_eq!(array.events.len(), 2);
        assert_eq!((&array.events[0].f, array.line(1)), (&Function::Txn, 2));
        let map = Value::Map(Map::new(vec![(0.into(), Vec::new().into())]).unwrap());
        assert_eq!(array.events[1].value, vec![Value::from(vec!["r".into(), "x".into(), map])].into());
    }

    #[test]
    fn mistakes_have_their_place() {
        let cases = [
            (
                "[{\"process\":0,\"type\":\"invoke\"}\n",
                "line 2, column 1: expected `,` or `]`, found the end of the file",
            ),
            (
                "[{\"process\":0,\n\"type\":\"invoke\"}] 1",
                "line 2, column 19: expected the end of the file, found `1`",
            ),
            ("[1]", "line 1, column 2: expected `{`, found `1`"),
            ("[{\"process\":0,\"type\":\"okk\"}]", "column 22: unknown type `okk`"),
            ("[{\"type\":\"okk\",\"process\":0}]", "column 10: unknown type `okk`"),
            ("[{\"process\":0}]", "column 2: this event has no `type`"),
            (
                "[{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"},\n{\"process\":1,\"type\":\"invoke\"}]",
                "line 2, column 1: this event has no `f`, though others have",
            ),
            (
                "{\"process\":0,\"type\":\"invoke\"} {\"type\":\"invoke\"}",
                "line 1, column 31: this event has no `process`, though others have",
            ),
        ];
        for (text, expected) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{text}\n{error}");
        }
    }
}
