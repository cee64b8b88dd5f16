//! The judge against classic examples, and against a judge that is too simple to be wrong.
//!
//! The oracle tries every order of the operations, without memo or prunings, and says the meaning of
//! each operation in its own words. Canaries are oracles with a mistake: the same comparison must
//! tell them from the judge, or it could not tell a wrong judge either.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use super::planted::Planted;
use crate::check::{Budget, Case, Judging, ModelName, NilReads, Progress, Register, Report, Verdict, check};
use crate::history::read_jsonl;
use crate::history::{Event, Function, History, Kind, Operation, Outcome, Value};

/// What a mistaken oracle gets wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mistake {
    None,
    /// Operations may be ordered against real time.
    RealTime,
    /// Pending operations never happen.
    PendingNever,
    /// Pending operations always happen.
    PendingAlways,
    /// Failed operations may have happened.
    FailedMaybe,
    /// Reads are not looked at.
    Reads,
    /// A cas happens whatever the state is.
    Cas,
    /// The state is nil at first, whatever the model says.
    Initial,
    /// A read of nil means the opposite of what the model says.
    NilReads,
}

struct Oracle<'a> {
    model: &'a Register,
    operations: &'a [Operation],
    /// Events from here on have not happened.
    horizon: usize,
    mistake: Mistake,
}

impl Oracle<'_> {
    fn returned(&self, operation: &Operation) -> Option<usize> {
        operation.returned.filter(|&at| operation.outcome == Outcome::Ok && at < self.horizon)
    }

    fn is_possible(&self) -> bool {
        let initial = if self.mistake == Mistake::Initial { Value::Nil } else { self.model.initial.clone() };
        let takes_part = |o: &&Operation| {
            let happened = o.outcome != Outcome::Fail || self.mistake == Mistake::FailedMaybe;
            happened && o.invoked < self.horizon
        };
        let left: Vec<&Operation> = self.operations.iter().filter(takes_part).collect();
        self.search(&left, &initial)
    }

    fn search(&self, left: &[&Operation], state: &Value) -> bool {
        if left.iter().all(|o| self.returned(o).is_none() && self.mistake != Mistake::PendingAlways) {
            return true;
        }
        if left.is_empty() {
            return true;
        }
        let first_return = left.iter().filter_map(|o| self.returned(o)).min().unwrap_or(usize::MAX);
        (0..left.len()).any(|i| {
            let operation = left[i];
            let in_time = operation.invoked < first_return || self.mistake == Mistake::RealTime;
            let may = self.returned(operation).is_some() || self.mistake != Mistake::PendingNever;
            in_time
                && may
                && self.step(operation, state).is_some_and(|state| {
                    let rest: Vec<&Operation> = [&left[..i], &left[i + 1..]].concat();
                    self.search(&rest, &state)
                })
        })
    }

    fn step(&self, operation: &Operation, state: &Value) -> Option<Value> {
        let seen = self.returned(operation).is_some();
        match &operation.f {
            Function::Read if !seen || self.mistake == Mistake::Reads => Some(state.clone()),
            Function::Read => {
                let unknown =
                    (self.model.nil_reads == NilReads::Unknown) != (self.mistake == Mistake::NilReads);
                let legal = operation.output == *state || (operation.output == Value::Nil && unknown);
                legal.then(|| state.clone())
            }
            Function::Write => Some(operation.input.clone()),
            Function::Cas => {
                let (old, new) = operation.input.as_pair()?;
                (old == state || self.mistake == Mistake::Cas).then(|| new.clone())
            }
            _ => None,
        }
    }
}

/// The event that ends the shortest impossible prefix.
fn first_impossible(model: &Register, operations: &[Operation], mistake: Mistake) -> Option<usize> {
    let mut returns: Vec<usize> = operations.iter().filter_map(|o| o.returned).collect();
    returns.sort_unstable();
    let impossible = |&at: &usize| !Oracle { model, operations, horizon: at + 1, mistake }.is_possible();
    returns.into_iter().find(impossible)
}

/// A small history of one register, and the register.
#[derive(Clone, Debug)]
struct Small {
    model: Register,
    history: History,
}

