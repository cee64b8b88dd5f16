//! What a node does when its disk fails it, which is to take no part any more.

use super::*;
use crate::base::{Damaged, DiskError};

const PROMISED: Record = Record::Promise { ballot: Ballot::new(3, NodeId(2)) };

fn booted(kind: BootKind, records: Vec<Result<Record, Damaged>>) -> Node {
    let mut notes = Notes::default();
    let boot = Boot::new(kind, 1, vec![(JournalId(0), records)]);
    let paxos = MultiPaxos::start(&five(), boot, &mut Context::new(&mut notes));
    Node { paxos, notes }
}

/// Asks it for all that it can be asked for.
fn takes_part(node: &mut Node) -> bool {
    let mut said = node.hears(1, prepare(ballot(9, 1), 0));
    said.extend(node.hears(1, accept(ballot(9, 1), 1, &[command(1)], 0)));
    said.extend(node.hears(1, fetch(0)));
    said.extend(node.fires(Timer::Election));
    said.extend(node.is_told(MultiPaxosAdmin::Campaign));
    let replies = node.is_asked(0, KvRequest::OpenSession).len();
    assert_eq!(said.is_empty(), replies == 0, "it is silent or it is not");
    assert_eq!(node.paxos.takes_part(), !said.is_empty());
    !said.is_empty()
}

#[test]
fn a_torn_end_was_told_to_nobody() {
    let mut node = booted(BootKind::Restart, vec![Ok(PROMISED), Err(Damaged::Torn)]);
    assert_eq!((node.paxos.promised(), &node.notes.timers[..]), (ballot(3, 2), &[Timer::Election][..]));
    assert!(takes_part(&mut node));
}

#[test]
fn a_corrupt_record_may_have_been_a_promise() {
    let mut node = booted(BootKind::Restart, vec![Ok(PROMISED), Err(Damaged::Corrupt)]);
    assert_eq!(node.notes.timers, []);
    assert!(!takes_part(&mut node));
}

/// *Paxos Made Live*, §5.1: who has lost its promises must not give others.
#[test]
fn who_has_lost_its_disk_does_not_come_back_under_its_name() {
    let mut node = booted(BootKind::Replacement, Vec::new());
    assert!(!takes_part(&mut node));
    assert!(takes_part(&mut booted(BootKind::First, Vec::new())));
}

#[test]
fn a_failed_write_stops_the_node() {
    for error in [DiskError::SyncFailed, DiskError::Full] {
        let mut node = Node::leading(five(), &[1, 2]);
        node.is_asked(0, KvRequest::OpenSession);
        node.does(|node, ctx| node.on_durable(Ticket(0), Err(error), ctx));
        assert_eq!(node.paxos.leads(), None);
        assert_eq!(node.notes.timers, [], "{error:?}");
        assert!(!takes_part(&mut node));
    }
}
