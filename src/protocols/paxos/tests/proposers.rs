//! Proposers: what they propose, and in which ballots.

use super::*;

/// A node of five that proposes 4 and has been promised its ballot by nobody but itself.
fn proposer() -> (Node, Ballot) {
    let mut node = Node::new(five(), 0);
    assert_eq!(node.is_asked(0, 4), vec![prepare(ballot(1, 0)); 4]);
    (node, ballot(1, 0))
}

#[test]
fn a_free_proposer_proposes_what_its_client_asks_for() {
    let (mut node, mine) = proposer();
    assert_eq!(node.hears(1, promise(mine, None)), []);
    assert_eq!(node.hears(1, promise(mine, None)), [], "one acceptor is one");
    let said = node.hears(2, promise(mine, None));
    assert_eq!(said[..4], [accept(mine, 4); 4]);
    assert_eq!(said[4..], [accepted(mine, 4); 4], "its own vote, once that is durable");
    assert_eq!(node.paxos.leads(), Some(mine.number()));
    node.hears(1, accepted(mine, 4));
    assert_eq!((node.decided(), node.notes.replies.len()), (None, 0));
    node.hears(3, accepted(mine, 4));
    assert_eq!((node.decided(), &node.notes.replies[..]), (Some(4), &[PaxosResponse::Decided(4)][..]));
    assert_eq!((&node.notes.timers[..], node.paxos.leads()), (&[][..], None), "that is all");
}

/// The textbook case (*Paxos Made Simple*, §2.2, P2c): 8 was accepted in ballot 2.1, and 6 before that in 1.3.
/// Either may be chosen as far as this proposer can tell, but not 6.
#[test]
fn a_later_ballot_adopts_the_value_of_the_highest_accepted_one() {
    for (config, adopted) in [(five(), 8), (with(Bug::AdoptsFirstValue), 6)] {
        let mut node = Node::new(config, 0);
        node.hears(4, prepare(ballot(6, 4)));
        node.is_asked(0, 4);
        let mine = ballot(7, 0);
        assert_eq!(node.hears(1, promise(mine, Some((ballot(1, 3), 6)))), []);
        let said = node.hears(2, promise(mine, Some((ballot(2, 1), 8))));
        assert_eq!(said[0], accept(mine, adopted));
    }
}

/// What it has accepted itself counts like anybody's.
#[test]
fn a_proposer_adopts_what_it_has_accepted() {
    let mut node = Node::new(five(), 0);
    node.hears(1, accept(ballot(1, 1), 8));
    node.is_asked(0, 4);
    node.hears(2, promise(ballot(2, 0), None));
    assert_eq!(node.hears(3, promise(ballot(2, 0), None))[0], accept(ballot(2, 0), 8));
}

#[test]
fn a_ballot_is_later_than_all_that_was_promised_or_heard_of() {
    let (mut node, mine) = proposer();
    assert_eq!(node.hears(1, nack(mine, ballot(6, 3))), []);
    assert_eq!(node.fires(), vec![prepare(ballot(7, 0)); 4]);
    // An answer to the ballot before is no answer to this one.
    for from in [1, 2, 3] {
        assert_eq!(node.hears(from, promise(mine, None)), []);
    }
    node.hears(2, nack(mine, ballot(9, 3)));
    assert!(node.fires().iter().all(|said| *said == prepare(ballot(7, 0))), "nor is a refusal of that");
}

/// Else two values might be proposed in one ballot.
#[test]
fn no_ballot_is_used_again_after_a_crash() {
    for (config, next) in [(five(), ballot(3, 0)), (with(Bug::ReusesBallots), ballot(1, 0))] {
        let mut node = Node::new(config, 0);
        node.is_asked(0, 4);
        node.hears(1, nack(ballot(1, 0), ballot(1, 1)));
        node.fires();
        let mut node = node.restarted();
        // Ballot 2.0 has been used.
        assert_eq!(node.paxos.promised(INSTANCE), ballot(2, 0));
        let said = node.is_asked(1, 5);
        assert_eq!(said.first().copied(), (next > ballot(2, 0)).then(|| prepare(next)), "{said:?}");
    }
}

