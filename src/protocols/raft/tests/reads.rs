//! When a leader may answer a read, and how it hands over.

use super::*;
use crate::replication::KvAnswer;

const READ: KvRequest = KvRequest::Read { key: 0 };
const NOTHING: KvResponse = KvResponse::Done(KvAnswer::Value(None));
const ELSEWHERE: KvResponse = KvResponse::NotLeader { leader: None };

/// One whose no-op is committed.
fn settled(config: RaftConfig) -> Node {
    let mut node = Node::leading(config, 3, &[]);
    for from in [1, 2, 3] {
        node.matched(from, 1, 0);
    }
    assert_eq!(node.raft.commit_index(), LogIndex(1));
    node
}

/// Dissertation §6.4.
#[test]
fn a_read_waits_for_the_leaders_first_entry_and_then_for_a_round() {
    let mut node = Node::leading(five(), 3, &[]);
    assert_eq!(node.is_asked(READ), []);
    for from in [1, 2, 3] {
        node.matched(from, 0, 9);
        assert_eq!(node.notes.replies, []);
    }
    let mut node = Node::leading(five(), 3, &[]);
    node.is_asked(READ);
    for from in [1, 2, 3] {
        node.matched(from, 1, 0);
    }
    assert_eq!(node.notes.replies, [], "now the round begins");
    node.matched(1, 1, 1);
    let stale = Message::Appended { term: Term(3), round: 9, result: AppendResult::Matched(LogIndex(1)) };
    node.hears(2, stale);
    assert_eq!(node.notes.replies, [], "of an earlier term");
    node.matched(2, 1, 1);
    assert_eq!(node.notes.replies, [NOTHING]);
}

#[test]
fn who_leads_no_more_sends_readers_elsewhere() {
    let mut node = settled(five());
    node.is_asked(READ);
    node.hears(2, append(9, (0, 0), &[], 0));
    assert_eq!(node.notes.replies, [ELSEWHERE]);
}

/// Dissertation §6.4.1: 150 ms by the followers' clocks, which may be fast as the leader's may be slow.
#[test]
fn a_lease_counts_from_when_its_round_began() {
    let config =
        RaftConfig { reads: ReadMode::Lease, check_quorum: true, drift_bound_ppm: 200_000, ..five() };
    let mut node = settled(config);
    node.at_ms(1_000);
    node.fires(Timer::Heartbeat);
    node.at_ms(1_040);
    assert_eq!(node.is_asked(READ), [], "nobody has answered");
    node.matched(1, 1, 1);
    assert_eq!(node.notes.replies, []);
    node.matched(2, 1, 1);
    node.at_ms(1_099);
    assert_eq!(node.is_asked(READ), [NOTHING]);
    node.at_ms(1_100);
    assert_eq!(node.is_asked(READ), [], "150 ms * 0.8 / 1.2 after the heartbeat");
}

#[test]
fn a_leader_that_hands_over_has_no_lease_any_more() {
    let config = RaftConfig { reads: ReadMode::Lease, check_quorum: true, ..five() };
    let mut node = settled(config);
    node.fires(Timer::Heartbeat);
    node.matched(1, 1, 1);
    node.matched(2, 1, 1);
    assert_eq!(node.is_asked(READ), [NOTHING]);
    assert_eq!(node.is_told(RaftAdmin::Transfer(Some(NodeId(3)))), [Message::TimeoutNow { term: Term(4) }]);
    assert_eq!(node.is_asked(READ), []);
    // Nor when it has given up: the word to stand may arrive at any time.
    node.fires(Timer::Transfer);
    assert_eq!(node.is_asked(READ), []);
}

