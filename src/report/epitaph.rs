//! One line that says what it all came to, in the words of the Fates: a run is a thread; it holds,
//! or Atropos cuts it. Every word of it is a fact.

use crate::base::Seed;
use crate::check::{Durability, Finding, Ladder, Level, Report, Verdict};
use crate::run::{CheckResult, LIMITS, LINEARIZABILITY, Outcome, PANIC};

/// A longer reason is cut off: it stands in full above.
const LONGEST: usize = 140;

/// What a sweep came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sweep {
    /// How many seeds were run.
    pub runs: u64,
    /// How many of them are invalid.
    pub invalid: u64,
    /// Of how many nothing is known.
    pub unknown: u64,
    /// How many did not repeat themselves.
    pub mismatches: u64,
    /// Whether the scenario's expectation is met by all, if it has one.
    pub expected: Option<bool>,
    /// The first that failed.
    pub first: Option<Seed>,
}

/// The line for one run. `expected` tells whether the scenario's expectation is met, if it has one.
pub fn of_run(outcome: &Outcome, expected: Option<bool>) -> String {
    let found = outcome.checks.iter().find(|check| check.verdict == outcome.verdict);
    match (outcome.verdict, found) {
        (Verdict::Valid, _) => holds(outcome, expected),
        (Verdict::Invalid, Some(check)) => cut(check, expected),
        (Verdict::Unknown, Some(check)) => unknown(outcome, check),
        (_, None) => format!("The thread is {}.", outcome.verdict),
    }
}

/// The line for a range of seeds.
pub fn of_sweep(sweep: &Sweep) -> String {
    let Sweep { runs, invalid, unknown, mismatches, expected, first } = *sweep;
    // What failed is then what is not as expected, and need not be what was cut.
    let which = if expected == Some(false) { "the first that is not has seed" } else { "the first at seed" };
    let at = first.map_or(String::new(), |seed| format!("; {which} {seed}"));
    if mismatches > 0 {
        return format!("{mismatches} of {} frayed: the same seed spun two fates{at}.", threads(runs));
    }
    let mut text = match invalid {
        0 => format!("{} spun, none cut", threads(runs)),
        _ => format!("{invalid} of {} cut", threads(runs)),
    };
    if unknown > 0 {
        text += &format!(", {unknown} not measured to the end");
    }
    match expected {
        Some(true) if runs > 0 => text += ", as expected",
        Some(false) => text += ", not all as expected",
        _ => {}
    }
    text + &at + "."
}

/// The line for a history from a file.
pub fn of_history(report: &Report) -> String {
    let operations = counted(report.operations.total(), "operation", "operations");
    match (report.verdict, &report.first_impossible) {
        (Verdict::Valid, _) if report.constrains => {
            let keys = counted(report.partitions as u64, "key", "keys");
            format!("The thread holds: {operations} on {keys}, no contradiction.")
        }
        (Verdict::Invalid, Some(first)) => format!("The thread is cut: nothing explains {first}."),
        (Verdict::Invalid, None) => "The thread is cut, nobody knows where.".to_owned(),
        (Verdict::Valid | Verdict::Unknown, _) => untold(report, report.note.as_deref()),
    }
}

/// The line for what a history of so many operations keeps of one level.
pub fn of_level(finding: &Finding, operations: u64) -> String {
    let operations = counted(operations, "operation", "operations");
    match (finding.verdict, finding.examples.first()) {
        (Verdict::Valid, _) => format!("The thread holds: {operations}, {}.", finding.level),
        (Verdict::Invalid, Some(example)) => format!("The thread is cut: {}.", short(&example.story)),
        (Verdict::Invalid, None) => "The thread is cut, nobody knows where.".to_owned(),
        (Verdict::Unknown, _) => {
            let note = short(finding.note.as_deref().unwrap_or("nobody knows why"));
            format!("The thread is not measured to its end: {note}.")
        }
    }
}

