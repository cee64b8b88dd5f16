//! What a node does when its disk fails it, which is to take no part any more.

use super::*;
use crate::base::{Damaged, DiskError};

fn boot(config: PaxosConfig, records: Vec<Result<Record, Damaged>>) -> Node {
    let mut notes = Notes::of(NodeId(0));
    let boot = Boot::new(BootKind::Restart, 1, vec![(JournalId(0), records)]);
    let paxos = Paxos::start(&config, boot, &mut Context::new(&mut notes));
    Node { paxos, notes, durable: 0 }
}

const PROMISE: Record = Record::Promised { instance: INSTANCE, ballot: Ballot::new(3, NodeId(1)) };

/// It neither promises, nor accepts, nor proposes, nor learns.
fn takes_no_part(node: &mut Node) {
    assert!(!node.paxos.takes_part());
    assert_eq!(node.hears(1, prepare(ballot(9, 1))), []);
    assert_eq!(node.hears(1, accept(ballot(9, 1), 5)), []);
    assert_eq!(node.is_asked(0, 4), []);
    assert_eq!(node.fires(), []);
    node.hears(1, learn(5));
    assert_eq!((node.decided(), node.paxos.leads()), (None, None));
}

#[test]
fn a_torn_end_was_promised_to_nobody() {
    let mut node = boot(five(), vec![Ok(PROMISE), Err(Damaged::Torn)]);
    assert_eq!(node.hears(2, prepare(ballot(2, 2))), [nack(ballot(2, 2), ballot(3, 1))]);
    assert_eq!(node.hears(2, prepare(ballot(4, 2))), [promise(ballot(4, 2), None)]);
}

#[test]
fn a_corrupt_record_may_have_been_a_promise() {
    takes_no_part(&mut boot(five(), vec![Ok(PROMISE), Err(Damaged::Corrupt)]));
    let mut node = boot(with(Bug::IgnoresDamage), vec![Err(Damaged::Corrupt)]);
    assert_eq!(node.hears(2, prepare(ballot(2, 2))), [promise(ballot(2, 2), None)]);
}

#[test]
fn who_has_lost_its_disk_has_forgotten_what_it_promised() {
    takes_no_part(&mut Node::started(five(), 0, BootKind::Replacement, Vec::new()));
    let mut node = Node::started(with(Bug::Amnesia), 0, BootKind::Replacement, Vec::new());
    assert_eq!(node.hears(2, prepare(ballot(2, 2))), [promise(ballot(2, 2), None)]);
}

#[test]
fn a_failed_write_stops_the_node() {
    for error in [DiskError::SyncFailed, DiskError::Full] {
        let mut node = Node::new(five(), 0);
        node.paxos.on_message(NodeId(1), accept(ballot(1, 1), 5), &mut Context::new(&mut node.notes));
        node.paxos.on_durable(Ticket(0), Err(error), &mut Context::new(&mut node.notes));
        node.durable = 1;
        takes_no_part(&mut node);
    }
    let mut node = Node::new(with(Bug::IgnoresFailedSync), 0);
    for from in [1, 2] {
        node.hears(from, accepted(ballot(1, 1), 5));
    }
    node.paxos.on_message(NodeId(1), accept(ballot(1, 1), 5), &mut Context::new(&mut node.notes));
    node.paxos.on_durable(Ticket(0), Err(DiskError::SyncFailed), &mut Context::new(&mut node.notes));
    assert_eq!(node.decided(), Some(5), "it counts itself");
}

#[test]
fn a_node_recovers_what_it_wrote() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accept(ballot(3, 1), 8));
    node.hears(2, prepare(ballot(4, 2)));
    let mut node = node.restarted();
    assert_eq!(node.decided(), None, "what is decided must be learned anew");
    assert_eq!(node.hears(2, prepare(ballot(4, 2))), [promise(ballot(4, 2), Some((ballot(3, 1), 8)))]);
}
