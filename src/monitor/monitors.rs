//! All invariants of a replicated log, fed with one observation at a time.

use super::elections::ElectionWatch;
use super::protocol_events::ProtocolEventCounter;
use super::{
    CommitDurability, Election, ElectionSafety, LeaderAppendOnly, LeaderCompleteness, LogEvent, LogMatching,
    LogMirror, OneConfiguration, ProtocolEvents, ReplicaEquality, StateMachineSafety,
};
use crate::base::keys::CheckSpec;
use crate::base::{NodeId, SimTime};

/// Watches what nodes observe for what must never happen.
///
/// `O` is the protocol's observation; a user's protocol brings its own monitor, or
/// observes [`LogEvent`]s and gets [`LogMonitors`].
pub trait Monitor<O> {
    /// The names of the invariants, in the order they are reported.
    fn names(&self) -> &[&'static str];
    /// Takes note of what `node` says.
    fn observe(&mut self, at: SimTime, node: NodeId, observation: &O);
    /// Takes note that `node` crashed, of which it can say nothing itself.
    fn crashed(&mut self, at: SimTime, node: NodeId) {
        let _ = (at, node);
    }
    /// Whether any invariant has been violated.
    fn is_violated(&self) -> bool;
    /// The first violation of `invariant`.
    fn violation(&self, invariant: &str) -> Option<&Violation>;
    /// How many terms (ballots, epochs) had a leader.
    fn leader_terms(&self) -> u64 {
        0
    }
    /// What the protocol met.
    fn protocol_events(&self) -> ProtocolEvents {
        ProtocolEvents::default()
    }
    /// How the cluster came by a leader, if the protocol has any.
    fn election(&self) -> Option<Election> {
        None
    }
}

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Its name: `election-safety`.
    pub invariant: &'static str,
    /// When it was seen.
    pub at: SimTime,
    /// What was seen.
    pub detail: String,
}

/// The invariants of a replicated log.
#[derive(Clone, Debug)]
pub struct LogMonitors {
    mirror: LogMirror,
    elections: ElectionSafety,
    matching: LogMatching,
    completeness: LeaderCompleteness,
    application: StateMachineSafety,
    appending: LeaderAppendOnly,
    durability: CommitDurability,
    equality: ReplicaEquality,
    members: OneConfiguration,
    /// Whether what was committed may be lost, so that an index alone says nothing of an entry.
    loses: bool,
    violations: Vec<Violation>,
    events: ProtocolEventCounter,
    watch: ElectionWatch,
}

impl LogMonitors {
    /// The invariants, in the order they are reported.
    pub const CHECKS: [CheckSpec; 8] = [
        CheckSpec { name: ElectionSafety::NAME, doc: "No term has two leaders." },
        CheckSpec {
            name: LogMatching::NAME,
            doc: "Two logs that agree on the term of an entry agree on everything before it.",
        },
        CheckSpec {
            name: LeaderCompleteness::NAME,
            doc: "A leader has every entry that was committed in an earlier term.",
        },
        CheckSpec { name: StateMachineSafety::NAME, doc: StateMachineSafety::DOC },
        CheckSpec {
            name: LeaderAppendOnly::NAME,
            doc: "A leader never replaces or removes entries of its own log.",
        },
        CheckSpec {
            name: CommitDurability::NAME,
            doc: "A node that holds a committed entry does not drop it.",
        },
        CheckSpec { name: ReplicaEquality::NAME, doc: ReplicaEquality::DOC },
        CheckSpec {
            name: OneConfiguration::NAME,
            doc: "No log holds two changes of members that are not committed.",
        },
    ];

    /// Their names.
    pub const NAMES: [&'static str; 8] = {
        let mut names = [""; 8];
        let mut i = 0;
        while i < names.len() {
            names[i] = Self::CHECKS[i].name;
            i += 1;
        }
        names
    };