/// Where the old ballot is still what the node has promised last, the bug uses it again.
#[test]
fn a_proposer_that_begins_anew_uses_its_ballot_again() {
    let mut node = Node::new(with(Bug::ReusesBallots), 0);
    node.is_asked(0, 4);
    assert_eq!(node.restarted().is_asked(1, 5), vec![prepare(ballot(1, 0)); 4]);
    let mut node = Node::new(five(), 0);
    node.is_asked(0, 4);
    assert_eq!(node.restarted().is_asked(1, 5), vec![prepare(ballot(2, 0)); 4]);
}

#[test]
fn ballots_grow_whatever_happens() {
    /// Each step is a refusal, a promise to somebody else, or a crash.
    fn grow(steps: Vec<(u8, u8, u8)>) -> bool {
        let mut node = Node::new(five(), 2);
        let mut used = Vec::new();
        for (what, round, other) in steps {
            let theirs = ballot(u64::from(round) + 1, u32::from(other % 5));
            let said = match what % 4 {
                0 => node.hears(1, nack(used.last().copied().unwrap_or_default(), theirs)),
                1 => node.hears(theirs.owner().unwrap().0, prepare(theirs)),
                2 => {
                    node = node.restarted();
                    Vec::new()
                }
                _ if node.notes.timers.is_empty() => node.is_asked(0, 4),
                _ => node.fires(),
            };
            let mut prepared = said.iter().filter_map(|message| match message {
                Message::Prepare { ballot, .. } => Some(*ballot),
                _ => None,
            });
            // What is repeated is the ballot under way.
            used.extend(prepared.next().filter(|ballot| used.last() != Some(ballot) || what % 4 == 2));
        }
        used.windows(2).all(|two| two[0] < two[1])
    }
    quickcheck::QuickCheck::new().tests(1_000).quickcheck(grow as fn(Vec<(u8, u8, u8)>) -> bool);
}

#[test]
fn who_does_not_answer_is_asked_again() {
    let (mut node, mine) = proposer();
    node.hears(1, promise(mine, None));
    assert_eq!(node.fires(), vec![prepare(mine); 3]);
    node.hears(2, promise(mine, None));
    node.hears(2, accepted(mine, 4));
    assert_eq!(node.fires(), vec![accept(mine, 4); 3]);
    assert_eq!(node.notes.sent.iter().map(|(to, _)| to.0).collect::<Vec<_>>(), [1, 3, 4]);
}

#[test]
fn it_asks_again_half_as_often_each_time() {
    let (mut node, mine) = proposer();
    let waits = |node: &mut Node| {
        let waits = (0..6).map(|_| {
            node.fires();
            node.notes.after
        });
        waits.collect::<Vec<_>>()
    };
    let doubling = [100, 200, 400, 500, 500, 500].map(SimDuration::from_ms);
    assert_eq!(waits(&mut node), doubling);
    node.hears(1, promise(mine, None));
    node.hears(2, promise(mine, None));
    assert_eq!(node.notes.after, SimDuration::from_ms(50), "the second phase begins anew");
    assert_eq!(waits(&mut node), doubling);
}

/// Each step that another's ballot comes further here is a time to wait anew; the same one again is none.
#[test]
fn who_has_left_the_field_waits_anew_while_another_gets_on() {
    let (mut node, mine) = proposer();
    let theirs = ballot(mine.round() + 1, 4);
    let sets_its_timer = |node: &mut Node, message| {
        node.notes.timers.clear();
        node.hears(4, message);
        !node.notes.timers.is_empty()
    };
    assert!(!sets_its_timer(&mut node, prepare(ballot(0, 4))), "it has not left");
    assert!(sets_its_timer(&mut node, nack(mine, theirs)));
    assert!(sets_its_timer(&mut node, prepare(theirs)));
    assert!(!sets_its_timer(&mut node, prepare(theirs)), "that one it knows");
    assert!(sets_its_timer(&mut node, accept(theirs, 4)));
    assert!(!sets_its_timer(&mut node, accept(theirs, 4)), "that one it knows");
    assert_eq!(node.fires()[0], prepare(theirs.next_of(NodeId(0))));
}

