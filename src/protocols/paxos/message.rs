//! What nodes, clients and disks are told.

use crate::base::NodeId;
use crate::process::Payload;
use crate::replication::Ballot;

/// An instance of Paxos, which decides once: a key.
pub type Instance = u32;

/// What nodes send each other (*Paxos Made Simple*, §2.2). Each is about one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// Phase 1a: a proposer asks for promises to accept nothing in ballots before its own.
    Prepare {
        /// The instance.
        instance: Instance,
        /// The proposer's ballot.
        ballot: Ballot,
    },
    /// Phase 1b: an acceptor promises.
    Promise {
        /// The instance.
        instance: Instance,
        /// The ballot of the prepare.
        ballot: Ballot,
        /// What it has accepted, in its latest ballot.
        accepted: Option<(Ballot, i64)>,
    },
    /// Phase 2a: a proposer proposes.
    Accept {
        /// The instance.
        instance: Instance,
        /// The proposer's ballot.
        ballot: Ballot,
        /// The value.
        value: i64,
    },
    /// Phase 2b: an acceptor has accepted.
    Accepted {
        /// The instance.
        instance: Instance,
        /// In which ballot.
        ballot: Ballot,
        /// What.
        value: i64,
    },
    /// An acceptor refuses either phase: it has promised another ballot.
    Nack {
        /// The instance.
        instance: Instance,
        /// The ballot that is refused.
        ballot: Ballot,
        /// What stands in its way.
        promised: Ballot,
    },
    /// The value is decided.
    Learn {
        /// The instance.
        instance: Instance,
        /// What.
        value: i64,
    },
}

/// What the disk holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// A promise.
    Promised {
        /// The instance.
        instance: Instance,
        /// The ballot.
        ballot: Ballot,
    },
    /// An acceptance, and with it a promise.
    Accepted {
        /// The instance.
        instance: Instance,
        /// In which ballot.
        ballot: Ballot,
        /// What.
        value: i64,
    },
}

/// What clients ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PaxosRequest {
    /// That this be decided, if nothing is.
    Propose {
        /// The instance.
        instance: Instance,
        /// The value.
        value: i64,
    },
}

/// What clients are answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PaxosResponse {
    /// This is decided.
    Decided(i64),
    /// Ask one who proposes.
    NotProposer {
        /// Such a one.
        proposer: NodeId,
    },
}

impl Message {
    /// The kinds of message, as traces and message faults name them.
    pub const KINDS: &'static [&'static str] =
        &["Prepare", "Promise", "Accept", "Accepted", "Nack", "Learn", "Propose", "Decided", "NotProposer"];
}

/// Bytes of a kind, an instance, a ballot and a value.
const KIND: u32 = 1;
const INSTANCE: u32 = 4;
const BALLOT: u32 = 8;
const VALUE: u32 = 8;
const PREPARE: u32 = KIND + INSTANCE + BALLOT;
/// With or without an acceptance.
const PROMISE: u32 = PREPARE + KIND + BALLOT + VALUE;

/// Bytes of a prepare and its promise.
pub const VOTE_BYTES: u64 = (PREPARE + PROMISE) as u64;

impl Payload for Message {
    fn size(&self) -> u32 {
        match self {
            Message::Prepare { .. } => PREPARE,
            Message::Promise { .. } => PROMISE,
            Message::Accept { .. } | Message::Accepted { .. } => PREPARE + VALUE,
            Message::Nack { .. } => PREPARE + BALLOT,
            Message::Learn { .. } => KIND + INSTANCE + VALUE,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Message::Prepare { .. } => "Prepare",
            Message::Promise { .. } => "Promise",
            Message::Accept { .. } => "Accept",
            Message::Accepted { .. } => "Accepted",
            Message::Nack { .. } => "Nack",
            Message::Learn { .. } => "Learn",
        }
    }
}

impl Record {
    /// What it is about.
    pub fn instance(&self) -> Instance {
        match *self {
            Record::Promised { instance, .. } | Record::Accepted { instance, .. } => instance,
        }
    }
}

impl Payload for Record {
    fn size(&self) -> u32 {
        match self {
            Record::Promised { .. } => PREPARE,
            Record::Accepted { .. } => PREPARE + VALUE,
        }
    }
}

impl Payload for PaxosRequest {
    fn size(&self) -> u32 {
        KIND + INSTANCE + VALUE
    }

    fn kind(&self) -> &'static str {
        "Propose"
    }
}

impl Payload for PaxosResponse {
    fn size(&self) -> u32 {
        KIND + VALUE
    }

    fn kind(&self) -> &'static str {
        match self {
            PaxosResponse::Decided(_) => "Decided",
            PaxosResponse::NotProposer { .. } => "NotProposer",
        }
    }
}
