//! A history made ready for judging, split by object.
//!
//! Linearizability is local (Herlihy & Wing 1990, theorem 1): a history is linearizable if and only
//! if its part on each object is. So each key is judged on its own, and cheaply.
//!
//! Dropped here, since they neither constrain nor help:
//! * failed operations, which did not happen;
//! * operations that demand nothing and change nothing (reads whose result nobody knows), which are
//!   legal anywhere;
//! * operations that never returned and change nothing.

use super::erased::{Deed, Erased, States};
use super::model::{Effect, Model, Structure};
use super::numbering::{NONE, Numbering, StateId};
use super::report::{FirstImpossible, Report};
use super::{Impossible, Judgement, timeline};
use crate::base::Table;
use crate::history::{Counts, Function, History, HistoryError, Operation, Outcome, Value};

/// In place of the guard of an operation whose effect the model computes.
pub(super) const COMPUTE: StateId = u32::MAX - 1;
/// When an operation ends that may happen at any later time, or never.
pub(super) const NEVER: u32 = u32::MAX;

/// One operation of a partition: what it demands and leaves, when it was called and when it returned.
/// Times count the events of the partition alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// When it was invoked.
    pub call: u32,
    /// When it returned, or [`NEVER`].
    pub ret: u32,
    /// The state it demands, [`NONE`] or [`COMPUTE`]. This stands for a state too where the model computes
    /// other operations, and nobody needs the states.
    pub guard: StateId,
    /// The state it leaves, or [`NONE`] if that stays as it was.
    pub leaves: StateId,
    /// Its index in the operations of the case.
    pub source: u32,
}

/// The operations on one object.
#[derive(Clone, Debug)]
pub struct Partition {
    /// The object; `None` in a history without keys.
    pub key: Option<Value>,
    /// What constrains or helps, in order of invocation.
    pub(super) entries: Vec<Entry>,
    /// Where the names of its states are, by number; the first is the initial one. None where nobody needs
    /// them.
    pub(super) states: Vec<u32>,
    /// Whether any effect is computed.
    pub(super) computes: bool,
    /// One more than the last time.
    pub(super) end: u32,
}

/// How many operations are sorted between two looks at whether to go on: less than a tenth of a second.
const PORTION: usize = 1 << 16;

/// A history made ready for judging.
#[derive(Debug)]
pub struct Case {
    /// One part for each object, in order of appearance. None where the sorting was broken off.
    pub partitions: Vec<Partition>,
    /// How the operations ended.
    pub counts: Counts,
    /// Whether all operations were sorted.
    is_sorted: bool,
    constrains: bool,
    pub(super) operations: Vec<Operation>,
    pub(super) model: Box<dyn Erased>,
}

impl Case {
    /// Pairs the events of `history`, asks `model` what the operations do, and splits them by key.
    ///
    /// # Errors
    /// Events that contradict one another, or an operation that the model does not have.
    pub fn new<M: Model>(history: &History, model: &M) -> Result<Self, HistoryError> {
        Case::of(history, history.operations()?, model)
    }

    /// Asks `model` what `operations` do, which are those of `history`, and splits them by key.
    ///
    /// # Errors
    /// An operation that the model does not have.
    pub fn of<M: Model>(
        history: &History,
        operations: Vec<Operation>,
        model: &M,
    ) -> Result<Self, HistoryError> {
        Case::erased(history, operations, Box::new(model.clone()), &|| true)
    }

