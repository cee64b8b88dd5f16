//! What a sweep keeps of one run: a row of its table.
//!
//! Everything that a sweep says of its seeds is made from these rows and from nothing else. So it says
//! the same whether the runs were made here, on another number of threads, or in shards whose rows are
//! read from files.

use super::{elections, measures};
use crate::base::{Seed, SimTime};
use crate::check::Verdict;
use crate::monitor::{Election, ProtocolEvents};
use crate::report::counters::Named;
use crate::report::{OperationCounts, RunResults};
use crate::run::{Outcome, PANIC};

/// The columns before the counters, …
const BEFORE: [&str; 10] = [
    "seed",
    "verdict",
    "failing_check",
    "digest",
    "events",
    "ok",
    "fail",
    "info",
    "leader_terms",
    "liveness_demanded",
];
/// … and, behind those of the election, those after them. The last is the only one that may hold a comma. What was
/// measured comes behind it: who reads by the place of a column finds the others where they were.
const AFTER: [&str; 4] = ["end_ns", "seen", "ending", "reason"];

/// What one run came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its seed.
    pub seed: Seed,
    /// Its verdict.
    pub verdict: Verdict,
    /// The first check that failed; empty if none did.
    pub failing_check: String,
    /// The fingerprint of the run, in hexadecimal.
    pub digest: String,
    /// How many events were executed.
    pub events: u64,
    /// How the operations ended.
    pub operations: OperationCounts,
    /// How many terms had a leader.
    pub leader_terms: u64,
    /// Whether operations had to complete once faults were over: 1 if so, else 0.
    pub liveness_demanded: u64,
    /// What the protocol met.
    pub protocol_events: ProtocolEvents,
    /// The counters.
    pub counters: Named,
    /// How the cluster came by a leader.
    pub election: Option<Election>,
    /// How long the run lasted in simulated time.
    pub ended: SimTime,
    /// Whether it showed each thing that a sweep must see sometimes.
    pub seen: Vec<bool>,
    /// What the sweep makes of it.
    pub ending: Ending,
    /// Why it failed, on one line; empty if it did not.
    pub reason: String,
    /// What was measured.
    pub(super) measures: measures::Cells,
}

/// What a sweep makes of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Nothing is wrong with it.
    Passed,
    /// It is invalid, as the scenario asks that some be.
    Wanted,
    /// A violation, or not what the scenario expects.
    Failed,
    /// A second run of the seed was another.
    Differs,
}

impl Ending {
    const ALL: [(Ending, &'static str); 4] = [
        (Ending::Passed, "passed"),
        (Ending::Wanted, "wanted"),
        (Ending::Failed, "failed"),
        (Ending::Differs, "differs"),
    ];

    /// Whether something is wrong with the run.
    pub fn is_failure(self) -> bool {
        matches!(self, Ending::Failed | Ending::Differs)
    }
}

impl Record {
    /// What `outcome` came to, whose results are `results`; `reason` says why it failed.
    pub fn new(outcome: &Outcome, results: &RunResults, ending: Ending, reason: &str) -> Self {
        Record {
            seed: outcome.seed,
            verdict: outcome.verdict,
            failing_check: outcome.violation().map_or(String::new(), |check| check.name.to_owned()),
            digest: results.digest.clone(),
            events: results.events,
            operations: results.operations,
            leader_terms: results.leader_terms,
            liveness_demanded: u64::from(outcome.demands_liveness()),
            protocol_events: results.protocol_events,
            counters: results.faults,
            election: outcome.election,
            ended: outcome.ended,
            seen: results.sometimes.iter().map(|seen| seen.seen).collect(),
            ending,
            reason: reason.replace(['\n', '\r'], " "),
            measures: measures::cells(&outcome.measures),
        }
    }

    /// Whether the run panicked: what it did and felt, nobody knows.
    pub fn panicked(&self) -> bool {
        self.failing_check == PANIC
    }

    /// The names of the columns.
    pub fn heading() -> String {
        let (events, counters) = (ProtocolEvents::default().named(), Named::default());
        let counted = events.into_iter().chain(counters.iter()).map(|(name, _)| name);
        let election = elections::COLUMNS.into_iter();
        let names = BEFORE.into_iter().chain(counted).chain(election).chain(AFTER).chain(measures::names());
        names.collect::<Vec<_>>().join(",")
    }

    /// The row.
    pub fn row(&self) -> String {
        let Record { seed, verdict, failing_check, digest, .. } = self;
        let OperationCounts { ok, fail, info } = self.operations;
        let mut row = format!("{seed},{verdict},{failing_check},{digest}");
        let numbers = [self.events, ok, fail, info, self.leader_terms, self.liveness_demanded];
        let counters = self.protocol_events.named().into_iter().chain(self.counters.iter());
        let counters = counters.map(|(_, value)| value);
        for number in numbers.into_iter().chain(counters) {
            row += &format!(",{number}");
        }
        for field in elections::fields(self.election.as_ref()) {
            row += &format!(",{field}");
        }
        row += &format!(",{},", self.ended.as_ns());
        row.extend(self.seen.iter().map(|&seen| if seen { '1' } else { '0' }));
        let ending = Ending::ALL.iter().find(|(ending, _)| *ending == self.ending);
        row += &format!(",{},", ending.map_or("", |(_, name)| name));
        row += &match self.reason.contains([',', '"']) {
            true => format!("\"{}\"", self.reason.replace('"', "\"\"")),
            false => self.reason.clone(),
        };
        row + &measures::fields(&self.measures)
    }

