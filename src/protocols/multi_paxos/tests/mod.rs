//! Single nodes, told one thing after another, by a host that notes what they do.

mod catch_up;
mod disks;
mod handover;
mod leases;
mod members;
mod phases;
mod quorums;
mod reads;
mod slots;
mod snapshots;

use super::*;
use crate::base::{ClientId, JournalId, NodeId, SimDuration, SimTime, Ticket};
use crate::monitor::SlotEvent;
use crate::process::{Boot, BootKind, Context, Host, Process, RequestId, When};
use crate::replication::{Ballot, KvCommand, KvOp, KvRequest, KvResponse, NodeSet, SessionId};

/// Five nodes.
fn five() -> MultiPaxosConfig {
    MultiPaxosConfig::default()
}

/// What a node does, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// It writes, and what follows waits for that.
    Persists,
    /// It writes.
    Writes,
    /// It sends.
    Sends,
}

/// A host that remembers what it was asked to do.
#[derive(Default)]
struct Notes {
    now: SimTime,
    sent: Vec<(NodeId, Message)>,
    steps: Vec<Step>,
    timers: Vec<Timer>,
    /// After how long the latest election comes.
    patience: SimDuration,
    /// What chance says, always.
    word: u64,
    replies: Vec<KvResponse>,
    /// The journal, but for what was replaced.
    journal: Vec<Record>,
    written: u64,
}

impl Notes {
    fn write(&mut self, step: Step) -> Ticket {
        self.steps.push(step);
        self.written += 1;
        Ticket(self.written - 1)
    }
}

impl Host<MultiPaxos> for Notes {
    fn now(&self) -> SimTime {
        self.now
    }
    fn id(&self) -> NodeId {
        NodeId(0)
    }
    fn send(&mut self, to: NodeId, message: Message, when: When) {
        assert_eq!(when, When::Durable, "nothing overtakes the disk");
        self.steps.push(Step::Sends);
        self.sent.push((to, message));
    }
    fn reply(&mut self, _: ClientId, _: RequestId, response: KvResponse) {
        self.replies.push(response);
    }
    fn write(&mut self, _: JournalId, record: Record, barrier: bool) -> Ticket {
        self.journal.push(record);
        self.write(if barrier { Step::Persists } else { Step::Writes })
    }
    fn compact(&mut self, _: JournalId, records: Vec<Record>) -> Ticket {
        self.journal = records;
        self.write(Step::Persists)
    }
    fn set_timer(&mut self, timer: Timer, after: SimDuration) {
        self.timers.push(timer);
        if timer == Timer::Election {
            self.patience = after;
        }
    }
    fn cancel_timer(&mut self, timer: Timer) {
        self.timers.retain(|set| *set != timer);
    }
    fn random(&mut self) -> u64 {
        self.word
    }
    fn observing(&self) -> bool {
        false
    }
    fn observe(&mut self, _: SlotEvent) {}
}

/// Node 0 and its host.
struct Node {
    paxos: MultiPaxos,
    notes: Notes,
}

impl Node {
    /// One that starts as `kind` with `records` on its disk.
    fn started(config: MultiPaxosConfig, kind: BootKind, records: Vec<Record>) -> Node {
        let mut notes = Notes { journal: records.clone(), ..Notes::default() };
        let records = records.into_iter().map(Ok).collect();
        let boot = Boot::new(kind, 1, vec![(JournalId(0), records)]);
        let paxos = MultiPaxos::start(&config, boot, &mut Context::new(&mut notes));
        Node { paxos, notes }
    }

    /// One that was never there before.
    fn new(config: MultiPaxosConfig) -> Node {
        Node::started(config, BootKind::First, Vec::new())
    }

    /// The same node after a crash that took nothing that it wrote.
    fn restarted(self) -> Node {
        Node::started(self.paxos.config, BootKind::Restart, self.notes.journal)
    }

    /// One that leads in ballot 1.0 by the promises of `by`. Nothing of what it writes is durable.
    fn leading(config: MultiPaxosConfig, by: &[u32]) -> Node {
        let mut node = Node::new(config);
        node.leads_by(by, 1);
        node
    }

    /// It asks for promises in its ballot of `round`, and `by` give them and have nothing to tell.
    fn leads_by(&mut self, by: &[u32], round: u64) {
        self.fires(Timer::Election);
        for from in by {
            self.hears(*from, promise(ballot(round, 0), self.paxos.applied().0, &[]));
        }
        assert_eq!(self.paxos.leads(), Some(ballot(round, 0).number()));
    }

