//! Which members a node goes by, and when a leader may change them.

use super::*;

fn configure(term: u64, members: Configuration) -> Entry {
    Entry { term: Term(term), command: Command::Configure(members) }
}

/// What it proposed, of changes of members.
fn changes(node: &Node) -> Vec<Configuration> {
    node.raft.log().kept().iter().filter_map(Entry::configuration).collect()
}

/// A leader of nodes 0 to 2 of five whose disk has written all, and whose no-op is committed if `is_settled`.
fn of_three(config: RaftConfig, is_settled: bool) -> Node {
    let mut node = Node::with_log(RaftConfig { voters: 3, ..config }, 3, &[]);
    node.fires(Timer::Election);
    node.hears(1, Message::Vote { term: Term(4), granted: true, pre: false });
    node.learns_durable(node.notes.written - 1);
    if is_settled {
        node.matched(1, 1, 0);
        assert_eq!(node.raft.commit_index(), LogIndex(1));
    }
    node
}

fn single() -> RaftConfig {
    RaftConfig { change: Change::Single, ..five() }
}

/// Dissertation §4.1.
#[test]
fn a_configuration_goes_with_the_entry_that_is_truncated() {
    let mut node = Node::with_log(five(), 3, &[1]);
    node.hears(1, append(3, (1, 1), &[configure(3, voters(&[0, 1, 2, 3, 4, 5]))], 0));
    assert_eq!(node.raft.electorates()[0].len(), 6, "at once");
    node.hears(2, append(4, (1, 1), &[noop(4)], 0));
    assert_eq!(node.raft.electorates()[0].len(), 5);
    // And so it is when the node reads its journal.
    let again = Node::started(five(), BootKind::Restart, node.notes.journal);
    assert_eq!(again.raft.electorates()[0].len(), 5);
}

#[test]
fn a_configuration_that_must_be_applied_waits_for_that() {
    let config = RaftConfig { activation: Activation::Apply, ..five() };
    let mut node = Node::with_log(config, 3, &[1]);
    node.hears(1, append(3, (1, 1), &[configure(3, voters(&[0, 1, 2]))], 1));
    assert_eq!(node.fires(Timer::Election).len(), 4, "it asks the old members");
    node.hears(1, append(4, (3, 2), &[noop(4)], 2));
    assert_eq!(node.fires(Timer::Election).len(), 2);
    // What was applied before a crash is applied behind it, though no leader has said so again.
    let mut again = Node::started(config, BootKind::Restart, node.notes.journal);
    assert_eq!(again.fires(Timer::Election).len(), 2);
}

/// The bug of 2015: until then it does not know whether the members that it goes by are certain.
#[test]
fn members_change_only_once_an_entry_of_the_leaders_own_is_committed() {
    for config in [five(), single()] {
        let mut node = of_three(config, false);
        node.is_told(RaftAdmin::Remove(Some(NodeId(2))));
        assert_eq!(changes(&node), []);
        node.matched(1, 1, 0);
        assert_eq!(changes(&node).len(), 1, "it has not been forgotten");
    }
}

#[test]
fn one_change_at_a_time() {
    let mut node = of_three(single(), true);
    node.is_told(RaftAdmin::Remove(Some(NodeId(2))));
    node.is_told(RaftAdmin::Remove(Some(NodeId(1))));
    assert_eq!(changes(&node), [voters(&[0, 1])]);
    node.learns_durable(node.notes.written - 1);
    node.matched(1, 2, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(2));
    node.is_told(RaftAdmin::Remove(Some(NodeId(1))));
    assert_eq!(changes(&node), [voters(&[0, 1]), voters(&[0])]);
}

/// Dissertation §4.2.1. A newcomer without entries would let the cluster stand still.
#[test]
fn a_newcomer_catches_up_before_it_votes() {
    let mut node = of_three(single(), true);
    node.is_told(RaftAdmin::Add(Some(NodeId(3))));
    assert_eq!(node.notes.to, [NodeId(3)]);
    assert_eq!(changes(&node), []);
    node.at_ms(150);
    node.matched(3, 1, 0);
    assert_eq!(changes(&node), [], "the round took too long, the next begins");
    node.at_ms(200);
    node.matched(3, 1, 0);
    assert_eq!(changes(&node), [voters(&[0, 1, 2, 3])]);
    // Ten rounds are enough.
    let mut node = of_three(single(), true);
    node.is_told(RaftAdmin::Add(Some(NodeId(3))));
    for round in 1..=10 {
        node.at_ms(round * 200);
        node.matched(3, 1, 0);
    }
    node.at_ms(2_001);
    node.matched(3, 1, 0);
    assert_eq!(changes(&node), []);
}

/// Dissertation §4.3.
#[test]
fn joint_members_agree_by_majorities_of_both() {
    let mut node = of_three(five(), true);
    let joint = Configuration { outgoing: set(&[0, 1, 2]), ..voters(&[0, 3, 4]) };
    node.is_told(RaftAdmin::Members(Some(set(&[0, 3, 4]))));
    for newcomer in [3, 4] {
        node.matched(newcomer, 1, 0);
    }
    assert_eq!(changes(&node), [joint]);
    node.learns_durable(node.notes.written - 1);
    node.matched(3, 2, 0);
    node.matched(4, 2, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(1), "of the old members it has only itself");
    node.matched(1, 2, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(2));
    assert_eq!(changes(&node), [joint, voters(&[0, 3, 4])], "and goes on to the new ones at once");
}

#[test]
fn a_joint_configuration_is_left_once() {
    let mut node = of_three(five(), true);
    node.is_told(RaftAdmin::Members(Some(set(&[0, 1]))));
    node.is_asked(KvRequest::OpenSession);
    node.learns_durable(node.notes.written - 2);
    node.learns_durable(node.notes.written - 1);
    node.matched(1, 2, 0);
    assert_eq!(changes(&node).len(), 2);
    node.matched(1, 3, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(3), "the client's, between the two");
    assert_eq!(changes(&node).len(), 2);
}