    /// The same for any model, compiled once; and for as long as `goes_on` says so, which is asked between
    /// portions of the operations.
    pub(super) fn erased(
        history: &History,
        operations: Vec<Operation>,
        model: Box<dyn Erased>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Self, HistoryError> {
        let wrong = |operation: &Operation, message| history.wrong(operation.invoked, message);
        if let Some(last) = operations.last().filter(|_| history.events.len() >= COMPUTE as usize / 2) {
            return Err(wrong(last, "a history has two thousand million events at most".into()));
        }
        let mut sorting = Sorting::new(&*model, operations.len());
        for (portion, some) in operations.chunks(PORTION).enumerate() {
            if portion > 0 && !goes_on() {
                drop(sorting);
                let (partitions, counts) = (Vec::new(), Outcome::count(&operations));
                return Ok(Case {
                    partitions,
                    counts,
                    is_sorted: false,
                    constrains: true,
                    operations,
                    model,
                });
            }
            for (index, operation) in (portion * PORTION..).zip(some) {
                sorting.add(index as u32, operation).map_err(|message| wrong(operation, message))?;
            }
        }
        let Sorting { mut partitions, counts, constrains, names, is_opaque, .. } = sorting;
        if partitions.len() > 1 {
            number_times(&mut partitions, history.events.len());
            number_states(partitions.iter_mut().filter(|one| !(is_opaque && one.computes)), &names);
        } else if let [only] = &mut partitions[..] {
            only.states = names;
        }
        Ok(Case { partitions, counts, is_sorted: true, constrains, operations, model })
    }

    /// Whether any completed operation demands something. If none does, every order is legal.
    pub fn constrains(&self) -> bool {
        self.constrains
    }

    /// The places of the partitions, those with the fewest operations first: who needs no more than one
    /// impossible partition is likely to have it sooner so.
    pub fn shortest_first(&self) -> Vec<usize> {
        let sized = self.partitions.iter().enumerate();
        let mut places: Vec<(u32, u32)> =
            sized.map(|(place, partition)| (partition.entries.len() as u32, place as u32)).collect();
        places.sort_unstable();
        places.into_iter().map(|(_, place)| place as usize).collect()
    }

    /// The index among the events of the history of the completion that `judgement` blames, if any.
    pub fn end_of_possible(&self, judgement: &Judgement) -> Option<usize> {
        self.operations[judgement.impossible.as_ref()?.operation].returned
    }

    /// The report on the whole, from a judgement for each of [`Case::partitions`], in their order.
    pub fn report(&self, judgements: Vec<Judgement>) -> Report {
        assert_eq!(judgements.len(), self.partitions.len(), "one judgement for each partition");
        let mut report = Report::new(self.counts, self.partitions.len(), self.constrains);
        if !self.is_sorted {
            let note = Some("time was up before the operations were sorted by key".to_owned());
            report.add(None, &Judgement { note, ..Judgement::undecided() });
        }
        let mut first: Option<(Option<usize>, &Partition, Impossible)> = None;
        for (partition, judgement) in self.partitions.iter().zip(judgements) {
            report.add(partition.key.as_ref(), &judgement);
            if let Some(impossible) = judgement.impossible {
                let returned = self.operations[impossible.operation].returned;
                if first.as_ref().is_none_or(|(before, ..)| returned < *before) {
                    first = Some((returned, partition, impossible));
                }
            }
        }
        if let Some((_, partition, impossible)) = first {
            let culprit = &self.operations[impossible.operation];
            let beside = |o: &&Operation| self.model.part(o) == partition.key.as_ref();
            let so_far = self.operations.partition_point(|o| Some(o.invoked) < culprit.returned);
            // The latest first: most of the others are then seen at once not to matter.
            let picture = timeline::draw(self.operations[..so_far].iter().rev().filter(beside), culprit);
            let states = impossible.states.iter().map(|&state| self.state(partition, state)).collect();
            report.blame(culprit, &impossible, states, picture);
        }
        report
    }

    /// The operations, in order of invocation.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The report on the whole before anything is judged.
    pub fn blank_report(&self) -> Report {
        Report::new(self.counts, self.partitions.len(), self.constrains)
    }

    /// The operation of this index, as reports tell it; `None` if it never returned.
    pub fn told_operation(&self, index: usize) -> Option<FirstImpossible> {
        FirstImpossible::of(self.operations.get(index)?)
    }

    /// The state of this number in `partition`, as its model prints it.
    pub(super) fn state(&self, partition: &Partition, number: StateId) -> String {
        self.model.state(partition.states[number as usize], &self.operations)
    }
}

/// Keys of which the place is looked up sooner.
const RECENT: usize = 64;

/// Operations being sorted into partitions.
struct Sorting<'m> {
    model: &'m dyn Erased,
    is_plain: bool,
    /// Whether nobody needs the states where anything is computed.
    is_opaque: bool,
    partitions: Vec<Partition>,
    counts: Counts,
    constrains: bool,
    states: Box<dyn States>,
    numbering: Numbering,
    /// Where the name of each state is: twice the index of an operation that demands it, one more
    /// for one that leaves it; [`NONE`] for the initial state.
    names: Vec<u32>,
    last_key: Option<Value>,
    last_place: usize,
    /// The place of the last key that was a text, by a few of its bytes.
    recent: [u32; RECENT],
    keys: Numbering,
    other_keys: Table<Option<Value>, StateId>,
    expected: usize,
}

