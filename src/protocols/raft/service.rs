//! How a closed-loop client speaks Raft.

use super::config::{RaftConfig, ReadMode};
use super::message::{RaftRequest, RaftResponse};
use super::node::Raft;
use crate::replication::{KvAnswer, KvCommand, KvOp, SessionId};
use crate::workload::{Answer, Operation, Reply, Service};

/// Opens a session for each process, proposes writes and compare-and-sets in it, and reads as the cluster
/// is configured for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RaftService {
    /// Whether any node may be asked to read.
    pub reads_anywhere: bool,
}

impl RaftService {
    /// For a cluster of `config`.
    pub fn of(config: &RaftConfig) -> Self {
        RaftService { reads_anywhere: config.reads == ReadMode::Follower }
    }
}

impl Service<Raft> for RaftService {
    fn open(&self, operation: Operation) -> Option<RaftRequest> {
        (!matches!(operation, Operation::Read { .. })).then_some(RaftRequest::OpenSession)
    }

    fn request(&self, session: u32, sequence: u32, operation: Operation) -> RaftRequest {
        let op = match operation {
            Operation::Read { key } => return RaftRequest::Read { key },
            Operation::Write { key, value } => KvOp::Write { key, value },
            Operation::Cas { key, old, new } => KvOp::Cas { key, old, new },
            Operation::Propose { .. } => unreachable!("Raft's clients ask a key-value service"),
        };
        RaftRequest::Propose(KvCommand { session: SessionId(session), sequence, op })
    }

    fn asks_anyone(&self, operation: Operation) -> bool {
        self.reads_anywhere && matches!(operation, Operation::Read { .. })
    }

    fn reply(&self, response: RaftResponse) -> Reply {
        match response {
            RaftResponse::Done(KvAnswer::Value(value)) => Reply::Done(Answer::Value(value)),
            RaftResponse::Done(KvAnswer::Written) => Reply::Done(Answer::Written),
            RaftResponse::Done(KvAnswer::CasFailed) => Reply::Done(Answer::CasFailed),
            RaftResponse::Opened(SessionId(session)) => Reply::Opened(session),
            RaftResponse::SessionEnded => Reply::Lost,
            RaftResponse::NotLeader { leader } => Reply::Elsewhere(leader),
        }
    }
}
