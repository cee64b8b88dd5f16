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
        let mut open: Table<u64, usize> = Table::new();
        for (index, event) in self.events.iter().enumerate() {
            let wrong = |message| HistoryError { line: self.line(index), column: None, message };
            if event.kind == Kind::Invoke {
                if let Some(before) = open.insert(event.process, operations.len()) {
                    let line = self.line(operations[before].invoked);
                    return Err(wrong(format!(
                        "process {} invokes `{}` while its `{}` of line {line} has not returned",
                        event.process, event.f, operations[before].f
                    )));
                }
                operations.push(Operation::begin(event, index));
                continue;
            }
            let Some(which) = open.remove(&event.process) else {
                return Err(wrong(format!(
                    "process {} returns from `{}` without having invoked it",
                    event.process, event.f
                )));
            };
            let line = self.line(operations[which].invoked);
            operations[which].complete(event, index).map_err(|what| {
                wrong(format!("process {} {what}, which it invoked in line {line}", event.process))
            })?;
        }
        Ok(operations)
    }
}

impl Operation {
    fn begin(event: &Event, index: usize) -> Operation {
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

    fn complete(&mut self, event: &Event, index: usize) -> Result<(), String> {
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
    fn contradictions_name_the_line() {
        let invoke = r#"{"process":0,"type":"invoke","f":"write","key":"x","value":3}"#;
        let cases = [
            (invoke.to_owned(), "line 3: process 0 invokes `write` while its `write` of line 1"),
            (
                r#"{"process":1,"type":"ok","f":"read"}"#.into(),
                "line 3: process 1 returns from `read` without",
            ),
            (
                r#"{"process":0,"type":"ok","f":"read"}"#.into(),
                "line 3: process 0 returns from `read` instead",
            ),
            (
                r#"{"process":0,"type":"ok","f":"write","key":"y"}"#.into(),
                "line 3: process 0 returns with key \"y\" instead of key \"x\"",
            ),
        ];
        for (line, expected) in cases {
            let error = operations(&format!("{invoke}\n\n{line}\n")).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
