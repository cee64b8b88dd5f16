//! How soon the shared swarm of each protocol finds its planted bugs, nobody telling it where to look: hunts from
//! different seeds in `scenarios/swarm/`, each until the first seed that fails.
//!
//! ```sh
//! cargo test --release --test hunts -- --ignored --nocapture
//! ```
//!
//! writes `results/reference/raft-bugs.csv`, `paxos-bugs.csv`, `multi-paxos-bugs.csv` and `primary-secondary-bugs.csv`; half an hour of processor
//! time. A row `sound` says of how many of the first seeds the protocol without bugs is valid. Without `--ignored` a
//! few bugs that every hunt finds soon are hunted once.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "wall seconds are what is measured, and nothing is asserted of them"
)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use atropos::base::Seed;
use atropos::base::keys::BugSwitch;
use atropos::protocols::{multi_paxos, paxos, primary_secondary, raft};
use atropos::registry;
use atropos::scenario::{Reader, Scenario, Source};

/// The hunts for one bug, and how far apart they begin.
const HUNTS: u64 = 20;
const APART: u64 = 1_000_000;
/// Where a hunt is given up. If the first one is, there is no other; where it takes long, there are few.
const MOST: u64 = 2_000;
const LONG: u64 = 600;
const FEW: u64 = 3;
/// No further hunt for a bug after so many seeds.
const ENOUGH: u64 = 4_000;

/// The bugs of a protocol, and where they are hunted.
struct Ground {
    /// The scenario in `scenarios/swarm/`.
    swarm: &'static str,
    bugs: &'static [BugSwitch],
    /// The table in `results/reference/`.
    table: &'static str,
}

const RAFT: Ground = Ground { swarm: "raft-members", bugs: raft::BUGS, table: "raft-bugs" };
const PAXOS: Ground = Ground { swarm: "paxos", bugs: paxos::BUGS, table: "paxos-bugs" };
const MULTI_PAXOS: Ground =
    Ground { swarm: "multi-paxos", bugs: multi_paxos::BUGS, table: "multi-paxos-bugs" };

const PRIMARY_SECONDARY: Ground =
    Ground { swarm: "primary-secondary", bugs: primary_secondary::BUGS, table: "primary-secondary-bugs" };

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Ground {
    fn scenario(&self, bugs: &[&str]) -> Scenario {
        let name = format!("swarm/{}", self.swarm);
        let path = root().join(format!("scenarios/{name}.toml"));
        let text = fs::read(&path).unwrap();
        let source = Source { path: path.to_str().unwrap(), name, text: &text };
        let scenario = Reader::new(&registry::specs()).read(source);
        let sound = scenario.unwrap_or_else(|found| panic!("{}", found.render(false)));
        Scenario { bugs: bugs.iter().map(|bug| (*bug).to_owned()).collect(), ..sound }
    }
}

/// How many seeds from `base` on are run until one fails, and the check that catches it.
fn hunt(scenario: &Scenario, base: u64) -> Option<(u64, &'static str)> {
    (0..MOST).find_map(|nth| {
        let run = || registry::run(scenario, Seed(base + nth), &mut ());
        // A bug may break what the code takes for granted, too.
        let Ok(outcome) = catch_unwind(AssertUnwindSafe(run)) else { return Some((nth + 1, "panic")) };
        outcome.violation().map(|check| (nth + 1, check.name))
    })
}

#[test]
fn what_every_hunt_finds_soon_is_found() {
    for (ground, bug) in [
        (&RAFT, "raft/repeats-commands"),
        (&RAFT, "raft/sessions-by-clock"),
        (&RAFT, "raft/truncates-always"),
        (&PAXOS, "paxos/accepts-below-promise"),
        (&PAXOS, "paxos/mixes-ballots"),
        (&MULTI_PAXOS, "multi-paxos/promise-not-persisted"),
        (&MULTI_PAXOS, "multi-paxos/applies-past-gaps"),
        (&PRIMARY_SECONDARY, "primary-secondary/acknowledges-before-drop"),
        (&PRIMARY_SECONDARY, "primary-secondary/reads-unfenced"),
    ] {
        let (seeds, _) = hunt(&ground.scenario(&[bug]), 0).unwrap_or_else(|| panic!("{bug} was not found"));
        assert!(seeds <= 20, "{bug}: {seeds} seeds");
    }
}

