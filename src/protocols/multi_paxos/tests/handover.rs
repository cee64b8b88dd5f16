//! A leader whom some members elected, and for whom others must accept.

use super::*;
use crate::replication::KvAnswer;

/// Node 0 leads ballot 1.0 by promises of the members 0, 1 and 2. Of the first slot it was told that nodes 0, 3 and
/// 4 are the members behind it; that is chosen and applied.
fn among_new_members() -> Node {
    let mut node = Node::new(MultiPaxosConfig { members: 3, alpha: 1, ..five() });
    node.fires(Timer::Election);
    let change = proposal(1, ballot(0, 1), Command::Configure(set(&[0, 3, 4])));
    node.hears(1, promise(ballot(1, 0), 0, &[change]));
    node.is_durable();
    node.hears(1, accepted(ballot(1, 0), 1, 1, 0));
    assert_eq!((node.paxos.leads().is_some(), node.applied()), (true, 1));
    node
}

/// An earlier leader may have gone on among the new members, of which the old ones know nothing: found by a swarm.
#[test]
fn reads_wait_for_promises_of_the_new_members() {
    let mut node = among_new_members();
    assert_eq!(node.is_asked(0, KvRequest::Read { key: 7 }), []);
    for from in [3, 4] {
        node.hears(from, accepted(ballot(1, 0), 0, 0, 99));
    }
    assert_eq!(node.notes.replies, [], "they follow, but who knows what they had accepted");
    node.hears(3, promise(ballot(1, 0), 0, &[proposal(2, ballot(0, 3), Command::OpenSession)]));
    assert_eq!(node.proposed_to(4), [(2, vec![Command::OpenSession])]);
    assert_eq!(node.notes.replies, [], "that may have been chosen");
    node.is_durable();
    node.hears(4, accepted(ballot(1, 0), 2, 1, 0));
    assert_eq!(node.applied(), 2);
    assert_eq!(node.notes.replies, [KvResponse::Done(KvAnswer::Value(None))]);
}

#[test]
fn nothing_new_is_proposed_without_promises_of_the_new_members() {
    let mut node = among_new_members();
    node.is_asked(0, KvRequest::OpenSession);
    assert_eq!(node.proposed_to(3), []);
    node.hears(4, promise(ballot(1, 0), 0, &[]));
    assert_eq!(node.proposed_to(3), [(2, vec![Command::OpenSession])]);
}