impl<'m> Sorting<'m> {
    fn new(model: &'m dyn Erased, expected: usize) -> Self {
        let (mut numbering, mut states) = (Numbering::new(expected), model.states());
        states.begin(&mut numbering);
        Sorting {
            model,
            is_plain: model.structure() == Structure::Register,
            is_opaque: matches!(model.structure(), Structure::Other | Structure::String),
            partitions: Vec::with_capacity(8),
            counts: Counts::default(),
            constrains: false,
            states,
            numbering,
            names: vec![NONE],
            last_key: None,
            last_place: usize::MAX,
            recent: [NONE; RECENT],
            keys: Numbering::new(expected),
            other_keys: Table::with_capacity(14),
            expected,
        }
    }

    fn add(&mut self, index: u32, operation: &Operation) -> Result<(), String> {
        let key = if self.is_plain { operation.key.as_ref() } else { self.model.part(operation) };
        let place = self.place(key);
        match operation.outcome {
            Outcome::Ok => self.counts.ok += 1,
            Outcome::Fail => self.counts.fail += 1,
            Outcome::Info => self.counts.info += 1,
        }
        if operation.outcome == Outcome::Fail {
            return self.model.validate(operation);
        }
        if self.is_plain
            && let Some((integer, is_left)) = integer(operation)
            && let Some((number, is_new)) = self.numbering.small(integer)
        {
            if is_new {
                self.names.push(2 * index + u32::from(is_left));
            }
            let (guard, leaves) = if is_left { (NONE, number) } else { (number, NONE) };
            self.enter(place, index, operation, guard, leaves);
            return Ok(());
        }
        if self.is_opaque && self.partitions[place].computes {
            let shape = self.model.shape(operation)?;
            self.enter_computed(place, index, operation, &shape);
            return Ok(());
        }
        let before = self.numbering.count();
        let deed = self.states.deed(operation, &mut self.numbering)?;
        let (guard, leaves) = match deed {
            Deed::Compute { changes: false } if operation.outcome != Outcome::Ok => return Ok(()),
            Deed::Compute { .. } => (COMPUTE, NONE),
            Deed::Assign { guard, leaves } => (guard, leaves),
        };
        for number in before..self.numbering.count() {
            self.names.push(2 * index + u32::from(number != guard));
        }
        self.enter(place, index, operation, guard, leaves);
        Ok(())
    }

    /// Adds an operation that did not fail.
    #[inline]
    fn enter(&mut self, place: usize, index: u32, operation: &Operation, guard: StateId, leaves: StateId) {
        let ret = returned(operation);
        // What leaves the state it demands only reads it.
        let leaves = if leaves == guard { NONE } else { leaves };
        if leaves == NONE && guard != COMPUTE && (guard == NONE || ret == NEVER) {
            return;
        }
        self.constrains |= ret != NEVER && guard != NONE;
        self.push(place, Entry { call: operation.invoked as u32, ret, guard, leaves, source: index });
    }

    /// Adds an operation that did not fail, on an object of which some operation is computed.
    fn enter_computed(&mut self, place: usize, index: u32, operation: &Operation, shape: &Effect<()>) {
        let ret = returned(operation);
        let demands = match shape {
            Effect::Assign { guard, .. } => guard.is_some(),
            Effect::Compute | Effect::Inspect => true,
        };
        let changes = !matches!(shape, Effect::Assign { leaves: None, .. } | Effect::Inspect);
        if !changes && (!demands || ret == NEVER) {
            return;
        }
        self.constrains |= ret != NEVER && demands;
        let (guard, leaves) = (COMPUTE, NONE);
        self.push(place, Entry { call: operation.invoked as u32, ret, guard, leaves, source: index });
    }

    #[inline]
    fn push(&mut self, place: usize, entry: Entry) {
        let partition = &mut self.partitions[place];
        partition.computes |= entry.guard == COMPUTE;
        // An end at no time is none.
        partition.end = partition.end.max(entry.call + 1).max(entry.ret.wrapping_add(1));
        partition.entries.push(entry);
    }

    /// The place of the partition of `key`.
    #[inline]
    fn place(&mut self, key: Option<&Value>) -> usize {
        let same = match (&self.last_key, key) {
            (None, None) => true,
            (Some(Value::Int(last)), Some(Value::Int(key))) => last == key,
            (_, Some(Value::Text(text))) => return self.place_of_text(key, text.as_bytes()),
            (Some(last), Some(key)) => last == key,
            _ => false,
        };
        if same && self.last_place != usize::MAX {
            return self.last_place;
        }
        self.place_of_another(key)
    }

    /// The same where the key is this `text`.
    fn place_of_text(&mut self, key: Option<&Value>, text: &[u8]) -> usize {
        let slot = match *text {
            [.., a, b] => (10 * usize::from(a) + usize::from(b)) % RECENT,
            [a] => usize::from(a) % RECENT,
            [] => 0,
        };
        let place = self.recent[slot] as usize;
        if self.partitions.get(place).is_some_and(|partition| partition.key.as_ref() == key) {
            return place;
        }
        let place = self.place_of_another(key);
        self.recent[slot] = place as u32;
        place
    }