/// Dissertation §3.10.
#[test]
fn a_leader_that_hands_over_proposes_nothing_brings_its_successor_up_to_date_and_gives_up_in_time() {
    for reads in [ReadMode::ReadIndex, ReadMode::Log] {
        let mut node = settled(RaftConfig { reads, ..five() });
        assert_eq!(node.is_told(RaftAdmin::Transfer(Some(NodeId(4)))), [], "it lags");
        assert!(node.notes.timers.contains(&Timer::Transfer));
        assert_eq!(node.is_asked(KvRequest::OpenSession), [ELSEWHERE]);
        assert_eq!(node.is_asked(KvRequest::Propose(write(1, 1, 7))), [ELSEWHERE]);
        node.is_asked(READ);
        node.is_told(RaftAdmin::Remove(Some(NodeId(1))));
        assert_eq!(node.raft.log().last_index(), LogIndex(1), "{reads:?}");
        assert_eq!(node.matched(4, 1, 0), [Message::TimeoutNow { term: Term(4) }]);
        node.fires(Timer::Transfer);
        assert_eq!(node.is_asked(KvRequest::OpenSession), []);
        assert_eq!(node.raft.log().last_index(), LogIndex(2));
    }
}

#[test]
fn leadership_goes_to_a_voter_who_is_furthest_or_to_nobody() {
    let mut node = settled(RaftConfig { voters: 4, ..five() });
    assert_eq!(node.is_told(RaftAdmin::Transfer(Some(NodeId(4)))), [], "it has no vote");
    assert_eq!(node.is_told(RaftAdmin::Transfer(Some(NodeId(0)))), [], "itself");
    assert_eq!(node.is_asked(KvRequest::OpenSession), []);
    node.matched(2, 2, 0);
    node.is_told(RaftAdmin::Transfer(None));
    assert_eq!(node.notes.to, [NodeId(2)]);
}

/// Else the answer to an old question would be taken for that to the next.
#[test]
fn a_follower_asks_anew_under_another_name() {
    let mut node = Node::with_log(RaftConfig { reads: ReadMode::Follower, ..five() }, 3, &[]);
    assert_eq!(node.is_asked(READ), [ELSEWHERE], "it knows nobody to ask");
    node.hears(1, append(3, (0, 0), &[], 0));
    let mut asked = Vec::new();
    for _ in 0..2 {
        assert_eq!(node.is_asked(READ), []);
        let Some(Message::ReadIndex { question, .. }) = node.notes.sent.last() else { panic!() };
        asked.push(*question);
    }
    assert_ne!(asked[0], asked[1]);
    let answer = |question| Message::ReadIndexIs { term: Term(3), question, index: LogIndex(0) };
    node.hears(1, answer(asked[0]));
    assert_eq!(node.notes.replies.len(), 0, "the client has asked again since");
    node.hears(1, answer(asked[1]));
    node.hears(1, answer(asked[1]));
    assert_eq!(node.notes.replies.len(), 1, "each answer counts once");
    // A new term: the leader that was asked may be gone.
    assert_eq!(node.is_asked(READ), []);
    node.hears(2, append(4, (0, 0), &[], 0));
    assert!(matches!(node.notes.replies[..], [.., KvResponse::NotLeader { .. }]), "{:?}", node.notes.replies);
}

/// Not even a heartbeat goes out for it: leaders, followers that hear nobody and candidates are all alike.
#[test]
fn a_stale_read_asks_nobody() {
    let stale = || RaftConfig { reads: ReadMode::Stale, ..five() };
    let mut leading = Node::leading(stale(), 3, &[]);
    let mut alone = Node::with_log(stale(), 3, &[]);
    let mut standing = Node::with_log(stale(), 3, &[]);
    standing.fires(Timer::Election);
    for node in [&mut leading, &mut alone, &mut standing] {
        let sent = node.notes.sent.len();
        assert_eq!(node.is_asked(READ), [NOTHING]);
        assert_eq!(node.notes.sent.len(), sent);
    }
    let mut spare = Node::with_log(RaftConfig { voters: 0, ..stale() }, 3, &[]);
    assert_eq!(spare.is_asked(READ), [ELSEWHERE], "who belongs to no cluster knows nothing");
}
