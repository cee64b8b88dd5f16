//! What `[[expect]] sometimes` can ask a sweep to have seen.

/// Something that a run may show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sight {
    /// As it is written: `crashes`.
    pub name: &'static str,
    /// When a run shows it.
    pub doc: &'static str,
}

/// Every sight: first the verdicts, then what else happens in a run. An effect of a fault has
/// the name it has in `results.json`.
pub const SIGHTS: &[Sight] = &[
    Sight { name: "valid", doc: "The run, or its `check`, is valid." },
    Sight { name: "invalid", doc: "The run, or its `check`, is invalid." },
    Sight { name: "unknown", doc: "The run, or its `check`, is unknown." },
    Sight { name: "leader_change", doc: "More than one term had a leader." },
    Sight { name: "ok", doc: "An operation succeeded." },
    Sight { name: "fail", doc: "An operation certainly did not happen." },
    Sight { name: "info", doc: "Nobody knows whether an operation happened." },
    Sight { name: "crashes", doc: "A node crashed." },
    Sight { name: "restarts", doc: "A node restarted." },
    Sight { name: "restarts_struck", doc: "A `restart` fault started a node." },
    Sight { name: "pauses", doc: "A node froze." },
    Sight { name: "partitions", doc: "Links were blocked." },
    Sight { name: "heals", doc: "A partition ended." },
    Sight { name: "heals_struck", doc: "A `heal` fault ended a partition." },
    Sight { name: "messages_lost", doc: "A message was lost by chance." },
    Sight { name: "messages_blocked", doc: "A message was lost on a blocked link." },
    Sight { name: "messages_to_down", doc: "A message found its receiver down." },
    Sight { name: "messages_duplicated", doc: "A message was doubled by chance." },
    Sight { name: "messages_dropped", doc: "A `drop` fault lost a message." },
    Sight { name: "messages_delayed", doc: "A `delay` fault held a message back." },
    Sight { name: "messages_repeated", doc: "A `duplicate` fault doubled a message." },
    Sight { name: "messages_lost_in_bursts", doc: "A burst lost a message." },
    Sight { name: "messages_overflowed", doc: "A message found the buffer of its link full." },
    Sight { name: "messages_queued", doc: "A message waited for others to be transmitted." },
    Sight { name: "messages_corrupted", doc: "Chance corrupted a message." },
    Sight { name: "messages_reordered", doc: "Chance held a message back." },
    Sight { name: "messages_clogged", doc: "A `clog` fault stalled a message." },
    Sight { name: "messages_slowed", doc: "A `slow_link` fault delayed a message." },
    Sight { name: "messages_degraded", doc: "A `degrade` fault hit a message." },
    Sight { name: "writes_lost", doc: "A crash took unsynced writes." },
    Sight { name: "writes_torn", doc: "A crash tore a write." },
    Sight { name: "clocks_stepped", doc: "A clock was put forward or back while a timer was set." },
    Sight { name: "clocks_drifted", doc: "A fault made a clock run fast or slow while a timer was set." },
    Sight { name: "clocks_stopped", doc: "A clock was stopped while a timer was set." },
    Sight { name: "timers_skewed", doc: "A timer was due at another instant than by a true clock." },
    Sight { name: "crashes_in_loops", doc: "A `crash_loop` fault crashed a node." },
    Sight { name: "crashes_in_turn", doc: "A `rolling_restart` fault took a node down." },
    Sight { name: "disks_lost", doc: "A node lost its disk." },
    Sight { name: "deliveries_slowed", doc: "A slow node was handed something." },
    Sight { name: "syncs_stalled", doc: "A stalled disk let a sync not end." },
    Sight { name: "syncs_slowed", doc: "A slow disk took longer for a sync." },
    Sight { name: "syncs_failed", doc: "A sync failed." },
    Sight { name: "writes_failed", doc: "A write failed with its sync." },
    Sight { name: "writes_refused", doc: "A full disk refused a write." },
    Sight { name: "writes_forgotten", doc: "A crash took a write that a disk had said to be durable." },
    Sight { name: "records_rotted", doc: "A durable record rotted." },
    Sight { name: "misses", doc: "A fault found nothing to hit." },
];
