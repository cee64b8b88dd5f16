//! A canary for each model: a small history with one mistake, which `check` must find where it is, and
//! its twin without it, which must pass.

use std::fs;
use std::path::Path;

use atropos::check::{Budget, ModelName, Report, Specification, Verdict, judge};
use atropos::history::{ReadOptions, Value, read};

/// The models, what is wrong in the invalid history of each, and the event that shows it.
const MISTAKES: [(ModelName, &str, usize); 11] = [
    (ModelName::Register, "a stale read", 8),
    (ModelName::CasRegister, "one old value is replaced twice", 5),
    (ModelName::Kv, "an append is lost", 7),
    (ModelName::MultiRegister, "half a transaction is seen", 3),
    (ModelName::Counter, "an add is counted that was never made", 6),
    (ModelName::Set, "two reads disagree on what was first", 5),
    (ModelName::FifoQueue, "the second leaves first", 5),
    (ModelName::Stack, "the first leaves before the second", 5),
    (ModelName::Mutex, "two hold the lock", 3),
    (ModelName::FencedLock, "a token is given twice", 5),
    (ModelName::Consensus, "there are two decisions", 5),
];

fn check(model: ModelName, which: &str) -> Report {
    let file = format!("tests/histories/canaries/{model}.{which}.jsonl");
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).expect(&file);
    let history = read(&bytes, None, ReadOptions::default()).expect(&file);
    let specification = Specification::new(model, Value::Nil);
    let case = specification.case(&history, history.operations().expect(&file)).expect(&file);
    judge(&case, &mut Budget::UNLIMITED.clone())
}

#[test]
fn every_canary_is_found_and_its_twin_passes() {
    for (number, (model, mistake, index)) in MISTAKES.into_iter().enumerate() {
        assert_eq!(model, ModelName::ALL[number], "one for each model");
        let report = check(model, "invalid");
        assert_eq!(report.verdict, Verdict::Invalid, "{model}: {mistake}");
        assert_eq!(report.first_impossible.map(|first| first.index), Some(index), "{model}: {mistake}");
        let twin = check(model, "valid");
        assert_eq!(twin.verdict, Verdict::Valid, "{model}");
        assert!(twin.constrains, "{model}: a history that constrains nothing always passes");
    }
}

/// The canaries of objects that need no search are found without one.
#[test]
fn every_shorter_way_has_a_canary() {
    for (model, algorithm) in [
        (ModelName::Register, "zones"),
        (ModelName::CasRegister, "zones of chains"),
        (ModelName::Kv, "replay of strings"),
        (ModelName::Set, "set order"),
        (ModelName::FifoQueue, "queue order"),
        (ModelName::Stack, "stack nesting"),
        (ModelName::Mutex, "alternation"),
    ] {
        assert_eq!(check(model, "invalid").algorithm, algorithm, "{model}");
        assert_eq!(check(model, "valid").algorithm, algorithm, "{model}");
    }
}
