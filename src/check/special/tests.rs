//! The near-linear judges against the one that is too simple to be wrong, and against the searches.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use crate::check::brute_force::{Mistake, Recipe, Small, first_impossible};
use crate::check::{Budget, Case, Judging, ModelName, Progress, Report, Verdict, judge};

fn case(small: &Small) -> Case {
    small.specification.case(&small.history, small.history.operations().unwrap()).unwrap()
}

fn shortest(small: &Small) -> Report {
    judge(&case(small), &mut Budget::UNLIMITED.clone())
}

fn searched(small: &Small) -> Report {
    let case = case(small);
    let judge = |place| match Judging::by_search(&case, place).run(&mut Budget::UNLIMITED.clone()) {
        Progress::Done(judgement) => judgement,
        Progress::Exhausted => unreachable!("the budget has no end"),
    };
    case.report((0..case.partitions.len()).map(judge).collect())
}

/// Small histories where every value is given once.
#[derive(Clone, Debug)]
struct Unique(Small);

impl Arbitrary for Unique {
    fn arbitrary(g: &mut Gen) -> Self {
        let model = *g.choose(&[ModelName::Register]).unwrap();
        let noise = 1 + u64::arbitrary(g) % 5;
        Unique(Recipe { model, operations: 8, unique: true, noise }.cook(g))
    }
}

fn agree_with_the_oracle(cases: u64) {
    thread_local!(static SEEN: Cell<[u64; 2]> = const { Cell::new([0; 2]) });
    fn property(Unique(small): Unique) -> bool {
        let report = shortest(&small);
        let mut seen = SEEN.get();
        seen[usize::from(report.verdict == Verdict::Invalid)] += 1;
        SEEN.set(seen);
        let first = report.first_impossible.map(|first| first.index);
        let operations = small.history.operations().unwrap();
        first == first_impossible(&small.specification, &operations, Mistake::None)
    }
    QuickCheck::new().tests(cases).max_tests(cases).quickcheck(property as fn(Unique) -> bool);
    let [valid, invalid] = SEEN.get();
    assert!(valid > cases / 5 && invalid > cases / 5, "{valid} valid, {invalid} invalid");
}

#[test]
fn near_linear_judges_agree_with_the_oracle() {
    agree_with_the_oracle(10_000);
}

#[test]
#[ignore = "takes minutes"]
fn near_linear_judges_agree_with_the_oracle_on_many() {
    agree_with_the_oracle(300_000);
}

/// Not only in the verdict: the operation, what came before and the states are the same.
#[test]
fn near_linear_judges_agree_with_the_searches() {
    let mut g = Gen::new(100);
    let mut invalid = 0;
    for round in 0..4_000 {
        let (noise, operations) = ([0, 60, 10][round % 3], [60, 60, 12][round % 3]);
        let small = Recipe { model: ModelName::Register, operations, unique: true, noise }.cook(&mut g);
        let (mut short, mut long) = (shortest(&small), searched(&small));
        assert_eq!(short.algorithm, "zones");
        invalid += u32::from(short.verdict == Verdict::Invalid);
        short.algorithm.clone_from(&long.algorithm);
        for why in [&mut short, &mut long].into_iter().filter_map(|report| report.explanation.as_mut()) {
            why.states.sort_unstable();
            // The search tries the first few states only.
            why.states.retain(|_| operations < 16);
        }
        assert_eq!(short, long, "{small:?}");
    }
    assert!(invalid > 500, "{invalid}");
}
