//! What a leader does: replicate, commit, answer (§5.3, §5.4.2).

use std::collections::VecDeque;

use super::config::RaftConfig;
use super::log::{Command, Entries, Entry, LogIndex, Term};
use super::message::{AppendResult, Message, RaftResponse, Record};
use super::node::{Raft, Role, Timer};
use super::reads::Reads;
use crate::base::{ClientId, NodeId, Ticket};
use crate::monitor::LogEvent;
use crate::process::{Context, RequestId};
use crate::replication::KvAnswer;
use crate::replication::quorum::{majority, reached_by_majority};

/// What a node knows only while it leads.
#[derive(Clone, Debug)]
pub(super) struct Leadership {
    /// How far each node is; its own entry too.
    pub(super) progress: Vec<Progress>,
    /// Its own writes that are not durable yet, with the last index each covers.
    writes: VecDeque<(Ticket, LogIndex)>,
    /// Clients that wait for an entry, in order of index.
    waiting: VecDeque<(LogIndex, ClientId, RequestId)>,
    pub(super) reads: Reads,
    /// The no-op that began the term: what lies before it is committed once it is.
    pub(super) first: LogIndex,
    scratch: Vec<u64>,
}

/// What a leader knows of one node's log.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// The log agrees with the leader's, durably, up to here.
    pub(super) matched: LogIndex,
    /// The next entry to send.
    next: LogIndex,
    /// Whether the leader is still looking for where the logs agree: one message at a
    /// time, until one is answered. Otherwise it sends ahead of the answers.
    probing: bool,
    /// How many entries may be on their way. It grows by a message with each answer that
    /// brings progress and falls back to one on a conflict: where messages overtake each
    /// other, every one that comes early conflicts, and sending a full window anew for
    /// each would breed more of them without end.
    window: u64,
    /// The latest read round that it has answered.
    pub(super) round: u64,
}

impl Progress {
    /// Entries sent and not acknowledged.
    fn in_flight(&self) -> u64 {
        self.next.0 - self.matched.next().0
    }
}

impl Leadership {
    pub(super) fn new(config: &RaftConfig, id: NodeId, last: LogIndex) -> Self {
        let progress = |node| Progress {
            matched: LogIndex(0),
            next: last.next(),
            probing: node != id,
            window: config.window_step(),
            round: 0,
        };
        Leadership {
            progress: (0..config.nodes).map(|node| progress(NodeId(node))).collect(),
            writes: VecDeque::new(),
            waiting: VecDeque::new(),
            reads: Reads::default(),
            first: last.next(),
            scratch: Vec::new(),
        }
    }

    /// Answers those who wait for the entry at `index`.
    pub(super) fn answer(&mut self, index: LogIndex, answer: Option<KvAnswer>, ctx: &mut Context<Raft>) {
        while let Some(&(waiting, client, id)) = self.waiting.front() {
            if waiting > index {
                break;
            }
            self.waiting.pop_front();
            if let Some(answer) = answer {
                ctx.reply(client, id, RaftResponse::Done(answer));
            }
        }
    }

    /// Sends everyone who waits elsewhere: this node leads no more.
    pub(super) fn dismiss(self, leader: Option<NodeId>, ctx: &mut Context<Raft>) {
        let proposals = self.waiting.into_iter().map(|(_, client, id)| (client, id));
        for (client, id) in proposals.chain(self.reads.into_clients()) {
            ctx.reply(client, id, RaftResponse::NotLeader { leader });
        }
    }

    /// What a majority has reached, by `of`.
    fn majority(&mut self, of: impl Fn(&Progress) -> u64) -> u64 {
        self.scratch.clear();
        self.scratch.extend(self.progress.iter().map(of));
        reached_by_majority(&mut self.scratch)
    }

    /// The latest read round that a majority has answered.
    pub(super) fn confirmed_round(&mut self) -> u64 {
        self.majority(|progress| progress.round)
    }
}

