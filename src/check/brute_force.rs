//! A judge that is too simple to be wrong, for tests: it tries every order of the operations,
//! without memo or prunings, and says the meaning of each operation in its own words.
//!
//! Small histories of every model, made by clients of an object of their own, so that most results
//! are right; some are then replaced, so that many histories are not.

use quickcheck::{Arbitrary, Gen};

use super::{ModelName, NilReads, Specification};
use crate::history::{Event, Function, History, Kind, Operation, Outcome, Value};

/// What a mistaken oracle gets wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mistake {
    None,
    /// Operations may be ordered against real time.
    RealTime,
    /// Pending operations never happen.
    PendingNever,
    /// Failed operations may have happened.
    FailedMaybe,
    /// Answers are not looked at.
    Answers,
}

/// What `f` with `input` does in `state`: the state afterwards and the answer. `None` if it fails.
fn apply(name: ModelName, first: &Value, state: &Value, f: &str, input: &Value) -> Option<(Value, Value)> {
    let list = || if let Value::List(list) = state { list.to_vec() } else { Vec::new() };
    let text = |v: &Value| if let Value::Text(text) = v { text.to_string() } else { String::new() };
    Some(match (name, f) {
        (ModelName::Counter, "read") => (state.clone(), state.clone()),
        (ModelName::Counter, _) => {
            let (Value::Int(a), Value::Int(b)) = (state, input) else { unreachable!() };
            (Value::Int(a + b), Value::Nil)
        }
        (ModelName::Set, "read") => (state.clone(), state.clone()),
        (ModelName::Set, _) => {
            let mut all = list();
            all.push(input.clone());
            all.sort();
            all.dedup();
            (all.into(), Value::Nil)
        }
        (ModelName::FifoQueue | ModelName::Stack, "enqueue" | "push") => {
            let mut all = list();
            all.push(input.clone());
            (all.into(), Value::Nil)
        }
        (ModelName::FifoQueue | ModelName::Stack, _) => {
            let mut all = list();
            let last = f == "pop" && !all.is_empty();
            let at = if last { all.len() - 1 } else { 0 };
            let taken = if all.is_empty() { Value::Nil } else { all.remove(at) };
            (all.into(), taken)
        }
        (ModelName::Mutex | ModelName::FencedLock, _) => {
            let Value::Int(token) = *state else { unreachable!() };
            // Even while free, odd while held; the half is the least last token.
            match (f, token.rem_euclid(2)) {
                ("acquire", 0) => (Value::Int(token + 3), Value::Int(token.div_euclid(2) + 1)),
                ("release", 1) => (Value::Int(token - 1), Value::Nil),
                _ => return None,
            }
        }
        (ModelName::Consensus, _) => {
            let decided = if state.is_nil() { input } else { state };
            (decided.clone(), decided.clone())
        }
        (ModelName::MultiRegister, _) => return transact(first, state, input),
        (ModelName::Kv, "append") => ((text(state) + &text(input)).as_str().into(), Value::Nil),
        (_, "read" | "get") => (state.clone(), state.clone()),
        (_, "cas") => {
            let (old, new) = input.as_pair()?;
            (old == state).then(|| (new.clone(), input.clone()))?
        }
        _ => (input.clone(), Value::Nil),
    })
}

/// The registers are a list of pairs.
fn transact(first: &Value, state: &Value, parts: &Value) -> Option<(Value, Value)> {
    let items = |v: &Value| if let Value::List(list) = v { list.to_vec() } else { Vec::new() };
    let (mut state, mut answers) = (items(state), Vec::new());
    for part in items(parts) {
        let [f, register, value] = &items(&part)[..] else { return None };
        let at = state.iter().position(|pair| items(pair)[0] == *register);
        if *f == Value::from("w") {
            at.map(|at| state.remove(at));
            state.push(Value::pair(register.clone(), value.clone()));
            answers.push(part);
        } else {
            let value = at.map_or(first.clone(), |at| items(&state[at])[1].clone());
            answers.push(vec![f.clone(), register.clone(), value].into());
        }
    }
    Some((state.into(), answers.into()))
}

