//! Small histories in a short hand, for tests: processes apart by `|`, each with its operations in order.
//!
//! `wx1` writes 1 to x, `rx1` reads 1 from it, `rxnil` reads nothing there, `cx1,2` compares and sets; `!`
//! behind it says that it failed, `?` that it was never answered. Process by process, each operation returns
//! before the next begins, unless times are given: `wx1@3-5` is invoked at 3 and returns at 5. Where any
//! operation has times, all must.

use crate::base::SimTime;
use crate::history::{Event, Function, History, Kind, Value};

struct Told {
    process: u64,
    f: Function,
    key: Value,
    input: Value,
    output: Value,
    kind: Kind,
    from: u64,
    to: u64,
}

/// The history of `text`.
pub(in crate::check) fn history(text: &str) -> History {
    timed(text, |all, _| (2 * all, 2 * all + 1))
}

/// The history of `text`, in which the first operations of all processes overlap, then the second, and so on.
pub(in crate::check) fn side_by_side(text: &str) -> History {
    timed(text, |_, own| (10 * own, 10 * own + 9))
}

/// The history of `text`; `times` says when an operation is invoked and returns, of how many there are before it in
/// all, and of its process.
fn timed(text: &str, times: fn(u64, u64) -> (u64, u64)) -> History {
    let mut all = Vec::new();
    for session in text.split('|') {
        let (process, operations) = session.split_once(':').expect("a process, a colon, its operations");
        for (own, word) in (0..).zip(operations.split_whitespace()) {
            let times = times(all.len() as u64, own);
            all.push(operation(process.trim().parse().expect("a process"), word, times));
        }
    }
    let mut events = Vec::new();
    for told in all {
        let event = |kind, value: &Value, time| Event {
            process: told.process,
            kind,
            f: told.f.clone(),
            key: Some(told.key.clone()),
            value: value.clone(),
            time: Some(SimTime::from_ns(time)),
        };
        events.push(event(Kind::Invoke, &told.input, told.from));
        events.push(event(told.kind, &told.output, told.to));
    }
    // An answer comes before what is invoked at the same time.
    events.sort_by_key(|event| (event.time, event.kind == Kind::Invoke));
    History::new(events)
}

fn operation(process: u64, word: &str, times: (u64, u64)) -> Told {
    let (word, (from, to)) = match word.split_once('@') {
        Some((word, times)) => {
            let (from, to) = times.split_once('-').expect("two times");
            (word, (from.parse().expect("a time"), to.parse().expect("a time")))
        }
        None => (word, times),
    };
    let (word, kind) = match word.strip_suffix(['!', '?']) {
        Some(rest) if word.ends_with('!') => (rest, Kind::Fail),
        Some(rest) => (rest, Kind::Info),
        None => (word, Kind::Ok),
    };
    let value = |text: &str| match text {
        "nil" => Value::Nil,
        number => Value::Int(number.parse().expect("a whole number or nil")),
    };
    let (key, rest) = (Value::from(&word[1..2]), &word[2..]);
    let (f, input, output) = match &word[..1] {
        "w" => (Function::Write, value(rest), value(rest)),
        "r" => (Function::Read, Value::Nil, value(rest)),
        "c" => {
            let (old, new) = rest.split_once(',').expect("two values");
            let pair = Value::pair(value(old), value(new));
            (Function::Cas, pair.clone(), pair)
        }
        other => panic!("expected w, r or c, not {other}"),
    };
    Told { process, f, key, input, output, kind, from, to }
}
