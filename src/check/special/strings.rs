//! Strings that grow, by replay.
//!
//! The search of Wing and Gong as they had it: depth first, with no memory of where it has been. What is got
//! is taken as soon as it is there (a way without it is a way from there), and of all else what returns first,
//! unless nobody would see the string that it leaves. Where strings are got now and then, hardly a step
//! is to be taken back, and the replay is over before a search with all its tables has been made ready. Where
//! it takes more than a few steps for each operation, it is given up and says nothing.
//!
//! Of an impossible history it replays prefixes, to find the shortest that is impossible.

use super::Ruling;
use crate::check::beginnings::{Beginning, Demanded};
use crate::check::judgement::{Impossible, Question};
use crate::check::linearizability::{Chronology, OpenList};
use crate::check::partition::{Entry, NEVER};
use crate::check::{Case, Partition};
use crate::history::{Function, Operation, Value};

pub(super) const ALGORITHM: &str = "replay of strings";

/// So many steps may be taken for each operation.
const STEPS: usize = 8;

pub(super) fn rule(case: &Case, partition: &Partition, question: Question, horizon: Option<usize>) -> Ruling {
    let Some(mut replay) = Replay::new(case, partition) else { return Ruling::Silent };
    let mut impossible = replay.acts.len();
    if horizon.is_some() {
        let returned = |done: &Entry| case.operations[done.source as usize].returned;
        impossible = replay.chronology.done.partition_point(|done| returned(done) < horizon);
        if impossible == 0 {
            return Ruling::Possible;
        }
    }
    match replay.run(impossible) {
        Some(true) => return Ruling::Possible,
        Some(false) if question == Question::Verdict => return Ruling::Between { possible: 0, impossible },
        Some(false) => {}
        None => return Ruling::Silent,
    }
    let mut stride = 1;
    while replay.furthest + 1 < impossible {
        // Near what is possible, where a replay that fails is likely to end.
        let possible = replay.furthest;
        let length = (possible + stride).min(usize::midpoint(possible, impossible));
        match replay.run(length) {
            Some(true) => stride *= 2,
            Some(false) => (impossible, stride) = (length, 1),
            None => return Ruling::Between { possible, impossible },
        }
    }
    let operation = replay.chronology.done[impossible - 1].source as usize;
    Ruling::Impossible(Impossible { operation, possible_before: impossible - 1, states: Vec::new() })
}

/// What is held; `None` for a string that nobody will see.
type State = Option<Beginning>;

/// What an operation does.
enum Act<'a> {
    Get(Beginning),
    Put(State),
    Append(&'a [u8]),
}

impl<'a> Act<'a> {
    /// The string that `operation` demands, if it does; `None` within if that is no string.
    fn demanded(operation: &Operation) -> Option<Option<Value>> {
        matches!(operation.f, Function::Get | Function::Read).then(|| match &operation.output {
            text @ Value::Text(_) => Some(text.clone()),
            Value::Nil => Some("".into()),
            _ => None,
        })
    }

    /// What `operation` does to strings, if it does something to strings.
    fn new(operation: &'a Operation, demanded: &Demanded) -> Option<Self> {
        let given = match (&operation.f, &operation.input, &operation.output) {
            (Function::Get | Function::Read, _, Value::Text(text)) => {
                return demanded.find(text.as_bytes()).map(Act::Get);
            }
            (Function::Get | Function::Read, _, _) => return demanded.find(b"").map(Act::Get),
            (_, Value::Text(text), _) => text.as_bytes(),
            (_, Value::Nil, _) => b"",
            _ => return None,
        };
        match operation.f {
            Function::Put | Function::Write => Some(Act::Put(demanded.find(given))),
            Function::Append => Some(Act::Append(given)),
            _ => None,
        }
    }
}

/// An operation that was taken.
struct Taken {
    operation: u32,
    before: State,
    is_forced: bool,
}

struct Replay<'a> {
    chronology: Chronology,
    /// In order of return.
    acts: Vec<Act<'a>>,
    demanded: Demanded,
    list: OpenList,
    trail: Vec<Taken>,
    callable: Vec<u32>,
    /// The length of the longest prefix known to be possible.
    furthest: usize,
}

impl<'a> Replay<'a> {
    fn new(case: &'a Case, partition: &Partition) -> Option<Self> {
        // What never returned may happen at too many times.
        if partition.entries.iter().any(|entry| entry.ret == NEVER) {
            return None;
        }
        let operation = |entry: &Entry| &case.operations[entry.source as usize];
        let mut demanded = Vec::with_capacity(partition.entries.len());
        for entry in &partition.entries {
            if let Some(text) = Act::demanded(operation(entry)) {
                demanded.push(text?);
            }
        }
        let demanded = Demanded::new(demanded);
        let chronology = Chronology::new(&partition.entries, partition.end);
        let mut acts = Vec::with_capacity(chronology.done.len());
        for done in &chronology.done {
            acts.push(Act::new(operation(done), &demanded)?);
        }
        let list = OpenList::default();
        let (trail, callable) = (Vec::with_capacity(acts.len()), Vec::with_capacity(16));
        Some(Replay { chronology, acts, demanded, list, trail, callable, furthest: 0 })
    }

