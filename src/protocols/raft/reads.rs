//! Linearizable reads without the log: ReadIndex (dissertation §6.4).
//!
//! A leader remembers its commit index, makes sure that it still leads by a round of
//! messages answered by a majority, and then answers from its state machine. Rounds
//! are numbered and ride on `AppendEntries`; reads that arrive during a round share
//! the next one. Before its first own entry is committed a leader does not know what
//! is committed, so reads wait for that.

use std::collections::VecDeque;

use super::log::LogIndex;
use super::message::RaftResponse;
use super::node::{Raft, Role};
use crate::base::ClientId;
use crate::process::{Context, RequestId};

/// A client that waits for a key's value.
#[derive(Clone, Copy, Debug)]
struct Read {
    client: ClientId,
    id: RequestId,
    key: u32,
}

/// The reads of one leadership.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// The number of the latest round.
    round: u64,
    /// Reads that wait for a round of their own.
    arrived: Vec<Read>,
    /// Reads whose round is under way, with its number and the commit index when it began.
    asked: VecDeque<(u64, LogIndex, Read)>,
}

impl Reads {
    /// The number of the latest round.
    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// Everyone who still waits.
    pub(super) fn into_clients(self) -> impl Iterator<Item = (ClientId, RequestId)> {
        let asked = self.asked.into_iter().map(|(_, _, read)| read);
        asked.chain(self.arrived).map(|read| (read.client, read.id))
    }
}

impl Raft {
    /// A client asks the leader for the value of `key`.
    pub(super) fn read(&mut self, client: ClientId, id: RequestId, key: u32, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.reads.arrived.push(Read { client, id, key });
        self.start_read_round(ctx);
    }

    /// Starts a round for the reads that wait, if it may and none is under way.
    pub(super) fn start_read_round(&mut self, ctx: &mut Context<Self>) {
        let (commit, id) = (self.commit, self.id);
        let Role::Leader(leadership) = &mut self.role else { return };
        let reads = &mut leadership.reads;
        if reads.arrived.is_empty() || !reads.asked.is_empty() || commit < leadership.first {
            return;
        }
        reads.round += 1;
        let round = reads.round;
        reads.asked.extend(reads.arrived.drain(..).map(|read| (round, commit, read)));
        leadership.progress[id.index()].round = round;
        for peer in self.peers() {
            self.send_append(peer, ctx);
        }
        self.confirm_reads(ctx);
    }

    /// Answers the reads whose round a majority has answered.
    pub(super) fn confirm_reads(&mut self, ctx: &mut Context<Self>) {
        let applied = self.applied;
        let Role::Leader(leadership) = &mut self.role else { return };
        let confirmed = leadership.confirmed_round();
        while let Some(&(round, read_index, read)) = leadership.reads.asked.front() {
            if round > confirmed {
                return;
            }
            assert!(applied >= read_index, "a leader applies what it commits at once");
            leadership.reads.asked.pop_front();
            ctx.reply(read.client, read.id, RaftResponse::Done(self.machine.read(read.key)));
        }
        self.start_read_round(ctx);
    }
}
