//! All invariants of a primary and its secondaries, fed with one observation at a time.

use super::{
    CopyEvent, Election, InSyncCompleteness, LogMonitors, Monitor, PatientFailover, ProtocolEvents, Violation,
};
use crate::base::keys::CheckSpec;
use crate::base::{NodeId, SimTime};

/// What an acknowledgement promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyPromise {
    /// Nothing: what was acknowledged may be lost.
    Nothing,
    /// What was acknowledged is not lost. Who holds it is counted.
    Counted,
    /// It is not lost, as every copy of the in-sync set holds it.
    InSync,
}

/// The invariants of a primary and its secondaries: of their logs, their in-sync set, and their supervisors.
#[derive(Clone, Debug)]
pub struct CopyMonitors {
    /// Over the copies.
    log: LogMonitors,
    copies: u32,
    in_sync: InSyncCompleteness,
    /// Over all nodes.
    failover: PatientFailover,
    promise: CopyPromise,
    violations: Vec<Violation>,
}

impl CopyMonitors {
    /// The invariants, in the order they are reported: first those that hold whatever is promised.
    pub const CHECKS: [CheckSpec; 9] = {
        let [election, matching, completeness, application, appending, durability, equality, _] =
            LogMonitors::CHECKS;
        let patience = CheckSpec {
            name: PatientFailover::NAME,
            doc: "No supervisor replaces a primary that it heard within `grace`, or, having just begun, has not heard yet.",
        };
        let in_sync = CheckSpec {
            name: InSyncCompleteness::NAME,
            doc: "Every copy of the in-sync set holds every acknowledged entry.",
        };
        [election, matching, patience, completeness, application, appending, durability, equality, in_sync]
    };

    /// Their names.
    pub const NAMES: [&'static str; 9] = {
        let mut names = [""; 9];
        let mut i = 0;
        while i < names.len() {
            names[i] = Self::CHECKS[i].name;
            i += 1;
        }
        names
    };

    /// Monitors over that many nodes, of which the first `copies` hold a copy.
    pub fn new(nodes: u32, copies: u32, promise: CopyPromise) -> Self {
        let loses = promise == CopyPromise::Nothing;
        CopyMonitors {
            log: if loses { LogMonitors::losing(copies) } else { LogMonitors::new(copies) },
            copies,
            in_sync: InSyncCompleteness::new(copies),
            failover: PatientFailover::new(nodes),
            promise,
            violations: Vec::new(),
        }
    }

    fn note(&mut self, at: SimTime, invariant: &'static str, result: Result<(), String>) {
        if let Err(detail) = result
            && !self.violations.iter().any(|violation| violation.invariant == invariant)
        {
            self.violations.push(Violation { invariant, at, detail });
        }
    }
}

impl Monitor<CopyEvent> for CopyMonitors {
    /// Those that are promised.
    fn names(&self) -> &[&'static str] {
        let demanded = match self.promise {
            CopyPromise::Nothing => 3,
            CopyPromise::Counted => 8,
            CopyPromise::InSync => 9,
        };
        &Self::NAMES[..demanded]
    }

    /// Of each invariant the first violation is kept. Supervisors have no logs.
    fn observe(&mut self, at: SimTime, node: NodeId, event: &CopyEvent) {
        if let CopyEvent::Log(event) = event
            && node.0 < self.copies
        {
            self.log.observe(at, node, event);
        }
        let patient = self.failover.check(node, event);
        self.note(at, PatientFailover::NAME, patient);
        if self.promise == CopyPromise::InSync {
            let complete = self.in_sync.check(node, event, self.log.mirror(), self.log.committed());
            self.note(at, InSyncCompleteness::NAME, complete);
        }
    }

    fn crashed(&mut self, at: SimTime, node: NodeId) {
        self.failover.crashed(node);
        if node.0 < self.copies {
            self.log.crashed(at, node);
        }
    }