impl Arbitrary for Small {
    /// Clients act on a register of their own, so that most results are right; some are then
    /// replaced, so that many histories are not.
    fn arbitrary(g: &mut Gen) -> Self {
        let mut below = |limit: u64| u64::arbitrary(g) % limit;
        let name = REGISTERS[below(2) as usize];
        let initial = if below(2) == 0 { Value::Nil } else { Value::Int(0) };
        let mut model = Register::new(name, initial);
        if below(4) == 0 {
            model.nil_reads = [NilReads::Absent, NilReads::Unknown][below(2) as usize];
        }
        let (size, domain, clients, noise) = (3 + below(6), 1 + below(4), 1 + below(5), 1 + below(5));
        let crash = [20, 8, 3][below(3) as usize];
        let mut open: Vec<Option<(Event, bool)>> = vec![None; clients as usize];
        let mut process: Vec<u64> = (0..clients).collect();
        let (mut state, mut events, mut invoked) = (model.initial.clone(), Vec::new(), 0);
        while invoked < size || open.iter().any(Option::is_some) {
            let client = below(clients) as usize;
            let Some((event, applied)) = &mut open[client] else {
                if invoked < size {
                    let functions = model.name.functions().len() as u64;
                    let f =
                        [Function::Read, Function::Write, Function::Cas][below(functions) as usize].clone();
                    let mut value = || Value::Int(below(domain) as i64);
                    let value = match f {
                        Function::Read => Value::Nil,
                        Function::Cas => Value::pair(value(), value()),
                        _ => value(),
                    };
                    let process = process[client];
                    let event = Event { process, kind: Kind::Invoke, f, key: None, value, time: None };
                    events.push(event.clone());
                    open[client] = Some((event, false));
                    invoked += 1;
                }
                continue;
            };
            if !*applied && below(crash) > 0 {
                *applied = true;
                event.kind = Kind::Ok;
                match (&event.f, event.value.as_pair()) {
                    (Function::Read, _) => event.value = state.clone(),
                    (Function::Cas, Some((old, new))) if *old == state => state = new.clone(),
                    (Function::Cas, _) => event.kind = Kind::Fail,
                    _ => state = event.value.clone(),
                }
                if event.f == Function::Read && below(noise) == 0 {
                    event.value = if below(4) == 0 { Value::Nil } else { Value::Int(below(domain) as i64) };
                }
                if below(noise * 2) == 0 {
                    event.kind = [Kind::Ok, Kind::Fail][below(2) as usize];
                }
            } else if let Some((mut event, applied)) = open[client].take() {
                if !applied || below(crash) == 0 {
                    event.kind = Kind::Info;
                    process[client] += clients;
                }
                // Some never return at all.
                if event.kind != Kind::Info || below(2) == 0 {
                    events.push(event);
                }
            }
        }
        Small { model, history: History::new(events) }
    }

    /// Without one operation, without another, …
    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let operations = self.history.operations().unwrap();
        let small = self.clone();
        Box::new(operations.into_iter().map(move |gone| {
            let index = |i: &usize| *i != gone.invoked && Some(*i) != gone.returned;
            let events = &small.history.events;
            let events = (0..events.len()).filter(index).map(|i| events[i].clone()).collect();
            Small { model: small.model.clone(), history: History::new(events) }
        }))
    }
}

const REGISTERS: [ModelName; 2] = [ModelName::Register, ModelName::CasRegister];

/// What the search says, though there may be a shorter way to the verdict.
fn judge(small: &Small) -> Report {
    let case = Case::new(&small.history, &small.model).unwrap();
    let judge = |place| match Judging::by_search(&case, place).run(&mut Budget::UNLIMITED.clone()) {
        Progress::Done(judgement) => judgement,
        Progress::Exhausted => unreachable!("the budget has no end"),
    };
    case.report((0..case.partitions.len()).map(judge).collect())
}

fn agrees(small: &Small, mistake: Mistake) -> bool {
    let operations = small.history.operations().unwrap();
    judge(small).first_impossible.map(|first| first.index)
        == first_impossible(&small.model, &operations, mistake)
}

