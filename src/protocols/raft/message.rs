//! What nodes, clients, operators and disks are told.

use std::sync::Arc;

use super::entry::{Entries, LogIndex, Term};
use super::snapshot::Snapshot;
use crate::base::NodeId;
use crate::process::Payload;

/// What nodes send each other. Every message but `Committed` carries its sender's term.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A candidate asks for a vote (§5.2).
    RequestVote {
        /// The term that it stands in, or would.
        term: Term,
        /// What it asks for.
        ballot: Ballot,
        /// The index of its last entry.
        last_index: LogIndex,
        /// The term of its last entry.
        last_term: Term,
    },
    /// The answer.
    Vote {
        /// The voter's term; the one asked about, where a pre-vote is granted.
        term: Term,
        /// Whether the candidate has the vote.
        granted: bool,
        /// Whether it is a pre-vote.
        pre: bool,
    },
    /// A leader replicates entries, or only says that it is there (§5.3).
    AppendEntries {
        /// The leader's term.
        term: Term,
        /// The index before the entries.
        prev_index: LogIndex,
        /// The term of the entry there.
        prev_term: Term,
        /// The entries.
        entries: Entries,
        /// How far the leader has committed.
        commit: LogIndex,
        /// The leader's latest read round (§6.4).
        round: u64,
    },
    /// The answer.
    Appended {
        /// The follower's term.
        term: Term,
        /// The read round of the message answered.
        round: u64,
        /// What came of it.
        result: AppendResult,
    },
    /// A leader sends a piece of its snapshot (§7).
    InstallSnapshot {
        /// The leader's term.
        term: Term,
        /// The snapshot. Only who has all of its bytes may look into it.
        snapshot: Arc<Snapshot>,
        /// Where the piece begins, in bytes.
        offset: u64,
        /// Its length.
        length: u32,
    },
    /// The answer, until the snapshot is complete. Then the follower's log matches up to it.
    SnapshotReceived {
        /// The follower's term.
        term: Term,
        /// The last entry that the snapshot covers.
        last_index: LogIndex,
        /// How many of its bytes, from the first on, are there.
        received: u64,
    },
    /// A leader asks its successor to stand for election at once (dissertation §3.10).
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
    /// A follower asks from where on its own state is fresh enough to read (dissertation §6.4).
    ReadIndex {
        /// The follower's term.
        term: Term,
        /// Its name for the question.
        question: u64,
    },
    /// The answer.
    ReadIndexIs {
        /// The leader's term.
        term: Term,
        /// The question.
        question: u64,
        /// The index that must be applied.
        index: LogIndex,
    },
    /// Somebody who is no voter any more tells how far entries are committed, whoever leads.
    Committed {
        /// The last that is.
        index: LogIndex,
        /// Its term.
        term: Term,
    },
}

/// What a candidate asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ballot {
    /// A vote.
    Vote,
    /// A vote, though there may be a leader: that one has asked it to take over.
    Transfer,
    /// Whether it would get one (dissertation §9.6).
    PreVote,
}

/// What came of an `AppendEntries`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendResult {
    /// The follower's log agrees with the leader's up to here.
    Matched(LogIndex),
    /// The follower has no such entry before the new ones.
    Conflict {
        /// The `prev_index` that did not match.
        prev_index: LogIndex,
        /// The term of the follower's entry there; `None` if its log is shorter.
        term: Option<Term>,
        /// The first index of that term; or the one behind the end of its log.
        first: LogIndex,
    },
}

/// What the disk holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// The current term, and for whom the node voted in it.
    Vote {
        /// The term.
        term: Term,
        /// The candidate that has the vote.
        voted_for: Option<NodeId>,
    },
    /// Entries at `first`, in place of whatever was there and behind.
    Entries {
        /// Where the first of them goes.
        first: LogIndex,
        /// The entries.
        entries: Entries,
        /// How far the node knew entries to be committed.
        commit: LogIndex,
    },
    /// The state as of some entry, and where the log begins that is kept beside it.
    Snapshot {
        /// The state.
        snapshot: Arc<Snapshot>,
        /// The last entry that is not kept, and its term.
        base: (LogIndex, Term),
    },
}

