//! The lines of a history: who began or finished what, in the order it happened.

use super::error::Place;
use super::{Function, HistoryError, Value};
use crate::base::SimTime;

/// What an event tells of its operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// It began.
    Invoke,
    /// It happened.
    Ok,
    /// It certainly did not happen.
    Fail,
    /// It may have happened and may yet happen.
    Info,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Invoke, Kind::Ok, Kind::Fail, Kind::Info];
    /// Their names in files.
    pub const NAMES: [&str; 4] = ["invoke", "ok", "fail", "info"];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// A client's thread of operations, one at a time. Never used again after an `info`.
    pub process: u64,
    /// Beginning or end.
    pub kind: Kind,
    /// What the operation does.
    pub f: Function,
    /// The object it concerns, where a history has several.
    pub key: Option<Value>,
    /// The argument of an invocation; the result of a completion.
    pub value: Value,
    /// When, if the source has a clock.
    pub time: Option<SimTime>,
}

/// What the clients saw, in the order it happened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// The events.
    pub events: Vec<Event>,
    /// The line of each event in its file; empty if event `i` is line `i + 1`.
    lines: Vec<u32>,
    /// The column in which each begins; empty if all begin in the first.
    columns: Vec<u32>,
}

impl History {
    /// The history of these events.
    pub fn new(events: Vec<Event>) -> Self {
        History { events, lines: Vec::new(), columns: Vec::new() }
    }

    /// Appends an event that came from this place of a file.
    #[inline]
    pub(super) fn push_from(&mut self, Place { line, column }: Place, event: Event) {
        // Places are only worth their memory where they differ from those of our own files.
        let index = self.events.len();
        if !self.columns.is_empty() || column != 1 {
            self.columns.resize(index, 1);
            self.columns.push(u32::try_from(column).unwrap_or(u32::MAX));
        }
        if !self.lines.is_empty() || line != index + 1 {
            if self.lines.is_empty() {
                self.lines.extend(1..=index as u32);
            }
            self.lines.push(line as u32);
        }
        self.events.push(event);
    }

    /// The line, from 1, of the event `index` in the file it came from.
    pub fn line(&self, index: usize) -> usize {
        self.lines.get(index).map_or(index + 1, |&line| line as usize)
    }

    /// Where the event `index` begins in the file it came from.
    pub(super) fn place(&self, index: usize) -> Place {
        let column = self.columns.get(index).map_or(1, |&column| column as usize);
        Place { line: self.line(index), column }
    }

    /// The error that something is wrong with the event `index`.
    pub fn wrong(&self, index: usize, message: String) -> HistoryError {
        let Place { line, column } = self.place(index);
        HistoryError { line, column: Some(column), message }
    }
}
