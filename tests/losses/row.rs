//! A cell of the table: what many runs of one form under one fault came to.

use std::io;

use atropos::base::{Seed, SimDuration};
use atropos::check::{Promise, Verdict};
use atropos::registry;
use atropos::run::{LINEARIZABILITY, Measured, Outcome};
use atropos::scenario::Scenario;
use atropos::sweep::{available_threads, in_order};

/// The columns behind form and fault: `runs_…` are so many of `seeds`, `…_ms` are whole milliseconds, rounded down.
pub(crate) const COLUMNS: [&str; 22] = [
    "seeds",
    "linearizable",
    "convergent",
    "runs_with_failover",
    "acknowledged_p50",
    "runs_with_loss",
    "lost",
    "lost_max",
    "runs_unread",
    "unread",
    "runs_dirty",
    "dirty_reads",
    "runs_stale",
    "stale_reads",
    "behind_ms_p50",
    "behind_ms_max",
    "write_outage_ms_p50",
    "write_outage_ms_p99",
    "write_outage_ms_max",
    "read_outage_ms_p50",
    "read_outage_ms_p99",
    "read_outage_ms_max",
];

/// A row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) form: String,
    pub(crate) fault: String,
    numbers: [u64; COLUMNS.len()],
}

/// What is kept of a run.
struct Run {
    is_linearizable: bool,
    is_convergent: bool,
    failed_over: bool,
    acknowledged: u64,
    lost: u64,
    unread: u64,
    dirty: u64,
    stale: u64,
    behind_ms: u64,
    writes_out_ms: u64,
    reads_out_ms: u64,
}

/// The header of the table.
pub(crate) fn header() -> String {
    format!("form,fault,{}\n", COLUMNS.join(","))
}

fn ms(span: SimDuration) -> u64 {
    span.as_ns() / 1_000_000
}

/// What was measured, which it always can be: but for a violation of an invariant nothing cuts a run short.
fn found<T: Copy>(measured: &Option<Measured<T>>, outcome: &Outcome) -> T {
    let found = measured.as_ref().and_then(|measured| measured.found);
    found.unwrap_or_else(|| panic!("seed {}: {:?}", outcome.seed, outcome.checks))
}

impl Run {
    fn of(scenario: &Scenario, seed: Seed) -> Run {
        let outcome = registry::run(scenario, seed, &mut ());
        let is_valid = |name| {
            let check = outcome.checks.iter().find(|check| check.name == name).unwrap();
            assert_ne!(check.verdict, Verdict::Unknown, "seed {seed}: {check:?}");
            check.verdict == Verdict::Valid
        };
        let convergence = Promise::Convergence.check();
        // What clients see depends on the form; what the protocol promises of itself does not.
        for check in &outcome.checks {
            let is_of_clients = [LINEARIZABILITY, convergence].contains(&check.name);
            assert!(is_of_clients || check.verdict == Verdict::Valid, "seed {seed}: {check:?}");
        }
        let losses = found(&outcome.measures.durability, &outcome);
        let lags = found(&outcome.measures.staleness, &outcome);
        let outage = found(&outcome.measures.outage, &outcome);
        Run {
            is_linearizable: is_valid(LINEARIZABILITY),
            is_convergent: is_valid(convergence),
            failed_over: outcome.leader_terms > 1,
            acknowledged: losses.acknowledged,
            lost: losses.lost,
            unread: losses.unread,
            dirty: losses.dirty_reads,
            stale: lags.stale,
            behind_ms: ms(lags.time_behind.unwrap()),
            writes_out_ms: ms(outage.writes.unwrap()),
            reads_out_ms: ms(outage.reads.unwrap()),
        }
    }
}

impl Row {
    /// What the first `seeds` seeds of `scenario` come to.
    pub(crate) fn of(form: &str, fault: &str, scenario: &Scenario, seeds: u64) -> Row {
        let mut runs = Vec::new();
        let run = |seed| Run::of(scenario, Seed(seed));
        let keep = |_, run| -> io::Result<()> {
            runs.push(run);
            Ok(())
        };
        in_order(seeds, available_threads(), run, keep).unwrap();
        let count = |is: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| is(run)).count() as u64;
        let sorted = |number: &dyn Fn(&Run) -> u64| {
            let mut all: Vec<u64> = runs.iter().map(number).collect();
            all.sort_unstable();
            all
        };
        // The least that so many of a hundred runs do not exceed.
        let quantile = |all: &[u64], percent: usize| all[(all.len() * percent).div_ceil(100) - 1];
        let spans = |number: &dyn Fn(&Run) -> u64| {
            let all = sorted(number);
            [quantile(&all, 50), quantile(&all, 99), all[all.len() - 1]]
        };
        // In how many runs, how many in all, and in one of them.
        let happenings = |number: &dyn Fn(&Run) -> u64| {
            let total = runs.iter().map(number).sum::<u64>();
            [count(&|run| number(run) > 0), total, runs.iter().map(number).max().unwrap_or(0)]
        };
        let [loss, lost, lost_max] = happenings(&|run| run.lost);
        let [runs_unread, unread, _] = happenings(&|run| run.unread);
        let [runs_dirty, dirty, _] = happenings(&|run| run.dirty);
        let [runs_stale, stale, _] = happenings(&|run| run.stale);
        let [behind_p50, _, behind_max] = spans(&|run| run.behind_ms);
        let [writes_p50, writes_p99, writes_max] = spans(&|run| run.writes_out_ms);
        let [reads_p50, reads_p99, reads_max] = spans(&|run| run.reads_out_ms);
        let numbers = [
            seeds,
            count(&|run| run.is_linearizable),
            count(&|run| run.is_convergent),
            count(&|run| run.failed_over),
            quantile(&sorted(&|run| run.acknowledged), 50),
            loss,
            lost,
            lost_max,
            runs_unread,
            unread,
            runs_dirty,
            dirty,
            runs_stale,
            stale,
            behind_p50,
            behind_max,
            writes_p50,
            writes_p99,
            writes_max,
            reads_p50,
            reads_p99,
            reads_max,
        ];
        Row { form: form.to_owned(), fault: fault.to_owned(), numbers }
    }

    /// The row that `line` is.
    pub(crate) fn parse(line: &str) -> Row {
        let fields: Vec<&str> = line.split(',').collect();
        let [form, fault, numbers @ ..] = &fields[..] else { panic!("{line}") };
        let numbers: Vec<u64> = numbers.iter().map(|number| number.parse().unwrap()).collect();
        let numbers = numbers.try_into().unwrap_or_else(|_| panic!("{line}"));
        Row { form: (*form).to_owned(), fault: (*fault).to_owned(), numbers }
    }

    /// The line that it is.
    pub(crate) fn line(&self) -> String {
        let numbers: Vec<String> = self.numbers.iter().map(u64::to_string).collect();
        format!("{},{},{}\n", self.form, self.fault, numbers.join(","))
    }

    /// What is in a column.
    pub(crate) fn number(&self, column: &str) -> u64 {
        let place = COLUMNS.iter().position(|name| *name == column);
        self.numbers[place.unwrap_or_else(|| panic!("there is no column {column}"))]
    }
}
