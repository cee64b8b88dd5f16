//! `docs/faults.md` and its pages: every fault has a row, and what a row names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use atropos::faults::verbs::VERBS;
use atropos::reference::{List, Reference};
use atropos::registry;
use atropos::report::counters::FAULTS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the tables of six columns, cell by cell.
fn rows() -> Vec<Vec<String>> {
    let text = read("docs/faults.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| `") || line.starts_with("| the loss"));
    rows.map(cells).filter(|row| row.len() == 6).collect()
}

/// What is written between backticks.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The names of all functions that are tests, in `tests/` and beside the code.
fn tests(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let functions = text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
            into.extend(functions.map(str::to_owned));
        }
    }
}

#[test]
fn every_fault_has_a_row() {
    let rows = rows();
    for item in Reference::new(registry::specs()).list(List::Nemeses) {
        let row = rows.iter().filter(|row| named(&row[0]).contains(&&*item.name));
        assert_eq!(row.count(), 1, "`{}` has a row in docs/faults.md", item.name);
    }
    let scheduled = rows.iter().filter(|row| !row[0].contains('.') && !row[0].starts_with("the "));
    assert_eq!(scheduled.count(), VERBS.len(), "and nothing else has");
}

#[test]
fn a_row_names_the_keys_and_the_counter_of_its_fault() {
    let rows = rows();
    for verb in VERBS.iter().filter(|verb| verb.name != "partition") {
        let row = rows.iter().find(|row| named(&row[0]) == [verb.name]).unwrap();
        let keys: BTreeSet<&str> = verb.keys.iter().map(|key| key.name).collect();
        assert_eq!(named(&row[1]).into_iter().collect::<BTreeSet<_>>(), keys, "{}", verb.name);
        assert_eq!(named(&row[2]), verb.counter.into_iter().collect::<Vec<_>>(), "{}", verb.name);
    }
    for row in &rows {
        named(&row[2]).iter().for_each(|counter| assert!(FAULTS.contains(counter), "{counter}"));
    }
}

#[test]
fn the_tests_and_scenarios_of_a_row_are_there() {
    let mut functions = BTreeSet::new();
    ["tests", "src"].iter().for_each(|folder| tests(&root().join(folder), &mut functions));
    let text = read("docs/faults.md");
    // A test is called by a sentence, a scenario by words with dashes or a path.
    let sentences = named(&text).into_iter().filter(|name| name.matches('_').count() >= 3);
    let sentences: BTreeSet<&str> = sentences.filter(|name| !name.contains(['/', '.', ' '])).collect();
    assert!(sentences.len() > 40, "{sentences:?}");
    let counters: BTreeSet<&str> = FAULTS.iter().copied().collect();
    for test in sentences.difference(&counters) {
        assert!(functions.contains(*test), "there is no test {test}");
    }
    let scenario = |name: &str| {
        let path = if name.contains('/') { name.to_owned() } else { format!("faults/{name}") };
        root().join(format!("scenarios/{path}.toml")).is_file()
    };
    for row in rows() {
        let canary = row[4].contains('`') || row[4] == "the same" || row[4].ends_with("below");
        assert!(row[3].contains('`') && canary, "{row:?}");
        named(&row[5]).iter().for_each(|name| assert!(scenario(name), "there is no scenario {name}"));
    }
    let faults = fs::read_dir(root().join("scenarios/faults")).unwrap();
    for name in faults.map(|entry| entry.unwrap().path()) {
        let name = name.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_base = ["calm", "hasty", "idle"].contains(&&*name);
        assert!(is_base || text.contains(&format!("`{name}`")), "{name} is in no row");
    }
}

/// A fault that nobody described is a fault that nobody can trust.
#[test]
fn every_fault_is_described() {
    let pages = ["links", "topology", "nodes-and-disks", "clocks"];
    let pages = pages.map(|page| read(&format!("docs/faults/{page}.md")));
    for verb in VERBS {
        let name = format!("`{}`", verb.name);
        assert!(pages.iter().any(|page| page.contains(&name)), "{name} is on no page of docs/faults/");
    }
}
