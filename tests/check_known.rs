//! Histories whose verdicts are known (`ATROPOS_HISTORIES`, not part of this repository): every file of
//! the manifest whose model is built gets its verdict, and the others are refused by name.

use std::fs;
use std::path::Path;

use atropos::check::{Budget, ModelName, Specification, Verdict, judge};
use atropos::history::{Map, ReadOptions, Value, read};

/// The first value that the manifest names in parentheses. Knossos' files begin with 0 where it is silent.
fn initial(model: &str) -> Value {
    let said = model.split_once('(').map_or("init 0", |(_, said)| said);
    if said.contains(":x 0 :y 0") {
        let entries = vec![("x".into(), 0.into()), ("y".into(), 0.into())];
        return Value::Map(Map::new(entries).unwrap());
    }
    if said.contains("init 0") { 0.into() } else { Value::Nil }
}

fn verdict(folder: &Path, file: &str, specification: &Specification) -> Verdict {
    let bytes = fs::read(folder.join(file)).unwrap();
    let history = read(&bytes, None, ReadOptions::default()).unwrap_or_else(|e| panic!("{file}: {e}"));
    let operations = history.operations().unwrap_or_else(|e| panic!("{file}: {e}"));
    let case = specification.case(&history, operations).unwrap_or_else(|e| panic!("{file}: {e}"));
    let report = judge(&case, &mut Budget::UNLIMITED.clone());
    if report.verdict == Verdict::Invalid {
        assert!(report.first_impossible.is_some(), "{file}");
    }
    report.verdict
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the histories lie outside the repository")]
#[ignore = "needs the folder ATROPOS_HISTORIES"]
fn known_verdicts_are_found() {
    let folder =
        std::env::var_os("ATROPOS_HISTORIES").expect("ATROPOS_HISTORIES names the folder of histories");
    let folder = Path::new(&folder);
    let manifest = fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut judged = 0;
    for row in manifest.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let (file, model, invokes, known) = (fields[0], fields[2], fields[3], fields[8]);
        let name = model.split(['(', ' ']).next().unwrap();
        let Ok(name) = ModelName::parse(name) else { continue };
        let initial =
            if matches!(name, ModelName::Counter | ModelName::Set) { Value::Nil } else { initial(model) };
        let known = match known {
            _ if invokes == "0" => Verdict::Unknown,
            known if known.starts_with("NOT") || known.starts_with("INVALID") => Verdict::Invalid,
            _ => Verdict::Valid,
        };
        assert_eq!(verdict(folder, file, &Specification::new(name, initial)), known, "{file}");
        judged += 1;
    }
    assert!(judged > 120, "{judged} files judged");
}
