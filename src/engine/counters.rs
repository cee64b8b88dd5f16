//! What happened in a run, counted: the bite of its faults.

use super::observer::Loss;
use crate::network::Course;

/// Adds to a count without looking for an overflow, which no run lives to see.
#[inline(always)]
pub(super) fn add(count: &mut u64, more: u64) {
    *count = count.wrapping_add(more);
}

/// Counts of a run so far. Faults are counted by their effect, not by their intent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counters {
    /// Events executed.
    pub events: u64,
    /// Messages that entered a link, requests and responses included.
    pub messages_sent: u64,
    /// Messages that reached a live receiver, copies included.
    pub messages_delivered: u64,
    /// Messages lost by chance.
    pub messages_lost: u64,
    /// Messages lost on a blocked link.
    pub messages_blocked: u64,
    /// Messages that found their receiver down.
    pub messages_to_down: u64,
    /// Messages that were sent on twice by chance.
    pub messages_duplicated: u64,
    /// Messages that a `drop` fault lost.
    pub messages_dropped: u64,
    /// Messages that a `delay` fault held back.
    pub messages_delayed: u64,
    /// Messages that a `duplicate` fault sent twice.
    pub messages_repeated: u64,
    /// Messages that a burst lost.
    pub messages_lost_in_bursts: u64,
    /// Messages that found the buffer of their link full.
    pub messages_overflowed: u64,
    /// Messages that waited for others to be transmitted.
    pub messages_queued: u64,
    /// Messages that chance corrupted: dropped by their receiver, or handed over as they were.
    pub messages_corrupted: u64,
    /// Messages that chance held back.
    pub messages_reordered: u64,
    /// Messages that a `clog` fault kept at the far end of their link.
    pub messages_clogged: u64,
    /// Messages that a `slow_link` fault delayed.
    pub messages_slowed: u64,
    /// Messages that a `degrade` fault lost, doubled, corrupted, held back or transmitted more slowly.
    pub messages_degraded: u64,
    /// Bytes that entered links.
    pub bytes_sent: u64,
    /// Timers that fired.
    pub timers: u64,
    /// Disk syncs that ended.
    pub syncs: u64,
    /// Nodes that crashed.
    pub crashes: u64,
    /// Nodes that restarted.
    pub restarts: u64,
    /// Those of them that a `restart` fault started, rather than a crash's own end.
    pub restarts_struck: u64,
    /// Nodes that were paused.
    pub pauses: u64,
    /// Partitions that began.
    pub partitions: u64,
    /// Partitions that ended.
    pub heals: u64,
    /// Those of them that a `heal` fault ended, rather than their own time.
    pub heals_struck: u64,
    /// Nodes whose clock a fault put forward or back while a timer was set.
    pub clocks_stepped: u64,
    /// Nodes whose clock a fault made run fast or slow while a timer was set.
    pub clocks_drifted: u64,
    /// Nodes whose clock a fault stopped while a timer was set.
    pub clocks_stopped: u64,
    /// Timers that were due at another instant than by a true clock, each time one was set or moved.
    pub timers_skewed: u64,
    /// Strikes that found nothing to hit: no leader, a node already down.
    pub misses: u64,
    /// Unsynced writes that crashes took.
    pub writes_lost: u64,
    /// Writes that crashes tore.
    pub writes_torn: u64,
    /// Crashes of `crash_loop` faults.
    pub crashes_in_loops: u64,
    /// Crashes of `rolling_restart` faults.
    pub crashes_in_turn: u64,
    /// Disks that were lost and replaced by empty ones.
    pub disks_lost: u64,
    /// Things handed to a node while a fault made it slow.
    pub deliveries_slowed: u64,
    /// Times that a stalled disk let a sync not end.
    pub syncs_stalled: u64,
    /// Syncs that a slow disk made longer.
    pub syncs_slowed: u64,
    /// Syncs that failed.
    pub syncs_failed: u64,
    /// Writes that were in or behind a sync that failed.
    pub writes_failed: u64,
    /// Writes that a full disk refused.
    pub writes_refused: u64,
    /// Writes that a disk had said to be durable, and that a crash took.
    pub writes_forgotten: u64,
    /// Durable records that rotted.
    pub records_rotted: u64,
}

impl Counters {
    /// Counts what chance and disturbances did to a message that is not lost.
    #[inline]
    pub(super) fn note(&mut self, course: &Course) {
        if course.doubled | course.queued | course.reordered | course.slowed | course.degraded {
            self.note_marks(course);
        }
    }

    #[inline(never)]
    fn note_marks(&mut self, course: &Course) {
        self.messages_queued += u64::from(course.queued);
        self.messages_reordered += u64::from(course.reordered);
        self.messages_slowed += u64::from(course.slowed);
        self.messages_degraded += u64::from(course.degraded);
        self.messages_duplicated += u64::from(course.doubled);
    }

    /// Counts a message that is lost. Drops are counted where they are decided.
    pub(super) fn note_loss(&mut self, why: Loss) {
        match why {
            Loss::Chance => self.messages_lost += 1,
            Loss::Blocked => self.messages_blocked += 1,
            Loss::Down => self.messages_to_down += 1,
            Loss::Burst => self.messages_lost_in_bursts += 1,
            Loss::Overflow => self.messages_overflowed += 1,
            Loss::Corrupted => self.messages_corrupted += 1,
            Loss::Degraded => self.messages_degraded += 1,
            Loss::Dropped => {}
        }
    }
}
