//! What was measured of a run, as people and scripts read it.

use serde::Serialize;

use super::palette::{HEADING, paint};
use crate::base::SimDuration;
use crate::check::{Measure, Outage};
use crate::run::{Lags, Losses, Measured, Measures};

/// The JSON of what was measured: what the scenario asks for, and nothing else. Durations are in milliseconds. A
/// number that is not known is null, and a note tells why.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MeasuresEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    durability: Option<LossesEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staleness: Option<LagsEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outage: Option<OutageEntry>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct LossesEntry {
    acknowledged: Option<u64>,
    lost: Option<u64>,
    unread: Option<u64>,
    dirty_reads: Option<u64>,
    resurrected: Option<u64>,
    failed_seen: Option<u64>,
    note: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct LagsEntry {
    reads: Option<u64>,
    stale: Option<u64>,
    time_behind_ms: Option<f64>,
    versions_behind: Option<u64>,
    delta_ms: Option<f64>,
    note: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct OutageEntry {
    total_ms: Option<f64>,
    writes_ms: Option<f64>,
    reads_ms: Option<f64>,
    note: Option<String>,
}

impl MeasuresEntry {
    /// The JSON of `measures`; `None` if nothing was asked for.
    pub fn new(measures: &Measures) -> Option<Self> {
        let Measures { durability, staleness, outage } = measures;
        let is_asked = durability.is_some() || staleness.is_some() || outage.is_some();
        is_asked.then(|| MeasuresEntry {
            durability: durability.as_ref().map(LossesEntry::from),
            staleness: staleness.as_ref().map(LagsEntry::from),
            outage: outage.as_ref().map(OutageEntry::from),
        })
    }
}

impl From<&Measured<Losses>> for LossesEntry {
    fn from(Measured { found, note }: &Measured<Losses>) -> Self {
        LossesEntry {
            acknowledged: found.map(|found| found.acknowledged),
            lost: found.map(|found| found.lost),
            unread: found.map(|found| found.unread),
            dirty_reads: found.map(|found| found.dirty_reads),
            resurrected: found.map(|found| found.resurrected),
            failed_seen: found.map(|found| found.failed_seen),
            note: note.clone(),
        }
    }
}

impl From<&Measured<Lags>> for LagsEntry {
    fn from(Measured { found, note }: &Measured<Lags>) -> Self {
        LagsEntry {
            reads: found.map(|found| found.reads),
            stale: found.map(|found| found.stale),
            time_behind_ms: found.and_then(|found| found.time_behind).map(SimDuration::as_ms_f64),
            versions_behind: found.map(|found| found.versions_behind),
            delta_ms: found.and_then(|found| found.delta).map(SimDuration::as_ms_f64),
            note: note.clone(),
        }
    }
}

impl From<&Measured<Outage>> for OutageEntry {
    fn from(Measured { found, note }: &Measured<Outage>) -> Self {
        OutageEntry {
            total_ms: found.map(|found| found.total.as_ms_f64()),
            writes_ms: found.and_then(|found| found.writes).map(SimDuration::as_ms_f64),
            reads_ms: found.and_then(|found| found.reads).map(SimDuration::as_ms_f64),
            note: note.clone(),
        }
    }
}

/// What was measured, a line each; empty if nothing was asked for.
pub(super) fn measured(measures: &Measures) -> String {
    let lines = [
        measures.durability.as_ref().map(|measured| line(Measure::Durability, measured, told_losses)),
        measures.staleness.as_ref().map(|measured| line(Measure::Staleness, measured, told_lags)),
        measures.outage.as_ref().map(|measured| line(Measure::Outage, measured, told_outage)),
    ];
    let lines: String = lines.into_iter().flatten().collect();
    if lines.is_empty() { lines } else { format!("{}\n{lines}", paint(HEADING, "measures")) }
}

fn line<T>(measure: Measure, Measured { found, note }: &Measured<T>, told: fn(&T) -> String) -> String {
    let told = found.as_ref().map(told);
    let said: Vec<String> = match &told {
        Some(told) => [Some(told), note.as_ref()].into_iter().flatten().cloned().collect(),
        None => vec![format!("not known: {}", note.as_deref().unwrap_or_default())],
    };
    format!("  {:10}  {}\n", measure.name(), said.join("; "))
}

fn told_losses(found: &Losses) -> String {
    let Losses { acknowledged, lost, unread, dirty_reads, resurrected, failed_seen } = found;
    format!(
        "of {acknowledged} acknowledged writes {lost} lost, {unread} never looked for; dirty reads {dirty_reads}, \
         resurrected {resurrected}, failed and seen {failed_seen}"
    )
}

fn told_lags(found: &Lags) -> String {
    let mut text = format!("of {} reads {} stale", found.reads, found.stale);
    if found.stale > 0 {
        let behind = found.time_behind.map_or(String::new(), |time| format!("{time} and "));
        text += &format!(", at worst {behind}{} versions behind", found.versions_behind);
    }
    text + &found.delta.map_or(String::new(), |delta| format!("; Δ is {delta}"))
}

fn told_outage(found: &Outage) -> String {
    let sort = |span: Option<SimDuration>, one: &str| {
        span.map_or(format!("; nobody asked for a {one}"), |span| format!(", no {one} for {span}"))
    };
    let (writes, reads) = (sort(found.writes, "write"), sort(found.reads, "read"));
    format!("nothing completed for {}{writes}{reads}", found.total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known<T>(found: T) -> Option<Measured<T>> {
        Some(Measured { found: Some(found), note: None })
    }

    #[test]
    fn what_is_not_known_is_no_zero() {
        let why = || Some("no operation completed".to_owned());
        let measures =
            Measures { outage: Some(Measured { found: None, note: why() }), ..Measures::default() };
        let json = serde_json::to_string(&MeasuresEntry::new(&measures).unwrap()).unwrap();
        let expected = r#"{"outage":{"total_ms":null,"writes_ms":null,"reads_ms":null,"note":"no operation completed"}}"#;
        assert_eq!(json, expected);
        let told = measured(&measures);
        assert!(told.ends_with("\n  outage      not known: no operation completed\n"), "{told}");
        assert_eq!((MeasuresEntry::new(&Measures::default()), &*measured(&Measures::default())), (None, ""));
    }

    #[test]
    fn durations_are_milliseconds() {
        let us = SimDuration::from_us;
        let lags = Lags { reads: 9, stale: 2, time_behind: Some(us(1_500)), versions_behind: 3, delta: None };
        let outage = Outage { total: us(20), writes: Some(us(2_000_000)), reads: None };
        let measures = Measures { durability: None, staleness: known(lags), outage: known(outage) };
        let json = serde_json::to_value(MeasuresEntry::new(&measures).unwrap()).unwrap();
        assert_eq!(
            (&json["staleness"]["time_behind_ms"], &json["outage"]["total_ms"]),
            (&1.5.into(), &0.02.into())
        );
        assert!(json["staleness"]["delta_ms"].is_null() && json["outage"]["reads_ms"].is_null());
        let told = measured(&measures);
        for line in [
            "  staleness   of 9 reads 2 stale, at worst 1.5ms and 3 versions behind\n",
            "  outage      nothing completed for 20us, no write for 2s; nobody asked for a read\n",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}
