//! What is measured of a run besides its verdict: writes that were lost, reads that were behind, and how long
//! nothing completed.
//!
//! A measure is taken of the history once the run is over, so it changes nothing in it. Where it cannot be taken,
//! or says nothing, there are no numbers and a note that tells why: none is not zero. Of a run that was cut short
//! nothing is measured, for nobody knows what its clients would have read.

use crate::base::{SimDuration, SimTime};
use crate::check::{Case, Durability, Measure, Outage, Specification, Staleness};
use crate::history::History;
use crate::scenario::Scenario;

/// What was measured of a run; `None` is what the scenario does not ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Measures {
    /// What became of the writes.
    pub durability: Option<Measured<Losses>>,
    /// How far behind reads were.
    pub staleness: Option<Measured<Lags>>,
    /// How long nothing completed.
    pub outage: Option<Measured<Outage>>,
}

/// One measure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measured<T> {
    /// The numbers; `None` if it could not be taken.
    pub found: Option<T>,
    /// Why there are none, or what a reader should know of them.
    pub note: Option<String>,
}

/// What became of the writes of a run, in numbers: see [`Durability`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Losses {
    /// Writes and compare-and-sets that were acknowledged.
    pub acknowledged: u64,
    /// Those of them that are gone.
    pub lost: u64,
    /// Those of them whose fate no read tells.
    pub unread: u64,
    /// Reads of what was rolled back later, or of writes that failed.
    pub dirty_reads: u64,
    /// Writes that were never acknowledged, were seen, then absent, and then seen again.
    pub resurrected: u64,
    /// Writes that failed and were seen.
    pub failed_seen: u64,
}

/// How far behind the reads of a run were: see [`Staleness`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lags {
    /// Reads that tell what they saw, those of compare-and-sets among them.
    pub reads: u64,
    /// Those of them that certainly missed a version.
    pub stale: u64,
    /// For how long, at most, the version that a read returned had been overwritten; `None` if there are no times.
    pub time_behind: Option<SimDuration>,
    /// How many versions a read missed at most.
    pub versions_behind: u64,
    /// The least Δ with which the history is Δ-atomic; `None` if there is none.
    pub delta: Option<SimDuration>,
}

impl<T> Measured<T> {
    fn untaken(why: impl Into<String>) -> Self {
        Measured { found: None, note: Some(why.into()) }
    }
}

impl Measures {
    /// What `scenario` asks for, of a run of it with this `history`, which is that of `case`, on `objects`; `cut`
    /// tells why the run is not a whole one, if so.
    pub(super) fn of(
        scenario: &Scenario,
        history: &History,
        case: &Case,
        objects: &Specification,
        cut: Option<String>,
    ) -> Self {
        if let Some(why) = cut {
            return Measures::untaken(scenario, &why);
        }
        let operations = case.operations();
        let asks = |measure| scenario.measures.contains(&measure);
        Measures {
            durability: asks(Measure::Durability).then(|| losses(Durability::of(operations, objects))),
            staleness: asks(Measure::Staleness).then(|| lags(Staleness::of(history, operations, objects))),
            outage: asks(Measure::Outage).then(|| match Outage::of(history, end_of_work(scenario)) {
                Ok(found) => Measured { found: Some(found), note: None },
                Err(why) => Measured::untaken(why),
            }),
        }
    }

    /// That nothing of what `scenario` asks for could be measured, and `why`.
    pub fn untaken(scenario: &Scenario, why: &str) -> Self {
        let asks = |measure| scenario.measures.contains(&measure);
        Measures {
            durability: asks(Measure::Durability).then(|| Measured::untaken(why)),
            staleness: asks(Measure::Staleness).then(|| Measured::untaken(why)),
            outage: asks(Measure::Outage).then(|| Measured::untaken(why)),
        }
    }
}

/// From when on clients begin nothing more.
fn end_of_work(scenario: &Scenario) -> SimTime {
    SimTime::ZERO + scenario.clients.until.map_or(scenario.duration, |until| until.min(scenario.duration))
}

fn losses(found: Result<Durability, String>) -> Measured<Losses> {
    let found = match found {
        Ok(found) => found,
        Err(why) => return Measured::untaken(why),
    };
    let unexpected = saw_nothing(found.unexpected.len() as u64);
    if found.reads == 0 {
        let nothing = "no read tells what became of the writes".to_owned();
        return Measured::untaken(joined([Some(nothing), unexpected]).unwrap_or_default());
    }
    let count = |list: &[usize]| list.len() as u64;
    let losses = Losses {
        acknowledged: found.acknowledged,
        lost: count(&found.lost),
        unread: count(&found.unread),
        dirty_reads: count(&found.dirty),
        resurrected: count(&found.resurrected),
        failed_seen: count(&found.failed_seen),
    };
    Measured { found: Some(losses), note: joined([found.note, unexpected]) }
}

