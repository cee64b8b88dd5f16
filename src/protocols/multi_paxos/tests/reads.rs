//! When a leader may answer a read that takes no slot.

use super::*;
use crate::replication::{KvAnswer, QuorumSystem};

const READ: KvRequest = KvRequest::Read { key: 0 };
const NOTHING: KvResponse = KvResponse::Done(KvAnswer::Value(None));

/// `node` has answered round `round` of ballot 1.0.
fn answered(node: &mut Node, from: u32, round: u64) -> Vec<KvResponse> {
    node.hears(from, accepted(ballot(1, 0), 0, 0, round));
    node.notes.replies.clone()
}

fn rounds(node: &Node) -> Vec<u64> {
    let round = |(_, message): &(NodeId, Message)| match message {
        Message::Accept { round, .. } => Some(*round),
        _ => None,
    };
    node.notes.sent.iter().filter_map(round).collect()
}

#[test]
fn a_read_waits_for_a_quorum_that_has_answered_a_round_of_its_own() {
    let mut node = Node::leading(five(), &[1, 2]);
    assert_eq!(node.is_asked(0, READ), []);
    assert_eq!((rounds(&node), node.told()), (vec![2; 4], vec![1, 2, 3, 4]), "it asks everyone at once");
    for from in 1..5 {
        assert_eq!(answered(&mut node, from, 1), [], "that round began before");
    }
    assert_eq!(answered(&mut node, 1, 2), []);
    assert_eq!(answered(&mut node, 1, 2), [], "twice");
    node.hears(2, accepted(ballot(0, 1), 0, 0, 9));
    assert_eq!(node.notes.replies, [], "of another ballot");
    assert_eq!(answered(&mut node, 2, 2), [NOTHING]);
}

#[test]
fn reads_that_arrive_during_a_round_share_the_next() {
    let mut node = Node::leading(five(), &[1, 2]);
    for id in 0..3 {
        assert_eq!(node.is_asked(id, READ), []);
        assert_eq!(rounds(&node).is_empty(), id > 0);
    }
    answered(&mut node, 1, 2);
    assert_eq!(answered(&mut node, 2, 2), [NOTHING]);
    assert_eq!(rounds(&node), [3; 4]);
    answered(&mut node, 1, 3);
    assert_eq!(answered(&mut node, 2, 3), [NOTHING; 2]);
}

/// What is there to be read is not known before.
#[test]
fn a_read_waits_for_what_earlier_leaders_may_have_had_chosen() {
    for reads in [ReadMode::Confirm, ReadMode::Lease] {
        let mut node = Node::new(MultiPaxosConfig { reads, ..five() });
        node.fires(Timer::Election);
        let known = [Command::OpenSession, Command::Kv(write(1, 1, 7))];
        let known = [proposal(1, ballot(0, 1), known[0]), proposal(2, ballot(0, 1), known[1])];
        node.hears(1, promise(ballot(1, 0), 0, &known));
        node.hears(2, promise(ballot(1, 0), 0, &[]));
        assert_eq!(node.is_asked(0, READ), []);
        assert_eq!(rounds(&node), [0; 0]);
        node.accepted_by(&[1, 2, 3], 1, 1);
        (1..5).for_each(|from| assert_eq!(answered(&mut node, from, 1), []));
        node.accepted_by(&[1, 2, 3], 2, 1);
        assert_eq!(rounds(&node), [2; 4]);
        answered(&mut node, 1, 2);
        assert_eq!(answered(&mut node, 2, 2), [KvResponse::Done(KvAnswer::Value(Some(7)))], "{reads:?}");
    }
}

/// A later leader needs a quorum of the first phase, which any of the second meets.
#[test]
fn the_second_phases_quorum_confirms() {
    let quorums = QuorumSystem::Sizes { phase1: 4, phase2: 2 };
    let mut node = Node::leading(MultiPaxosConfig { quorums, ..five() }, &[1, 2, 3]);
    assert_eq!(node.is_asked(0, READ), []);
    assert_eq!(answered(&mut node, 4, 2), [NOTHING]);
}

