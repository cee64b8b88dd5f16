//! Durability against runs of a register that forgets, restores and invents on purpose, and that says so; against
//! the definitions word by word; and that nothing is ever wrong with what is linearizable.

use std::cell::Cell;

use quickcheck::{Arbitrary, Gen, QuickCheck};

use super::Durability;
use crate::check::brute_force::{Recipe, Small};
use crate::check::{Budget, ModelName, NilReads, Specification, Verdict, decide};
use crate::history::{Event, Function, History, Kind, Operation, Outcome, Value};

/// A run of a register that keeps a log of what was written and shows the last of it.
#[derive(Clone, Default, Debug)]
struct Run {
    events: Vec<Event>,
    /// All that was ever written to it, in that order.
    applied: Vec<i64>,
    /// What was written, and is there no longer.
    log: Vec<i64>,
    /// What it forgot last, while nothing has been written since.
    forgotten: Vec<i64>,
    /// All that it forgot at any time.
    ever_forgotten: Vec<i64>,
    restored: Vec<i64>,
    /// What was written after its client had been told that nobody knows.
    late: Vec<i64>,
}

impl Run {
    fn event(&mut self, process: u64, kind: Kind, f: &Function, value: Value) {
        self.events.push(Event { process, kind, f: f.clone(), key: None, value, time: None });
    }

    fn write(&mut self, value: i64) {
        self.applied.push(value);
        self.log.push(value);
        self.forgotten.clear();
    }

    fn misbehave(&mut self, below: &mut impl FnMut(u64) -> u64) {
        if !self.forgotten.is_empty() && below(2) == 0 {
            self.log.append(&mut self.forgotten.clone());
            self.restored.append(&mut self.forgotten);
        } else {
            let kept = self.log.len().saturating_sub(1 + below(2) as usize);
            self.forgotten = self.log.split_off(kept);
            self.ever_forgotten.extend(&self.forgotten);
        }
    }

    /// `clients` of them, one step of one of them at a time.
    fn new(clients: u64, size: u64, below: &mut impl FnMut(u64) -> u64) -> Run {
        let (mut run, mut next) = (Run::default(), 0);
        let mut process: Vec<u64> = (0..clients).collect();
        // What each has invoked, and what it was answered.
        let mut open: Vec<Option<(Function, i64, Option<Value>)>> = vec![None; clients as usize];
        let mut pending = Vec::new();
        while next < size || open.iter().any(Option::is_some) {
            let client = below(clients) as usize;
            if below(6) == 0 {
                run.misbehave(below);
            }
            if !pending.is_empty() && below(4) == 0 {
                let value = pending.remove(0);
                run.late.push(value);
                run.write(value);
            }
            match open[client].take() {
                None if next < size => {
                    next += 1;
                    let f = [Function::Read, Function::Write][below(2) as usize].clone();
                    let value = next as i64;
                    let input = if f == Function::Read { Value::Nil } else { value.into() };
                    run.event(process[client], Kind::Invoke, &f, input);
                    open[client] = Some((f, value, None));
                }
                None => {}
                Some((Function::Read, value, None)) => {
                    let seen = run.log.last().map_or(Value::Nil, |&value| value.into());
                    open[client] = Some((Function::Read, value, Some(seen)));
                }
                Some((f, value, None)) if below(6) == 0 => {
                    run.event(process[client], Kind::Info, &f, value.into());
                    process[client] += clients;
                    pending.push(value);
                }
                Some((f, value, None)) => {
                    run.write(value);
                    open[client] = Some((f, value, Some(value.into())));
                }
                Some((f, _, Some(answer))) => run.event(process[client], Kind::Ok, &f, answer),
            }
        }
        run
    }

    /// The value that is read after all else.
    fn read_last(&mut self) -> i64 {
        let last = self.log.last().copied();
        let seen = last.map_or(Value::Nil, Value::from);
        self.event(u64::MAX, Kind::Invoke, &Function::Read, Value::Nil);
        self.event(u64::MAX, Kind::Ok, &Function::Read, seen);
        last.unwrap_or(0)
    }
}