const CASES: u64 = 20_000;

#[test]
fn the_judge_agrees_with_the_oracle() {
    thread_local!(static SEEN: Cell<[u64; 2]> = const { Cell::new([0; 2]) });
    #[expect(clippy::needless_pass_by_value, reason = "quickcheck hands cases over by value")]
    fn property(small: Small) -> bool {
        let mut seen = SEEN.get();
        seen[usize::from(judge(&small).verdict == Verdict::Invalid)] += 1;
        SEEN.set(seen);
        agrees(&small, Mistake::None)
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(CASES)
        .max_tests(CASES)
        .quickcheck(property as fn(Small) -> bool);
    let [valid, invalid] = SEEN.get();
    assert!(valid > CASES / 5 && invalid > CASES / 5, "{valid} valid, {invalid} invalid");
}

#[test]
fn every_mistaken_oracle_is_caught() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let smalls: Vec<Small> = (0..3_000).map(|_| Small::arbitrary(&mut g)).collect();
    for name in REGISTERS {
        let of_model = |small: &&Small| small.model.name == name;
        let caught = |mistake| smalls.iter().filter(of_model).filter(|small| !agrees(small, mistake)).count();
        assert_eq!(caught(Mistake::None), 0);
        for mistake in [
            Mistake::RealTime,
            Mistake::PendingNever,
            Mistake::PendingAlways,
            Mistake::FailedMaybe,
            Mistake::Reads,
            Mistake::Cas,
            Mistake::Initial,
            Mistake::NilReads,
        ] {
            // A pending write can always happen last.
            let about_cas = matches!(mistake, Mistake::Cas | Mistake::PendingAlways);
            let applies = !about_cas || name == ModelName::CasRegister;
            assert!(!applies || caught(mistake) > 5, "{name}: {mistake:?} caught {} times", caught(mistake));
        }
    }
}

#[test]
fn every_mistake_in_a_pruning_is_caught() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let mut smalls: Vec<Small> = (0..20_000).map(|_| Small::arbitrary(&mut g)).collect();
    // Chance hardly finds this one: of two ways from nil to 2, only one leaves what comes next.
    let ways = "0 invoke cas [null,1];1 invoke cas [1,2];2 invoke cas [null,2];3 invoke read null;3 ok read 2;\
        3 invoke write 1;3 ok write 1;3 invoke read null;3 ok read 2";
    smalls.push(Small { model: Register::default(), history: history(ways) });
    for mistake in Planted::ALL {
        let caught = |small: &Small| !agrees(small, Mistake::None);
        assert!(mistake.during(|| smalls.iter().any(caught)), "{mistake:?} was not caught");
    }
    assert!(smalls.iter().all(|small| agrees(small, Mistake::None)));
}

/// A history in one line of events: process, type, function, value.
fn history(text: &str) -> History {
    let mut lines = String::new();
    for event in text.split(';') {
        let [process, kind, f, value] = event.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{event}");
        };
        lines += &format!(r#"{{"process":{process},"type":"{kind}","f":"{f}","key":"x","value":{value}}}"#);
        lines.push('\n');
    }
    read_jsonl(lines.as_bytes()).unwrap()
}

fn report(text: &str) -> Report {
    check(&history(text), &Register::default(), &mut Budget::UNLIMITED.clone()).unwrap()
}

