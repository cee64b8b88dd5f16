//! What an explanation costs beside the verdict, in steps of the searches: a machine's speed does not show
//! in them.

use quickcheck::Gen;

use super::brute_force::{Recipe, Small};
use super::{Budget, Case, Judging, ModelName, Progress, Verdict};

/// An explanation may make a judging so many times as expensive.
const TIMES: u64 = 5;

/// A verdict that takes more is not waited for.
const MOST_STEPS: u64 = 50_000;

/// The steps until the partition of `case` in this `place` is known to be impossible, and those until
/// it is explained too; `None` if it is possible or takes no steps.
fn cost(case: &Case, place: usize) -> Option<[u64; 2]> {
    let (mut judging, mut budget) = (Judging::new(case, place), Budget::new(0, u64::MAX));
    let (mut steps, mut verdict) = (0, None);
    loop {
        match judging.run(&mut budget) {
            Progress::Done(judgement) => {
                let [verdict, all] = [verdict?, steps - budget.steps()];
                return (judgement.verdict == Verdict::Invalid).then_some([verdict, all]);
            }
            Progress::Exhausted => {
                // What a judging that is given up knows is what it has found out so far.
                let known = judging.clone().conclude(&mut budget.clone());
                if known.verdict == Verdict::Invalid {
                    verdict = verdict.or(Some(steps));
                }
                match verdict {
                    None if steps > MOST_STEPS => return None,
                    Some(verdict) if steps > 2 * TIMES * verdict.max(200) => return Some([verdict, steps]),
                    _ => {}
                }
                let portion = (steps / 100).max(1);
                budget.refill(portion);
                steps += portion;
            }
        }
    }
}

/// The sums over histories of `model`, and how many there are.
fn sums(model: ModelName, g: &mut Gen) -> ([u64; 2], u64) {
    let recipe = Recipe { model, operations: 60, unique: false, noise: 20 };
    let (mut sums, mut count) = ([0, 0], 0);
    for _ in 0..150 {
        let Small { specification, history } = recipe.cook(g);
        let case = specification.case(&history, history.operations().unwrap()).unwrap();
        for [verdict, all] in (0..case.partitions.len()).filter_map(|place| cost(&case, place)) {
            // One that is found out at once has nothing to compare with.
            assert!(all <= TIMES * verdict.max(200), "{model}: {all} for {verdict} steps: {history:?}");
            sums = [sums[0] + verdict, sums[1] + all];
            count += 1;
        }
    }
    (sums, count)
}

#[test]
fn an_explanation_costs_a_few_verdicts() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let mut searched = 0;
    for model in ModelName::ALL {
        let ([verdict, all], count) = sums(model, &mut g);
        assert!(all <= TIMES * verdict, "{model}: {all} for {verdict} steps");
        searched += u32::from(count > 20);
    }
    assert!(searched >= 8, "only {searched} models were searched");
}
