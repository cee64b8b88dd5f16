//! What a leader does: phase 2 for slot after slot (*Paxos Made Simple*, §3).

use std::collections::VecDeque;

use super::bugs::Bug;
use super::candidate::Promises;
use super::command::{Command, Slot};
use super::config::MultiPaxosConfig;
use super::learner::AT_ONCE;
use super::message::{Message, Record};
use super::node::{MultiPaxos, Role, Timer};
use super::reads::Reads;
use crate::base::{ClientId, NodeId, Ticket};
use crate::monitor::SlotEvent;
use crate::process::{Context, RequestId};
use crate::replication::{Ballot, Batch, KvResponse, NodeSet, Phase};

/// Who waits for an answer.
pub(super) type Waiting = Option<(ClientId, RequestId)>;

/// What a node knows only while it leads.
#[derive(Clone, Debug)]
pub(super) struct Leadership {
    pub(super) ballot: Ballot,
    pub(super) promises: Promises,
    /// The last slot for which somebody had accepted something: up to it gaps are filled.
    inherited: Slot,
    /// The next slot to propose for.
    next: Slot,
    /// What is proposed and not known to be chosen, from the first slot behind those on.
    proposed: VecDeque<Proposed>,
    /// What waits until it may be proposed.
    backlog: VecDeque<(Command, Waiting)>,
    /// Its own writes that are not durable yet, with the slots that each covers.
    writes: VecDeque<(Ticket, Slot, u32)>,
    pub(super) reads: Reads,
    /// How many heartbeats there were.
    beats: u64,
    /// The slot of the latest change of members that it has proposed.
    pub(super) configured: Slot,
    pub(super) peers: Vec<Peer>,
}

/// What a leader knows of a node.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Peer {
    /// The latest round that it has answered.
    pub(super) round: u64,
    /// Whether it has answered anything since the last heartbeat, and how many in a row it has not.
    is_heard: bool,
    pub(super) silence: u32,
}

/// A command on its way to be chosen.
#[derive(Clone, Copy, Debug)]
struct Proposed {
    command: Command,
    waiting: Waiting,
    /// Who has accepted it.
    by: NodeSet,
    /// Which heartbeat came before it was last sent to everyone.
    beat: u64,
}

impl Leadership {
    pub(super) fn new(config: &MultiPaxosConfig, ballot: Ballot, promises: Promises, applied: Slot) -> Self {
        let inherited = promises.accepted.keys().next_back().copied().unwrap_or(applied);
        Leadership {
            ballot,
            promises,
            inherited: inherited.max(applied),
            next: applied.next(),
            proposed: VecDeque::new(),
            backlog: VecDeque::new(),
            writes: VecDeque::new(),
            reads: Reads::default(),
            beats: 0,
            configured: Slot(0),
            peers: vec![Peer { is_heard: true, ..Peer::default() }; config.nodes as usize],
        }
    }

    /// Slots up to `slot` may have been proposed for.
    pub(super) fn expect_up_to(&mut self, slot: Slot) {
        self.inherited = self.inherited.max(slot);
    }

    /// The last slot of an earlier leader: what is chosen is known once it is.
    pub(super) fn inherited(&self) -> Slot {
        self.inherited
    }

    /// The slot that the next command will be proposed for.
    pub(super) fn next_free(&self) -> Slot {
        self.next.max(self.inherited.next()).plus(self.backlog.len())
    }

    /// `command` waits until it may be proposed; nobody waits for it.
    pub(super) fn enqueue(&mut self, command: Command) {
        self.backlog.push_back((command, None));
    }

    /// Who has accepted what is proposed for the first slot that is not chosen yet.
    pub(super) fn waits_for(&self) -> Option<NodeSet> {
        self.proposed.front().map(|proposed| proposed.by)
    }

    /// Sends everyone who waits elsewhere: this node leads no more.
    pub(super) fn dismiss(self, leader: Option<NodeId>, ctx: &mut Context<MultiPaxos>) {
        let proposed = self.proposed.into_iter().map(|proposed| proposed.waiting);
        let waiting = proposed.chain(self.backlog.into_iter().map(|(_, waiting)| waiting)).flatten();
        for (client, id) in waiting.chain(self.reads.into_clients()) {
            ctx.reply(client, id, KvResponse::NotLeader { leader });
        }
    }
}