fn lags(found: Result<Staleness, String>) -> Measured<Lags> {
    let found = match found {
        Ok(found) => found,
        Err(why) => return Measured::untaken(why),
    };
    let impossible = saw_nothing(found.impossible);
    if found.reads == 0 {
        let nothing = "no read tells what it saw".to_owned();
        return Measured::untaken(joined([Some(nothing), impossible]).unwrap_or_default());
    }
    let lags = Lags {
        reads: found.reads,
        stale: found.stale,
        time_behind: found.time_behind.map(|times| times.max),
        versions_behind: found.versions_behind.last().map_or(0, |&(versions, _)| versions),
        delta: found.delta,
    };
    Measured { found: Some(lags), note: joined([found.note, impossible]) }
}

/// Reads that no write explains are not among the others.
fn saw_nothing(reads: u64) -> Option<String> {
    (reads > 0).then(|| format!("{reads} more reads saw what nobody had written"))
}

fn joined(notes: [Option<String>; 2]) -> Option<String> {
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::ModelName;
    use crate::history::{Value, read_jsonl};

    /// A history of operations that never overlap, each as `f`, value and how it ends, and what is measured of it.
    fn measured(operations: &[(&str, &str, &str)]) -> (Measured<Losses>, Measured<Lags>) {
        let event = |process: usize, kind: &str, f: &str, value: &str, time: usize| {
            let value = if value.is_empty() { String::new() } else { format!(",\"value\":{value}") };
            format!(r#"{{"process":{process},"type":"{kind}","f":"{f}","key":0{value},"time":{time}}}"#)
        };
        let mut lines = Vec::new();
        for (i, (f, value, end)) in operations.iter().enumerate() {
            lines.push(event(i, "invoke", f, if *f == "read" { "" } else { value }, 10 * i));
            lines.push(event(i, end, f, value, 10 * i + 5));
        }
        let history = read_jsonl(lines.join("\n").as_bytes()).unwrap();
        let all = history.operations().unwrap();
        let objects = Specification::new(ModelName::CasRegister, Value::Nil);
        (losses(Durability::of(&all, &objects)), lags(Staleness::of(&history, &all, &objects)))
    }

    #[test]
    fn what_is_found_is_counted() {
        let (losses, lags) = measured(&[
            ("write", "1", "ok"),
            ("write", "2", "ok"),
            ("read", "2", "ok"),
            ("write", "3", "ok"),
            ("write", "9", "fail"),
            ("read", "9", "ok"),
            ("read", "1", "ok"),
            ("write", "4", "ok"),
        ]);
        let expected =
            Losses { acknowledged: 4, lost: 2, unread: 1, dirty_reads: 2, resurrected: 0, failed_seen: 1 };
        assert_eq!(losses.found, Some(expected));
        assert_eq!(losses.note.unwrap(), "clients alone cannot tell a loss from a last read that is stale");
        // 2 was there from 15 on and 3 from 35 on, when 1 was read at 60; who saw 9 explains no Δ.
        let time_behind = Some(SimDuration::from_ns(45));
        assert_eq!(
            lags.found,
            Some(Lags { reads: 2, stale: 1, time_behind, versions_behind: 2, delta: None })
        );
        assert_eq!(lags.note.unwrap(), "1 more reads saw what nobody had written");
    }

    #[test]
    fn what_was_gone_for_a_while_is_resurrected() {
        let (losses, lags) = measured(&[
            ("write", "1", "ok"),
            ("write", "2", "info"),
            ("read", "2", "ok"),
            ("read", "1", "ok"),
            ("read", "2", "ok"),
        ]);
        assert_eq!(losses.found.map(|found| (found.lost, found.resurrected)), Some((0, 1)));
        let found = lags.found.unwrap();
        assert_eq!((found.stale, found.versions_behind), (1, 1));
        assert!(found.delta > Some(SimDuration::ZERO));
    }

    #[test]
    fn none_is_not_zero() {
        let (losses, lags) = measured(&[("write", "1", "ok"), ("write", "2", "ok")]);
        assert_eq!(losses, Measured::untaken("no read tells what became of the writes"));
        assert_eq!(lags, Measured::untaken("no read tells what it saw"));
        let (losses, lags) = measured(&[("write", "1", "ok"), ("write", "1", "ok"), ("read", "1", "ok")]);
        assert!(losses.found.is_none() && losses.note.unwrap().contains("wrote it: the weaker levels need"));
        assert!(lags.found.is_none() && lags.note.unwrap().contains("the value 1 of key 0 is read"));
        let (losses, _) = measured(&[("write", "1", "ok"), ("read", "7", "ok")]);
        let note = "no read tells what became of the writes; 1 more reads saw what nobody had written";
        assert_eq!(losses, Measured::untaken(note));
    }
}
