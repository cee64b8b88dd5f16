//! What the queue holds.

use std::hash::Hash;

use super::observer::Loss;
use crate::base::{ClientId, Digest, JournalId, LinkId, NodeId, SimTime};
use crate::network::{DisturbanceId, PartitionId};
use crate::process::{Payload, Process, RequestId};

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Event<P: Process> {
    /// A node starts for the first time.
    Start { node: NodeId },
    /// A client starts.
    StartClient { client: ClientId },
    /// A message arrives.
    Message { from: NodeId, to: NodeId, message: P::Message },
    /// A request arrives.
    Request { client: ClientId, to: NodeId, id: RequestId, request: P::Request },
    /// A response arrives.
    Response { from: NodeId, client: ClientId, id: RequestId, response: P::Response },
    /// A timer may be due.
    Timer { node: NodeId, place: u32 },
    /// A client's timer may be due.
    ClientTimer { client: ClientId, place: u32 },
    /// A sync ends, if the node has not crashed since.
    Synced { node: NodeId, journal: JournalId, incarnation: u64 },
    /// A node turns to its inbox.
    Wake { node: NodeId, incarnation: u64 },
    /// An operator's command arrives.
    Admin { node: NodeId, command: P::Admin },
    /// An entry of the fault schedule strikes.
    Strike { fault: u32 },
    /// A crashed node comes back.
    Restart { node: NodeId, incarnation: u64 },
    /// A partition ends.
    Heal { partition: PartitionId },
    /// A node's clock is measured and corrected.
    Poll { node: NodeId },
    /// What a fault did to the rate of a node's clock ends.
    Straighten { node: NodeId, bend: u64 },
    /// What is left of a message arrives; its checksum tells.
    Corrupted { link: LinkId, place: u32 },
    /// What disturbs links ends.
    Calm { disturbance: DisturbanceId, last: bool },
    /// A fault that strikes in several steps takes the next.
    Proceed { course: u32 },
    /// Everything is mended for good.
    Settle,
}

/// What is left of a message that was corrupted. It is rare: kept apart, it makes no event larger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Remains {
    /// What kind it was.
    pub(super) kind: &'static str,
    /// What its receiver will find.
    pub(super) why: Loss,
}

/// By hand, because an event can be copied even where a process cannot: duplication needs it.
impl<P: Process> Clone for Event<P> {
    fn clone(&self) -> Self {
        match self {
            Event::Message { from, to, message } => {
                Event::Message { from: *from, to: *to, message: message.clone() }
            }
            Event::Request { client, to, id, request } => {
                Event::Request { client: *client, to: *to, id: *id, request: request.clone() }
            }
            Event::Response { from, client, id, response } => {
                Event::Response { from: *from, client: *client, id: *id, response: response.clone() }
            }
            Event::Admin { node, command } => Event::Admin { node: *node, command: command.clone() },
            Event::Start { node } => Event::Start { node: *node },
            Event::StartClient { client } => Event::StartClient { client: *client },
            Event::Timer { node, place } => Event::Timer { node: *node, place: *place },
            Event::ClientTimer { client, place } => Event::ClientTimer { client: *client, place: *place },
            Event::Synced { node, journal, incarnation } => {
                Event::Synced { node: *node, journal: *journal, incarnation: *incarnation }
            }
            Event::Wake { node, incarnation } => Event::Wake { node: *node, incarnation: *incarnation },
            Event::Strike { fault } => Event::Strike { fault: *fault },
            Event::Restart { node, incarnation } => Event::Restart { node: *node, incarnation: *incarnation },
            Event::Heal { partition } => Event::Heal { partition: *partition },
            Event::Poll { node } => Event::Poll { node: *node },
            Event::Straighten { node, bend } => Event::Straighten { node: *node, bend: *bend },
            Event::Corrupted { link, place } => Event::Corrupted { link: *link, place: *place },
            Event::Calm { disturbance, last } => Event::Calm { disturbance: *disturbance, last: *last },
            Event::Proceed { course } => Event::Proceed { course: *course },
            Event::Settle => Event::Settle,
        }
    }
}

/// Folds a message that arrives into the digest.
#[inline(always)]
pub(super) fn fold_message(digest: &mut Digest, at: SimTime, from: NodeId, to: NodeId, message: &impl Hash) {
    fold_head(digest, at, 1, LinkId::new(from, to).code());
    message.hash(digest);
}

