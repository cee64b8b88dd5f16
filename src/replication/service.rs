//! What clients ask of a replicated key-value store, and what they are answered.

use super::{KvAnswer, KvCommand, SessionId};
use crate::base::NodeId;
use crate::process::Payload;

/// What clients ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KvRequest {
    /// A session, which commands need.
    OpenSession,
    /// A command to be replicated.
    Propose(KvCommand),
    /// A linearizable read, in the way that the cluster is configured for.
    Read {
        /// The key.
        key: u32,
    },
}

/// What clients are answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KvResponse {
    /// It is done.
    Done(KvAnswer),
    /// The session is open.
    Opened(SessionId),
    /// The command's session has ended: whether an earlier copy took effect is not known.
    SessionEnded,
    /// Ask someone else.
    NotLeader {
        /// Who leads, as far as this node knows.
        leader: Option<NodeId>,
    },
}

impl Payload for KvRequest {
    fn size(&self) -> u32 {
        match self {
            KvRequest::OpenSession => 9,
            KvRequest::Propose(_) => 45,
            KvRequest::Read { .. } => 13,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            KvRequest::OpenSession => "OpenSession",
            KvRequest::Propose(_) => "Propose",
            KvRequest::Read { .. } => "Read",
        }
    }
}

impl Payload for KvResponse {
    fn size(&self) -> u32 {
        17
    }

    fn kind(&self) -> &'static str {
        match self {
            KvResponse::Done(_) => "Done",
            KvResponse::Opened(_) => "Opened",
            KvResponse::SessionEnded => "SessionEnded",
            KvResponse::NotLeader { .. } => "NotLeader",
        }
    }
}
