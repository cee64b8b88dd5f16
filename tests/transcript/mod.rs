//! Golden transcripts: what a run of a short scenario told, line by line.
//!
//! `ATROPOS_BLESS=1` rewrites them; read the diff.

#![expect(clippy::disallowed_methods, reason = "reads and blesses the golden files")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use atropos::base::{Seed, SimTime};
use atropos::check::Verdict;
use atropos::registry;
use atropos::run::{TraceLine, Watcher};
use atropos::scenario::{Scenario, Source, read};

/// What is told of a run.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// A seed under which the story comes early: a digest scheme's own.
    pub(crate) seed: u64,
    /// From here on, in milliseconds.
    pub(crate) from_ms: u64,
    /// The kinds of line.
    pub(crate) kinds: &'static [&'static str],
    /// What is left out, as it tells nothing here.
    pub(crate) without: &'static [&'static str],
}

fn scenario(text: &str) -> Scenario {
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// Keeps the lines that are told.
struct Transcript {
    told: Told,
    text: String,
}

impl Watcher for Transcript {
    fn traces(&self) -> bool {
        true
    }
    fn on_line(&mut self, TraceLine { time, kind, place, text, .. }: TraceLine) {
        let Told { from_ms, kinds, without, .. } = self.told;
        let is_told = time.since(SimTime::ZERO).as_ns() >= from_ms * 1_000_000
            && kinds.contains(&kind)
            && !without.iter().any(|word| text.contains(word));
        if is_told {
            writeln!(self.text, "{time}  {kind:<12}  {place:<8}  {text}").unwrap();
        }
    }
}

/// Runs the scenario `text` and compares what is `told` with the file `name`.
pub(crate) fn transcript(name: &str, told: Told, text: &str) {
    let mut watcher = Transcript { told, text: String::new() };
    let outcome = registry::run(&scenario(text), Seed(told.seed), &mut watcher);
    assert_ne!(outcome.verdict, Verdict::Invalid);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var("ATROPOS_BLESS").is_ok() {
        fs::write(&path, &watcher.text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == watcher.text, "{name} has changed; it is now:\n{}", watcher.text);
}
