//! Members that change α slots later.

use super::*;

/// Three members and two spare nodes, and a change takes effect four slots later.
fn three() -> MultiPaxosConfig {
    MultiPaxosConfig { members: 3, alpha: 4, ..five() }
}

fn replaced(out: u32, by: u32) -> MultiPaxosAdmin {
    MultiPaxosAdmin::Replace { out: Some(NodeId(out)), by: Some(NodeId(by)) }
}

/// One that leads three members by the promise of node 1 and has proposed other ones.
fn changing(change: MultiPaxosAdmin, members: &[u32]) -> Node {
    let mut node = Node::leading(three(), &[1]);
    node.is_told(change);
    let noop = Command::Noop;
    assert_eq!(proposed(&node), [(1, Command::Configure(set(members))), (2, noop), (3, noop), (4, noop)]);
    node.is_durable();
    node
}

fn proposed(node: &Node) -> Vec<(u64, Command)> {
    let flat = |(first, commands): (u64, Vec<Command>)| {
        commands.into_iter().enumerate().map(move |(i, command)| (first + i as u64, command))
    };
    node.proposed_to(1).into_iter().flat_map(flat).collect()
}

/// Slots in between may have been proposed before, to the old members.
#[test]
fn a_change_takes_effect_alpha_slots_later() {
    let mut node = changing(replaced(2, 3), &[0, 1, 3]);
    assert!(!node.told().contains(&3), "no member yet");
    node.accepted_by(&[2], 1, 1);
    assert_eq!(
        (node.applied(), proposed(&node)),
        (1, vec![(5, Command::Noop)]),
        "that is chosen: who is next is known"
    );
    assert!(node.told().contains(&3));
    node.is_durable();
    node.accepted_by(&[3], 2, 4);
    assert_eq!(node.applied(), 1, "for these slots it counts for nothing");
    node.accepted_by(&[2], 2, 4);
    assert_eq!(node.applied(), 5, "and for the fifth it does");
    let mut node = changing(replaced(2, 3), &[0, 1, 3]);
    node.accepted_by(&[2], 1, 4);
    node.is_durable();
    node.accepted_by(&[2], 5, 1);
    assert_eq!(node.applied(), 4, "who is none any more does not");
}

/// Its ballot is not theirs before: others may have promised them something, and had it chosen.
#[test]
fn a_leader_proposes_for_no_members_without_a_quorum_of_promises() {
    let mut node = changing(MultiPaxosAdmin::Members(Some(set(&[0, 3, 4]))), &[0, 3, 4]);
    node.accepted_by(&[1], 1, 4);
    assert_eq!((node.applied(), proposed(&node)), (4, vec![]));
    node.fires(Timer::Heartbeat);
    let asked: Vec<u32> = node
        .notes
        .sent
        .iter()
        .filter(|(_, message)| matches!(message, Message::Prepare { .. }))
        .map(|(to, _)| to.0)
        .collect();
    assert_eq!(asked, [3, 4]);
    node.hears(4, promise(ballot(1, 0), 0, &[]));
    assert_eq!(node.notes.sent.len(), 2, "{:?}", node.notes.sent);
    node.is_durable();
    node.accepted_by(&[3], 5, 1);
    assert_eq!(node.applied(), 5);
}

#[test]
fn a_late_promise_of_a_new_member_brings_what_it_has_accepted() {
    let mut node = changing(MultiPaxosAdmin::Members(Some(set(&[0, 3, 4]))), &[0, 3, 4]);
    node.accepted_by(&[1], 1, 4);
    let known = [proposal(6, ballot(0, 4), command(6))];
    node.hears(4, promise(ballot(1, 0), 4, &known));
    let commands = vec![Command::Noop, command(6), Command::Noop];
    assert_eq!(node.proposed_to(3), [(5, commands)]);
    node.is_asked(0, KvRequest::OpenSession);
    assert_eq!(node.proposed_to(3), [(8, vec![Command::OpenSession])]);
}

/// It has proposed for slots that others have had chosen: what they have is what counts.
#[test]
fn a_leader_that_is_told_of_more_than_it_knows_fetches_that_and_begins_anew() {
    let mut node = changing(replaced(2, 3), &[0, 1, 3]);
    node.accepted_by(&[2], 1, 1);
    assert_eq!(node.hears(3, promise(ballot(1, 0), 3, &[])), [fetch(1)]);
    assert_eq!(node.paxos.leads(), None);
    node.hears(3, chosen(2, &[command(2), command(3)], 3));
    assert_eq!(node.applied(), 3);
}

