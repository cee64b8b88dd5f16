//! Stacks that are empty at first and onto which no value is pushed twice. One in which everything returned
//! is linearizable if and only if
//! 1. no pop answers a value that was not pushed, or returns before its push was called;
//! 2. no value is popped twice;
//! 3. the values can be in a stack at their times (see `nesting`), where those that were not popped are
//!    popped in the end;
//! 4. no pop answers that the stack is empty while at every instant of it some value is certainly there:
//!    its push has returned and its pop was not called yet.
//!
//! By `nesting`, 2, the stack can be empty at all instants at which no value is certainly there, so that
//! 3 and 4 do not depend on one another.
//!
//! **Prefixes and crashed operations.** A push that may have happened has if its value was popped, and then
//! returns at the end of time; if not, it is left out: without a value, everything else is as legal. A pop
//! that may have happened can take any value that was pushed and not popped by others; call such values
//! *left*. Which one it takes is not decided here in general. But
//! * let `u` be left and `w` popped, the push of `u` called after that of `w` had returned, and
//!   returned before the pop of `w` was called. Then `u` lies above `w` when that is popped, so it is
//!   taken by a pop that was called before that of `w` returned: that is its deadline. It is taken, too,
//!   before a pop returned that found nothing and was called after the push had returned. If there are
//!   several deadlines the first counts. So the first deadline is after the call of the first such pop, the second
//!   after that of the second, and so on; otherwise the history is impossible;
//! * it is so, too, if it is even without all that is left, which is only in the way;
//! * it is possible if it is when what has a deadline is taken in this order; or when the pops that
//!   return later take what they answer then, and the others what has a deadline.
//!
//! What is between is for a search to find out.

use super::Ruling;
use super::container::{Answered, Container, Span};
use super::maxima::Maxima;
use super::nesting::{self, Conflict, Life};
use super::prefixes::{self, Answer};
use crate::check::Case;
use crate::check::judgement::Question;
use crate::check::partition::{NEVER, Partition};

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "stack nesting";

/// Judges `partition` of `case`, whose model is a stack.
pub(super) fn rule(case: &Case, partition: &Partition, question: Question) -> Ruling {
    match Container::new(case, partition, "push") {
        Some(stack) => prefixes::rule(&partition.entries, question, &|horizon| judge(&stack, horizon)),
        None => Ruling::Silent,
    }
}

/// The ruling on the prefix that `horizon` ends.
pub(super) fn judge(stack: &Container, horizon: u32) -> Answer {
    match Prefix::new(stack, horizon) {
        Ok(prefix) => prefix.judge(),
        Err(returned) => Answer::Impossible(Some(returned)),
    }
}

/// What is wrong, if what is left is popped in some way.
struct Fault {
    /// Whether it is wrong in whatever way it is.
    anyhow: bool,
    /// From which horizon on it is wrong, as a guess.
    since: u32,
}

/// What is known at a horizon.
struct Prefix<'a> {
    stack: &'a Container,
    horizon: u32,
    /// One more than the last time.
    end: u32,
    /// The pushes and pops of values that were popped.
    popped: Vec<Life>,
    /// The pushes of the others that returned, in order of call, and the open pops that take them later.
    left: Vec<(Span, Option<Span>)>,
    /// When the pops were called that may take anything, in order.
    takers: Vec<u32>,
    /// The pops that found nothing.
    found_empty: Vec<Span>,
}

impl<'a> Prefix<'a> {
    /// If rule 1 or 2 is broken, the first return that breaks it.
    fn new(stack: &'a Container, horizon: u32) -> Result<Self, u32> {
        let (mut takers, mut found_empty, mut broken) = (Vec::new(), Vec::new(), NEVER);
        // What is pushed later does not matter, and who popped it returned too early.
        let puts = &stack.puts[..stack.puts.partition_point(|push| push.call < horizon)];
        let mut pops: Vec<Option<Span>> = vec![None; puts.len()];
        for &(pop, answered) in stack.takes.iter().take_while(|(span, _)| span.call < horizon) {
            let is_open = pop.ret > horizon;
            if is_open {
                takers.push(pop.call);
            }
            match answered {
                Answered::Value(number) if is_open => {
                    let told = pops.get_mut(number as usize);
                    told.map(|told| told.get_or_insert(Span { ret: NEVER, ..pop }));
                }
                // What nobody saw never returned.
                Answered::Unseen => {}
                _ if is_open => {}
                Answered::Stranger => broken = broken.min(pop.ret),
                Answered::Empty => found_empty.push(pop),
                Answered::Value(number) => {
                    if pop.ret < stack.puts[number as usize].call {
                        broken = broken.min(pop.ret);
                        continue;
                    }
                    let other = pops[number as usize].replace(pop).filter(|other| other.ret != NEVER);
                    broken = other.map_or(broken, |other| broken.min(pop.ret.max(other.ret)));
                }
            }
        }
        if broken != NEVER {
            return Err(broken);
        }
        let (mut popped, mut left) = (Vec::new(), Vec::new());
        for (push, pop) in puts.iter().zip(pops) {
            let push = Span { ret: if push.ret <= horizon { push.ret } else { NEVER }, ..*push };
            match pop {
                Some(pop) if pop.ret != NEVER => popped.push(Life { push, pop }),
                taken if push.ret != NEVER => left.push((push, taken)),
                _ => {}
            }
        }
        // Nothing happens later than what returned last.
        let end = stack.end.min(horizon + 1);
        Ok(Prefix { stack, horizon, end, popped, left, takers, found_empty })
    }

