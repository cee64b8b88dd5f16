//! What a protocol with leaders and a log met in a run, counted: a sweep in which none of it happened
//! has tested little, however many seeds it had.

use super::{LogEvent, LogMirror, Role};
use crate::base::NodeId;

/// How often each thing happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ProtocolEvents {
    /// Nodes stood for election.
    pub elections: u64,
    /// Of these, nodes that had stood for election before without leading or following since: votes
    /// were split, or lost.
    pub repeated_elections: u64,
    /// Leaders became followers, a crash aside.
    pub leaders_deposed: u64,
    /// Nodes replaced an entry of their log by one of another term.
    pub conflicts: u64,
    /// Leaders put a change of members into their logs.
    pub member_changes: u64,
    /// Nodes that were up took over a snapshot in place of their logs.
    pub snapshots_installed: u64,
}

impl ProtocolEvents {
    /// Each by name, in the order of every report.
    pub fn named(&self) -> [(&'static str, u64); 6] {
        let ProtocolEvents {
            elections,
            repeated_elections,
            leaders_deposed,
            conflicts,
            member_changes,
            snapshots_installed,
        } = *self;
        [
            ("elections", elections),
            ("repeated_elections", repeated_elections),
            ("leaders_deposed", leaders_deposed),
            ("conflicts", conflicts),
            ("member_changes", member_changes),
            ("snapshots_installed", snapshots_installed),
        ]
    }

    /// The values, in the same order.
    pub fn values_mut(&mut self) -> [&mut u64; 6] {
        let ProtocolEvents {
            elections,
            repeated_elections,
            leaders_deposed,
            conflicts,
            member_changes,
            snapshots_installed,
        } = self;
        [elections, repeated_elections, leaders_deposed, conflicts, member_changes, snapshots_installed]
    }
}

/// Counts them.
#[derive(Clone, Debug)]
pub(super) struct ProtocolEventCounter {
    pub(super) events: ProtocolEvents,
    /// What each node is.
    roles: Vec<Role>,
    /// Whether it has just started: a snapshot that it speaks of then is its own.
    is_starting: Vec<bool>,
}

impl ProtocolEventCounter {
    /// Nothing has happened yet on any of that many nodes.
    pub(super) fn new(nodes: u32) -> Self {
        let roles = vec![Role::Follower; nodes as usize];
        let is_starting = vec![false; nodes as usize];
        ProtocolEventCounter { events: ProtocolEvents::default(), roles, is_starting }
    }

    /// Takes note of what `node` says, which `mirror` does not know yet.
    pub(super) fn note(&mut self, node: NodeId, event: &LogEvent, mirror: &LogMirror) {
        let has_started = matches!(event, LogEvent::Recovered);
        let is_starting = std::mem::replace(&mut self.is_starting[node.index()], has_started);
        match *event {
            LogEvent::Recovered => self.roles[node.index()] = Role::Follower,
            LogEvent::Restored { .. } => self.events.snapshots_installed += u64::from(!is_starting),
            LogEvent::Configured { .. } => {
                self.events.member_changes += u64::from(self.roles[node.index()] == Role::Leader);
            }
            LogEvent::Role { role, .. } => {
                let before = std::mem::replace(&mut self.roles[node.index()], role);
                let events = &mut self.events;
                events.elections += u64::from(role == Role::Candidate);
                events.repeated_elections += u64::from((before, role) == (Role::Candidate, Role::Candidate));
                events.leaders_deposed += u64::from((before, role) == (Role::Leader, Role::Follower));
            }
            LogEvent::Appended { index, term, .. } => {
                let replaced = mirror.entry(node, index);
                self.events.conflicts += u64::from(replaced.is_some_and(|entry| entry.term != term));
            }
            LogEvent::Committed { .. } | LogEvent::Follows { .. } | LogEvent::Applied { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LogMonitors, Monitor};
    use super::*;
    use crate::base::SimTime;

    #[test]
    fn each_event_is_counted_when_it_happens_and_not_else() {
        let mut monitors = LogMonitors::new(2);
        let role = |role| LogEvent::Role { role, term: 1 };
        let appended = |index, term| LogEvent::Appended { index, term, digest: term };
        for (node, event, expected) in [
            (0, role(Role::Candidate), [1, 0, 0, 0, 0, 0]),
            (1, role(Role::Candidate), [2, 0, 0, 0, 0, 0]),
            (0, role(Role::Candidate), [3, 1, 0, 0, 0, 0]),
            (0, role(Role::Leader), [3, 1, 0, 0, 0, 0]),
            (0, appended(1, 1), [3, 1, 0, 0, 0, 0]),
            (0, appended(2, 1), [3, 1, 0, 0, 0, 0]),
            (0, role(Role::Follower), [3, 1, 1, 0, 0, 0]),
            (0, role(Role::Follower), [3, 1, 1, 0, 0, 0]),
            (0, appended(2, 1), [3, 1, 1, 0, 0, 0]),
            (0, appended(1, 2), [3, 1, 1, 1, 0, 0]),
            (1, LogEvent::Recovered, [3, 1, 1, 1, 0, 0]),
            (1, role(Role::Candidate), [4, 1, 1, 1, 0, 0]),
            (1, role(Role::Leader), [4, 1, 1, 1, 0, 0]),
            (1, LogEvent::Configured { index: 1, committed: 0 }, [4, 1, 1, 1, 1, 0]),
            (0, LogEvent::Configured { index: 1, committed: 0 }, [4, 1, 1, 1, 1, 0]),
            (0, LogEvent::Restored { index: 0, term: 0, state: 0 }, [4, 1, 1, 1, 1, 1]),
            (0, LogEvent::Recovered, [4, 1, 1, 1, 1, 1]),
            (0, LogEvent::Restored { index: 0, term: 0, state: 0 }, [4, 1, 1, 1, 1, 1]),
            (1, LogEvent::Recovered, [4, 1, 1, 1, 1, 1]),
            (1, role(Role::Follower), [4, 1, 1, 1, 1, 1]),
        ] {
            monitors.observe(SimTime::ZERO, NodeId(node), &event);
            let found = monitors.protocol_events().named().map(|(_, count)| count);
            assert_eq!(found, expected, "{event:?} of n{node}");
        }
    }
}