impl Message {
    /// The kinds of message, as traces and message faults name them.
    pub const KINDS: &'static [&'static str] = &[
        "RequestVote",
        "PreVote",
        "Vote",
        "AppendEntries",
        "Appended",
        "InstallSnapshot",
        "SnapshotReceived",
        "TimeoutNow",
        "ReadIndex",
        "ReadIndexIs",
        "Committed",
        "OpenSession",
        "Propose",
        "Read",
        "Done",
        "Opened",
        "SessionEnded",
        "NotLeader",
    ];

    /// The term that its receiver moves on to, if that is later than its own. A pre-vote is asked for
    /// and granted in a term that may never begin.
    #[inline]
    pub fn term(&self) -> Term {
        match self {
            Message::RequestVote { ballot: Ballot::PreVote, .. }
            | Message::Vote { pre: true, granted: true, .. }
            | Message::Committed { .. } => Term(0),
            Message::RequestVote { term, .. }
            | Message::Vote { term, .. }
            | Message::AppendEntries { term, .. }
            | Message::Appended { term, .. }
            | Message::InstallSnapshot { term, .. }
            | Message::SnapshotReceived { term, .. }
            | Message::TimeoutNow { term }
            | Message::ReadIndex { term, .. }
            | Message::ReadIndexIs { term, .. } => *term,
        }
    }
}

/// Bytes of an entry: term, kind, session, sequence, key and up to two values.
const ENTRY_BYTES: u32 = 45;

const ASK_BYTES: u32 = 25;
const ANSWER_BYTES: u32 = 10;
/// Bytes of an `InstallSnapshot` beside the piece: term, last index and term, offset, kind.
const PIECE_BYTES: u32 = 33;

/// Bytes of a request for a vote and of the answer.
pub const VOTE_BYTES: u64 = (ASK_BYTES + ANSWER_BYTES) as u64;

impl Payload for Message {
    fn size(&self) -> u32 {
        match self {
            Message::RequestVote { .. } => ASK_BYTES,
            Message::Vote { .. } => ANSWER_BYTES,
            Message::AppendEntries { entries, .. } => 41 + entries.len() as u32 * ENTRY_BYTES,
            Message::Appended { .. } => 34,
            Message::InstallSnapshot { length, .. } => PIECE_BYTES.saturating_add(*length),
            Message::SnapshotReceived { .. } | Message::ReadIndexIs { .. } => 25,
            Message::TimeoutNow { .. } => 9,
            Message::ReadIndex { .. } | Message::Committed { .. } => 17,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Message::RequestVote { ballot: Ballot::PreVote, .. } => "PreVote",
            Message::RequestVote { .. } => "RequestVote",
            Message::Vote { .. } => "Vote",
            Message::AppendEntries { .. } => "AppendEntries",
            Message::Appended { .. } => "Appended",
            Message::InstallSnapshot { .. } => "InstallSnapshot",
            Message::SnapshotReceived { .. } => "SnapshotReceived",
            Message::TimeoutNow { .. } => "TimeoutNow",
            Message::ReadIndex { .. } => "ReadIndex",
            Message::ReadIndexIs { .. } => "ReadIndexIs",
            Message::Committed { .. } => "Committed",
        }
    }
}

impl Payload for Record {
    fn size(&self) -> u32 {
        match self {
            Record::Vote { .. } => 13,
            Record::Entries { entries, .. } => 17 + entries.len() as u32 * ENTRY_BYTES,
            Record::Snapshot { snapshot, .. } => u32::try_from(snapshot.size() + 16).unwrap_or(u32::MAX),
        }
    }
}
