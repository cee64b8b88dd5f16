//! Learners: what they take for decided.

use super::*;
use crate::replication::QuorumSystem;

#[test]
fn a_quorum_of_one_ballot_decides() {
    let mut node = Node::new(five(), 0);
    for from in [1, 2, 1] {
        node.hears(from, accepted(ballot(1, 1), 8));
        assert_eq!(node.decided(), None);
    }
    node.hears(3, accepted(ballot(1, 1), 8));
    assert_eq!(node.decided(), Some(8));
}

/// One acceptor in ballot 1.1 and two in 2.2 are no quorum, though they are three.
#[test]
fn votes_of_different_ballots_are_not_added() {
    for (config, decided) in [(five(), None), (with(Bug::MixesBallots), Some(9))] {
        let mut node = Node::new(config, 0);
        node.hears(1, accepted(ballot(1, 1), 8));
        node.hears(2, accepted(ballot(2, 2), 9));
        node.hears(3, accepted(ballot(2, 2), 9));
        assert_eq!(node.decided(), decided);
    }
}

/// The latest ballot need not be the one that is chosen in.
#[test]
fn a_late_vote_of_an_earlier_ballot_counts() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accepted(ballot(1, 1), 8));
    node.hears(2, accepted(ballot(1, 1), 8));
    node.hears(3, accepted(ballot(2, 3), 8));
    node.hears(4, accepted(ballot(1, 1), 8));
    assert_eq!(node.decided(), Some(8));
}

#[test]
fn its_own_vote_counts_once_it_is_durable() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accepted(ballot(1, 1), 8));
    node.hears(2, accepted(ballot(1, 1), 8));
    let message = accept(ballot(1, 1), 8);
    node.paxos.on_message(NodeId(1), message, &mut Context::new(&mut node.notes));
    assert_eq!(node.decided(), None);
    node.syncs();
    assert_eq!(node.decided(), Some(8));
}

#[test]
fn laggards_are_told_the_decision_whatever_they_ask() {
    let mut node = Node::new(five(), 0);
    node.hears(1, learn(8));
    assert_eq!(node.hears(2, prepare(ballot(9, 2))), [learn(8)]);
    assert_eq!(node.hears(2, accept(ballot(9, 2), 5)), [learn(8)]);
    node.is_asked(0, 4);
    assert_eq!(node.notes.replies, [PaxosResponse::Decided(8)]);
    node.hears(1, learn(9));
    assert_eq!(node.decided(), Some(8), "what is decided stays so");
}

#[test]
fn a_proposer_that_learns_for_the_others_tells_them() {
    let config = PaxosConfig { learning: Learning::Proposer, ..five() };
    let mut node = Node::new(config, 0);
    node.is_asked(0, 4);
    let mine = ballot(1, 0);
    node.hears(1, promise(mine, None));
    node.hears(2, promise(mine, None));
    node.hears(1, accepted(mine, 4));
    assert_eq!(node.hears(2, accepted(mine, 4)), vec![learn(4); 4]);
}

#[test]
fn quorums_are_those_of_the_system() {
    let sizes = |phase1, phase2| PaxosConfig { quorums: QuorumSystem::Sizes { phase1, phase2 }, ..five() };
    // Two of five accept, where four promise.
    let mut node = Node::new(sizes(4, 2), 0);
    node.is_asked(0, 4);
    let mine = ballot(1, 0);
    assert_eq!(node.hears(1, promise(mine, None)), []);
    assert_eq!(node.hears(2, promise(mine, None)), []);
    assert_eq!(node.hears(3, promise(mine, None))[0], accept(mine, 4));
    node.hears(1, accepted(mine, 4));
    assert_eq!(node.decided(), Some(4));
    // Alone it may promise, where all accept.
    let mut node = Node::new(sizes(1, 5), 0);
    assert_eq!(node.is_asked(0, 4)[4..8], [accept(mine, 4); 4]);
    (1..4).for_each(|from| drop(node.hears(from, accepted(mine, 4))));
    assert_eq!(node.decided(), None);
    node.hears(4, accepted(mine, 4));
    assert_eq!(node.decided(), Some(4));
    // Rows 0 1 2 and 3 4 5.
    let grid = PaxosConfig { quorums: QuorumSystem::Grid { rows: 2 }, ..PaxosConfig::of(6) };
    let mut node = Node::new(grid, 0);
    node.is_asked(0, 4);
    for from in [1, 3, 4] {
        assert_eq!(node.hears(from, promise(mine, None)), []);
    }
    assert_eq!(node.hears(2, promise(mine, None))[0], accept(mine, 4));
    node.hears(1, accepted(mine, 4));
    assert_eq!(node.decided(), None);
    node.hears(3, accepted(mine, 4));
    assert_eq!(node.decided(), Some(4));
}

#[test]
fn quorums_that_do_not_meet_are_a_bug() {
    let mut node = Node::new(with(Bug::QuorumsDoNotMeet), 0);
    node.hears(1, accepted(ballot(1, 1), 8));
    assert_eq!(node.decided(), None);
    node.hears(2, accepted(ballot(1, 1), 8));
    assert_eq!(node.decided(), Some(8), "two, where three promise");
}
