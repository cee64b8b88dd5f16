//! Sequential consistency against a judge that is too simple to be wrong.

mod examples;
mod large;
mod oracle;

use std::cell::Cell;

use oracle::{Wrong, is_possible};
use quickcheck::{Arbitrary, Gen, QuickCheck, TestResult};

use super::Sequential;
use crate::check::brute_force::{Recipe, Small};
use crate::check::levels::Finding;
use crate::check::levels::short::history as history_of;
use crate::check::{Budget, Case, ModelName, Specification, Verdict, judge};
use crate::history::{Event, Function, History, Kind, Operation, Outcome, Value};

fn find(specification: &Specification, history: &History) -> Finding {
    find_within(specification, history, &mut Budget::UNLIMITED.clone()).unwrap()
}

fn find_within(specification: &Specification, history: &History, budget: &mut Budget) -> Option<Finding> {
    let case: Case = specification.case(history, history.operations().unwrap()).unwrap();
    Sequential::new(&case).run(budget)
}

/// A small history of several objects of one model, whose processes act on all of them.
#[derive(Clone, Debug)]
struct Mixed {
    specification: Specification,
    history: History,
}

/// How many objects and operations there are at most.
#[derive(Clone, Copy)]
struct Size {
    objects: u64,
    operations: u64,
}

const USUAL: Size = Size { objects: 3, operations: 7 };

impl Mixed {
    fn cook(g: &mut Gen, model: ModelName, size: Size) -> Mixed {
        let noise = [0, 2, 4, 8][u64::arbitrary(g) as usize % 4];
        let objects = 1 + u64::arbitrary(g) % size.objects;
        let operations = size.operations / objects;
        let recipe = Recipe { model, operations, unique: bool::arbitrary(g), noise };
        let specification = recipe.cook(g).specification;
        let parts: Vec<Vec<Operation>> =
            (0..objects).map(|_| recipe.cook(g).history.operations().unwrap()).collect();
        let mut below = |limit: usize| u64::arbitrary(g) as usize % limit;
        let clients = 1 + below(4);
        let mut sessions: Vec<Vec<Operation>> = vec![Vec::new(); clients];
        shuffle(&parts, &mut below, |key, operation| {
            let key = Some((key as i64).into());
            (operation.clone(), key)
        })
        .into_iter()
        .for_each(|(operation, key)| {
            let client = below(clients);
            sessions[client].push(Operation { key, ..operation });
        });
        let mut names: Vec<u64> = (0..clients as u64).collect();
        let mut events = Vec::new();
        let order = shuffle(&sessions, &mut below, |client, operation| (client, operation.clone()));
        for (client, operation) in order {
            let Operation { f, key, input, output, outcome, returned, .. } = operation;
            let kind = match outcome {
                Outcome::Ok => Kind::Ok,
                Outcome::Fail => Kind::Fail,
                Outcome::Info => Kind::Info,
            };
            let process = names[client];
            let event =
                |kind, value| Event { process, kind, f: f.clone(), key: key.clone(), value, time: None };
            events.push(event(Kind::Invoke, input.clone()));
            if outcome == Outcome::Info {
                // Some go on under the same name, some under another.
                names[client] += if returned.is_none() { clients as u64 } else { 0 };
            }
            if returned.is_some() {
                events.push(event(kind, if outcome == Outcome::Ok { output } else { input }));
            }
        }
        Mixed { specification, history: History::new(events) }
    }

    /// Reads and writes of a few registers with whatever answers: the order of writes is hard to find, and few
    /// values are written once.
    fn scribble(g: &mut Gen, most: usize) -> Mixed {
        let mut below = |limit: usize| u64::arbitrary(g) as usize % limit;
        let (clients, keys, values) = (2 + below(3), 1 + below(2), 2 + below(3));
        let crash = [6, 20, 1_000][below(3)];
        let mut names: Vec<u64> = (0..clients as u64).collect();
        let mut events = Vec::new();
        for _ in 0..3 + below(most - 2) {
            let client = below(clients);
            let (process, key) = (names[client], Some(["x", "y"][below(keys)].into()));
            let mut value = || Value::Int(below(values) as i64);
            let (f, input, output) = match value() {
                Value::Int(0) => (Function::Read, Value::Nil, value()),
                value if events.len() % 5 == 0 => (Function::Read, Value::Nil, value),
                old if events.len() % 7 == 0 => {
                    let pair = Value::pair(old, value());
                    (Function::Cas, pair.clone(), pair)
                }
                value => (Function::Write, value.clone(), value),
            };
            let kind = if below(crash) == 0 { Kind::Info } else { Kind::Ok };
            let event =
                |kind, value| Event { process, kind, f: f.clone(), key: key.clone(), value, time: None };
            names[client] += if kind == Kind::Info { clients as u64 } else { 0 };
            events.push(event(Kind::Invoke, input.clone()));
            events.push(event(kind, if kind == Kind::Info { input } else { output }));
        }
        let specification = Specification::new(ModelName::CasRegister, Value::Int(1));
        Mixed { specification, history: History::new(events) }
    }

    fn operations(&self) -> Vec<Operation> {
        self.history.operations().unwrap()
    }

    fn find(&self) -> Finding {
        find(&self.specification, &self.history)
    }

    /// The operation that ends the shortest history up to which the oracle finds no order.
    fn first_impossible(&self, wrong: Wrong) -> Option<usize> {
        let operations = self.operations();
        let possible = |at| is_possible(&self.specification, &operations, at, wrong);
        if possible(usize::MAX - 1) {
            return None;
        }
        let mut answers: Vec<(usize, usize)> = (0..operations.len())
            .filter(|&place| operations[place].outcome == Outcome::Ok)
            .map(|place| (operations[place].returned.unwrap(), place))
            .collect();
        answers.sort_unstable();
        answers.into_iter().find(|&(at, _)| !possible(at)).map(|(_, place)| place)
    }