/// Who wins is bolder by a step, never below the least; what others' haste has taught holds for all instances.
#[test]
fn each_ballot_that_comes_through_makes_it_bolder() {
    let (mut node, mine) = proposer();
    let ms = SimDuration::from_ms;
    node.hears(1, nack(mine, ballot(mine.round() + 1, 4)));
    assert_eq!(node.paxos.backoff, ms(10));
    node.fires();
    let mine = node.paxos.promised(INSTANCE);
    node.hears(1, nack(mine, ballot(mine.round() + 1, 4)));
    assert_eq!(node.paxos.backoff, ms(20));
    node.fires();
    let mine = node.paxos.promised(INSTANCE);
    for other in [1, 2] {
        node.hears(other, promise(mine, None));
    }
    for other in [1, 2] {
        node.hears(other, accepted(mine, 4));
    }
    assert_eq!(node.paxos.decision(INSTANCE), Some(4));
    assert_eq!(node.paxos.backoff, ms(15));
    (0..9).for_each(|_| node.paxos.grow_bolder());
    assert_eq!(node.paxos.backoff, ms(5));
}

/// Who has promised another proposer meanwhile is the first to refuse its own ballot: were it to wait for the
/// others alone, it might wait for ever.
#[test]
fn a_proposer_that_has_promised_another_gives_way() {
    let (mut node, mine) = proposer();
    node.hears(3, prepare(ballot(2, 3)));
    node.hears(1, promise(mine, None));
    assert_eq!(node.hears(2, promise(mine, None)), []);
    assert_eq!(node.paxos.leads(), None);
    assert_eq!(node.fires()[0], prepare(ballot(3, 0)));
}

#[test]
fn each_defeat_doubles_the_longest_wait_up_to_a_bound() {
    let config = PaxosConfig {
        backoff_min: SimDuration::from_ms(10),
        backoff_max: SimDuration::from_ms(35),
        ..five()
    };
    let longest = |defeats: u64| {
        let waits = (0..200).map(|id| {
            let mut node = Node::new(config, id % 5);
            node.notes.chance = Stream::new(Seed(u64::from(id)), StreamName::Weather);
            node.is_asked(0, 4);
            for _ in 0..defeats {
                let mine = node.paxos.promised(INSTANCE);
                node.hears(1, nack(mine, ballot(mine.round() + 1, 4)));
                let after = node.notes.after;
                node.fires();
                node.notes.after = after;
            }
            node.notes.after.as_ns()
        });
        waits.max().unwrap()
    };
    for (defeats, bound) in [(1, 10), (2, 20), (3, 35), (4, 35)] {
        let bound = SimDuration::from_ms(bound).as_ns();
        assert!((bound * 9 / 10..=bound).contains(&longest(defeats)), "{defeats}: {}", longest(defeats));
    }
}

#[test]
fn clients_of_one_instance_share_a_proposal_and_others_are_sent_to_a_proposer() {
    let (mut node, mine) = proposer();
    assert_eq!(node.is_asked(1, 5), []);
    assert_eq!(node.is_asked(1, 5), [], "a retry");
    node.hears(1, learn(6));
    assert_eq!(node.notes.replies, [PaxosResponse::Decided(6); 2]);
    assert_eq!(node.hears(3, promise(mine, None)), []);

    let mut node = Node::new(PaxosConfig { proposers: 2, ..five() }, 3);
    assert_eq!(node.is_asked(5, 4), []);
    assert_eq!(node.notes.replies, [PaxosResponse::NotProposer { proposer: NodeId(1) }]);
    node.hears(1, learn(6));
    node.is_asked(5, 4);
    assert_eq!(node.notes.replies[1..], [PaxosResponse::Decided(6)], "what is decided anybody may tell");
}
