//! What the nodes of a protocol with a primary and secondaries say of themselves.

use super::LogEvent;
use crate::base::{NodeId, SimDuration, SimTime};

/// One thing that a node says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CopyEvent {
    /// A copy, of its log: terms are epochs, and a primary is a leader.
    Log(LogEvent),
    /// It has learnt that this was agreed on.
    Assigned {
        /// The epoch.
        epoch: u64,
        /// Counts what was agreed on.
        revision: u64,
        /// The primary of the epoch, if it has one.
        primary: Option<NodeId>,
        /// The copies in sync, one bit each.
        in_sync: u64,
    },
    /// A copy that had lost its disk holds everything again (`true`), or has just found that it does not (`false`).
    Whole(bool),
    /// A supervisor has begun to look after the copies.
    Supervises {
        /// Its own clock.
        clock: SimTime,
        /// So long it waits for whom it has not heard yet.
        first_grace: SimDuration,
    },
    /// A supervisor that looks after the copies has heard one of them.
    Heard {
        /// Which.
        node: NodeId,
        /// Its own clock.
        clock: SimTime,
        /// Whether the copy says that it is whole.
        is_whole: bool,
    },
    /// A supervisor wants the primary replaced.
    Deposes {
        /// The primary.
        node: NodeId,
        /// Its own clock.
        clock: SimTime,
        /// So long it waits for a primary that it has heard before.
        grace: SimDuration,
    },
}
