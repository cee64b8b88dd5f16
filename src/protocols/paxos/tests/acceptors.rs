//! Acceptors: what they promise and accept, and that they keep to it.

use super::*;

#[test]
fn an_acceptor_promises_the_latest_ballot_and_tells_what_it_has_accepted() {
    let mut node = Node::new(five(), 0);
    assert_eq!(node.hears(1, prepare(ballot(2, 1))), [promise(ballot(2, 1), None)]);
    assert_eq!(node.hears(1, prepare(ballot(2, 1))), [promise(ballot(2, 1), None)], "and again");
    assert_eq!(node.hears(3, prepare(ballot(1, 3))), [nack(ballot(1, 3), ballot(2, 1))]);
    assert_eq!(node.hears(1, accept(ballot(2, 1), 5)), vec![accepted(ballot(2, 1), 5); 4]);
    assert_eq!(node.hears(2, prepare(ballot(2, 2))), [promise(ballot(2, 2), Some((ballot(2, 1), 5)))]);
    assert_eq!(node.hears(1, accept(ballot(2, 1), 5)), [nack(ballot(2, 1), ballot(2, 2))]);
    // One promise, one acceptance and one promise more are worth writing down.
    assert_eq!(node.notes.journal.len(), 3);
}

/// An acceptance is a promise too, to one who was never asked for it.
#[test]
fn who_accepts_promises() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accept(ballot(4, 1), 5));
    for mut node in [Node::started(five(), 0, BootKind::Restart, node.notes.journal.clone()), node] {
        assert_eq!(node.hears(2, prepare(ballot(3, 2))), [nack(ballot(3, 2), ballot(4, 1))]);
        assert_eq!(node.hears(2, accept(ballot(3, 2), 6)), [nack(ballot(3, 2), ballot(4, 1))]);
    }
}

#[test]
fn a_lost_acceptance_is_told_again_to_whoever_asks_again() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accept(ballot(1, 1), 5));
    assert_eq!(node.hears(1, accept(ballot(1, 1), 5)), [accepted(ballot(1, 1), 5)]);
    assert_eq!(node.notes.sent[0].0, NodeId(1));
    assert_eq!(node.notes.journal.len(), 1, "it is written once");
}

#[test]
fn instances_have_nothing_to_do_with_each_other() {
    let mut node = Node::new(five(), 0);
    node.hears(1, prepare(ballot(9, 1)));
    let other = Message::Prepare { instance: INSTANCE + 1, ballot: ballot(1, 2) };
    let promised = Message::Promise { instance: INSTANCE + 1, ballot: ballot(1, 2), accepted: None };
    assert_eq!(node.hears(2, other), [promised]);
}

#[test]
fn what_is_promised_outlives_a_crash_unless_it_is_not_written() {
    for (config, kept) in [(five(), true), (with(Bug::PromiseNotPersisted), false)] {
        let mut node = Node::new(config, 0);
        node.hears(1, prepare(ballot(5, 1)));
        let mut node = node.restarted();
        let answer = node.hears(2, accept(ballot(4, 2), 6));
        assert_eq!(answer == [nack(ballot(4, 2), ballot(5, 1))], kept, "{answer:?}");
    }
}

#[test]
fn an_acceptor_that_ignores_its_promise_is_a_bug() {
    let mut node = Node::new(with(Bug::AcceptsBelowPromise), 0);
    node.hears(1, prepare(ballot(5, 1)));
    assert_eq!(node.hears(2, accept(ballot(4, 2), 6)), vec![accepted(ballot(4, 2), 6); 4]);
}

#[test]
fn only_the_proposer_is_told_where_it_does_the_telling() {
    let mut node = Node::new(PaxosConfig { learning: Learning::Proposer, ..five() }, 0);
    assert_eq!(node.hears(1, accept(ballot(1, 1), 5)), [accepted(ballot(1, 1), 5)]);
    assert_eq!(node.notes.sent[0].0, NodeId(1));
}
