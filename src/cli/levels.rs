//! What `atropos check` tells of levels other than linearizability, of staleness and of durability.

use std::io;

use super::closing::Closing;
use super::failure::Failure;
use super::{ExitCode, Session};
use crate::check::{Case, Durability, Finding, Level, Specification, Staleness, Verdict};
use crate::history::History;
use crate::report::palette::{BAD, HEADING, paint};
use crate::report::{
    Answers, Climbed, Judging, epitaph, explain_durability, explain_finding, explain_ladder,
    explain_staleness,
};
use crate::sweep::{Asked, Climb};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Questions {
    /// Of levels, if anything.
    pub(super) level: Option<Asked>,
    pub(super) staleness: bool,
    pub(super) durability: bool,
}

/// A history, and what its objects are.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) history: &'a History,
    pub(super) case: &'a Case,
    pub(super) specification: &'a Specification,
}

/// Tells what the judging came to, of which `climb` knows all about levels.
pub(super) fn tell(
    judging: &Judging<'_>,
    questions: Questions,
    climb: Option<&Climb>,
    subject: Subject<'_>,
    json: bool,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let Subject { history, case, specification } = subject;
    let wrong = |what: &str| {
        let option = format!("--{what}");
        move |why: String| Failure::Input(format!("{option}: {why}"))
    };
    let staleness = questions.staleness.then(|| Staleness::of(history, case.operations(), specification));
    let durability = questions.durability.then(|| Durability::of(case.operations(), specification));
    let answers = Answers {
        level: questions.level.zip(climb).map(|(asked, climb)| (decisive(asked, climb), &climb.ladder)),
        tells_all: questions.level == Some(Asked::Strongest),
        staleness: staleness.transpose().map_err(wrong("staleness"))?,
        durability: durability.transpose().map_err(wrong("durability"))?,
    };
    let verdict = verdict(&answers);
    session.so_far = ExitCode::of(verdict, None);
    if json {
        let report = climb.and_then(|climb| climb.report.as_ref());
        let climbed = Climbed::new(judging, verdict, report, &answers, case);
        serde_json::to_writer(&mut *session.out, &climbed).map_err(io::Error::from)?;
        writeln!(session.out)?;
    }
    if !session.is_quiet() {
        let text = session.text(json);
        let parts = parts(&answers, case).join("\n");
        writeln!(text, "{}: {}, {}", paint(HEADING, judging.file), judging.model, parts.trim_end())?;
        let (load, wall) = (judging.load_seconds, judging.wall_seconds);
        let how = answers.level.map_or(String::new(), |(finding, _)| format!(" ({})", finding.algorithm));
        writeln!(text, "\nread in {load:.3} s, judged in {wall:.3} s{how}")?;
    } else if let Some((finding, _)) = answers.level.filter(|_| verdict == Verdict::Invalid)
        && let Some(example) = finding.examples.first()
    {
        writeln!(session.text(json), "{}: {}", paint(BAD, finding.level), example.story)?;
    }
    let (epitaph, verdict) = (last_word(&answers, verdict, case), verdict.to_string());
    let closing = Closing { epitaph, verdict, code: session.so_far, results: None, replay: None };
    closing.write(session, json)?;
    Ok(session.so_far)
}

/// The worst of what was asked for. Which level is the strongest is a question that any level answers; how stale
/// reads are is measured and not judged, but that none can be explained is.
fn verdict(answers: &Answers<'_>) -> Verdict {
    let of_level = answers.level.map(|(finding, ladder)| match answers.tells_all {
        true if !ladder.strongest().is_empty() => Verdict::Valid,
        _ => finding.verdict,
    });
    let of_staleness = answers.staleness.as_ref().map(|found| match (found.impossible, found.reads) {
        (1.., _) => Verdict::Invalid,
        (0, 0) => Verdict::Unknown,
        (0, _) => Verdict::Valid,
    });
    let all = [of_level, of_staleness, answers.durability.as_ref().map(|found| found.verdict)];
    let any = |verdict| all.contains(&Some(verdict));
    match (any(Verdict::Invalid), any(Verdict::Unknown)) {
        (true, _) => Verdict::Invalid,
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::Valid,
    }
}

/// What was asked for, each in a few lines.
fn parts(answers: &Answers<'_>, case: &Case) -> Vec<String> {
    let of_level = answers.level.map(|(finding, ladder)| match answers.tells_all {
        true => explain_ladder(ladder, case),
        false => explain_finding(finding, case),
    });
    let of_staleness = answers.staleness.as_ref().map(explain_staleness);
    let of_durability = answers.durability.as_ref().map(explain_durability);
    [of_level, of_staleness, of_durability].into_iter().flatten().collect()
}

/// What made the verdict, and else what was asked for first.
fn last_word(answers: &Answers<'_>, verdict: Verdict, case: &Case) -> String {
    let operations = case.counts.total();
    let made = |found: &&Durability| found.verdict == verdict && verdict != Verdict::Valid;
    if let Some(durability) = answers.durability.as_ref().filter(made) {
        return epitaph::of_durability(durability);
    }
    match (answers.level, &answers.durability, &answers.staleness) {
        (Some((_, ladder)), ..) if answers.tells_all => epitaph::of_ladder(ladder, operations),
        (Some((finding, _)), ..) => epitaph::of_level(finding, operations),
        (None, Some(durability), _) => epitaph::of_durability(durability),
        (None, None, staleness) => {
            let counts = staleness.as_ref().map_or((0, 0), |found| (found.stale, found.reads));
            format!("{} of {} reads had missed something.", counts.0, counts.1)
        }
    }
}

/// The finding that the verdict rests on: of the level that was asked for, or of the strongest that is kept, or, if
/// none is, of the weakest.
fn decisive(asked: Asked, climb: &Climb) -> &Finding {
    let ladder = &climb.ladder;
    match asked {
        Asked::Level(level) => ladder.finding(level),
        Asked::Strongest => {
            let strongest = ladder.strongest().first().copied();
            let weakest = || ladder.next_up().map_or(Level::Linearizable, |finding| finding.level);
            ladder.finding(strongest.unwrap_or_else(weakest))
        }
    }
}
