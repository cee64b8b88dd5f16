//! The verdict on a history and the reasons for it.

use std::fmt;
use std::fmt::Write as _;

use super::{Impossible, Judgement};
use crate::history::{Counts, Function, Operation, Value};

/// What a judge says of a history.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// It keeps the promise.
    Valid,
    /// It breaks it.
    Invalid,
    /// The budget did not suffice, or there was nothing to judge.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Unknown => "unknown",
        })
    }
}

/// The verdict on a history and the reasons for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// How it was reached; several ways joined by `+`.
    pub algorithm: String,
    /// How the operations ended.
    pub operations: Counts,
    /// The number of keys, each of which stands on its own.
    pub partitions: usize,
    /// Whether any completed operation demands something of the state.
    pub constrains: bool,
    /// The completion that ends the shortest impossible prefix of the history, if that was asked for.
    pub first_impossible: Option<FirstImpossible>,
    /// Why that is impossible.
    pub explanation: Option<Explanation>,
    /// What a reader should know of the verdict.
    pub note: Option<String>,
}

/// The operation that nothing can explain: all before it is possible, it is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstImpossible {
    /// The index, from 0, of its completion among the events of the history.
    pub index: usize,
    /// Whose it is.
    pub process: u64,
    /// What it does.
    pub f: Function,
    /// The object it concerns.
    pub key: Option<Value>,
    /// What it returned if it asked, and else its argument.
    pub value: Value,
}

/// Why an operation is impossible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The number of operations on its key that returned before it, all of them possible.
    pub possible_before: usize,
    /// The states in which it could have happened instead, as the model prints them.
    pub states: Vec<String>,
    /// The operations around it, as a picture in text.
    pub picture: String,
}

impl fmt::Display for FirstImpossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map_or(String::new(), |key| format!(" on key {key}"));
        let FirstImpossible { index, process, f: function, value, .. } = self;
        write!(f, "{function} {value} by process {process}{key}, completed by event {index}")
    }
}

impl FirstImpossible {
    /// `operation` as the first impossible one; `None` if it never returned.
    pub(super) fn of(operation: &Operation) -> Option<Self> {
        Some(FirstImpossible {
            index: operation.returned?,
            process: operation.process,
            f: operation.f.clone(),
            key: operation.key.clone(),
            value: match operation.f.name() {
                "read" | "txn" | "propose" => operation.output.clone(),
                _ if operation.input.is_nil() => operation.output.clone(),
                _ => operation.input.clone(),
            },
        })
    }
}

impl Report {
    /// The report before any partition has been judged.
    pub(super) fn new(operations: Counts, partitions: usize, constrains: bool) -> Self {
        let (verdict, note) = if operations.total() == 0 {
            (Verdict::Unknown, Some("nothing to judge"))
        } else if constrains {
            (Verdict::Valid, None)
        } else {
            (
                Verdict::Valid,
                Some("no completed operation constrains the order: every history like this is valid"),
            )
        };
        Report {
            verdict,
            algorithm: String::new(),
            operations,
            partitions,
            constrains,
            first_impossible: None,
            explanation: None,
            note: note.map(str::to_owned),
        }
    }

    /// Adds the judgement on the partition of `key`.
    pub(super) fn add(&mut self, key: Option<&Value>, judgement: &Judgement) {
        self.verdict = match (self.verdict, judgement.verdict) {
            (Verdict::Invalid, _) | (_, Verdict::Invalid) => Verdict::Invalid,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            (Verdict::Valid, Verdict::Valid) => Verdict::Valid,
        };
        // The first question is answered sooner, and mostly is enough.
        let is_new = !judgement.algorithm.is_empty()
            && self.algorithm != judgement.algorithm
            && !self.algorithm.split(" + ").any(|known| known == judgement.algorithm);
        if is_new {
            let and = if self.algorithm.is_empty() { "" } else { " + " };
            self.algorithm += &format!("{and}{}", judgement.algorithm);
        }
        if let Some(note) = &judgement.note {
            let note = key.map_or(note.clone(), |key| format!("key {key}: {note}"));
            self.note = Some(self.note.take().map_or(note.clone(), |before| format!("{before}; {note}")));
        }
    }

    /// Takes note of the first impossible operation.
    pub(super) fn blame(
        &mut self,
        operation: &Operation,
        impossible: &Impossible,
        states: Vec<String>,
        picture: String,
    ) {
        self.first_impossible = FirstImpossible::of(operation);
        let possible_before = impossible.possible_before;
        self.explanation = Some(Explanation { possible_before, states, picture });
    }

    /// The verdict in a few lines, with the reasons if it is invalid.
    pub fn explain(&self) -> String {
        let mut text = format!("{}: {} operations", self.verdict, self.operations.total());
        let Counts { ok, fail, info } = self.operations;
        let _ = write!(text, " ({ok} ok, {fail} fail, {info} info), keys: {}", self.partitions);
        if let Some(note) = &self.note {
            let _ = write!(text, "\nnote: {note}");
        }
        let (Some(first), Some(why)) = (&self.first_impossible, &self.explanation) else {
            return text + "\n";
        };
        let key = first.key.as_ref().map_or(String::new(), |key| format!(" on key {key}"));
        let _ = write!(
            text,
            "\nThe first impossible operation is that of process {}{key}, completed by event {}: {} {}.\n",
            first.process, first.index, first.f, first.value,
        );
        let (whose, before) = (if key.is_empty() { "Of all" } else { "On this key" }, why.possible_before);
        let have = if before == 1 { "has" } else { "have" };
        let _ = writeln!(
            text,
            "{whose} {before} returned before it and {have} a legal order; with it there is none."
        );
        if !why.states.is_empty() {
            let states = why.states.join(", ");
            let _ = writeln!(text, "It would have been possible in one of these states: {states}.");
        }
        text + "\n" + &why.picture
    }
}
