//! A history's keys judged on all cores, against the clock.
//!
//! The judges count steps; here they get them in portions, and between two the clock is looked at.

use std::io;

use super::{Interrupt, Stopwatch, in_order};
use crate::check::{Budget, Case, Judgement, Judging, Progress, Report, Verdict};

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
/// # Errors
/// If the system has no thread to give.
pub fn judge(case: &Case, threads: usize, limits: &Limits, interrupt: &Interrupt) -> io::Result<TimedReport> {
    let watch = Stopwatch::start();
    let late = || interrupt.is_set() || limits.seconds.is_some_and(|seconds| watch.seconds() >= seconds);
    let mut judgements: Vec<Option<Judgement>> = easy(case, limits.bytes, &late);
    let hard: Vec<usize> = (0..judgements.len()).filter(|&place| judgements[place].is_none()).collect();
    let work = |index: u64| judge_one(case, hard[index as usize], limits.bytes, &late);
    let mut undecided = 0;
    in_order(hard.len() as u64, threads, work, |index, (judgement, decided)| {
        undecided += usize::from(!decided);
        judgements[hard[index as usize]] = Some(judgement);
        Ok::<_, io::Error>(())
    })?;
    Ok(TimedReport { report: case.report(judgements.into_iter().flatten().collect()), undecided })
}

/// What takes less time than to start a thread: the judgements of a few steps on a history that is not
/// long.
fn easy(case: &Case, bytes: u64, late: &impl Fn() -> bool) -> Vec<Option<Judgement>> {
    let is_short = case.counts.total() <= SHORT;
    let judge = |place| {
        if !is_short || late() {
            return None;
        }
        match Judging::new(case, place).run(&mut Budget::new(EASY, bytes)) {
            Progress::Done(judgement) => Some(judgement),
            Progress::Exhausted => None,
        }
    };
    (0..case.partitions.len()).map(judge).collect()
}

/// The judgement on one partition and whether it was reached in time.
fn judge_one(case: &Case, place: usize, bytes: u64, late: &impl Fn() -> bool) -> (Judgement, bool) {
    // Making ready takes time too, and there may be many keys.
    if late() {
        return (Judgement::undecided(), false);
    }
    let mut judging = Judging::new(case, place);
    let mut budget = Budget::new(PORTION, bytes);
    loop {
        match judging.run(&mut budget) {
            Progress::Done(judgement) => return (judgement, true),
            Progress::Exhausted if late() => {
                let judgement = judging.conclude(&mut budget);
                let decided = judgement.verdict != Verdict::Unknown;
                // The caller says why, once for all keys.
                return (Judgement { note: judgement.note.filter(|_| decided), ..judgement }, decided);
            }
            Progress::Exhausted => budget.refill(PORTION),
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
        let judge = |threads, seconds| {
            judge(&case, threads, &Limits { seconds, ..Limits::default() }, &never).unwrap()
        };
        let reports = [1, 4].map(|threads| judge(threads, None).report);
        assert_eq!(reports[0], reports[1]);
        assert_eq!(reports[0].verdict, Verdict::Invalid);
        let late = judge(2, Some(0.0));
        assert_eq!((late.report.verdict, late.undecided), (Verdict::Unknown, 40));
    }
}