    /// Whether judge and oracle agree on the verdict and the operation to blame.
    fn agrees(&self, wrong: Wrong) -> bool {
        let finding = self.find();
        let blamed = finding.examples.first().and_then(|violation| violation.operations.last().copied());
        finding.verdict == if blamed.is_some() { Verdict::Invalid } else { Verdict::Valid }
            && blamed == self.first_impossible(wrong)
    }
}

/// One list of all, each in its order.
fn shuffle<T, U>(
    all: &[Vec<T>],
    below: &mut impl FnMut(usize) -> usize,
    name: impl Fn(usize, &T) -> U,
) -> Vec<U> {
    let mut left: Vec<std::slice::Iter<'_, T>> = all.iter().map(|one| one.iter()).collect();
    let mut shuffled = Vec::new();
    while shuffled.len() < all.iter().map(Vec::len).sum() {
        let one = below(left.len());
        shuffled.extend(left[one].next().map(|next| name(one, next)));
    }
    shuffled
}

impl Arbitrary for Mixed {
    fn arbitrary(g: &mut Gen) -> Self {
        if u64::arbitrary(g).is_multiple_of(3) {
            return Mixed::scribble(g, 9);
        }
        let model = *g.choose(&ModelName::ALL).unwrap();
        Mixed::cook(g, model, USUAL)
    }
}

fn agree(cases: u64) {
    thread_local!(static SEEN: Cell<[[u64; 2]; 11]> = const { Cell::new([[0; 2]; 11]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(mixed: Mixed) -> TestResult {
        let mut seen = SEEN.get();
        let is_invalid = mixed.find().verdict == Verdict::Invalid;
        seen[mixed.specification.model as usize][usize::from(is_invalid)] += 1;
        SEEN.set(seen);
        if mixed.agrees(Wrong::Nothing) {
            TestResult::passed()
        } else {
            let (finding, first) = (mixed.find(), mixed.first_impossible(Wrong::Nothing));
            TestResult::error(format!("{mixed:#?}\n{finding:#?}\nthe oracle blames {first:?}"))
        }
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(cases)
        .max_tests(cases)
        .quickcheck(property as fn(Mixed) -> TestResult);
    for (model, [valid, invalid]) in ModelName::ALL.into_iter().zip(SEEN.get()) {
        assert!(valid > 0 && invalid > 0, "{model}: {valid} valid, {invalid} invalid");
    }
}

#[test]
fn every_model_agrees_with_the_oracle() {
    agree(3_000);
}

#[test]
#[ignore = "takes minutes"]
fn every_model_agrees_with_the_oracle_on_many() {
    agree(200_000);
}

/// Oracles with a mistake: the same comparison must tell them from the judge, or it could not tell a wrong
/// judge either.
#[test]
fn every_mistaken_oracle_is_caught() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for model in [ModelName::Register, ModelName::CasRegister, ModelName::Kv] {
        let all: Vec<Mixed> = (0..1_500).map(|_| Mixed::cook(&mut g, model, USUAL)).collect();
        let mistakes = [
            Wrong::Local,
            Wrong::Sessions,
            Wrong::RealTime,
            Wrong::InfoNever,
            Wrong::InfoNoEnd,
            Wrong::Answers,
        ];
        for wrong in mistakes {
            assert!(all.iter().any(|mixed| !mixed.agrees(wrong)), "{model}: {wrong:?} was not caught");
        }
    }
}

#[test]
fn what_is_linearizable_is_sequential() {
    let (mut g, mut linearizable, mut weaker) = (Gen::from_size_and_seed(100, 1), 0, 0);
    for round in 0..4_000 {
        let model = ModelName::ALL[round % ModelName::ALL.len()];
        let (specification, history) = if round % 2 == 0 {
            let mixed = Mixed::cook(&mut g, model, Size { objects: 3, operations: 15 });
            (mixed.specification, mixed.history)
        } else {
            let recipe = Recipe { model, operations: 15, unique: round % 3 == 0, noise: 16 };
            let Small { specification, history } = recipe.cook(&mut g);
            (specification, history)
        };
        let case = specification.case(&history, history.operations().unwrap()).unwrap();
        let strong = judge(&case, &mut Budget::UNLIMITED.clone()).verdict;
        let weak = find_within(&specification, &history, &mut Budget::new(50_000_000, 1 << 30));
        let weak = weak.map(|finding| finding.verdict);
        assert!(strong == Verdict::Invalid || weak == Some(Verdict::Valid), "{weak:?}: {history:?}");
        linearizable += u32::from(strong == Verdict::Valid);
        weaker += u32::from(strong == Verdict::Invalid && weak == Some(Verdict::Valid));
    }
    assert!(linearizable > 700 && weaker > 200, "{linearizable} are, {weaker} are only sequential");
}

#[test]
fn a_judging_in_portions_comes_to_the_same() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for round in 0..600 {
        let mixed = Mixed::cook(&mut g, ModelName::ALL[round % ModelName::ALL.len()], USUAL);
        let case = mixed.specification.case(&mixed.history, mixed.operations()).unwrap();
        let (mut judging, mut budget) = (Sequential::new(&case), Budget::new(0, 1 << 30));
        let finding = loop {
            match judging.run(&mut budget) {
                Some(finding) => break finding,
                None => budget.refill(1),
            }
        };
        assert_eq!(finding, mixed.find());
        assert!(budget.take(1 << 30), "all memory is given back");
    }
}
