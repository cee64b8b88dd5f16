//! What nodes, clients, operators and disks are told.

use super::log::{Entries, LogIndex, Term};
use crate::base::NodeId;
use crate::process::Payload;
use crate::replication::{KvAnswer, KvCommand};

/// What nodes send each other. Every message carries its sender's term.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A candidate asks for a vote (§5.2).
    RequestVote {
        /// The candidate's term.
        term: Term,
        /// The index of its last entry.
        last_index: LogIndex,
        /// The term of its last entry.
        last_term: Term,
    },
    /// The answer.
    Vote {
        /// The voter's term.
        term: Term,
        /// Whether the candidate has the vote.
        granted: bool,
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
    },
}

/// What clients ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RaftRequest {
    /// A command for the log.
    Propose(KvCommand),
    /// A linearizable read, without the log.
    Read {
        /// The key.
        key: u32,
    },
}

/// What clients are answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RaftResponse {
    /// It is done.
    Done(KvAnswer),
    /// Ask someone else.
    NotLeader {
        /// Who leads, as far as this node knows.
        leader: Option<NodeId>,
    },
}

/// What operators can ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RaftAdmin {
    /// Stand for election now.
    Campaign,
}

impl RaftAdmin {
    /// The commands as scenarios write them.
    pub const COMMANDS: &'static [&'static str] = &["campaign"];

    /// The command that `text` stands for.
    pub fn parse(text: &str) -> Option<Self> {
        (text == "campaign").then_some(RaftAdmin::Campaign)
    }
}

impl Message {
    /// The kinds of message, as traces and message faults name them.
    pub const KINDS: &'static [&'static str] =
        &["RequestVote", "Vote", "AppendEntries", "Appended", "Propose", "Read", "Done", "NotLeader"];

    /// The sender's term.
    pub fn term(&self) -> Term {
        match self {
            Message::RequestVote { term, .. }
            | Message::Vote { term, .. }
            | Message::AppendEntries { term, .. }
            | Message::Appended { term, .. } => *term,
        }
    }
}

/// Bytes of an entry: term, kind, session, sequence, key and up to two values.
const ENTRY_BYTES: u32 = 45;

const ASK_BYTES: u32 = 25;
const ANSWER_BYTES: u32 = 10;

/// Bytes of a request for a vote and of the answer.
pub const VOTE_BYTES: u64 = (ASK_BYTES + ANSWER_BYTES) as u64;

impl Payload for Message {
    fn size(&self) -> u32 {
        match self {
            Message::RequestVote { .. } => ASK_BYTES,
            Message::Vote { .. } => ANSWER_BYTES,
            Message::AppendEntries { entries, .. } => 41 + entries.len() as u32 * ENTRY_BYTES,
            Message::Appended { .. } => 34,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Message::RequestVote { .. } => "RequestVote",
            Message::Vote { .. } => "Vote",
            Message::AppendEntries { .. } => "AppendEntries",
            Message::Appended { .. } => "Appended",
        }
    }
}

impl Payload for Record {
    fn size(&self) -> u32 {
        match self {
            Record::Vote { .. } => 13,
            Record::Entries { entries, .. } => 9 + entries.len() as u32 * ENTRY_BYTES,
        }
    }
}

impl Payload for RaftRequest {
    fn size(&self) -> u32 {
        match self {
            RaftRequest::Propose(_) => 45,
            RaftRequest::Read { .. } => 13,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            RaftRequest::Propose(_) => "Propose",
            RaftRequest::Read { .. } => "Read",
        }
    }
}

impl Payload for RaftResponse {
    fn size(&self) -> u32 {
        17
    }

    fn kind(&self) -> &'static str {
        match self {
            RaftResponse::Done(_) => "Done",
            RaftResponse::NotLeader { .. } => "NotLeader",
        }
    }
}

impl Payload for RaftAdmin {
    fn size(&self) -> u32 {
        1
    }

    fn kind(&self) -> &'static str {
        "Campaign"
    }
}
