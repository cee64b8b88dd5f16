//! What a leader does: replicate, commit, answer (§5.3, §5.4.2).

use std::collections::VecDeque;

use super::bugs::Bug;
use super::change::Plan;
use super::config::RaftConfig;
use super::entry::{Command, Entries, Entry, LogIndex, Term};
use super::message::{AppendResult, Message, Record};
use super::node::{Raft, Role, Timer};
use super::progress::{Progress, Sending};
use super::reads::Reads;
use crate::base::{ClientId, NodeId, SimDuration, Ticket};
use crate::monitor::LogEvent;
use crate::process::{Context, RequestId};
use crate::replication::{Configuration, KvResponse, NodeSet};

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
    /// How members are to change.
    pub(super) plan: Plan,
    /// To whom leadership is being handed over. Nothing new is proposed meanwhile.
    pub(super) successor: Option<NodeId>,
    /// It is no member any more, and leads until a majority has been told: who answers this round or a later
    /// one, and has the log up to the change.
    pub(super) leaves_after: Option<u64>,
    pub(super) told: NodeSet,
    scratch: Vec<u64>,
}

impl Leadership {
    pub(super) fn new(config: &RaftConfig, id: NodeId, last: LogIndex) -> Self {
        let mut progress = vec![Progress::unknown(config, last); config.nodes as usize];
        progress[id.index()].sending = Sending::Stream;
        Leadership {
            progress,
            writes: VecDeque::new(),
            waiting: VecDeque::new(),
            reads: Reads::default(),
            first: last.next(),
            plan: Plan::default(),
            successor: None,
            leaves_after: None,
            told: NodeSet::NOBODY,
            scratch: Vec::new(),
        }
    }

    /// Whether someone else will lead soon: nothing new is begun.
    pub(super) fn is_ending(&self) -> bool {
        self.successor.is_some() || self.leaves_after.is_some()
    }

    /// Answers those who wait for the entry at `index`.
    pub(super) fn answer(&mut self, index: LogIndex, answer: Option<KvResponse>, ctx: &mut Context<Raft>) {
        while let Some(&(waiting, client, id)) = self.waiting.front() {
            if waiting > index {
                break;
            }
            self.waiting.pop_front();
            if let Some(answer) = answer {
                ctx.reply(client, id, answer);
            }
        }
    }

    /// Sends everyone who waits elsewhere: this node leads no more.
    pub(super) fn dismiss(self, leader: Option<NodeId>, ctx: &mut Context<Raft>) {
        let proposals = self.waiting.into_iter().map(|(_, client, id)| (client, id));
        for (client, id) in proposals.chain(self.reads.into_clients()) {
            ctx.reply(client, id, KvResponse::NotLeader { leader });
        }
    }

    /// What a quorum of `members` has reached, by `of`.
    fn reached(&mut self, members: &Configuration, of: impl Fn(&Progress) -> u64) -> u64 {
        let Leadership { progress, scratch, .. } = self;
        members.reached(progress.len() as u32, scratch, |node| of(&progress[node.index()]))
    }

