//! What happened in a run, counted: the bite of its faults.

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
}
