//! What is written is read again, in both formats that are written, whatever it is.

use quickcheck::{Arbitrary, Gen};

use super::{Format, ReadOptions, read, write_edn, write_jsonl};
use crate::base::SimTime;
use crate::history::{Event, Function, History, Kind, Map, Value};

#[derive(Clone, Debug)]
struct AnyEvent(Event);

fn any_value(g: &mut Gen, depth: usize) -> Value {
    match u8::arbitrary(g) % if depth == 0 { 5 } else { 7 } {
        0 => Value::Nil,
        1 => Value::Bool(bool::arbitrary(g)),
        2 => Value::Int(i64::arbitrary(g)),
        3 => Value::Text(String::arbitrary(g).into()),
        // Texts that look like something else.
        4 => (*g.choose(&["nil", "7", "-0", "[1]", "\"\"", ":r", "{}", "r", "null", "", "a b"]).unwrap())
            .into(),
        5 => {
            let entries = (0..usize::arbitrary(g) % 4).map(|_| (any_value(g, 1), any_value(g, depth - 1)));
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
            f: Function::parse(g.choose(&["read", "write", "txn", "transfer", "a:b", &other]).unwrap()),
            key: Some(any_value(g, 2)).filter(|key| !key.is_nil()),
            value: any_value(g, 3),
            time: bool::arbitrary(g).then(|| SimTime::from_ns(u64::arbitrary(g) >> 1)),
        })
    }
}

fn returns(events: Vec<AnyEvent>, format: Format) -> bool {
    let history = History::new(events.into_iter().map(|event| event.0).collect());
    let mut written = Vec::new();
    match format {
        Format::Edn => write_edn(&history, &mut written),
        _ => write_jsonl(&history, &mut written),
    }
    .unwrap();
    let again = read(&written, Some(format), ReadOptions::default());
    assert_eq!(again.as_ref(), Ok(&history), "{}", String::from_utf8_lossy(&written));
    let detected = Format::detect(&written);
    history.events.is_empty() || detected == Some(format) || detected == Some(Format::Porcupine)
}

quickcheck::quickcheck! {
    fn json_lines_return(events: Vec<AnyEvent>) -> bool {
        returns(events, Format::Jsonl)
    }

    fn edn_returns(events: Vec<AnyEvent>) -> bool {
        returns(events, Format::Edn)
    }
}
