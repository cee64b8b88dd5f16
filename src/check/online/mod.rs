//! Judging while the history is made: event by event, to stop a run at the first violation.
//!
//! What an operation does is known when it has returned. So an event is judged as soon as all that was
//! open then has returned or crashed, and the memory that this takes grows with the operations that
//! are open at once, not with the length of the run; where states and crashed operations are few.
//!
//! Objects are judged on their own, some sooner than others: a violation is told when all that
//! returned before it, on any object, has been judged too. Nothing after that can change which is first.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::base::Table;
use crate::check::automaton::Automaton;
use crate::check::erased::Erased;
use crate::check::linearizability::JustInTime;
use crate::check::model::{Effect, Model};
use crate::check::{FirstImpossible, Verdict};
use crate::history::{Event, HistoryError, Kind, Operation, Outcome, Value};

/// As many configurations may be looked at for one return, if nobody says otherwise: some hundred
/// megabytes.
const CONFIGURATIONS: usize = 1 << 20;

/// A judge that takes events as they happen.
///
/// ```
/// use atropos::check::{Online, Register};
/// use atropos::history::read_jsonl;
///
/// let history = read_jsonl(
///     br#"{"process":0,"type":"invoke","f":"write","value":1}
///         {"process":0,"type":"ok","f":"write","value":1}
///         {"process":1,"type":"invoke","f":"read","value":null}
///         {"process":1,"type":"ok","f":"read","value":7}
///         {"process":1,"type":"invoke","f":"read","value":null}"#,
/// )?;
/// let mut judge = Online::new(&Register::default());
/// let first = history.events.iter().find_map(|event| judge.push(event).unwrap());
/// assert_eq!(first.unwrap().index, 3);
/// # Ok::<(), atropos::history::HistoryError>(())
/// ```
pub struct Online {
    model: Box<dyn Erased>,
    /// How many events have been taken.
    taken: usize,
    /// What each process has open: the place of its object and the number of its call there.
    open: Table<u64, (usize, u64)>,
    places: Table<Option<Value>, usize>,
    objects: Vec<Object>,
    /// As many configurations may be looked at for one return.
    configurations: usize,
    /// The first impossible operation of those that have been judged.
    found: Option<FirstImpossible>,
    is_over: bool,
    gave_up: bool,
}

/// One object and the events on it that cannot be judged yet.
struct Object {
    judge: JustInTime,
    waiting: VecDeque<Waiting>,
    /// The number of the first that waits.
    first: u64,
    /// Whether something impossible happened to it: what comes after means nothing.
    is_violated: bool,
}

enum Waiting {
    /// A call, and what became of it, once that is known.
    Call { operation: Box<Operation>, is_known: bool, slot: Option<usize> },
    /// The return of the call with this number.
    Return { call: u64 },
    /// Judged.
    Gone,
}

impl Online {
    /// A judge of objects like `model`, one for each key.
    pub fn new<M: Model>(model: &M) -> Self {
        Online::within(model, CONFIGURATIONS)
    }

    /// The same that gives up when there are more than so many ways to explain what happened: a few
    /// hundred bytes each, with the operations that are open and that crashed.
    pub fn within<M: Model>(model: &M, configurations: usize) -> Self {
        Online::erased(Box::new(model.clone()), configurations)
    }

    /// The same for any model, compiled once.
    pub(super) fn erased(model: Box<dyn Erased>, configurations: usize) -> Self {
        Online {
            model,
            taken: 0,
            open: Table::new(),
            places: Table::new(),
            objects: Vec::new(),
            configurations,
            found: None,
            is_over: false,
            gave_up: false,
        }
    }

    /// Takes the next event. The first impossible operation, once it is certain that there is one and
    /// that no other comes before it; all that comes after is not looked at.
    ///
    /// Where what an operation answers decides what it does (as with queues), an operation may be named
    /// that returned before the first impossible one: it is impossible together with the answers of
    /// those that were open beside it.
    ///
    /// # Errors
    /// A process that invokes while an operation of its own is open or returns without one, or an
    /// operation that the model does not have. The line is the number of the event, from 1.
    pub fn push(&mut self, event: &Event) -> Result<Option<FirstImpossible>, HistoryError> {
        let index = self.taken;
        self.taken += 1;
        if self.is_over || self.gave_up {
            return Ok(None);
        }
        let wrong = |message: String| HistoryError { line: index + 1, column: None, message };
        let place = if event.kind == Kind::Invoke {
            let place = self.invoke(event, index);
            place.ok_or_else(|| {
                wrong(format!("process {} invokes while it has an operation open", event.process))
            })?
        } else {
            let open = self.open.remove(&event.process);
            let (place, call) = open
                .ok_or_else(|| wrong(format!("process {} returns without having invoked", event.process)))?;
            self.complete(place, call, event, index).map_err(wrong)?;
            place
        };
        self.settle(place);
        self.is_over = self.found.as_ref().is_some_and(|first| self.is_settled_before(first.index));
        Ok(self.found.clone().filter(|_| self.is_over))
    }

