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
}

impl ProtocolEvents {
    /// Each by name, in the order of every report.
    pub fn named(&self) -> [(&'static str, u64); 4] {
        let ProtocolEvents { elections, repeated_elections, leaders_deposed, conflicts } = *self;
        [
            ("elections", elections),
            ("repeated_elections", repeated_elections),
            ("leaders_deposed", leaders_deposed),
            ("conflicts", conflicts),
        ]
    }

    /// The values, in the same order.
    pub fn values_mut(&mut self) -> [&mut u64; 4] {
        let ProtocolEvents { elections, repeated_elections, leaders_deposed, conflicts } = self;
        [elections, repeated_elections, leaders_deposed, conflicts]
    }
}

/// Counts them.
#[derive(Clone, Debug)]
pub(super) struct ProtocolEventCounter {
    pub(super) events: ProtocolEvents,
    /// What each node is.
    roles: Vec<Role>,
}

impl ProtocolEventCounter {
    /// Nothing has happened yet on any of that many nodes.
    pub(super) fn new(nodes: u32) -> Self {
        let roles = vec![Role::Follower; nodes as usize];
        ProtocolEventCounter { events: ProtocolEvents::default(), roles }
    }

    /// Takes note of what `node` says, which `mirror` does not know yet.
    pub(super) fn note(&mut self, node: NodeId, event: &LogEvent, mirror: &LogMirror) {
        match *event {
            LogEvent::Recovered => self.roles[node.index()] = Role::Follower,
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
            LogEvent::Committed { .. }
            | LogEvent::Follows { .. }
            | LogEvent::Applied { .. }
            | LogEvent::Configured { .. }
            | LogEvent::Restored { .. } => {}
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
            (0, role(Role::Candidate), [1, 0, 0, 0]),
            (1, role(Role::Candidate), [2, 0, 0, 0]),
            (0, role(Role::Candidate), [3, 1, 0, 0]),
            (0, role(Role::Leader), [3, 1, 0, 0]),
            (0, appended(1, 1), [3, 1, 0, 0]),
            (0, appended(2, 1), [3, 1, 0, 0]),
            (0, role(Role::Follower), [3, 1, 1, 0]),
            (0, role(Role::Follower), [3, 1, 1, 0]),
            (0, appended(2, 1), [3, 1, 1, 0]),
            (0, appended(1, 2), [3, 1, 1, 1]),
            (1, LogEvent::Recovered, [3, 1, 1, 1]),
            (1, role(Role::Candidate), [4, 1, 1, 1]),
            (1, role(Role::Leader), [4, 1, 1, 1]),
            (1, LogEvent::Recovered, [4, 1, 1, 1]),
            (1, role(Role::Follower), [4, 1, 1, 1]),
        ] {
            monitors.observe(SimTime::ZERO, NodeId(node), &event);
            let found = monitors.protocol_events().named().map(|(_, count)| count);
            assert_eq!(found, expected, "{event:?} of n{node}");
        }
    }
}