#[test]
fn classic_examples() {
    // A read that overlaps a write may see it or not, but a later read may not see less: the
    // new-old inversion that tells regular from atomic registers (Lamport 1986).
    let overlap = "0 invoke write 1;1 invoke read null;1 ok read 1;2 invoke read null;2 ok read";
    assert_eq!(report(&format!("{overlap} 1;0 ok write 1")).verdict, Verdict::Valid);
    let inversion = report(&format!("{overlap} null;0 ok write 1"));
    assert_eq!(inversion.first_impossible.unwrap().index, 4);
    // A stale read is sequentially consistent (Lamport 1979), but not linearizable (Herlihy & Wing
    // 1990).
    let stale = report("0 invoke write 1;0 ok write 1;1 invoke read null;1 ok read null");
    assert_eq!(stale.verdict, Verdict::Invalid);
    // A write that timed out may take effect long after (Jepsen's `info`), but once.
    let late = "0 invoke write 1;0 info write 1;1 invoke write 2;1 ok write 2;1 invoke read null;1 ok read 2;\
        1 invoke read null;1 ok read 1";
    assert_eq!(report(late).verdict, Verdict::Valid);
    let twice = report(&format!("{late};1 invoke write 3;1 ok write 3;1 invoke read null;1 ok read 1"));
    assert_eq!(twice.first_impossible.unwrap().index, 11);
    // Two cas from one value cannot both succeed (a lock held twice).
    let lock = "0 invoke cas [null,1];1 invoke cas [null,2];0 ok cas [null,1];1 ok cas [null,2]";
    assert_eq!(report(lock).first_impossible.unwrap().index, 3);
}

#[test]
fn the_explanation_says_what_would_have_been_possible() {
    let report =
        report("0 invoke write 1;0 ok write 1;1 invoke write 2;2 invoke read null;2 ok read 3;1 ok write 2");
    let expected = "\
invalid: 3 operations (3 ok, 0 fail, 0 info), keys: 1
The first impossible operation is that of process 2 on key \"x\", completed by event 4: read 3.
On this key 1 returned before it and has a legal order; with it there is none.
It would have been possible in one of these states: 1, 2.

process 0  write 1    |--|
process 1  write 2          |--------|
process 2  read -> 3           |--|  <- impossible
";
    assert_eq!(report.explain(), expected);
}

#[test]
fn little_or_nothing_to_judge_is_said() {
    let nothing = check(&History::default(), &Register::default(), &mut Budget::new(0, 0)).unwrap();
    assert_eq!((nothing.verdict, nothing.note.as_deref()), (Verdict::Unknown, Some("nothing to judge")));
    let writes = report("0 invoke write 1;0 ok write 1");
    assert_eq!((writes.verdict, writes.constrains), (Verdict::Valid, false));
    assert!(writes.note.is_some());
    let error =
        check(&history("0 invoke enqueue 1"), &Register::default(), &mut Budget::new(0, 0)).unwrap_err();
    assert!(
        error.to_string().starts_with("line 1, column 1: the model `cas-register` has no `enqueue`"),
        "{error}"
    );
}

#[test]
fn a_judging_in_portions_ends_like_one_in_a_piece() {
    let mut g = Gen::from_size_and_seed(100, 1);
    for small in (0..2_000).map(|_| Small::arbitrary(&mut g)) {
        let case = Case::new(&small.history, &small.model).unwrap();
        let mut budget = Budget::new(0, 1 << 20);
        let judgements = (0..case.partitions.len()).map(|place| {
            let mut judging = Judging::by_search(&case, place);
            loop {
                budget.refill(1);
                if let Progress::Done(judgement) = judging.run(&mut budget) {
                    return judgement;
                }
            }
        });
        assert_eq!(case.report(judgements.collect()), judge(&small));
        assert_eq!(budget, Budget::new(0, 1 << 20), "all is spent and all memory given back");
    }
}

#[test]
fn too_small_a_budget_makes_the_verdict_unknown() {
    let text = "0 invoke write 1;1 invoke write 2;2 invoke read null;2 ok read 1;3 invoke read null;3 ok read 2;\
        0 ok write 1;1 ok write 2;2 invoke read null;2 ok read 1;0 invoke write 3;0 ok write 3;0 invoke write 3;\
        0 ok write 3";
    for (steps, bytes, expected) in [(1, 1 << 20, "steps"), (1_000, 90, "memory")] {
        let report = check(&history(text), &Register::default(), &mut Budget::new(steps, bytes)).unwrap();
        assert_eq!(report.verdict, Verdict::Unknown);
        let note = report.note.unwrap();
        assert!(
            note.contains(expected) && note.contains("; of 7 that returned, at least the first "),
            "{note}"
        );
    }
    assert_eq!(report(text).verdict, Verdict::Invalid);
}
