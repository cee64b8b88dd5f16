//! What a node does when its disk fails it, which is to take no part any more, and while it is slow.

use super::super::*;
use super::Notes;
use crate::base::{Damaged, DiskError, JournalId, NodeId, Ticket};
use crate::process::{Boot, BootKind, Context, Process};

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
    assert_eq!(notes.timers, [Timer::Election], "it waits for a leader");
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
    assert_eq!(notes.timers, []);
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

/// A node that stands for election.
fn candidate(parallel_vote: bool) -> (Raft, Notes) {
    let mut notes = Notes::default();
    let boot = Boot::new(BootKind::Restart, 1, vec![(JournalId(0), vec![Ok(VOTE)])]);
    let config = RaftConfig { parallel_vote, ..RaftConfig::default() };
    let mut node = Raft::start(&config, boot, &mut Context::new(&mut notes));
    node.on_timer(Timer::Election, &mut Context::new(&mut notes));
    (node, notes)
}

fn vote_for(node: &mut Raft, from: impl IntoIterator<Item = u32>, notes: &mut Notes) {
    for from in from {
        let vote = Message::Vote { term: node.term(), granted: true, pre: false };
        node.on_message(NodeId(from), vote, &mut Context::new(notes));
    }
}

/// Dissertation §9.4: others are asked meanwhile, but its own vote counts once it is durable.
#[test]
fn a_candidate_asks_while_its_own_vote_is_being_written_if_so_set() {
    let (mut node, mut notes) = candidate(false);
    assert_eq!((notes.sent.len(), notes.at_once), (4, 0));
    vote_for(&mut node, [1, 2], &mut notes);
    assert_eq!(node.leads(), Some(4), "what it does waits for the disk");

    let (mut node, mut notes) = candidate(true);
    assert_eq!((notes.sent.len(), notes.at_once), (4, 4));
    vote_for(&mut node, [1, 2], &mut notes);
    assert_eq!(node.leads(), None, "two of five");
    node.on_durable(Ticket(0), Ok(()), &mut Context::new(&mut notes));
    assert_eq!(node.leads(), Some(4));
    // A majority of others is one without its own.
    let (mut node, mut notes) = candidate(true);
    vote_for(&mut node, 1..4, &mut notes);
    assert_eq!(node.leads(), Some(4));
    // The vote of a term that is over counts for nothing.
    let (mut node, mut notes) = candidate(true);
    node.on_timer(Timer::Election, &mut Context::new(&mut notes));
    vote_for(&mut node, [1, 2], &mut notes);
    node.on_durable(Ticket(0), Ok(()), &mut Context::new(&mut notes));
    assert_eq!(node.leads(), None);
    node.on_durable(Ticket(1), Ok(()), &mut Context::new(&mut notes));
    assert_eq!(node.leads(), Some(5));
}

/// Votes granted for entries that a crash took could elect a node without them.
#[test]
fn a_candidate_does_not_ask_for_what_a_crash_could_take() {
    let (mut node, mut notes) = candidate(true);
    node.on_durable(Ticket(0), Ok(()), &mut Context::new(&mut notes));
    let append = Message::AppendEntries {
        term: Term(4),
        prev_index: LogIndex(0),
        prev_term: Term(0),
        entries: Entries::One(Entry { term: Term(4), command: Command::Noop }),
        commit: LogIndex(0),
        round: 0,
    };
    node.on_message(NodeId(2), append, &mut Context::new(&mut notes));
    node.on_timer(Timer::Election, &mut Context::new(&mut notes));
    assert_eq!((notes.sent.len(), notes.at_once), (9, 4));
    // Once they are durable, nothing needs to wait.
    node.on_durable(Ticket(1), Ok(()), &mut Context::new(&mut notes));
    node.on_timer(Timer::Election, &mut Context::new(&mut notes));
    assert_eq!((notes.sent.len(), notes.at_once), (13, 8));
}
