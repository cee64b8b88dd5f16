//! A history's keys judged on all cores, against the clock.
//!
//! The judges count steps; here they get them in portions, and between two the clock is looked at.
//!
//! Once a key is known to be impossible, what matters of the others is what comes before: nothing, if the
//! verdict is all that was asked for.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Interrupt, Stopwatch, in_order};
use crate::check::{Budget, Case, Judgement, Judging, Progress, Question, Report, Verdict};

/// The steps between two looks at the clock: some milliseconds.
const PORTION: u64 = 20_000;

/// The most operations of a history whose easy keys are judged before any thread is started, …
const SHORT: u64 = 200_000;

/// … and the steps that make a key easy: less than a millisecond.
const EASY: u64 = 2_000;

/// What a judging may take at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The time, if it is limited.
    pub seconds: Option<f64>,
    /// The memory for one key: the same on every machine, so that the verdict is too.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { seconds: None, bytes: 2 << 30 }
    }
}

/// A report that the clock may have cut short.
#[derive(Clone, Debug)]
pub struct TimedReport {
    /// The report.
    pub report: Report,
    /// How many keys were not decided in time.
    pub undecided: usize,
}

/// Judges every partition of `case` on `threads` threads, within `limits` and until
/// `interrupt` is set. What is decided by then counts: a violation that was found stays one.
///
/// With [`Question::Verdict`], the first partition that is found impossible ends the judging, and nothing
/// is explained.
///
/// # Errors
/// If the system has no thread to give.
pub fn judge(
    case: &Case,
    question: Question,
    threads: usize,
    limits: &Limits,
    interrupt: &Interrupt,
) -> io::Result<TimedReport> {
    let watch = Stopwatch::start();
    let late = || interrupt.is_set() || limits.seconds.is_some_and(|seconds| watch.seconds() >= seconds);
    let court = Court { case, question, bytes: limits.bytes, late, horizon: AtomicUsize::new(usize::MAX) };
    let mut judgements: Vec<Option<Judgement>> = vec![None; case.partitions.len()];
    let mut hard = match question {
        Question::Verdict => case.shortest_first(),
        Question::Explanation => (0..judgements.len()).collect(),
    };
    if case.counts.total() <= SHORT {
        hard.retain(|&place| {
            judgements[place] = court.judge_easy(place);
            judgements[place].is_none()
        });
    }
    let work = |index: u64| court.judge(hard[index as usize]);
    let mut undecided = 0;
    in_order(hard.len() as u64, threads, work, |index, (judgement, decided)| {
        undecided += usize::from(!decided);
        judgements[hard[index as usize]] = Some(judgement);
        Ok::<_, io::Error>(())
    })?;
    Ok(TimedReport { report: case.report(judgements.into_iter().flatten().collect()), undecided })
}

/// What all threads know.
struct Court<'c, F> {
    case: &'c Case,
    question: Question,
    bytes: u64,
    /// Whether to come to an end.
    late: F,
    /// What completes with this event or later does not matter.
    horizon: AtomicUsize,
}

impl<F: Fn() -> bool> Court<'_, F> {
    /// The judging of the partition in this place; `None` if it does not matter.
    fn begin(&self, place: usize) -> Option<Judging<'_>> {
        let horizon = self.horizon.load(Ordering::Relaxed);
        let judging = Judging::new(self.case, place).asking(self.question);
        (horizon > 0).then(|| judging.until((horizon < usize::MAX).then_some(horizon)))
    }

    /// Draws conclusions from `judgement` for all others, and hands it back.
    fn heed(&self, judgement: Judgement) -> Judgement {
        if judgement.verdict == Verdict::Invalid && self.question == Question::Verdict {
            self.horizon.store(0, Ordering::Relaxed);
        }
        if let Some(end) = self.case.end_of_possible(&judgement) {
            self.horizon.fetch_min(end, Ordering::Relaxed);
        }
        judgement
    }

    /// The judgement on a partition that takes less time than to start a thread; `None` if it takes more.
    fn judge_easy(&self, place: usize) -> Option<Judgement> {
        if (self.late)() {
            return None;
        }
        let Some(mut judging) = self.begin(place) else { return Some(Judgement::skipped()) };
        match judging.run(&mut Budget::new(EASY, self.bytes)) {
            Progress::Done(judgement) => Some(self.heed(judgement)),
            Progress::Exhausted => None,
        }
    }

    /// The judgement on one partition and whether it was reached in time.
    fn judge(&self, place: usize) -> (Judgement, bool) {
        let Some(mut judging) = self.begin(place) else { return (Judgement::skipped(), true) };
        // Making ready takes time too, and there may be many keys.
        if (self.late)() {
            return (Judgement::undecided(), false);
        }
        let mut budget = Budget::new(PORTION, self.bytes);
        loop {
            match judging.run(&mut budget) {
                Progress::Done(judgement) => return (self.heed(judgement), true),
                Progress::Exhausted if self.horizon.load(Ordering::Relaxed) == 0 => {
                    return (Judgement::skipped(), true);
                }
                Progress::Exhausted if (self.late)() => {
                    let judgement = judging.conclude(&mut budget);
                    let decided = judgement.verdict != Verdict::Unknown;
                    // The caller says why, once for all keys.
                    return (Judgement { note: judgement.note.filter(|_| decided), ..judgement }, decided);
                }
                Progress::Exhausted => budget.refill(PORTION),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Register;
    use crate::history::read_jsonl;

    #[test]
    fn keys_are_judged_alike_on_one_thread_and_on_many() {
        let mut text = String::new();
        for key in 0..40 {
            let read = if key == 30 { 7 } else { key };
            for (kind, f, value) in
                [("invoke", "write", key), ("ok", "write", key), ("invoke", "read", 0), ("ok", "read", read)]
            {
                text += &format!(
                    "{{\"process\":0,\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":{key},\"value\":{value}}}\n"
                );
            }
        }
        let case = Case::new(&read_jsonl(text.as_bytes()).unwrap(), &Register::default()).unwrap();
        let never = Interrupt::default();
        let judge = |question, threads, seconds| {
            judge(&case, question, threads, &Limits { seconds, ..Limits::default() }, &never).unwrap()
        };
        let reports = [1, 4].map(|threads| judge(Question::Explanation, threads, None).report);
        assert_eq!(reports[0], reports[1]);
        assert_eq!(reports[0].verdict, Verdict::Invalid);
        assert_eq!(reports[0].first_impossible.as_ref().unwrap().key, Some(30.into()));
        let verdict = judge(Question::Verdict, 4, None).report;
        assert_eq!((verdict.verdict, verdict.first_impossible), (Verdict::Invalid, None));
        for question in [Question::Explanation, Question::Verdict] {
            let late = judge(question, 2, Some(0.0));
            assert_eq!((late.report.verdict, late.undecided), (Verdict::Unknown, 40));
        }
    }
}