#[test]
fn who_leads_no_more_sends_readers_elsewhere() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, READ);
    node.is_asked(1, READ);
    node.hears(3, prepare(ballot(2, 3), 0));
    assert_eq!(node.notes.replies, [KvResponse::NotLeader { leader: None }; 2]);
}

#[test]
fn a_read_may_take_a_slot() {
    let mut node = Node::leading(MultiPaxosConfig { reads: ReadMode::Slot, ..five() }, &[1, 2]);
    assert_eq!(node.is_asked(0, READ), []);
    assert_eq!(node.proposed_to(1), [(1, vec![Command::Read { key: 0 }])]);
    (1..5).for_each(|from| assert_eq!(answered(&mut node, from, 9), []));
    node.accepted_by(&[1, 2, 3], 1, 1);
    assert_eq!(node.notes.replies, [NOTHING]);
}

fn leases() -> MultiPaxosConfig {
    MultiPaxosConfig { reads: ReadMode::Lease, drift_bound_ppm: 200_000, ..five() }
}

/// *Paxos Made Live*, §5.2: 150 ms by the acceptors' clocks, which may be fast as the leader's may be slow.
#[test]
fn a_lease_ends_in_time() {
    let mut node = Node::leading(leases(), &[1, 2]);
    node.at_ms(1_000);
    node.fires(Timer::Heartbeat);
    node.at_ms(1_040);
    assert_eq!(node.is_asked(0, READ), [], "nobody has answered");
    answered(&mut node, 1, 2);
    assert_eq!(answered(&mut node, 2, 2), [], "the read has a round of its own, that began later");
    node.at_ms(1_099);
    assert_eq!(node.is_asked(1, READ), [NOTHING]);
    node.at_ms(1_100);
    assert_eq!(node.is_asked(2, READ), [], "150 ms * 0.8 / 1.2 after the heartbeat");
}

/// A leader that has one may be counting on it.
#[test]
fn an_acceptor_that_has_heard_a_leader_promises_nothing_to_others_for_so_long() {
    let asks = |node: &mut Node| node.hears(2, prepare(ballot(9, 2), 0));
    let promised = [promise(ballot(9, 2), 0, &[])];
    let mut node = Node::new(leases());
    node.at_ms(1_000);
    node.hears(1, accept(ballot(1, 1), 0, &[], 0));
    node.at_ms(1_149);
    assert_eq!(asks(&mut node), [], "not even an answer");
    assert_eq!(node.paxos.promised(), ballot(1, 1));
    node.at_ms(1_150);
    assert_eq!(asks(&mut node), promised);
    // Nobody is counted on where there are no leases.
    let mut node = Node::new(five());
    node.hears(1, accept(ballot(1, 1), 0, &[], 0));
    assert_eq!(asks(&mut node), promised);
}

#[test]
fn an_acceptor_that_restarts_grants_nothing_early() {
    let asks = |node: &mut Node| node.hears(2, prepare(ballot(9, 2), 0)).len();
    let mut node = Node::started(leases(), BootKind::Restart, Vec::new());
    node.at_ms(149);
    assert_eq!(asks(&mut node), 0, "it may have answered a leader right before");
    node.at_ms(150);
    assert_eq!(asks(&mut node), 1);
    // Who was never there before has answered nobody.
    assert_eq!(asks(&mut Node::new(leases())), 1);
}

#[test]
fn a_stale_read_asks_nobody() {
    let stale = || MultiPaxosConfig { reads: ReadMode::Stale, ..five() };
    for mut node in [Node::leading(stale(), &[1, 2]), Node::new(stale())] {
        assert_eq!(node.is_asked(0, READ), [NOTHING]);
        assert_eq!(node.notes.sent, []);
    }
    let mut spare = Node::new(MultiPaxosConfig { members: 0, ..stale() });
    assert_eq!(spare.is_asked(0, READ), [KvResponse::NotLeader { leader: None }]);
}
