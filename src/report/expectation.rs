//! Whether a run came to what its scenario expects.

use crate::run::Outcome;
use crate::scenario::Expect;

/// Whether `outcome` is what `expect` says. A check that was not made has no verdict
/// and meets no expectation.
pub fn is_met(expect: &Expect, outcome: &Outcome) -> bool {
    let verdict = match &expect.check {
        None => Some(outcome.verdict),
        Some(name) => outcome.checks.iter().find(|check| check.name == name).map(|check| check.verdict),
    };
    verdict.is_some_and(|verdict| verdict.to_string() == expect.verdict)
}
