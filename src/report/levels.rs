//! What a history keeps of the levels of consistency, as people and scripts read it.

use std::fmt::Write as _;

use serde::Serialize;

use super::judged::{First, Judged, Judging, first};
use super::measures::{DurabilityEntry, StalenessEntry};
use crate::check::{
    Case, Durability, Finding, FirstImpossible, Ladder, Level, Report, Staleness, Verdict, Violation,
};

/// What `atropos check --level` and `--strongest` say of a history, as scripts read it: what `check` says of any,
/// and what is known of levels.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Climbed {
    #[serde(flatten)]
    judged: Judged,
    #[serde(flatten)]
    finding: Option<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strongest: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    levels: Option<Vec<Rung>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Rung>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staleness: Option<StalenessEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    durability: Option<DurabilityEntry>,
}

/// What is known at the level that the verdict rests on.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Found {
    level: &'static str,
    violations: u64,
    examples: Vec<Example>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct Example {
    story: String,
    operations: Vec<First>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct Rung {
    level: &'static str,
    verdict: String,
    algorithm: &'static str,
    violations: u64,
    note: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Example>,
}

/// What `atropos check` was asked besides whether a history is linearizable, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Answers<'a> {
    /// What is known of levels: the finding that the verdict rests on, and all of them.
    pub level: Option<(&'a Finding, &'a Ladder)>,
    /// Whether all levels are told.
    pub tells_all: bool,
    /// How stale reads are.
    pub staleness: Option<Staleness>,
    /// What became of writes.
    pub durability: Option<Durability>,
}

impl Climbed {
    /// The JSON of `answers` about `case`. `report` is that of the judge of linearizability, if it was asked.
    pub fn new(
        judging: &Judging<'_>,
        verdict: Verdict,
        report: Option<&Report>,
        answers: &Answers<'_>,
        case: &Case,
    ) -> Self {
        let mut report = report.cloned().unwrap_or_else(|| case.blank_report());
        report.verdict = verdict;
        if let Some((finding, _)) = answers.level {
            finding.algorithm.clone_into(&mut report.algorithm);
            report.note.clone_from(&finding.note);
            if finding.level != Level::Linearizable {
                report.first_impossible = culprit(finding, case);
            }
        }
        let found = |(finding, _): (&Finding, &Ladder)| Found {
            level: finding.level.name(),
            violations: finding.violations,
            examples: examples(finding, case),
        };
        let ladder = answers.level.map(|(_, ladder)| ladder).filter(|_| answers.tells_all);
        let rungs = |ladder: &Ladder| ladder.findings().iter().map(|one| rung(one, case, false)).collect();
        let names = |ladder: &Ladder| ladder.strongest().into_iter().map(Level::name).collect();
        Climbed {
            judged: Judged::new(judging, &report),
            finding: answers.level.map(found),
            strongest: ladder.map(names),
            levels: ladder.map(rungs),
            witness: ladder.and_then(Ladder::next_up).map(|finding| rung(finding, case, true)),
            staleness: answers.staleness.as_ref().map(StalenessEntry::from),
            durability: answers.durability.as_ref().map(|found| DurabilityEntry::new(found, case)),
        }
    }
}

/// The operation to blame, if the level is broken.
fn culprit(finding: &Finding, case: &Case) -> Option<FirstImpossible> {
    let operation = *finding.examples.first()?.operations.last()?;
    case.told_operation(operation)
}

fn rung(finding: &Finding, case: &Case, with_examples: bool) -> Rung {
    Rung {
        level: finding.level.name(),
        verdict: finding.verdict.to_string(),
        algorithm: finding.algorithm,
        violations: finding.violations,
        note: finding.note.clone(),
        examples: if with_examples { examples(finding, case) } else { Vec::new() },
    }
}

fn examples(finding: &Finding, case: &Case) -> Vec<Example> {
    let told = |operations: &[usize]| {
        operations.iter().filter_map(|&at| case.told_operation(at)).map(|one| first(&one)).collect()
    };
    let example = |one: &Violation| Example { story: one.story.clone(), operations: told(&one.operations) };
    finding.examples.iter().map(example).collect()
}

/// What a history keeps of one level, in a few lines.
pub fn explain_finding(finding: &Finding, case: &Case) -> String {
    let Finding { level, verdict, .. } = finding;
    let counts = case.counts;
    let mut text = format!(
        "{level}: {verdict}: {} operations ({} ok, {} fail, {} info), keys: {}",
        counts.total(),
        counts.ok,
        counts.fail,
        counts.info,
        case.partitions.len()
    );
    witness(finding, case, &mut text);
    text + "\n"
}

/// What a history keeps of each level, in a line each, and what keeps it from more.
pub fn explain_ladder(ladder: &Ladder, case: &Case) -> String {
    let strongest: Vec<&str> = ladder.strongest().into_iter().map(Level::name).collect();
    let mut text = match &strongest[..] {
        [] => "no level is known to be kept".to_owned(),
        kept => format!("{} is the strongest level that it keeps", kept.join(" and ")),
    };
    if strongest.len() > 1 {
        text = text.replace("is the strongest level", "are the strongest levels");
    }
    text += "\n\n";
    for finding in ladder.findings() {
        let Finding { level, verdict, violations, note, .. } = finding;
        let count = if *verdict == Verdict::Invalid { format!("{violations}") } else { String::new() };
        let note = note.as_deref().unwrap_or_default();
        let line = format!("  {level:20} {verdict:8} {count:>8}  {note}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if let Some(finding) = ladder.next_up() {
        let _ = write!(text, "\nwhy not {}:", finding.level);
        witness(finding, case, &mut text);
    }
    text
}

/// Adds what a level is broken by, or why nothing is known.
fn witness(finding: &Finding, case: &Case, text: &mut String) {
    if let Some(note) = &finding.note {
        let _ = write!(text, "\nnote: {note}");
    }
    if finding.verdict == Verdict::Invalid && finding.violations > 0 {
        let what = if finding.violations == 1 { "operation breaks it" } else { "operations break it" };
        let _ = write!(text, "\n{} {what}", finding.violations);
    }
    for example in &finding.examples {
        let _ = write!(text, "\n\n{}.", capitalised(&example.story));
        for one in example.operations.iter().filter_map(|&at| case.told_operation(at)) {
            let _ = write!(text, "\n  {one}");
        }
    }
}

fn capitalised(story: &str) -> String {
    let mut letters = story.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
