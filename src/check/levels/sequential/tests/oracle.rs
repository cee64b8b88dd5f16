//! A judge of sequential consistency that is too simple to be wrong: it tries every way to shuffle the
//! sessions, and asks of each object whether what it is given one after the other is legal.
//!
//! What was never answered is put behind what comes before it in its session, as something that is still under
//! way: for what may happen at any later time or never, that judge of one object has its own words.

use crate::check::Specification;
use crate::check::brute_force::{Mistake, first_impossible};
use crate::history::{Operation, Outcome, Value};

/// What a mistaken oracle gets wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrong {
    Nothing,
    /// Each object may have an order of its own.
    Local,
    /// Sessions have no order.
    Sessions,
    /// Real time matters.
    RealTime,
    /// What was not answered did not happen.
    InfoNever,
    /// A session goes on after what was not answered.
    InfoNoEnd,
    /// Answers are not looked at.
    Answers,
}

/// The sessions of `operations`.
pub(super) fn sessions(operations: &[Operation], wrong: Wrong) -> Vec<Vec<&Operation>> {
    let mut sessions: Vec<Vec<&Operation>> = Vec::new();
    for operation in operations.iter().filter(|operation| operation.outcome != Outcome::Fail) {
        let is_open = |session: &&mut Vec<&Operation>| {
            let last = session[session.len() - 1];
            last.process == operation.process && last.outcome == Outcome::Ok
        };
        match sessions.iter_mut().find(is_open) {
            Some(session) if wrong != Wrong::Sessions => session.push(operation),
            _ => sessions.push(vec![operation]),
        }
    }
    if wrong == Wrong::InfoNever {
        sessions.iter_mut().for_each(|session| session.retain(|operation| operation.outcome == Outcome::Ok));
    }
    if wrong == Wrong::InfoNoEnd {
        let mut whole: Vec<Vec<&Operation>> = Vec::new();
        for session in sessions {
            match whole.iter_mut().find(|whole| whole[0].process == session[0].process) {
                Some(whole) => whole.extend(session),
                None => whole.push(session),
            }
        }
        return whole;
    }
    sessions
}

struct Shuffle<'a> {
    specification: &'a Specification,
    sessions: Vec<Vec<&'a Operation>>,
    /// All that were answered up to this event must be in the order.
    horizon: usize,
    wrong: Wrong,
    order: Vec<Operation>,
}

/// Whether `operations` have an order among which are those that were answered up to the event `horizon`.
pub(super) fn is_possible(
    specification: &Specification,
    operations: &[Operation],
    horizon: usize,
    wrong: Wrong,
) -> bool {
    let mut keys: Vec<Option<&Value>> = operations.iter().map(|operation| operation.key.as_ref()).collect();
    keys.sort();
    keys.dedup();
    let search = |operations: &[Operation]| {
        let sessions = sessions(operations, wrong);
        let done = vec![0; sessions.len()];
        Shuffle { specification, sessions, horizon, wrong, order: Vec::new() }.search(&done)
    };
    if wrong != Wrong::Local {
        return search(operations);
    }
    keys.into_iter().all(|key| {
        let of_key = operations.iter().filter(|operation| operation.key.as_ref() == key);
        search(&of_key.cloned().collect::<Vec<_>>())
    })
}

impl Shuffle<'_> {
    fn search(&mut self, done: &[usize]) -> bool {
        let is_needed = |o: &Operation| o.outcome == Outcome::Ok && o.returned <= Some(self.horizon);
        let rest = |(session, &done): (&Vec<_>, &usize)| session[done..].to_vec();
        let left: Vec<&Operation> = self.sessions.iter().zip(done).flat_map(rest).collect();
        if !left.iter().any(|operation| is_needed(operation)) {
            return true;
        }
        (0..done.len()).any(|session| {
            let Some(&next) = self.sessions[session].get(done[session]) else { return false };
            let in_time = |o: &&Operation| o.returned.is_none_or(|at| at > next.invoked);
            if self.wrong == Wrong::RealTime && !left.iter().all(in_time) {
                return false;
            }
            let at = 2 * self.order.len();
            let returned = next.returned.filter(|_| next.outcome == Outcome::Ok).map(|_| at + 1);
            self.order.push(Operation { invoked: at, returned, ..next.clone() });
            let of_key = |o: &&Operation| o.key == next.key;
            let one: Vec<Operation> = self.order.iter().filter(of_key).cloned().collect();
            let mistake = if self.wrong == Wrong::Answers { Mistake::Answers } else { Mistake::None };
            let is_legal = first_impossible(self.specification, &one, mistake).is_none();
            let mut done = done.to_vec();
            done[session] += 1;
            let found = is_legal && self.search(&done);
            self.order.pop();
            found
        })
    }
}