    /// The end: what is open has crashed. The first impossible operation, if none was told before.
    pub fn finish(&mut self) -> Option<FirstImpossible> {
        if self.is_over {
            return None;
        }
        for place in 0..self.objects.len() {
            for waiting in &mut self.objects[place].waiting {
                if let Waiting::Call { is_known, .. } = waiting {
                    *is_known = true;
                }
            }
            self.settle(place);
        }
        self.is_over = true;
        self.found.clone()
    }

    /// What is known so far. Unknown where there are too many ways to explain what happened.
    pub fn verdict(&self) -> Verdict {
        match (self.found.is_some(), self.gave_up) {
            (true, _) => Verdict::Invalid,
            (false, true) => Verdict::Unknown,
            (false, false) => Verdict::Valid,
        }
    }

    /// The place of the object; `None` if the process has an operation open.
    fn invoke(&mut self, event: &Event, index: usize) -> Option<usize> {
        let operation = Operation::begin(event, index);
        let key = self.model.part(&operation).cloned();
        let (model, objects, limit) = (&*self.model, &mut self.objects, self.configurations);
        let place = *self.places.get_or_insert_with(key, || {
            let judge = JustInTime::new(Automaton::open(model), limit);
            objects.push(Object { judge, waiting: VecDeque::new(), first: 0, is_violated: false });
            objects.len() - 1
        });
        let object = &mut self.objects[place];
        let call = object.first + object.waiting.len() as u64;
        object.waiting.push_back(Waiting::Call {
            operation: Box::new(operation),
            is_known: false,
            slot: None,
        });
        self.open.insert(event.process, (place, call)).is_none().then_some(place)
    }

    fn complete(&mut self, place: usize, call: u64, event: &Event, index: usize) -> Result<(), String> {
        let object = &mut self.objects[place];
        let Waiting::Call { operation, is_known, .. } = &mut object.waiting[(call - object.first) as usize]
        else {
            unreachable!("a call waits until it is known")
        };
        operation.complete(event, index)?;
        *is_known = true;
        self.model.validate(operation)?;
        if event.kind == Kind::Ok {
            object.waiting.push_back(Waiting::Return { call });
        }
        Ok(())
    }

    /// Judges what need not wait any longer.
    fn settle(&mut self, place: usize) {
        let object = &mut self.objects[place];
        if object.is_violated {
            return;
        }
        let mut next = 0;
        while next < object.waiting.len() {
            let is_possible = match &mut object.waiting[next] {
                Waiting::Gone => Ok(true),
                Waiting::Call { is_known: false, .. } => break,
                Waiting::Call { slot: Some(_), .. } => Ok(true),
                Waiting::Call { operation, slot, .. } => {
                    let nothing = self.model.shape(operation) == Ok(Effect::NOTHING);
                    let called = match operation.outcome {
                        Outcome::Ok if !nothing => object.judge.call((**operation).clone()).map(Some),
                        Outcome::Info if !nothing => {
                            object.judge.crash((**operation).clone());
                            Ok(None)
                        }
                        _ => Ok(None),
                    };
                    called.map(|called| *slot = called).map(|()| true)
                }
                Waiting::Return { call } => {
                    let call = (*call - object.first) as usize;
                    match &object.waiting[call] {
                        Waiting::Call { slot: Some(slot), .. } => object.judge.return_from(*slot),
                        _ => Ok(true),
                    }
                }
            };
            match is_possible {
                Ok(true) => {}
                Ok(false) => {
                    object.is_violated = true;
                    let culprit = object.returned(next).and_then(FirstImpossible::of);
                    self.found = [self.found.take(), culprit].into_iter().flatten().min_by_key(|f| f.index);
                    return;
                }
                Err(_) => {
                    self.gave_up = true;
                    return;
                }
            }
            object.release(next);
            next += 1;
        }
        object.trim();
    }

    /// Whether all that returned before this event has been judged.
    fn is_settled_before(&self, index: usize) -> bool {
        let waits = |object: &Object| {
            let first = (0..object.waiting.len()).find_map(|next| object.returned(next));
            first.and_then(|operation| operation.returned).is_some_and(|at| at < index)
        };
        !self.objects.iter().any(|object| !object.is_violated && waits(object))
    }
}

impl Object {
    /// The operation whose return waits in place `next`, if one does.
    fn returned(&self, next: usize) -> Option<&Operation> {
        let Waiting::Return { call } = self.waiting[next] else { return None };
        match &self.waiting[(call - self.first) as usize] {
            Waiting::Call { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// A return that has been judged goes with its call; a call without a slot goes alone.
    fn release(&mut self, next: usize) {
        match self.waiting[next] {
            Waiting::Return { call } => {
                self.waiting[(call - self.first) as usize] = Waiting::Gone;
                self.waiting[next] = Waiting::Gone;
            }
            Waiting::Call { ref operation, slot: None, .. } if operation.outcome != Outcome::Ok => {
                self.waiting[next] = Waiting::Gone;
            }
            _ => {}
        }
    }

    fn trim(&mut self) {
        while matches!(self.waiting.front(), Some(Waiting::Gone)) {
            self.waiting.pop_front();
            self.first += 1;
        }
    }
}
