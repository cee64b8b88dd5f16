//! The judge that takes events as they happen against the one that sees the whole.

use quickcheck::{Arbitrary, Gen};

use super::*;
use crate::check::brute_force::{Recipe, Small};
use crate::check::{Budget, Case, FifoQueue, Kv, ModelName, Register, Specification, Stack, judge};
use crate::history::{Function, History};

/// The first impossible operation, and how many events wait at most.
fn online<M: Model>(model: &M, history: &History) -> (Option<usize>, usize) {
    let mut judge = Online::new(model);
    let (mut first, mut waiting) = (None, 0);
    for event in &history.events {
        let found = judge.push(event).unwrap();
        first = first.or(found);
        waiting = waiting.max(judge.objects.iter().map(|object| object.waiting.len()).sum());
    }
    let first = first.or(judge.finish()).map(|first| first.index);
    assert_eq!(judge.verdict() == Verdict::Invalid, first.is_some());
    (first, waiting)
}

fn whole(case: &Case) -> Option<usize> {
    judge(case, &mut Budget::UNLIMITED.clone()).first_impossible.map(|first| first.index)
}

fn small(model: ModelName, g: &mut Gen) -> Small {
    let noise = if bool::arbitrary(g) { 0 } else { 12 };
    let operations = if model == ModelName::CasRegister { 24 } else { 10 };
    Recipe { model, operations, unique: bool::arbitrary(g), noise }.cook(g)
}

/// What a register's operations do is known from their calls, so that the first impossible one is too.
#[test]
fn registers_are_judged_alike() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let mut invalid = 0;
    for round in 0..2_000 {
        let small = small([ModelName::Register, ModelName::CasRegister][round % 2], &mut g);
        let Specification { model, initial, nil_reads } = small.specification.clone();
        let register = Register { name: model, initial, nil_reads };
        let expected = whole(&Case::new(&small.history, &register).unwrap());
        assert_eq!(online(&register, &small.history).0, expected, "{small:?}");
        invalid += u32::from(expected.is_some());
    }
    assert!(invalid > 80, "{invalid}");
}

/// Of others, the verdict is.
#[test]
fn other_objects_get_the_same_verdict() {
    fn agree<M: Model>(model: &M, small: &Small) -> bool {
        let expected = whole(&Case::new(&small.history, model).unwrap());
        let found = online(model, &small.history).0;
        assert_eq!(found.is_some(), expected.is_some(), "{small:?}");
        assert!(found <= expected, "{small:?}");
        found.is_some()
    }
    let mut g = Gen::from_size_and_seed(100, 1);
    let mut invalid = [0; 3];
    for _ in 0..600 {
        let kv = small(ModelName::Kv, &mut g);
        invalid[0] += u32::from(agree(&Kv::new(&kv.specification.initial, kv.specification.nil_reads), &kv));
        let (queue, stack) = (small(ModelName::FifoQueue, &mut g), small(ModelName::Stack, &mut g));
        invalid[1] += u32::from(agree(&FifoQueue::new(&Value::Nil).unwrap(), &queue));
        invalid[2] += u32::from(agree(&Stack::new(&Value::Nil).unwrap(), &stack));
    }
    assert!(invalid.iter().all(|&invalid| invalid > 10), "{invalid:?}");
}

/// Several objects at once, each with its own clients.
fn woven(g: &mut Gen) -> (Register, History) {
    let recipe =
        Recipe { model: ModelName::CasRegister, operations: 8, unique: bool::arbitrary(g), noise: 6 };
    let smalls: Vec<Small> = (0..3).map(|_| recipe.cook(g)).collect();
    let Specification { model, initial, nil_reads } = smalls[0].specification.clone();
    let mut sources: Vec<_> = smalls.into_iter().map(|small| small.history.events.into_iter()).collect();
    let mut events = Vec::new();
    while sources.iter().any(|source| source.len() > 0) {
        let key = usize::arbitrary(g) % sources.len();
        // Some run ahead: what is judged of one may be late for another.
        let some = sources[key].by_ref().take(1 + usize::arbitrary(g) % 4);
        events.extend(some.map(|event| Event {
            process: 3 * event.process + key as u64,
            key: Some((key as i64).into()),
            ..event
        }));
    }
    (Register { name: model, initial, nil_reads }, History::new(events))
}

