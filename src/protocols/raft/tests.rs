//! What a node does when its disk fails it: it takes no part any more.

use super::*;
use crate::base::{ClientId, Damaged, DiskError, JournalId, NodeId, SimDuration, SimTime, Ticket};
use crate::monitor::LogEvent;
use crate::process::{Boot, BootKind, Context, Host, Process, RequestId, When};

/// A host that remembers what it was asked to do.
#[derive(Default)]
struct Notes {
    sent: Vec<Message>,
    timers: u32,
    written: u64,
}

impl Host<Raft> for Notes {
    fn now(&self) -> SimTime {
        SimTime::ZERO
    }
    fn id(&self) -> NodeId {
        NodeId(0)
    }
    fn send(&mut self, _: NodeId, message: Message, _: When) {
        self.sent.push(message);
    }
    fn reply(&mut self, _: ClientId, _: RequestId, _: RaftResponse) {}
    fn write(&mut self, _: JournalId, _: Record, _: bool) -> Ticket {
        self.written += 1;
        Ticket(self.written - 1)
    }
    fn compact(&mut self, journal: JournalId, _: Vec<Record>) -> Ticket {
        self.write(journal, Record::Vote { term: Term(0), voted_for: None }, true)
    }
    fn set_timer(&mut self, _: Timer, _: SimDuration) {
        self.timers += 1;
    }
    fn cancel_timer(&mut self, _: Timer) {}
    fn random(&mut self) -> u64 {
        0
    }
    fn observing(&self) -> bool {
        false
    }
    fn observe(&mut self, _: LogEvent) {}
}

fn boot(records: Vec<Result<Record, Damaged>>) -> (Raft, Notes) {
    let mut notes = Notes::default();
    let boot = Boot::new(BootKind::Restart, 1, vec![(JournalId(0), records)]);
    let node = Raft::start(&RaftConfig::default(), boot, &mut Context::new(&mut notes));
    (node, notes)
}

fn ask_for_vote(node: &mut Raft, notes: &mut Notes) {
    let ballot = Message::RequestVote {
        term: Term(9),
        ballot: Ballot::Vote,
        last_index: LogIndex(9),
        last_term: Term(8),
    };
    node.on_message(NodeId(1), ballot, &mut Context::new(notes));
}

const VOTE: Record = Record::Vote { term: Term(3), voted_for: Some(NodeId(2)) };

#[test]
fn a_node_recovers_what_it_wrote() {
    let entry = |term| Entry { term: Term(term), command: Command::Noop };
    let entries = |first, entries: &[Entry]| Record::Entries {
        first: LogIndex(first),
        entries: entries.into(),
        commit: LogIndex(0),
    };
    let records = vec![
        Ok(entries(1, &[entry(1), entry(1), entry(1)])),
        Ok(VOTE),
        // A conflict was found at index 2: what stood there and behind is gone.
        Ok(entries(2, &[entry(3)])),
    ];
    let (node, notes) = boot(records);
    assert_eq!(
        (node.term(), node.log().last_index(), node.log().last_term()),
        (Term(3), LogIndex(2), Term(3))
    );
    assert_eq!(node.commit_index(), LogIndex(0), "what is committed must be learned anew");
    assert_eq!(notes.timers, 1, "it waits for a leader");
}

#[test]
fn a_torn_end_was_promised_to_nobody() {
    let (mut node, mut notes) = boot(vec![Ok(VOTE), Err(Damaged::Torn)]);
    ask_for_vote(&mut node, &mut notes);
    assert!(matches!(notes.sent[..], [Message::Vote { granted: true, .. }]));
}

#[test]
fn a_corrupt_record_may_have_been_a_promise() {
    let (mut node, mut notes) = boot(vec![Ok(VOTE), Err(Damaged::Corrupt)]);
    ask_for_vote(&mut node, &mut notes);
    node.on_timer(Timer::Election, &mut Context::new(&mut notes));
    node.on_admin(RaftAdmin::Campaign, &mut Context::new(&mut notes));
    assert!(notes.sent.is_empty(), "it neither votes nor stands");
    assert_eq!(notes.timers, 0);
}

#[test]
fn a_failed_write_stops_the_node() {
    for error in [DiskError::SyncFailed, DiskError::Full] {
        let (mut node, mut notes) = boot(vec![Ok(VOTE)]);
        node.on_durable(Ticket(0), Err(error), &mut Context::new(&mut notes));
        ask_for_vote(&mut node, &mut notes);
        assert!(notes.sent.is_empty());
        assert_eq!(node.leads(), None);
    }
}