/// No run reaches 2^60 ns (36 years), so time and kind share a word.
#[inline(always)]
fn fold_head(digest: &mut Digest, at: SimTime, kind: u64, code: u64) {
    digest.fold_pair(at.as_ns() << 4 | kind, code);
}

impl<P: Process> Event<P> {
    /// Folds the event into the digest: time, kind, target, payload. The numbers of
    /// the kinds are part of the digest scheme. Which timer fired, whom a fault hit and
    /// what a crash left on a disk are folded where they are found out.
    #[inline]
    pub(super) fn fold(&self, at: SimTime, digest: &mut Digest) {
        let mut head = |kind: u64, code: u64| fold_head(digest, at, kind, code);
        match self {
            Event::Message { from, to, message } => fold_message(digest, at, *from, *to, message),
            Event::Request { client, to, id, request } => {
                head(2, LinkId::new(*client, *to).code());
                (id, request).hash(digest);
            }
            Event::Response { from, client, id, response } => {
                head(3, LinkId::new(*from, *client).code());
                (id, response).hash(digest);
            }
            Event::Timer { node, .. } => head(4, u64::from(node.0)),
            Event::ClientTimer { client, .. } => head(5, u64::from(client.0)),
            Event::Synced { node, journal, .. } => head(6, u64::from(node.0) << 32 | u64::from(journal.0)),
            Event::Wake { node, .. } => head(7, u64::from(node.0)),
            Event::Admin { node, command } => {
                head(8, u64::from(node.0));
                command.hash(digest);
            }
            Event::Strike { fault } => head(9, u64::from(*fault)),
            Event::Restart { node, .. } => head(10, u64::from(node.0)),
            Event::Heal { partition } => head(11, partition.0),
            Event::Start { node } => head(12, u64::from(node.0)),
            Event::StartClient { client } => head(13, u64::from(client.0)),
            Event::Corrupted { link, .. } => head(14, link.code()),
            // What else comes is told apart by the word that follows.
            Event::Calm { disturbance, .. } => {
                head(15, disturbance.0);
                digest.fold(16);
            }
            Event::Poll { node } => {
                head(15, u64::from(node.0));
                digest.fold(17);
            }
            Event::Straighten { node, bend } => {
                head(15, u64::from(node.0) << 32 | bend);
                digest.fold(18);
            }
            Event::Proceed { course } => {
                head(15, u64::from(*course));
                digest.fold(20);
            }
            Event::Settle => {
                head(15, 0);
                digest.fold(19);
            }
        }
    }

    /// The link it takes, if it travels and is whole.
    pub(super) fn link(&self) -> Option<LinkId> {
        match self {
            Event::Message { from, to, .. } => Some(LinkId::new(*from, *to)),
            Event::Request { client, to, .. } => Some(LinkId::new(*client, *to)),
            Event::Response { from, client, .. } => Some(LinkId::new(*from, *client)),
            _ => None,
        }
    }

    /// The link it takes, whole or not.
    #[cold]
    pub(super) fn way(&self) -> Option<LinkId> {
        match self {
            Event::Corrupted { link, .. } => Some(*link),
            other => other.link(),
        }
    }

    /// What its payload calls itself.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Event::Message { message, .. } => message.kind(),
            Event::Request { request, .. } => request.kind(),
            Event::Response { response, .. } => response.kind(),
            _ => "event",
        }
    }

    /// The length of its payload in bytes.
    pub(super) fn size(&self) -> u32 {
        match self {
            Event::Message { message, .. } => message.size(),
            Event::Request { request, .. } => request.size(),
            Event::Response { response, .. } => response.size(),
            _ => 0,
        }
    }

    /// What the network makes of it when it corrupts it and nobody notices, if its payload allows for that.
    #[cold]
    pub(super) fn garbled(&self, word: u64) -> Option<Self> {
        match self {
            Event::Message { from, to, message } => {
                message.corrupt(word).map(|message| Event::Message { from: *from, to: *to, message })
            }
            Event::Request { client, to, id, request } => request
                .corrupt(word)
                .map(|request| Event::Request { client: *client, to: *to, id: *id, request }),
            Event::Response { from, client, id, response } => response
                .corrupt(word)
                .map(|response| Event::Response { from: *from, client: *client, id: *id, response }),
            _ => None,
        }
    }
}
