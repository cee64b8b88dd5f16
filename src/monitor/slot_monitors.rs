//! All invariants of Paxos, fed with one observation at a time.

use super::slots::{Slots, told};
use super::{
    LogEvent, Monitor, ProtocolEvents, ReplicaEquality, Role, SlotEvent, StateMachineSafety, Violation,
};
use crate::base::keys::CheckSpec;
use crate::base::{NodeId, SimTime, Table};

/// The invariants of Paxos: of acceptors, of what is chosen, and of the replicas that apply it.
#[derive(Clone, Debug)]
pub struct SlotMonitors {
    slots: Slots,
    /// What each acceptor has promised: for a slot, or for all.
    promises: Table<(NodeId, u64), u64>,
    /// Whether there is a promise for each slot, instead of one for all.
    promises_by_slot: bool,
    application: StateMachineSafety,
    equality: ReplicaEquality,
    roles: Vec<Role>,
    /// Whether each node has just started: a snapshot that it speaks of then is its own.
    is_starting: Vec<bool>,
    ballots_led: Table<u64, ()>,
    events: ProtocolEvents,
    violations: Vec<Violation>,
}

impl SlotMonitors {
    /// Acceptors go back on nothing.
    const MONOTONE: &'static str = "acceptor-monotonicity";

    /// The invariants, in the order they are reported.
    pub const CHECKS: [CheckSpec; 7] = [
        CheckSpec { name: Slots::ONE_VALUE, doc: "No slot has two values that are taken for chosen." },
        CheckSpec { name: Slots::ONE_PROPOSAL, doc: "In a ballot one value is proposed for a slot." },
        CheckSpec {
            name: Slots::SURVIVES,
            doc: "Once a value is chosen, nobody accepts another one for its slot in a later ballot.",
        },
        CheckSpec {
            name: Slots::BY_QUORUM,
            doc: "Whoever is counted for a choice has accepted that value in that ballot.",
        },
        CheckSpec {
            name: SlotMonitors::MONOTONE,
            doc: "An acceptor neither promises nor accepts below what it has promised, restarts or not.",
        },
        CheckSpec { name: StateMachineSafety::NAME, doc: StateMachineSafety::DOC },
        CheckSpec { name: ReplicaEquality::NAME, doc: ReplicaEquality::DOC },
    ];

    /// Their names.
    pub const NAMES: [&'static str; 7] = {
        let mut names = [""; 7];
        let mut i = 0;
        while i < names.len() {
            names[i] = Self::CHECKS[i].name;
            i += 1;
        }
        names
    };

    /// Monitors over that many nodes, whose promises are for all slots.
    pub fn new(nodes: u32) -> Self {
        SlotMonitors {
            slots: Slots::default(),
            promises: Table::new(),
            promises_by_slot: false,
            application: StateMachineSafety::new(nodes),
            equality: ReplicaEquality::default(),
            roles: vec![Role::Follower; nodes as usize],
            is_starting: vec![false; nodes as usize],
            ballots_led: Table::new(),
            events: ProtocolEvents::default(),
            violations: Vec::new(),
        }
    }

    /// Monitors over that many nodes, each of whose promises is for one slot, of which none is applied.
    pub fn by_slot(nodes: u32) -> Self {
        SlotMonitors { promises_by_slot: true, ..SlotMonitors::new(nodes) }
    }

    /// Counts what happened.
    fn count(&mut self, node: NodeId, event: &SlotEvent) {
        let has_started = matches!(event, SlotEvent::Recovered);
        let is_starting = std::mem::replace(&mut self.is_starting[node.index()], has_started);
        let role = &mut self.roles[node.index()];
        match *event {
            SlotEvent::Recovered => *role = Role::Follower,
            SlotEvent::Role { role: now, ballot } => {
                let before = std::mem::replace(role, now);
                self.events.elections += u64::from(now == Role::Candidate);
                self.events.repeated_elections +=
                    u64::from((before, now) == (Role::Candidate, Role::Candidate));
                self.events.leaders_deposed += u64::from((before, now) == (Role::Leader, Role::Follower));
                if now == Role::Leader {
                    self.ballots_led.insert(ballot, ());
                }
            }
            SlotEvent::Configured { .. } => self.events.member_changes += 1,
            SlotEvent::Restored { .. } => self.events.snapshots_installed += u64::from(!is_starting),
            _ => {}
        }
    }

