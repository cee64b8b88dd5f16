//! Nodes that are told one thing after another, by a host that notes what they do.

mod acceptors;
mod configs;
mod disks;
mod duels;
mod learners;
mod proposers;

use super::*;
use crate::base::{
    ClientId, Draw, JournalId, NodeId, Seed, SimDuration, SimTime, Stream, StreamName, Ticket,
};
use crate::monitor::SlotEvent;
use crate::process::{Boot, BootKind, Context, Host, Process, RequestId, When};
use crate::replication::Ballot;

/// What a host was asked to do.
struct Notes {
    id: NodeId,
    sent: Vec<(NodeId, Message)>,
    timers: Vec<Timer>,
    /// After how long the latest of them fires.
    after: SimDuration,
    chance: Stream,
    replies: Vec<PaxosResponse>,
    journal: Vec<Record>,
}

impl Notes {
    fn of(id: NodeId) -> Self {
        Notes {
            id,
            sent: Vec::new(),
            timers: Vec::new(),
            after: SimDuration::ZERO,
            chance: Stream::new(Seed(u64::from(id.0)), StreamName::Workload(ClientId(0))),
            replies: Vec::new(),
            journal: Vec::new(),
        }
    }
}

impl Host<Paxos> for Notes {
    fn now(&self) -> SimTime {
        SimTime::ZERO
    }
    fn id(&self) -> NodeId {
        self.id
    }
    fn send(&mut self, to: NodeId, message: Message, _: When) {
        self.sent.push((to, message));
    }
    fn reply(&mut self, _: ClientId, _: RequestId, response: PaxosResponse) {
        self.replies.push(response);
    }
    fn write(&mut self, _: JournalId, record: Record, _: bool) -> Ticket {
        self.journal.push(record);
        Ticket(self.journal.len() as u64 - 1)
    }
    fn compact(&mut self, _: JournalId, _: Vec<Record>) -> Ticket {
        unreachable!("nothing is ever compacted")
    }
    fn set_timer(&mut self, timer: Timer, after: SimDuration) {
        self.timers.push(timer);
        self.after = after;
    }
    fn cancel_timer(&mut self, timer: Timer) {
        self.timers.retain(|set| *set != timer);
    }
    fn random(&mut self) -> u64 {
        self.chance.next_u64()
    }
    fn observing(&self) -> bool {
        false
    }
    fn observe(&mut self, _: SlotEvent) {}
}

/// A node and its host. Instance 7 is the one that it is all about.
struct Node {
    paxos: Paxos,
    notes: Notes,
    /// So many of its writes it knows to be durable.
    durable: u64,
}

const INSTANCE: Instance = 7;

impl Node {
    /// Node `id`, which starts as `kind` with `records` on its disk.
    fn started(config: PaxosConfig, id: u32, kind: BootKind, records: Vec<Record>) -> Node {
        let mut notes = Notes::of(NodeId(id));
        notes.journal.clone_from(&records);
        let durable = records.len() as u64;
        let records = records.into_iter().map(Ok).collect();
        let boot = Boot::new(kind, 1, vec![(JournalId(0), records)]);
        let paxos = Paxos::start(&config, boot, &mut Context::new(&mut notes));
        Node { paxos, notes, durable }
    }

    /// Node `id` of a new cluster.
    fn new(config: PaxosConfig, id: u32) -> Node {
        Node::started(config, id, BootKind::First, Vec::new())
    }

    /// The same node after a crash, all of its writes being durable.
    fn restarted(self) -> Node {
        let config = self.paxos.config;
        Node::started(config, self.notes.id.0, BootKind::Restart, self.notes.journal)
    }

    /// What it sends when it is told `message`, whatever it writes being durable at once.
    fn hears(&mut self, from: u32, message: Message) -> Vec<Message> {
        self.notes.sent.clear();
        self.paxos.on_message(NodeId(from), message, &mut Context::new(&mut self.notes));
        self.syncs();
        self.said()
    }

    fn fires(&mut self) -> Vec<Message> {
        self.notes.sent.clear();
        self.notes.timers.clear();
        self.paxos.on_timer(Timer::Proposal(INSTANCE), &mut Context::new(&mut self.notes));
        self.syncs();
        self.said()
    }

    /// What it sends when client `client` proposes `value`.
    fn is_asked(&mut self, client: u32, value: i64) -> Vec<Message> {
        self.notes.sent.clear();
        let request = PaxosRequest::Propose { instance: INSTANCE, value };
        self.paxos.on_request(ClientId(client), RequestId(0), request, &mut Context::new(&mut self.notes));
        self.syncs();
        self.said()
    }

    /// All that it has written becomes durable.
    fn syncs(&mut self) {
        while self.durable < self.notes.journal.len() as u64 {
            self.durable += 1;
            self.paxos.on_durable(Ticket(self.durable - 1), Ok(()), &mut Context::new(&mut self.notes));
        }
    }

    fn said(&self) -> Vec<Message> {
        self.notes.sent.iter().map(|(_, message)| *message).collect()
    }

    fn decided(&self) -> Option<i64> {
        self.paxos.decision(INSTANCE)
    }
}

fn five() -> PaxosConfig {
    PaxosConfig::default()
}

fn with(bug: Bug) -> PaxosConfig {
    PaxosConfig { bugs: PaxosBugs::only(bug), ..five() }
}

fn ballot(round: u64, node: u32) -> Ballot {
    Ballot::new(round, NodeId(node))
}

fn prepare(ballot: Ballot) -> Message {
    Message::Prepare { instance: INSTANCE, ballot }
}

fn promise(ballot: Ballot, accepted: Option<(Ballot, i64)>) -> Message {
    Message::Promise { instance: INSTANCE, ballot, accepted }
}

fn accept(ballot: Ballot, value: i64) -> Message {
    Message::Accept { instance: INSTANCE, ballot, value }
}

fn accepted(ballot: Ballot, value: i64) -> Message {
    Message::Accepted { instance: INSTANCE, ballot, value }
}

fn nack(ballot: Ballot, promised: Ballot) -> Message {
    Message::Nack { instance: INSTANCE, ballot, promised }
}

fn learn(value: i64) -> Message {
    Message::Learn { instance: INSTANCE, value }
}
