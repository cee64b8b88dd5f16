//! Causal consistency with convergence, of registers whose values are written once.
//!
//! Bouajjani, Enea, Guerraoui and Hamza, *On Verifying Causal Consistency* (POPL 2017), theorem 7: a history is
//! causally convergent (CCv) if and only if it has none of five patterns. *Thin air*: a read of what nobody wrote.
//! *Cyclic co*: an operation that is its own cause, by the order of sessions and what is read from whom. *Write co
//! init read*: a read of the first value by somebody in whose past there is a write. *Write co read* and *cyclic
//! cf*: let a version come before another where somebody read the other with the one in his past; then causes and
//! that have no circle.

use super::accesses::{Accesses, NONE};
use super::order::{Agreed, Edge, Why};
use super::past::{Past, Seen, seen};
use super::schedule::Schedule;
use super::sessions::Shown;
use super::story::{Broken, Ends, Teller};
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
    let teller = Teller { accesses, ends: Ends::Steps };
    let broken = Broken { excluded: &excluded, circular: &[], against: &against };
    teller.finding(Level::CausalConvergent, ALGORITHM, &broken, |_| edges.clone())
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
