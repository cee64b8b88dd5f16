//! Where a run gives up: before it takes all day or all the memory.
//!
//! After each event two numbers are compared that are known anyway; all else is looked at only once
//! so many events have passed that it might matter.

use crate::base::SimTime;
use crate::engine::Queue;
use crate::scenario::Limits;

/// One handler may send to every node, so a quarter of the queue is kept free for it.
const MOST_PENDING: u64 = (Queue::MOST / 4 * 3) as u64;

/// Looks after a run.
pub(super) struct Patrol {
    limits: Limits,
    /// The most events that may wait.
    pending: u64,
    /// No limit but that is reached with fewer events than this.
    look: u64,
    /// When the next event was due when that was seen to be another instant, and how many events
    /// there had been. Of those at that instant some may have been missed.
    instant: (SimTime, u64),
}

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// When the next event is due.
    pub(super) next: SimTime,
    /// How many events were executed.
    pub(super) events: u64,
    /// How many wait.
    pub(super) pending: usize,
    /// How many operations the clients have begun.
    pub(super) operations: u64,
}

impl Patrol {
    pub(super) fn new(limits: Limits) -> Self {
        Patrol { limits, pending: limits.pending.min(MOST_PENDING), look: 0, instant: (SimTime::ZERO, 0) }
    }

    /// Whether the run must be cut short.
    #[inline]
    pub(super) fn is_over(&mut self, at: Progress) -> bool {
        at.pending as u64 > self.pending || (at.events >= self.look && self.look_closely(at))
    }

    #[cold]
    fn look_closely(&mut self, at: Progress) -> bool {
        let limits = self.limits;
        if at.next != self.instant.0 {
            self.instant = (at.next, at.events);
        }
        if at.events >= limits.events || self.here(at) >= limits.events_at_once {
            return true;
        }
        // Not more than one operation begins in an event, as clients go.
        let operations = limits.operations.saturating_sub(at.operations);
        let soonest = operations.min(limits.events_at_once - self.here(at));
        self.look = limits.events.min(at.events.saturating_add(soonest));
        operations == 0
    }

    /// How many events there were at this instant, at least.
    fn here(&self, at: Progress) -> u64 {
        at.events - self.instant.1
    }

    /// Why the run must be cut short.
    #[cold]
    pub(super) fn tell(&self, at: Progress) -> String {
        let Progress { next, events, pending, operations } = at;
        let (what, limit) = if events >= self.limits.events {
            (format!("after {events} events"), "events")
        } else if next == self.instant.0 && self.here(at) >= self.limits.events_at_once {
            (format!("with {} events at {next} and time not getting on", self.here(at)), "events_at_once")
        } else if operations >= self.limits.operations {
            (format!("after {operations} operations"), "operations")
        } else if self.pending < self.limits.pending {
            return format!("the run was cut short with {pending} events pending at once");
        } else {
            (format!("with {pending} events pending at once"), "pending")
        };
        format!("the run was cut short {what}: see `limits.{limit}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { events: 100, events_at_once: 10, pending: 5, operations: 7 };

    fn at(next: u64, events: u64, pending: usize, operations: u64) -> Progress {
        Progress { next: SimTime::from_ns(next), events, pending, operations }
    }

    fn why(patrol: &mut Patrol, at: Progress) -> Option<String> {
        patrol.is_over(at).then(|| patrol.tell(at))
    }

    #[test]
    fn each_limit_ends_a_run_and_is_named() {
        for (progress, name) in [
            (at(1, 100, 0, 0), "after 100 events: see `limits.events`"),
            (at(1, 1, 6, 0), "with 6 events pending at once: see `limits.pending`"),
            (at(1, 1, 5, 7), "after 7 operations: see `limits.operations`"),
        ] {
            let told = why(&mut Patrol::new(LIMITS), progress);
            assert_eq!(told, Some(format!("the run was cut short {name}")));
        }
        assert_eq!(why(&mut Patrol::new(LIMITS), at(1, 99, 5, 6)), None);
    }

    #[test]
    fn only_events_at_one_instant_are_too_many_at_once() {
        let mut patrol = Patrol::new(LIMITS);
        for event in 0..99 {
            assert_eq!(why(&mut patrol, at(event / 10, event, 0, 0)), None, "{event}");
        }
        // Those that come first at an instant may be missed, but no more than are allowed.
        for begins in 0..30 {
            let mut patrol = Patrol::new(Limits { operations: 1_000, ..LIMITS });
            let over = (0..99).find(|&event| patrol.is_over(at(event.min(begins), event, 0, 0))).unwrap();
            assert!((10..20).contains(&(over - begins)), "{begins}: {over}");
            let told = patrol.tell(at(begins, over, 0, 0));
            assert!(
                told.contains("with 10 events at ") && told.contains("`limits.events_at_once`"),
                "{told}"
            );
        }
    }

    #[test]
    fn no_operation_is_missed_where_each_event_begins_one() {
        for (each, over) in [(1, 7), (2, 14), (5, 35)] {
            let mut patrol = Patrol::new(LIMITS);
            let found = (0..99).find(|&event| patrol.is_over(at(event, event, 0, event / each)));
            assert_eq!(found, Some(over));
        }
    }

    /// The queue's own end cannot be moved by a limit.
    #[test]
    fn a_queue_that_is_nearly_full_ends_a_run_in_any_case() {
        let mut patrol = Patrol::new(Limits { pending: u64::MAX, ..LIMITS });
        let told = why(&mut patrol, at(1, 1, Queue::MOST - 1, 0)).unwrap();
        assert!(told.ends_with("pending at once"), "{told}");
    }
}
