//! Reads that take no slot.
//!
//! **Confirmed**: a leader that has applied all that earlier leaders may have had chosen asks everyone once more
//! and answers when a quorum of the second phase has promised nobody else anything since: whoever leads in a
//! later ballot needs a quorum of the first phase, which has a node in common with that one. Rounds are numbered
//! and ride on `Accept`; reads that arrive during a round share the next one.
//!
//! **Lease** (*Paxos Made Live*, §5.2): each heartbeat is a round. Who has answered one promises nothing to
//! anyone else for `election_timeout_min`, so for that long from the start of a round, less what clocks may be
//! wrong, a leader need not ask whom has answered it.
//!
//! **Stale**, and not linearizable: any replica answers from its state machine, and asks nobody.

use std::collections::VecDeque;

use super::bugs::Bug;
use super::command::Slot;
use super::config::ReadMode;
use super::leader::Leadership;
use super::message::Message;
use super::node::{MultiPaxos, Role};
use crate::base::{ClientId, NodeId, SimDuration, SimTime};
use crate::process::{Context, RequestId};
use crate::replication::{Batch, KvResponse, NodeSet, Phase, lease};

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
    arrived: Vec<Read>,
    /// Reads whose round is under way, with its number.
    asked: VecDeque<(u64, Read)>,
    /// Where leases are used: when each of the latest rounds began.
    begun: VecDeque<(u64, SimTime)>,
}

/// A lease is held by rounds that are not older than so many.
const MOST_ROUNDS: usize = 64;

impl Reads {
    /// The number of the latest round.
    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// Everyone who still waits.
    pub(super) fn into_clients(self) -> impl Iterator<Item = (ClientId, RequestId)> {
        let asked = self.asked.into_iter().map(|(_, read)| read);
        asked.chain(self.arrived).map(|read| (read.client, read.id))
    }
}

impl Leadership {
    /// Who has answered a round that began so late that its answer still holds.
    fn lessors(&self, now: SimTime, length: SimDuration) -> NodeSet {
        let holds = |(_, began): &&(u64, SimTime)| now.since(*began) < length;
        let Some((earliest, _)) = self.reads.begun.iter().find(holds) else { return NodeSet::NOBODY };
        self.answered(*earliest)
    }

    /// Who has answered `round` or a later one.
    fn answered(&self, round: u64) -> NodeSet {
        let nodes = (0..self.peers.len() as u32).map(NodeId);
        nodes.filter(|node| self.peers[node.index()].round >= round).collect()
    }
}

impl MultiPaxos {
    /// A client asks the leader for the value of a key.
    pub(super) fn read(&mut self, read: Read, ctx: &mut Context<Self>) {
        if self.holds_lease(ctx) || self.answers_unconfirmed() {
            return ctx.reply(read.client, read.id, KvResponse::Done(self.machine.read(read.key)));
        }
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.reads.arrived.push(read);
        self.start_read_round(ctx);
    }

    /// A client asks for the value of a key, as of whenever this replica has come to. Who does not belong to the
    /// cluster, as far as it knows, may know nothing.
    pub(super) fn read_unasked(&self, read: Read, ctx: &mut Context<Self>) {
        let response = match self.membership.everyone().contains(self.id) {
            true => KvResponse::Done(self.machine.read(read.key)),
            false => KvResponse::NotLeader { leader: self.leader },
        };
        ctx.reply(read.client, read.id, response);
    }

    fn answers_unconfirmed(&self) -> bool {
        self.has(Bug::ReadsUnconfirmed) && self.knows_all_chosen()
    }

    /// Whether all is applied that earlier leaders may have had chosen: whatever a quorum of the members for the
    /// next slot had accepted. Where those are others than the ones that elected it, they must have promised, too.
    fn knows_all_chosen(&self) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let members = self.membership.at(self.applied.next());
        let has_asked = self.config.is_quorum(Phase::One, members, leadership.promises.by);
        has_asked && self.applied >= leadership.inherited()
    }

    /// Whether nobody can have been promised a later ballot by a quorum.
    fn holds_lease(&self, ctx: &Context<Self>) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        if self.config.reads != ReadMode::Lease || !self.knows_all_chosen() {
            return false;
        }
        let length = match self.has(Bug::LeaseIgnoresDrift) {
            true => self.config.election_timeout_min,
            false => lease(self.config.election_timeout_min, self.config.drift_bound_ppm),
        };
        self.is_led_by(leadership.lessors(ctx.now(), length))
    }

    /// Whether those of `nodes` and this one keep everybody else from leading.
    fn is_led_by(&self, nodes: NodeSet) -> bool {
        self.config.is_quorum(Phase::Two, self.membership.at(self.applied.next()), nodes.with(self.id))
    }

    /// A round begins, with the messages that follow.
    pub(super) fn begin_round(&mut self, ctx: &mut Context<Self>) {
        let keeps_times = self.config.reads == ReadMode::Lease;
        let Role::Leader(leadership) = &mut self.role else { return };
        let reads = &mut leadership.reads;
        reads.round += 1;
        if keeps_times {
            reads.begun.push_back((reads.round, ctx.now()));
            if reads.begun.len() > MOST_ROUNDS {
                reads.begun.pop_front();
            }
        }
    }

    /// Starts a round for the reads that wait, if it may and none is under way.
    #[inline]
    pub(super) fn start_read_round(&mut self, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let reads = &mut leadership.reads;
        if reads.arrived.is_empty() || !reads.asked.is_empty() || !self.knows_all_chosen() {
            return;
        }
        self.begin_round(ctx);
        let Role::Leader(leadership) = &mut self.role else { return };
        let (ballot, reads) = (leadership.ballot, &mut leadership.reads);
        let round = reads.round;
        reads.asked.extend(reads.arrived.drain(..).map(|read| (round, read)));
        let (first, chosen) = (Slot(0), self.applied);
        for peer in self.peers() {
            ctx.send(peer, Message::Accept { ballot, first, commands: Batch::None, chosen, round });
        }
        self.confirm_reads(ctx);
    }

    /// `node` has answered `round`.
    #[inline]
    pub(super) fn answered_round(&mut self, node: NodeId, round: u64, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let peer = &mut leadership.peers[node.index()];
        if round > peer.round {
            peer.round = round;
            self.confirm_reads(ctx);
        }
    }

    /// Answers the reads whose round a quorum has answered.
    fn confirm_reads(&mut self, ctx: &mut Context<Self>) {
        while let Role::Leader(leadership) = &self.role
            && let Some(&(round, Read { client, id, key })) = leadership.reads.asked.front()
            && self.is_led_by(leadership.answered(round))
        {
            ctx.reply(client, id, KvResponse::Done(self.machine.read(key)));
            let Role::Leader(leadership) = &mut self.role else { return };
            leadership.reads.asked.pop_front();
        }
        self.start_read_round(ctx);
    }
}