    /// Monitors over that many nodes.
    pub fn new(nodes: u32) -> Self {
        LogMonitors {
            mirror: LogMirror::new(nodes),
            elections: ElectionSafety::default(),
            matching: LogMatching::default(),
            completeness: LeaderCompleteness::default(),
            application: StateMachineSafety::new(nodes),
            appending: LeaderAppendOnly::new(nodes),
            durability: CommitDurability::new(nodes),
            equality: ReplicaEquality::default(),
            members: OneConfiguration::new(nodes),
            loses: false,
            violations: Vec::new(),
            events: ProtocolEventCounter::new(nodes),
            watch: ElectionWatch::new(nodes),
        }
    }

    /// Monitors over that many nodes, which may lose what they have committed. Only that no term has two leaders and
    /// that logs match can be asked of them.
    pub(super) fn losing(nodes: u32) -> Self {
        LogMonitors { loses: true, ..LogMonitors::new(nodes) }
    }

    /// The logs.
    pub(super) fn mirror(&self) -> &LogMirror {
        &self.mirror
    }

    /// What was committed.
    pub(super) fn committed(&self) -> &LeaderCompleteness {
        &self.completeness
    }
}

impl Monitor<LogEvent> for LogMonitors {
    fn names(&self) -> &[&'static str] {
        &Self::NAMES
    }

    /// Of each invariant the first violation is kept.
    fn observe(&mut self, at: SimTime, node: NodeId, event: &LogEvent) {
        self.events.note(node, event, &self.mirror);
        self.watch.note(at, node, event);
        let appending = self.appending.check(node, event, &self.mirror);
        let durable = self.durability.check(node, event, &self.mirror, &self.completeness);
        let known = |index, term| {
            let committed = self.completeness.prefix(index).filter(|_| !self.loses);
            committed.or_else(|| self.matching.prefix(index, term))
        };
        let gap = self.mirror.follow(node, event, known);
        let results = [
            (ElectionSafety::NAME, self.elections.check(node, event)),
            (LogMatching::NAME, gap.and_then(|()| self.matching.check(node, event, &self.mirror))),
            (LeaderCompleteness::NAME, self.completeness.check(node, event, &self.mirror)),
            (StateMachineSafety::NAME, self.application.check(node, event)),
            (LeaderAppendOnly::NAME, appending),
            (CommitDurability::NAME, durable),
            (ReplicaEquality::NAME, self.equality.check(node, event)),
            (OneConfiguration::NAME, self.members.check(node, event)),
        ];
        for (invariant, result) in results {
            if let Err(detail) = result
                && self.violation(invariant).is_none()
            {
                self.violations.push(Violation { invariant, at, detail });
            }
        }
    }

    fn crashed(&mut self, at: SimTime, node: NodeId) {
        self.watch.crashed(at, node);
    }

    fn is_violated(&self) -> bool {
        !self.violations.is_empty()
    }

    fn violation(&self, invariant: &str) -> Option<&Violation> {
        self.violations.iter().find(|violation| violation.invariant == invariant)
    }

    fn leader_terms(&self) -> u64 {
        self.elections.terms() as u64
    }

    fn protocol_events(&self) -> ProtocolEvents {
        self.events.events
    }

    fn election(&self) -> Option<Election> {
        Some(self.watch.election())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;

    fn violated(events: &[(u32, LogEvent)]) -> Vec<&'static str> {
        let mut monitors = LogMonitors::new(3);
        for (i, (node, event)) in events.iter().enumerate() {
            monitors.observe(SimTime::from_ns(i as u64), NodeId(*node), event);
        }
        let broken = |name: &&'static str| monitors.violation(name).is_some();
        LogMonitors::NAMES.into_iter().filter(broken).collect()
    }

    fn appended(index: u64, term: u64, digest: u64) -> LogEvent {
        LogEvent::Appended { index, term, digest }
    }

    fn elected(term: u64) -> LogEvent {
        LogEvent::Role { role: Role::Leader, term }
    }

