//! What only an injected runner can show.

use std::sync::atomic::{AtomicU64, Ordering};

use anstream::adapter::strip_str;

use super::*;
use crate::base::Seed;
use crate::run::{Outcome, Watcher};
use crate::scenario::Scenario;

/// Every run has a seed of its own: nothing is the same twice.
fn restless(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    Outcome { seed, ..registry::run(scenario, Seed(run), watcher) }
}

/// Every run fails an assertion.
fn broken(_: &Scenario, _: Seed, _: &mut dyn Watcher) -> Outcome {
    panic!("a leader\nwithout a term")
}

/// What `arguments` end with, and what they print to stdout, run by `runner` in a folder of their own.
fn typed(name: &str, runner: Runner, arguments: &[&str]) -> (ExitCode, String) {
    let folder = std::env::temp_dir().join(format!("atropos-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("calm.toml");
    std::fs::write(&file, "protocol = \"raft\"\nnodes = 3\nduration = \"300ms\"\n").unwrap();
    let mut words = vec!["atropos", arguments[0], file.to_str().unwrap(), "--out", folder.to_str().unwrap()];
    words.extend(&arguments[1..]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let parsed = Arguments::parse_from(words);
    let mut session = Session {
        runner,
        out: &mut out,
        err: &mut err,
        so_far: ExitCode::Unknown,
        verbosity: parsed.appearance.verbosity(),
        interrupt: Interrupt::default(),
    };
    let code = dispatch(&parsed.command, &mut session).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    (code, strip_str(&String::from_utf8(out).unwrap()).to_string())
}

#[test]
fn runs_that_differ_are_told_with_the_event() {
    for arguments in [&["run", "--check-determinism"][..], &["run", "--check-determinism", "--seeds", "0..2"]]
    {
        let (code, text) = typed(&format!("differ{}", arguments.len()), restless, arguments);
        assert_eq!(code, ExitCode::Mismatch, "{text}");
        assert!(text.contains("two runs differ first in event "), "{text}");
        assert!(text.contains("verdict  not deterministic"), "{text}");
    }
    let (code, text) = typed("same", registry::run, &["run", "--check-determinism"]);
    assert_eq!(code, ExitCode::Success);
    assert!(text.contains("verdict  valid, deterministic\n"), "{text}");
}

#[test]
fn a_panic_is_a_failure_of_its_seed_only() {
    let (code, text) = typed("panic", broken, &["run", "--seeds", "0..3"]);
    assert_eq!(code, ExitCode::Violation);
    assert_eq!(text.matches("panic: after 0 events: a leader without a term").count(), 3, "{text}");
    assert!(text.contains("3 seeds: 0 valid (0.0 %), 3 invalid (100.0 %)"), "{text}");
    assert!(
        text.contains("runs that ended in a panic, left out of these medians and shares: 3\n")
            && !text.contains("crashes"),
        "{text}"
    );
    let (code, text) = typed("panic1", broken, &["run", "--seed", "9"]);
    assert_eq!(code, ExitCode::Violation);
    assert!(text.contains("panic  invalid  after 0 events: a leader\nwithout a term (at src/cli/tests.rs:"));
    assert!(text.contains("\nThe run ended in a panic after 0 events, digest "), "{text}");
    assert!(!text.contains("no time") && !text.contains("none had an effect"), "{text}");
}