    fn judge(&self) -> Answer {
        let deadlines = self.deadlines();
        let Some(told) = self.fault(&deadlines, true, true) else { return Answer::Possible };
        if told.anyhow || self.takers.is_empty() {
            return Answer::Impossible(Some(told.since));
        }
        let Some(ordered) = self.fault(&deadlines, false, true) else { return Answer::Possible };
        if ordered.anyhow {
            return Answer::Impossible(Some(ordered.since));
        }
        let without = self.fault(&deadlines, false, false);
        without.map_or(Answer::Unknown, |fault| Answer::Impossible(Some(fault.since)))
    }

    /// What is left and has a deadline: that, and its place; the first deadline first.
    fn deadlines(&self) -> Vec<(u32, u32)> {
        if self.left.is_empty() {
            return Vec::new();
        }
        let mut pushed: Vec<(u32, u32)> =
            self.popped.iter().enumerate().map(|(place, life)| (life.push.ret, place as u32)).collect();
        pushed.sort_unstable();
        let mut pushed = pushed.into_iter().peekable();
        // The pops that found nothing or what was pushed before, by call: how early they return.
        let mut pops = Maxima::new(self.end as usize + 1);
        self.found_empty.iter().for_each(|pop| pops.raise(pop.call as usize, NEVER - pop.ret));
        let mut deadlines = Vec::new();
        for (place, (push, _)) in self.left.iter().enumerate() {
            while let Some((_, below)) = pushed.next_if(|&(ret, _)| ret < push.call) {
                let Span { call, ret } = self.popped[below as usize].pop;
                pops.raise(call as usize, NEVER - ret);
            }
            let first = pops.greatest_within(push.ret as usize, self.end as usize + 1);
            if first > 0 {
                deadlines.push((NEVER - first, place as u32));
            }
        }
        deadlines.sort_unstable();
        deadlines
    }

    /// The pops of what is left, where those that take it later are known or, unless `as_told`,
    /// not; if there are too few before some deadline, the first such one.
    fn taken(&self, deadlines: &[(u32, u32)], as_told: bool) -> Result<Vec<Span>, u32> {
        let in_the_end = Span { call: self.end, ret: NEVER };
        let told = |taken: Option<Span>| taken.filter(|_| as_told);
        let mut pops: Vec<Span> =
            self.left.iter().map(|&(_, taken)| told(taken).unwrap_or(in_the_end)).collect();
        let mut busy: Vec<u32> = self.left.iter().filter_map(|&(_, taken)| Some(told(taken)?.call)).collect();
        busy.sort_unstable();
        let mut free = self.takers.iter().filter(|&call| busy.binary_search(call).is_err());
        for &(deadline, place) in deadlines {
            let pop = &mut pops[place as usize];
            if *pop == in_the_end {
                let call = *free.next().filter(|&&call| call < deadline).ok_or(deadline)?;
                *pop = Span { call, ret: NEVER };
            }
        }
        Ok(pops)
    }

    /// What is wrong if what is left is popped like this (see `taken`), or is away unless `they_stay`.
    fn fault(&self, deadlines: &[(u32, u32)], as_told: bool, they_stay: bool) -> Option<Fault> {
        let pops = match self.taken(deadlines, as_told) {
            Ok(pops) => pops,
            Err(deadline) => {
                return Some(Fault { anyhow: !as_told, since: self.stack.settled(deadline, self.horizon) });
            }
        };
        let left = self.left.iter().zip(pops).filter(|_| they_stay);
        let left = left.map(|(&(push, _), pop)| Life { push, pop });
        let all = self.popped.iter().copied().chain(left);
        let lives: Vec<Life> = all.filter(|life| life.push.ret < life.pop.call).collect();
        if let Some(returned) = self.never_empty(&lives) {
            return Some(Fault { anyhow: !they_stay, since: self.stack.settled(returned, self.horizon) });
        }
        let Conflict { lives, popped, since } = nesting::conflict(&lives, self.end)?;
        let anyhow = lives.iter().all(|life| life.pop.ret != NEVER);
        // What is popped later may have been taken by others, as it seems until they return.
        let alone = lives.iter().all(|life| life.pop.ret <= since);
        let settled = if alone { since } else { self.stack.settled(popped, self.horizon).max(since) };
        Some(Fault { anyhow, since: settled })
    }

    /// The first return of a pop that breaks rule 4.
    fn never_empty(&self, lives: &[Life]) -> Option<u32> {
        if self.found_empty.is_empty() {
            return None;
        }
        let mut changes = vec![0_i32; self.end as usize + 1];
        for life in lives {
            changes[life.push.ret as usize] += 1;
            changes[life.pop.call as usize] -= 1;
        }
        // Before each event, how many instants there were at which the stack may have been empty.
        let (mut there, mut instants) = (0, 0_u32);
        let mut before = Vec::with_capacity(changes.len());
        for change in changes {
            before.push(instants);
            there += change;
            instants += u32::from(there == 0);
        }
        let had_none = |pop: &&Span| before[pop.ret as usize] == before[pop.call as usize];
        self.found_empty.iter().filter(had_none).map(|pop| pop.ret).min()
    }
}
