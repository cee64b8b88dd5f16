//! The four partial partitions that are known to stop a cluster, and what becomes of today's Raft in each:
//! it is safe in all of them, and makes as much progress as one without PreVote and CheckQuorum can. Whoever
//! adds those will find other numbers here, and should.

use std::fs;
use std::path::Path;

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::history::Kind;
use atropos::registry;
use atropos::run::Outcome;
use atropos::scenario::{Source, read};

/// Each partition lasts from the second 2 to the second 12 of 20.
const BEFORE: usize = 2;
const AFTER: usize = 12;

/// What came of the scenario under some seeds, with the operations that succeeded in each second.
fn runs(name: &str) -> Vec<(Outcome, Vec<u64>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/raft/partial-{name}.toml"));
    let text = fs::read(&path).unwrap();
    let source = Source { path: path.to_str().unwrap(), name: name.to_owned(), text: &text };
    let scenario = read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)));
    let run = |seed| {
        let outcome = registry::run(&scenario, Seed(seed), &mut ());
        assert_eq!(outcome.verdict, Verdict::Valid, "{name} seed {seed}: {:?}", outcome.checks);
        let mut by_second = vec![0; 20];
        let done = outcome.history.events.iter().filter(|event| event.kind == Kind::Ok);
        done.for_each(|event| by_second[event.time.unwrap().as_ns() as usize / 1_000_000_000] += 1);
        println!("{name} seed {seed}: {} terms, {by_second:?}", outcome.leader_terms);
        // Healed, all is well.
        assert!(by_second[AFTER + 2..].iter().all(|ok| *ok > 400), "{name} seed {seed}: {by_second:?}");
        (outcome, by_second)
    };
    (1..6).map(run).collect()
}

#[test]
fn in_the_mesh_no_leader_lasts() {
    for (outcome, by_second) in runs("mesh") {
        assert!(outcome.protocol_events.leaders_deposed >= 12, "{}", outcome.protocol_events.leaders_deposed);
        let during: u64 = by_second[BEFORE..AFTER].iter().sum();
        assert!((1_000..4_000).contains(&during), "about half of what is possible: {during}");
    }
}

#[test]
fn a_leader_without_a_quorum_is_deposed_through_the_node_that_hears_all() {
    for (_, by_second) in runs("quorum-loss") {
        assert!(by_second[BEFORE] < 400, "it led nobody for a while: {by_second:?}");
        assert!(by_second[BEFORE + 2..AFTER].iter().all(|ok| *ok > 400), "then another leads: {by_second:?}");
    }
}

#[test]
fn nobody_can_be_elected_if_the_only_node_with_a_quorum_is_behind() {
    for (_, by_second) in runs("constrained") {
        assert!(by_second[BEFORE + 1..AFTER].iter().all(|ok| *ok == 0), "{by_second:?}");
    }
}

#[test]
fn in_a_chain_the_leader_at_the_end_gives_way_to_the_one_in_the_middle() {
    for (outcome, by_second) in runs("chained") {
        assert!(outcome.protocol_events.leaders_deposed >= 1);
        assert!(by_second[BEFORE] < 480, "the end was deposed: {by_second:?}");
        assert!(by_second[BEFORE + 4..AFTER].iter().all(|ok| *ok > 400), "{by_second:?}");
    }
}
