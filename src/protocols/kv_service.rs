//! How a closed-loop client speaks to a replicated key-value store, whatever protocol replicates it.

use crate::process::Process;
use crate::replication::{KvAnswer, KvCommand, KvOp, KvRequest, KvResponse, SessionId};
use crate::workload::{Answer, Operation, Reply, Service};

/// Opens a session for each process, proposes writes and compare-and-sets in it, and reads as the cluster
/// is configured for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct KvService {
    /// Whether any node may be asked to read.
    pub reads_anywhere: bool,
}

impl<P: Process<Request = KvRequest, Response = KvResponse>> Service<P> for KvService {
    fn open(&self, operation: Operation) -> Option<KvRequest> {
        (!matches!(operation, Operation::Read { .. })).then_some(KvRequest::OpenSession)
    }

    fn request(&self, session: u32, sequence: u32, operation: Operation) -> KvRequest {
        let op = match operation {
            Operation::Read { key } => return KvRequest::Read { key },
            Operation::Write { key, value } => KvOp::Write { key, value },
            Operation::Cas { key, old, new } => KvOp::Cas { key, old, new },
            Operation::Propose { .. } => unreachable!("a key-value store decides nothing"),
        };
        KvRequest::Propose(KvCommand { session: SessionId(session), sequence, op })
    }

    fn asks_anyone(&self, operation: Operation) -> bool {
        self.reads_anywhere && matches!(operation, Operation::Read { .. })
    }

    fn reply(&self, response: KvResponse) -> Reply {
        match response {
            KvResponse::Done(KvAnswer::Value(value)) => Reply::Done(Answer::Value(value)),
            KvResponse::Done(KvAnswer::Written) => Reply::Done(Answer::Written),
            KvResponse::Done(KvAnswer::CasFailed) => Reply::Done(Answer::CasFailed),
            KvResponse::Opened(SessionId(session)) => Reply::Opened(session),
            KvResponse::SessionEnded => Reply::Lost,
            KvResponse::NotLeader { leader } => Reply::Elsewhere(leader),
        }
    }
}