    fn applied(index: u64, digest: u64) -> LogEvent {
        LogEvent::Applied { index, term: 1, digest, state: index }
    }

    #[test]
    fn a_sound_run_violates_nothing() {
        let commit = LogEvent::Committed { index: 2, term: 1 };
        let events = [
            (0, elected(1)),
            (0, appended(1, 1, 7)),
            (0, appended(2, 1, 8)),
            (1, appended(1, 1, 7)),
            (1, appended(2, 1, 8)),
            (0, commit),
            (0, applied(1, 7)),
            (1, applied(1, 7)),
            (1, elected(2)),
            (1, LogEvent::Recovered),
            (1, appended(1, 1, 7)),
            (1, applied(1, 7)),
        ];
        assert!(violated(&events).is_empty());
    }

    #[test]
    fn two_leaders_of_a_term_are_seen() {
        assert_eq!(violated(&[(0, elected(3)), (1, elected(3))]), [ElectionSafety::NAME]);
    }

    #[test]
    fn logs_that_differ_below_an_equal_entry_are_seen() {
        let events =
            [(0, appended(1, 1, 7)), (0, appended(2, 2, 9)), (1, appended(1, 1, 8)), (1, appended(2, 2, 9))];
        assert_eq!(violated(&events), [LogMatching::NAME]);
        assert_eq!(violated(&[(0, appended(2, 1, 7))]), [LogMatching::NAME], "a gap");
    }

    #[test]
    fn a_leader_without_a_committed_entry_is_seen_whichever_comes_first() {
        let commit = LogEvent::Committed { index: 1, term: 1 };
        let before = [(0, appended(1, 1, 7)), (0, commit), (1, elected(2))];
        assert_eq!(violated(&before), [LeaderCompleteness::NAME]);
        let after = [(0, appended(1, 1, 7)), (1, elected(2)), (0, commit)];
        assert_eq!(violated(&after), [LeaderCompleteness::NAME]);
        let other = [(0, appended(1, 1, 7)), (1, appended(1, 2, 7)), (0, commit), (1, elected(3))];
        assert_eq!(violated(&other), [LeaderCompleteness::NAME]);
    }

    #[test]
    fn a_different_commit_of_a_known_index_is_seen() {
        // n1 leads term 3 and commits its entry; n0, leader of term 1, commits another late.
        let events = [
            (0, appended(1, 1, 7)),
            (1, appended(1, 3, 8)),
            (1, elected(3)),
            (1, LogEvent::Committed { index: 1, term: 3 }),
            (0, LogEvent::Committed { index: 1, term: 1 }),
        ];
        assert_eq!(violated(&events), [LeaderCompleteness::NAME]);
        // The same entry, known in a lower term: a leader in between must have it.
        let events = [
            (0, appended(1, 1, 7)),
            (1, appended(1, 1, 7)),
            (1, LogEvent::Committed { index: 1, term: 3 }),
            (0, LogEvent::Committed { index: 1, term: 1 }),
            (2, elected(2)),
        ];
        assert_eq!(violated(&events), [LeaderCompleteness::NAME]);
    }

    #[test]
    fn a_leader_that_replaces_its_own_entries_is_seen() {
        let events = [(0, elected(2)), (0, appended(1, 2, 7)), (0, appended(1, 2, 7))];
        assert_eq!(violated(&events), [LeaderAppendOnly::NAME]);
        let deposed = LogEvent::Role { role: Role::Follower, term: 3 };
        let events = [(0, elected(2)), (0, appended(1, 2, 7)), (0, deposed), (0, appended(1, 3, 8))];
        assert!(violated(&events).is_empty());
    }

