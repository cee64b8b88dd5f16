//! Every seed that failed once and is committed under `scenarios/regressions/` passes, and follows the
//! digest that was recorded if nothing that it depends on has changed.

use std::fs;
use std::path::{Path, PathBuf};

use atropos::base::DIGEST_SCHEME;
use atropos::check::Verdict;
use atropos::registry;
use atropos::scenario::{Opened, Reader, Scenario, Source};
use atropos::sweep::{Interrupt, Regression, Regressions, run_guarded};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The files of seeds in `folder` and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|extension| extension != "partial") {
            // Drafts of a sweep that ended without notice are nobody's.
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Opens what the scenario in the file `from` extends.
fn open_beside(base: &str, from: &str) -> Result<Opened, String> {
    let path = Path::new(from).with_file_name(base);
    let text = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
}

fn scenario(name: &str) -> Scenario {
    let path = root().join(name).with_extension("toml");
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let source = Source { path: path.to_str().unwrap(), name: name.to_owned(), text: &text };
    let specs = registry::specs();
    let scenario = Reader::new(&specs).opener(&open_beside).read(source);
    scenario.unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// What is wrong with a seed that failed once, if anything is.
fn problem(scenario: &Scenario, regression: &Regression) -> Option<String> {
    let Regression { seed, version, settings, .. } = regression;
    let outcome = run_guarded(registry::run, scenario, *seed, &mut (), &Interrupt::default()).unwrap();
    if outcome.verdict == Verdict::Invalid {
        return Some(format!("{} seed {seed} fails again: {:?}", scenario.name, outcome.violation()));
    }
    let is_same = *version == format!("{}/{DIGEST_SCHEME}", env!("CARGO_PKG_VERSION"))
        && *settings == scenario.fingerprint().to_string();
    // Whoever mends a bug changes the run; the line tells what it was, and stays.
    let note = if is_same && !regression.is_followed_by(&outcome.digest.to_string()) {
        " (another run)"
    } else {
        ""
    };
    println!("{} seed {seed}: {}{note}", scenario.name, outcome.verdict);
    None
}

#[test]
fn no_seed_that_failed_once_fails_again() {
    let folder = root().join("regressions");
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().with_extension("").to_str().unwrap().to_owned();
        assert!(path.extension().is_some_and(|extension| extension == "seeds"), "{}", path.display());
        let text = fs::read_to_string(&path).unwrap();
        let regressions = Regressions::parse(&path.to_string_lossy(), &text).unwrap();
        assert_eq!(regressions.to_string(), text, "{}: sorted, and no seed twice", path.display());
        let scenario = scenario(&name);
        for regression in regressions.iter() {
            assert_eq!(problem(&scenario, regression), None);
        }
    }
}

/// That a seed fails again is seen, by the example of one that must fail.
#[test]
fn a_seed_that_fails_is_seen() {
    let scenario = scenario("canary/raft-forgets-vote");
    let text = format!("{}\n", scenario.seed);
    let regressions = Regressions::parse("canary.seeds", &text).unwrap();
    let problem = problem(&scenario, regressions.iter().next().unwrap()).unwrap();
    assert!(problem.contains("fails again") && problem.contains("election-safety"), "{problem}");
}
