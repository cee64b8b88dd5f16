//! Single nodes, told one thing after another, by a host that notes what they do.

mod disks;
mod elections;
mod logs;
mod membership;
mod reads;
mod replication;
mod snapshots;

use super::*;
use crate::base::{ClientId, JournalId, NodeId, SimDuration, SimTime, Ticket};
use crate::monitor::LogEvent;
use crate::process::{Boot, BootKind, Context, Host, Process, RequestId, When};
use crate::replication::{Configuration, KvCommand, KvOp, KvRequest, KvResponse, NodeSet, SessionId};

/// Five nodes, with the paper's timeouts.
fn five() -> RaftConfig {
    RaftConfig::default()
}

/// A host that remembers what it was asked to do.
#[derive(Default)]
struct Notes {
    now: SimTime,
    sent: Vec<Message>,
    /// To whom.
    to: Vec<NodeId>,
    /// How many of them wait for no disk.
    at_once: usize,
    timers: Vec<Timer>,
    /// After how long the latest of them fires.
    after: SimDuration,
    /// What chance says, always.
    word: u64,
    replies: Vec<KvResponse>,
    /// The journal, but for what was replaced.
    journal: Vec<Record>,
    written: u64,
}

impl Host<Raft> for Notes {
    fn now(&self) -> SimTime {
        self.now
    }
    fn id(&self) -> NodeId {
        NodeId(0)
    }
    fn send(&mut self, to: NodeId, message: Message, when: When) {
        self.at_once += usize::from(when == When::Now);
        self.sent.push(message);
        self.to.push(to);
    }
    fn reply(&mut self, _: ClientId, _: RequestId, response: KvResponse) {
        self.replies.push(response);
    }
    fn write(&mut self, _: JournalId, record: Record, _: bool) -> Ticket {
        self.journal.push(record);
        self.written += 1;
        Ticket(self.written - 1)
    }
    fn compact(&mut self, _: JournalId, records: Vec<Record>) -> Ticket {
        self.journal = records;
        self.written += 1;
        Ticket(self.written - 1)
    }
    fn set_timer(&mut self, timer: Timer, after: SimDuration) {
        self.timers.push(timer);
        self.after = after;
    }
    fn cancel_timer(&mut self, _: Timer) {}
    fn random(&mut self) -> u64 {
        self.word
    }
    fn observing(&self) -> bool {
        false
    }
    fn observe(&mut self, _: LogEvent) {}
}

/// Node 0 and its host.
struct Node {
    raft: Raft,
    notes: Notes,
}

impl Node {
    /// One that starts as `kind` with `records` on its disk.
    fn started(config: RaftConfig, kind: BootKind, records: Vec<Record>) -> Node {
        let mut notes = Notes { journal: records.clone(), ..Notes::default() };
        let records = records.into_iter().map(Ok).collect();
        let boot = Boot::new(kind, 1, vec![(JournalId(0), records)]);
        let raft = Raft::start(&config, boot, &mut Context::new(&mut notes));
        Node { raft, notes }
    }

    /// One that has voted for nobody in `term`, with entries of `terms` in its log.
    fn with_log(config: RaftConfig, term: u64, terms: &[u64]) -> Node {
        let vote = Record::Vote { term: Term(term), voted_for: None };
        let mut node = Node::started(config, BootKind::Restart, vec![vote, written(1, &noops(terms), 0)]);
        node.notes.timers.clear();
        node
    }

    /// One that leads the term behind `term`, elected by nodes 1 and 2. Nothing of what it wrote is durable.
    fn leading(config: RaftConfig, term: u64, terms: &[u64]) -> Node {
        let mut node = Node::with_log(config, term, terms);
        node.fires(Timer::Election);
        for from in [1, 2] {
            node.hears(from, Message::Vote { term: Term(term + 1), granted: true, pre: false });
        }
        assert_eq!(node.raft.leads(), Some(term + 1));
        node
    }

    /// What it sends when it is told `message`.
    fn hears(&mut self, from: u32, message: Message) -> Vec<Message> {
        self.notes.sent.clear();
        self.notes.to.clear();
        self.raft.on_message(NodeId(from), message, &mut Context::new(&mut self.notes));
        self.notes.sent.clone()
    }

    fn fires(&mut self, timer: Timer) -> Vec<Message> {
        self.notes.sent.clear();
        self.notes.to.clear();
        self.raft.on_timer(timer, &mut Context::new(&mut self.notes));
        self.notes.sent.clone()
    }

    fn is_told(&mut self, command: RaftAdmin) -> Vec<Message> {
        self.notes.sent.clear();
        self.notes.to.clear();
        self.raft.on_admin(command, &mut Context::new(&mut self.notes));
        self.notes.sent.clone()
    }

    /// What clients are answered when one of them asks for something.
    fn is_asked(&mut self, request: KvRequest) -> Vec<KvResponse> {
        self.notes.replies.clear();
        self.raft.on_request(ClientId(0), RequestId(0), request, &mut Context::new(&mut self.notes));
        self.notes.replies.clone()
    }

    fn learns_durable(&mut self, write: u64) {
        self.raft.on_durable(Ticket(write), Ok(()), &mut Context::new(&mut self.notes));
    }

    /// Node `from` has the log up to `index`, and has heard round `round`.
    fn matched(&mut self, from: u32, index: u64, round: u64) -> Vec<Message> {
        let result = AppendResult::Matched(LogIndex(index));
        self.hears(from, Message::Appended { term: self.raft.term(), round, result })
    }

    fn at_ms(&mut self, ms: u64) {
        self.notes.now = SimTime::ZERO + SimDuration::from_ms(ms);
    }

    fn terms(&self) -> Vec<u64> {
        self.raft.log().kept().iter().map(|entry| entry.term.0).collect()
    }
}

fn noop(term: u64) -> Entry {
    Entry { term: Term(term), command: Command::Noop }
}

fn noops(terms: &[u64]) -> Vec<Entry> {
    terms.iter().copied().map(noop).collect()
}

fn written(first: u64, entries: &[Entry], commit: u64) -> Record {
    Record::Entries { first: LogIndex(first), entries: entries.into(), commit: LogIndex(commit) }
}

fn ballot(ballot: Ballot, term: u64, (last_term, last_index): (u64, u64)) -> Message {
    let (last_index, last_term) = (LogIndex(last_index), Term(last_term));
    Message::RequestVote { term: Term(term), ballot, last_index, last_term }
}

/// `entries` behind the one at `prev`, which is its term and index.
fn append(term: u64, prev: (u64, u64), entries: &[Entry], commit: u64) -> Message {
    Message::AppendEntries {
        term: Term(term),
        prev_index: LogIndex(prev.1),
        prev_term: Term(prev.0),
        entries: entries.into(),
        commit: LogIndex(commit),
        round: 0,
    }
}

fn voters(nodes: &[u32]) -> Configuration {
    Configuration::of(set(nodes))
}

fn set(nodes: &[u32]) -> NodeSet {
    nodes.iter().copied().map(NodeId).collect()
}

fn write(session: u32, sequence: u32, value: i64) -> KvCommand {
    KvCommand { session: SessionId(session), sequence, op: KvOp::Write { key: 0, value } }
}
