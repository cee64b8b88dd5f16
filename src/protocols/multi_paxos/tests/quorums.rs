//! Who must promise, who must accept: exactly so many, and no fewer.

use super::*;
use crate::replication::QuorumSystem;

fn cluster(nodes: u32, quorums: QuorumSystem) -> MultiPaxosConfig {
    MultiPaxosConfig { nodes, members: nodes, quorums, ..five() }
}

/// One that wants to lead and has been promised that by `by`.
fn promised(config: MultiPaxosConfig, by: impl IntoIterator<Item = u32>) -> Node {
    let mut node = Node::new(config);
    node.fires(Timer::Election);
    for from in by {
        node.hears(from, promise(ballot(1, 0), 0, &[]));
    }
    node
}

/// Whether the promises of `by`, and its own, let it lead.
fn leads(config: MultiPaxosConfig, by: &[u32]) -> bool {
    promised(config, by.iter().copied()).paxos.leads().is_some()
}

/// Whether a command is chosen once it is accepted by `by`, of which node 0 is the leader itself.
fn is_chosen(config: MultiPaxosConfig, by: &[u32]) -> bool {
    let mut node = promised(config, 1..config.nodes);
    node.is_asked(0, KvRequest::OpenSession);
    for from in by {
        if *from == 0 {
            node.is_durable();
        } else {
            node.accepted_by(&[*from], 1, 1);
        }
    }
    node.applied() == 1
}

#[test]
fn majorities_promise_and_accept() {
    for nodes in 1..=7 {
        let config = cluster(nodes, QuorumSystem::Majority);
        let all: Vec<u32> = (0..nodes).collect();
        for count in 1..=nodes as usize {
            let is_majority = count > nodes as usize / 2;
            assert_eq!(leads(config, &all[1..count]), is_majority, "{count} of {nodes} promise");
            assert_eq!(is_chosen(config, &all[..count]), is_majority, "{count} of {nodes} accept");
            let others = &all[1..(count + 1).min(nodes as usize)];
            assert_eq!(is_chosen(config, others), others.len() > nodes as usize / 2, "{count} without it");
        }
    }
}

/// *Flexible Paxos*, §4: a small quorum for what is frequent, a large one for what is rare.
#[test]
fn quorums_of_two_sizes_decide_at_exactly_these() {
    for (phase1, phase2) in [(4, 2), (5, 1), (2, 4), (3, 3)] {
        let config = cluster(5, QuorumSystem::Sizes { phase1, phase2 });
        for count in 1..=5 {
            let by: Vec<u32> = (0..count).collect();
            assert_eq!(leads(config, &by[1..]), count >= phase1, "{count} promise, {phase1} are enough");
            assert_eq!(is_chosen(config, &by), count >= phase2, "{count} accept, {phase2} are enough");
        }
    }
}

/// Two rows of three: a row promises, a column accepts.
#[test]
fn a_grid_decides_by_a_row_and_by_a_column() {
    let config = cluster(6, QuorumSystem::Grid { rows: 2 });
    for (others, row) in [(&[1, 2][..], true), (&[3, 4, 5], true), (&[1, 3, 4], false), (&[2, 4, 5], false)] {
        assert_eq!(leads(config, others), row, "0 and {others:?}");
    }
    for (by, column) in
        [(&[0, 3][..], true), (&[1, 4], true), (&[2, 5], true), (&[0, 1, 2], false), (&[0, 4, 5], false)]
    {
        assert_eq!(is_chosen(config, by), column, "{by:?}");
    }
}

/// A leader whom no quorum of the second phase answers gives up, and a smaller one is enough to go on.
#[test]
fn a_leader_goes_on_as_long_as_a_quorum_of_the_second_phase_answers() {
    let goes_on = |quorums| {
        let mut node = promised(cluster(5, quorums), 1..5);
        for _ in 0..60 {
            node.hears(1, accepted(ballot(1, 0), 0, 0, 0));
            node.fires(Timer::Heartbeat);
        }
        node.paxos.leads().is_some()
    };
    assert!(goes_on(QuorumSystem::Sizes { phase1: 4, phase2: 2 }));
    assert!(!goes_on(QuorumSystem::Majority));
}
