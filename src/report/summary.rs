//! What came of a run, for people.

use std::fmt::Write as _;

use super::latency::LatencyMs;
use super::results::RunResults;
use crate::run::Outcome;
use crate::scenario::Scenario;

/// What came of a run, without the last lines: they are the command's.
pub fn summary(scenario: &Scenario, outcome: &Outcome, results: &RunResults) -> String {
    let mut text = format!(
        "{}: {}, {} nodes, seed {}\n",
        results.scenario, results.protocol, scenario.nodes, results.seed
    );
    if let Some(description) = &scenario.description {
        text += &format!("{description}\n");
    }
    text += "\nchecks\n";
    let width = results.checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in &results.checks {
        let detail = check.detail.iter().map(|detail| format!("  {detail}")).collect::<String>();
        let line = format!("  {:width$}  {:7}{detail}", check.name, check.verdict);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text += "\n";
    row(&mut text, "operations", &operations(results));
    row(&mut text, "latency", &latency(&results.latency_ms));
    row(&mut text, "throughput", &throughput(results));
    row(&mut text, "leader terms", &results.leader_terms.to_string());
    row(&mut text, "faults", &faults(results));
    row(&mut text, "run", &run(results));
    if outcome.report.first_impossible.is_some() {
        let _ = write!(text, "\n{}", outcome.report.explain());
    }
    text
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<14}{value}");
}

fn operations(results: &RunResults) -> String {
    let counts = results.operations;
    let total = counts.ok + counts.fail + counts.info;
    format!("{total}: {} ok, {} fail, {} info", counts.ok, counts.fail, counts.info)
}

fn latency(latency: &LatencyMs) -> String {
    let LatencyMs { mean: Some(mean), p50: Some(p50), p90: Some(p90), p99: Some(p99), max: Some(max) } =
        *latency
    else {
        return "no operation succeeded".to_owned();
    };
    format!("mean {mean:.3} ms, p50 {p50:.3}, p90 {p90:.3}, p99 {p99:.3}, max {max:.3}")
}

fn throughput(results: &RunResults) -> String {
    if results.sim_seconds == 0.0 {
        return "the run lasted no time".to_owned();
    }
    format!("{:.1} operations a simulated second", results.operations.ok as f64 / results.sim_seconds)
}

/// The faults that had an effect.
fn faults(results: &RunResults) -> String {
    let hits = results.faults.faults().filter(|(_, hits)| *hits > 0);
    let hits: Vec<String> = hits.map(|(name, hits)| format!("{} {hits}", name.replace('_', " "))).collect();
    if hits.is_empty() { "none had an effect".to_owned() } else { hits.join(", ") }
}

fn run(results: &RunResults) -> String {
    let wall = results.wall_seconds.map_or(String::new(), |seconds| format!(" (took {seconds:.2} s)"));
    format!(
        "{} events in {:.3} simulated seconds{wall}, digest {}",
        results.events, results.sim_seconds, results.digest
    )
}
