//! Raft survives each fault that it says it survives, one at a time and at strong settings: the scenarios
//! of `scenarios/faults/`, with few seeds always and with 5,000 of each in
//!
//! ```sh
//! cargo test --release --test survival -- --ignored
//! ```
//!
//! which takes a quarter of an hour of processor time and compares with `results/reference/faults.csv`.
//! `ATROPOS_BLESS=1` writes that file instead.
#![expect(clippy::disallowed_methods, reason = "the environment says whether to bless")]

mod folder;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::faults::Action;
use atropos::network::Effect;
use atropos::protocols::raft::SURVIVES;
use atropos::registry;
use atropos::report::RunResults;
use atropos::scenario::{Opened, Reader, Scenario, Source};
use atropos::sweep::{Bite, asked_for};
use folder::Folder;
use serde_json::Value;

const SEEDS: u64 = 5_000;
const LEAST_VALID: f64 = 0.95;
/// What the others extend: no fault.
const BASES: [&str; 3] = ["calm", "hasty", "idle"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn open_beside(base: &str, from: &str) -> Result<Opened, String> {
    let path = Path::new(from).with_file_name(base);
    let text = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
}

/// Every scenario of the folder by name, sorted.
fn scenarios() -> Vec<(String, Scenario)> {
    let folder = root().join("scenarios/faults");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let load = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read(&path).unwrap();
        let source = Source { path: path.to_str().unwrap(), name: name.clone(), text: &text };
        let specs = registry::specs();
        let scenario = Reader::new(&specs).opener(&open_beside).read(source);
        (name, scenario.unwrap_or_else(|found| panic!("{}", found.render(false))))
    };
    paths.into_iter().map(load).collect()
}

/// Those with a fault.
fn faulty() -> Vec<(String, Scenario)> {
    scenarios().into_iter().filter(|(name, _)| !BASES.contains(&&**name)).collect()
}

/// Every run is valid and does something; the fault has its effect, and no other kind is there to help.
#[test]
fn raft_survives_each_fault_alone() {
    for (name, scenario) in faulty() {
        assert_eq!(scenario.sometimes.len(), 1, "{name} names the effect of its fault");
        let mut seen = 0;
        for seed in (0..5).map(Seed) {
            let outcome = registry::run(&scenario, seed, &mut ());
            assert_eq!(outcome.verdict, Verdict::Valid, "{name} seed {seed}: {:?}", outcome.checks);
            assert!(outcome.operations.ok >= 40, "{name} seed {seed}: {:?}", outcome.operations);
            seen += u32::from(RunResults::new(&scenario, &outcome, &[]).sometimes[0].seen);
        }
        assert!(seen >= 3, "{name}: {:?} in {seen} of 5 runs", scenario.sometimes);
    }
}

/// Only what Raft says it survives is in them, and all of it; of what comes in several shapes each.
#[test]
fn every_fault_that_raft_survives_has_a_scenario() {
    let (mut kinds, mut shapes, mut effects) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut settings = BTreeSet::new();
    for (_, scenario) in faulty() {
        kinds.extend(asked_for(&scenario).iter().map(|bite| bite.kind));
        for fault in &scenario.faults {
            kinds.insert(fault.action.verb());
            match &fault.action {
                Action::Partition(shape) => {
                    shapes.insert(shape.key());
                }
                Action::Links { effect, .. } => {
                    effects.insert(match effect {
                        Effect::Clog | Effect::Slow(_) => continue,
                        Effect::Lose(_) => "loss",
                        Effect::Duplicate(_) => "duplicate",
                        Effect::Corrupt(_) => "corrupt",
                        Effect::Reorder(..) => "reorder",
                        Effect::Narrow(_) => "bandwidth",
                    });
                }
                _ => {}
            }
        }
        let clock = scenario.clock;
        settings.extend((!clock.offset.is_zero()).then_some("offset"));
        settings.extend((clock.drift > 0).then_some("drift"));
        settings.extend(clock.poll.map(|_| "poll"));
        settings.extend(scenario.network.links.buffer.map(|_| "buffer"));
    }
    assert_eq!(kinds, SURVIVES.iter().copied().collect());
    let all = ["bridge", "chain", "groups", "isolate", "mesh", "one_way_from", "random", "ring", "star"];
    assert_eq!(shapes, all.into());
    assert_eq!(effects, ["loss", "duplicate", "corrupt", "reorder", "bandwidth"].into());
    assert_eq!(settings, ["offset", "drift", "poll", "buffer"].into());
}

/// What one scenario came to, as a row of the table.
fn row(name: &str, summary: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{name}: {value}"));
    let median = |of: &str| number(&summary["coverage"][of]["median"]);
    let valid = number(&summary["valid"]);
    assert_eq!((number(&summary["invalid"]), number(&summary["panics"])), (0, 0), "{name}: {summary}");
    assert!(valid as f64 >= LEAST_VALID * SEEDS as f64, "{name}: only {valid} are valid");
    let sight = &summary["sometimes"][0];
    let (effect, hits, runs) = match sight["sight"].as_str() {
        None => ("", String::new(), String::new()),
        Some(effect) => {
            let runs = number(&sight["runs"]);
            assert!(runs as f64 >= Bite::LEAST_SHARE * SEEDS as f64, "{name}: {effect} in {runs} runs");
            let hits = summary["coverage"][effect]["median"].as_u64();
            (effect, hits.map_or_else(String::new, |hits| hits.to_string()), runs.to_string())
        }
    };
    let events = ["operations_ok", "leader_terms", "leaders_deposed", "conflicts"].map(median);
    let [ok, terms, deposed, conflicts] = events;
    format!("{name},{SEEDS},{valid},{ok},{terms},{deposed},{conflicts},{effect},{hits},{runs}\n")
}

const HEADER: &str = "scenario,seeds,valid,operations_ok,leader_terms,leaders_deposed,conflicts,effect,hits,runs_with_effect\n";

/// The header and the names of the table that is committed are those of the scenarios.
#[test]
fn the_table_has_a_row_for_each_scenario() {
    let table = fs::read_to_string(root().join("results/reference/faults.csv")).unwrap();
    let rows: Vec<&str> = table.strip_prefix(HEADER).unwrap().lines().collect();
    let named: Vec<&str> = rows.iter().map(|row| row.split(',').next().unwrap()).collect();
    let scenarios = scenarios();
    assert_eq!(named, scenarios.iter().map(|(name, _)| &**name).collect::<Vec<_>>());
}

#[test]
#[ignore = "a quarter of an hour: 5,000 seeds of each fault, as results/reference/faults.csv tells"]
fn raft_survives_5000_seeds_of_each_fault_as_recorded() {
    let results = Folder::new("survival");
    let seeds = format!("0..{SEEDS}");
    let out = results.0.to_str().unwrap();
    let swept = Command::new(env!("CARGO_BIN_EXE_atropos"))
        .current_dir(root())
        .args(["sweep", "scenarios/faults", "--quiet", "--seeds", &seeds, "--out", out])
        .output()
        .unwrap();
    let said = String::from_utf8(swept.stdout).unwrap();
    assert_eq!(swept.status.code(), Some(0), "{said}");
    let mut table = HEADER.to_owned();
    for (name, _) in scenarios() {
        let summary = results.read(&format!("faults/{name}/sweep.json"));
        table += &row(&name, &serde_json::from_str(&summary).unwrap());
    }
    let path = root().join("results/reference/faults.csv");
    if std::env::var_os("ATROPOS_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(table, fs::read_to_string(&path).unwrap());
}
