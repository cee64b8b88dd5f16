//! What `atropos check` tells of levels other than linearizability.

use std::io;

use super::closing::Closing;
use super::failure::Failure;
use super::{ExitCode, Session};
use crate::check::{Case, Finding, Level, Verdict};
use crate::report::palette::{BAD, HEADING, paint};
use crate::report::{Climbed, Judging, epitaph, explain_finding, explain_ladder};
use crate::sweep::{Asked, Climb};

/// Tells what the judging came to.
pub(super) fn tell(
    judging: &Judging<'_>,
    asked: Asked,
    climb: &Climb,
    case: &Case,
    json: bool,
    session: &mut Session<'_>,
) -> Result<ExitCode, Failure> {
    let finding = decisive(asked, climb);
    let verdict = match asked {
        Asked::Level(_) => finding.verdict,
        Asked::Strongest if climb.ladder.strongest().is_empty() => finding.verdict,
        Asked::Strongest => Verdict::Valid,
    };
    session.so_far = ExitCode::of(verdict, None);
    if json {
        let (report, tells_all) = (climb.report.as_ref(), asked == Asked::Strongest);
        let climbed = Climbed::new(judging, (verdict, finding), &climb.ladder, report, tells_all, case);
        serde_json::to_writer(&mut *session.out, &climbed).map_err(io::Error::from)?;
        writeln!(session.out)?;
    }
    if !session.is_quiet() {
        let told = match asked {
            Asked::Level(_) => explain_finding(finding, case),
            Asked::Strongest => explain_ladder(&climb.ladder, case),
        };
        let text = session.text(json);
        writeln!(text, "{}: {}, {}", paint(HEADING, judging.file), judging.model, told.trim_end())?;
        let (load, wall) = (judging.load_seconds, judging.wall_seconds);
        writeln!(text, "\nread in {load:.3} s, judged in {wall:.3} s ({})", finding.algorithm)?;
    } else if let Some(example) = finding.examples.first().filter(|_| verdict == Verdict::Invalid) {
        writeln!(session.text(json), "{}: {}", paint(BAD, finding.level), example.story)?;
    }
    let epitaph = match asked {
        Asked::Level(_) => epitaph::of_level(finding, case.counts.total()),
        Asked::Strongest => epitaph::of_ladder(&climb.ladder, case.counts.total()),
    };
    let closing =
        Closing { epitaph, verdict: verdict.to_string(), code: session.so_far, results: None, replay: None };
    closing.write(session, json)?;
    Ok(session.so_far)
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
