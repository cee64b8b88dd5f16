//! Damaged scenarios and histories (`histories`) by the thousand through the parsers: whatever the
//! bytes, there is an answer, in bounded memory. The oracle is that nothing panics, no refusal is
//! silent and every message has its place in order.
//!
//! `cargo test --release --test mutation -- --ignored --nocapture` does a million of each.

mod damage;
mod histories;

use std::alloc::System;

use atropos::base::{Draw, Seed, Stream, StreamName};
use atropos::registry;
use atropos::scenario::{Opened, Reader, Source};
use cap::Cap;
use damage::{damage, pick};

/// What all tests here together may ever hold. A file is a few kilobytes.
const MOST_MEMORY: usize = 256 << 20;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, MOST_MEMORY);

/// The shipped scenarios, and one that uses every section and every kind of value.
const SCENARIOS: [&str; 8] = [
    include_str!("full.toml"),
    include_str!("../../scenarios/raft/steady.toml"),
    include_str!("../../scenarios/raft/leader-crash.toml"),
    include_str!("../../scenarios/raft/leader-partition.toml"),
    include_str!("../../scenarios/raft/lossy-network.toml"),
    include_str!("../../scenarios/raft/rolling-restarts.toml"),
    include_str!("../../scenarios/raft/storm.toml"),
    include_str!("../../scenarios/canary/raft-forgets-vote.toml"),
];

const SET: [&str; 6] = [
    "network.loss=0.05",
    "duration=10s",
    "faults.0.every=5s",
    "network.latency={ uniform = [\"1ms\", \"2ms\"] }",
    "raft.heartbeat_interval=20ms",
    "expect.verdict=invalid",
];

/// Reads `count` damaged scenarios, and tells how many were refused.
fn damaged_scenarios(count: u64) -> u64 {
    let mut draws = Stream::new(Seed(6), StreamName::Network);
    let specs = registry::specs();
    let mut refused = 0;
    for _ in 0..count {
        let text = damage(pick(&SCENARIOS, &mut draws), &SCENARIOS, 5, &mut draws);
        let base = damage(pick(&SCENARIOS, &mut draws), &SCENARIOS, 5, &mut draws);
        let set: Vec<String> = (0..draws.below(4) / 2)
            .map(|_| {
                String::from_utf8_lossy(&damage(pick(&SET, &mut draws), &SET, 2, &mut draws)).into_owned()
            })
            .collect();
        // Whatever is extended is the other file, and that one extends a third that is not there.
        let open = |_: &str, from: &str| match from {
            "base.toml" => Err("there is no such file".to_owned()),
            _ => Ok(Opened { path: "base.toml".to_owned(), text: base.clone() }),
        };
        let reader = Reader::new(&specs).set(&set).opener(&open);
        let Err(diagnostics) =
            reader.read(Source { path: "test.toml", name: "test".to_owned(), text: &text })
        else {
            continue;
        };
        refused += 1;
        let problems = diagnostics.problems();
        assert!(!problems.is_empty(), "{}", String::from_utf8_lossy(&text));
        let own = problems.iter().filter(|problem| problem.path == "test.toml");
        assert!(own.is_sorted_by_key(|problem| (problem.line, problem.column)));
        assert!(diagnostics.render(draws.below(2) == 0).len() > 10);
    }
    refused
}

#[test]
fn damaged_scenarios_are_answered() {
    let refused = damaged_scenarios(10_000);
    // Damage that nothing notices, or everything, would prove nothing.
    assert!((5_000..9_900).contains(&refused), "{refused}");
}

#[test]
#[ignore = "a million files: minutes in a release build"]
fn a_million_damaged_scenarios_are_answered() {
    let refused = damaged_scenarios(1_000_000);
    println!("1000000 damaged scenarios, {refused} refused");
}

#[test]
fn a_large_scenario_of_nothing_but_problems_is_answered_in_bounded_memory() {
    for line in [
        "a\u{300}b = 1\n",
        "[[faults]]\n",
        "[[",
        "x",
        "[network]\n",
        "\"é\" = [",
        "{",
        "a.",
        "é\n",
        "#",
        "\0",
    ] {
        let text = line.repeat((1 << 20) / line.len());
        let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
        let diagnostics = Reader::new(&registry::specs()).read(source).expect_err("no scenario");
        assert!(!diagnostics.problems().is_empty());
        assert!(diagnostics.render(true).len() > 10);
    }
}
