//! The guarantees of sessions: Terry, Demers, Petersen, Spreitzer, Theimer and Welch, *Session Guarantees for
//! Weakly Consistent Replicated Data* (1994), as conditions on what is visible by Viotti and Vukolić,
//! *Consistency in Non-Transactional Distributed Storage Systems* (2016), §3.4.
//!
//! A history keeps a guarantee if the versions of each key can be put into an order such that
//! * of two versions, that comes first which one session wrote first, or read before it wrote the other; and
//! * each read saw the last of all versions of its key that are visible to it.
//!
//! Visible to a read is what it returned, and beyond that
//! * *read your writes*: what its session wrote before;
//! * *monotonic reads*: what its session read before;
//! * *monotonic writes*: the same, and what the writers of all that wrote before it;
//! * *writes follow reads*: the same as in monotonic reads, and what was visible to the writers of all that when
//!   they wrote it.
//!
//! What was promised to others shows only to those who keep watching: so the last two include the second. But what
//! contradicts itself without the order that a session wrote in (or what it read before it wrote) is a matter of
//! monotonic reads alone, and not held against them. All four
//! at once would be causality (Brzezinski, Sobaniec and Wawrzyniak, *From Session Causality to Causal Consistency*,
//! 2004); the level `session` asks for each by itself.

use super::accesses::{Accesses, NONE};
use super::order::{Edge, Ways, Why, contradictions};
use super::past::{Past, Seen, seen};
use super::schedule::Schedule;
use super::story::{EXAMPLES, Ends, Teller};
use super::{Finding, Level};

const ALGORITHM: &str = "version order";

/// What one session shows by itself.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// What comes first whatever is promised.
    pub(super) evidence: Vec<Edge>,
    /// For the sake of its own writes.
    pub(super) own: Seen,
    /// For the sake of its earlier reads.
    pub(super) reads: Seen,
}

/// What each session shows by itself.
pub(super) fn shown(accesses: &Accesses<'_>, schedule: &Schedule) -> Shown {
    let mut shown = Shown::default();
    let mut is_impossible = vec![false; accesses.steps.len()];
    schedule.impossible.iter().for_each(|&step| is_impossible[step as usize] = true);
    let (mut wrote, mut read) = (vec![NONE; schedule.spots], vec![NONE; schedule.spots]);
    let mut read_since: Vec<Vec<(u32, u32)>> = vec![Vec::new(); schedule.spots];
    for &number in &schedule.steps {
        let (step, spot) = (accesses.steps[number as usize], schedule.spot[number as usize] as usize);
        let to = step.version;
        if step.is_read {
            if wrote[spot] != NONE {
                shown.own.add(accesses, wrote[spot], to, number, Why::OwnWrite);
            }
            if read[spot] != NONE {
                shown.reads.add(accesses, read[spot], to, number, Why::ReadBefore);
            }
            if read_since[spot].last().is_none_or(|&(last, _)| last != to) && !is_impossible[number as usize]
            {
                read_since[spot].push((to, number));
            }
            read[spot] = to;
            continue;
        }
        if wrote[spot] != NONE {
            shown.evidence.push(Edge { from: wrote[spot], to, by: number, why: Why::WroteBoth });
        }
        for (from, by) in read_since[spot].drain(..) {
            if from != to && accesses.versions[from as usize].by != NONE {
                shown.evidence.push(Edge { from, to, by, why: Why::ReadThenWrote });
            }
        }
        wrote[spot] = to;
    }
    shown
}

/// What the history keeps of each guarantee, in the order of [`Level::GUARANTEES`].
pub(super) fn guarantees(accesses: &Accesses<'_>, schedule: &Schedule, shown: &Shown) -> [Finding; 4] {
    Level::GUARANTEES.map(|level| guarantee(level, accesses, schedule, shown))
}

/// What the history keeps of one guarantee.
pub(super) fn guarantee(
    level: Level,
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    shown: &Shown,
) -> Finding {
    let (own, further) = match level {
        Level::ReadYourWrites => (&shown.own, Seen::default()),
        Level::MonotonicWrites => (&shown.reads, seen(accesses, schedule, Past::Writes)),
        Level::WritesFollowReads => (&shown.reads, seen(accesses, schedule, Past::Reads)),
        _ => (&shown.reads, Seen::default()),
    };
    let mut excluded = further.excluded;
    if matches!(level, Level::ReadYourWrites | Level::MonotonicReads) {
        excluded.extend(&own.excluded);
    }
    let circular = if level == Level::WritesFollowReads { &schedule.impossible[..] } else { &[] };
    let edges = [&shown.evidence[..], &own.edges, &further.edges].concat();
    let rank = |version: u32| schedule.rank[accesses.versions[version as usize].step as usize];
    let against = against(level, &edges, rank);

    let mut culprits: Vec<u32> = against.iter().map(|edge| edge.by).collect();
    culprits.extend(excluded.iter().map(|excluded| excluded.read));
    culprits.extend(circular);
    culprits.sort_unstable();
    culprits.dedup();
    let violations = culprits.len() + accesses.phantoms.len();
    if violations == 0 {
        return Finding::valid(level, ALGORITHM);
    }
    let teller = Teller { accesses, ends: Ends::Versions };
    let mut examples: Vec<_> =
        accesses.phantoms.iter().take(EXAMPLES).map(|one| teller.phantom(one)).collect();
    examples.extend(excluded.iter().take(EXAMPLES).map(|one| teller.excluded(one)));
    examples.extend(circular.iter().take(EXAMPLES).map(|&read| teller.impossible(read)));
    if !against.is_empty() && examples.len() < EXAMPLES {
        let ways = Ways::new(&edges);
        examples.extend(against.iter().take(EXAMPLES).map(|edge| teller.contradiction(edge, &ways)));
    }
    examples.truncate(EXAMPLES);
    Finding::invalid(level, ALGORITHM, violations as u64, examples)
}

/// Those of `edges` that contradict the rest, but for those that would if the level had promised nothing.
fn against(level: Level, edges: &[Edge], rank: impl Fn(u32) -> u32) -> Vec<Edge> {
    let of = |edges: &[Edge]| -> Vec<Edge> {
        contradictions(edges, &rank).into_iter().map(|place| edges[place]).collect()
    };
    let mut against = of(edges);
    let is_promised = |edge: &Edge| match level {
        Level::MonotonicWrites => matches!(edge.why, Why::WroteBoth | Why::SawLater(_)),
        Level::WritesFollowReads => {
            matches!(edge.why, Why::ReadThenWrote | Why::SawAfterRead(_) | Why::WroteAfterRead(_))
        }
        _ => true,
    };
    if !against.is_empty() {
        let others: Vec<Edge> = edges.iter().filter(|edge| !is_promised(edge)).copied().collect();
        let anyhow = of(&others);
        against.retain(|edge| !anyhow.contains(edge));
    }
    against
}

/// All four in one: broken where any is.
pub(super) fn session(four: &[Finding; 4]) -> Finding {
    let violations = four.iter().map(|one| one.violations).sum();
    if violations == 0 {
        return Finding::valid(Level::Session, ALGORITHM);
    }
    let broken: Vec<&str> =
        four.iter().filter(|one| one.violations > 0).map(|one| one.level.name()).collect();
    let examples = four.iter().flat_map(|one| one.examples.first().cloned()).take(EXAMPLES).collect();
    let note = Some(format!("broken: {}", broken.join(", ")));
    Finding { note, ..Finding::invalid(Level::Session, ALGORITHM, violations, examples) }
}
