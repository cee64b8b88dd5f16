//! What a snapshot takes away, what it leaves, and how it gets to who needs it.

use std::sync::Arc;

use super::*;
use crate::replication::{KvAnswer, KvMachine};

fn short() -> MultiPaxosConfig {
    MultiPaxosConfig { snapshot_after: 3, snapshot_keep: 1, ..five() }
}

/// The state after `last` slots: key 0 is 7, which session 1 wrote, and node 4 is no member.
fn snapshot(last: u64) -> Arc<Snapshot> {
    let mut machine = KvMachine::new(2, true);
    machine.open_session();
    machine.apply(&write(1, 1, 7));
    let covers = Covered { last: Slot(last), membership: Membership::new(set(&[0, 1, 2, 3])) };
    Arc::new(Snapshot { covers, machine })
}

fn piece(snapshot: &Arc<Snapshot>, offset: u64, length: u32) -> Message {
    Message::Piece { snapshot: snapshot.clone(), offset, length }
}

fn whole(last: u64) -> Message {
    piece(&snapshot(last), 0, u32::MAX)
}

/// So many bytes of the snapshot of `last` are here.
fn arrived(chosen: u64, last: u64, bytes: u64) -> Vec<Message> {
    vec![Message::Fetch { chosen: Slot(chosen), arrived: Some((Slot(last), bytes)) }]
}

/// What is accepted behind it may have been chosen by that.
#[test]
fn a_snapshot_and_what_is_left_of_the_log_replace_the_journal() {
    let mut node = Node::new(short());
    node.hears(1, accept(ballot(2, 1), 1, &[1, 2, 3, 4, 5].map(command), 0));
    node.hears(2, prepare(ballot(3, 2), 0));
    node.hears(2, accept(ballot(3, 2), 1, &[1, 2, 3].map(command), 3));
    let [Record::Promise { ballot: promised }, Record::Snapshot { snapshot, base }, Record::Kept { .. }] =
        &node.notes.journal[..]
    else {
        panic!("{:?}", node.notes.journal)
    };
    assert_eq!((*promised, snapshot.last, *base), (ballot(3, 2), Slot(3), Slot(2)));
    let mut node = node.restarted();
    assert_eq!((node.applied(), node.paxos.promised(), node.paxos.log().base()), (3, ballot(3, 2), Slot(2)));
    let behind = [4, 5].map(|slot| proposal(slot, ballot(2, 1), command(slot as u32)));
    assert_eq!(node.hears(1, prepare(ballot(4, 1), 0)), [promise(ballot(4, 1), 3, &behind)]);
    assert_eq!(node.hears(1, fetch(2)), [chosen(3, &[command(3)], 3)], "so much is kept for who lags");
}

#[test]
fn no_snapshot_is_taken_before_the_last_one_is_on_the_disk() {
    let mut node = Node::new(short());
    let list = [1, 2, 3, 4, 5, 6, 7].map(command);
    node.hears(1, accept(ballot(1, 1), 1, &list, 3));
    assert_eq!(node.paxos.log().base(), Slot(2));
    node.hears(1, accept(ballot(1, 1), 0, &[], 6));
    assert_eq!((node.applied(), node.paxos.log().base()), (6, Slot(2)));
    node.is_durable();
    node.hears(1, accept(ballot(1, 1), 0, &[], 7));
    assert_eq!(node.paxos.log().base(), Slot(6));
}

#[test]
fn a_snapshot_that_arrives_keeps_what_was_accepted_behind_it() {
    let mut node = Node::new(five());
    node.hears(1, accept(ballot(2, 1), 2, &[command(2)], 0));
    node.hears(1, accept(ballot(2, 1), 5, &[command(5)], 0));
    assert_eq!(node.hears(1, whole(3)), []);
    let behind = [proposal(5, ballot(2, 1), command(5))];
    for (i, mut node) in
        [Node::started(five(), BootKind::Restart, node.notes.journal.clone()), node].into_iter().enumerate()
    {
        assert_eq!((node.applied(), node.paxos.log().base()), (3, Slot(3)));
        assert_eq!(node.hears(2, prepare(ballot(3, 2), 0)), [promise(ballot(3, 2), 3, &behind)], "{i}");
        assert_eq!(node.hears(2, prepare(ballot(1, 2), 3)), [nack(ballot(3, 2))]);
    }
}