#[test]
fn who_is_removed_announces_what_is_chosen_and_gives_way() {
    let mut node = changing(MultiPaxosAdmin::Remove(Some(NodeId(0))), &[1, 2]);
    node.is_asked(7, KvRequest::OpenSession);
    node.accepted_by(&[1, 2], 1, 3);
    assert!(node.paxos.leads().is_some());
    assert_eq!(node.hears(1, accepted(ballot(1, 0), 4, 1, 0)), [chosen(5, &[], 4), chosen(5, &[], 4)]);
    assert_eq!((node.told(), node.paxos.leads()), (vec![1, 2], None));
    assert_eq!(node.notes.replies, [KvResponse::NotLeader { leader: None }]);
    // It leads no more, and says on what it knows to those who do not.
    assert_eq!(node.fires(Timer::Election), [chosen(5, &[], 4), chosen(5, &[], 4)]);
    assert_eq!(node.is_told(MultiPaxosAdmin::Campaign), []);
    // Who hears that fetches.
    let mut other = Node::new(five());
    other.hears(2, chosen(5, &[], 4));
    assert_eq!(other.fires(Timer::Fetch), [fetch(0)]);
}

/// It would depose a leader for nothing.
#[test]
fn who_was_taken_out_and_does_not_know_is_told_and_not_followed() {
    let mut node = Node::new(three());
    let change = [Command::Configure(set(&[0, 1, 3])), Command::Noop, Command::Noop, Command::Noop];
    node.hears(1, accept(ballot(1, 1), 1, &change, 4));
    assert_eq!(node.hears(2, prepare(ballot(2, 2), 0)), [chosen(1, &change, 4)]);
    assert_eq!(node.paxos.promised(), ballot(1, 1));
    // Who knows as much may have been made a member since.
    assert_eq!(node.hears(2, prepare(ballot(2, 2), 4)), [promise(ballot(2, 2), 4, &[])]);
}

#[test]
fn one_change_at_a_time_and_none_that_makes_no_sense() {
    let some = |node| Some(NodeId(node));
    for nonsense in [
        MultiPaxosAdmin::Add(some(1)),
        MultiPaxosAdmin::Add(some(5)),
        MultiPaxosAdmin::Remove(some(4)),
        MultiPaxosAdmin::Remove(None),
        replaced(3, 4),
        replaced(1, 0),
        MultiPaxosAdmin::Members(Some(set(&[0, 9]))),
        MultiPaxosAdmin::Members(Some(set(&[0, 1, 2]))),
    ] {
        let mut node = Node::leading(three(), &[1]);
        node.is_told(nonsense);
        let members = proposed(&node).iter().find_map(|(_, command)| match command {
            Command::Configure(members) => Some(*members),
            _ => None,
        });
        assert_eq!(members, None, "{nonsense:?}");
    }
    let mut node = changing(replaced(2, 3), &[0, 1, 3]);
    assert_eq!(node.is_told(replaced(1, 4)), [], "it is proposed");
    node.accepted_by(&[1], 1, 1);
    assert_eq!(node.is_told(replaced(1, 4)), [], "it is chosen");
    node.is_durable();
    node.accepted_by(&[1], 2, 3);
    node.is_told(replaced(1, 4));
    assert_eq!(proposed(&node)[0], (6, Command::Configure(set(&[0, 3, 4]))));
}

/// Rather who does not answer than who does; and where most would not answer, nothing changes.
#[test]
fn a_leader_takes_out_who_is_silent() {
    let mut node = Node::leading(MultiPaxosConfig { alpha: 4, ..five() }, &[1, 2]);
    for _ in 0..5 {
        for from in [1, 2, 4] {
            node.hears(from, accepted(ballot(1, 0), 0, 0, 0));
        }
        node.fires(Timer::Heartbeat);
    }
    assert_eq!(node.is_told(MultiPaxosAdmin::Members(Some(set(&[0, 3])))), [], "half do not answer");
    node.is_told(MultiPaxosAdmin::Remove(None));
    assert_eq!(proposed(&node)[0], (1, Command::Configure(set(&[0, 1, 2, 4]))));
}

#[test]
fn who_does_not_lead_or_has_quorums_of_its_own_changes_nothing() {
    assert_eq!(Node::new(three()).is_told(replaced(2, 3)), []);
    let quorums = crate::replication::QuorumSystem::Sizes { phase1: 2, phase2: 2 };
    let mut node = Node::leading(MultiPaxosConfig { quorums, ..three() }, &[1]);
    assert_eq!(node.is_told(replaced(2, 3)), []);
    assert!(node.paxos.electorates().is_empty());
}

#[test]
fn members_survive_a_restart() {
    let mut node = Node::new(three());
    let change = [Command::Configure(set(&[0, 1, 3])), Command::Noop, Command::Noop, Command::Noop];
    node.hears(1, accept(ballot(1, 1), 1, &change, 0));
    for slot in [5, 6] {
        node.hears(1, accept(ballot(1, 1), slot, &[command(5)], 2));
    }
    let of = |node: &Node| node.paxos.electorates();
    let ids = |nodes: &[u32]| -> Vec<NodeId> { nodes.iter().copied().map(NodeId).collect() };
    assert_eq!(of(&node), [ids(&[0, 1, 2]), ids(&[0, 1, 3])]);
    assert_eq!(of(&node.restarted()), [ids(&[0, 1, 2]), ids(&[0, 1, 3])]);
}
