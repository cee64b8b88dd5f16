//! Linearizable reads without the log (dissertation §6.4).
//!
//! **ReadIndex**: a leader remembers its commit index, makes sure that it still leads by a round of messages
//! answered by a majority, and then answers from its state machine. Rounds are numbered and ride on
//! `AppendEntries`; reads that arrive during a round share the next one. Before its first own entry is
//! committed a leader does not know what is committed, so reads wait for that.
//!
//! **Lease** (§6.4.1): each heartbeat is a round. Who has answered one votes for nobody else for
//! `election_timeout_min` (`check_quorum`), so for that long from the start of the last round that a majority
//! has answered, less what clocks may be wrong, a leader need not ask. A leader that has asked a successor to
//! stand cannot count on that any more: the request may arrive at any time.
//!
//! Followers read by asking the leader for a ReadIndex: `questions`.
//!
//! **Stale**, and not linearizable: any member answers from its state machine, and asks nobody (what ZooKeeper's
//! servers and etcd's serializable reads do).

use std::collections::VecDeque;

use super::bugs::Bug;
use super::config::ReadMode;
use super::entry::LogIndex;
use super::message::Message;
use super::node::{Raft, Role};
use crate::base::{ClientId, NodeId, SimTime};
use crate::process::{Context, RequestId};
use crate::replication::{KvResponse, lease};

/// Someone who waits for a round.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reader {
    /// A client, for a key's value.
    Client(Read),
    /// A follower, for the index that it asked for.
    Follower {
        /// Who asks.
        node: NodeId,
        /// Its name for the question.
        question: u64,
    },
}

/// A client that waits for a key's value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) client: ClientId,
    pub(super) id: RequestId,
    pub(super) key: u32,
}

/// The reads of one leadership.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// The number of the latest round.
    round: u64,
    /// Reads that wait for a round of their own.
    arrived: Vec<Reader>,
    /// Reads whose round is under way, with its number and the commit index when it began.
    asked: VecDeque<(u64, LogIndex, Reader)>,
    /// Where leases are used: when each round began that a majority has not answered yet.
    begun: VecDeque<(u64, SimTime)>,
    /// When the last round began that a majority has answered.
    confirmed_at: Option<SimTime>,
    has_forgone_lease: bool,
}

impl Reads {
    /// The number of the latest round.
    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// The number of a round that begins now.
    pub(super) fn next_round(&mut self) -> u64 {
        self.round += 1;
        self.round
    }

    /// Everyone who still waits.
    pub(super) fn into_clients(self) -> impl Iterator<Item = (ClientId, RequestId)> {
        let asked = self.asked.into_iter().map(|(_, _, reader)| reader);
        asked.chain(self.arrived).filter_map(|reader| match reader {
            Reader::Client(read) => Some((read.client, read.id)),
            Reader::Follower { .. } => None,
        })
    }

    /// From now on somebody may be elected at any time.
    pub(super) fn forgo_lease(&mut self) {
        self.has_forgone_lease = true;
    }

    /// The rounds up to `confirmed` have been answered by a majority.
    fn confirm_lease(&mut self, confirmed: u64) {
        while let Some((_, at)) = self.begun.front().copied().filter(|(round, _)| *round <= confirmed) {
            self.begun.pop_front();
            self.confirmed_at = Some(at);
        }
    }
}

impl Raft {
    /// A client asks the leader for the value of a key.
    pub(super) fn read(&mut self, read: Read, ctx: &mut Context<Self>) {
        if self.holds_lease(ctx) || self.answers_unconfirmed() {
            return ctx.reply(read.client, read.id, KvResponse::Done(self.machine.read(read.key)));
        }
        self.wait_for_round(Reader::Client(read), ctx);
    }

    /// A client asks for the value of a key, as of whenever this node has come to: others may have come further,
    /// and it may come up again from less. Who does not belong to the cluster, as far as it knows, may know nothing.
    pub(super) fn read_unasked(&self, read: Read, ctx: &mut Context<Self>) {
        let response = match self.membership.everyone().contains(self.id) {
            true => KvResponse::Done(self.machine.read(read.key)),
            false => KvResponse::NotLeader { leader: self.leader },
        };
        ctx.reply(read.client, read.id, response);
    }

    /// Someone waits for a round.
    pub(super) fn wait_for_round(&mut self, reader: Reader, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.reads.arrived.push(reader);
        self.start_read_round(ctx);
    }

    fn answers_unconfirmed(&self) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        self.has(Bug::ReadsUnconfirmed) && self.commit >= leadership.first
    }

    /// Whether nobody else can have been elected.
    fn holds_lease(&self, ctx: &Context<Self>) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let reads = &leadership.reads;
        let may = self.config.reads == ReadMode::Lease
            && self.commit >= leadership.first
            && (!reads.has_forgone_lease || self.has(Bug::LeaseThroughTransfer));
        let length = match self.has(Bug::LeaseIgnoresDrift) {
            true => self.config.election_timeout_min,
            false => lease(self.config.election_timeout_min, self.config.drift_bound_ppm),
        };
        may && reads.confirmed_at.is_some_and(|at| ctx.now().since(at) < length)
    }

    /// Where leases are used, each heartbeat is a round.
    pub(super) fn start_lease_round(&mut self, ctx: &mut Context<Self>) {
        let id = self.id;
        if self.config.reads != ReadMode::Lease {
            return;
        }
        let Role::Leader(leadership) = &mut self.role else { return };
        let reads = &mut leadership.reads;
        let round = reads.next_round();
        reads.begun.push_back((round, ctx.now()));
        leadership.progress[id.index()].round = round;
        self.confirm_reads(ctx);
    }

    /// Starts a round for the reads that wait, if it may and none is under way.
    pub(super) fn start_read_round(&mut self, ctx: &mut Context<Self>) {
        let (commit, id) = (self.commit, self.id);
        let hasty = self.has(Bug::ReadsBeforeNoop);
        let Role::Leader(leadership) = &mut self.role else { return };
        let reads = &mut leadership.reads;
        let knows_commit = commit >= leadership.first || hasty;
        if reads.arrived.is_empty() || !reads.asked.is_empty() || !knows_commit {
            return;
        }
        let round = reads.next_round();
        reads.asked.extend(reads.arrived.drain(..).map(|reader| (round, commit, reader)));
        if self.config.reads == ReadMode::Lease {
            reads.begun.push_back((round, ctx.now()));
        }
        leadership.progress[id.index()].round = round;
        for peer in self.peers() {
            self.send_append(peer, ctx);
        }
        self.confirm_reads(ctx);
    }

    /// Answers the reads whose round a majority has answered.
    pub(super) fn confirm_reads(&mut self, ctx: &mut Context<Self>) {
        let (applied, members) = (self.applied, self.membership.active());
        let Role::Leader(leadership) = &mut self.role else { return };
        let confirmed = leadership.confirmed_round(&members);
        leadership.reads.confirm_lease(confirmed);
        while let Some(&(round, read_index, reader)) = leadership.reads.asked.front() {
            if round > confirmed {
                return;
            }
            assert!(applied >= read_index, "a leader applies what it commits at once");
            leadership.reads.asked.pop_front();
            match reader {
                Reader::Client(Read { client, id, key }) => {
                    ctx.reply(client, id, KvResponse::Done(self.machine.read(key)));
                }
                Reader::Follower { node, question } => {
                    ctx.send(node, Message::ReadIndexIs { term: self.term, question, index: read_index });
                }
            }
        }
        self.start_read_round(ctx);
    }
}
