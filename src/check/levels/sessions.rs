//! The guarantees of sessions: Terry, Demers, Petersen, Spreitzer, Theimer and Welch, *Session Guarantees for
//! Weakly Consistent Replicated Data* (1994), as conditions on what is visible by Viotti and Vukolić,
//! *Consistency in Non-Transactional Distributed Storage Systems* (2016), §3.4.
//!
//! A history keeps a guarantee if for each session, by itself, the versions of each key can be put into an order
//! such that
//! * of two versions, that comes first which one session wrote first, or read before it wrote the other; and
//! * each read of the session saw the last of all versions of its key that are visible to it.
//!
//! A read of what was only written in consequence of it breaks the last guarantee, and shows nothing of any order.
//! That two sessions see writes in different orders breaks the promises to neither.
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
use super::order::{Agreed, Edge, Why};
use super::past::{Past, Seen, seen};
use super::schedule::Schedule;
use super::story::{Broken, EXAMPLES, Ends, Teller};
use super::{Finding, LATE, Level, Violation};
use crate::check::Verdict;

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
    let mut is_circular = vec![false; accesses.steps.len()];
    schedule.circular.iter().for_each(|&step| is_circular[step as usize] = true);
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
            if read_since[spot].last().is_none_or(|&(last, _)| last != to) && !is_circular[number as usize] {
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
pub(super) fn guarantees(
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    shown: &Shown,
    goes_on: &dyn Fn() -> bool,
) -> [Finding; 4] {
    Level::GUARANTEES.map(|level| guarantee(level, accesses, schedule, shown, goes_on))
}

/// What the history keeps of one guarantee.
pub(super) fn guarantee(
    level: Level,
    accesses: &Accesses<'_>,
    schedule: &Schedule,
    shown: &Shown,
    goes_on: &dyn Fn() -> bool,
) -> Finding {
    let own = if level == Level::ReadYourWrites { &shown.own } else { &shown.reads };
    let further = match level {
        Level::MonotonicWrites => seen(accesses, schedule, Past::Writes, goes_on),
        Level::WritesFollowReads => seen(accesses, schedule, Past::Reads, goes_on),
        _ => Some(Seen::default()),
    };
    let Some(further) = further else { return Finding::unknown(level, ALGORITHM, LATE) };
    let mut excluded = further.excluded;
    if matches!(level, Level::ReadYourWrites | Level::MonotonicReads) {
        excluded.extend(&own.excluded);
    }
    let circular = if level == Level::WritesFollowReads { &schedule.circular[..] } else { &[] };
    let is_agreed = |edge: &&Edge| matches!(edge.why, Why::WroteAfterRead(_));
    let agreed = further.edges.iter().filter(is_agreed).chain(&shown.evidence).copied().collect();
    let rank = |version: u32| schedule.rank[accesses.versions[version as usize].step as usize];
    let agreed = Agreed::new(agreed, rank);
    let demanded = further.edges.iter().filter(|edge| !is_agreed(edge)).chain(&own.edges);
    let demanded = by_session(accesses, demanded);
    let against = against(level, &agreed, &demanded, rank);

    let teller = Teller { accesses, ends: Ends::Versions };
    let broken = Broken { excluded: &excluded, circular, against: &against };
    teller.finding(level, ALGORITHM, &broken, |edge| {
        let session = accesses.steps[edge.by as usize].session as usize;
        [agreed.edges(), &demanded[session]].concat()
    })
}

/// `edges` by the session that shows them.
pub(super) fn by_session<'e>(
    accesses: &Accesses<'_>,
    edges: impl Iterator<Item = &'e Edge>,
) -> Vec<Vec<Edge>> {
    let mut sorted = vec![Vec::new(); accesses.sessions.len()];
    edges.for_each(|edge| sorted[accesses.steps[edge.by as usize].session as usize].push(*edge));
    sorted
}

/// What each session demands that contradicts the rest, but for what would if the level had promised nothing.
fn against(
    level: Level,
    agreed: &Agreed,
    demanded: &[Vec<Edge>],
    rank: impl Fn(u32) -> u32 + Copy,
) -> Vec<Edge> {
    let against: Vec<Vec<Edge>> = demanded.iter().map(|own| agreed.contradictions(own, rank)).collect();
    let is_promised = |edge: &&Edge| match level {
        Level::MonotonicWrites => matches!(edge.why, Why::WroteBoth | Why::SawLater(_)),
        Level::WritesFollowReads => {
            matches!(edge.why, Why::ReadThenWrote | Why::SawAfterRead(_) | Why::WroteAfterRead(_))
        }
        _ => true,
    };
    if against.iter().all(Vec::is_empty) || matches!(level, Level::ReadYourWrites | Level::MonotonicReads) {
        return against.concat();
    }
    let others = |edges: &[Edge]| edges.iter().filter(|edge| !is_promised(edge)).copied().collect::<Vec<_>>();
    let without = Agreed::new(others(agreed.edges()), rank);
    let held = demanded.iter().zip(against).map(|(own, mut against)| {
        let anyhow = if against.is_empty() { Vec::new() } else { without.contradictions(&others(own), rank) };
        against.retain(|edge| !anyhow.contains(edge));
        against
    });
    held.flatten().collect()
}

/// All four in one: broken where any is.
pub(super) fn session(four: &[Finding; 4]) -> Finding {
    let violations = four.iter().map(|one| one.violations).sum();
    if violations == 0 && four.iter().any(|one| one.verdict == Verdict::Unknown) {
        return Finding::unknown(Level::Session, ALGORITHM, LATE);
    }
    if violations == 0 {
        return Finding::valid(Level::Session, ALGORITHM);
    }
    let broken: Vec<&str> =
        four.iter().filter(|one| one.violations > 0).map(|one| one.level.name()).collect();
    let mut examples: Vec<Violation> = Vec::new();
    for example in four.iter().filter_map(|one| one.examples.first()) {
        // One mishap may break several.
        if examples.iter().all(|known| known.operations != example.operations) {
            examples.push(example.clone());
        }
    }
    examples.truncate(EXAMPLES);
    let note = Some(format!("broken: {}", broken.join(", ")));
    Finding { note, ..Finding::invalid(Level::Session, ALGORITHM, violations, examples) }
}
