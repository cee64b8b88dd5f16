//! The search for any model against the judge that is too simple to be wrong.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck, TestResult};

use crate::check::brute_force::{Mistake, Recipe, Small, first_impossible};
use crate::check::{Budget, Case, ModelName, Specification, Verdict, judge};
use crate::history::{Event, Function, History, Kind, Value};

const OPERATIONS: u64 = 7;

impl Arbitrary for Small {
    fn arbitrary(g: &mut Gen) -> Self {
        let model = *g.choose(&ModelName::ALL).unwrap();
        let (unique, noise) = (bool::arbitrary(g), 1 + u64::arbitrary(g) % 5);
        Recipe { model, operations: OPERATIONS, unique, noise }.cook(g)
    }
}

fn case(small: &Small) -> Case {
    small.specification.case(&small.history, small.history.operations().unwrap()).unwrap()
}

fn agrees(small: &Small, mistake: Mistake) -> bool {
    let report = judge(&case(small), &mut Budget::UNLIMITED.clone());
    let operations = small.history.operations().unwrap();
    report.first_impossible.map(|first| first.index)
        == first_impossible(&small.specification, &operations, mistake)
}

fn agree(cases: u64) {
    thread_local!(static SEEN: Cell<[[u64; 2]; 11]> = const { Cell::new([[0; 2]; 11]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(small: Small) -> TestResult {
        let verdict = judge(&case(&small), &mut Budget::UNLIMITED.clone()).verdict;
        let mut seen = SEEN.get();
        seen[small.specification.model as usize][usize::from(verdict == Verdict::Invalid)] += 1;
        SEEN.set(seen);
        if agrees(&small, Mistake::None) {
            TestResult::passed()
        } else {
            TestResult::error(format!("{small:?}"))
        }
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(cases)
        .max_tests(cases)
        .quickcheck(property as fn(Small) -> TestResult);
    for (model, [valid, invalid]) in ModelName::ALL.into_iter().zip(SEEN.get()) {
        assert!(valid > cases / 800 && invalid > cases / 800, "{model}: {valid} valid, {invalid} invalid");
    }
}

#[test]
fn every_model_agrees_with_the_oracle() {
    agree(10_000);
}

#[test]
#[ignore = "takes minutes"]
fn every_model_agrees_with_the_oracle_on_many() {
    agree(300_000);
}

/// Oracles with a mistake: the same comparison must tell them from the judge, or it could not tell a
/// wrong judge either.
#[test]
fn every_mistaken_oracle_is_caught() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for model in ModelName::ALL {
        let recipe = Recipe { model, operations: OPERATIONS, unique: false, noise: 2 };
        let smalls: Vec<Small> = (0..3_000).map(|_| recipe.cook(&mut g)).collect();
        let caught = |mistake| smalls.iter().filter(|small| !agrees(small, mistake)).count();
        if let Some(small) = smalls.iter().find(|small| !agrees(small, Mistake::None)) {
            panic!("{small:?}");
        }
        for mistake in [Mistake::RealTime, Mistake::PendingNever, Mistake::FailedMaybe, Mistake::Answers] {
            let applies = match mistake {
                // A lock of this kind answers nothing.
                Mistake::Answers => model != ModelName::Mutex,
                // What returns too early for these two does so before what it needs was invoked.
                Mistake::RealTime => !matches!(model, ModelName::Mutex | ModelName::Consensus),
                _ => true,
            };
            assert!(!applies || caught(mistake) > 0, "{model}: {mistake:?} was not caught");
        }
    }
}

/// Two clients put in at once what a third then looks at, again and again: many quiet instants.
fn long(model: ModelName, turns: i64) -> Small {
    let mut events = Vec::new();
    for turn in 0..turns {
        let (put, take, given, seen) = match model {
            ModelName::Counter => ("add", "read", 1 - turn % 2 * 2, 2 - turn % 2 * 2),
            _ => ("enqueue", "dequeue", turn % 5, turn / 2 % 5),
        };
        let mut event = |process: u64, kind: Kind| {
            let (f, value) = if process < 2 { (put, given.into()) } else { (take, Value::Int(seen)) };
            let value = if process == 2 && kind == Kind::Invoke { Value::Nil } else { value };
            events.push(Event { process, kind, f: Function::parse(f), key: None, value, time: None });
        };
        for process in [0, 1] {
            event(process, Kind::Invoke);
        }
        for process in [0, 1] {
            event(process, Kind::Ok);
        }
        event(2, Kind::Invoke);
        event(2, Kind::Ok);
    }
    Small { specification: Specification::new(model, Value::Nil), history: History::new(events) }
}

/// Neither the length of a history nor that of a queue matters, but what is open at once.
#[test]
fn memory_is_bounded_by_the_parts() {
    for (model, turns, bytes) in
        [(ModelName::Counter, 40_000, 1 << 20), (ModelName::FifoQueue, 8_000, 3 << 20)]
    {
        let small = long(model, turns);
        let case = case(&small);
        let mut budget = Budget::new(30 * turns as u64, bytes);
        let report = judge(&case, &mut budget);
        let told = (report.verdict, &*report.algorithm);
        assert_eq!(told, (Verdict::Valid, "wing-gong-lowe, any model"), "{model}: {budget:?}");
    }
}
