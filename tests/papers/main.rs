//! The published numbers of elections and of latency, beside what is measured here: with few seeds always,
//! and all of them by
//!
//! ```sh
//! cargo test --release --test papers -- --ignored --nocapture
//! ```
//!
//! which prints each with what was expected, and compares with `results/reference/papers.csv`.
//! `ATROPOS_BLESS=1` writes that file instead. The rows are data: `elections.rs` and `writes.rs`. Beside those
//! that were published each formula is held against settings of which nobody has written.
#![expect(clippy::disallowed_methods, reason = "the environment says whether to bless")]

mod elections;
#[path = "../folder/mod.rs"]
mod folder;
mod row;
mod writes;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use row::{HEADER, Row};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every scenario of the folder has its row, and the table that is committed has those of the test.
#[test]
fn the_table_has_a_row_for_each_scenario() {
    let table = fs::read_to_string(root().join("results/reference/papers.csv")).unwrap();
    let rows: Vec<&str> = table.strip_prefix(HEADER).unwrap().lines().collect();
    let elections = elections::all();
    let names = elections.iter().map(|election| election.what.clone());
    let names: Vec<String> = names.chain(writes::NAMES.map(str::to_owned)).collect();
    assert_eq!(rows.iter().map(|row| row.split(',').next().unwrap()).collect::<Vec<_>>(), names);
    let missed: Vec<&&str> = rows.iter().filter(|row| !row.ends_with(",pass")).collect();
    assert!(missed.is_empty(), "{missed:#?}");

    let used = elections.iter().map(|election| election.scenario).chain(writes::SCENARIOS);
    let used: BTreeSet<String> = used.map(|name| format!("raft-{name}.toml")).collect();
    let folder = fs::read_dir(root().join("scenarios/papers")).unwrap();
    let there = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.filter(|name| name.starts_with("raft-")).collect::<BTreeSet<_>>(), used);
}

/// Few elections of each kind: what a wrong timer or a lost vote would do to them is far more than chance.
#[test]
fn elections_take_about_as_long_as_published() {
    for election in elections::all().iter().filter(|election| election.is_quick()) {
        let seeds = election.seeds.min(1_000);
        let (row, noise) = election.measure(seeds);
        println!("{row}");
        let reach = election.tolerance(seeds, 4.0) + 4.0 * noise;
        assert!((row.measured - row.expected).abs() <= reach, "beyond {reach}: {row}");
    }
}

#[test]
fn writes_take_what_the_round_trips_say() {
    for row in writes::measure() {
        println!("{row}");
        assert!(row.passes(), "{row}");
    }
}

#[test]
#[ignore = "minutes: 100,000 elections of most kinds, as results/reference/papers.csv tells"]
fn all_numbers_are_those_published() {
    let elections = elections::all();
    let mut rows: Vec<Row> = Vec::new();
    for election in &elections {
        let (row, _) = election.measure(election.seeds);
        println!("{row}");
        rows.push(row);
    }
    for row in writes::measure() {
        println!("{row}");
        rows.push(row);
    }
    let missed = rows.iter().filter(|row| !row.passes()).count();
    println!("{} of {} within tolerance", rows.len() - missed, rows.len());
    let table: String = rows.iter().map(Row::csv).collect();
    let table = HEADER.to_owned() + &table;
    let path = root().join("results/reference/papers.csv");
    if std::env::var_os("ATROPOS_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(missed, 0, "numbers that are not those published");
    assert_eq!(table, fs::read_to_string(&path).unwrap());
}