    /// The same where it is not the place of the operation before.
    fn place_of_another(&mut self, key: Option<&Value>) -> usize {
        let key = key.cloned();
        let integer = if let Some(Value::Int(key)) = key { Some(key) } else { None };
        let (place, is_new) = self.keys.number(&mut self.other_keys, key.clone(), integer);
        self.last_place = place as usize;
        if is_new {
            // Most histories with keys have several.
            let expected = if self.partitions.is_empty() { self.expected } else { 0 };
            let (entries, states) = (Vec::with_capacity(expected), Vec::new());
            self.partitions.push(Partition { key: key.clone(), entries, states, computes: false, end: 0 });
        }
        self.last_key = key;
        self.last_place
    }
}

/// When `operation` had happened, or [`NEVER`].
#[inline]
fn returned(operation: &Operation) -> u32 {
    match operation.returned {
        Some(at) if operation.outcome == Outcome::Ok => at as u32,
        _ => NEVER,
    }
}

/// What a read of a plain register demands, or what a write leaves, if that is a whole number; and whether
/// it is left.
#[inline]
fn integer(operation: &Operation) -> Option<(i64, bool)> {
    match (&operation.f, &operation.input, &operation.output) {
        (Function::Read, _, Value::Int(seen)) if operation.outcome == Outcome::Ok => Some((*seen, false)),
        (Function::Write, Value::Int(written), _) => Some((*written, true)),
        _ => None,
    }
}

/// Counts the events of each partition on their own.
fn number_times(partitions: &mut [Partition], events: usize) {
    let mut owners = vec![NONE; events];
    for (number, partition) in partitions.iter_mut().enumerate() {
        partition.end = 0;
        for entry in &partition.entries {
            owners[entry.call as usize] = number as u32;
            if entry.ret != NEVER {
                owners[entry.ret as usize] = number as u32;
            }
        }
    }
    // The owner of each event gives way to the time.
    for owner in owners.iter_mut().filter(|owner| **owner != NONE) {
        let end = &mut partitions[*owner as usize].end;
        *owner = *end;
        *end += 1;
    }
    for entry in partitions.iter_mut().flat_map(|partition| &mut partition.entries) {
        entry.call = owners[entry.call as usize];
        if entry.ret != NEVER {
            entry.ret = owners[entry.ret as usize];
        }
    }
}

/// Numbers the states of each partition on their own; `names` are those of all.
fn number_states<'p>(partitions: impl Iterator<Item = &'p mut Partition>, names: &[u32]) {
    let mut numbers = vec![NONE; names.len()];
    for partition in partitions {
        let Partition { entries, states, .. } = partition;
        let mut number = |state: &mut StateId| {
            if *state >= COMPUTE {
                return;
            }
            let known = &mut numbers[*state as usize];
            if *known == NONE {
                *known = states.len() as u32;
                states.push(*state);
            }
            *state = *known;
        };
        number(&mut 0);
        for entry in entries.iter_mut() {
            number(&mut entry.guard);
            number(&mut entry.leaves);
        }
        for state in states {
            numbers[*state as usize] = NONE;
            *state = names[*state as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::check::{Budget, ModelName, Specification, Verdict, judge};
    use crate::history::{Event, Kind};

    #[test]
    fn sorting_is_broken_off_between_portions() {
        let operations = 2 * PORTION + 1;
        let event = |kind| Event {
            process: 0,
            kind,
            f: Function::Write,
            key: None,
            value: Value::Int(1),
            time: None,
        };
        let events = (0..operations).flat_map(|_| [event(Kind::Invoke), event(Kind::Ok)]);
        let history = History::new(events.collect());
        let specification = Specification::new(ModelName::Register, Value::Nil);
        let report = |answers: usize| {
            let left = Cell::new(answers);
            let goes_on = || left.replace(left.get().saturating_sub(1)) > 0;
            let paired = history.operations().unwrap();
            let case = specification.case_while(&history, paired, &goes_on).unwrap();
            judge(&case, &mut Budget::UNLIMITED.clone())
        };
        let (broken_off, whole) = (report(1), report(2));
        assert_eq!((broken_off.verdict, whole.verdict), (Verdict::Unknown, Verdict::Valid));
        assert_eq!(broken_off.operations, whole.operations);
        assert_eq!(broken_off.note.as_deref(), Some("time was up before the operations were sorted by key"));
    }
}
