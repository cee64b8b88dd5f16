//! Histories of queues and stacks into which no value is put twice, as calls and returns.

use crate::base::Table;
use crate::check::Case;
use crate::check::partition::{Entry, Partition};
use crate::history::Outcome;

/// A call and a return.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub call: u32,
    pub ret: u32,
}

/// What an operation that takes answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answered {
    /// The value with this number.
    Value(u32),
    /// A value that was never put in.
    Stranger,
    /// That there was none.
    Empty,
    /// Nobody knows.
    Unseen,
}

/// A container that is empty at first.
pub(super) struct Container {
    /// One more than the last time.
    pub end: u32,
    /// When each value was put in, in order of call.
    pub puts: Vec<Span>,
    /// What takes, in order of call.
    pub takes: Vec<(Span, Answered)>,
}

impl Container {
    /// The operations of `partition` of `case`, where those called `put` put their input in; `None` if
    /// a value is put in twice.
    pub(super) fn new(case: &Case, partition: &Partition, put: &str) -> Option<Self> {
        let operation = |source: u32| &case.operations[source as usize];
        let (puts, takes): (Vec<Entry>, Vec<Entry>) =
            partition.entries.iter().partition(|entry| operation(entry.source).f.name() == put);
        let mut numbers = Table::new();
        for (number, entry) in puts.iter().enumerate() {
            if numbers.insert(&operation(entry.source).input, number as u32).is_some() {
                return None;
            }
        }
        let span = |entry: &Entry| Span { call: entry.call, ret: entry.ret };
        let answered = |entry: &Entry| {
            let operation = operation(entry.source);
            let answered = match numbers.get(&&operation.output) {
                _ if operation.outcome != Outcome::Ok => Answered::Unseen,
                _ if operation.output.is_nil() => Answered::Empty,
                Some(&number) => Answered::Value(number),
                None => Answered::Stranger,
            };
            (span(entry), answered)
        };
        let takes = takes.iter().map(answered).collect();
        Some(Container { end: partition.end, puts: puts.iter().map(span).collect(), takes })
    }

    /// When all that takes and was called before `deadline` has returned: what had to be taken by then may
    /// have been, as long as one has not. What returns after the `horizon` or never is not waited for.
    pub(super) fn settled(&self, deadline: u32, horizon: u32) -> u32 {
        let called = self.takes.iter().map(|(take, _)| take).take_while(|take| take.call < deadline);
        called.map(|take| take.ret).filter(|&ret| ret <= horizon).fold(deadline, u32::max)
    }
}
