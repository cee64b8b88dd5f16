//! How stale reads are and what became of writes, as people and scripts read it.

use std::fmt::Write as _;

use serde::Serialize;

use super::judged::{First, first};
use crate::base::SimDuration;
use crate::check::{Bounds, Case, Durability, Staleness};

/// Durations in milliseconds, as all of JSON has them.
fn milliseconds(duration: SimDuration) -> f64 {
    duration.as_ns() as f64 / 1e6
}

/// The JSON of how stale reads are.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StalenessEntry {
    reads: u64,
    stale: u64,
    impossible: u64,
    versions_behind: Vec<(u64, u64)>,
    time_behind_ms: Option<Times>,
    k_least: Option<u64>,
    k_most: Option<u64>,
    delta_ms: Option<f64>,
    worst: Option<String>,
    note: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
struct Times {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

impl From<&Staleness> for StalenessEntry {
    fn from(found: &Staleness) -> Self {
        StalenessEntry {
            reads: found.reads,
            stale: found.stale,
            impossible: found.impossible,
            versions_behind: found.versions_behind.clone(),
            time_behind_ms: found.time_behind.filter(|_| found.reads > 0).map(|times| Times {
                p50: milliseconds(times.p50),
                p90: milliseconds(times.p90),
                p99: milliseconds(times.p99),
                max: milliseconds(times.max),
            }),
            // Of no reads there is nothing to say.
            k_least: found.k.filter(|_| found.reads > 0).map(|k| k.least),
            k_most: found.k.filter(|_| found.reads > 0).map(|k| k.most),
            delta_ms: found.delta.filter(|_| found.reads > 0).map(milliseconds),
            worst: found.worst.as_ref().map(|worst| worst.story.clone()),
            note: found.note.clone(),
        }
    }
}

/// The JSON of what became of writes: counts, and the operations in lists.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DurabilityEntry {
    verdict: String,
    acknowledged: u64,
    reads: u64,
    lost: Vec<First>,
    unread: Vec<First>,
    recovered: Vec<First>,
    late: Vec<First>,
    resurrected: Vec<First>,
    failed_seen: Vec<First>,
    dirty: Vec<First>,
    unexpected: Vec<First>,
    note: Option<String>,
}

impl DurabilityEntry {
    /// The JSON of `found`, which is about the operations of `case`.
    pub fn new(found: &Durability, case: &Case) -> Self {
        let list = |operations: &[usize]| {
            operations.iter().filter_map(|&at| case.told_operation(at)).map(|one| first(&one)).collect()
        };
        DurabilityEntry {
            verdict: found.verdict.to_string(),
            acknowledged: found.acknowledged,
            reads: found.reads,
            lost: list(&found.lost),
            unread: list(&found.unread),
            recovered: list(&found.recovered),
            late: list(&found.late),
            resurrected: list(&found.resurrected),
            failed_seen: list(&found.failed_seen),
            dirty: list(&found.dirty),
            unexpected: list(&found.unexpected),
            note: found.note.clone(),
        }
    }
}

/// How stale reads are, in a few lines.
pub fn explain_staleness(found: &Staleness) -> String {
    let mut text = format!("staleness: {} of {} reads certainly missed a version", found.stale, found.reads);
    if found.reads == 0 && found.impossible == 0 {
        return "staleness: no read tells what it saw\n".to_owned();
    }
    if found.impossible > 0 {
        let _ = write!(text, "; {} saw what nobody had written", found.impossible);
    }
    let behind: Vec<String> =
        found.versions_behind.iter().map(|(versions, reads)| format!("{versions}: {reads}")).collect();
    let _ = write!(text, "\n  versions behind (reads)  {}", behind.join(", "));
    if let Some(times) = found.time_behind {
        let _ = write!(
            text,
            "\n  time behind              p50 {}, p90 {}, p99 {}, max {}",
            times.p50, times.p90, times.p99, times.max
        );
    }
    let bounds = |k: Bounds| format!("\n  k-atomic                 k is {k}");
    text += &found.k.map_or("\n  k-atomic                 for no k".to_owned(), bounds);
    if let Some(delta) = found.delta {
        let _ = write!(text, "\n  Δ-atomic                 Δ is {delta}");
    }
    if let Some(worst) = &found.worst {
        let _ = write!(text, "\n  worst                    {}", worst.story);
    }
    if let Some(note) = &found.note {
        let _ = write!(text, "\n  note                     {note}");
    }
    text + "\n"
}

/// What became of writes, in a few lines.
pub fn explain_durability(found: &Durability) -> String {
    let mut text = format!("durability: {}: {} writes acknowledged", found.verdict, found.acknowledged);
    let lists = [
        ("lost", &found.lost, "acknowledged, and gone"),
        ("unread", &found.unread, "acknowledged, and nobody looked"),
        ("recovered", &found.recovered, "never acknowledged, and there"),
        ("late", &found.late, "of these, absent when their client gave up"),
        ("resurrected", &found.resurrected, "of these, gone in between"),
        ("failed, seen", &found.failed_seen, "failed, and there"),
        ("dirty reads", &found.dirty, "saw what was rolled back, or failed"),
        ("unexpected", &found.unexpected, "reads of what nobody had written"),
    ];
    for (name, list, doc) in lists {
        let _ = write!(text, "\n  {name:12} {:>8}  {doc}", list.len());
    }
    for example in &found.examples {
        let _ = write!(text, "\n  {}", example.story);
    }
    if let Some(note) = &found.note {
        let _ = write!(text, "\n  note: {note}");
    }
    text + "\n"
}
