//! What a snapshot takes away and what it brings.

use std::sync::Arc;

use super::*;
use crate::replication::{KvAnswer, KvMachine};

/// The state after `last_index` entries: key 0 is 7, which session 1 wrote, and node 4 is about to leave.
fn snapshot(last_index: u64, last_term: u64) -> Arc<Snapshot> {
    let mut machine = KvMachine::new(2, true);
    machine.open_session();
    machine.apply(&write(1, 1, 7));
    let (last_index, last_term) = (LogIndex(last_index), Term(last_term));
    let configuration = (LogIndex(1), Configuration { outgoing: NodeSet::first(5), ..voters(&[0, 1, 2, 3]) });
    Arc::new(Snapshot { covers: Covered { last_index, last_term, configuration }, machine })
}

/// All of it in one message, of the leader of `last_term`.
pub(super) fn of_a_leader(last_index: u64, last_term: u64) -> Message {
    piece(last_term, &snapshot(last_index, last_term), 0, u32::MAX)
}

fn piece(term: u64, snapshot: &Arc<Snapshot>, offset: u64, length: u32) -> Message {
    Message::InstallSnapshot { term: Term(term), snapshot: snapshot.clone(), offset, length }
}

fn matched(term: u64, index: u64) -> Vec<Message> {
    let result = AppendResult::Matched(LogIndex(index));
    vec![Message::Appended { term: Term(term), round: 0, result }]
}

/// Raft §7: what is behind it was acknowledged, and may have been counted.
#[test]
fn a_snapshot_of_what_the_log_has_keeps_what_is_behind() {
    let mut node = Node::with_log(five(), 3, &[1, 1, 3, 3]);
    let before = node.notes.written;
    assert_eq!(node.hears(1, piece(3, &snapshot(2, 1), 0, 10)), matched(3, 2), "one piece tells enough");
    assert_eq!((node.terms(), node.raft.commit_index()), (vec![1, 1, 3, 3], LogIndex(2)));
    assert_eq!(node.notes.written, before);
}

#[test]
fn a_snapshot_that_contradicts_the_log_or_goes_beyond_it_takes_its_place() {
    for (last_index, last_term) in [(2, 3), (9, 3)] {
        let mut node = Node::with_log(five(), 3, &[1, 1, 1, 1]);
        assert_eq!(node.hears(1, of_a_leader(last_index, last_term)), matched(3, last_index));
        assert_eq!(node.terms(), [0; 0]);
        assert_eq!(node.raft.log().base(), (LogIndex(last_index), Term(last_term)));
        assert_eq!(node.raft.commit_index(), LogIndex(last_index));
        // The journal holds the one and no longer the other, and the vote.
        let again = Node::started(five(), BootKind::Restart, node.notes.journal);
        assert_eq!(again.raft.log().base(), (LogIndex(last_index), Term(last_term)));
        assert_eq!((again.terms(), again.raft.term()), (vec![], Term(3)));
    }
}

#[test]
fn a_snapshot_brings_the_members_and_the_sessions() {
    let mut node = Node::with_log(five(), 3, &[]);
    node.hears(1, of_a_leader(2, 3));
    let electorates = node.raft.electorates();
    assert_eq!(
        electorates[..2],
        [vec![0, 1, 2, 3], vec![0, 1, 2, 3, 4]].map(|set| set.into_iter().map(NodeId).collect::<Vec<_>>())
    );
    // The command that the snapshot covers has been sent twice; the second copy comes behind it.
    let (again, next) = (write(1, 1, 7), write(1, 2, 8));
    let entries = [next, again].map(|command| Entry { term: Term(3), command: Command::Kv(command) });
    node.hears(1, append(3, (3, 2), &entries, 4));
    let mut node = elected(node, 4);
    node.matched(1, 5, 0);
    node.matched(2, 5, 0);
    assert_eq!(node.is_asked(KvRequest::Read { key: 0 }), []);
    node.matched(1, 5, 1);
    node.matched(2, 5, 1);
    assert_eq!(node.notes.replies, [KvResponse::Done(KvAnswer::Value(Some(8)))]);
}

/// Raft §7: so that a crash leaves neither gap nor overlap between the two.
#[test]
fn a_node_finds_its_snapshot_and_the_entries_kept_beside_it_again() {
    let config = RaftConfig { snapshot_after: 3, snapshot_keep: 2, ..five() };
    let mut node = Node::with_log(config, 3, &[]);
    let opening = Entry { term: Term(1), command: Command::OpenSession };
    let joint = Configuration { outgoing: set(&[0, 1, 2]), ..voters(&[0, 3, 4]) };
    let configure = Entry { term: Term(2), command: Command::Configure(joint) };
    node.hears(1, append(3, (0, 0), &[opening, configure, noop(3), noop(3)], 3));
    let Record::Snapshot { snapshot, base } = &node.notes.journal[0] else { panic!() };
    assert_eq!((snapshot.last_index, snapshot.machine.sessions.len()), (LogIndex(3), 1));
    assert_eq!(*base, (LogIndex(1), Term(1)));
    let again = Node::started(config, BootKind::Restart, node.notes.journal);
    assert_eq!((again.terms(), again.raft.log().base()), (vec![2, 3, 3], (LogIndex(1), Term(1))));
    assert_eq!((again.raft.term(), again.raft.commit_index()), (Term(3), LogIndex(3)));
    let electorates = again.raft.electorates();
    assert!(electorates.contains(&[0, 1, 2].map(NodeId).to_vec()), "still joint: {electorates:?}");
}

