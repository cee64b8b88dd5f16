//! What nodes send each other, and what their disks hold.

use std::sync::Arc;

use super::command::{Command, Proposal, Slot};
use super::snapshot::Snapshot;
use crate::process::Payload;
use crate::replication::{Ballot, Batch};

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// Phase 1a, for all slots behind those that the sender knows to be chosen.
    Prepare {
        /// The ballot in which the sender wants to lead.
        ballot: Ballot,
        /// How far the sender knows what is chosen.
        chosen: Slot,
    },
    /// Phase 1b: nothing will be accepted in an earlier ballot.
    Promise {
        /// The ballot.
        ballot: Ballot,
        /// How far the acceptor knows what is chosen.
        chosen: Slot,
        /// What it has accepted for slots behind those.
        accepted: Arc<[Proposal]>,
    },
    /// Phase 2a, for a run of slots; for none, a heartbeat.
    Accept {
        /// The leader's ballot.
        ballot: Ballot,
        /// The first slot.
        first: Slot,
        /// What to accept.
        commands: Batch<Command>,
        /// All slots up to this one are chosen.
        chosen: Slot,
        /// Which round of the leader it is, for reads.
        round: u64,
    },
    /// Phase 2b.
    Accepted {
        /// The ballot.
        ballot: Ballot,
        /// The first slot.
        first: Slot,
        /// For how many slots from there on.
        count: u32,
        /// The round of the message that it answers.
        round: u64,
    },
    /// The receiver's ballot is too early.
    Nack {
        /// What has been promised.
        promised: Ballot,
    },
    /// A replica asks for what was chosen behind what it knows.
    Fetch {
        /// How far it knows what is chosen.
        chosen: Slot,
        /// Of the snapshot that is on its way to it: the last slot that it covers, and the bytes that have arrived.
        arrived: Option<(Slot, u64)>,
    },
    /// The answer: what was chosen for a run of slots. For none, unasked: how far the sender knows it.
    Chosen {
        /// The first slot.
        first: Slot,
        /// What was chosen.
        commands: Batch<Command>,
        /// How far the sender knows what is chosen.
        chosen: Slot,
    },
    /// The answer, where that is no longer kept: a piece of a snapshot.
    Piece {
        /// The snapshot. Only who has all of its bytes may look into it.
        snapshot: Arc<Snapshot>,
        /// Where the piece begins, in bytes.
        offset: u64,
        /// Its length.
        length: u32,
    },
}

/// What the disk holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// Nothing is accepted in earlier ballots than this.
    Promise {
        /// The ballot.
        ballot: Ballot,
    },
    /// Commands accepted for a run of slots.
    Accept {
        /// In which ballot: promised, with that.
        ballot: Ballot,
        /// The first slot.
        first: Slot,
        /// The commands.
        commands: Batch<Command>,
        /// How far the node knew what is chosen, and had it all.
        chosen: Slot,
    },
    /// Commands that others have said to be chosen, for a run of slots.
    Learn {
        /// The first slot.
        first: Slot,
        /// The commands.
        commands: Batch<Command>,
        /// How far the node knows now what is chosen, and has it all.
        chosen: Slot,
    },
    /// The state as of some slot.
    Snapshot {
        /// The state.
        snapshot: Arc<Snapshot>,
        /// The last slot that is not kept beside it.
        base: Slot,
    },
    /// What is kept beside a snapshot.
    Kept {
        /// All that was accepted.
        accepted: Arc<[Proposal]>,
        /// How far the node knew what is chosen, and had it all.
        chosen: Slot,
    },
}

impl Message {
    /// The kinds of message, as traces and message faults name them.
    pub const KINDS: &'static [&'static str] = &[
        "Prepare",
        "Promise",
        "Accept",
        "Accepted",
        "Nack",
        "Fetch",
        "Chosen",
        "Piece",
        "OpenSession",
        "Propose",
        "Read",
        "Done",
        "Opened",
        "SessionEnded",
        "NotLeader",
    ];
}

/// Bytes of a command: kind, session, sequence, key and up to two values.
const COMMAND_BYTES: u32 = 37;
/// Bytes of a proposal: a command with its slot and ballot.
const PROPOSAL_BYTES: u32 = COMMAND_BYTES + 16;
const PREPARE_BYTES: u32 = 17;
const PROMISE_BYTES: u32 = 21;

/// Bytes of a request for promises and of the answer, where nothing has been accepted.
pub const PREPARE_ROUND_BYTES: u64 = (PREPARE_BYTES + PROMISE_BYTES) as u64;

impl Payload for Message {
    fn size(&self) -> u32 {
        match self {
            Message::Prepare { .. } => PREPARE_BYTES,
            Message::Promise { accepted, .. } => PROMISE_BYTES + accepted.len() as u32 * PROPOSAL_BYTES,
            Message::Accept { commands, .. } => 37 + commands.len() as u32 * COMMAND_BYTES,
            Message::Accepted { .. } => 29,
            Message::Nack { .. } => 9,
            Message::Fetch { .. } => 26,
            Message::Chosen { commands, .. } => 21 + commands.len() as u32 * COMMAND_BYTES,
            Message::Piece { length, .. } => 21u32.saturating_add(*length),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Message::Prepare { .. } => "Prepare",
            Message::Promise { .. } => "Promise",
            Message::Accept { .. } => "Accept",
            Message::Accepted { .. } => "Accepted",
            Message::Nack { .. } => "Nack",
            Message::Fetch { .. } => "Fetch",
            Message::Chosen { .. } => "Chosen",
            Message::Piece { .. } => "Piece",
        }
    }
}

impl Payload for Record {
    fn size(&self) -> u32 {
        match self {
            Record::Promise { .. } => 9,
            Record::Accept { commands, .. } | Record::Learn { commands, .. } => {
                29 + commands.len() as u32 * COMMAND_BYTES
            }
            Record::Snapshot { snapshot, .. } => u32::try_from(snapshot.size() + 9).unwrap_or(u32::MAX),
            Record::Kept { accepted, .. } => 13 + accepted.len() as u32 * PROPOSAL_BYTES,
        }
    }
}
