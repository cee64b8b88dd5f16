//! Histories of a store with replicas that lag behind: sequentially consistent, and far from linearizable.

use super::{find, find_within};
use crate::base::Table;
use crate::check::{Budget, ModelName, Specification, Verdict};
use crate::history::{Event, Function, History, Kind, Value};

/// What histories are made of.
#[derive(Clone, Copy)]
struct Store {
    operations: usize,
    clients: u64,
    keys: u64,
    /// One operation in so many writes.
    writes: u64,
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

impl Store {
    /// All writes are in one log. A client reads from a prefix of it that grows now and then, and up to what
    /// it writes itself.
    fn history(self, seed: u64) -> History {
        let mut dice = Dice(seed);
        let mut log: Vec<(u64, i64)> = Vec::new();
        let mut seen: Vec<(usize, Table<u64, i64>)> = (0..self.clients).map(|_| (0, Table::new())).collect();
        let mut events = Vec::new();
        for number in 0..self.operations {
            let (client, key) = (dice.below(self.clients), dice.below(self.keys));
            let (until, values) = &mut seen[client as usize];
            let writes = dice.below(self.writes) == 0;
            if writes {
                log.push((key, number as i64));
            }
            let lag = if writes { 0 } else { dice.below(log.len() as u64 - *until as u64 + 1) };
            for &(key, value) in &log[*until..log.len() - lag as usize] {
                values.insert(key, value);
            }
            *until = log.len() - lag as usize;
            let read = values.get(&key).map_or(Value::Nil, |&value| value.into());
            let (f, asked) =
                if writes { (Function::Write, read.clone()) } else { (Function::Read, Value::Nil) };
            let event = |kind, value| {
                let key = Some((key as i64).into());
                Event { process: client, kind, f: f.clone(), key, value, time: None }
            };
            events.push(event(Kind::Invoke, asked));
            events.push(event(Kind::Ok, read));
        }
        History::new(events)
    }
}

fn register() -> Specification {
    Specification::new(ModelName::Register, Value::Nil)
}

/// The same, where the answer of a read in the middle is that of an earlier one of its client on its key, which
/// has seen another since.
fn spoilt(mut history: History) -> Option<History> {
    let middle = history.events.len() / 2;
    let is_answer = |event: &&Event| event.kind == Kind::Ok && event.f == Function::Read;
    for at in (middle..history.events.len()).filter(|&at| is_answer(&&history.events[at])) {
        let event = &history.events[at];
        let same = |other: &&Event| other.process == event.process && other.key == event.key;
        let mut earlier = history.events[..at].iter().filter(is_answer).filter(same).rev();
        if earlier.next().is_some_and(|last| last.value == event.value)
            && let Some(other) = earlier.find(|other| other.value != event.value)
        {
            history.events[at].value = other.value.clone();
            return Some(history);
        }
    }
    None
}

#[test]
fn unique_values_take_about_one_step_an_operation() {
    for (clients, keys, writes) in [(5, 1, 2), (5, 10, 2), (10, 3, 4), (10, 1_000, 3), (2, 2, 2)] {
        let store = Store { operations: 10_000, clients, keys, writes };
        let history = store.history(clients * keys);
        let mut budget = Budget::new(200_000, 1 << 26);
        let finding = find_within(&register(), &history, &mut budget);
        let told = format!("{clients} clients, {keys} keys, 1 of {writes} writes: {} left", budget.steps());
        assert_eq!(finding.expect(&told).verdict, Verdict::Valid, "{told}");
        if let Some(spoilt) = spoilt(history) {
            let finding = find_within(&register(), &spoilt, &mut Budget::new(4_000_000, 1 << 26));
            assert_eq!(finding.expect(&told).verdict, Verdict::Invalid, "{told}");
        }
    }
}

#[test]
#[ignore = "takes a while"]
fn a_hundred_thousand_operations_have_an_order() {
    let store = Store { operations: 100_000, clients: 10, keys: 20, writes: 3 };
    assert_eq!(find(&register(), &store.history(1)).verdict, Verdict::Valid);
}
