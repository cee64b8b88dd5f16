//! The tables of `docs/losses.md`, made from the rows.

use super::cells::{FAULTS, FORMS};
use super::row::Row;

/// What stands before and after what is made.
const FENCES: [&str; 2] = ["<!-- made by tests/losses from the table -->\n", "<!-- up to here -->\n"];

/// What is in a cell.
type Tell = fn(&Row) -> String;

/// The tables, each with its heading.
fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    let tables: [(&str, Tell); 4] = [
        ("What is lost", lost),
        ("Dirty reads", dirty),
        ("Stale reads", stale),
        ("How long writes and reads are out", out),
    ];
    for (heading, tell) in tables {
        text += &format!("\n### {heading}\n\n| form |");
        FAULTS.iter().for_each(|(fault, _)| text += &format!(" {fault} |"));
        text += &format!("\n| --- |{}\n", " --- |".repeat(FAULTS.len()));
        for (form, _) in FORMS {
            text += &format!("| `{form}` |");
            rows.iter().filter(|row| row.form == form).for_each(|row| text += &format!(" {} |", tell(row)));
            text.push('\n');
        }
    }
    text.push('\n');
    text
}

/// `page` with the tables as they should be.
pub(crate) fn page(page: &str, rows: &[Row]) -> String {
    let (before, rest) = page.split_once(FENCES[0]).expect("the page has a place for the tables");
    let (_, after) = rest.split_once(FENCES[1]).expect("the place has an end");
    [before, FENCES[0], &tables(rows), FENCES[1], after].concat()
}

/// In so many runs, of as many as there are.
fn runs(row: &Row, column: &str) -> String {
    match row.number(column) {
        all if all == row.number("seeds") => "always".to_owned(),
        some => format!("in {some}"),
    }
}

fn lost(row: &Row) -> String {
    if row.number("runs_unread") == row.number("seeds") {
        return "**out of reach for good**".to_owned();
    }
    match row.number("runs_with_loss") {
        0 => "nothing".to_owned(),
        _ => format!("**{}**, up to {}", runs(row, "runs_with_loss"), row.number("lost_max")),
    }
}

fn dirty(row: &Row) -> String {
    match row.number("runs_dirty") {
        0 => "none".to_owned(),
        _ => runs(row, "runs_dirty"),
    }
}

fn stale(row: &Row) -> String {
    match row.number("runs_stale") {
        0 => "none".to_owned(),
        _ => format!("{}, up to {}", runs(row, "runs_stale"), span(row.number("behind_ms_max"))),
    }
}

fn out(row: &Row) -> String {
    format!("{} / {}", span(row.number("write_outage_ms_p50")), span(row.number("read_outage_ms_p50")))
}

/// Rounded down to two digits, and to milliseconds.
fn span(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms}ms"),
        _ => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
    }
}
