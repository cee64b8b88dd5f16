//! Histories of several keys against the judge that is too simple to be wrong, which gets each key on its
//! own: what is found on one key spares the judges work on the others.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use super::brute_force::{Mistake, Recipe, Small, first_impossible};
use super::{Budget, Case, ModelName, Specification, Verdict, decide, judge};
use crate::history::{Event, History};

/// Small histories of one model, and in which order they give their events.
#[derive(Clone, Debug)]
struct Several {
    parts: Vec<Small>,
    turns: Vec<usize>,
}

impl Arbitrary for Several {
    fn arbitrary(g: &mut Gen) -> Self {
        let model = *g.choose(&ModelName::ALL).unwrap();
        let (unique, noise) = (bool::arbitrary(g), 3 + u64::arbitrary(g) % 5);
        let recipe = Recipe { model, operations: 5, unique, noise };
        let specification = recipe.cook(g).specification;
        let parts: Vec<Small> =
            (0..3).map(|_| Small { specification: specification.clone(), ..recipe.cook(g) }).collect();
        let turns = (0..100).map(|_| usize::arbitrary(g) % parts.len()).collect();
        Several { parts, turns }
    }
}

impl Several {
    fn specification(&self) -> &Specification {
        &self.parts[0].specification
    }

    /// One history of all, with a key for each and clients of its own; and whose each event is.
    fn merged(&self) -> (History, Vec<usize>) {
        let mut left: Vec<std::slice::Iter<'_, Event>> =
            self.parts.iter().map(|part| part.history.events.iter()).collect();
        let (mut events, mut owners) = (Vec::new(), Vec::new());
        let rest = (0..self.parts.len()).flat_map(|part| vec![part; self.parts[part].history.events.len()]);
        for part in self.turns.iter().copied().chain(rest) {
            if let Some(event) = left[part].next() {
                let (process, key) = (event.process + 1_000 * part as u64, Some((part as i64).into()));
                events.push(Event { process, key, ..event.clone() });
                owners.push(part);
            }
        }
        (History::new(events), owners)
    }
}

/// The event that completes the first impossible operation of all, says the oracle.
fn first_of_all(several: &Several, owners: &[usize]) -> Option<usize> {
    let first = |(number, part): (usize, &Small)| {
        let operations = part.history.operations().unwrap();
        let first = first_impossible(&part.specification, &operations, Mistake::None)?;
        (0..owners.len()).filter(|&event| owners[event] == number).nth(first)
    };
    several.parts.iter().enumerate().filter_map(first).min()
}

fn agree(cases: u64) {
    thread_local!(static SEEN: Cell<[u64; 2]> = const { Cell::new([0; 2]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(several: Several) -> bool {
        let (history, owners) = several.merged();
        let case: Case = several.specification().case(&history, history.operations().unwrap()).unwrap();
        let explained = judge(&case, &mut Budget::UNLIMITED.clone());
        let decided = decide(&case, &mut Budget::UNLIMITED.clone());
        let mut seen = SEEN.get();
        seen[usize::from(decided.verdict == Verdict::Invalid)] += 1;
        SEEN.set(seen);
        let first = explained.first_impossible.map(|first| first.index);
        first == first_of_all(&several, &owners)
            && explained.verdict == if first.is_some() { Verdict::Invalid } else { Verdict::Valid }
            && decided.verdict == explained.verdict
            && decided.first_impossible.is_none()
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(cases)
        .max_tests(cases)
        .quickcheck(property as fn(Several) -> bool);
    let [valid, invalid] = SEEN.get();
    assert!(valid > cases / 10 && invalid > cases / 10, "{valid} valid, {invalid} invalid");
}

#[test]
fn keys_agree_with_the_oracle() {
    agree(5_000);
}

#[test]
#[ignore = "takes minutes"]
fn keys_agree_with_the_oracle_on_many() {
    agree(200_000);
}