#[test]
fn a_snapshot_brings_members_values_and_sessions() {
    let mut node = Node::new(five());
    node.hears(1, whole(3));
    assert_eq!(node.paxos.electorates(), [[0, 1, 2, 3].map(NodeId).to_vec()]);
    // The command that the snapshot covers has been chosen twice; the second time behind the next.
    let (again, next) = (Command::Kv(write(1, 1, 7)), Command::Kv(write(1, 2, 8)));
    node.hears(1, chosen(4, &[next, again], 5));
    node.leads_by(&[1, 2], 1);
    node.is_asked(0, KvRequest::Read { key: 0 });
    for from in [1, 2] {
        node.hears(from, accepted(ballot(1, 0), 0, 0, 2));
    }
    assert_eq!(node.notes.replies, [KvResponse::Done(KvAnswer::Value(Some(8)))]);
}

#[test]
fn what_is_known_already_no_snapshot_changes() {
    let mut node = Node::new(five());
    node.hears(1, chosen(1, &[1, 2, 3, 4].map(command), 4));
    let written = node.notes.written;
    assert_eq!(node.hears(1, whole(3)), []);
    assert_eq!((node.applied(), node.notes.written, node.paxos.log().base()), (4, written, Slot(0)));
}

#[test]
fn pieces_resume_where_they_ended_and_those_that_come_twice_or_early_do_no_harm() {
    let mut node = Node::new(five());
    let (ours, other) = (snapshot(9), snapshot(8));
    assert_eq!(node.hears(1, piece(&ours, 0, 30)), arrived(0, 9, 30));
    assert_eq!(node.hears(1, piece(&ours, 0, 30)), [], "twice");
    assert_eq!(node.hears(1, piece(&ours, 50, 30)), [], "too early");
    assert_eq!(node.fires(Timer::Fetch), arrived(0, 9, 30), "the next one is lost");
    assert_eq!(node.hears(1, piece(&ours, 30, 20)), arrived(0, 9, 50));
    // Another node's is another snapshot: it begins at the beginning.
    assert_eq!(node.hears(2, piece(&other, 30, 10)), []);
    assert_eq!(node.applied(), 0);
    assert_eq!(node.hears(1, piece(&ours, 0, ours.size() as u32 - 1)), arrived(0, 9, ours.size() - 1));
    node.hears(1, piece(&ours, ours.size() - 1, 1));
    assert_eq!(node.applied(), 9);
    assert_eq!(node.fires(Timer::Fetch), []);
}

/// From the first byte again, if the other has forgotten what it had.
#[test]
fn who_serves_a_snapshot_stays_with_it_to_the_end() {
    let config = MultiPaxosConfig { snapshot_after: 2, snapshot_keep: 0, snapshot_chunk: 15, ..five() };
    let mut node = Node::new(config);
    node.hears(1, accept(ballot(1, 1), 1, &[1, 2, 3, 4].map(command), 2));
    node.is_durable();
    let sent = |sent: Vec<Message>| match &sent[..] {
        [Message::Piece { snapshot, offset, length }] => (snapshot.last.0, *offset, *length),
        other => panic!("{other:?}"),
    };
    let ask = |bytes| Message::Fetch { chosen: Slot(0), arrived: Some((Slot(2), bytes)) };
    assert_eq!(sent(node.hears(4, fetch(0))), (2, 0, 15));
    node.hears(1, accept(ballot(1, 1), 0, &[], 4));
    assert_eq!(sent(node.hears(4, ask(15))), (2, 15, 15), "though it has a later one");
    assert_eq!(sent(node.hears(4, ask(15))), (2, 15, 15), "lost, and asked for again");
    assert_eq!(sent(node.hears(3, ask(15))), (4, 0, 15), "who was served by another begins anew");
    assert_eq!(sent(node.hears(4, fetch(0))), (4, 0, 15), "it has restarted");
    assert_eq!(node.hears(4, fetch(4)), [], "it has it all");
}

/// It knows what is chosen by itself, or leads no more.
#[test]
fn a_leader_takes_no_snapshot_from_others_and_a_candidate_leads_with_it() {
    let mut node = Node::leading(five(), &[1, 2]);
    assert_eq!(node.hears(1, whole(3)), []);
    assert_eq!((node.applied(), node.paxos.leads().is_some()), (0, true));
    let mut node = Node::new(five());
    node.fires(Timer::Election);
    node.hears(1, promise(ballot(1, 0), 3, &[]));
    assert_eq!(node.hears(2, promise(ballot(1, 0), 0, &[proposal(2, ballot(0, 2), command(2))])), [fetch(0)]);
    node.hears(1, whole(3));
    assert_eq!(node.paxos.leads(), Some(ballot(1, 0).number()));
    assert!(node.proposed_to(1).is_empty(), "slot 2 is covered");
}
