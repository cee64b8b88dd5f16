//! What came of a run, for people.

use std::fmt::Write as _;

use super::counters::FAULTS;
use super::latency::LatencyMs;
use super::measured::measured;
use super::palette::{self, FAINT, HEADING, paint, printable};
use super::results::{ElectionEntry, RunResults, Seen};
use super::settings::settings;
use super::table::Table;
use super::timeline::{Timeline, timeline};
use crate::base::{SimDuration, SimTime};
use crate::check::Verdict;
use crate::history::{Operation, Outcome as Fate};
use crate::run::{CheckResult, Outcome};
use crate::scenario::Scenario;

/// What came of a run, without the last lines: they are the command's. With `everything` the
/// settings and the counters that stayed zero are told, too.
pub fn summary(
    scenario: &Scenario,
    outcome: &Outcome,
    operations: &[Operation],
    results: &RunResults,
    everything: bool,
) -> String {
    let mut text = heading(scenario, outcome, results);
    if everything {
        text += &format!("\n{}", settings(scenario));
    }
    text += &format!("\n{}", checks(outcome));
    text += &measured(&outcome.measures);
    text += &format!("\n{}\n", operations_and_latency(results));
    row(&mut text, "throughput", &throughput(results));
    row(&mut text, "leader terms", &results.leader_terms.to_string());
    if let Some(election) = results.election {
        row(&mut text, "election", &told_election(election));
    }
    if !results.sometimes.is_empty() {
        row(&mut text, "sometimes", &sometimes(results));
    }
    row(&mut text, "run", &run(results));
    text += &format!("\n{}", counters(results, everything));
    let drawn = timeline(&Timeline {
        ended: outcome.ended,
        completed: completed(outcome, operations),
        strikes: &outcome.strikes,
        violation: outcome.checks.iter().filter_map(|check| check.at).min(),
    });
    if !drawn.is_empty() {
        text += &format!("\n{drawn}");
    }
    if outcome.report.first_impossible.is_some() {
        let _ = write!(text, "\n{}", outcome.report.explain());
    }
    text
}

/// What is left to tell of a run that panicked.
pub fn summary_of_panic(scenario: &Scenario, outcome: &Outcome, results: &RunResults) -> String {
    let RunResults { events, digest, .. } = results;
    heading(scenario, outcome, results)
        + &format!("\n{}", checks(outcome))
        + &format!("\nThe run ended in a panic after {events} events, digest {digest}.\n")
        + "Nothing else of it was kept, neither its history nor its counters.\n"
}

fn heading(scenario: &Scenario, outcome: &Outcome, results: &RunResults) -> String {
    let RunResults { scenario: name, protocol, seed, .. } = results;
    let mut text =
        format!("{}: {protocol}, {} nodes, seed {seed}\n", paint(HEADING, printable(name)), scenario.nodes);
    if let Some(description) = &scenario.description {
        text += &format!("{}\n", printable(description));
    }
    if let Some(swarm) = &scenario.swarm {
        let kinds = swarm.kinds_of(outcome.seed);
        let kinds = if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") };
        text += &format!("this seed draws {kinds}\n");
    }
    if !results.set.is_empty() {
        text += &format!("with {}\n", printable(&results.set.join(", ")));
    }
    text
}

fn checks(outcome: &Outcome) -> String {
    let mut text = format!("{}\n", paint(HEADING, "checks"));
    let width = outcome.checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in &outcome.checks {
        // What follows a verdict aligns, what does not needs no space.
        let pad = if check.detail.is_some() { 7 } else { 0 };
        let verdict = paint(palette::of(check.verdict), format!("{:pad$}", check.verdict));
        let detail = check.detail.iter().map(|detail| format!("  {detail}")).collect::<String>();
        text += &format!("  {:width$}  {verdict}{detail}\n", check.name);
    }
    text
}