impl Raft {
    /// Appends `command` and replicates it, while the disk is still writing (dissertation §10.2.1).
    pub(super) fn propose(
        &mut self,
        command: Command,
        waiting: Option<(ClientId, RequestId)>,
        ctx: &mut Context<Self>,
    ) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let entry = Entry { term: self.term, command };
        let index = self.log.append(entry);
        let ticket = ctx.write(Record::Entries { first: index, entries: Entries::One(entry) });
        leadership.writes.push_back((ticket, index));
        if let Some((client, id)) = waiting {
            leadership.waiting.push_back((index, client, id));
        }
        self.observe_appended(index, ctx);
        for peer in self.peers() {
            self.replicate(peer, ctx);
        }
    }

    /// Sends `peer` what it lacks, as far as its window allows. While probing, only
    /// heartbeats and answers to conflicts go out.
    fn replicate(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        let last = self.log.last_index();
        while let Role::Leader(leadership) = &self.role {
            let progress = &leadership.progress[peer.index()];
            if progress.probing || progress.next > last || progress.in_flight() >= progress.window {
                return;
            }
            self.send_append(peer, ctx);
        }
    }

    /// Sends `peer` the entries from its `next` on, as far as its window allows; none
    /// if it has them all.
    pub(super) fn send_append(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let round = leadership.reads.round();
        let progress = &mut leadership.progress[peer.index()];
        let prev_index = progress.next.previous();
        let prev_term = self.log.term(prev_index).unwrap_or(Term(0));
        let room = progress.window.saturating_sub(progress.in_flight());
        let most = self.config.max_entries.min(room as usize);
        let entries = Entries::from(self.log.slice(progress.next, most));
        if !progress.probing {
            progress.next = progress.next.plus(entries.len());
        }
        let (term, commit) = (self.term, self.commit);
        ctx.send(peer, Message::AppendEntries { term, prev_index, prev_term, entries, commit, round });
    }

    /// Tells everyone that it is there, and sends again what may have been lost.
    pub(super) fn beat(&mut self, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_)) {
            for peer in self.peers() {
                self.send_append(peer, ctx);
            }
            ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
        }
    }

    /// A follower answers.
    pub(super) fn on_appended(
        &mut self,
        from: NodeId,
        term: Term,
        round: u64,
        result: AppendResult,
        ctx: &mut Context<Self>,
    ) {
        let Role::Leader(leadership) = &mut self.role else { return };
        if term != self.term {
            return;
        }
        let progress = &mut leadership.progress[from.index()];
        if round > progress.round {
            progress.round = round;
            self.confirm_reads(ctx);
        }
        match result {
            AppendResult::Matched(index) => self.on_matched(from, index, ctx),
            AppendResult::Conflict { prev_index, term, first } => {
                self.on_conflict(from, prev_index, term, first, ctx);
            }
        }
    }

    fn on_matched(&mut self, from: NodeId, index: LogIndex, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &mut leadership.progress[from.index()];
        // An answer to something older than the probe does not answer the probe.
        progress.probing &= index.next() < progress.next;
        progress.next = progress.next.max(index.next());
        if index > progress.matched {
            progress.matched = index;
            progress.window = (progress.window + self.config.window_step()).min(self.config.max_in_flight);
            if index > self.commit {
                self.advance_commit(ctx);
            }
        }
        self.replicate(from, ctx);
    }

    /// Backs up to where the logs may agree, skipping a whole term (§5.3, end).
    fn on_conflict(
        &mut self,
        from: NodeId,
        prev_index: LogIndex,
        term: Option<Term>,
        first: LogIndex,
        ctx: &mut Context<Self>,
    ) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &mut leadership.progress[from.index()];
        if prev_index <= progress.matched || prev_index >= progress.next {
            return; // Late: the logs are known to agree there, or the leader has backed up since.
        }
        let shared = term.and_then(|term| self.log.last_of_term(term)).map(LogIndex::next);
        let next = shared.unwrap_or(first).min(prev_index);
        progress.next = next.max(progress.matched.next());
        progress.probing = true;
        progress.window = self.config.window_step();
        self.send_append(from, ctx);
    }

    /// One of the node's own writes is durable; it may be a leader's.
    pub(super) fn on_leader_write(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        let id = self.id;
        let Role::Leader(leadership) = &mut self.role else { return };
        // A write of an earlier role or term is not in the list, so it counts for nothing.
        if leadership.writes.front().is_some_and(|(ticket, _)| *ticket == write) {
            let Some((_, index)) = leadership.writes.pop_front() else { return };
            leadership.progress[id.index()].matched = index;
            self.advance_commit(ctx);
        }
    }

    /// Commits what a majority has, if it is of the current term (§5.4.2).
    fn advance_commit(&mut self, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let next = self.commit.next();
        let further = leadership.progress.iter().filter(|progress| progress.matched >= next).count();
        if further < majority(leadership.progress.len()) {
            return; // So it is with most answers, and costs less to find out.
        }
        let index = LogIndex(leadership.majority(|progress| progress.matched.0));
        if index <= self.commit || self.log.term(index) != Some(self.term) {
            return;
        }
        ctx.observe(LogEvent::Committed { index: index.0, term: self.term.0 });
        self.commit_to(index, ctx);
        self.start_read_round(ctx);
    }
}
