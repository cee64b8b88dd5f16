//! Causal consistency with convergence, of registers whose values are written once.
//!
//! Bouajjani, Enea, Guerraoui and Hamza, *On Verifying Causal Consistency* (POPL 2017), theorem 7: a history is
//! causally convergent (CCv) if and only if it has none of five patterns. *Thin air*: a read of what nobody wrote.
//! *Cyclic co*: an operation that is its own cause, by the order of sessions and what is read from whom. *Write co
//! init read*: a read of the first value by somebody in whose past there is a write. *Write co read* and *cyclic
//! cf*: let a version come before another where somebody read the other with the one in his past; then causes and
//! that have no circle.

use super::accesses::{Accesses, NONE};
use super::order::{Agreed, Edge, Ways, Why};
use super::past::{Past, Seen, seen};
use super::schedule::Schedule;
use super::sessions::Shown;
use super::story::{EXAMPLES, Ends, Teller};
use super::{Finding, LATE, Level};

const ALGORITHM: &str = "causal graph";

/// Whether the history is causally consistent, and all agree on one order of the writes.
pub(super) fn convergent(
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    shown: &Shown,
    goes_on: &dyn Fn() -> bool,
) -> Finding {
    let Some(seen) = seen(accesses, schedule, Past::All, goes_on) else {
        return Finding::unknown(Level::CausalConvergent, ALGORITHM, LATE);
    };
    let edges = graph(accesses, &[&shown.own, &shown.reads, &seen]);
    let rank = |step: u32| schedule.rank[step as usize];
    let against = Agreed::new(Vec::new(), rank).contradictions(&edges, rank);
    let excluded: Vec<_> =
        [&shown.own, &shown.reads, &seen].iter().flat_map(|seen| seen.excluded.iter().copied()).collect();
    let mut culprits: Vec<u32> = against.iter().map(|edge| edge.by).collect();
    culprits.extend(excluded.iter().map(|excluded| excluded.read));
    culprits.sort_unstable();
    culprits.dedup();
    let violations = culprits.len() + accesses.phantoms.len();
    if violations == 0 {
        return Finding::valid(Level::CausalConvergent, ALGORITHM);
    }
    let teller = Teller { accesses, ends: Ends::Steps };
    let mut examples: Vec<_> =
        accesses.phantoms.iter().take(EXAMPLES).map(|one| teller.phantom(one)).collect();
    examples.extend(excluded.iter().take(EXAMPLES).map(|one| teller.excluded(one)));
    if !against.is_empty() && examples.len() < EXAMPLES {
        let ways = Ways::new(&edges);
        examples.extend(against.iter().take(EXAMPLES).map(|edge| teller.contradiction(edge, &ways)));
    }
    examples.truncate(EXAMPLES);
    Finding::invalid(Level::CausalConvergent, ALGORITHM, violations as u64, examples)
}

/// Causes before effects, and the order of versions that reads demand, between steps.
fn graph(accesses: &Accesses<'_>, seen: &[&Seen]) -> Vec<Edge> {
    let mut edges = causes(accesses);
    let step_of = |version: u32| accesses.versions[version as usize].step;
    let versions = seen.iter().flat_map(|seen| &seen.edges);
    edges.extend(versions.map(|edge| Edge { from: step_of(edge.from), to: step_of(edge.to), ..*edge }));
    edges
}

/// Causes before effects, between steps: the order of each session, and writes before their reads.
pub(super) fn causes(accesses: &Accesses<'_>) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(3 * accesses.steps.len());
    for steps in &accesses.sessions {
        let pairs = steps.iter().zip(steps.iter().skip(1));
        edges.extend(pairs.map(|(&from, &to)| Edge { from, to, by: to, why: Why::SameSession }));
    }
    for (to, step) in (0..).zip(&accesses.steps) {
        let from = accesses.versions[step.version as usize].step;
        if step.is_read && from != NONE {
            edges.push(Edge { from, to, by: to, why: Why::ReadFrom });
        }
    }
    edges
}
