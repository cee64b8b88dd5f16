//! How a closed-loop client speaks Raft.

use super::message::{RaftRequest, RaftResponse};
use super::node::Raft;
use crate::replication::{KvAnswer, KvCommand, KvOp, SessionId};
use crate::workload::{Answer, Operation, Reply, Service};

/// Proposes writes and compare-and-sets in a session; reads by ReadIndex.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RaftService;

impl Service<Raft> for RaftService {
    fn request(&self, process: u32, sequence: u32, operation: Operation) -> RaftRequest {
        let op = match operation {
            Operation::Read { key } => return RaftRequest::Read { key },
            Operation::Write { key, value } => KvOp::Write { key, value },
            Operation::Cas { key, old, new } => KvOp::Cas { key, old, new },
        };
        RaftRequest::Propose(KvCommand { session: SessionId(process), sequence, op })
    }

    fn reply(&self, response: RaftResponse) -> Reply {
        match response {
            RaftResponse::Done(KvAnswer::Value(value)) => Reply::Done(Answer::Value(value)),
            RaftResponse::Done(KvAnswer::Written) => Reply::Done(Answer::Written),
            RaftResponse::Done(KvAnswer::CasFailed) => Reply::Done(Answer::CasFailed),
            RaftResponse::NotLeader { leader } => Reply::Elsewhere(leader),
        }
    }
}