    /// The latest read round that a quorum of `members` has answered.
    pub(super) fn confirmed_round(&mut self, members: &Configuration) -> u64 {
        self.reached(members, |progress| progress.round)
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
        self.membership.append(index, std::slice::from_ref(&entry));
        let record = Record::Entries { first: index, entries: Entries::One(entry), commit: self.commit };
        let ticket = ctx.write(record);
        leadership.writes.push_back((ticket, index));
        self.unsynced = Some(ticket);
        if self.config.bugs.has(Bug::CountsWritesEarly) {
            leadership.progress[self.id.index()].matched = index;
        }
        if let Some((client, id)) = waiting {
            leadership.waiting.push_back((index, client, id));
        }
        self.observe_appended(index, self.commit, ctx);
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
            if !progress.streams() || progress.next > last || progress.in_flight() >= progress.window {
                return;
            }
            self.send_append(peer, ctx);
        }
    }

    /// Sends `peer` the entries from its `next` on, as far as its window allows; none
    /// if it has them all. Where they are no longer kept, a piece of a snapshot.
    pub(super) fn send_append(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let round = leadership.reads.round();
        let progress = &mut leadership.progress[peer.index()];
        let prev_index = progress.next.previous();
        let (Some(prev_term), false) =
            (self.log.term(prev_index), matches!(progress.sending, Sending::Snapshot { .. }))
        else {
            return self.send_snapshot(peer, ctx);
        };
        let room = progress.window.saturating_sub(progress.in_flight());
        let most = self.config.max_entries.min(room as usize);
        let entries = Entries::from(self.log.slice(progress.next, most));
        if progress.streams() {
            progress.next = progress.next.plus(entries.len());
        }
        let (term, commit) = (self.term, self.commit);
        ctx.send(peer, Message::AppendEntries { term, prev_index, prev_term, entries, commit, round });
    }

    /// Tells everyone that it is there, and sends again what may have been lost.
    pub(super) fn beat(&mut self, ctx: &mut Context<Self>) {
        if matches!(self.role, Role::Leader(_)) {
            self.start_lease_round(ctx);
            for peer in self.peers() {
                if let Role::Leader(leadership) = &mut self.role {
                    leadership.progress[peer.index()].count_silence();
                }
                self.send_append(peer, ctx);
            }
            self.give_up_on_newcomer(ctx);
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
        progress.is_heard = true;
        if round > progress.round {
            progress.round = round;
            self.confirm_reads(ctx);
        }
        match result {
            AppendResult::Matched(index) => {
                self.on_matched(from, index, ctx);
                self.leave_if_told(from, round, index, ctx);
            }
            AppendResult::Conflict { prev_index, term, first } => {
                self.on_conflict(from, prev_index, term, first, ctx);
            }
        }
    }

    /// `from` is known to hold the log up to `index`.
    pub(super) fn on_matched(&mut self, from: NodeId, index: LogIndex, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &mut leadership.progress[from.index()];
        match &progress.sending {
            Sending::Stream => {}
            // An answer to something older than the probe does not answer the probe, and one from before
            // the snapshot does not mean that it is there.
            Sending::Probe if index.next() < progress.next => {}
            Sending::Snapshot { snapshot, .. } if index < snapshot.last_index => {}
            Sending::Probe | Sending::Snapshot { .. } => progress.sending = Sending::Stream,
        }
        progress.next = progress.next.max(index.next());
        if index > progress.matched {
            progress.matched = index;
            progress.window = (progress.window + self.config.window_step()).min(self.config.max_in_flight);
            if index > self.commit {
                self.advance_commit(ctx);
            }
        }
        self.replicate(from, ctx);
        self.go_on_with(from, ctx);
    }

    /// A leader that hands over, or lets someone in, may wait for just this one to catch up.
    #[inline]
    fn go_on_with(&mut self, node: NodeId, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &self.role else { return };
        if leadership.successor == Some(node) {
            self.hand_over(ctx);
        } else if leadership.plan.newcomer() == Some(node) {
            self.on_newcomer_progress(ctx);
        }
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
        if matches!(progress.sending, Sending::Snapshot { .. }) {
            return; // It was sent before the snapshot, which settles where the logs agree.
        }
        if prev_index <= progress.matched || prev_index >= progress.next {
            return; // Late: the logs are known to agree there, or the leader has backed up since.
        }
        let shared = term.and_then(|term| self.log.last_of_term(term)).map(LogIndex::next);
        let next = shared.unwrap_or(first).min(prev_index);
        progress.next = next.max(progress.matched.next());
        progress.sending = Sending::Probe;
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

    /// Commits what a quorum has, if it is of the current term (§5.4.2).
    fn advance_commit(&mut self, ctx: &mut Context<Self>) {
        let (members, next) = (self.membership.active(), self.commit.next());
        let union = self.has(Bug::JointCountsUnion) && members.is_joint();
        let members = if union { Configuration::of(members.voters.and(members.outgoing)) } else { members };
        let Role::Leader(leadership) = &mut self.role else { return };
        let progress = &leadership.progress;
        if !members.has_quorum(progress.len() as u32, |node| progress[node.index()].matched >= next) {
            return; // So it is with most answers, and costs less to find out.
        }
        let index = LogIndex(leadership.reached(&members, |progress| progress.matched.0));
        let is_own = self.log.term(index) == Some(self.term) || self.config.bugs.has(Bug::CommitsOldTerms);
        if index <= self.commit || !is_own {
            return;
        }
        ctx.observe(LogEvent::Committed { index: index.0, term: self.term.0 });
        self.commit_to(index, ctx);
        let is_member = self.membership.active().votes(self.id);
        if self.membership.is_moving() || !is_member || self.has_plan() {
            self.settle_members(ctx);
        }
        self.start_read_round(ctx);
    }

    fn has_plan(&self) -> bool {
        matches!(&self.role, Role::Leader(leadership) if leadership.plan.is_open())
    }

    /// Steps down if it has not heard from a quorum for a while (dissertation §6.2): clients that ask it
    /// would wait for nothing.
    pub(super) fn check_quorum(&mut self, ctx: &mut Context<Self>) {
        if !matches!(self.role, Role::Leader(_)) {
            return;
        }
        let timeout = self.config.election_timeout_min;
        if self.hears_quorum_of(&self.membership.active(), timeout) {
            ctx.set_timer(Timer::Quorum, timeout);
        } else {
            self.become_follower(None, ctx);
        }
    }

    /// Whether `node` has answered nothing for `lately` or longer, in heartbeats.
    pub(super) fn is_silent(&self, leadership: &Leadership, node: NodeId, lately: SimDuration) -> bool {
        let missed = u64::from(leadership.progress[node.index()].silence);
        missed.saturating_mul(self.config.heartbeat_interval.as_ns()) >= lately.as_ns()
    }

    /// Whether a quorum of `members` has answered within `lately`. Whom it has never sent anything counts.
    pub(super) fn hears_quorum_of(&self, members: &Configuration, lately: SimDuration) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let targets = self.targets();
        let hears = |node: NodeId| {
            node == self.id || !targets.contains(node) || !self.is_silent(leadership, node, lately)
        };
        members.has_quorum(self.config.nodes, hears)
    }
}
