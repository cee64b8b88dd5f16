//! Queues that are empty at first and to which no value is enqueued twice: by the ways in which such
//! a history can be wrong (Henzinger, Sezgin & Vafeiadis, *Aspect-Oriented Linearizability Proofs*,
//! 2013, theorem 1). One in which everything returned is linearizable if and only if
//! 1. no dequeue answers a value that was not enqueued, or returns before its enqueue was called;
//! 2. no value is dequeued twice;
//! 3. of no two values whose enqueues do not overlap, the second is dequeued and the first is not, or
//!    only by a dequeue that was called after that of the second had returned;
//! 4. no dequeue answers that the queue is empty while at every instant of it there is a value whose
//!    enqueue has returned and whose dequeue was not called yet.
//!
//! **Prefixes and crashed operations.** An enqueue that may have happened has if its value was
//! dequeued, and then returns at the end of time; if not, it is left out: a value more can only be in
//! the way. A dequeue that may have happened can take any value, and returns at the end of time. Let `x`
//! be a value that was enqueued and not dequeued, and let `y` be dequeued, whose enqueue was called after
//! that of `x` had returned. By 3, `x` must be taken by such a dequeue, called before any such `y` has
//! left: that is its deadline. A value without a deadline need not be taken: it has none to overtake it,
//! neither among those with a deadline, since whoever comes after these also comes after it. Taken values
//! break no other rule, so what is left is to give each its own dequeue, called before its deadline: the
//! first to the first, the second to the second, and so on, for if this does not work then there
//! are too few dequeues before some deadline.
//!
//! Where something was found empty too, it would also matter which value is taken when. Then the
//! answer is certain only if rule 4 is kept though nothing is taken, or broken though all is taken at
//! once; otherwise a search is needed.

use super::Ruling;
use super::container::{Answered, Container, Span};
use super::prefixes::{self, Answer};
use crate::check::Case;
use crate::check::partition::{NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "queue order";

/// Judges `partition` of `case`, whose model is a queue.
pub(super) fn rule(case: &Case, partition: &Partition) -> Ruling {
    match Container::new(case, partition, "enqueue") {
        Some(queue) => prefixes::rule(&partition.entries, &|horizon| judge(&queue, horizon)),
        None => Ruling::Silent,
    }
}

/// The ruling on the prefix that `horizon` ends.
fn judge(queue: &Container, horizon: u32) -> Answer {
    let Some(prefix) = Prefix::new(queue, horizon) else { return Answer::Impossible };
    if !prefix.is_in_order() {
        return Answer::Impossible;
    }
    if prefix.found_empty.is_empty() || prefix.was_empty(queue.end, true) {
        return Answer::Possible;
    }
    if prefix.takers.is_empty() || !prefix.was_empty(queue.end, false) {
        return Answer::Impossible;
    }
    Answer::Unknown
}

/// What is known at a horizon.
struct Prefix {
    /// The enqueues and dequeues of values that were dequeued, in order of the enqueues' calls.
    dequeued: Vec<(Span, Span)>,
    /// When the enqueues of the others returned.
    left: Vec<u32>,
    /// When the dequeues were called that may take anything, in order.
    takers: Vec<u32>,
    /// The dequeues that found nothing.
    found_empty: Vec<Span>,
}

impl Prefix {
    /// `None` if rule 1 or 2 is broken.
    fn new(queue: &Container, horizon: u32) -> Option<Self> {
        let (mut takers, mut found_empty) = (Vec::new(), Vec::new());
        let mut taken: Vec<Option<Span>> = vec![None; queue.puts.len()];
        for &(dequeue, answered) in queue.takes.iter().take_while(|(span, _)| span.call < horizon) {
            match answered {
                _ if dequeue.ret > horizon => takers.push(dequeue.call),
                Answered::Unseen => takers.push(dequeue.call),
                Answered::Stranger => return None,
                Answered::Empty => found_empty.push(dequeue),
                Answered::Value(number) => {
                    let is_early = dequeue.ret < queue.puts[number as usize].call;
                    if is_early || taken[number as usize].replace(dequeue).is_some() {
                        return None;
                    }
                }
            }
        }
        let (mut dequeued, mut left) = (Vec::new(), Vec::new());
        for (enqueue, taken) in queue.puts.iter().zip(taken) {
            let ret = if enqueue.ret <= horizon { enqueue.ret } else { NEVER };
            match taken {
                Some(dequeue) => dequeued.push((Span { ret, ..*enqueue }, dequeue)),
                None if ret != NEVER => left.push(ret),
                None => {}
            }
        }
        Some(Prefix { dequeued, left, takers, found_empty })
    }

    /// Whether rule 3 is kept.
    fn is_in_order(&self) -> bool {
        // The first return among the dequeues of a value and of all that were enqueued after it.
        let mut first_returns = vec![NEVER; self.dequeued.len() + 1];
        for (place, (_, dequeue)) in self.dequeued.iter().enumerate().rev() {
            first_returns[place] = first_returns[place + 1].min(dequeue.ret);
        }
        let overtaken = |returned: u32| {
            first_returns[self.dequeued.partition_point(|(enqueue, _)| enqueue.call < returned)]
        };
        if self.dequeued.iter().any(|(enqueue, dequeue)| overtaken(enqueue.ret) < dequeue.call) {
            return false;
        }
        let deadlines = self.left.iter().map(|&returned| overtaken(returned));
        let mut deadlines: Vec<u32> = deadlines.filter(|&deadline| deadline != NEVER).collect();
        deadlines.sort_unstable();
        deadlines.len() <= self.takers.len()
            && deadlines.iter().zip(&self.takers).all(|(deadline, taker)| taker < deadline)
    }

    /// Whether rule 4 is kept, if the values that nobody saw leave stay, or are gone at once.
    fn was_empty(&self, end: u32, they_stay: bool) -> bool {
        // After each event, how many values more are certainly there.
        let mut changes = vec![0_i32; end as usize + 1];
        for (enqueue, dequeue) in self.dequeued.iter().filter(|(enqueue, dequeue)| enqueue.ret < dequeue.call)
        {
            changes[enqueue.ret as usize] += 1;
            changes[dequeue.call as usize] -= 1;
        }
        if they_stay {
            self.left.iter().for_each(|&returned| changes[returned as usize] += 1);
        }
        // Before each event, how many instants there were at which it may have been empty.
        let (mut there, mut instants) = (0, 0_u32);
        let mut before = Vec::with_capacity(changes.len());
        for change in changes {
            before.push(instants);
            there += change;
            instants += u32::from(there == 0);
        }
        let had_instant = |span: &Span| before[span.ret as usize] > before[span.call as usize];
        self.found_empty.iter().all(had_instant)
    }
}
