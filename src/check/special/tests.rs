//! The near-linear judges against the one that is too simple to be wrong, and against the searches.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use crate::check::brute_force::{Mistake, Recipe, Small, first_impossible};
use crate::check::{Budget, Case, FifoQueue, Judging, ModelName, Progress, Report, Verdict, check, judge};
use crate::history::{Value, read_jsonl};

fn case(small: &Small) -> Case {
    small.specification.case(&small.history, small.history.operations().unwrap()).unwrap()
}

fn shortest(small: &Small) -> Report {
    judge(&case(small), &mut Budget::UNLIMITED.clone())
}

fn searched(small: &Small) -> Report {
    searched_within(small, &mut Budget::UNLIMITED.clone())
}

fn searched_within(small: &Small, budget: &mut Budget) -> Report {
    let case = case(small);
    let mut judge = |place| {
        let mut judging = Judging::by_search(&case, place);
        match judging.run(budget) {
            Progress::Done(judgement) => judgement,
            Progress::Exhausted => judging.conclude(budget),
        }
    };
    case.report((0..case.partitions.len()).map(&mut judge).collect())
}

/// Models that have such judges.
const MODELS: [ModelName; 6] = [
    ModelName::Register,
    ModelName::CasRegister,
    ModelName::Mutex,
    ModelName::Set,
    ModelName::FifoQueue,
    ModelName::Stack,
];

/// Small histories where every value is given once.
#[derive(Clone, Debug)]
struct Unique(Small);

impl Arbitrary for Unique {
    fn arbitrary(g: &mut Gen) -> Self {
        let model = *g.choose(&MODELS).unwrap();
        let noise = match model {
            // Nothing that a lock answers can be wrong.
            ModelName::Mutex => 1,
            // Most of their histories would be wrong.
            ModelName::FifoQueue | ModelName::Stack => 3 * (1 + u64::arbitrary(g) % 5),
            _ => 1 + u64::arbitrary(g) % 5,
        };
        Unique(Recipe { model, operations: 8, unique: true, noise }.cook(g))
    }
}

fn agree_with_the_oracle(cases: u64) {
    thread_local!(static SEEN: Cell<[[u64; 3]; 11]> = const { Cell::new([[0; 3]; 11]) });
    fn property(Unique(small): Unique) -> bool {
        let report = shortest(&small);
        let mut seen = SEEN.get();
        let model = small.specification.model as usize;
        seen[model][usize::from(report.verdict == Verdict::Invalid)] += 1;
        seen[model][2] += u64::from(report.algorithm.contains("wing"));
        SEEN.set(seen);
        let first = report.first_impossible.map(|first| first.index);
        let operations = small.history.operations().unwrap();
        first == first_impossible(&small.specification, &operations, Mistake::None)
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(cases)
        .max_tests(cases)
        .quickcheck(property as fn(Unique) -> bool);
    for model in MODELS {
        let [valid, invalid, searched] = SEEN.get()[model as usize];
        assert!(valid > cases / 400 && invalid > cases / 400, "{model}: {valid} valid, {invalid} invalid");
        assert!(searched < cases / 20, "{model}: {searched} were searched for");
    }
}

#[test]
fn near_linear_judges_agree_with_the_oracle() {
    agree_with_the_oracle(10_000);
}

#[test]
#[ignore = "takes minutes"]
fn near_linear_judges_agree_with_the_oracle_on_many() {
    agree_with_the_oracle(2_000_000);
}

/// Not only in the verdict: the operation, what came before and the states are the same.
#[test]
fn near_linear_judges_agree_with_the_searches() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let [mut invalid, mut chained] = [0; 2];
    for round in 0..8_000 {
        let (noise, operations) = ([0, 60, 10][round % 3], [60, 60, 12][round % 3]);
        let model = [ModelName::Register, ModelName::CasRegister][round % 2];
        let small = Recipe { model, operations, unique: true, noise }.cook(&mut g);
        let (mut short, mut long) = (shortest(&small), searched(&small));
        // Some have but one cas, which is like a lock.
        assert!(["zones", "zones of chains", "alternation"].contains(&&*short.algorithm));
        chained += u32::from(short.algorithm == "zones of chains");
        invalid += u32::from(short.verdict == Verdict::Invalid);
        short.algorithm.clone_from(&long.algorithm);
        for why in [&mut short, &mut long].into_iter().filter_map(|report| report.explanation.as_mut()) {
            why.states.sort_unstable();
            // The search tries the first few states only.
            why.states.retain(|_| operations < 16);
        }
        assert_eq!(short, long, "{small:?}");
    }
    assert!(invalid > 500 && chained > 1_000, "{invalid} invalid, {chained} chained");
}

