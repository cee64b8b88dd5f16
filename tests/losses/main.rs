//! What each form of primary and secondary replication loses under each fault: every cell of the table with a few
//! seeds always, and with 1,000 by
//!
//! ```sh
//! cargo test --release --test losses -- --ignored
//! ```
//!
//! which takes ten minutes of processor time and compares with `results/reference/primary-secondary.csv`.
//! `ATROPOS_BLESS=1` writes that file instead. Forms and faults are data, in `cells.rs`; what is expected of each cell,
//! and in which words, is data too, in `expected.rs`.
#![expect(clippy::disallowed_methods, reason = "the environment says whether to bless")]

mod cells;
mod expected;
mod row;
mod told;

use std::fs;
use std::path::PathBuf;

use atropos::base::{Seed, SimTime};
use atropos::history::{Function, Kind};
use atropos::registry;
use cells::{FAULTS, FORMS, scenario, scenario_with};
use expected::COVERED;
use row::{Row, header};

const SEEDS: u64 = 1_000;
const FEW_SEEDS: u64 = 3;

fn table() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results/reference/primary-secondary.csv")
}

/// What the committed table says.
fn recorded() -> Vec<Row> {
    let table = fs::read_to_string(table()).unwrap();
    table.strip_prefix(&header()).unwrap().lines().map(Row::parse).collect()
}

/// Every cell, with so many seeds.
fn rows(seeds: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for (form, form_text) in FORMS {
        for (fault, fault_text) in FAULTS {
            rows.push(Row::of(form, fault, &scenario(form_text, fault_text), seeds));
        }
    }
    rows
}

/// What `rows` do not come to, in words.
fn surprises(rows: &[Row]) -> Vec<String> {
    let mut surprises = Vec::new();
    for row in rows {
        for expectation in expected::all().filter(|expectation| expectation.is_of(row)) {
            let broken = expectation.claims.iter().filter(|claim| !claim.holds(row));
            surprises.extend(broken.map(|claim| {
                let Row { form, fault, .. } = row;
                format!("{form} × {fault}: {claim:?}, for “{}”\n  {}", expectation.says, row.line())
            }));
        }
    }
    surprises
}

#[test]
fn every_cell_with_few_seeds_is_as_expected() {
    let found = surprises(&rows(FEW_SEEDS));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The table that is committed has a row for each cell, and each is as expected.
#[test]
fn the_table_is_as_expected() {
    let rows = recorded();
    let cells = FORMS.iter().flat_map(|(form, _)| FAULTS.iter().map(move |(fault, _)| (*form, *fault)));
    assert!(rows.iter().map(|row| (&*row.form, &*row.fault)).eq(cells));
    assert!(rows.iter().all(|row| row.number("seeds") == SEEDS));
    let found = surprises(&rows);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The page for people says what the table says. `ATROPOS_BLESS=1` writes its tables anew.
#[test]
fn the_page_tells_what_the_table_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/losses.md");
    let page = fs::read_to_string(&path).unwrap();
    let right = told::page(&page, &recorded());
    if std::env::var_os("ATROPOS_BLESS").is_some() {
        fs::write(&path, &right).unwrap();
    }
    assert_eq!(right, fs::read_to_string(&path).unwrap());
}

/// A primary that answers reads without asking anybody is seen not to be fenced.
#[test]
fn what_is_not_as_expected_is_found() {
    let text = |all: &[(&'static str, &'static str)], name| all.iter().find(|one| one.0 == name).unwrap().1;
    let (form, fault) = ("in-sync-fenced", "primary-cut-off");
    let bug = "bugs = [\"primary-secondary/reads-unfenced\"]\n";
    let scenario = scenario_with(bug, text(&FORMS, form), text(&FAULTS, fault));
    let found = surprises(&[Row::of(form, fault, &scenario, FEW_SEEDS)]);
    assert!(found.iter().any(|surprise| surprise.contains("All(\"linearizable\")")), "{found:?}");
    assert!(found.iter().any(|surprise| surprise.contains("Zero(\"runs_stale\")")), "{found:?}");
}

/// Copies that lag have caught up when clients read back: between their end at 15s and that nobody asks for anything,
/// and then each key is read once.
#[test]
fn clients_rest_before_they_read_back() {
    let (_, form) = FORMS[0];
    let history = registry::run(&scenario(form, ""), Seed(1), &mut ()).history;
    let at = |secs: u64| Some(SimTime::from_ns(secs * 1_000_000_000));
    let invoked = history.events.iter().filter(|event| event.kind == Kind::Invoke && event.time >= at(15));
    let reads: Vec<_> = invoked.collect();
    assert!(reads.iter().all(|event| event.time >= at(16) && event.f == Function::Read));
    assert_eq!(reads.len(), 500);
}

/// Of no cell is it left open what is expected, and nothing is expected of what is no cell.
#[test]
fn something_is_expected_of_every_cell() {
    for (form, _) in FORMS {
        for (fault, _) in FAULTS {
            let of_it = expected::all().filter(|expectation| expectation.names(form, fault));
            let claims: Vec<_> = of_it.flat_map(|expectation| expectation.claims).collect();
            for column in COVERED {
                let is_claimed = claims.iter().any(|claim| claim.column() == column);
                assert!(is_claimed, "{form} × {fault}: nothing is expected of {column}");
            }
        }
    }
    for expectation in expected::all() {
        assert!(expectation.forms.iter().all(|form| FORMS.iter().any(|(name, _)| name == form)));
        assert!(expectation.faults.iter().all(|fault| FAULTS.iter().any(|(name, _)| name == fault)));
    }
}

#[test]
#[ignore = "ten minutes: 1,000 seeds of each cell, as results/reference/primary-secondary.csv tells"]
fn each_cell_of_1000_seeds_is_as_recorded() {
    let rows = rows(SEEDS);
    let text: String = std::iter::once(header()).chain(rows.iter().map(Row::line)).collect();
    if std::env::var_os("ATROPOS_BLESS").is_some() {
        fs::write(table(), &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(table()).unwrap());
    let found = surprises(&rows);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