struct Oracle<'a> {
    specification: &'a Specification,
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
        let takes_part = |o: &&Operation| {
            let happened = o.outcome != Outcome::Fail || self.mistake == Mistake::FailedMaybe;
            happened && o.invoked < self.horizon
        };
        let left: Vec<&Operation> = self.operations.iter().filter(takes_part).collect();
        self.search(&left, &beginning(self.specification))
    }

    fn search(&self, left: &[&Operation], state: &Value) -> bool {
        if left.iter().all(|o| self.returned(o).is_none()) {
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
        let Specification { model, initial, nil_reads } = self.specification;
        let f = operation.f.name();
        let (after, answer) = apply(*model, initial, state, f, &operation.input)?;
        let asks = matches!(f, "read" | "get" | "dequeue" | "pop" | "propose" | "txn" | "acquire");
        if self.returned(operation).is_none() || !asks || self.mistake == Mistake::Answers {
            return Some(after);
        }
        let seen = &operation.output;
        match (model, f, seen) {
            (ModelName::Mutex, ..) => Some(after),
            (ModelName::FencedLock, _, Value::Int(token)) => {
                let Value::Int(least) = answer else { unreachable!() };
                (*token >= least).then_some(Value::Int(2 * token + 1))
            }
            (ModelName::Counter | ModelName::Set, _, Value::Nil) => Some(after),
            (_, "read" | "get", Value::Nil) if *nil_reads == NilReads::Unknown => Some(after),
            (ModelName::MultiRegister, _, Value::List(seen)) => {
                let Value::List(right) = answer else { unreachable!() };
                let unknown = |part: &Value| {
                    let Value::List(fields) = part else { return false };
                    fields[2].is_nil() && *nil_reads == NilReads::Unknown
                };
                seen.iter().zip(&*right).all(|(a, b)| a == b || unknown(a)).then_some(after)
            }
            (ModelName::Kv, _, Value::Nil) => (answer == "".into()).then_some(after),
            _ => (answer == *seen).then_some(after),
        }
    }
}

fn beginning(specification: &Specification) -> Value {
    match (specification.model, &specification.initial) {
        (ModelName::Counter | ModelName::Mutex, Value::Nil) => Value::Int(0),
        // Any token may be the first.
        (ModelName::FencedLock, Value::Nil) => Value::Int(-1_000),
        (ModelName::Kv, Value::Nil) => "".into(),
        (ModelName::MultiRegister, _) => Value::from(Vec::new()),
        (ModelName::Set | ModelName::FifoQueue | ModelName::Stack, Value::Nil) => Value::from(Vec::new()),
        (_, initial) => initial.clone(),
    }
}

/// The event that ends the shortest impossible prefix.
pub(super) fn first_impossible(
    specification: &Specification,
    operations: &[Operation],
    mistake: Mistake,
) -> Option<usize> {
    let mut returns: Vec<usize> = operations.iter().filter_map(|o| o.returned).collect();
    returns.sort_unstable();
    let impossible =
        |&at: &usize| !Oracle { specification, operations, horizon: at + 1, mistake }.is_possible();
    returns.into_iter().find(impossible)
}

/// A small history of one object, and the object.
#[derive(Clone, Debug)]
pub(super) struct Small {
    pub(super) specification: Specification,
    pub(super) history: History,
}

/// How small histories are made.
#[derive(Clone, Copy)]
pub(super) struct Recipe {
    pub(super) model: ModelName,
    /// How many operations at most.
    pub(super) operations: u64,
    /// Whether no value is given twice to what takes values.
    pub(super) unique: bool,
    /// One result in so many is replaced, or so; 0 for none.
    pub(super) noise: u64,
}

impl Recipe {
    /// A history made by it.
    pub(super) fn cook(self, g: &mut Gen) -> Small {
        let mut below = |limit: u64| u64::arbitrary(g) % limit;
        let initial =
            if below(2) == 0 || self.model != ModelName::CasRegister { Value::Nil } else { Value::Int(0) };
        let mut specification = Specification::new(self.model, initial);
        if below(4) == 0 {
            specification.nil_reads = [NilReads::Absent, NilReads::Unknown][below(2) as usize];
        }
        let most = self.operations.max(3);
        let (size, domain, clients) = (2 + below(most - 1), 1 + below(4), 1 + below(5));
        let crash = [20, 8, 3][below(3) as usize];
        let mut kitchen = Kitchen { recipe: self, domain, given: 0, below: &mut below };
        let events = kitchen.events(&specification, size, clients, crash);
        Small { specification, history: History::new(events) }
    }
}

struct Kitchen<'a, F: FnMut(u64) -> u64> {
    recipe: Recipe,
    domain: u64,
    given: i64,
    below: &'a mut F,
}