/// What is told as the first impossible operation stays it, whatever comes after: in the history as far
/// as it went, and in the whole.
#[test]
fn what_stops_a_run_is_the_first_of_all_objects() {
    let mut g = Gen::from_size_and_seed(100, 1);
    let (mut stopped, mut at_once) = (0, 0);
    for _ in 0..2_000 {
        let (register, history) = woven(&mut g);
        let expected = whole(&Case::new(&history, &register).unwrap());
        let mut judge = Online::new(&register);
        let found = history
            .events
            .iter()
            .enumerate()
            .find_map(|(at, event)| judge.push(event).unwrap().map(|first| (at, first.index)));
        let Some((at, first)) = found else {
            assert_eq!(judge.finish().map(|first| first.index), expected, "{history:?}");
            continue;
        };
        assert_eq!(Some(first), expected, "{history:?}");
        let so_far = History::new(history.events[..=at].to_vec());
        assert_eq!(whole(&Case::new(&so_far, &register).unwrap()), expected, "{history:?}");
        stopped += 1;
        at_once += u32::from(at == first);
    }
    assert!(stopped > 300 && at_once > 30 && at_once < stopped, "{stopped} stopped, {at_once} at once");
}

/// Two clients that overlap for ever, and write what nobody wrote before.
fn long(operations: i64) -> History {
    let event = |process, kind, f, value| Event { process, kind, f, key: None, value, time: None };
    let mut events = Vec::new();
    for i in 0..operations {
        events.push(event(0, Kind::Invoke, Function::Write, i.into()));
        if i > 0 {
            events.push(event(1, Kind::Ok, Function::Read, (i - 1).into()));
        }
        events.push(event(1, Kind::Invoke, Function::Read, Value::Nil));
        events.push(event(0, Kind::Ok, Function::Write, i.into()));
    }
    History::new(events)
}

#[test]
fn memory_is_bounded_by_what_is_open() {
    let register = Register::default();
    let mut judge = Online::new(&register);
    for event in &long(100_000).events {
        assert_eq!(judge.push(event).unwrap(), None);
        assert!(judge.objects[0].waiting.len() < 10);
    }
    let bytes = judge.objects[0].judge.bytes();
    assert!(bytes < 2 << 20, "{bytes}");
}

#[test]
fn a_run_can_stop_at_once() {
    let mut history = long(50);
    history.events[40].value = 3.into();
    let mut judge = Online::new(&Register::default());
    let at = history.events.iter().position(|event| judge.push(event).unwrap().is_some());
    // The write that was open beside it had to return.
    assert!(at.is_some_and(|at| (40..44).contains(&at)), "{at:?}");
    assert_eq!(judge.verdict(), Verdict::Invalid);
}

#[test]
fn contradictions_are_refused() {
    let event = |kind| Event { process: 1, kind, f: Function::Write, key: None, value: 1.into(), time: None };
    let mut judge = Online::new(&Register::default());
    assert_eq!(judge.push(&event(Kind::Ok)).unwrap_err().line, 1);
    assert!(judge.push(&event(Kind::Invoke)).is_ok());
    assert_eq!(judge.push(&event(Kind::Invoke)).unwrap_err().line, 3);
    let other = Event { f: Function::Read, ..event(Kind::Ok) };
    assert!(judge.push(&other).unwrap_err().message.contains("returns from `read` instead of `write`"));
}

/// A judge by name is that of the model.
#[test]
fn a_model_is_judged_by_its_name() {
    let consensus = Specification::new(ModelName::Consensus, Value::Nil);
    let propose = |process, kind, key: &str, value: i64| Event {
        process,
        kind,
        f: Function::Propose,
        key: Some(key.into()),
        value: value.into(),
        time: None,
    };
    let mut judge = consensus.online(1 << 10).unwrap();
    let mut found = Vec::new();
    for (process, key, proposed, decided) in [(0, "a", 1, 1), (1, "b", 2, 2), (0, "b", 3, 2), (1, "a", 4, 4)]
    {
        judge.push(&propose(process, Kind::Invoke, key, proposed)).unwrap();
        found.extend(judge.push(&propose(process, Kind::Ok, key, decided)).unwrap());
    }
    assert_eq!(found.iter().map(|first| first.index).collect::<Vec<_>>(), [7]);
}