    fn does(&mut self, what: impl FnOnce(&mut MultiPaxos, &mut Context<MultiPaxos>)) -> Vec<Message> {
        self.notes.sent.clear();
        self.notes.steps.clear();
        self.notes.replies.clear();
        what(&mut self.paxos, &mut Context::new(&mut self.notes));
        self.notes.sent.iter().map(|(_, message)| message.clone()).collect()
    }

    /// What it sends when it is told `message`.
    fn hears(&mut self, from: u32, message: Message) -> Vec<Message> {
        self.does(|node, ctx| node.on_message(NodeId(from), message, ctx))
    }

    fn fires(&mut self, timer: Timer) -> Vec<Message> {
        self.does(|node, ctx| node.on_timer(timer, ctx))
    }

    fn is_told(&mut self, command: MultiPaxosAdmin) -> Vec<Message> {
        self.does(|node, ctx| node.on_admin(command, ctx))
    }

    /// What clients are answered when the client asks for something, as its request `id`.
    fn is_asked(&mut self, id: u64, request: KvRequest) -> Vec<KvResponse> {
        self.does(|node, ctx| node.on_request(ClientId(0), RequestId(id), request, ctx));
        self.notes.replies.clone()
    }

    /// All that it wrote is durable.
    fn is_durable(&mut self) -> Vec<Message> {
        let written = self.notes.written;
        self.does(|node, ctx| (0..written).for_each(|write| node.on_durable(Ticket(write), Ok(()), ctx)))
    }

    /// `count` slots from `first` on are accepted by `by`, in the ballot in which it leads.
    fn accepted_by(&mut self, by: &[u32], first: u64, count: u32) {
        let Some(number) = self.paxos.leads() else { panic!("it does not lead") };
        let ballot = ballot(number >> 16, 0);
        for from in by {
            self.hears(*from, accepted(ballot, first, count, 0));
        }
    }

    /// What it proposed to `node` last: from which slot on, and what.
    fn proposed_to(&self, node: u32) -> Vec<(u64, Vec<Command>)> {
        let proposal = |(to, message): &(NodeId, Message)| match message {
            Message::Accept { first, commands, .. } if *to == NodeId(node) && !commands.is_empty() => {
                Some((first.0, commands.as_slice().to_vec()))
            }
            _ => None,
        };
        self.notes.sent.iter().filter_map(proposal).collect()
    }

    /// To whom it sent something last.
    fn told(&self) -> Vec<u32> {
        self.notes.sent.iter().map(|(to, _)| to.0).collect()
    }

    fn at_ms(&mut self, ms: u64) {
        self.notes.now = SimTime::ZERO + SimDuration::from_ms(ms);
    }

    fn applied(&self) -> u64 {
        self.paxos.applied().0
    }
}

fn ballot(round: u64, node: u32) -> Ballot {
    Ballot::new(round, NodeId(node))
}

/// A command that is told from others by `key`.
fn command(key: u32) -> Command {
    Command::Read { key }
}

fn write(session: u32, sequence: u32, value: i64) -> KvCommand {
    KvCommand { session: SessionId(session), sequence, op: KvOp::Write { key: 0, value } }
}

fn proposal(slot: u64, ballot: Ballot, command: Command) -> Proposal {
    Proposal { slot: Slot(slot), ballot, command }
}

fn prepare(ballot: Ballot, chosen: u64) -> Message {
    Message::Prepare { ballot, chosen: Slot(chosen) }
}

fn promise(ballot: Ballot, chosen: u64, accepted: &[Proposal]) -> Message {
    Message::Promise { ballot, chosen: Slot(chosen), accepted: accepted.into() }
}

fn accept(ballot: Ballot, first: u64, commands: &[Command], chosen: u64) -> Message {
    Message::Accept { ballot, first: Slot(first), commands: commands.into(), chosen: Slot(chosen), round: 0 }
}

fn accepted(ballot: Ballot, first: u64, count: u32, round: u64) -> Message {
    Message::Accepted { ballot, first: Slot(first), count, round }
}

fn nack(promised: Ballot) -> Message {
    Message::Nack { promised }
}

fn fetch(chosen: u64) -> Message {
    Message::Fetch { chosen: Slot(chosen), arrived: None }
}

fn chosen(first: u64, commands: &[Command], chosen: u64) -> Message {
    Message::Chosen { first: Slot(first), commands: commands.into(), chosen: Slot(chosen) }
}

fn set(nodes: &[u32]) -> NodeSet {
    nodes.iter().copied().map(NodeId).collect()
}
