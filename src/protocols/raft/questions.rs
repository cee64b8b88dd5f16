//! Reads from followers: a follower asks its leader how far it must have come (dissertation §6.4).

use super::bugs::Bug;
use super::entry::LogIndex;
use super::message::Message;
use super::node::{Raft, Role};
use super::reads::{Read, Reader};
use crate::base::NodeId;
use crate::process::Context;
use crate::replication::KvResponse;

/// The reads that a follower is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions {
    /// How many questions were asked since the node started.
    count: u32,
    /// Asked of the leader, and not answered.
    asked: Vec<(u64, Read)>,
    /// Answered: they wait until that much is applied.
    answered: Vec<(LogIndex, Read)>,
}

impl Raft {
    /// A client asks a follower for the value of a key.
    pub(super) fn ask_leader(&mut self, read: Read, ctx: &mut Context<Self>) {
        let Some(leader) = self.leader else {
            return ctx.reply(read.client, read.id, KvResponse::NotLeader { leader: None });
        };
        // A client reads one thing at a time: what it asked before it has asked again, or given up.
        if !self.has(Bug::ReusesQuestions) {
            self.questions.asked.retain(|(_, earlier)| earlier.client != read.client);
        }
        self.questions.count += 1;
        // A question of an earlier life may still be answered: it must not be taken for this one.
        let own_name = self.incarnation << 32 | u64::from(self.questions.count);
        let question = if self.has(Bug::ReusesQuestions) { u64::from(read.client.0) } else { own_name };
        self.questions.asked.push((question, read));
        ctx.send(leader, Message::ReadIndex { term: self.term, question });
    }

    /// A follower asks this node, which may lead.
    pub(super) fn on_read_index(&mut self, node: NodeId, question: u64, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_)) {
            self.wait_for_round(Reader::Follower { node, question }, ctx);
        }
    }

    /// The leader's answer.
    pub(super) fn on_read_index_is(&mut self, question: u64, index: LogIndex, ctx: &mut Context<Self>) {
        let Some(place) = self.questions.asked.iter().position(|(asked, _)| *asked == question) else {
            return;
        };
        let (_, read) = self.questions.asked.swap_remove(place);
        self.questions.answered.push((index, read));
        self.answer_reads(ctx);
    }

    /// Answers the reads for which enough is applied.
    #[inline]
    pub(super) fn answer_reads(&mut self, ctx: &mut Context<Self>) {
        if self.questions.answered.is_empty() {
            return;
        }
        let (applied, machine) = (self.applied, &self.machine);
        self.questions.answered.retain(|(index, read)| {
            if *index <= applied {
                ctx.reply(read.client, read.id, KvResponse::Done(machine.read(read.key)));
            }
            *index > applied
        });
    }

    /// The leader that was asked leads no more: its answer may never come.
    pub(super) fn dismiss_questions(&mut self, ctx: &mut Context<Self>) {
        let leader = self.leader;
        for (_, read) in self.questions.asked.drain(..) {
            ctx.reply(read.client, read.id, KvResponse::NotLeader { leader });
        }
    }
}
