//! A run in which a panic is a verdict.
//!
//! An assertion of a protocol that fails is a bug found, not the end of the program: the run comes
//! back invalid, with a check named `panic`. Its history and most of its counters are lost with the
//! world; the number of events and the digest up to there are not. (A stack that overflows or
//! memory that runs out still ends the process.)

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use super::{Interrupt, Interrupted, Runner};
use crate::base::{Digest, Seed, SimTime};
use crate::check::{self, Budget, Register, Verdict};
use crate::engine::Counters;
use crate::history::{Counts, History};
use crate::monitor::ProtocolEvents;
use crate::run::{CheckResult, Measures, Outcome, TraceLine, Watcher};
use crate::scenario::Scenario;

/// The name of the check that fails when a run panics.
const PANIC: &str = "panic";

thread_local! {
    /// Whether this thread is in a guarded run.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// What the last panic on this thread said.
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Whether `outcome` is what is left of a run that panicked: its checks, digest and number of events
/// are true, all other numbers are zero because nobody knows them.
pub fn panicked(outcome: &Outcome) -> bool {
    outcome.checks.iter().any(|check| check.name == PANIC)
}

/// Runs `scenario` under `seed`; a panic becomes an invalid outcome.
///
/// # Errors
/// If `interrupt` was set before the run was over.
pub fn run_guarded(
    runner: Runner,
    scenario: &Scenario,
    seed: Seed,
    watcher: &mut dyn Watcher,
    interrupt: &Interrupt,
) -> Result<Outcome, Interrupted> {
    install_hook();
    let mut progress = Progress { inner: watcher, interrupt, cut: false, events: 0, digest: Digest::new() };
    GUARDED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(|| runner(scenario, seed, &mut progress)));
    GUARDED.set(false);
    if progress.cut {
        return Err(Interrupted);
    }
    let Progress { events, digest, .. } = progress;
    Ok(result.unwrap_or_else(|_| failed(scenario, seed, events, digest, &MESSAGE.take())))
}

/// Keeps what a panic says on a guarded thread, instead of printing it.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| match GUARDED.get() {
            true => MESSAGE.set(describe(info)),
            false => before(info),
        }));
    });
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("a panic without a message");
    match info.location() {
        Some(at) => format!("{text} (at {}:{}:{})", at.file(), at.line(), at.column()),
        None => text.to_owned(),
    }
}

/// Passes everything on and remembers how far the run has come.
struct Progress<'w> {
    inner: &'w mut dyn Watcher,
    interrupt: &'w Interrupt,
    /// Whether the run was interrupted: what came of it is not what the seed decides.
    cut: bool,
    events: u64,
    digest: Digest,
}

impl Watcher for Progress<'_> {
    fn traces(&self) -> bool {
        self.inner.traces()
    }

    fn on_line(&mut self, line: TraceLine) {
        self.inner.on_line(line);
    }

    fn on_event(&mut self, digest: Digest) -> bool {
        (self.events, self.digest) = (self.events + 1, digest);
        self.cut |= self.interrupt.is_set();
        self.inner.on_event(digest) && !self.cut
    }

    fn on_judging(&mut self) -> bool {
        self.cut |= self.interrupt.is_set();
        self.inner.on_judging() && !self.cut
    }
}

fn failed(scenario: &Scenario, seed: Seed, events: u64, digest: Digest, message: &str) -> Outcome {
    let history = History::default();
    let report = check::check(&history, &Register::default(), &mut Budget::UNLIMITED.clone())
        .unwrap_or_else(|error| unreachable!("no events cannot contradict one another: {error}"));
    let detail = Some(format!("after {events} events: {message}"));
    Outcome {
        scenario: scenario.name.clone(),
        protocol: scenario.protocol.clone(),
        seed,
        verdict: Verdict::Invalid,
        checks: vec![CheckResult { name: PANIC, verdict: Verdict::Invalid, detail, at: None }],
        digest,
        counters: Counters { events, ..Counters::default() },
        leader_terms: 0,
        protocol_events: ProtocolEvents::default(),
        election: None,
        ended: SimTime::ZERO,
        strikes: Vec::new(),
        operations: Counts::default(),
        history,
        report,
        measures: Measures::untaken(scenario, "the run ended in a panic"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::scenario;
    use super::*;
    use crate::registry;

    #[test]
    fn a_panic_is_a_verdict() {
        let runner: Runner = |_, seed, watcher| {
            watcher.on_event(Digest::new());
            panic!("two leaders in term {}", seed.0)
        };
        let outcome = run_guarded(runner, &scenario(), Seed(7), &mut (), &Interrupt::default()).unwrap();
        assert_eq!((outcome.verdict, outcome.counters.events), (Verdict::Invalid, 1));
        assert!(panicked(&outcome));
        let check = outcome.violation().unwrap();
        let detail = check.detail.as_deref().unwrap();
        assert_eq!(check.name, "panic");
        assert!(
            detail.starts_with("after 1 events: two leaders in term 7 (at src/sweep/guard.rs:"),
            "{detail}"
        );
    }

    #[test]
    fn an_interrupt_ends_a_run_without_a_result() {
        let interrupt = Interrupt::default();
        interrupt.set();
        let result = run_guarded(registry::run, &scenario(), Seed(1), &mut (), &interrupt);
        assert_eq!(result.unwrap_err(), Interrupted);
    }
}