fn median<T: Copy + PartialOrd>(values: &mut [T]) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

/// Hunts for `bug`, and the row that tells what came of it.
fn row(ground: &Ground, bug: &str) -> String {
    let scenario = ground.scenario(&[bug]);
    let (mut seeds, mut walls, mut catchers) = (Vec::new(), Vec::new(), BTreeMap::new());
    let (mut hunts, mut enough) = (0, HUNTS);
    let mut run = 0;
    while hunts < enough && run < ENOUGH {
        let nth = hunts;
        hunts += 1;
        let begun = Instant::now();
        let caught = hunt(&scenario, nth * APART);
        walls.push(begun.elapsed().as_secs_f64());
        seeds.push(caught.map_or(u64::MAX, |(seeds, _)| seeds));
        run += caught.map_or(MOST, |(seeds, _)| seeds);
        if let Some((_, name)) = caught {
            *catchers.entry(name).or_insert(0) += 1;
        }
        if nth == 0 {
            enough = caught.map_or(1, |(seeds, _)| if seeds > LONG { FEW } else { HUNTS });
        }
    }
    let found = seeds.iter().filter(|seeds| **seeds < u64::MAX).count();
    let told = |seeds: u64| if seeds == u64::MAX { format!("over {MOST}") } else { seeds.to_string() };
    let caught_by: Vec<String> = catchers.iter().map(|(name, times)| format!("{name} {times}")).collect();
    let (most, median_wall) = (told(*seeds.iter().max().unwrap()), median(&mut walls));
    format!(
        "{bug},{hunts},{found},{},{most},{median_wall:.2},{}\n",
        told(median(&mut seeds)),
        caught_by.join("; ")
    )
}

/// The first seeds of every hunt without a bug: how many, and how many of them fail.
fn sound_row(ground: &Ground) -> String {
    const SEEDS: u64 = 100;
    let sound = ground.scenario(&[]);
    let begun = Instant::now();
    let fails = |seed: &u64| registry::run(&sound, Seed(*seed), &mut ()).violation().is_some();
    let failed = (0..HUNTS).flat_map(|nth| nth * APART..nth * APART + SEEDS).filter(fails).count();
    let wall = begun.elapsed().as_secs_f64();
    format!("sound,{HUNTS},{failed},over {SEEDS},over {SEEDS},{:.2},\n", wall / HUNTS as f64)
}

fn hunt_all(ground: &Ground) {
    let mut table = "bug,hunts,found,median_seeds,most_seeds,median_wall_seconds,caught_by\n".to_owned();
    let bugs = ground.bugs.iter().map(|bug| row(ground, bug.name));
    for line in bugs.chain(std::iter::once_with(|| sound_row(ground))) {
        print!("{line}");
        table += &line;
    }
    fs::write(root().join(format!("results/reference/{}.csv", ground.table)), table).unwrap();
}

#[test]
#[ignore = "a quarter of an hour"]
fn hunt_every_bug_of_raft() {
    hunt_all(&RAFT);
}

#[test]
#[ignore = "some minutes"]
fn hunt_every_bug_of_paxos() {
    hunt_all(&PAXOS);
}

#[test]
#[ignore = "some minutes"]
fn hunt_every_bug_of_multi_paxos() {
    hunt_all(&MULTI_PAXOS);
}

#[test]
#[ignore = "some minutes"]
fn hunt_every_bug_of_primary_secondary() {
    hunt_all(&PRIMARY_SECONDARY);
}