/// The verdict, the operation and what came before it are the same, with and without crashes, wherever
/// the search comes to an end.
#[test]
fn judges_of_other_objects_agree_with_the_search() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for (model, algorithm) in [
        (ModelName::Mutex, "alternation"),
        (ModelName::Set, "set order"),
        (ModelName::FifoQueue, "queue order"),
        (ModelName::Stack, "stack nesting"),
    ] {
        let [mut invalid, mut compared] = [0; 2];
        for round in 0..1_500 {
            // Nothing that a lock answers can be wrong.
            let noise = if model == ModelName::Mutex { [0, 3, 2] } else { [0, 60, 10] };
            let (noise, operations) = (noise[round % 3], [30, 30, 12][round % 3]);
            let small = Recipe { model, operations, unique: true, noise }.cook(&mut g);
            let case = case(&small);
            let short = judge(&case, &mut Budget::new(20_000, 16 << 20));
            let long = searched_within(&small, &mut Budget::new(20_000, 16 << 20));
            let is_whole = |report: &Report| match report.verdict {
                Verdict::Unknown => false,
                Verdict::Invalid => report.first_impossible.is_some(),
                Verdict::Valid => true,
            };
            if short.algorithm != algorithm || !is_whole(&long) {
                continue;
            }
            compared += 1;
            invalid += u32::from(short.verdict == Verdict::Invalid);
            assert_eq!(short.verdict, long.verdict, "{small:?}");
            assert_eq!(short.first_impossible, long.first_impossible, "{small:?}");
            let before = |report: &Report| report.explanation.as_ref().map(|why| why.possible_before);
            assert_eq!(before(&short), before(&long), "{small:?}");
            let states = |report: &Report| report.explanation.as_ref().map(|why| why.states.clone());
            assert!(model != ModelName::Mutex || states(&short) == states(&long), "{small:?}");
        }
        assert!(invalid > 40 && compared > 800, "{model}: {compared} compared, {invalid} of them invalid");
    }
}

/// Oracles with a mistake: the property must tell them from the judges, or it could not tell a wrong
/// judge either.
#[test]
fn every_mistaken_oracle_is_caught() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for model in MODELS {
        let recipe = Recipe { model, operations: 8, unique: true, noise: 3 };
        let smalls: Vec<Small> = (0..3_000).map(|_| recipe.cook(&mut g)).collect();
        for mistake in [Mistake::RealTime, Mistake::PendingNever, Mistake::FailedMaybe, Mistake::Answers] {
            let caught = |small: &Small| {
                let operations = small.history.operations().unwrap();
                let first = shortest(small).first_impossible.map(|first| first.index);
                first != first_impossible(&small.specification, &operations, mistake)
            };
            // A lock answers nothing, and orders against real time that save one are too rare.
            let applies =
                model != ModelName::Mutex || !matches!(mistake, Mistake::Answers | Mistake::RealTime);
            assert!(!applies || smalls.iter().any(caught), "{model}: {mistake:?} was not caught");
        }
    }
}

/// Too rare to be met by chance: the value whose enqueue began first must be taken last, by the second of
/// two dequeues that never returned.
#[test]
fn takers_go_by_deadline() {
    let history = read_jsonl(
        br#"{"process":0,"type":"invoke","f":"enqueue","value":1}
            {"process":1,"type":"invoke","f":"enqueue","value":2}
            {"process":1,"type":"ok","f":"enqueue","value":2}
            {"process":2,"type":"invoke","f":"enqueue","value":3}
            {"process":0,"type":"ok","f":"enqueue","value":1}
            {"process":2,"type":"ok","f":"enqueue","value":3}
            {"process":3,"type":"invoke","f":"enqueue","value":4}
            {"process":3,"type":"ok","f":"enqueue","value":4}
            {"process":4,"type":"invoke","f":"dequeue","value":null}
            {"process":5,"type":"invoke","f":"dequeue","value":null}
            {"process":5,"type":"ok","f":"dequeue","value":3}
            {"process":6,"type":"invoke","f":"dequeue","value":null}
            {"process":7,"type":"invoke","f":"dequeue","value":null}
            {"process":7,"type":"ok","f":"dequeue","value":4}"#,
    )
    .unwrap();
    let report = check(&history, &FifoQueue::new(&Value::Nil).unwrap(), &mut Budget::UNLIMITED.clone());
    let report = report.unwrap();
    assert_eq!((report.verdict, report.algorithm.as_str()), (Verdict::Valid, "queue order"));
}