/// `node` stands in `term` and wins; its disk is quick.
fn elected(mut node: Node, term: u64) -> Node {
    node.fires(Timer::Election);
    for from in [1, 2] {
        node.hears(from, Message::Vote { term: Term(term), granted: true, pre: false });
    }
    node.learns_durable(node.notes.written - 1);
    assert_eq!(node.raft.leads(), Some(term));
    node
}

/// Dissertation §6.3: else an old command might take effect a second time.
#[test]
fn a_command_of_a_session_that_has_ended_is_refused() {
    let config = RaftConfig { max_sessions: 2, ..five() };
    let mut node = Node::leading(config, 3, &[]);
    let mut last = 1;
    let mut ask = |request| {
        // Time ends no session: replicas would not agree when.
        node.at_ms(last * 10_000);
        let early = node.is_asked(request);
        assert_eq!(early, [], "not before it is committed");
        last += 1;
        for from in [1, 2, 3] {
            node.matched(from, last, 0);
        }
        std::mem::take(&mut node.notes.replies)
    };
    for session in 1..=2 {
        assert_eq!(ask(KvRequest::OpenSession), [KvResponse::Opened(SessionId(session))]);
    }
    assert_eq!(ask(KvRequest::Propose(write(1, 1, 7))), [KvResponse::Done(KvAnswer::Written)]);
    assert_eq!(ask(KvRequest::OpenSession), [KvResponse::Opened(SessionId(3))]);
    assert_eq!(ask(KvRequest::Propose(write(2, 1, 8))), [KvResponse::SessionEnded], "least recently used");
    assert_eq!(ask(KvRequest::Propose(write(9, 1, 8))), [KvResponse::SessionEnded], "never there");
    assert_eq!(ask(KvRequest::Propose(write(1, 1, 7))), [KvResponse::Done(KvAnswer::Written)], "again");
}

#[test]
fn pieces_that_come_twice_late_or_from_another_leader_do_no_harm() {
    let mut node = Node::with_log(five(), 3, &[]);
    let (ours, other) = (snapshot(9, 3), snapshot(8, 3));
    let received = |term, last_index, received| {
        vec![Message::SnapshotReceived { term: Term(term), last_index: LogIndex(last_index), received }]
    };
    assert_eq!(node.hears(1, piece(3, &ours, 0, 30)), received(3, 9, 30));
    assert_eq!(node.hears(1, piece(3, &ours, 0, 30)), received(3, 9, 30), "twice");
    assert_eq!(node.hears(1, piece(3, &ours, 60, 30)), received(3, 9, 30), "too early");
    assert_eq!(node.hears(2, piece(4, &other, 30, 30)), received(4, 8, 0), "the beginning is another's");
    assert_eq!(node.hears(2, piece(4, &other, 0, 30)), received(4, 8, 30));
    assert_eq!(node.hears(2, piece(4, &other, 30, 60)), matched(4, 8));
}

/// From the first byte again, if the follower has forgotten what it had.
#[test]
fn a_leader_sends_piece_after_piece() {
    let config = RaftConfig { snapshot_after: 2, snapshot_keep: 0, snapshot_chunk: 20, ..five() };
    let mut node = Node::leading(config, 4, &[1, 1, 1]);
    for from in [1, 2, 3] {
        node.matched(from, 4, 0);
    }
    assert_eq!(node.raft.log().base(), (LogIndex(4), Term(5)));
    let offsets = |sent: &[Message]| match sent {
        [] => None,
        [Message::InstallSnapshot { offset, length, .. }] => Some((*offset, *length)),
        other => panic!("{other:?}"),
    };
    let result = AppendResult::Conflict { prev_index: LogIndex(3), term: None, first: LogIndex(1) };
    let conflict = Message::Appended { term: Term(5), round: 0, result };
    assert_eq!(offsets(&node.hears(4, conflict.clone())), Some((0, 20)));
    assert_eq!(offsets(&node.hears(4, conflict)), None, "it was sent before the snapshot");
    let received = |received| Message::SnapshotReceived { term: Term(5), last_index: LogIndex(4), received };
    assert_eq!(offsets(&node.hears(4, received(20))), Some((20, 20)));
    assert_eq!(offsets(&node.hears(4, received(20))), None, "twice");
    assert_eq!(offsets(&node.hears(4, received(40))), Some((40, 8)), "the rest");
    assert_eq!(offsets(&node.hears(4, received(0))), Some((0, 20)), "it has restarted");
    assert_eq!(node.matched(4, 4, 0), [], "it has it all");
    node.is_asked(KvRequest::OpenSession);
    assert!(node.notes.to.contains(&NodeId(4)), "and is sent entries again");
}

/// A follower that lags may get what a read waits for as a snapshot.
#[test]
fn a_read_that_waits_for_what_a_snapshot_brings_is_answered() {
    let mut node = Node::with_log(RaftConfig { reads: ReadMode::Follower, ..five() }, 3, &[]);
    node.hears(1, append(3, (0, 0), &[], 0));
    assert_eq!(node.is_asked(KvRequest::Read { key: 0 }), []);
    let Some(Message::ReadIndex { question, .. }) = node.notes.sent.last() else { panic!() };
    let (question, index) = (*question, LogIndex(5));
    node.hears(1, Message::ReadIndexIs { term: Term(3), question, index });
    assert_eq!(node.notes.replies, []);
    node.hears(1, of_a_leader(5, 3));
    assert_eq!(node.notes.replies, [KvResponse::Done(KvAnswer::Value(Some(7)))]);
}