    /// `node` has promised `ballot`, or accepted in it.
    fn promise(&mut self, node: NodeId, slot: u64, ballot: u64, does: &str) -> Result<(), String> {
        let slot = if self.promises_by_slot { slot } else { 0 };
        let before = self.promises.get(&(node, slot)).copied().unwrap_or(0);
        if ballot < before {
            let (ballot, before) = (told(ballot), told(before));
            return Err(format!("{node} {does} ballot {ballot}, having promised ballot {before}"));
        }
        self.promises.insert((node, slot), ballot);
        Ok(())
    }

    fn note(&mut self, at: SimTime, result: Result<(), (&'static str, String)>) {
        if let Err((invariant, detail)) = result
            && self.violation(invariant).is_none()
        {
            self.violations.push(Violation { invariant, at, detail });
        }
    }

    /// What nodes apply is what a log is, entry by entry; the ballot in which it was chosen may differ.
    fn apply(&mut self, at: SimTime, node: NodeId, event: LogEvent) {
        let applied = self.application.check(node, &event);
        self.note(at, applied.map_err(|detail| (StateMachineSafety::NAME, detail)));
        let equal = self.equality.check(node, &event);
        self.note(at, equal.map_err(|detail| (ReplicaEquality::NAME, detail)));
    }
}

impl Monitor<SlotEvent> for SlotMonitors {
    /// Where each slot has promises of its own, slots are decisions and nothing is applied.
    fn names(&self) -> &[&'static str] {
        let applied = 2;
        &Self::NAMES[..Self::NAMES.len() - if self.promises_by_slot { applied } else { 0 }]
    }

    /// Of each invariant the first violation is kept.
    fn observe(&mut self, at: SimTime, node: NodeId, event: &SlotEvent) {
        self.count(node, event);
        match *event {
            SlotEvent::Recovered => self.apply(at, node, LogEvent::Recovered),
            SlotEvent::Promised { slot, ballot } => {
                let kept = self.promise(node, slot, ballot, "promises");
                self.note(at, kept.map_err(|detail| (Self::MONOTONE, detail)));
            }
            SlotEvent::Accepted { slot, ballot, value } => {
                let kept = self.promise(node, slot, ballot, "accepts in");
                self.note(at, kept.map_err(|detail| (Self::MONOTONE, detail)));
                let accepted = self.slots.accepted(node, slot, ballot, value);
                self.events.conflicts += u64::from(accepted == Ok(true));
                self.note(at, accepted.map(|_| ()));
            }
            SlotEvent::Chosen { slot, ballot, value, by } => {
                let chosen = self.slots.chosen(node, slot, (ballot, value), by);
                self.note(at, chosen);
            }
            SlotEvent::Learned { slot, value } => {
                let learned = self.slots.learned(node, slot, value);
                self.note(at, learned);
            }
            SlotEvent::Applied { slot, value, state } => {
                let learned = self.slots.learned(node, slot, value);
                self.note(at, learned);
                self.apply(at, node, LogEvent::Applied { index: slot, term: 0, digest: value, state });
            }
            SlotEvent::Restored { slot, state } => {
                self.apply(at, node, LogEvent::Restored { index: slot, term: 0, state });
            }
            SlotEvent::Role { .. } | SlotEvent::Configured { .. } => {}
        }
    }

    fn is_violated(&self) -> bool {
        !self.violations.is_empty()
    }

    fn violation(&self, invariant: &str) -> Option<&Violation> {
        self.violations.iter().find(|violation| violation.invariant == invariant)
    }

    fn leader_terms(&self) -> u64 {
        self.ballots_led.len() as u64
    }

    fn protocol_events(&self) -> ProtocolEvents {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violated(events: &[(u32, SlotEvent)]) -> Vec<&'static str> {
        let mut monitors = SlotMonitors::new(3);
        for (i, (node, event)) in events.iter().enumerate() {
            monitors.observe(SimTime::from_ns(i as u64), NodeId(*node), event);
        }
        let broken = |name: &&'static str| monitors.violation(name).is_some();
        SlotMonitors::NAMES.into_iter().filter(broken).collect()
    }

    fn promised(ballot: u64) -> SlotEvent {
        SlotEvent::Promised { slot: 0, ballot }
    }

    fn accepted(slot: u64, ballot: u64, value: u64) -> SlotEvent {
        SlotEvent::Accepted { slot, ballot, value }
    }

    fn chosen(slot: u64, ballot: u64, value: u64, by: u64) -> SlotEvent {
        SlotEvent::Chosen { slot, ballot, value, by }
    }

