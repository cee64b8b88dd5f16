//! Slot after slot: gaps, order, the window, and commands that come twice.

use super::*;
use crate::replication::KvAnswer;

/// *Paxos Made Simple*, §3: what lies before a slot that somebody proposed for must not stay open.
#[test]
fn gaps_are_filled_with_no_ops() {
    let mut node = Node::new(five());
    node.fires(Timer::Election);
    let known = [proposal(1, ballot(0, 1), command(1)), proposal(4, ballot(0, 1), command(4))];
    node.hears(1, promise(ballot(1, 0), 0, &known));
    node.hears(2, promise(ballot(1, 0), 0, &[]));
    let commands = vec![command(1), Command::Noop, Command::Noop, command(4)];
    assert_eq!(node.proposed_to(3), [(1, commands)]);
    node.accepted_by(&[1, 2, 3], 1, 4);
    assert_eq!(node.applied(), 4);
    // What clients ask for comes behind.
    node.is_asked(0, KvRequest::OpenSession);
    assert_eq!(node.proposed_to(3), [(5, vec![Command::OpenSession])]);
}

/// Votes for a slot in different ballots may be for different values.
#[test]
fn acceptances_of_an_earlier_ballot_do_not_count() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, KvRequest::OpenSession);
    node.fires(Timer::Heartbeat);
    node.hears(1, nack(ballot(1, 3)));
    node.leads_by(&[1, 2], 2);
    for from in [1, 2, 3] {
        node.hears(from, accepted(ballot(1, 0), 1, 1, 0));
    }
    assert_eq!((node.applied(), node.notes.replies.len()), (0, 0));
    node.accepted_by(&[1, 2, 3], 1, 1);
    assert_eq!(node.applied(), 1);
}

#[test]
fn a_leader_counts_itself_once_it_has_written_and_nobody_twice() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, KvRequest::OpenSession);
    assert_eq!(node.notes.steps[0], Step::Writes, "others are told meanwhile");
    node.accepted_by(&[1, 1, 2, 2], 1, 1);
    assert_eq!(node.applied(), 0, "two of five");
    node.is_durable();
    assert_eq!(node.applied(), 1);
    // A write of an earlier ballot is none of this one.
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, KvRequest::OpenSession);
    let early = node.notes.written;
    node.hears(1, nack(ballot(1, 3)));
    node.leads_by(&[1, 2], 2);
    node.accepted_by(&[1, 2], 1, 1);
    node.does(|node, ctx| (0..early).for_each(|write| node.on_durable(Ticket(write), Ok(()), ctx)));
    assert_eq!(node.applied(), 0);
}

#[test]
fn slots_are_accepted_in_any_order_and_applied_in_their_own() {
    let mut node = Node::leading(five(), &[1, 2]);
    for id in 0..3 {
        node.is_asked(id, KvRequest::OpenSession);
        assert_eq!(
            node.proposed_to(4),
            [(id + 1, vec![Command::OpenSession])],
            "nobody waits for the one before"
        );
    }
    node.accepted_by(&[1, 2, 3], 3, 1);
    node.accepted_by(&[1, 2, 3], 2, 1);
    assert_eq!(node.applied(), 0);
    node.accepted_by(&[1, 2, 3], 1, 1);
    assert_eq!(node.applied(), 3);
    let opened = |session| KvResponse::Opened(SessionId(session));
    assert_eq!(node.notes.replies, [opened(1), opened(2), opened(3)]);
}

/// The members of later slots may be other ones.
#[test]
fn no_more_is_proposed_at_once_than_alpha_slots() {
    let mut node = Node::leading(MultiPaxosConfig { alpha: 2, ..five() }, &[1, 2]);
    for (id, is_proposed) in [(0, true), (1, true), (2, false), (3, false)] {
        node.is_asked(id, KvRequest::OpenSession);
        assert_eq!(node.proposed_to(1).len(), usize::from(is_proposed), "request {id}");
    }
    node.hears(1, accepted(ballot(1, 0), 1, 1, 0));
    node.hears(2, accepted(ballot(1, 0), 1, 1, 0));
    node.hears(3, accepted(ballot(1, 0), 1, 1, 0));
    assert_eq!(node.proposed_to(1), [(3, vec![Command::OpenSession])]);
}