impl MultiPaxos {
    /// Proposes `command` for the next slot, as soon as it may. A client asks for one thing at a time: what it asked
    /// for before and still waits here it asks again, or has given up. Where answers take longer than clients wait,
    /// each would ask for more of them.
    pub(super) fn propose(&mut self, command: Command, waiting: Waiting, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        if let Some((client, id)) = waiting {
            let same = |(_, other): &&mut (Command, Waiting)| other.is_some_and(|(other, _)| other == client);
            if let Some(earlier) = leadership.backlog.iter_mut().find(same) {
                let is_late = earlier.1.is_some_and(|(_, asked)| asked > id);
                if !is_late {
                    *earlier = (command, waiting);
                }
                return;
            }
        }
        leadership.backlog.push_back((command, waiting));
        self.fill(ctx);
    }

    /// Proposes for all slots for which it may and has something.
    pub(super) fn fill(&mut self, ctx: &mut Context<Self>) {
        loop {
            let Role::Leader(leadership) = &self.role else { return };
            let first = leadership.next;
            let mut batch: Vec<Command> = Vec::new();
            let mut only = None;
            let mut count = 0;
            while count < self.config.max_commands
                && let Some((command, waiting)) = self.next_command()
            {
                count += 1;
                match (count, only.take()) {
                    (1, _) => only = Some(command),
                    (_, Some(first)) => batch.extend([first, command]),
                    _ => batch.push(command),
                }
                let Role::Leader(leadership) = &mut self.role else { return };
                let beat = leadership.beats;
                leadership.proposed.push_back(Proposed { command, waiting, by: NodeSet::NOBODY, beat });
                leadership.next = leadership.next.next();
            }
            let commands = only.map_or_else(|| Batch::from(batch.as_slice()), Batch::One);
            if commands.is_empty() {
                return;
            }
            self.send_proposals(first, &commands, ctx);
        }
    }

    /// What to propose for the next slot: what was accepted for it in the highest ballot, nothing where later
    /// slots were proposed for, or what waits.
    fn next_command(&mut self) -> Option<(Command, Waiting)> {
        let leaves_gaps = self.has(Bug::LeavesGaps);
        let Role::Leader(leadership) = &mut self.role else { return None };
        let slot = leadership.next;
        if slot.behind(self.applied) > self.config.alpha {
            return None;
        }
        if slot > leadership.inherited && leadership.backlog.is_empty() {
            return None;
        }
        let members = self.membership.at(slot);
        if !self.config.is_quorum(Phase::One, members, leadership.promises.by) {
            return None;
        }
        if let Some((_, command)) = leadership.promises.accepted.remove(&slot) {
            return Some((command, None));
        }
        match slot <= leadership.inherited {
            true => (!leaves_gaps).then_some((Command::Noop, None)),
            false => leadership.backlog.pop_front(),
        }
    }

    /// Sends `commands` to everyone, and to its own disk meanwhile.
    fn send_proposals(&mut self, first: Slot, commands: &Batch<Command>, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let (ballot, chosen, round) = (leadership.ballot, self.applied, leadership.reads.round());
        let record = Record::Accept { ballot, first, commands: commands.clone(), chosen };
        let ticket = ctx.write(record);
        leadership.writes.push_back((ticket, first, commands.len() as u32));
        self.take(ballot, first, commands.as_slice());
        self.observe_accepted(ballot, first, commands.as_slice(), ctx);
        for peer in self.peers() {
            let commands = commands.clone();
            ctx.send(peer, Message::Accept { ballot, first, commands, chosen, round });
        }
    }

    /// One of the node's own writes is durable; it may be a leader's.
    pub(super) fn on_leader_write(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        // A write of an earlier ballot is not in the list, so it counts for nothing.
        if leadership.writes.front().is_some_and(|(ticket, ..)| *ticket == write)
            && let Some((_, first, count)) = leadership.writes.pop_front()
        {
            self.count(self.id, first, count);
            self.choose(ctx);
        }
    }

    /// Phase 2b arrives.
    #[inline]
    pub(super) fn on_accepted(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        (first, count): (Slot, u32),
        round: u64,
        ctx: &mut Context<Self>,
    ) {
        let mixes = self.has(Bug::MixesBallots);
        let Role::Leader(leadership) = &mut self.role else { return };
        if ballot != leadership.ballot && !mixes {
            return;
        }
        let peer = &mut leadership.peers[from.index()];
        peer.is_heard = true;
        if count > 0 {
            self.count(from, first, count);
            self.choose(ctx);
        }
        self.answered_round(from, round, ctx);
    }

    /// `node` has accepted what was proposed for `count` slots from `first` on.
    fn count(&mut self, node: NodeId, first: Slot, count: u32) {
        let Role::Leader(leadership) = &mut self.role else { return };
        for slot in first.0..first.0 + u64::from(count) {
            let place = slot.checked_sub(self.applied.0 + 1).map(|place| place as usize);
            if let Some(proposed) = place.and_then(|place| leadership.proposed.get_mut(place)) {
                proposed.by = proposed.by.with(node);
            }
        }
    }