    /// The calls and returns of the prefix with `length` returns. What has not returned then can be taken, as
    /// if it returned after all others; and need not be, so that nobody asks what a get saw.
    fn list(&self, length: usize) -> OpenList {
        let (order, count) = (&self.chronology.order, self.acts.len());
        if length == count {
            return OpenList::new(order.iter().copied(), count);
        }
        let last = order.iter().position(|&entry| entry as usize + 1 == 2 * length);
        let prefix = order.iter().copied().take(last.map_or(0, |last| last + 1));
        let open = prefix.clone().filter(|&entry| entry as usize / 2 >= length).map(|call| call + 1);
        OpenList::new(prefix.chain(open), count)
    }

    /// Whether the prefix with `length` returns has a legal order; `None` if it takes too long to tell.
    fn run(&mut self, length: usize) -> Option<bool> {
        self.list = self.list(length);
        self.trail.clear();
        let (mut state, mut last) = (self.demanded.find(b""), None);
        let mut callable = std::mem::take(&mut self.callable);
        for _ in 0..STEPS * (length + 8) {
            let first = self.list.callable(&mut callable).map_or(length, |first| first as usize);
            self.furthest = self.furthest.max(first.min(length));
            if first >= length {
                self.callable = callable;
                return Some(true);
            }
            let got = |&&operation: &&u32| matches!(self.acts[operation as usize], Act::Get(is) if Some(is) == state);
            if last.is_none()
                && let Some(&operation) = callable.iter().find(got)
            {
                self.take(operation, state, true);
                continue;
            }
            let next = callable.iter().filter_map(|&operation| self.rank(operation, state));
            match next.filter(|&rank| last.is_none_or(|last| rank > last)).min() {
                Some((_, operation)) => {
                    let after = self.after(operation, state);
                    self.take(operation, state, false);
                    (state, last) = (after, None);
                }
                None => {
                    let Some(undone) = self.undo() else { return Some(false) };
                    state = undone.before;
                    last = self.rank(undone.operation, state);
                }
            }
        }
        None
    }

    fn take(&mut self, operation: u32, before: State, is_forced: bool) {
        self.list.lift(operation);
        self.trail.push(Taken { operation, before, is_forced });
    }

    /// Takes back all up to the last operation for which there was a choice.
    fn undo(&mut self) -> Option<Taken> {
        while let Some(taken) = self.trail.pop() {
            self.list.put_back(taken.operation);
            if !taken.is_forced {
                return Some(taken);
            }
        }
        None
    }

    /// In which order to try what changes the string, if `operation` does.
    fn rank(&self, operation: u32, state: State) -> Option<(bool, u32)> {
        let is_change = !matches!(self.acts[operation as usize], Act::Get(_));
        is_change.then(|| (self.after(operation, state).is_none(), operation))
    }

    /// What `operation`, which gets nothing, leaves.
    fn after(&self, operation: u32, state: State) -> State {
        match self.acts[operation as usize] {
            Act::Get(_) => state,
            Act::Put(leaves) => leaves,
            Act::Append(piece) => self.demanded.append(state?, piece),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use quickcheck::{Arbitrary, Gen, QuickCheck};

    use super::*;
    use crate::check::brute_force::{Mistake, Recipe, Small, first_impossible};
    use crate::check::{Budget, ModelName, Verdict, decide, judge};

    /// A small history of strings.
    #[derive(Clone, Debug)]
    struct Strings(Small);

    impl Arbitrary for Strings {
        fn arbitrary(g: &mut Gen) -> Self {
            let (unique, noise) = (bool::arbitrary(g), 2 + u64::arbitrary(g) % 8);
            Strings(Recipe { model: ModelName::Kv, operations: 8, unique, noise }.cook(g))
        }
    }

    fn agree(cases: u64) {
        thread_local!(static SEEN: Cell<[u64; 2]> = const { Cell::new([0; 2]) });
        fn property(Strings(small): Strings) -> bool {
            let operations = small.history.operations().unwrap();
            let case = small.specification.case(&small.history, operations.clone()).unwrap();
            let report = judge(&case, &mut Budget::UNLIMITED.clone());
            let is_invalid = report.verdict == Verdict::Invalid;
            if report.algorithm == ALGORITHM {
                let mut seen = SEEN.get();
                seen[usize::from(is_invalid)] += 1;
                SEEN.set(seen);
            }
            let verdict = decide(&case, &mut Budget::UNLIMITED.clone()).verdict;
            let first = report.first_impossible.map(|first| first.index);
            first == first_impossible(&small.specification, &operations, Mistake::None)
                && verdict == report.verdict
                && is_invalid == first.is_some()
        }
        QuickCheck::new()
            .rng(Gen::from_size_and_seed(100, 1))
            .tests(cases)
            .max_tests(cases)
            .quickcheck(property as fn(Strings) -> bool);
        let [valid, invalid] = SEEN.get();
        assert!(valid > cases / 50 && invalid > cases / 50, "{valid} valid, {invalid} invalid");
    }

    #[test]
    fn replays_agree_with_the_oracle() {
        agree(5_000);
    }

    #[test]
    #[ignore = "takes minutes"]
    fn replays_agree_with_the_oracle_on_many() {
        agree(300_000);
    }
}
