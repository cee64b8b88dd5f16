//! Operations: each invocation with what became of it.

use super::{Counts, Event, Function, History, HistoryError, Kind, Value};
use crate::base::Table;

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It happened, between invocation and return.
    Ok,
    /// It did not happen.
    Fail,
    /// It may have happened, at any time after the invocation.
    Info,
}

/// An invocation and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Whose it is.
    pub process: u64,
    /// What it does.
    pub f: Function,
    /// The object it concerns.
    pub key: Option<Value>,
    /// The argument.
    pub input: Value,
    /// The result; nil unless the outcome is [`Outcome::Ok`].
    pub output: Value,
    /// The index of its invocation in [`History::events`].
    pub invoked: usize,
    /// The index of its completion; `None` if there is none.
    pub returned: Option<usize>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Outcome {
    /// Counts the outcomes of `operations`.
    pub fn count(operations: &[Operation]) -> Counts {
        let of = |outcome| operations.iter().filter(|o| o.outcome == outcome).count() as u64;
        Counts { ok: of(Outcome::Ok), fail: of(Outcome::Fail), info: of(Outcome::Info) }
    }
}

impl History {
    /// The operations in order of invocation. One that never returns is `info`.
    ///
    /// # Errors
    /// A process that invokes while an operation of its own is open, that returns without one, or
    /// that returns from another function or key than it invoked.
    pub fn operations(&self) -> Result<Vec<Operation>, HistoryError> {
        let mut operations: Vec<Operation> = Vec::with_capacity(self.events.len() / 2);
        let mut open = Open::new(self.events.len());
        for (index, event) in self.events.iter().enumerate() {
            let wrong = |message| self.wrong(index, message);
            if event.kind == Kind::Invoke {
                if let Some(before) = open.insert(event.process, operations.len()) {
                    let (process, f, before) = (event.process, &event.f, &operations[before]);
                    let place = self.place(before.invoked);
                    return Err(wrong(format!(
                        "process {process} invokes `{f}` while its `{}` of {place} has not returned: expected \
                         that to return first",
                        before.f
                    )));
                }
                operations.push(Operation::begin(event, index));
                continue;
            }
            let Some(which) = open.remove(event.process) else {
                return Err(wrong(format!(
                    "process {} returns from `{}` without having invoked it: expected an `invoke` before",
                    event.process, event.f
                )));
            };
            let place = self.place(operations[which].invoked);
            operations[which].complete(event, index).map_err(|what| {
                wrong(format!("process {} {what}, which it invoked in {place}", event.process))
            })?;
        }
        Ok(operations)
    }
}

/// The open operation of each process, by its index.
struct Open {
    /// Of small processes, which nearly all are: a place for each.
    small: Vec<usize>,
    /// Processes from here on are looked up.
    small_end: u64,
    large: Table<u64, usize>,
}

/// No operation is open.
const NONE: usize = usize::MAX;

impl Open {
    /// None yet, in a history of so many events: as many places cost less than the events do.
    fn new(events: usize) -> Open {
        Open { small: Vec::new(), small_end: events as u64, large: Table::new() }
    }

    /// Opens an operation of `process`, and returns the one that was open.
    #[inline]
    fn insert(&mut self, process: u64, operation: usize) -> Option<usize> {
        if process >= self.small_end {
            return self.large.insert(process, operation);
        }
        let place = process as usize;
        if place >= self.small.len() {
            self.small.resize(place + 1, NONE);
        }
        Some(std::mem::replace(&mut self.small[place], operation)).filter(|&before| before != NONE)
    }

    /// Closes the operation of `process`, if one is open.
    #[inline]
    fn remove(&mut self, process: u64) -> Option<usize> {
        if process >= self.small_end {
            return self.large.remove(&process);
        }
        let place = self.small.get_mut(process as usize)?;
        Some(std::mem::replace(place, NONE)).filter(|&before| before != NONE)
    }
}