    fn is_violated(&self) -> bool {
        self.names().iter().any(|name| self.violation(name).is_some())
    }

    /// None of what is not promised.
    fn violation(&self, invariant: &str) -> Option<&Violation> {
        if !self.names().contains(&invariant) {
            return None;
        }
        let own = self.violations.iter().find(|violation| violation.invariant == invariant);
        own.or_else(|| self.log.violation(invariant))
    }

    fn leader_terms(&self) -> u64 {
        self.log.leader_terms()
    }

    fn protocol_events(&self) -> ProtocolEvents {
        self.log.protocol_events()
    }

    fn election(&self) -> Option<Election> {
        self.log.election()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LogEvent, Role};
    use super::*;
    use crate::base::SimDuration;
    use crate::monitor::{ElectionSafety, LeaderCompleteness, LogMatching};

    /// What is violated among three copies, watched over by nodes 3 and 4.
    fn of(promise: CopyPromise, events: &[(u32, CopyEvent)]) -> Vec<&'static str> {
        let mut monitors = CopyMonitors::new(5, 3, promise);
        for ((node, event), at) in events.iter().zip(1..) {
            monitors.observe(SimTime::from_ns(at), NodeId(*node), event);
        }
        let found: Vec<_> =
            CopyMonitors::NAMES.into_iter().filter(|name| monitors.violation(name).is_some()).collect();
        assert_eq!(monitors.is_violated(), !found.is_empty());
        found
    }

    fn violated(events: &[(u32, CopyEvent)]) -> Vec<&'static str> {
        of(CopyPromise::InSync, events)
    }

    fn appended(index: u64, term: u64) -> CopyEvent {
        CopyEvent::Log(LogEvent::Appended { index, term, digest: term })
    }

    fn committed(index: u64, term: u64) -> CopyEvent {
        CopyEvent::Log(LogEvent::Committed { index, term })
    }

    fn leads(term: u64) -> CopyEvent {
        CopyEvent::Log(LogEvent::Role { role: Role::Leader, term })
    }

    fn follows(term: u64) -> CopyEvent {
        CopyEvent::Log(LogEvent::Role { role: Role::Follower, term })
    }

    fn assigned(revision: u64, primary: u32, in_sync: u64) -> CopyEvent {
        CopyEvent::Assigned { epoch: revision, revision, primary: Some(NodeId(primary)), in_sync }
    }

    fn at(secs: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(secs)
    }

    fn supervises(secs: u64) -> CopyEvent {
        CopyEvent::Supervises { clock: at(secs), first_grace: SimDuration::from_secs(9) }
    }

    fn heard(node: u32, secs: u64, is_whole: bool) -> CopyEvent {
        CopyEvent::Heard { node: NodeId(node), clock: at(secs), is_whole }
    }

    fn deposes(node: u32, secs: u64) -> CopyEvent {
        CopyEvent::Deposes { node: NodeId(node), clock: at(secs), grace: SimDuration::from_secs(5) }
    }

    /// All hold an entry of the first epoch, and the first acknowledges it.
    fn begun() -> Vec<(u32, CopyEvent)> {
        let all = (0..3).map(|node| (node, appended(1, 1)));
        [(0, leads(1))].into_iter().chain(all).chain([(0, committed(1, 1))]).collect()
    }

    fn after(events: &[(u32, CopyEvent)]) -> Vec<&'static str> {
        violated(&[begun().as_slice(), events].concat())
    }

    #[test]
    fn a_sound_run_violates_nothing() {
        let dropped_and_let_in = [
            (0, appended(2, 1)),
            (1, appended(2, 1)),
            (3, assigned(2, 0, 0b011)),
            (0, assigned(2, 0, 0b011)),
            (0, committed(2, 1)),
            (2, appended(2, 1)),
            (4, assigned(3, 0, 0b111)),
            // One that has learnt late of what was.
            (2, assigned(2, 0, 0b011)),
            (0, appended(3, 1)),
        ];
        let replaced = [
            (3, supervises(10)),
            (3, heard(0, 11, true)),
            (3, deposes(0, 16)),
            (3, assigned(4, 1, 0b110)),
            (1, leads(4)),
            (1, appended(3, 4)),
            (2, appended(3, 4)),
            (1, committed(3, 4)),
            (0, follows(4)),
            (0, appended(3, 4)),
        ];
        assert_eq!(after(&[dropped_and_let_in.as_slice(), &replaced].concat()), [""; 0]);
    }

    #[test]
    fn a_copy_in_sync_that_lacks_what_is_acknowledged_is_seen_whichever_comes_first() {
        let short = [(0, appended(2, 1)), (1, appended(2, 1)), (0, committed(2, 1))];
        assert_eq!(after(&short), [InSyncCompleteness::NAME]);
        let dropped = [(3, assigned(2, 0, 0b011))];
        assert_eq!(after(&[dropped.as_slice(), &short].concat()), [""; 0]);
        let let_in = [(4, assigned(3, 0, 0b111))];
        assert_eq!(after(&[dropped.as_slice(), &short, &let_in].concat()), [InSyncCompleteness::NAME]);
        // Of another epoch, at the same place.
        let other = [(2, follows(1)), (2, appended(2, 2))];
        assert_eq!(
            after(&[dropped.as_slice(), &short, &other, &let_in].concat()),
            [InSyncCompleteness::NAME]
        );
    }

    #[test]
    fn a_copy_that_has_lost_its_tail_is_seen_at_the_next_acknowledgement() {
        let lost = [(2, CopyEvent::Log(LogEvent::Recovered))];
        assert_eq!(after(&lost), [""; 0]);
        let goes_on = [(0, appended(2, 1)), (1, appended(2, 1)), (0, committed(2, 1))];
        assert_eq!(after(&[lost.as_slice(), &goes_on].concat()), [InSyncCompleteness::NAME]);
        // Who says so is not asked until it says otherwise.
        let told = [(2, CopyEvent::Whole(false))];
        assert_eq!(after(&[lost.as_slice(), &told, &goes_on].concat()), [""; 0]);
        let whole = [(2, CopyEvent::Whole(true))];
        let early = [lost.as_slice(), &told, &goes_on, &whole].concat();
        assert_eq!(after(&early), [InSyncCompleteness::NAME]);
        let caught_up = [(2, appended(1, 1)), (2, appended(2, 1))];
        assert_eq!(after(&[lost.as_slice(), &told, &goes_on, &caught_up, &whole].concat()), [""; 0]);
    }

    #[test]
    fn a_snapshot_holds_what_it_covers() {
        let restored = [
            (2, CopyEvent::Log(LogEvent::Recovered)),
            (0, CopyEvent::Log(LogEvent::Applied { index: 1, term: 1, digest: 1, state: 7 })),
            (2, CopyEvent::Log(LogEvent::Restored { index: 1, term: 1, state: 7 })),
            (3, assigned(2, 0, 0b101)),
        ];
        assert_eq!(after(&restored), [""; 0]);
        let more = [(0, appended(2, 1)), (0, committed(2, 1))];
        assert_eq!(after(&[restored.as_slice(), &more].concat()), [InSyncCompleteness::NAME]);
    }

    #[test]
    fn a_primary_is_given_its_time() {
        let begins = (3, supervises(10));
        for (events, is_sound) in [
            (&[begins, (3, deposes(0, 18))][..], false),
            (&[begins, (3, deposes(0, 19))], true),
            (&[begins, (3, heard(1, 11, true)), (3, deposes(0, 18))], false),
            (&[begins, (3, heard(0, 11, true)), (3, deposes(0, 15))], false),
            (&[begins, (3, heard(0, 11, true)), (3, deposes(0, 16))], true),
            (&[begins, (3, heard(0, 11, true)), (3, heard(0, 12, true)), (3, deposes(0, 16))], false),
            (&[begins, (3, heard(0, 11, false)), (3, deposes(0, 11))], true),
            (&[begins, (3, heard(0, 11, false)), (3, heard(0, 12, true)), (3, deposes(0, 12))], false),
            // What another has heard, or it itself when it was elected before, is nothing.
            (&[begins, (4, supervises(1)), (3, heard(0, 11, true)), (4, deposes(0, 11))], true),
            (&[begins, (3, heard(0, 11, true)), (3, supervises(12)), (3, deposes(0, 20))], false),
            (&[(3, deposes(0, 99))], false),
        ] {
            let expected = if is_sound { &[][..] } else { &[PatientFailover::NAME] };
            assert_eq!(violated(events), expected, "{events:?}");
        }
    }

    #[test]
    fn a_supervisor_that_crashes_has_heard_nobody() {
        let mut monitors = CopyMonitors::new(5, 3, CopyPromise::InSync);
        monitors.observe(SimTime::ZERO, NodeId(3), &supervises(1));
        monitors.crashed(SimTime::ZERO, NodeId(3));
        monitors.observe(SimTime::ZERO, NodeId(3), &deposes(0, 99));
        assert!(monitors.violation(PatientFailover::NAME).is_some());
    }

    #[test]
    fn what_is_not_promised_is_not_asked() {
        let missing = [begun().as_slice(), &[(0, appended(2, 1)), (0, committed(2, 1))]].concat();
        assert_eq!(of(CopyPromise::InSync, &missing), [InSyncCompleteness::NAME]);
        assert_eq!(of(CopyPromise::Counted, &missing), [""; 0]);
        let lost = [missing.as_slice(), &[(1, leads(2)), (1, appended(2, 2))]].concat();
        assert_eq!(of(CopyPromise::Counted, &lost), [LeaderCompleteness::NAME]);
        assert_eq!(of(CopyPromise::Nothing, &lost), [""; 0]);
        let twice = [lost.as_slice(), &[(2, leads(2)), (3, deposes(0, 1))]].concat();
        assert_eq!(of(CopyPromise::Nothing, &twice), [ElectionSafety::NAME, PatientFailover::NAME]);
    }

    /// The snapshot is of what the second primary wrote in place of what the first had acknowledged.
    #[test]
    fn where_writes_are_lost_a_snapshot_is_of_the_epoch_that_it_names() {
        let lost = [(0, appended(2, 1)), (0, committed(2, 1)), (1, leads(2)), (1, appended(2, 2))];
        let restored = [
            (0, follows(2)),
            (0, CopyEvent::Log(LogEvent::Restored { index: 2, term: 2, state: 7 })),
            (1, appended(3, 2)),
            (0, appended(3, 2)),
        ];
        let all = [begun().as_slice(), &lost, &restored].concat();
        assert_eq!(of(CopyPromise::Nothing, &all), [""; 0]);
        assert!(of(CopyPromise::InSync, &all).contains(&LogMatching::NAME));
    }

    #[test]
    fn primaries_are_counted_and_supervisors_follow_nobody() {
        let mut monitors = CopyMonitors::new(5, 3, CopyPromise::InSync);
        let follows = |term| CopyEvent::Log(LogEvent::Follows { leader: NodeId(1), term });
        for (node, event) in [(0, leads(1)), (1, leads(2)), (0, self::follows(2)), (0, follows(2))] {
            monitors.observe(SimTime::from_ns(1), NodeId(node), &event);
        }
        monitors.observe(SimTime::from_ns(2), NodeId(3), &CopyEvent::Log(LogEvent::Recovered));
        monitors.crashed(SimTime::from_ns(3), NodeId(4));
        monitors.crashed(SimTime::from_ns(4), NodeId(1));
        assert_eq!((monitors.leader_terms(), monitors.protocol_events().leaders_deposed), (2, 1));
        assert!(monitors.election().is_some_and(|election| election.after_crash));
        assert!(!monitors.is_violated());
    }
}
