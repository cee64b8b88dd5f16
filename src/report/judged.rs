//! The JSON of `atropos check`, and the values of a history in it.

use serde::Serialize;

use super::results::OperationCounts;
use crate::check::{FirstImpossible, ModelName, Report};
use crate::history::Value;

/// What `atropos check` says of a history, as scripts read it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judged {
    file: String,
    model: &'static str,
    verdict: String,
    algorithm: String,
    operations: OperationCounts,
    keys: usize,
    load_seconds: f64,
    wall_seconds: f64,
    peak_memory_bytes: u64,
    first_impossible: Option<First>,
    note: Option<String>,
}

/// What is known of a judging besides its report.
#[derive(Clone, Debug)]
pub struct Judging<'a> {
    /// The file the history came from.
    pub file: &'a str,
    /// The model it was judged against.
    pub model: ModelName,
    /// How long it took to read.
    pub load_seconds: f64,
    /// How long it took to judge.
    pub wall_seconds: f64,
    /// The most memory that the process had; 0 where the system does not tell.
    pub peak_memory_bytes: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct First {
    index: usize,
    process: u64,
    f: String,
    key: serde_json::Value,
    value: serde_json::Value,
}

impl Judged {
    /// The JSON of `report`.
    pub fn new(judging: &Judging<'_>, report: &Report) -> Self {
        Judged {
            file: judging.file.to_owned(),
            model: judging.model.name(),
            verdict: report.verdict.to_string(),
            algorithm: report.algorithm.clone(),
            operations: report.operations.into(),
            keys: report.partitions,
            load_seconds: judging.load_seconds,
            wall_seconds: judging.wall_seconds,
            peak_memory_bytes: judging.peak_memory_bytes,
            first_impossible: report.first_impossible.as_ref().map(first),
            note: report.note.clone(),
        }
    }
}

pub(super) fn first(first: &FirstImpossible) -> First {
    First {
        index: first.index,
        process: first.process,
        f: first.f.to_string(),
        key: first.key.as_ref().map_or(serde_json::Value::Null, json),
        value: json(&first.value),
    }
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nil => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => (**text).into(),
        Value::List(list) => list.iter().map(json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.json_key(), json(value))).collect(),
    }
}
