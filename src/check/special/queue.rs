//! Queues that are empty at first and to which no value is enqueued twice: by the ways in which such
//! a history can be wrong, as in Henzinger, Sezgin & Vafeiadis, *Aspect-Oriented Linearizability Proofs*
//! (2013; arXiv:1502.07639). One in which everything returned is linearizable if and only if
//! 1. no dequeue answers a value that was not enqueued, or returns before its enqueue was called;
//! 2. no value is dequeued twice;
//! 3. of no two values whose enqueues do not overlap, the second is dequeued and the first is not, or
//!    only by a dequeue that was called after that of the second had returned;
//! 4. no dequeue answers that the queue is empty while at every instant of it there is a value whose
//!    enqueue has returned and whose dequeue was not called yet.
//!
//! Each is necessary. **Together they suffice.** A value that nobody dequeued is dequeued in the end. Let
//! the enqueue of `v` happen before its dequeue returned too, and the dequeue after the enqueue was called:
//! by 1, both still have time for that. Now `u` must come before `v` if its enqueue has to happen before
//! that of `v` can, or its dequeue. No two must each come before the other: by 3 if it is for the times as
//! they were, and otherwise by 1. Nor do more form a circle. The shortest goes by enqueues and by dequeues
//! in turns, as each of the two is transitive. Of two that precede others by their enqueues, `u` before `v`
//! and `w` before `x`, also `u` comes before `x` or `w` before `v`, since times do not cross; the first makes
//! the circle shorter, and the second, with `v` before `w`, a circle of two. So there is an order of
//! values that keeps all this. In it, let each enqueue happen once it and all those before it were
//! called, and each dequeue likewise: in time, for whatever returned before one of these was called is
//! not after it; and the dequeue after the enqueue.
//!
//! Let `t` be an instant at which no value is there whose enqueue has returned and whose dequeue was not
//! called. The queue can be empty at `t`: of what is in it, let that be dequeued right before `t` whose
//! dequeue was called, and the rest be enqueued right after, both in their order; what comes later is
//! behind them all. Nothing is in the queue longer than before, so this can be done for one `t` after the
//! other, and by 4 there is one for each dequeue that found nothing.
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
//! Where something was found empty too, it also matters which value is taken when. A dequeue that found
//! nothing sets a deadline to all values whose enqueue had returned before it was called: its return.
//! (Whoever was enqueued before one of these has it too.) Again there must be enough dequeues before each
//! deadline. If rule 4 is kept when they are given to the deadlines in order, the history is possible. If it
//! is broken though all that was left is gone at once, it is not. Otherwise a search is needed.

