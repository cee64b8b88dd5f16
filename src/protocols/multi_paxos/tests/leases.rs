//! What an acceptor owes a leader that counts on its lease.

use super::*;

/// Node 0, which has heard the leader of ballot 1.1 after 100 ms.
fn lessor() -> Node {
    let mut node = Node::new(MultiPaxosConfig { reads: ReadMode::Lease, ..five() });
    node.at_ms(100);
    node.hears(1, accept(ballot(1, 1), 0, &[], 0));
    node
}

#[test]
fn who_has_just_heard_a_leader_promises_nobody_anything() {
    let mut node = lessor();
    node.at_ms(249);
    assert_eq!(node.hears(2, prepare(ballot(2, 2), 0)), []);
    node.at_ms(250);
    assert_eq!(node.hears(2, prepare(ballot(2, 2), 0)), [promise(ballot(2, 2), 0, &[])]);
}

/// Not even to itself: its own promise is one of a quorum.
#[test]
fn an_operator_cannot_make_it_break_its_word() {
    let mut node = lessor();
    node.at_ms(249);
    assert_eq!(node.is_told(MultiPaxosAdmin::Campaign), []);
    assert_eq!(node.paxos.promised(), ballot(1, 1));
    node.at_ms(250);
    assert_eq!(node.is_told(MultiPaxosAdmin::Campaign), vec![prepare(ballot(2, 0), 0); 4]);
}
