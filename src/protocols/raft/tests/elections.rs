//! Who votes for whom, and who does not even listen.

use super::*;

/// Voters stand by a leader that they hear.
fn checks() -> RaftConfig {
    RaftConfig { check_quorum: true, ..five() }
}

fn asks_first() -> RaftConfig {
    RaftConfig { pre_vote: true, ..five() }
}

fn vote(term: u64, granted: bool, pre: bool) -> Message {
    Message::Vote { term: Term(term), granted, pre }
}

/// Dissertation §4.2.3: who was taken out, or cut off, does not depose a leader that is heard.
#[test]
fn who_hears_a_leader_does_not_listen_to_candidates() {
    let mut node = Node::with_log(checks(), 3, &[]);
    node.at_ms(1_000);
    node.hears(1, append(3, (0, 0), &[], 0));
    node.at_ms(1_149);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), [], "not even an answer");
    assert_eq!(node.raft.term(), Term(3));
    // Nobody knows better than the leader itself.
    let handed_over = node.hears(2, ballot(Ballot::Transfer, 4, (0, 0)));
    assert_eq!(handed_over, [vote(4, true, false)]);

    node.at_ms(1_150);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), [vote(9, true, false)]);
    // Without check-quorum nobody is counted on to wait.
    let mut node = Node::with_log(five(), 3, &[]);
    node.hears(1, append(3, (0, 0), &[], 0));
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), [vote(9, true, false)]);
}

#[test]
fn a_leader_with_check_quorum_does_not_listen_to_candidates_either() {
    let mut node = Node::leading(checks(), 3, &[]);
    node.at_ms(10_000);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), []);
    assert_eq!(node.raft.leads(), Some(4));
}

/// It may have answered a leader right before the crash, whose lease counts on it.
#[test]
fn who_restarts_waits_as_long_as_it_may_be_counted_on() {
    let mut node = Node::started(checks(), BootKind::Restart, Vec::new());
    node.at_ms(149);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), []);
    node.at_ms(150);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), [vote(9, true, false)]);
    // Who was never there before has answered nobody.
    let mut node = Node::started(checks(), BootKind::First, Vec::new());
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 9, (8, 9))), [vote(9, true, false)]);
}

/// The term asked about may never begin; a refusal tells a candidate that it is behind.
#[test]
fn a_grant_of_a_pre_vote_names_the_term_asked_about_and_a_refusal_the_voters() {
    let mut node = Node::with_log(asks_first(), 3, &[1, 3]);
    let before = node.notes.written;
    assert_eq!(node.hears(1, ballot(Ballot::PreVote, 7, (3, 2))), [vote(7, true, true)]);
    assert_eq!(
        node.hears(2, ballot(Ballot::PreVote, 7, (3, 2))),
        [vote(7, true, true)],
        "nothing is promised"
    );
    assert_eq!(node.hears(1, ballot(Ballot::PreVote, 7, (2, 9))), [vote(3, false, true)], "for its log");
    assert_eq!(node.hears(1, ballot(Ballot::PreVote, 2, (3, 2))), [vote(3, false, true)], "for its term");
    node.hears(1, append(3, (0, 0), &[], 0));
    assert_eq!(node.hears(2, ballot(Ballot::PreVote, 4, (3, 2))), [vote(3, false, true)], "for the leader");
    assert_eq!((node.raft.term(), node.notes.written), (Term(3), before));
}

#[test]
fn a_node_stands_once_a_majority_would_vote_for_it() {
    let mut node = Node::with_log(asks_first(), 3, &[3]);
    let asked = node.fires(Timer::Election);
    assert_eq!(asked, vec![ballot(Ballot::PreVote, 4, (3, 1)); 4]);
    assert_eq!(node.raft.term(), Term(3));
    assert_eq!(node.hears(1, vote(4, true, true)), []);
    assert_eq!(node.hears(1, vote(4, true, true)), [], "twice the same");
    assert_eq!(node.hears(2, vote(5, true, true)), [], "of another question");
    assert_eq!(node.hears(2, vote(4, true, true)), vec![ballot(Ballot::Vote, 4, (3, 1)); 4]);
    assert_eq!(node.raft.term(), Term(4));
    // Pre-votes elect nobody.
    node.hears(3, vote(4, true, true));
    assert_eq!(node.hears(4, vote(4, true, true)), []);
    assert_eq!(node.raft.leads(), None);
}

