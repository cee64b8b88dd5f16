//! Where a run gives up: before it takes all day or all the memory.
//!
//! Each limit is a comparison of numbers that are known anyway, so that looking after every event
//! costs nothing. Why a run was given up is worked out only once it is.

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
    /// The instant that the last event was at, and how many events there were before it.
    instant: SimTime,
    before: u64,
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
        let pending = limits.pending.min(MOST_PENDING);
        Patrol { limits, pending, instant: SimTime::ZERO, before: 0 }
    }

    /// Why the run must be cut short, if it must.
    #[inline]
    pub(super) fn limit_reached(&mut self, at: Progress) -> Option<String> {
        if at.next != self.instant {
            (self.instant, self.before) = (at.next, at.events);
        }
        let reached = at.events >= self.limits.events
            || at.events - self.before >= self.limits.events_at_once
            || at.pending as u64 > self.pending
            || at.operations >= self.limits.operations;
        if reached { Some(self.tell(at)) } else { None }
    }

    #[cold]
    fn tell(&self, at: Progress) -> String {
        let Progress { next, events, pending, operations } = at;
        let (what, limit) = if events >= self.limits.events {
            (format!("after {events} events"), "events")
        } else if events - self.before >= self.limits.events_at_once {
            let here = events - self.before;
            (format!("with {here} events at {next} and time not getting on"), "events_at_once")
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

    #[test]
    fn each_limit_ends_a_run_and_is_named() {
        for (progress, name) in [
            (at(1, 100, 0, 0), "after 100 events: see `limits.events`"),
            (at(1, 1, 6, 0), "with 6 events pending at once: see `limits.pending`"),
            (at(1, 1, 5, 7), "after 7 operations: see `limits.operations`"),
        ] {
            let told = Patrol::new(LIMITS).limit_reached(progress);
            assert_eq!(told, Some(format!("the run was cut short {name}")));
        }
        assert_eq!(Patrol::new(LIMITS).limit_reached(at(1, 99, 5, 6)), None);
    }

    #[test]
    fn only_events_at_one_instant_are_too_many_at_once() {
        let mut patrol = Patrol::new(LIMITS);
        for event in 0..99 {
            assert_eq!(patrol.limit_reached(at(event / 10, event, 0, 0)), None, "{event}");
        }
        let mut patrol = Patrol::new(LIMITS);
        let told: Vec<Option<String>> =
            (0..=13).map(|event| patrol.limit_reached(at(event.min(3), event, 0, 0))).collect();
        assert_eq!(told.iter().flatten().count(), 1);
        let last = told.last().unwrap().as_deref().unwrap();
        assert!(
            last.contains("10 events at 0.000000003s") && last.contains("`limits.events_at_once`"),
            "{last}"
        );
    }

    /// The queue's own end cannot be moved by a limit.
    #[test]
    fn a_queue_that_is_nearly_full_ends_a_run_in_any_case() {
        let mut patrol = Patrol::new(Limits { pending: u64::MAX, ..LIMITS });
        let told = patrol.limit_reached(at(1, 1, Queue::MOST - 1, 0)).unwrap();
        assert!(told.ends_with("pending at once"), "{told}");
    }
}
