//! How soon the shared swarm finds each of Raft's planted bugs, nobody telling it where to look: hunts from
//! different seeds in `scenarios/swarm/raft-members.toml`, each until the first seed that fails.
//!
//! ```sh
//! cargo test --release --test hunts -- --ignored --nocapture
//! ```
//!
//! writes `results/reference/raft-bugs.csv`; half an hour of processor time. Without `--ignored` a few bugs that
//! every hunt finds soon are hunted once.

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
use atropos::protocols::raft::BUGS;
use atropos::registry;
use atropos::scenario::{Reader, Scenario, Source};

/// The hunts for one bug, and how far apart they begin.
const HUNTS: u64 = 20;
const APART: u64 = 1_000_000;
/// Where a hunt is given up. If the first one is, there is no other; where it takes long, there are few.
const MOST: u64 = 2_000;
const LONG: u64 = 150;
const FEW: u64 = 3;
/// No further hunt for a bug after so many seeds.
const ENOUGH: u64 = 3_000;

fn scenario(bug: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/swarm/raft-members.toml");
    let text = fs::read(&path).unwrap();
    let source = Source { path: path.to_str().unwrap(), name: "swarm/raft-members".to_owned(), text: &text };
    let scenario = Reader::new(&registry::specs()).read(source);
    let sound = scenario.unwrap_or_else(|found| panic!("{}", found.render(false)));
    Scenario { bugs: vec![bug.to_owned()], ..sound }
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
    for bug in ["raft/repeats-commands", "raft/sessions-by-clock", "raft/truncates-always"] {
        let (seeds, _) = hunt(&scenario(bug), 0).unwrap_or_else(|| panic!("{bug} was not found"));
        assert!(seeds <= 20, "{bug}: {seeds} seeds");
    }
}

fn median<T: Copy + PartialOrd>(values: &mut [T]) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

#[test]
#[ignore = "half an hour"]
fn hunt_every_bug() {
    let mut table = "bug,hunts,found,median_seeds,most_seeds,median_wall_seconds,caught_by\n".to_owned();
    for bug in BUGS {
        let scenario = scenario(bug.name);
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
        let line = format!(
            "{},{hunts},{found},{},{most},{median_wall:.2},{}\n",
            bug.name,
            told(median(&mut seeds)),
            caught_by.join("; ")
        );
        print!("{line}");
        table += &line;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/reference/raft-bugs.csv");
    fs::write(path, table).unwrap();
}