#[test]
fn a_pre_candidate_learns_that_it_is_behind() {
    let mut node = Node::with_log(asks_first(), 3, &[3]);
    node.fires(Timer::Election);
    node.hears(1, vote(8, false, true));
    assert_eq!(node.raft.term(), Term(8));
    assert_eq!(node.hears(2, vote(4, true, true)), [], "it asks nobody any more");
}

/// Dissertation §3.6.1: else a node with an old log puts off the election of one with the whole.
#[test]
fn only_a_vote_that_is_granted_puts_off_the_next_election() {
    let mut node = Node::with_log(five(), 3, &[1, 3]);
    assert_eq!(node.hears(1, ballot(Ballot::Vote, 4, (2, 9))), [vote(4, false, false)]);
    assert_eq!(node.notes.timers, []);
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 4, (3, 2))), [vote(4, true, false)]);
    assert_eq!(node.notes.timers, [Timer::Election]);
    assert_eq!(node.hears(3, ballot(Ballot::Vote, 4, (3, 9))), [vote(4, false, false)], "the vote is given");
    assert_eq!(node.hears(2, ballot(Ballot::Vote, 4, (3, 2))), [vote(4, true, false)], "and given again");
    assert_eq!(node.hears(4, ballot(Ballot::Vote, 3, (3, 9))), [vote(4, false, false)], "an old term");
}

/// It may be a voter, and not have heard of it yet.
#[test]
fn learners_and_strangers_vote_when_they_are_asked_but_do_not_stand() {
    let learner = Configuration { learners: set(&[0]), ..voters(&[1, 2, 3]) };
    for members in [learner, voters(&[1, 2, 3])] {
        let entry = Entry { term: Term(1), command: Command::Configure(members) };
        let mut node = Node::started(five(), BootKind::Restart, vec![written(1, &[entry], 1)]);
        assert_eq!(node.fires(Timer::Election), []);
        assert_eq!(node.is_told(RaftAdmin::Campaign), []);
        assert_eq!(node.raft.term(), Term(0));
        assert_eq!(node.hears(1, ballot(Ballot::PreVote, 4, (1, 1))), [vote(4, true, true)]);
        assert_eq!(node.hears(1, ballot(Ballot::Vote, 4, (1, 1))), [vote(4, true, false)]);
    }
}

/// A node whose term has run ahead refuses its leader: only an answer can bring the two together.
#[test]
fn a_leader_of_an_old_term_is_answered() {
    for config in [five(), checks(), asks_first()] {
        let mut node = Node::with_log(config, 7, &[1]);
        let refused =
            |answer: &[Message]| matches!(answer, [Message::Appended { term: Term(7), round: 0, .. }]);
        assert!(refused(&node.hears(1, append(3, (1, 1), &[noop(3)], 1))));
        let snapshot = super::snapshots::of_a_leader(5, 3);
        assert!(refused(&node.hears(1, snapshot)));
        assert_eq!((node.terms(), node.raft.commit_index()), (vec![1], LogIndex(0)));
    }
}

#[test]
fn a_successor_stands_at_once_and_says_on_whose_behalf() {
    let config = RaftConfig { pre_vote: true, check_quorum: true, ..five() };
    let mut node = Node::with_log(config, 3, &[3]);
    node.hears(1, append(3, (3, 1), &[], 0));
    assert_eq!(node.hears(1, Message::TimeoutNow { term: Term(2) }), [], "of an old leader");
    let asked = node.hears(1, Message::TimeoutNow { term: Term(3) });
    assert_eq!(asked, vec![ballot(Ballot::Transfer, 4, (3, 1)); 4]);
    // An operator is refused: others count on this node to wait.
    let mut node = Node::with_log(config, 3, &[3]);
    node.hears(1, append(3, (3, 1), &[], 0));
    assert_eq!(node.is_told(RaftAdmin::Campaign), []);
}

