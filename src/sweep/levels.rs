//! Levels of consistency judged against the clock.

use std::io;

use super::judge::{Limits, judge};
use super::{Interrupt, Stopwatch};
use crate::check::{
    Budget, Case, Finding, Ladder, Level, Question, Report, Sequential, Specification, Verdict, Weaker,
};

/// The steps between two looks at the clock: some milliseconds.
const PORTION: u64 = 20_000;

/// What is asked about a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Whether it keeps this level.
    Level(Level),
    /// Which levels it keeps.
    Strongest,
}

/// What is known of a history, and of its linearizability in particular, if that was looked at.
#[derive(Clone, Debug)]
pub struct Climb {
    /// What is known of each level.
    pub ladder: Ladder,
    /// The report of the judge of linearizability.
    pub report: Option<Report>,
}

/// Judges `case`, whose objects are as `specification` says, as far as that is needed for what is `asked`, on
/// `threads` threads where more than one are of use, within `limits` and until `interrupt` is set.
///
/// # Errors
/// If the system has no thread to give.
pub fn climb(
    case: &Case,
    specification: &Specification,
    asked: Asked,
    threads: usize,
    limits: &Limits,
    interrupt: &Interrupt,
) -> io::Result<Climb> {
    let watch = Stopwatch::start();
    let late = || interrupt.is_set() || limits.seconds.is_some_and(|seconds| watch.seconds() >= seconds);
    let goes_on = || !late();
    let mut climb = Climb { ladder: Ladder::default(), report: None };
    if case.counts.total() == 0 {
        climb.ladder = Ladder::unknown("nothing to judge");
        return Ok(climb);
    }
    let wants = |level: Level| match asked {
        Asked::Level(asked) => asked == level,
        Asked::Strongest => true,
    };
    if wants(Level::Linearizable) {
        linearizable(case, Question::Explanation, threads, limits, interrupt, &mut climb)?;
    }
    let is_open = |climb: &Climb, level| climb.ladder.finding(level).verdict == Verdict::Unknown;
    let weaker = Weaker::new(case, specification);
    for level in Level::ALL.into_iter().filter(|level| *level > Level::Sequential) {
        // What the four guarantees come to follows from them.
        let follows = level == Level::Session && asked == Asked::Strongest;
        if wants(level) && is_open(&climb, level) && !follows && !late() {
            climb.ladder.note(weaker.finding_while(level, &goes_on));
        }
    }
    if wants(Level::Sequential) && is_open(&climb, Level::Sequential) {
        sequential(case, &weaker, threads, limits, interrupt, &mut climb, &late)?;
    }
    Ok(climb)
}

fn linearizable(
    case: &Case,
    question: Question,
    threads: usize,
    limits: &Limits,
    interrupt: &Interrupt,
    climb: &mut Climb,
) -> io::Result<()> {
    let judged = judge(case, question, threads, limits, interrupt)?;
    let mut report = judged.report;
    if let (Some(limit), 1..) = (limits.seconds, judged.undecided) {
        let late = format!("keys not decided within {limit} s: {}", judged.undecided);
        report.note = Some(report.note.map_or(late.clone(), |note| format!("{note}; {late}")));
    }
    climb.ladder.note(Finding::of_report(&report));
    climb.report = Some(report);
    Ok(())
}

/// Sequential consistency: by what is weaker or stronger if that decides, as it is found sooner, and else by the
/// search.
fn sequential(
    case: &Case,
    weaker: &Weaker<'_>,
    threads: usize,
    limits: &Limits,
    interrupt: &Interrupt,
    climb: &mut Climb,
    late: &dyn Fn() -> bool,
) -> io::Result<()> {
    let goes_on = || !late();
    let is_open = |climb: &Climb| climb.ladder.finding(Level::Sequential).verdict == Verdict::Unknown;
    for level in [Level::CausalConvergent, Level::Causal] {
        if is_open(climb) && climb.ladder.finding(level).verdict == Verdict::Unknown {
            climb.ladder.note(weaker.finding_while(level, &goes_on));
        }
    }
    if is_open(climb) && climb.report.is_none() {
        linearizable(case, Question::Verdict, threads, limits, interrupt, climb)?;
    }
    if !is_open(climb) {
        return Ok(());
    }
    let mut judging = Sequential::new(case);
    let mut budget = Budget::new(PORTION, limits.bytes);
    let finding = loop {
        if let Some(finding) = judging.run(&mut budget) {
            break finding;
        }
        if late() {
            let mut finding = judging.conclude(&mut budget);
            if let Some(seconds) = limits.seconds.filter(|_| finding.verdict == Verdict::Unknown) {
                finding.note = Some(format!("not decided within {seconds} s"));
            }
            break finding;
        }
        budget.refill(PORTION);
    };
    climb.ladder.note(finding);
    Ok(())
}
