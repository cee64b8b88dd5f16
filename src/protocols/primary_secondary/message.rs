//! What nodes, clients and disks are told.

use std::sync::Arc;

use super::assignment::{Assignment, Epoch};
use super::log::{Entries, Position};
use super::snapshot::Snapshot;
use crate::base::NodeId;
use crate::process::Payload;
use crate::replication::{KvRequest, KvResponse};

/// What nodes send each other, the messages within the supervisors' group aside.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A copy tells a supervisor that it is there, and how far it is.
    Heartbeat(Status),
    /// A supervisor tells a copy what was agreed on, as far as it knows.
    Assigned(Assignment),
    /// A node asks the supervisors' group, of which the receiver is one.
    Ask {
        /// The sender's name for it.
        question: u64,
        /// What it asks.
        request: KvRequest,
    },
    /// The answer.
    Told {
        /// The question.
        question: u64,
        /// What it was answered.
        response: KvResponse,
    },
    /// A primary replicates entries, or only says that it is there.
    Append {
        /// The primary's epoch.
        epoch: Epoch,
        /// The entry before them.
        prev: Position,
        /// The entries.
        entries: Entries,
        /// How far the primary knows entries to be certain.
        commit: u64,
        /// Its latest read round.
        round: u64,
        /// Which life of the receiver it knows of, counted from 1; 0 if of none, and while it does not know how
        /// far entries are certain.
        life: u64,
    },
    /// A secondary's answer.
    Appended {
        /// The epoch of what it answers.
        epoch: Epoch,
        /// The read round of what it answers.
        round: u64,
        /// Which life of the sender this is, counted from 1.
        life: u64,
        /// [`Status::is_whole`].
        is_whole: bool,
        /// What came of it.
        result: AppendResult,
    },
    /// The receiver's epoch is over: the answer of somebody who knows a later one.
    Deposed {
        /// The epoch that the sender knows.
        epoch: Epoch,
        /// The primary of that epoch, if the sender knows it.
        primary: Option<NodeId>,
    },
    /// A secondary polls for what follows `after` in the primary's log; by that it tells what it holds.
    Fetch {
        /// The latest epoch that it knows.
        epoch: Epoch,
        /// The end of its log.
        after: Position,
    },
    /// A primary sends a piece of a snapshot to somebody who needs entries that are no longer kept.
    InstallSnapshot {
        /// The primary's epoch.
        epoch: Epoch,
        /// The snapshot. Only who has all of its bytes may look into it.
        snapshot: Arc<Snapshot>,
        /// Where the piece begins, in bytes.
        offset: u64,
        /// Its length.
        length: u32,
    },
    /// The answer, until the snapshot is complete.
    SnapshotReceived {
        /// The epoch of what it answers.
        epoch: Epoch,
        /// The last entry that the snapshot covers.
        last: u64,
        /// How many of its bytes, from the first on, are there.
        received: u64,
    },
    /// Whoever carries out a forced failover asks a copy how far it is.
    HowFar,
    /// The answer.
    SoFar(Status),
    /// Whoever carries out a forced failover tells a copy which is the primary from now on.
    Follow {
        /// The new epoch.
        epoch: Epoch,
        /// Its primary.
        primary: NodeId,
    },
}

/// How far a copy is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Status {
    /// The latest epoch that it knows: it takes nothing from earlier ones any more.
    pub epoch: Epoch,
    /// The end of its log.
    pub last: Position,
    /// Whether it holds all that it ever acknowledged: not so after its disk was lost, until it has been brought up to
    /// date.
    pub is_whole: bool,
}

/// What came of an `Append`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendResult {
    /// The secondary's log agrees with the primary's up to here.
    Matched(u64),
    /// The secondary has no such entry before the new ones; the logs agree here at most.
    Conflict {
        /// The `prev` that did not match.
        prev: u64,
        /// Where to look for agreement.
        at_most: Position,
    },
}

/// What the disk of a copy holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// The latest epoch that the copy knows.
    Epoch {
        /// The epoch.
        epoch: Epoch,
        /// Its primary, as far as the copy knows.
        primary: Option<NodeId>,
        /// [`Status::is_whole`].
        is_whole: bool,
    },
    /// Entries at `first`, in place of whatever was there and behind.
    Entries {
        /// Where the first of them goes.
        first: u64,
        /// The entries.
        entries: Entries,
        /// How far the copy knew entries to be certain.
        commit: u64,
    },
    /// The state as of some entry, and the last entry that is not kept beside it.
    Snapshot {
        /// The state.
        snapshot: Arc<Snapshot>,
        /// The last entry that is not kept.
        base: Position,
    },
}

impl Message {
    /// The kinds of message, as traces and message faults name them; those within the supervisors' group aside.
    pub const KINDS: &'static [&'static str] = &[
        "Heartbeat",
        "Assigned",
        "Ask",
        "Told",
        "Append",
        "Appended",
        "Deposed",
        "Fetch",
        "InstallSnapshot",
        "SnapshotReceived",
        "HowFar",
        "SoFar",
        "Follow",
    ];
}

/// Bytes of an entry: epoch, kind, session, sequence, key and up to two values.
const ENTRY_BYTES: u32 = 45;
/// Bytes of a status.
const STATUS_BYTES: u32 = 26;
/// Bytes of an `InstallSnapshot` beside the piece.
const PIECE_BYTES: u32 = 33;

impl Payload for Message {
    fn size(&self) -> u32 {
        match self {
            Message::Heartbeat(_) | Message::SoFar(_) => STATUS_BYTES,
            Message::Assigned(_) => 9,
            Message::Ask { request, .. } => 8 + request.size(),
            Message::Told { response, .. } => 8 + response.size(),
            Message::Append { entries, .. } => 49 + entries.len() as u32 * ENTRY_BYTES,
            Message::Appended { .. } => 43,
            Message::Deposed { .. } | Message::Follow { .. } => 13,
            Message::Fetch { .. } | Message::SnapshotReceived { .. } => 25,
            Message::InstallSnapshot { length, .. } => PIECE_BYTES.saturating_add(*length),
            Message::HowFar => 1,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Message::Heartbeat(_) => "Heartbeat",
            Message::Assigned(_) => "Assigned",
            Message::Ask { .. } => "Ask",
            Message::Told { .. } => "Told",
            Message::Append { .. } => "Append",
            Message::Appended { .. } => "Appended",
            Message::Deposed { .. } => "Deposed",
            Message::Fetch { .. } => "Fetch",
            Message::InstallSnapshot { .. } => "InstallSnapshot",
            Message::SnapshotReceived { .. } => "SnapshotReceived",
            Message::HowFar => "HowFar",
            Message::SoFar(_) => "SoFar",
            Message::Follow { .. } => "Follow",
        }
    }
}

impl Payload for Record {
    fn size(&self) -> u32 {
        match self {
            Record::Epoch { .. } => 15,
            Record::Entries { entries, .. } => 17 + entries.len() as u32 * ENTRY_BYTES,
            Record::Snapshot { snapshot, .. } => u32::try_from(snapshot.size() + 16).unwrap_or(u32::MAX),
        }
    }
}