    #[test]
    fn a_sound_run_violates_nothing() {
        let events = [
            (0, promised(1)),
            (1, promised(1)),
            (0, accepted(1, 1, 7)),
            (1, accepted(1, 1, 7)),
            (0, chosen(1, 1, 7, 0b11)),
            (0, SlotEvent::Applied { slot: 1, value: 7, state: 1 }),
            (2, promised(2)),
            (2, accepted(1, 2, 7)),
            (2, SlotEvent::Recovered),
            (2, promised(2)),
            (2, accepted(1, 2, 7)),
            (2, SlotEvent::Learned { slot: 1, value: 7 }),
            (2, SlotEvent::Applied { slot: 1, value: 7, state: 1 }),
        ];
        assert!(violated(&events).is_empty());
    }

    #[test]
    fn an_acceptor_that_goes_back_on_its_promise_is_seen() {
        let monotone = [SlotMonitors::MONOTONE];
        assert_eq!(violated(&[(0, promised(5)), (0, promised(4))]), monotone);
        assert_eq!(violated(&[(0, promised(5)), (0, accepted(1, 4, 7))]), monotone);
        assert_eq!(
            violated(&[(0, accepted(1, 5, 7)), (0, SlotEvent::Recovered), (0, promised(4))]),
            monotone
        );
        let mut monitors = SlotMonitors::by_slot(1);
        for (slot, ballot) in [(1, 5), (2, 4)] {
            monitors.observe(SimTime::ZERO, NodeId(0), &SlotEvent::Promised { slot, ballot });
        }
        assert!(!monitors.is_violated());
    }

    #[test]
    fn two_values_of_a_ballot_are_seen() {
        assert_eq!(violated(&[(0, accepted(1, 1, 7)), (1, accepted(1, 1, 8))]), [Slots::ONE_PROPOSAL]);
    }

    #[test]
    fn two_values_of_a_slot_are_seen() {
        let learned = |value| SlotEvent::Learned { slot: 1, value };
        assert_eq!(violated(&[(0, learned(7)), (1, learned(8))]), [Slots::ONE_VALUE]);
        let events = [(0, accepted(1, 3, 7)), (0, chosen(1, 3, 7, 1)), (1, learned(8))];
        assert_eq!(violated(&events), [Slots::ONE_VALUE]);
    }

    #[test]
    fn a_choice_that_is_given_up_is_seen_whichever_comes_first() {
        let choice = [(0, accepted(1, 1, 7)), (1, accepted(1, 1, 7)), (0, chosen(1, 1, 7, 0b11))];
        let after = [&choice[..], &[(2, accepted(1, 2, 8))]].concat();
        assert_eq!(violated(&after), [Slots::SURVIVES]);
        let before = [&[(2, accepted(1, 2, 8))], &choice[..]].concat();
        assert_eq!(violated(&before), [Slots::SURVIVES]);
        let earlier = [(2, accepted(1, 0, 8))];
        assert!(violated(&[&earlier[..], &choice[..]].concat()).is_empty(), "an earlier ballot may differ");
    }

    #[test]
    fn a_vote_that_was_never_given_is_seen() {
        let events = [(0, accepted(1, 2, 7)), (1, accepted(1, 1, 7)), (0, chosen(1, 2, 7, 0b11))];
        assert_eq!(violated(&events), [Slots::BY_QUORUM]);
    }

    #[test]
    fn gaps_and_unequal_states_are_seen() {
        let applied = |slot, state| SlotEvent::Applied { slot, value: 7, state };
        assert_eq!(violated(&[(0, applied(2, 1))]), [StateMachineSafety::NAME]);
        assert_eq!(violated(&[(0, applied(1, 1)), (1, applied(1, 2))]), [ReplicaEquality::NAME]);
    }

    #[test]
    fn what_the_protocol_met_is_counted() {
        let mut monitors = SlotMonitors::new(2);
        let role = |role, ballot| SlotEvent::Role { role, ballot };
        for (node, event) in [
            (0, role(Role::Candidate, 1)),
            (0, role(Role::Candidate, 2)),
            (0, role(Role::Leader, 2)),
            (0, accepted(1, 2, 7)),
            (1, accepted(1, 1, 8)),
            (0, SlotEvent::Configured { slot: 1 }),
            (0, role(Role::Follower, 3)),
            (1, SlotEvent::Recovered),
            (1, SlotEvent::Restored { slot: 0, state: 0 }),
            (1, SlotEvent::Restored { slot: 0, state: 0 }),
        ] {
            monitors.observe(SimTime::ZERO, NodeId(node), &event);
        }
        assert_eq!(monitors.protocol_events().named().map(|(_, count)| count), [2, 1, 1, 1, 1, 1]);
        assert_eq!(monitors.leader_terms(), 1);
    }
}