use super::Ruling;
use super::container::{Answered, Container, Span};
use super::prefixes::{self, Answer};
use crate::check::Case;
use crate::check::judgement::Question;
use crate::check::partition::{NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "queue order";

/// Judges `partition` of `case`, whose model is a queue.
pub(super) fn rule(case: &Case, partition: &Partition, question: Question) -> Ruling {
    match Container::new(case, partition, "enqueue") {
        Some(queue) => prefixes::rule(&partition.entries, question, &|horizon| judge(&queue, horizon)),
        None => Ruling::Silent,
    }
}

/// The ruling on the prefix that `horizon` ends.
pub(super) fn judge(queue: &Container, horizon: u32) -> Answer {
    let prefix = match Prefix::new(queue, horizon) {
        Ok(prefix) => prefix,
        Err(returned) => return Answer::Impossible(Some(returned)),
    };
    let impossible = |deadline| Answer::Impossible(Some(queue.settled(deadline, horizon)));
    let departures = match prefix.deadlines().and_then(|deadlines| prefix.departures(deadlines)) {
        Ok(departures) => departures,
        Err(deadline) => return impossible(deadline),
    };
    // Nothing happens later than what returned last.
    let end = queue.end.min(horizon + 1);
    let Some(returned) = prefix.never_empty(end, &departures) else { return Answer::Possible };
    if prefix.takers.is_empty() {
        return impossible(returned);
    }
    prefix.never_empty(end, &vec![0; departures.len()]).map_or(Answer::Unknown, impossible)
}

/// What is known at a horizon.
struct Prefix {
    /// The enqueues and dequeues of values that were dequeued, in order of the enqueues' calls.
    dequeued: Vec<(Span, Span)>,
    /// When the enqueues of the others returned, and how many of those dequeued were enqueued before.
    left: Vec<(u32, u32)>,
    /// When the dequeues were called that may take anything, in order.
    takers: Vec<u32>,
    /// The dequeues that found nothing.
    found_empty: Vec<Span>,
}

impl Prefix {
    /// If rule 1 or 2 is broken, the first return that breaks it.
    fn new(queue: &Container, horizon: u32) -> Result<Self, u32> {
        let (mut takers, mut found_empty, mut broken) = (Vec::new(), Vec::new(), NEVER);
        // What is enqueued later does not matter, and who dequeued it returned too early.
        let puts = &queue.puts[..queue.puts.partition_point(|enqueue| enqueue.call < horizon)];
        let mut taken: Vec<Option<Span>> = vec![None; puts.len()];
        for &(dequeue, answered) in queue.takes.iter().take_while(|(span, _)| span.call < horizon) {
            match answered {
                _ if dequeue.ret > horizon => takers.push(dequeue.call),
                Answered::Unseen => takers.push(dequeue.call),
                Answered::Stranger => broken = broken.min(dequeue.ret),
                Answered::Empty => found_empty.push(dequeue),
                Answered::Value(number) if dequeue.ret < queue.puts[number as usize].call => {
                    broken = broken.min(dequeue.ret);
                }
                Answered::Value(number) => {
                    let other = taken[number as usize].replace(dequeue);
                    broken = other.map_or(broken, |other| broken.min(dequeue.ret.max(other.ret)));
                }
            }
        }
        if broken != NEVER {
            return Err(broken);
        }
        let (mut dequeued, mut left) = (Vec::with_capacity(puts.len()), Vec::new());
        for (enqueue, taken) in puts.iter().zip(taken) {
            let ret = if enqueue.ret <= horizon { enqueue.ret } else { NEVER };
            match taken {
                Some(dequeue) => dequeued.push((Span { ret, ..*enqueue }, dequeue)),
                None if ret != NEVER => left.push((ret, dequeued.len() as u32)),
                None => {}
            }
        }
        Ok(Prefix { dequeued, left, takers, found_empty })
    }

    /// What is left and has a deadline: that, and its place, the first deadline first; if rule 3 is broken by
    /// what was dequeued, the first return of what overtook.
    fn deadlines(&self) -> Result<Vec<(u32, u32)>, u32> {
        // The first return among the dequeues of a value and of all that were enqueued after it.
        let following = first_returns(self.dequeued.iter().map(|(_, dequeue)| dequeue));
        let overtaken = |returned: u32, place: usize| following[self.called_before(returned, place)];
        let too_soon = |(place, (enqueue, dequeue)): (usize, &(Span, Span))| {
            Some(overtaken(enqueue.ret, place)).filter(|&returned| returned < dequeue.call)
        };
        if let Some(returned) = self.dequeued.iter().enumerate().filter_map(too_soon).min() {
            return Err(returned);
        }
        let empty_returns = first_returns(self.found_empty.iter());
        let deadline = |(place, &(returned, before)): (usize, &(u32, u32))| {
            let empty = empty_returns[self.found_empty.partition_point(|span| span.call < returned)];
            (overtaken(returned, before as usize).min(empty), place as u32)
        };
        let deadlines = self.left.iter().enumerate().map(deadline);
        let mut deadlines: Vec<(u32, u32)> = deadlines.filter(|&(deadline, _)| deadline != NEVER).collect();
        deadlines.sort_unstable();
        Ok(deadlines)
    }

    /// How many of the enqueues of what was dequeued were called before one `returned` that was called after
    /// the first `least` of them: few more are.
    fn called_before(&self, returned: u32, least: usize) -> usize {
        let is_before = |(enqueue, _): &(Span, Span)| enqueue.call < returned;
        let (mut low, mut step) = (least, 1);
        while self.dequeued.get(low + step - 1).is_some_and(is_before) {
            (low, step) = (low + step, 2 * step);
        }
        let high = (low + step - 1).min(self.dequeued.len());
        low + self.dequeued[low..high].partition_point(is_before)
    }

    /// From when on what is left may be gone, [`NEVER`] for what stays; the first deadline that cannot be
    /// kept, if there is one.
    fn departures(&self, deadlines: Vec<(u32, u32)>) -> Result<Vec<u32>, u32> {
        let mut departures = vec![NEVER; self.left.len()];
        let mut takers = self.takers.iter();
        for (deadline, place) in deadlines {
            departures[place as usize] = *takers.next().filter(|&&call| call < deadline).ok_or(deadline)?;
        }
        Ok(departures)
    }

    /// The first return of a dequeue that breaks rule 4, if what is left may be gone at `departures`.
    fn never_empty(&self, end: u32, departures: &[u32]) -> Option<u32> {
        if self.found_empty.is_empty() {
            return None;
        }
        // After each event, how many values more are certainly there.
        let mut changes = vec![0_i32; end as usize + 1];
        let dequeued = self.dequeued.iter().map(|(enqueue, dequeue)| (enqueue.ret, dequeue.call));
        let left = self.left.iter().map(|&(returned, _)| returned).zip(departures.iter().copied());
        for (from, to) in dequeued.chain(left).filter(|(from, to)| from < to) {
            changes[from as usize] += 1;
            if to != NEVER {
                changes[to as usize] -= 1;
            }
        }
        // Before each event, how many instants there were at which it may have been empty.
        let (mut there, mut instants) = (0, 0_u32);
        let mut before = Vec::with_capacity(changes.len());
        for change in changes {
            before.push(instants);
            there += change;
            instants += u32::from(there == 0);
        }
        let had_none = |span: &&Span| before[span.ret as usize] == before[span.call as usize];
        self.found_empty.iter().filter(had_none).map(|span| span.ret).min()
    }
}

/// For each of `spans` the first return of it and those that follow; one more at the end.
fn first_returns<'a>(spans: impl DoubleEndedIterator<Item = &'a Span> + ExactSizeIterator) -> Vec<u32> {
    let mut returns = vec![NEVER; spans.len() + 1];
    for (place, span) in spans.enumerate().rev() {
        returns[place] = returns[place + 1].min(span.ret);
    }
    returns
}