/// What is to be proposed again is bound by the window as well.
#[test]
fn what_is_inherited_stays_within_the_window() {
    let mut node = Node::new(MultiPaxosConfig { alpha: 2, ..five() });
    node.fires(Timer::Election);
    let known = [proposal(5, ballot(0, 1), command(5))];
    node.hears(1, promise(ballot(1, 0), 0, &known));
    node.hears(2, promise(ballot(1, 0), 0, &[]));
    assert_eq!(node.proposed_to(3), [(1, vec![Command::Noop, Command::Noop])]);
}

#[test]
fn who_asks_again_before_it_is_proposed_is_not_proposed_for_twice() {
    let mut node = Node::leading(MultiPaxosConfig { alpha: 1, ..five() }, &[1, 2]);
    // The first is proposed at once; of the others, which wait, the latest is what the client wants.
    for id in [0, 1, 1, 1, 2, 1] {
        node.is_asked(id, KvRequest::OpenSession);
    }
    for slot in 1..=2 {
        node.accepted_by(&[1, 2, 3], slot, 1);
    }
    assert_eq!(node.applied(), 2, "two requests");
    assert!(node.proposed_to(1).is_empty(), "and no third");
}

/// *Paxos Made Moderately Complex*, §2: a command may be decided for more than one slot.
#[test]
fn a_command_that_is_chosen_twice_takes_effect_once() {
    let mut node = Node::new(five());
    let (first, second) = (Command::Kv(write(1, 1, 7)), Command::Kv(write(1, 2, 8)));
    node.hears(1, accept(ballot(1, 1), 1, &[Command::OpenSession, first, second, first], 4));
    assert_eq!(node.applied(), 4);
    node.leads_by(&[1, 2], 2);
    node.is_asked(0, KvRequest::Read { key: 0 });
    node.hears(1, accepted(ballot(2, 0), 0, 0, 9));
    node.hears(2, accepted(ballot(2, 0), 0, 0, 9));
    assert_eq!(node.notes.replies, [KvResponse::Done(KvAnswer::Value(Some(8)))]);
}

#[test]
fn the_client_whose_command_came_twice_is_answered_twice_the_same() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, KvRequest::OpenSession);
    for id in [1, 2] {
        node.is_asked(id, KvRequest::Propose(write(1, 1, 7)));
    }
    node.accepted_by(&[1, 2], 1, 3);
    node.hears(3, accepted(ballot(1, 0), 1, 3, 0));
    assert_eq!(node.notes.replies[1..], [KvResponse::Done(KvAnswer::Written); 2]);
}

/// What was lost on the way is sent again, and what is on its way is not.
#[test]
fn a_heartbeat_brings_again_what_somebody_has_not_accepted_for_longer_than_one() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.is_asked(0, KvRequest::OpenSession);
    node.is_asked(1, KvRequest::OpenSession);
    node.hears(1, accepted(ballot(1, 0), 1, 1, 0));
    node.fires(Timer::Heartbeat);
    assert!(node.proposed_to(1).is_empty() && node.proposed_to(2).is_empty());
    node.fires(Timer::Heartbeat);
    assert_eq!(node.proposed_to(1), [(2, vec![Command::OpenSession])]);
    assert_eq!(node.proposed_to(2), [(1, vec![Command::OpenSession; 2])]);
}

/// Clients that ask it would wait for nothing, and who hears it would not want to lead.
#[test]
fn a_leader_that_hears_no_quorum_gives_up() {
    let beats = |heard: &[u32]| {
        let mut node = Node::leading(five(), &[1, 2]);
        (0..60)
            .take_while(|_| {
                heard.iter().for_each(|from| {
                    node.hears(*from, accepted(ballot(1, 0), 0, 0, 0));
                });
                node.fires(Timer::Heartbeat);
                node.paxos.leads().is_some()
            })
            .count()
    };
    // Eight times 300 ms, by heartbeats of 50 ms.
    assert_eq!((beats(&[1]), beats(&[1, 3])), (47, 60));
}
