//! What a user reads about every broken scenario in `tests/broken/`: the whole text, beside the
//! file. `ATROPOS_BLESS=1` writes what is said today; read it before you commit it.
#![expect(clippy::disallowed_methods, reason = "the environment says whether to bless")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LEAST_FILES: usize = 60;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

/// The names of the files, sorted; the folder `bases` in it holds what some of them extend.
fn names() -> Vec<String> {
    let entries =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    names
}

/// What `atropos validate` ends with and says of `name`.
fn validated(name: &str) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_atropos"))
        .current_dir(folder())
        .args(["validate", name])
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_broken_file_is_told_what_is_wrong_with_it() {
    let names = names();
    assert!(names.len() >= LEAST_FILES, "{}", names.len());
    let bless = std::env::var_os("ATROPOS_BLESS").is_some();
    let mut differing = Vec::new();
    for name in &names {
        let (code, out, err) = validated(name);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{name}: {err}");
        let golden = folder().join(name).with_extension("stderr");
        if bless {
            fs::write(&golden, &err).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if err != expected {
            differing.push(format!("{name}\n--- expected\n{expected}--- found\n{err}"));
        }
    }
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}

/// Every message has its place and is no panic; only a file that is missing a protocol or more has
/// none to point at but its beginning.
#[test]
fn every_message_points_at_its_place() {
    for name in names() {
        let (_, _, err) = validated(&name);
        let errors = err.lines().filter(|line| line.starts_with("error: ")).count();
        let places = err.lines().filter(|line| line.trim_start().starts_with("--> ")).count();
        assert!(errors > 0 && errors == places, "{name}: {errors} errors, {places} places\n{err}");
        assert!(!err.contains("panicked"), "{name}: {err}");
    }
}

/// No golden is left behind by a file that is gone.
#[test]
fn every_golden_has_its_file() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            assert!(path.with_extension("toml").exists(), "{}", path.display());
        }
    }
}
