//! Which clusters make sense.

use super::*;
use crate::base::keys::{KeyValue, Settings};
use crate::replication::QuorumSystem;

fn settings(keys: &[(&'static str, u64)]) -> Settings {
    let mut settings = Settings::default();
    keys.iter().for_each(|(key, count)| settings.set(key, KeyValue::Count(*count)));
    settings
}

fn read(keys: &[(&'static str, u64)], nodes: u32) -> Result<PaxosConfig, String> {
    PaxosConfig::from_settings(&settings(keys), nodes, &[]).map_err(|problem| problem.message)
}

#[test]
fn a_size_that_is_not_said_is_the_least_that_meets_the_other() {
    let sizes = |keys| read(keys, 5).unwrap().quorums;
    let both = |phase1, phase2| QuorumSystem::Sizes { phase1, phase2 };
    assert_eq!(sizes(&[]), QuorumSystem::Majority);
    assert_eq!(sizes(&[("phase1_quorum", 4)]), both(4, 2));
    assert_eq!(sizes(&[("phase2_quorum", 1)]), both(5, 1));
    assert_eq!(sizes(&[("phase1_quorum", 4), ("phase2_quorum", 3)]), both(4, 3));
    assert_eq!(read(&[("grid_rows", 2)], 6).unwrap().quorums, QuorumSystem::Grid { rows: 2 });
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |keys: &[(&'static str, u64)], nodes| read(keys, nodes).unwrap_err();
    assert!(refused(&[("phase1_quorum", 3), ("phase2_quorum", 2)], 5).contains("nobody in common"));
    assert!(refused(&[("phase1_quorum", 6)], 5).contains("make no quorums"));
    assert!(refused(&[("grid_rows", 2)], 5).contains("rows of equal length"));
    assert!(refused(&[("proposers", 6)], 5).contains("not 6 can propose"));
    assert!(refused(&[], 65).contains("64 are the most"));
}

#[test]
fn so_many_nodes_can_be_missing() {
    let most = |keys: &[(&'static str, u64)], nodes| {
        let config = read(keys, nodes).unwrap();
        (config.damaged_most(), config.enough())
    };
    assert_eq!(most(&[], 5), (2, 3));
    assert_eq!(most(&[("phase1_quorum", 4)], 5), (1, 4));
    assert_eq!(most(&[("grid_rows", 2)], 6), (1, 5));
}

#[test]
fn duels_must_be_able_to_end() {
    let ms = SimDuration::from_ms;
    assert!(five().can_win(ms(100), "latency").is_ok());
    let problem = five().can_win(ms(250), "latency").unwrap_err();
    assert!(problem.message.contains("for ever") && problem.message.contains("500ms"), "{}", problem.message);
    assert!(PaxosConfig { proposers: 1, ..five() }.can_win(ms(250), "latency").is_ok());
    assert!(five().can_hear().is_some() && PaxosConfig::of(1).can_hear().is_none());
}

/// Where not all propose, more of those who do must be left than a majority of all makes sure of.
#[test]
fn those_who_propose_must_be_there() {
    assert!(Node::new(five(), 0).paxos.electorates().is_empty());
    let node = Node::new(PaxosConfig { proposers: 1, ..five() }, 0);
    let [all, proposers] = &node.paxos.electorates()[..] else { panic!("two sets") };
    assert_eq!((all.len(), &proposers[..]), (5, &[NodeId(0)][..]));
}