/// The line for what a history of so many operations keeps at all.
pub fn of_ladder(ladder: &Ladder, operations: u64) -> String {
    let strongest: Vec<&str> = ladder.strongest().into_iter().map(Level::name).collect();
    let operations = counted(operations, "operation", "operations");
    match (&strongest[..], ladder.next_up()) {
        ([], Some(weakest)) => of_level(weakest, 0),
        (kept, Some(next)) if next.verdict == Verdict::Unknown => {
            format!("The thread holds: {operations}, {}; of {} nobody knows.", kept.join(" and "), next.level)
        }
        (kept, Some(next)) => {
            format!("The thread holds: {operations}, {}, and is not {}.", kept.join(" and "), next.level)
        }
        (kept, None) => format!("The thread holds: {operations}, {}.", kept.join(" and ")),
    }
}

/// The line for what became of the writes of a history.
pub fn of_durability(found: &Durability) -> String {
    let acknowledged = counted(found.acknowledged, "acknowledged write", "acknowledged writes");
    match found.verdict {
        Verdict::Valid => format!("The thread holds: {acknowledged}, none lost."),
        Verdict::Invalid => {
            let (lost, dirty) = (found.lost.len(), found.dirty.len());
            format!("The thread is cut: of {acknowledged} {lost} lost, dirty reads {dirty}.")
        }
        Verdict::Unknown => format!("The thread was never pulled: of {acknowledged} no read tells."),
    }
}

fn holds(outcome: &Outcome, expected: Option<bool>) -> String {
    let counters = &outcome.counters;
    let mut parts = vec![counted(outcome.operations.ok, "operation", "operations")];
    for (count, one, many) in [
        (counters.crashes, "crash", "crashes"),
        (counters.pauses, "pause", "pauses"),
        (counters.partitions, "partition", "partitions"),
        (outcome.leader_terms.saturating_sub(1), "change of leader", "changes of leader"),
    ] {
        if count > 0 {
            parts.push(counted(count, one, many));
        }
    }
    let against = if expected == Some(false) { " against expectation" } else { "" };
    format!("The thread holds{against}: {}, no contradiction.", parts.join(", "))
}

fn cut(check: &CheckResult, expected: Option<bool>) -> String {
    let detail = check.detail.as_deref().unwrap_or("no reason is known");
    if check.name == PANIC {
        return format!("The thread snaps: {}", short(detail));
    }
    let when = check.at.map_or(String::new(), |at| format!(" at {at}"));
    let detail = detail.strip_prefix(&format!("{}: ", when.trim_start())).unwrap_or(detail);
    let met = if expected == Some(true) { ", as expected," } else { "" };
    format!("The thread is cut{met}{when}: {}", short(&format!("{}: {detail}", check.name)))
}

fn unknown(outcome: &Outcome, check: &CheckResult) -> String {
    let detail = check.detail.as_deref();
    match check.name {
        LIMITS => format!("The thread was let go: {}.", detail.unwrap_or("a limit was reached")),
        LINEARIZABILITY => untold(&outcome.report, detail),
        _ => format!("The thread is not measured to its end: {}.", detail.unwrap_or(check.name)),
    }
}

/// Why nothing is known of a history.
fn untold(report: &Report, note: Option<&str>) -> String {
    let note = short(note.unwrap_or("nobody knows why"));
    match report.constrains {
        true => format!("The thread is not measured to its end: {note}."),
        false => format!("The thread was never pulled: {note}."),
    }
}