#[test]
fn joint_members_elect_by_majorities_of_both() {
    let joint = Configuration { outgoing: set(&[0, 1, 2]), ..voters(&[0, 3, 4]) };
    let mut node = Node::started(five(), BootKind::Restart, vec![written(1, &[configure(1, joint)], 0)]);
    assert_eq!(node.fires(Timer::Election).len(), 4);
    let vote = Message::Vote { term: Term(1), granted: true, pre: false };
    node.hears(3, vote.clone());
    node.hears(4, vote.clone());
    assert_eq!(node.raft.leads(), None, "three of five, but one of the old three");
    node.hears(1, vote);
    assert_eq!(node.raft.leads(), Some(1));
}

/// Dissertation §4.2.2.
#[test]
fn a_leader_that_is_taken_out_does_not_count_itself_and_leaves_once_that_is_certain() {
    let mut node = of_three(single(), true);
    node.is_told(RaftAdmin::Remove(Some(NodeId(0))));
    node.learns_durable(node.notes.written - 1);
    node.matched(1, 2, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(1), "one of two");
    node.matched(2, 2, 0);
    assert_eq!(node.raft.commit_index(), LogIndex(2));
    assert_eq!(node.is_asked(KvRequest::OpenSession), [KvResponse::NotLeader { leader: None }]);
    assert_eq!(node.raft.leads(), Some(4), "the others do not know yet");
    node.matched(1, 2, 1);
    node.matched(2, 2, 1);
    assert_eq!(node.raft.leads(), None);
    assert_eq!(node.fires(Timer::Election), [], "nor will it stand again");
}

/// Dissertation §4.2.2: as long as it may be undone, nobody else may be able to be elected.
#[test]
fn who_is_about_to_be_taken_out_stands_and_does_not_vote_for_itself() {
    let entries = [noop(1), configure(1, voters(&[1, 2]))];
    let mut node = Node::started(five(), BootKind::Restart, vec![written(1, &entries, 0)]);
    assert_eq!(node.fires(Timer::Election).len(), 2);
    let vote = Message::Vote { term: Term(1), granted: true, pre: false };
    node.hears(1, vote.clone());
    assert_eq!(node.raft.leads(), None, "one of two");
    node.hears(2, vote);
    assert_eq!(node.raft.leads(), Some(1));
}

fn applies() -> RaftConfig {
    RaftConfig { activation: Activation::Apply, ..five() }
}

/// Node 0 of five knows that it has been taken out, and has an entry more than that.
fn taken_out(config: RaftConfig) -> Node {
    let entries = [configure(1, voters(&[1, 2, 3])), noop(1)];
    Node::started(config, BootKind::Restart, vec![written(1, &entries, 1)])
}

/// Those who stay may go by the members of before and need its vote, which it must refuse.
#[test]
fn who_knows_that_it_is_out_tells_all_members_when_it_must_refuse_a_vote() {
    let told = Message::Committed { index: LogIndex(1), term: Term(1) };
    let refused = |pre, term| Message::Vote { term: Term(term), granted: false, pre };
    let mut node = taken_out(applies());
    let sent = node.hears(4, ballot(Ballot::PreVote, 2, (1, 1)));
    assert_eq!(sent[0], refused(true, 0));
    assert_eq!(sent[1..], vec![told.clone(); 4]);
    assert_eq!(node.notes.to, [4, 1, 2, 3, 4].map(NodeId));
    let sent = node.hears(1, ballot(Ballot::Vote, 2, (1, 1)));
    assert_eq!((sent[0].clone(), &sent[1..]), (refused(false, 2), &vec![told; 3][..]));
    // One who stays and has nothing: others of those who stay may have more.
    assert_eq!(node.hears(3, ballot(Ballot::PreVote, 2, (0, 0))).len(), 4);
    // One who is out as well, and does not know of any change: nobody waits for it.
    assert_eq!(node.hears(4, ballot(Ballot::PreVote, 2, (0, 0))).len(), 1);
    // Who has as much gets its vote.
    assert_eq!(node.hears(2, ballot(Ballot::PreVote, 3, (1, 2))).len(), 1);
    // Where a change takes effect at once, whoever has it does without.
    assert_eq!(taken_out(five()).hears(1, ballot(Ballot::PreVote, 2, (1, 1))).len(), 1);
    // And who may stand will.
    let mut voter = Node::with_log(applies(), 1, &[1, 1]);
    assert_eq!(voter.hears(1, ballot(Ballot::PreVote, 2, (1, 1))).len(), 1);
}

/// etcd's issue 12359: until then nobody could be elected.
#[test]
fn who_learns_that_a_change_is_certain_goes_by_the_new_members() {
    let entries = [configure(1, voters(&[0, 1, 2])), noop(1)];
    let mut node = Node::started(applies(), BootKind::Restart, vec![written(1, &entries, 0)]);
    assert_eq!(node.fires(Timer::Election).len(), 4);
    let told = |index, term| Message::Committed { index: LogIndex(index), term: Term(term) };
    for elsewhere in [told(1, 2), told(3, 1)] {
        node.hears(3, elsewhere);
        assert_eq!(node.raft.commit_index(), LogIndex(0), "its log is another, or shorter");
    }
    node.hears(3, told(1, 1));
    assert_eq!((node.raft.commit_index(), node.raft.term()), (LogIndex(1), Term(1)));
    assert_eq!(node.fires(Timer::Election).len(), 2);
    node.hears(3, told(0, 0));
    assert_eq!(node.raft.commit_index(), LogIndex(1));
}
