//! The rules of the house as tests: import floors, file lengths, banned names.

use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each folder or file directly under `src/`. A file imports only from
/// lower floors, from its own folder, and from nobody beside it.
const FLOORS: &[(&str, u32)] = &[
    ("base", 0),
    ("history", 1),
    ("process", 2),
    ("check", 2),
    ("network", 2),
    ("storage", 2),
    ("clocks", 2),
    ("replication", 3),
    ("monitor", 3),
    ("workload", 3),
    ("faults", 3),
    ("protocols", 4),
    ("systems", 5),
    ("engine", 5),
    ("scenario", 6),
    ("registry", 7),
    ("run", 7),
    ("sweep", 8),
    ("compare", 8),
    ("report", 8),
    ("reference", 8),
    ("cli", 9),
    ("main", 10),
    ("lib", 10),
];

/// The registry runs protocols through `run`, and reports are made where runs are: the
/// two pairs of siblings that may meet, one way each.
const ALLOWED_SIBLINGS: &[(&str, &str)] = &[("registry", "run"), ("sweep", "report")];

fn sources(under: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(under), &mut files);
    files.sort();
    assert!(!files.is_empty(), "no sources under {under}");
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

/// The folder or file directly under `src/` that `path` belongs to.
fn room(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(src).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(room: &str) -> u32 {
    let found = FLOORS.iter().find(|(name, _)| *name == room);
    found.unwrap_or_else(|| panic!("`{room}` has no floor: add it to FLOORS")).1
}

/// The code of a file without its comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(i, line)| (i + 1, line))
}

/// The rooms that a line of code names after `crate::`.
fn imports(line: &str) -> Vec<&str> {
    let after = line.split("crate::").skip(1);
    let inside = line.split_once("crate::{").map_or("", |(_, list)| list.split('}').next().unwrap_or(""));
    let grouped = inside.split(',').map(|item| item.trim().split("::").next().unwrap_or(""));
    let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    after.map(|text| &text[..word(text)]).chain(grouped).filter(|name| !name.is_empty()).collect()
}

#[test]
fn files_import_only_from_lower_floors() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let here = room(&path);
        if here == "main" || here == "lib" {
            continue;
        }
        for (line, code) in code(&text) {
            for there in imports(code) {
                let known = FLOORS.iter().any(|(name, _)| *name == there);
                let allowed = ALLOWED_SIBLINGS.contains(&(here.as_str(), there));
                if known && there != here && !allowed && floor(there) >= floor(&here) {
                    wrong.push(format!("{}:{line}: {here} imports {there}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports from the same or a higher floor:\n{}", wrong.join("\n"));
}

#[test]
fn protocols_do_not_import_one_another() {
    for (path, text) in sources("src/protocols") {
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        for (line, code) in code(&text) {
            let other = code.split("protocols::").nth(1).filter(|rest| !rest.starts_with(folder.as_str()));
            assert!(other.is_none(), "{}:{line}: {code}", path.display());
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for under in ["src", "tests", "benches"] {
        for (path, text) in sources(under) {
            let lines = text.lines().count();
            assert!(lines <= 500, "{} has {lines} lines: it asks to be two ideas", path.display());
            assert!(text.starts_with("//!"), "{} does not open with what it is for", path.display());
        }
    }
}

#[test]
fn names_that_say_nothing_are_not_used() {
    for (path, _) in sources("src") {
        for part in path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().components() {
            let name = part.as_os_str().to_str().unwrap().trim_end_matches(".rs");
            assert!(!["util", "utils", "common", "helpers", "misc"].contains(&name), "{}", path.display());
        }
    }
}

/// Crates that only one room may import.
#[test]
fn some_crates_belong_to_one_room() {
    for (path, text) in sources("src") {
        let here = room(&path);
        for (line, code) in code(&text) {
            for (crates, owner) in
                [("rand", "base"), ("rand_chacha", "base"), ("toml", "scenario"), ("clap", "cli")]
            {
                let named =
                    code.contains(&format!("use {crates}::")) || code.contains(&format!(" {crates}::"));
                // `mod rand` of our own would be another thing; there is none.
                assert!(!named || here == owner, "{}:{line}: `{crates}` belongs to {owner}", path.display());
            }
        }
    }
}

/// What touches files, clocks, threads or stdout belongs to the top floors.
#[test]
fn the_simulated_world_touches_nothing_outside() {
    const OUTSIDE: &[&str] =
        &["std::fs", "std::env", "std::thread", "std::time", "std::net", "println!", "print!("];
    for (path, text) in sources("src") {
        if floor(&room(&path)) >= 8 {
            continue;
        }
        for (line, code) in code(&text) {
            let touched = OUTSIDE.iter().find(|name| code.contains(**name));
            assert!(touched.is_none(), "{}:{line}: {touched:?} below floor 8", path.display());
        }
    }
}

/// No protocol is known by name but in its own folder and in the registry.
#[test]
fn only_the_registry_knows_protocols_by_name() {
    for (path, text) in sources("src") {
        let here = room(&path);
        if matches!(here.as_str(), "protocols" | "registry") || path.to_str().unwrap().contains("tests") {
            continue;
        }
        let shipped = text.split("#[cfg(test)]").next().unwrap();
        for (line, code) in code(shipped) {
            for name in ["\"raft\"", "\"paxos\""] {
                assert!(!code.contains(name), "{}:{line}: {code}", path.display());
            }
        }
    }
}
