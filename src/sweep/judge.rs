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

/// The steps between two looks at the clock, mostly: some milliseconds.
const PORTION: u64 = 20_000;

/// As many at first, and after a portion that took longer than this.
const PORTION_LEAST: u64 = 100;
const PORTION_SECONDS: f64 = 0.02;

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
        let told = self.tell(&mut judging);
        if (self.late)() {
            // To give back gigabytes, piece by piece, takes seconds that there are not. Time is up once at
            // most, for as many keys as there are threads.
            std::mem::forget(judging);
        }
        told
    }

    /// The same, by `judging`.
    fn tell(&self, judging: &mut Judging<'_>) -> (Judgement, bool) {
        // Making ready takes time too, and there may be many keys.
        if (self.late)() {
            return (Judgement::undecided(), false);
        }
        // The steps of some models are a thousand times those of others.
        let mut portion = PORTION_LEAST;
        let mut budget = Budget::new(portion, self.bytes);
        loop {
            let watch = Stopwatch::start();
            let progress = judging.run(&mut budget);
            portion =
                if watch.seconds() < PORTION_SECONDS { (2 * portion).min(PORTION) } else { PORTION_LEAST };
            match progress {
                Progress::Done(judgement) => return (self.heed(judgement), true),
                Progress::Exhausted if self.horizon.load(Ordering::Relaxed) == 0 => {
                    return (Judgement::skipped(), true);
                }
                Progress::Exhausted if (self.late)() => {
                    let judgement = judging.so_far("the search was not finished");
                    let decided = judgement.verdict != Verdict::Unknown;
                    return (judgement, decided);
                }
                Progress::Exhausted => budget.refill(portion),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Counter, Register};
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

    #[test]
    fn how_far_a_search_came_is_told_when_time_is_up() {
        let add = |process: u32| {
            let value = 1_u64 << process;
            format!("{{\"process\":{process},\"type\":\"invoke\",\"f\":\"add\",\"value\":{value}}}\n")
        };
        // Every sum of crashed adds may be met, and none is what is read in the end.
        let mut text: String = (0..40).map(add).collect();
        for (kind, sum) in [("invoke", 0), ("ok", 0), ("invoke", 0), ("ok", -1)] {
            text += &format!("{{\"process\":50,\"type\":\"{kind}\",\"f\":\"read\",\"value\":{sum}}}\n");
        }
        let history = read_jsonl(text.as_bytes()).unwrap();
        let case = Case::new(&history, &Counter::default()).unwrap();
        let limits = Limits { seconds: Some(0.1), ..Limits::default() };
        let told = judge(&case, Question::Explanation, 1, &limits, &Interrupt::default()).unwrap();
        assert_eq!((told.report.verdict, told.undecided), (Verdict::Unknown, 1));
        let note = told.report.note.unwrap();
        assert_eq!(
            note,
            "the search was not finished; of 2 that returned, at least the first 1 have a legal order"
        );
    }
}
