//! What can be wrong with a disk for a while.
//!
//! The records themselves stay as they are: what a fault does to a write or a sync is decided
//! when that comes by. Not here: records that rot, which is damage and no state (`disk`).

use crate::base::{DiskError, SimDuration, SimTime};

/// What a fault does to a disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ailment {
    /// No sync ends until it is over.
    Stalled,
    /// Syncs that begin meanwhile take this many times as long, and this much longer.
    Slow {
        /// How many times as long.
        factor: u64,
        /// How much longer.
        by: SimDuration,
    },
    /// So many of the next syncs fail. Without an end.
    FailsSyncs(u64),
    /// Syncs are said to have ended, and the next crash takes what they covered.
    Lies,
    /// Writes are refused.
    Full,
    /// One durable record, by chance, is damaged. At once and for good.
    Rots,
}

/// All that is wrong with one disk.
#[derive(Clone, Default, Debug)]
pub(super) struct Ailments {
    stalled_until: SimTime,
    lying_until: SimTime,
    full_until: SimTime,
    /// Each with its end; where several are in force, all count.
    slow: Vec<(SimTime, u64, SimDuration)>,
    /// How many syncs will fail.
    failing: u64,
    /// A write has failed, and the process does not know yet: until then the journal takes
    /// nothing, or there would be a hole that no process could have known of.
    pub(super) broken: Option<DiskError>,
}

impl Ailments {
    /// `ailment` begins and is over at `until`.
    pub(super) fn add(&mut self, ailment: Ailment, until: SimTime) {
        match ailment {
            Ailment::Stalled => self.stalled_until = self.stalled_until.max(until),
            Ailment::Slow { factor, by } => self.slow.push((until, factor, by)),
            // The next so many fail, and not so many more than would have.
            Ailment::FailsSyncs(count) => self.failing = self.failing.max(count),
            Ailment::Lies => self.lying_until = self.lying_until.max(until),
            Ailment::Full => self.full_until = self.full_until.max(until),
            Ailment::Rots => {}
        }
    }

    /// Whether a sync that runs now may take longer than on a sound disk.
    pub(super) fn is_late(&self, now: SimTime) -> bool {
        self.stalled(now).is_some() || !self.slow.is_empty()
    }

    /// All that lasts is over at `now`. What a process must still hear of stays.
    pub(super) fn end(&mut self, now: SimTime) {
        for until in [&mut self.stalled_until, &mut self.lying_until, &mut self.full_until] {
            *until = (*until).min(now);
        }
        self.slow.clear();
        self.failing = 0;
    }

    /// How long a sync takes that begins now and would take `takes` on a sound disk.
    pub(super) fn slowed(&mut self, now: SimTime, takes: SimDuration) -> SimDuration {
        self.slow.retain(|(until, ..)| *until > now);
        let longer = |takes: SimDuration, (_, factor, by): &(SimTime, u64, SimDuration)| {
            SimDuration::from_ns(takes.as_ns().saturating_mul(*factor).saturating_add(by.as_ns()))
        };
        self.slow.iter().fold(takes, longer).min(LONGEST_SYNC)
    }

    /// When a sync that would end now may end, if it may not yet.
    pub(super) fn stalled(&self, now: SimTime) -> Option<SimTime> {
        (now < self.stalled_until).then_some(self.stalled_until)
    }

    pub(super) fn is_lying(&self, now: SimTime) -> bool {
        now < self.lying_until
    }

    /// Why a write is refused now, if it is.
    pub(super) fn refusal(&mut self, now: SimTime) -> Option<DiskError> {
        if now < self.full_until {
            self.broken = self.broken.or(Some(DiskError::Full));
        }
        self.broken
    }

    /// Whether the sync that ends now fails: one fewer of those that will.
    pub(super) fn fails(&mut self) -> bool {
        let fails = self.failing > 0;
        self.failing -= u64::from(fails);
        fails
    }
}

/// Products of large numbers end here: a year.
const LONGEST_SYNC: SimDuration = SimDuration::from_secs(365 * 86_400);