#[test]
fn a_leader_that_hears_no_majority_steps_down() {
    let mut node = Node::leading(checks(), 3, &[]);
    node.matched(1, 0, 0);
    node.matched(2, 0, 0);
    // The first comes after those answers.
    for _ in 0..3 {
        node.fires(Timer::Heartbeat);
    }
    node.fires(Timer::Quorum);
    assert_eq!(node.raft.leads(), Some(4), "two others have missed two heartbeats");
    node.fires(Timer::Heartbeat);
    node.fires(Timer::Quorum);
    assert_eq!(node.raft.leads(), None);
    assert_eq!(node.raft.term(), Term(4));
}

#[test]
fn what_is_promised_is_remembered_and_who_cannot_takes_no_part() {
    let mut node = Node::with_log(five(), 3, &[]);
    node.hears(1, ballot(Ballot::Vote, 4, (0, 0)));
    let mut again = Node::started(five(), BootKind::Restart, node.notes.journal);
    assert_eq!(again.hears(2, ballot(Ballot::Vote, 4, (0, 0))), [vote(4, false, false)]);
    assert_eq!(again.hears(1, ballot(Ballot::Vote, 4, (0, 0))), [vote(4, true, false)]);
    again.hears(2, append(9, (7, 7), &[], 0));
    let mut again = Node::started(five(), BootKind::Restart, again.notes.journal);
    assert_eq!(
        again.hears(1, ballot(Ballot::Vote, 8, (0, 0))),
        [vote(9, false, false)],
        "a term it has left"
    );
    // Dissertation §3.8.
    let mut replaced = Node::started(five(), BootKind::Replacement, Vec::new());
    assert_eq!(replaced.hears(1, ballot(Ballot::Vote, 10, (0, 0))), []);
}

#[test]
fn votes_of_an_earlier_term_elect_nobody() {
    let mut node = Node::with_log(five(), 3, &[]);
    node.fires(Timer::Election);
    node.hears(1, vote(4, true, false));
    node.fires(Timer::Election);
    node.hears(1, vote(4, true, false));
    node.hears(2, vote(4, true, false));
    assert_eq!(node.raft.leads(), None);
    node.hears(1, vote(5, true, false));
    node.hears(2, vote(5, false, false));
    assert_eq!(node.raft.leads(), None, "a refusal is no vote");
    node.hears(3, vote(5, true, false));
    assert_eq!(node.raft.leads(), Some(5));
}

/// Raft §5.2: else votes would be split again and again.
#[test]
fn each_wait_for_a_leader_is_drawn_anew_the_next_election_included() {
    let mut node = Node::with_log(five(), 3, &[]);
    for (word, after) in [(0, 150), (u64::MAX, 300)] {
        node.notes.timers.clear();
        node.notes.word = word;
        node.fires(Timer::Election);
        assert_eq!(node.notes.timers, [Timer::Election]);
        assert_eq!(node.notes.after, SimDuration::from_ms(after));
    }
}

/// Else those who have all lost their leader would refuse each other for ever.
#[test]
fn who_asks_for_pre_votes_believes_in_no_leader_any_more() {
    let mut node = Node::with_log(asks_first(), 3, &[]);
    node.hears(1, append(3, (0, 0), &[], 0));
    node.at_ms(200);
    node.fires(Timer::Election);
    assert_eq!(node.hears(2, ballot(Ballot::PreVote, 4, (0, 0))), [vote(4, true, true)]);
    let answers = node.is_asked(KvRequest::OpenSession);
    assert_eq!(answers, [KvResponse::NotLeader { leader: None }]);
}
