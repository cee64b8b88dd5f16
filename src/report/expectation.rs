//! Whether a run came to what its scenario expects, and showed what a sweep must see.

use super::counters;
use super::results::Seen;
use crate::check::Verdict;
use crate::run::Outcome;
use crate::scenario::{Expect, Sometimes, sections};

/// Whether `outcome` is what `expect` says.
pub(super) fn is_met(expect: &Expect, outcome: &Outcome) -> bool {
    came_to(&expect.verdict, expect.check.as_deref(), outcome)
}

/// Whether `outcome` shows what `sometimes` names.
pub(super) fn seen(sometimes: &Sometimes, outcome: &Outcome) -> Seen {
    let Sometimes { sight, check } = sometimes.clone();
    let seen = match &*sight {
        verdict if sections::VERDICTS.contains(&verdict) => came_to(verdict, check.as_deref(), outcome),
        other => count(other, outcome).is_some_and(|count| count > 0),
    };
    Seen { sight, check, seen }
}

/// Whether the run, or a check of it, came to `verdict`. A check that was not made has no
/// verdict and meets no expectation.
fn came_to(verdict: &str, check: Option<&str>, outcome: &Outcome) -> bool {
    let found = match check {
        None => Some(outcome.verdict),
        Some(name) => outcome.checks.iter().find(|check| check.name == name).map(|check| check.verdict),
    };
    found.is_some_and(|found: Verdict| found.to_string() == verdict)
}

/// How often a run showed a sight that is no verdict; `None` if there is no such sight.
fn count(sight: &str, outcome: &Outcome) -> Option<u64> {
    Some(match sight {
        "ok" => outcome.operations.ok,
        "fail" => outcome.operations.fail,
        "info" => outcome.operations.info,
        "leader_change" => outcome.leader_terms.saturating_sub(1),
        counter => counters::named(&outcome.counters).faults().find(|(name, _)| *name == counter)?.1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;
    use crate::engine::Counters;
    use crate::registry;
    use crate::scenario::{SIGHTS, Source, read};

    /// A short run in which nothing is wrong.
    fn outcome() -> Outcome {
        let protocol = registry::PROTOCOLS[0].spec.name;
        let text = format!("protocol = \"{protocol}\"\nduration = \"2s\"\n");
        let source = Source { path: "calm.toml", name: "calm".to_owned(), text: text.as_bytes() };
        let scenario = read(source, &registry::specs()).unwrap();
        registry::run(&scenario, Seed(1), &mut ())
    }

    fn is_seen(sight: &str, check: Option<&str>, outcome: &Outcome) -> bool {
        let sometimes = Sometimes { sight: sight.to_owned(), check: check.map(str::to_owned) };
        seen(&sometimes, outcome).seen
    }

    #[test]
    fn every_sight_is_counted() {
        for sight in SIGHTS.iter().filter(|sight| !sections::VERDICTS.contains(&sight.name)) {
            assert!(count(sight.name, &outcome()).is_some(), "{}", sight.name);
        }
    }

    #[test]
    fn what_happened_is_seen_and_nothing_else() {
        let counters = Counters { crashes: 2, ..Counters::default() };
        let run = Outcome { counters, leader_terms: 1, ..outcome() };
        assert!(is_seen("crashes", None, &run) && !is_seen("pauses", None, &run));
        assert!(!is_seen("leader_change", None, &run));
        assert!(is_seen("leader_change", None, &Outcome { leader_terms: 2, ..outcome() }));
        assert!(is_seen("valid", None, &run) && !is_seen("invalid", None, &run));
        let check = run.checks[0].name;
        assert!(is_seen("valid", Some(check), &run));
        assert!(!is_seen("valid", Some("no such check"), &run));
    }
}
