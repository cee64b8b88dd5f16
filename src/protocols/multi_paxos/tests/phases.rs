//! Phase 1 and phase 2: who promises, who accepts, and what a later ballot must adopt.

use super::*;

/// *Paxos Made Simple*, §2.2, P2c: the value of the highest ballot, whoever tells of it first.
#[test]
fn a_later_ballot_adopts_what_was_accepted_in_the_highest_one() {
    let (low, high) = (proposal(1, ballot(1, 1), command(1)), proposal(1, ballot(2, 2), command(2)));
    for [first, second] in [[low, high], [high, low]] {
        let promised = Record::Promise { ballot: ballot(2, 2) };
        let mut node = Node::started(five(), BootKind::Restart, vec![promised]);
        node.fires(Timer::Election);
        assert_eq!(node.hears(1, promise(ballot(3, 0), 0, &[first])), [], "two of five");
        node.hears(2, promise(ballot(3, 0), 0, &[second]));
        assert_eq!(node.proposed_to(4), [(1, vec![command(2)])]);
    }
}

/// What the candidate itself has accepted is a promise like any other.
#[test]
fn a_candidate_counts_what_it_has_accepted_itself() {
    for (round, adopted) in [(1, 7), (3, 9)] {
        let mut node = Node::new(five());
        node.hears(1, accept(ballot(2, 1), 1, &[command(7)], 0));
        node.fires(Timer::Election);
        node.hears(2, promise(ballot(3, 0), 0, &[proposal(1, ballot(round, 2), command(9))]));
        node.hears(3, promise(ballot(3, 0), 0, &[]));
        assert_eq!(node.proposed_to(4), [(1, vec![command(adopted)])]);
    }
}

#[test]
fn a_promise_is_on_the_disk_before_it_is_given_and_survives_a_restart() {
    let mut node = Node::new(five());
    assert_eq!(node.hears(1, prepare(ballot(2, 1), 0)), [promise(ballot(2, 1), 0, &[])]);
    assert_eq!(node.notes.steps, [Step::Persists, Step::Sends]);
    assert_eq!(node.hears(1, prepare(ballot(2, 1), 0)).len(), 1, "asked again, it says so again");
    assert_eq!(node.notes.steps, [Step::Sends]);
    let mut node = node.restarted();
    assert_eq!(node.hears(2, prepare(ballot(1, 2), 0)), [nack(ballot(2, 1))]);
    assert_eq!(node.hears(2, accept(ballot(1, 2), 1, &[command(1)], 0)), [nack(ballot(2, 1))]);
    assert!(node.paxos.log().get(Slot(1)).is_none());
}

#[test]
fn an_acceptance_is_on_the_disk_before_it_is_told_and_survives_a_restart() {
    let mut node = Node::new(five());
    let told = node.hears(1, accept(ballot(2, 1), 3, &[command(1), command(2)], 0));
    assert_eq!(told, [accepted(ballot(2, 1), 3, 2, 0)]);
    let sends = node.notes.steps.iter().position(|step| *step == Step::Sends).unwrap();
    assert!(node.notes.steps[..sends].iter().all(|step| *step == Step::Persists) && sends > 0);
    assert!(matches!(node.notes.journal[..], [.., Record::Accept { .. }]));
    node.hears(1, accept(ballot(2, 1), 3, &[command(1), command(2)], 0));
    assert_eq!(node.notes.steps, [Step::Sends], "it is there already");
    let mut node = node.restarted();
    let known = [proposal(3, ballot(2, 1), command(1)), proposal(4, ballot(2, 1), command(2))];
    assert_eq!(node.hears(2, prepare(ballot(3, 2), 0)), [promise(ballot(3, 2), 0, &known)]);
    assert_eq!(node.hears(2, prepare(ballot(3, 2), 3)), [promise(ballot(3, 2), 0, &known[1..])]);
}

/// An acceptance is a promise, too: whoever accepted in a ballot takes part in no earlier one.
#[test]
fn who_accepts_in_a_later_ballot_has_promised_it() {
    let mut node = Node::new(five());
    node.hears(2, accept(ballot(4, 2), 1, &[command(4)], 0));
    for mut node in [Node::started(five(), BootKind::First, node.notes.journal.clone()), node] {
        assert_eq!(node.paxos.promised(), ballot(4, 2));
        assert_eq!(node.hears(1, accept(ballot(3, 1), 1, &[command(3)], 0)), [nack(ballot(4, 2))]);
        assert_eq!(node.paxos.log().get(Slot(1)), Some((ballot(4, 2), command(4))));
        // What was accepted in an earlier ballot makes way for what a later one brings.
        node.hears(1, accept(ballot(5, 1), 1, &[command(5)], 0));
        assert_eq!(node.paxos.log().get(Slot(1)), Some((ballot(5, 1), command(5))));
    }
}