/// A run of one client or of several.
#[derive(Clone, Debug)]
struct Generated<const CLIENTS: u64>(Run, i64);

impl<const CLIENTS: u64> Arbitrary for Generated<CLIENTS> {
    fn arbitrary(g: &mut Gen) -> Self {
        let mut below = |limit: u64| u64::arbitrary(g) % limit;
        let size = 2 + below(14);
        let mut run = Run::new(CLIENTS, size, &mut below);
        let last = run.read_last();
        Generated(run, last)
    }
}

fn register() -> Specification {
    Specification::new(ModelName::Register, Value::Nil)
}

fn judged(run: &Run) -> (Vec<Operation>, Durability) {
    let operations = History::new(run.events.clone()).operations().unwrap();
    let found = Durability::of(&operations, &register()).unwrap();
    (operations, found)
}

/// The values of `operations` at these places.
fn values(operations: &[Operation], places: &[usize]) -> Vec<i64> {
    let value = |&place: &usize| {
        let operation = &operations[place];
        let value = if operation.f == Function::Read { &operation.output } else { &operation.input };
        if let Value::Int(value) = value { *value } else { 0 }
    };
    places.iter().map(value).collect()
}

#[test]
fn one_client_learns_the_truth() {
    thread_local!(static SEEN: Cell<[u64; 2]> = const { Cell::new([0; 2]) });
    fn property(Generated(run, last): Generated<1>) -> bool {
        let (operations, found) = judged(&run);
        // What was written late came after who knows what.
        if !run.late.is_empty() {
            return true;
        }
        // Values ascend in order of time. What the last read shows has survived.
        let gone = |value: i64| value > last && run.ever_forgotten.contains(&value);
        let all = |f: Function| {
            let places = 0..operations.len();
            let places =
                places.filter(|&place| operations[place].f == f && operations[place].outcome == Outcome::Ok);
            let places: Vec<usize> = places.collect();
            let values = values(&operations, &places);
            let gone =
                places.into_iter().zip(values).filter(|&(_, value)| gone(value)).map(|(place, _)| place);
            gone.collect::<Vec<usize>>()
        };
        let (lost, dirty) = (all(Function::Write), all(Function::Read));
        let mut seen = SEEN.get();
        seen[0] += u64::from(!lost.is_empty());
        seen[1] += u64::from(!dirty.is_empty());
        SEEN.set(seen);
        (found.lost, found.dirty, found.unread) == (lost, dirty, vec![])
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(4_000)
        .max_tests(4_000)
        .quickcheck(property as fn(Generated<1>) -> bool);
    let [lost, dirty] = SEEN.get();
    assert!(lost > 200 && dirty > 50, "{lost} lose something, {dirty} show it");
}

#[test]
fn several_clients_accuse_nobody_wrongly() {
    thread_local!(static SEEN: Cell<[u64; 4]> = const { Cell::new([0; 4]) });
    fn property(Generated(run, _): Generated<3>) -> bool {
        let (operations, found) = judged(&run);
        let lists = [&found.lost, &found.dirty, &found.late, &found.resurrected];
        let truths = [&run.ever_forgotten, &run.ever_forgotten, &run.late, &run.restored];
        let mut seen = SEEN.get();
        for (seen, list) in seen.iter_mut().zip(lists) {
            *seen += u64::from(!list.is_empty());
        }
        SEEN.set(seen);
        let is_true = |(list, truth): (&Vec<usize>, &Vec<i64>)| {
            values(&operations, list).iter().all(|value| truth.contains(value))
        };
        lists.into_iter().zip(truths).all(is_true)
            && found.failed_seen.is_empty()
            && found.unexpected.is_empty()
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(6_000)
        .max_tests(6_000)
        .quickcheck(property as fn(Generated<3>) -> bool);
    let seen = SEEN.get();
    assert!(seen[0] > 300 && seen[1] > 100 && seen[2] > 50 && seen[3] > 0, "{seen:?}");
}

/// A history of a register or a set, some of whose reads return what is not right, with one read after all else.
#[derive(Clone, Debug)]
struct Spoilt(Small);

impl Arbitrary for Spoilt {
    fn arbitrary(g: &mut Gen) -> Self {
        let model = *g.choose(&[ModelName::CasRegister, ModelName::CasRegister, ModelName::Set]).unwrap();
        let noise = [2, 5, 0][usize::arbitrary(g) % 3];
        let unique = model != ModelName::Set || bool::arbitrary(g);
        let mut small = Recipe { model, operations: 8, unique, noise }.cook(g);
        let seen = small
            .history
            .events
            .iter()
            .rev()
            .find(|event| event.f == Function::Read && event.kind == Kind::Ok);
        if let (Some(seen), true) = (seen.cloned(), bool::arbitrary(g)) {
            let invoke = Event { process: 1_000, kind: Kind::Invoke, value: Value::Nil, ..seen.clone() };
            small.history.events.extend([invoke, Event { process: 1_000, ..seen }]);
        }
        Spoilt(small)
    }
}

#[test]
fn nothing_is_wrong_with_what_is_linearizable() {
    thread_local!(static SEEN: Cell<[u64; 3]> = const { Cell::new([0; 3]) });
    fn property(Spoilt(Small { specification, history }): Spoilt) -> bool {
        let operations = history.operations().unwrap();
        let found = Durability::of(&operations, &specification).unwrap();
        let case = specification.case(&history, operations).unwrap();
        let is_linearizable = decide(&case, &mut Budget::UNLIMITED.clone()).verdict == Verdict::Valid;
        let is_wrong = found.verdict == Verdict::Invalid || !found.resurrected.is_empty();
        let mut seen = SEEN.get();
        seen[if is_linearizable { 0 } else { 1 + usize::from(is_wrong) }] += 1;
        SEEN.set(seen);
        !(is_linearizable && is_wrong)
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(8_000)
        .max_tests(8_000)
        .quickcheck(property as fn(Spoilt) -> bool);
    let [linearizable, other, wrong] = SEEN.get();
    let seen = format!("{linearizable} linearizable, of the others {other} durable and {wrong} not");
    assert!(linearizable > 2_000 && other > 50 && wrong > 500, "{seen}");
}

/// What is lost, unread, dirty, recovered, late and resurrected, word by word.
fn by_definition(operations: &[Operation], specification: &Specification) -> [Vec<usize>; 6] {
    let count = operations.len();
    let returned = |at: usize| operations[at].returned.map_or(i64::MAX, |index| index as i64);
    let invoked = |at: usize| operations[at].invoked as i64;
    let is = |at: usize, f: &Function, outcome| operations[at].f == *f && operations[at].outcome == outcome;
    let write_of = |value: &Value| {
        (0..count).find(|&at| {
            operations[at].f == Function::Write
                && operations[at].outcome != Outcome::Fail
                && operations[at].input == *value
        })
    };
    let begun = |value: &Value| match write_of(value) {
        _ if *value == specification.initial => -1,
        write => write.map_or(i64::MAX, invoked),
    };
    let shows = |at: usize| &operations[at].output;
    let reads: Vec<usize> = (0..count)
        .filter(|&at| is(at, &Function::Read, Outcome::Ok))
        .filter(|&at| !(shows(at).is_nil() && specification.nil_reads == NilReads::Unknown))
        .collect();
    let failed = |&&at: &&usize| {
        (0..count).any(|of| is(of, &Function::Write, Outcome::Fail) && operations[of].input == *shows(at))
            && begun(shows(at)) == i64::MAX
    };
    let mut dirty: Vec<usize> = reads.iter().filter(failed).copied().collect();
    let reads: Vec<usize> = reads.into_iter().filter(|&at| begun(shows(at)) <= returned(at)).collect();
    let settled = |value: &Value| {
        let write = write_of(value).filter(|&at| operations[at].outcome == Outcome::Ok).map(returned);
        let read = reads.iter().filter(|&&at| shows(at) == value).map(|&at| returned(at));
        if *value == specification.initial { -1 } else { read.chain(write).min().unwrap_or(i64::MAX) }
    };
    let acknowledged: Vec<usize> = (0..count).filter(|&at| is(at, &Function::Write, Outcome::Ok)).collect();
    let Some(&last) = reads.last() else { return [vec![], acknowledged, dirty, vec![], vec![], vec![]] };
    let deciding = reads.iter().filter(|&&at| returned(at) > invoked(last));
    let survivor = deciding.map(|&at| settled(shows(at))).max().unwrap();
    let is_gone = |value: &Value| begun(value) > survivor && settled(value) < invoked(last);
    dirty.extend(reads.iter().filter(|&&at| is_gone(shows(at))));
    dirty.sort_unstable();
    let seen = |at: usize| reads.iter().any(|&read| *shows(read) == operations[at].input);
    let lost = |&&at: &&usize| begun(&operations[at].input) > survivor && returned(at) < invoked(last);
    let unread = |&&at: &&usize| returned(at) > invoked(last) && !seen(at);
    let recovered: Vec<usize> =
        (0..count).filter(|&at| is(at, &Function::Write, Outcome::Info) && seen(at)).collect();
    let absent =
        |write: usize, read: usize| invoked(read) > returned(write) && settled(shows(read)) < invoked(write);
    let of =
        |write: usize| reads.iter().copied().filter(move |&read| *shows(read) == operations[write].input);
    let late = |&&write: &&usize| {
        reads.iter().any(|&read| absent(write, read) && of(write).all(|seen| invoked(seen) > returned(read)))
    };
    let resurrected = |&&write: &&usize| {
        reads.iter().any(|&read| {
            absent(write, read)
                && of(write).any(|seen| returned(seen) < invoked(read))
                && of(write).any(|seen| invoked(seen) > returned(read))
        })
    };
    [
        acknowledged.iter().filter(lost).copied().collect(),
        acknowledged.iter().filter(unread).copied().collect(),
        dirty,
        recovered.clone(),
        recovered.iter().filter(late).copied().collect(),
        recovered.iter().filter(resurrected).copied().collect(),
    ]
}

/// A history of a register of some length, where many writes are not answered and many reads are old.
#[derive(Clone, Debug)]
struct Longer(Small);

impl Arbitrary for Longer {
    fn arbitrary(g: &mut Gen) -> Self {
        let noise = [3, 8, 0][usize::arbitrary(g) % 3];
        let mut small = Recipe { model: ModelName::Register, operations: 30, unique: true, noise }.cook(g);
        let (old, mut written) = (1 + u64::arbitrary(g) % 3, vec![small.specification.initial.clone()]);
        for event in &mut small.history.events {
            match (event.kind, &event.f) {
                (Kind::Invoke, Function::Write) => written.push(event.value.clone()),
                (Kind::Ok, Function::Write) if u64::arbitrary(g).is_multiple_of(3) => event.kind = Kind::Info,
                (Kind::Ok, Function::Read) if u64::arbitrary(g).is_multiple_of(old) => {
                    let late = (usize::arbitrary(g) % 4).min(written.len() - 1);
                    event.value = written[written.len() - 1 - late].clone();
                }
                _ => {}
            }
        }
        Longer(small)
    }
}

#[test]
fn the_definitions_agree_word_by_word() {
    thread_local!(static SEEN: Cell<[u64; 6]> = const { Cell::new([0; 6]) });
    fn property(Longer(Small { specification, history }): Longer) -> bool {
        let operations = history.operations().unwrap();
        let found = Durability::of(&operations, &specification).unwrap();
        let expected = by_definition(&operations, &specification);
        let mut seen = SEEN.get();
        for (seen, list) in seen.iter_mut().zip(&expected) {
            *seen += u64::from(!list.is_empty());
        }
        SEEN.set(seen);
        [found.lost, found.unread, found.dirty, found.recovered, found.late, found.resurrected] == expected
    }
    QuickCheck::new()
        .rng(Gen::from_size_and_seed(100, 1))
        .tests(3_000)
        .max_tests(3_000)
        .quickcheck(property as fn(Longer) -> bool);
    let seen = SEEN.get();
    assert!(seen.iter().all(|&seen| seen > 10), "{seen:?}");
}