impl Operation {
    /// The operation that `event`, an invocation and the `index`-th of its history, begins.
    pub fn begin(event: &Event, index: usize) -> Operation {
        Operation {
            process: event.process,
            f: event.f.clone(),
            key: event.key.clone(),
            input: event.value.clone(),
            output: Value::Nil,
            invoked: index,
            returned: None,
            outcome: Outcome::Info,
        }
    }

    /// What became of it by `event`, its completion and the `index`-th of its history.
    ///
    /// # Errors
    /// Where that is the completion of another function or key.
    pub fn complete(&mut self, event: &Event, index: usize) -> Result<(), String> {
        if event.f != self.f {
            return Err(format!("returns from `{}` instead of `{}`", event.f, self.f));
        }
        if event.key.is_some() && event.key != self.key {
            let key = |key: &Option<Value>| key.as_ref().map_or("no key".into(), |k| format!("key {k}"));
            return Err(format!("returns with {} instead of {}", key(&event.key), key(&self.key)));
        }
        self.returned = Some(index);
        self.outcome = match event.kind {
            Kind::Ok => Outcome::Ok,
            Kind::Fail => Outcome::Fail,
            Kind::Info | Kind::Invoke => Outcome::Info,
        };
        if self.outcome == Outcome::Ok {
            self.output = event.value.clone();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_jsonl;
    use super::*;

    fn operations(text: &str) -> Result<Vec<Operation>, String> {
        read_jsonl(text.as_bytes()).unwrap().operations().map_err(|e| e.to_string())
    }

    #[test]
    fn invocations_meet_their_completions() {
        let all = operations(
            r#"{"process":0,"type":"invoke","f":"write","key":"x","value":3}
               {"process":1,"type":"invoke","f":"read","key":"x"}
               {"process":1,"type":"ok","f":"read","value":3}
               {"process":0,"type":"info","f":"write","key":"x","value":":timed-out"}
               {"process":2,"type":"invoke","f":"cas","value":[1,2]}"#,
        )
        .unwrap();
        assert_eq!(Outcome::count(&all), Counts { ok: 1, fail: 0, info: 2 });
        assert_eq!((all[0].returned, &all[0].input), (Some(3), &Value::Int(3)));
        assert_eq!((all[1].returned, &all[1].output, &all[1].key), (Some(2), &3.into(), &Some("x".into())));
        assert_eq!((all[2].returned, all[2].outcome), (None, Outcome::Info));
    }

    #[test]
    fn processes_may_have_any_number() {
        let (small, large) = (0_u64, i64::MAX as u64);
        let event = |process: u64, kind| format!(r#"{{"process":{process},"type":"{kind}","f":"read"}}"#);
        let all = [event(large, "invoke"), event(small, "invoke"), event(large, "ok"), event(small, "fail")];
        let found = operations(&all.join("\n")).unwrap();
        assert_eq!((found[0].process, found[0].returned), (large, Some(2)));
        assert_eq!((found[1].process, found[1].returned), (small, Some(3)));
        for process in [small, large] {
            let twice = operations(&[event(process, "invoke"), event(process, "invoke")].join("\n"));
            assert!(twice.unwrap_err().contains("has not returned"));
            assert!(operations(&event(process, "ok")).unwrap_err().contains("without having invoked it"));
        }
    }

    #[test]
    fn contradictions_name_the_place() {
        let invoke = r#"{"process":0,"type":"invoke","f":"write","key":"x","value":3}"#;
        let cases = [
            (
                invoke.to_owned(),
                "line 3, column 1: process 0 invokes `write` while its `write` of line 1, column 1 has",
            ),
            (
                r#"{"process":1,"type":"ok","f":"read"}"#.into(),
                "line 3, column 1: process 1 returns from `read` without",
            ),
            (
                r#"{"process":0,"type":"ok","f":"read"}"#.into(),
                "line 3, column 1: process 0 returns from `read` instead of `write`, which",
            ),
            (
                r#"{"process":0,"type":"ok","f":"write","key":"y"}"#.into(),
                "line 3, column 1: process 0 returns with key \"y\" instead of key \"x\"",
            ),
        ];
        for (line, expected) in cases {
            let error = operations(&format!("{invoke}\n\n{line}\n")).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
