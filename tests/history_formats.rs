//! History files in every format through the library: small ones of our own, and the many whose
//! counts are known (`ATROPOS_HISTORIES`, not part of this repository).

use std::fs;
use std::path::{Path, PathBuf};

use atropos::history::{Format, History, Kind, Outcome, ReadOptions, read};

/// How many events there are of each [`Kind`], in its order.
fn kinds(history: &History) -> [usize; 4] {
    Kind::ALL.map(|kind| history.events.iter().filter(|event| event.kind == kind).count())
}

fn load(path: &Path) -> History {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read(&bytes, None, ReadOptions::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The same six operations in each format.
#[test]
fn one_history_in_five_formats() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let mut found = Vec::new();
    for (file, format) in [
        ("register.jsonl", Format::Jsonl),
        ("register.edn", Format::Edn),
        ("register.log", Format::JepsenLog),
        ("register.txt", Format::Porcupine),
        ("register.json", Format::ElleJson),
    ] {
        let path = folder.join(file);
        assert_eq!(Format::detect(&fs::read(&path).unwrap()), Some(format), "{file}");
        let history = load(&path);
        assert_eq!(kinds(&history), [6, 3, 1, 1], "{file}");
        let operations = history.operations().unwrap();
        let told = operations.into_iter().map(|operation| {
            // A log does not tell keys unless they are independent, and a crashed write no argument.
            (operation.process, operation.f, operation.input, operation.output, operation.outcome)
        });
        found.push(told.collect::<Vec<_>>());
    }
    assert_eq!(Outcome::Info, found[0][5].4);
    // Porcupine's functions are others; all else is the same.
    assert!(found.iter().enumerate().all(|(i, told)| i == 3 || *told == found[0]), "{found:#?}");
    assert_eq!(
        found[3].iter().map(|o| (o.0, o.4)).collect::<Vec<_>>(),
        found[0].iter().map(|o| (o.0, o.4)).collect::<Vec<_>>()
    );
}

/// The page that describes the formats knows all of them by the names that users type.
#[test]
fn the_page_on_histories_names_every_format() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/histories.md")).unwrap();
    for name in Format::NAMES.into_iter().chain(Kind::NAMES) {
        assert!(page.contains(&format!("`{name}`")), "docs/histories.md does not name `{name}`");
    }
}

/// A row of the manifest.
struct Known {
    file: String,
    format: Format,
    /// invoke, ok, fail, info
    counts: [usize; 4],
}

fn manifest(folder: &Path) -> Vec<Known> {
    let text = fs::read_to_string(folder.join("MANIFEST.tsv")).expect("the manifest");
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let format = match fields[1] {
            "jepsen-log" => Format::JepsenLog,
            "json" => Format::ElleJson,
            "edn-lines with :key" => Format::Porcupine,
            edn => Format::parse(&edn[..3]).expect("EDN"),
        };
        let count = |field: usize| fields[field].parse().expect("a count");
        Known { file: fields[0].to_owned(), format, counts: [count(3), count(4), count(5), count(6)] }
    });
    rows.collect()
}

#[test]
#[ignore = "needs the histories of ATROPOS_HISTORIES"]
#[expect(clippy::disallowed_methods, reason = "where the histories are is not known here")]
fn every_known_history_has_its_counts() {
    let folder =
        PathBuf::from(std::env::var("ATROPOS_HISTORIES").expect("ATROPOS_HISTORIES names the folder"));
    let known = manifest(&folder);
    assert!(known.len() >= 100, "only {} histories", known.len());
    let mut wrong = Vec::new();
    for Known { file, format, counts } in &known {
        let bytes = fs::read(folder.join(file)).expect("a file of the manifest");
        let detected = Format::detect(&bytes);
        // Of an empty file only its name tells something.
        if !bytes.is_empty() && detected != Some(*format) {
            wrong.push(format!("{file}: detected {detected:?}, but it is {format}"));
        }
        let history = load(&folder.join(file));
        if kinds(&history) != *counts {
            wrong.push(format!("{file}: {:?} instead of {counts:?}", kinds(&history)));
        }
        match history.operations() {
            Ok(operations) if operations.len() != counts[0] => {
                wrong.push(format!("{file}: not all are operations"));
            }
            Ok(_) => {}
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} histories", known.len());
}
