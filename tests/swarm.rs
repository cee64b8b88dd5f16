//! A swarm: what a seed draws is a scenario, and its run is that scenario's.

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::registry;
use atropos::run::{to_toml, unfold};
use atropos::scenario::{PRESETS, Scenario, Source, read};

fn scenario(text: &str) -> Scenario {
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}\n{text}", found.render(false)))
}

const HELL: &str = "protocol = \"raft\"\npreset = \"hell\"\n";

#[test]
fn every_preset_reads_and_runs() {
    for preset in PRESETS {
        let scenario =
            scenario(&format!("protocol = \"raft\"\nduration = \"25s\"\npreset = \"{}\"\n", preset.name));
        assert_eq!(scenario.swarm.is_some(), ["flaky", "hell"].contains(&preset.name));
        for seed in 0..3 {
            let outcome = registry::run(&scenario, Seed(seed), &mut ());
            assert_eq!(outcome.verdict, Verdict::Valid, "{} {seed}: {:?}", preset.name, outcome.checks);
            assert!(outcome.operations.ok > 300, "{} {seed}: {:?}", preset.name, outcome.operations);
        }
    }
}

/// Written down, what a seed draws reads, and runs to the same digest.
#[test]
fn a_seed_stands_for_a_scenario() {
    let swarm = scenario(HELL);
    for seed in 0..200 {
        let text = to_toml(&unfold(&swarm, Seed(seed)));
        let written = scenario(&text);
        assert!(written.swarm.is_none());
        if seed < 6 {
            let runs = [&swarm, &written].map(|scenario| registry::run(scenario, Seed(seed), &mut ()));
            assert_eq!(runs[0].digest, runs[1].digest, "{text}");
            assert_eq!(runs[0].counters, runs[1].counters);
        }
    }
}

#[test]
fn what_the_scenario_says_stands() {
    let text = format!(
        "{HELL}[network]\nloss = 0.125\nlatency = \"3ms\"\n[[faults]]\nkind = \"pause\"\ntarget = 1\nat = \"1s\"\nfor = \"1s\"\n"
    );
    let swarm = scenario(&text);
    for seed in 0..40 {
        let unfolded = unfold(&swarm, Seed(seed));
        assert!((unfolded.network.links.loss.as_f64() - 0.125).abs() < 1e-12);
        assert_eq!(unfolded.network.links.latency, swarm.network.links.latency);
        assert_eq!(unfolded.faults[0], swarm.faults[0]);
    }
    let plain = scenario("protocol = \"raft\"\n");
    assert_eq!(*unfold(&plain, Seed(1)), plain);
}

#[test]
fn seeds_differ_in_what_they_draw() {
    let swarm = scenario(HELL);
    let drawn: Vec<Vec<&str>> =
        (0..100).map(|seed| swarm.swarm.as_ref().unwrap().kinds_of(Seed(seed))).collect();
    let mut different = drawn.clone();
    different.sort();
    different.dedup();
    assert!(different.len() > 95);
    let some = drawn.iter().filter(|kinds| kinds.contains(&"pause")).count();
    assert!((35..65).contains(&some), "{some}");
    assert!(drawn.iter().all(|kinds| !kinds.contains(&"lying_disk")), "nobody survives that");
}

#[test]
fn kinds_that_are_named_are_the_only_ones() {
    let text = "protocol = \"raft\"\n[swarm]\nkinds = [\"crash\", \"partition\"]\nchance = 1.0\n";
    let unfolded = unfold(&scenario(text), Seed(3)).into_owned();
    let mut verbs: Vec<&str> = unfolded.faults.iter().map(|fault| fault.action.verb()).collect();
    verbs.sort_unstable();
    verbs.dedup();
    assert_eq!(verbs, ["crash", "partition"]);
}

/// A preset whose swarm is taken away is a scenario still.
#[test]
fn a_preset_without_its_swarm_is_sound() {
    let scenario = scenario(&format!("{HELL}[swarm]\nchance = 0.0\n"));
    assert!(scenario.swarm.is_none() && scenario.faults.is_empty());
    assert!(scenario.liveness.healing.is_some());
}
