//! Fenced reads: a primary makes sure that it has not been replaced.
//!
//! It remembers how far entries are certain and asks those whose acknowledgements it needs for a write: whoever could
//! be made the primary in its place is one of them, or cannot be without one of them having been told, and does not
//! answer the old one from then on. Rounds are numbered and ride on `Append`; reads that arrive during a round share the
//! next one. Before its own first entry is certain a primary does not know what is, so reads wait for that.

use std::collections::VecDeque;

use super::config::Form;
use super::replica::{Replica, Role};
use crate::base::{ClientId, NodeId, SimTime};
use crate::process::{Context, RequestId};
use crate::replication::KvResponse;

/// A client that waits for a key's value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    client: ClientId,
    id: RequestId,
    key: u32,
    since: SimTime,
}

impl Read {
    pub(super) fn new(client: ClientId, id: RequestId, key: u32, since: SimTime) -> Self {
        Read { client, id, key, since }
    }
}

/// The reads of one primary.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// The number of the latest round.
    round: u64,
    /// Reads that wait for a round of their own.
    arrived: Vec<Read>,
    /// Reads whose round is under way, with its number.
    asked: VecDeque<(u64, Read)>,
}

impl Reads {
    /// Those of a primary in the how-manieth of its lives: in one epoch no two of its rounds have the same number, as an
    /// answer to an earlier one may come late.
    pub(super) fn of(life: u64) -> Self {
        Reads { round: life << 32, ..Reads::default() }
    }

    /// The number of the latest round.
    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// The round that is under way, and since when somebody has waited for it.
    pub(super) fn oldest(&self) -> Option<(u64, SimTime)> {
        self.asked.front().map(|(round, read)| (*round, read.since))
    }

    /// Everyone who still waits.
    pub(super) fn into_clients(self) -> impl Iterator<Item = (ClientId, RequestId)> {
        let asked = self.asked.into_iter().map(|(_, read)| read);
        asked.chain(self.arrived).map(|read| (read.client, read.id))
    }
}

impl Replica {
    /// A client asks the primary for the value of a key.
    pub(super) fn read(&mut self, read: Read, ctx: &mut Context<Self>) {
        if let Some(primary) = self.leadership() {
            primary.reads.arrived.push(read);
            self.confirm_reads(ctx);
        }
    }

    /// Answers the reads whose round is answered, and starts the next.
    pub(super) fn confirm_reads(&mut self, ctx: &mut Context<Self>) {
        loop {
            let confirmed = self.confirmed_round();
            let Role::Primary(primary) = &mut self.role else { return };
            let reads = &mut primary.reads;
            while let Some((_, read)) = reads.asked.front().copied().filter(|(round, _)| *round <= confirmed)
            {
                reads.asked.pop_front();
                ctx.reply(read.client, read.id, KvResponse::Done(self.machine.read(read.key)));
            }
            let knows = self.commit >= primary.first;
            if reads.arrived.is_empty() || !reads.asked.is_empty() || !knows {
                return;
            }
            reads.round += 1;
            let round = reads.round;
            reads.asked.extend(reads.arrived.drain(..).map(|read| (round, read)));
            for node in self.others() {
                self.send_append(node, ctx);
            }
        }
    }

    /// The latest round that enough have answered.
    fn confirmed_round(&self) -> u64 {
        let Role::Primary(primary) = &self.role else { return 0 };
        let answered = |node: NodeId| primary.progress[node.index()].round;
        match self.config.form {
            Form::Asynchronous => u64::MAX,
            Form::InSync => self.required().iter(self.config.copies).map(answered).min().unwrap_or(u64::MAX),
            Form::SemiSynchronous => self.reached_by_enough(answered),
        }
    }
}