fn threads(count: u64) -> String {
    counted(count, "thread", "threads")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `text` on one line, and not a long one.
fn short(text: &str) -> String {
    let text = text.replace('\n', " ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SimTime;
    use crate::check::{Register, check};
    use crate::history::read_jsonl;
    use crate::registry;
    use crate::scenario::{Source, read};

    fn outcome() -> Outcome {
        let text = b"protocol = \"raft\"\nduration = \"1s\"\n[[faults]]\nkind = \"pause\"\ntarget = 0\n\
            at = \"500ms\"\nfor = \"1ms\"";
        let source = Source { path: "test.toml", name: "test".to_owned(), text };
        let scenario = read(source, &registry::specs()).unwrap();
        registry::run(&scenario, Seed(1), &mut ())
    }

    fn with(verdict: Verdict, name: &'static str, detail: &str, at: Option<u64>) -> Outcome {
        let at = at.map(SimTime::from_ns);
        let check = CheckResult { name, verdict, detail: Some(detail.to_owned()), at };
        Outcome { verdict, checks: vec![check], ..outcome() }
    }

    #[test]
    fn a_run_holds_is_cut_or_unknown() {
        let valid = outcome();
        let ok = valid.operations.ok;
        let line = format!("The thread holds: {ok} operations, 1 pause, no contradiction.");
        assert_eq!(of_run(&valid, None), line);
        assert!(of_run(&valid, Some(false)).starts_with("The thread holds against expectation: "));
        let detail = "at 3.100646183s: term 15 has two leaders: n3 and n4";
        let invalid = with(Verdict::Invalid, "election-safety", detail, Some(3_100_646_183));
        assert_eq!(
            of_run(&invalid, None),
            "The thread is cut at 3.100646183s: election-safety: term 15 has two leaders: n3 and n4"
        );
        assert!(of_run(&invalid, Some(true)).starts_with("The thread is cut, as expected, at 3.1"));
        let panicked =
            with(Verdict::Invalid, PANIC, &format!("after 3 events: a\n{}", "b".repeat(900)), None);
        let line = of_run(&panicked, None);
        assert!(
            line.starts_with("The thread snaps: after 3 events: a bbb") && line.ends_with("b …"),
            "{line}"
        );
        let limited = with(Verdict::Unknown, LIMITS, "the run was cut short after 5 events", None);
        assert_eq!(of_run(&limited, None), "The thread was let go: the run was cut short after 5 events.");
        let unjudged = with(Verdict::Unknown, LINEARIZABILITY, "the search ran out of memory", None);
        let line = "The thread is not measured to its end: the search ran out of memory.";
        assert_eq!(of_run(&unjudged, None), line);
    }

    #[test]
    fn a_sweep_counts_its_threads() {
        let sweep = Sweep { runs: 1000, ..Sweep::default() };
        assert_eq!(of_sweep(&sweep), "1000 threads spun, none cut.");
        let first = Some(Seed(0x1e));
        let cut = Sweep { invalid: 17, first, ..sweep };
        assert_eq!(of_sweep(&cut), "17 of 1000 threads cut; the first at seed 0x1e.");
        assert_eq!(
            of_sweep(&Sweep { expected: Some(true), first: None, ..cut }),
            "17 of 1000 threads cut, as expected."
        );
        assert_eq!(
            of_sweep(&Sweep { runs: 1, unknown: 1, expected: Some(false), first, ..sweep }),
            "1 thread spun, none cut, 1 not measured to the end, not all as expected; \
             the first that is not has seed 0x1e."
        );
        assert_eq!(
            of_sweep(&Sweep { mismatches: 2, first, ..cut }),
            "2 of 1000 threads frayed: the same seed spun two fates; the first at seed 0x1e."
        );
    }

    #[test]
    fn a_history_holds_is_cut_or_was_never_pulled() {
        let line = |text: &str| {
            let history = read_jsonl(text.as_bytes()).unwrap();
            of_history(
                &check(&history, &Register::default(), &mut crate::check::Budget::UNLIMITED.clone()).unwrap(),
            )
        };
        let write = "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":1}\n\
            {\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"key\":\"x\",\"value\":1}\n";
        let read = |value| {
            format!(
                "{write}{{\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"key\":\"x\"}}\n\
                {{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"key\":\"x\",\"value\":{value}}}\n"
            )
        };
        assert_eq!(line(&read(1)), "The thread holds: 2 operations on 1 key, no contradiction.");
        assert_eq!(
            line(&read(2)),
            "The thread is cut: nothing explains read 2 by process 1 on key \"x\", completed by event 3."
        );
        assert_eq!(line(""), "The thread was never pulled: nothing to judge.");
        assert!(line(write).starts_with("The thread was never pulled: no completed operation constrains"));
    }
}