/// Two proposals in one ballot would be two values of it.
#[test]
fn ballots_grow_across_restarts_and_beyond_all_that_were_heard_of() {
    let asked = |node: &mut Node| match node.fires(Timer::Election)[..] {
        [Message::Prepare { ballot, .. }, ..] => ballot,
        ref other => panic!("{other:?}"),
    };
    let mut node = Node::new(five());
    assert_eq!(asked(&mut node), ballot(1, 0));
    assert_eq!(node.notes.steps[0], Step::Persists, "before anybody is asked");
    assert_eq!(asked(&mut node), ballot(2, 0), "tried in vain");
    let mut node = node.restarted();
    assert_eq!(asked(&mut node), ballot(3, 0));
    node.hears(1, nack(ballot(7, 3)));
    assert_eq!(asked(&mut node), ballot(8, 0));
    node.hears(1, prepare(ballot(9, 1), 0));
    assert_eq!(asked(&mut node.restarted()), ballot(10, 0));
}

#[test]
fn promises_of_earlier_ballots_do_not_count() {
    let mut node = Node::new(five());
    node.fires(Timer::Election);
    node.hears(1, promise(ballot(1, 0), 0, &[]));
    node.fires(Timer::Election);
    node.hears(1, promise(ballot(1, 0), 0, &[]));
    node.hears(2, promise(ballot(1, 0), 0, &[]));
    node.hears(2, promise(ballot(2, 0), 0, &[]));
    node.hears(2, promise(ballot(2, 0), 0, &[]));
    assert_eq!(node.paxos.leads(), None, "two of five have promised");
    node.hears(3, promise(ballot(2, 0), 0, &[]));
    assert_eq!(node.paxos.leads(), Some(ballot(2, 0).number()));
}

/// Who duels gives way, longer each time; who is heard has won.
#[test]
fn who_has_tried_in_vain_waits_longer_each_time_until_a_leader_is_heard() {
    let mut node = Node::new(five());
    let longest = |node: &mut Node, word| {
        node.notes.word = word;
        node.fires(Timer::Election);
        node.notes.patience.as_ns() / 1_000_000
    };
    // The longest that chance can say: 300 ms, and 2, 4 and 8 times as much.
    let waits: Vec<u64> = (0..5).map(|_| longest(&mut node, u64::MAX)).collect();
    assert_eq!(waits, [600, 1_200, 2_400, 2_400, 2_400]);
    assert_eq!(longest(&mut node, 0), 150, "the shortest stays");
    node.notes.word = u64::MAX;
    node.hears(1, nack(ballot(20, 1)));
    assert_eq!(node.notes.patience, SimDuration::from_ms(2_400), "it gives way");
    assert_eq!(node.paxos.leads(), None);
    node.hears(1, accept(ballot(20, 1), 0, &[], 0));
    assert_eq!(node.notes.patience, SimDuration::from_ms(300));
    assert_eq!(longest(&mut node, u64::MAX), 600, "from the beginning");
}

#[test]
fn a_nack_of_an_earlier_ballot_is_no_reason_to_give_way() {
    let mut node = Node::leading(five(), &[1, 2]);
    node.hears(3, nack(ballot(1, 0)));
    assert!(node.paxos.leads().is_some());
    node.is_asked(0, KvRequest::OpenSession);
    node.hears(3, nack(ballot(1, 1)));
    assert_eq!(
        (node.paxos.leads(), &node.notes.replies[..]),
        (None, &[KvResponse::NotLeader { leader: None }][..])
    );
    assert!(node.notes.timers.contains(&Timer::Election));
}

#[test]
fn who_leads_or_wants_to_follows_a_later_ballot() {
    for mut node in [Node::leading(five(), &[1, 2]), Node::new(five())] {
        node.hears(3, prepare(ballot(2, 3), 0));
        assert_eq!((node.paxos.leads(), node.paxos.promised()), (None, ballot(2, 3)));
        assert_eq!(node.is_asked(0, KvRequest::OpenSession), [KvResponse::NotLeader { leader: None }]);
        node.hears(3, accept(ballot(2, 3), 0, &[], 0));
        let leader = Some(NodeId(3));
        assert_eq!(node.is_asked(0, KvRequest::OpenSession), [KvResponse::NotLeader { leader }]);
    }
}