impl<F: FnMut(u64) -> u64> Kitchen<'_, F> {
    fn value(&mut self) -> Value {
        self.given += 1;
        let number = if self.recipe.unique { self.given } else { (self.below)(self.domain) as i64 };
        if self.recipe.model == ModelName::Kv {
            ["a", "b", "ab", "c", "d", "e", "f", "g", "h", "i"][number as usize % 10].into()
        } else {
            number.into()
        }
    }

    fn input(&mut self, f: &str) -> Value {
        match f {
            "read" | "get" | "dequeue" | "pop" | "acquire" | "release" => Value::Nil,
            // The old value is one of the last that were given, or any that was, or will be.
            "cas" if self.recipe.unique => {
                let from = if (self.below)(4) > 0 { (self.given - 2).max(0) } else { 0 };
                let old = from + (self.below)((self.given - from) as u64 + 2) as i64;
                Value::pair(old.into(), self.value())
            }
            "cas" => Value::pair(self.value(), self.value()),
            "txn" => {
                let count = 1 + (self.below)(3);
                let part = |kitchen: &mut Self| {
                    let f = ["r", "w"][(kitchen.below)(2) as usize];
                    let register = ["x", "y"][(kitchen.below)(2) as usize];
                    let value = if f == "r" { Value::Nil } else { kitchen.value() };
                    Value::from(vec![f.into(), register.into(), value])
                };
                (0..count).map(|_| part(self)).collect::<Vec<_>>().into()
            }
            _ => self.value(),
        }
    }

    /// Clients act one step at a time: invoke, apply, return.
    fn events(&mut self, specification: &Specification, size: u64, clients: u64, crash: u64) -> Vec<Event> {
        let (model, first) = (specification.model, &specification.initial);
        let mut open: Vec<Option<(Event, bool)>> = vec![None; clients as usize];
        let mut process: Vec<u64> = (0..clients).collect();
        let (mut state, mut events, mut invoked) = (beginning(specification), Vec::new(), 0);
        if model == ModelName::FencedLock {
            state = Value::Int(0);
        }
        while invoked < size || open.iter().any(Option::is_some) {
            let client = (self.below)(clients) as usize;
            let Some((event, applied)) = &mut open[client] else {
                if invoked < size {
                    let functions = model.functions();
                    let f = functions[(self.below)(functions.len() as u64) as usize];
                    let (process, kind, value) = (process[client], Kind::Invoke, self.input(f));
                    let f = Function::parse(f);
                    let event = Event { process, kind, f, key: None, value, time: None };
                    events.push(event.clone());
                    open[client] = Some((event, false));
                    invoked += 1;
                }
                continue;
            };
            if !*applied && (self.below)(crash) > 0 {
                *applied = true;
                event.kind = Kind::Ok;
                match apply(model, first, &state, event.f.name(), &event.value) {
                    Some((after, answer)) => {
                        state = after;
                        event.value = if answer.is_nil() { event.value.clone() } else { answer };
                        self.spoil(event);
                    }
                    None => event.kind = Kind::Fail,
                }
            } else if let Some((mut event, applied)) = open[client].take() {
                if !applied || (self.below)(crash) == 0 {
                    event.kind = Kind::Info;
                    process[client] += clients;
                }
                // Some never return at all.
                if event.kind != Kind::Info || (self.below)(2) == 0 {
                    events.push(event);
                }
            }
        }
        events
    }

    /// A part of a transaction with another answer, if it is a read.
    fn reread(&mut self, part: &Value) -> Value {
        match part {
            Value::List(fields) if fields[0] == "r".into() => {
                let value = (self.below)(self.domain.max(self.given as u64)) as i64;
                vec![fields[0].clone(), fields[1].clone(), value.into()].into()
            }
            _ => part.clone(),
        }
    }

    /// Replaces the result, now and then.
    fn spoil(&mut self, event: &mut Event) {
        let noise = self.recipe.noise;
        if noise == 0 {
            return;
        }
        if (self.below)(noise) == 0 {
            event.value = match (event.f.name(), &event.value) {
                ("read" | "get" | "dequeue" | "pop", Value::List(list)) if !list.is_empty() => {
                    list[1..].to_vec().into()
                }
                ("read", Value::List(_)) => Value::from(vec![1.into()]),
                ("read" | "get" | "dequeue" | "pop", _) if (self.below)(4) == 0 => Value::Nil,
                ("read" | "get", Value::Text(text)) => text.get(1..).unwrap_or("a").into(),
                ("read" | "get" | "dequeue" | "pop" | "propose", _) => {
                    Value::Int((self.below)(self.domain.max(self.given as u64) + 1) as i64)
                }
                ("txn", Value::List(parts)) => {
                    parts.iter().map(|part| self.reread(part)).collect::<Vec<_>>().into()
                }
                ("acquire", Value::Int(token)) => Value::Int(token - 1 + (self.below)(3) as i64),
                (_, other) => other.clone(),
            };
        }
        if (self.below)(noise * 3) == 0 {
            event.kind = [Kind::Ok, Kind::Fail][(self.below)(2) as usize];
        }
    }
}