    /// Takes for chosen, and applies, what a quorum has accepted: slot after slot.
    fn choose(&mut self, ctx: &mut Context<Self>) {
        let before = self.applied;
        while let Role::Leader(leadership) = &mut self.role
            && let Some(proposed) = leadership.proposed.front().copied()
        {
            let slot = self.applied.next();
            if !self.config.is_quorum(Phase::Two, self.membership.at(slot), proposed.by) {
                break;
            }
            leadership.proposed.pop_front();
            if ctx.observing() {
                let by = proposed.by.iter(self.config.nodes).fold(0, |set, node| set | 1 << node.0);
                let (ballot, value) = (leadership.ballot.number(), proposed.command.digest());
                ctx.observe(SlotEvent::Chosen { slot: slot.0, ballot, value, by });
            }
            let answer = self.apply(proposed.command, ctx);
            if let (Some((client, id)), Some(answer)) = (proposed.waiting, answer) {
                ctx.reply(client, id, answer);
            }
        }
        if self.applied > before {
            self.applied_more(ctx);
        }
    }

    /// What a leader does when more is chosen: it may propose for later slots, its reads may go on, and it may
    /// be no member any more.
    fn applied_more(&mut self, ctx: &mut Context<Self>) {
        self.compact_if_long(ctx);
        if !self.is_member() {
            self.announce(ctx);
            return self.become_follower(None, ctx);
        }
        self.fill(ctx);
        self.start_read_round(ctx);
    }

    /// Tells everyone that it is there, and sends again what may have been lost.
    pub(super) fn beat(&mut self, ctx: &mut Context<Self>) {
        let everyone = self.peers();
        let Role::Leader(leadership) = &mut self.role else { return };
        leadership.beats += 1;
        let told = self.membership.everyone();
        for (node, peer) in (0..).map(NodeId).zip(&mut leadership.peers) {
            // Who is told nothing is not silent.
            let answers = std::mem::take(&mut peer.is_heard) || !told.contains(node);
            peer.silence = if answers { 0 } else { peer.silence.saturating_add(1) };
        }
        if !self.hears_quorum() {
            return self.become_follower(None, ctx);
        }
        self.begin_round(ctx);
        for peer in everyone {
            self.remind(peer, ctx);
        }
        ctx.set_timer(Timer::Heartbeat, self.config.heartbeat_interval);
    }

    /// Whether a quorum has answered lately. Without it a leader gives up: clients that ask it would wait for
    /// nothing, and who hears it would not want to lead.
    fn hears_quorum(&self) -> bool {
        let Role::Leader(leadership) = &self.role else { return false };
        let most = self.config.most_silence();
        let answers = |node: &NodeId| leadership.peers[node.index()].silence < most;
        let members = self.membership.at(self.applied.next());
        let heard: NodeSet = members.iter(self.config.nodes).filter(answers).collect();
        let heard = if members.contains(self.id) { heard.with(self.id) } else { heard };
        self.config.is_quorum(Phase::Two, members, heard)
    }

    /// Sends `peer` a heartbeat, with some of what it has not accepted for longer than one; and asks for its promise,
    /// if it has become a member since.
    fn remind(&mut self, peer: NodeId, ctx: &mut Context<Self>) {
        let Role::Leader(leadership) = &mut self.role else { return };
        let (ballot, round, chosen) = (leadership.ballot, leadership.reads.round(), self.applied);
        if !leadership.promises.by.contains(peer) {
            ctx.send(peer, Message::Prepare { ballot, chosen });
        }
        let (beats, most) = (leadership.beats, self.config.max_commands);
        let is_old = |proposed: &Proposed| proposed.beat + 1 < beats && !proposed.by.contains(peer);
        let skip = leadership.proposed.iter().position(is_old).unwrap_or(leadership.proposed.len());
        let late = leadership.proposed.iter().skip(skip).take_while(|proposed| is_old(proposed));
        // Who does not answer gets one message, as a sign of life.
        let count = if leadership.peers[peer.index()].silence == 0 { most.max(AT_ONCE) } else { most };
        let late: Vec<Command> = late.take(count).map(|proposed| proposed.command).collect();
        let first = chosen.next().plus(skip);
        if late.is_empty() {
            let commands = Batch::None;
            return ctx.send(peer, Message::Accept { ballot, first, commands, chosen, round });
        }
        for (i, commands) in late.chunks(most).enumerate() {
            let (first, commands) = (first.plus(i * most), Batch::from(commands));
            ctx.send(peer, Message::Accept { ballot, first, commands, chosen, round });
        }
    }
}