fn operations_and_latency(results: &RunResults) -> Table {
    let counts = results.operations;
    let total = counts.ok + counts.fail + counts.info;
    let mut table = Table::default();
    table.heading("", ["total", "ok", "fail", "info"]);
    table.row("operations", [total, counts.ok, counts.fail, counts.info].map(|count| count.to_string()));
    let LatencyMs { mean, p50, p90, p99, max } = results.latency_ms;
    let figures: Vec<String> =
        [mean, p50, p90, p99, max].into_iter().flatten().map(|ms| format!("{ms:.3}")).collect();
    if !figures.is_empty() {
        table.heading("", ["mean", "p50", "p90", "p99", "max"]);
        table.row("latency in ms", figures);
    }
    table
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<14}{value}");
}

fn throughput(results: &RunResults) -> String {
    if results.sim_seconds == 0.0 {
        return "the run lasted no time".to_owned();
    }
    format!("{:.1} operations a simulated second", results.operations.ok as f64 / results.sim_seconds)
}

fn told_election(election: ElectionEntry) -> String {
    let ElectionEntry { after, leader, elected_ns, followed_ns, split, .. } = election;
    let after = if after == "crash" { "the leader crashed" } else { "the start" };
    let span = SimDuration::from_ns;
    let split = if split == Some(true) { "; the first term elected nobody" } else { "" };
    let (Some(leader), Some(elected)) = (leader, elected_ns) else {
        return format!("no leader after {after}{split}");
    };
    let followed = match followed_ns {
        Some(followed) => format!("followed by all after {}", span(followed)),
        None => "never followed by all".to_owned(),
    };
    format!("n{leader} elected {} after {after}, {followed}{split}", span(elected))
}

/// What a sweep must see, and whether this run shows it.
fn sometimes(results: &RunResults) -> String {
    let one = |Seen { sight, check, seen }: &Seen| {
        let of = check.as_ref().map_or(String::new(), |check| format!(" of {check}"));
        format!("{sight}{of} {}", if *seen { "seen" } else { "not seen" })
    };
    results.sometimes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn run(results: &RunResults) -> String {
    let wall = results.wall_seconds.map_or(String::new(), |seconds| format!(" (took {seconds:.2} s)"));
    format!(
        "{} events in {:.3} simulated seconds{wall}, digest {}",
        results.events, results.sim_seconds, results.digest
    )
}

/// The faults that had an effect; of `everything` all counters.
fn counters(results: &RunResults, everything: bool) -> String {
    let rows = |table: &mut Table, faults: bool| {
        let wanted =
            |(name, hits): &(&str, u64)| FAULTS.contains(name) == faults && (everything || *hits > 0);
        for (name, hits) in results.faults.iter().filter(wanted) {
            table.row(&format!("  {}", name.replace('_', " ")), [hits.to_string()]);
        }
    };
    if !everything && results.faults.faults().all(|(_, hits)| hits == 0) {
        return format!("{}  {}\n", paint(HEADING, "effective faults"), paint(FAINT, "none had an effect"));
    }
    let mut table = Table::default();
    table.heading("effective faults", ["hits"]);
    rows(&mut table, true);
    if everything {
        table.heading("work", ["count"]);
        rows(&mut table, false);
    }
    table.to_string()
}

/// When each operation that succeeded did.
fn completed(outcome: &Outcome, operations: &[Operation]) -> Vec<SimTime> {
    let ok = operations.iter().filter(|operation| operation.outcome == Fate::Ok);
    ok.filter_map(|operation| outcome.history.events[operation.returned?].time).collect()
}

/// The reasons of a run that is not valid, a line each.
pub fn failures(outcome: &Outcome) -> String {
    let failed = outcome.checks.iter().filter(|check| check.verdict == Verdict::Invalid);
    let line = |check: &CheckResult| {
        // A line a failure, whatever a panic had to say.
        let detail = check.detail.as_deref().unwrap_or_default().replace('\n', " ");
        format!("{}: {detail}\n", paint(palette::of(check.verdict), check.name))
    };
    failed.map(line).collect()
}
