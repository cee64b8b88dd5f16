//! How a replica learns what is chosen, and a candidate before it leads.

use super::*;

/// In another ballot it may have been another value.
#[test]
fn a_replica_learns_what_it_accepted_in_the_leaders_ballot_and_fetches_the_rest() {
    let mut node = Node::new(five());
    node.hears(1, accept(ballot(1, 1), 1, &[command(1), command(2)], 0));
    node.hears(2, accept(ballot(2, 2), 1, &[command(7)], 0));
    assert_eq!(node.applied(), 0, "accepted is not chosen");
    node.hears(2, accept(ballot(2, 2), 0, &[], 2));
    assert_eq!(node.applied(), 1);
    assert!(node.notes.timers.contains(&Timer::Fetch), "what is missing may be on its way");
    assert_eq!(node.fires(Timer::Fetch), [fetch(1)]);
    assert_eq!(node.told(), [2]);
    assert_eq!(node.fires(Timer::Fetch), [fetch(1)], "the question or the answer may have been lost");
    assert_eq!(node.hears(2, chosen(2, &[command(9)], 2)), []);
    assert_eq!((node.applied(), node.fires(Timer::Fetch)), (2, vec![]));
    let mut node = node.restarted();
    assert_eq!(node.applied(), 2, "and knows it after a restart");
    assert_eq!(node.hears(1, fetch(0)), [chosen(1, &[command(7), command(9)], 2)]);
}

#[test]
fn what_comes_in_time_is_not_fetched() {
    let mut node = Node::new(five());
    node.hears(1, accept(ballot(1, 1), 0, &[], 1));
    node.hears(1, accept(ballot(1, 1), 1, &[command(1)], 1));
    assert_eq!((node.applied(), node.fires(Timer::Fetch)), (1, vec![]));
}

#[test]
fn nothing_is_applied_behind_a_gap() {
    let gap = || {
        let mut node = Node::new(five());
        node.hears(1, accept(ballot(1, 1), 1, &[command(1)], 0));
        node.hears(1, accept(ballot(1, 1), 3, &[command(3)], 3));
        assert_eq!(node.applied(), 1);
        node
    };
    let mut node = gap();
    node.hears(1, accept(ballot(1, 1), 2, &[command(2)], 3));
    assert_eq!(node.applied(), 3, "the message that was lost has come at last");
    let mut node = gap();
    assert_eq!(node.hears(1, chosen(2, &[command(2), command(3)], 3)), []);
    assert_eq!(node.applied(), 3);
    let mut node = gap();
    assert_eq!(node.hears(1, chosen(3, &[command(3)], 3)), [], "of no use yet");
    assert_eq!((node.applied(), node.fires(Timer::Fetch)), (1, vec![fetch(1)]));
}

#[test]
fn what_is_known_already_is_passed_over() {
    let mut node = Node::new(five());
    node.hears(1, chosen(1, &[command(1), command(2)], 2));
    let written = node.notes.written;
    node.hears(2, chosen(1, &[command(1), command(2)], 2));
    assert_eq!((node.applied(), node.notes.written), (2, written));
    node.hears(2, chosen(1, &[command(1), command(2), command(3)], 3));
    assert_eq!((node.applied(), node.notes.written), (3, written + 1));
}

#[test]
fn who_knows_tells_so_much_at_once_and_nothing_that_it_does_not_know_to_be_chosen() {
    let mut node = Node::new(MultiPaxosConfig { max_commands: 2, ..five() });
    let commands: Vec<Command> = (1..=271).map(command).collect();
    node.hears(1, accept(ballot(1, 1), 1, &commands, 270));
    assert_eq!(node.hears(2, fetch(0)), [chosen(1, &commands[..256], 270)]);
    assert_eq!(node.hears(2, fetch(256)), [chosen(257, &commands[256..270], 270)]);
    assert_eq!(node.hears(2, fetch(270)), []);
    // Who is told a part asks on.
    let mut other = Node::new(five());
    assert_eq!(other.hears(2, chosen(1, &[command(1), command(2)], 3)), [fetch(2)]);
}

/// It would propose for slots whose values it has not been told: who knows them to be chosen tells no votes.
#[test]
fn a_candidate_that_lacks_what_somebody_knows_fetches_before_it_leads() {
    let mut node = Node::new(five());
    node.fires(Timer::Election);
    let stale = [proposal(1, ballot(0, 2), command(9)), proposal(3, ballot(0, 2), command(3))];
    node.hears(2, promise(ballot(1, 0), 0, &stale));
    assert_eq!(node.hears(1, promise(ballot(1, 0), 2, &[])), [fetch(0)]);
    assert_eq!((node.told(), node.paxos.leads()), (vec![1], None));
    assert_eq!(node.fires(Timer::Fetch), [fetch(0)], "again, if it is lost");
    assert_eq!(node.hears(1, chosen(1, &[command(1)], 2)), [fetch(1)]);
    assert_eq!(node.paxos.leads(), None);
    node.hears(1, chosen(2, &[command(2)], 2));
    assert_eq!(node.paxos.leads(), Some(ballot(1, 0).number()));
    assert_eq!(node.proposed_to(4), [(3, vec![command(3)])], "what was learned needs no proposal");
}

/// A promise tells of what the candidate does not know to be chosen, even if the acceptor does.
#[test]
fn a_promise_tells_how_far_its_acceptor_knows_and_what_it_has_accepted_behind() {
    let mut node = Node::new(five());
    node.hears(1, accept(ballot(1, 1), 1, &[1, 2, 3].map(command), 1));
    let behind = |slots: &[u64]| -> Vec<Proposal> {
        slots.iter().map(|slot| proposal(*slot, ballot(1, 1), command(*slot as u32))).collect()
    };
    assert_eq!(node.hears(2, prepare(ballot(2, 2), 0)), [promise(ballot(2, 2), 1, &behind(&[2, 3]))]);
    assert_eq!(node.hears(2, prepare(ballot(3, 2), 2)), [promise(ballot(3, 2), 1, &behind(&[3]))]);
}