    /// The record that a row tells of; `None` if it is no row of ours.
    pub fn parse(row: &str) -> Option<Self> {
        let (mut protocol_events, mut counters) = (ProtocolEvents::default(), Named::default());
        let counted = protocol_events.values_mut().into_iter().chain(counters.values_mut());
        let (row, measures) = measures::parse(row)?;
        let columns = BEFORE.len() + counted.count() + elections::COLUMNS.len() + AFTER.len();
        let mut fields = row.splitn(columns, ',');
        let seed = fields.next()?.parse().ok()?;
        let verdict = fields.next()?;
        let verdict = [Verdict::Valid, Verdict::Invalid, Verdict::Unknown]
            .into_iter()
            .find(|known| known.to_string() == verdict)?;
        let (failing_check, digest) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let mut number = || fields.next()?.parse().ok();
        let (events, ok, fail, info) = (number()?, number()?, number()?, number()?);
        let (leader_terms, liveness_demanded) = (number()?, number()?);
        for value in protocol_events.values_mut().into_iter().chain(counters.values_mut()) {
            *value = number()?;
        }
        let mut election = [""; elections::COLUMNS.len()];
        for field in &mut election {
            *field = fields.next()?;
        }
        let election = elections::parse(election)?;
        let ended = SimTime::from_ns(fields.next()?.parse().ok()?);
        let seen = fields.next()?.bytes().map(|byte| byte == b'1').collect();
        let ending = fields.next()?;
        let ending = Ending::ALL.iter().find(|(_, name)| *name == ending)?.0;
        let reason = fields.next()?;
        let quoted = reason.strip_prefix('"').and_then(|reason| reason.strip_suffix('"'));
        let reason = quoted.map_or(reason.to_owned(), |quoted| quoted.replace("\"\"", "\""));
        let operations = OperationCounts { ok, fail, info };
        Some(Record {
            seed,
            verdict,
            failing_check,
            digest,
            events,
            operations,
            leader_terms,
            liveness_demanded,
            protocol_events,
            counters,
            election,
            ended,
            seen,
            ending,
            reason,
            measures,
        })
    }
}

#[cfg(test)]
mod tests {
    use quickcheck::quickcheck;

    use super::*;
    use crate::base::{NodeId, SimDuration};

    fn election(mut next: impl FnMut() -> u64) -> Election {
        let mut maybe = || Some(next()).filter(|number| number % 3 > 0);
        Election {
            after_crash: maybe().is_some(),
            since: SimTime::from_ns(maybe().unwrap_or(0)),
            leader: maybe().map(|leader| NodeId(leader as u32)),
            elected: maybe().map(SimDuration::from_ns),
            followed: maybe().map(SimDuration::from_ns),
            split: maybe().map(|split| split % 2 == 1),
        }
    }

    fn record(numbers: &[u64], seen: Vec<bool>, ending: usize, reason: &str) -> Record {
        let mut values = numbers.iter().copied().cycle();
        let mut next = || values.next().unwrap_or(7);
        let (mut protocol_events, mut counters) = (ProtocolEvents::default(), Named::default());
        for value in protocol_events.values_mut().into_iter().chain(counters.values_mut()) {
            *value = next();
        }
        Record {
            seed: Seed(next()),
            verdict: Verdict::Invalid,
            failing_check: "election-safety".to_owned(),
            digest: "0123456789abcdef".to_owned(),
            events: next(),
            operations: OperationCounts { ok: next(), fail: next(), info: next() },
            leader_terms: next(),
            liveness_demanded: next(),
            protocol_events,
            counters,
            election: numbers.first().map(|_| election(&mut next)),
            ended: SimTime::from_ns(next()),
            seen,
            ending: Ending::ALL[ending % 4].0,
            reason: reason.replace(['\n', '\r'], " "),
            measures: std::array::from_fn(|_| Some(next()).filter(|number| number % 4 > 0)),
        }
    }

    quickcheck! {
        fn a_row_tells_all_of_its_record(
            numbers: Vec<u64>, seen: Vec<bool>, ending: usize, reason: String
        ) -> bool {
            let record = record(&numbers, seen, ending, &reason);
            let row = record.row();
            !row.contains('\n') && Record::parse(&row) == Some(record)
        }

        fn a_row_that_is_cut_or_damaged_is_another_or_none(numbers: Vec<u64>, at: usize) -> bool {
            let record = record(&numbers, vec![true], 2, "why, \"oh\" why");
            let row = record.row();
            let at = at % row.len();
            Record::parse(&row[..at]) != Some(record)
        }
    }

    #[test]
    fn a_heading_has_a_name_for_each_column() {
        let row = record(&[1], vec![], 0, "").row();
        assert_eq!(Record::heading().split(',').count(), row.split(',').count());
    }
}