    #[test]
    fn a_node_that_drops_what_is_committed_is_seen() {
        let commit = LogEvent::Committed { index: 1, term: 1 };
        let before = [(0, elected(1)), (0, appended(1, 1, 7)), (1, appended(1, 1, 7))];
        let cut = (1, appended(1, 1, 7));
        let follows = |term| (1, LogEvent::Role { role: Role::Follower, term });
        assert!(violated(&[before.as_slice(), &[follows(1), cut, (0, commit)]].concat()).is_empty());
        assert!(violated(&[before.as_slice(), &[follows(0), (0, commit), cut]].concat()).is_empty());
        let after = [before.as_slice(), &[follows(1), (0, commit), cut]].concat();
        assert_eq!(violated(&after), [CommitDurability::NAME]);
    }

    #[test]
    fn states_that_differ_after_the_same_entry_are_seen() {
        let applied = |state| LogEvent::Applied { index: 1, term: 1, digest: 7, state };
        assert_eq!(violated(&[(0, applied(5)), (1, applied(6))]), [ReplicaEquality::NAME]);
    }

    #[test]
    fn a_snapshot_stands_for_what_is_committed_and_applied() {
        let commit = LogEvent::Committed { index: 1, term: 1 };
        let restored = |index, state| LogEvent::Restored { index, term: 1, state };
        let before = [(0, elected(1)), (0, appended(1, 1, 7)), (0, commit), (0, applied(1, 7))];
        let after = |event| violated(&[before.as_slice(), &[(1, event)]].concat());
        assert!(after(restored(1, 1)).is_empty());
        assert_eq!(after(restored(1, 2)), [ReplicaEquality::NAME]);
        assert_eq!(after(restored(2, 1)), [LogMatching::NAME, StateMachineSafety::NAME]);
        // That it had applied what its own snapshot covers may never have been said; that it held it must have been.
        let own = |index| [(0, LogEvent::Recovered), (0, restored(index, 5))];
        let held = [(0, appended(2, 1, 8))];
        assert!(violated(&[before.as_slice(), &held, &own(2)].concat()).is_empty());
        let others = [(1, restored(2, 5))];
        assert!(violated(&[before.as_slice(), &held, &own(2), &others].concat()).is_empty());
        assert_eq!(violated(&[before.as_slice(), &held, &own(3)].concat()), [LogMatching::NAME]);
        // What follows it is compared with logs that were never compacted.
        let more = [(0, appended(2, 1, 8)), (1, restored(1, 1)), (1, appended(2, 1, 9))];
        assert_eq!(violated(&[before.as_slice(), &more].concat()), [LogMatching::NAME]);
    }

    #[test]
    fn a_second_change_of_members_before_the_first_is_committed_is_seen() {
        let configured = |index| LogEvent::Configured { index, committed: 0 };
        let first = [(0, elected(1)), (0, appended(1, 1, 7)), (0, configured(1))];
        let second = [(0, appended(2, 1, 7)), (0, configured(2))];
        assert_eq!(
            violated(&[first, [second[0], second[1], second[0]]].concat()),
            [LeaderAppendOnly::NAME, OneConfiguration::NAME]
        );
        let commit = LogEvent::Committed { index: 1, term: 1 };
        assert!(violated(&[first, [(0, commit), second[0], second[1]]].concat()).is_empty());
    }

    #[test]
    fn index_zero_is_no_place_in_a_log() {
        assert_eq!(violated(&[(0, appended(0, 1, 7))]), [LogMatching::NAME]);
        assert_eq!(violated(&[(0, applied(0, 7))]), [StateMachineSafety::NAME]);
        let commit = LogEvent::Committed { index: 0, term: 1 };
        assert_eq!(violated(&[(0, commit)]), [LeaderCompleteness::NAME]);
    }

    #[test]
    fn different_or_skipped_applications_are_seen() {
        assert_eq!(violated(&[(0, applied(1, 7)), (1, applied(1, 8))]), [StateMachineSafety::NAME]);
        assert_eq!(violated(&[(0, applied(2, 7))]), [StateMachineSafety::NAME]);
        assert_eq!(violated(&[(0, applied(1, 7)), (0, applied(1, 7))]), [StateMachineSafety::NAME]);
    }
}
