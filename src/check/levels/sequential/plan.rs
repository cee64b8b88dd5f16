//! What an order has to hold so that the first so many answers are explained, and what it may hold.
//!
//! A history is *explained up to an answer* if some operations have a legal order that keeps that of each
//! session, among them all that were answered by then, and of each session whatever comes before one that is in
//! it. Later operations may help: sequential consistency lets a read see what is written after it by the clock.
//! So a history that has an order is explained up to each of its answers (cut its order off behind the last of
//! them), and one explained up to an answer is explained up to those before. The first answer up to which it is
//! not can be found by halving.
//!
//! Operations are *certain* if every such order has them: those answered, whatever comes before a certain one in
//! its session, and the only write of a value that a certain one demands. If certain operations demand nothing
//! but such values and what was there at first, all others are left out: an order without them is as legal,
//! since what each demands was left by the same write, and no more comes between. Otherwise, from the end of
//! each session those are left out that change nothing, or leave what nobody demands.

use super::items::{INITIAL, Items};
use crate::check::numbering::NONE;

/// What an order must and may hold.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// How many of each session are certain.
    pub(super) certain: Vec<u32>,
    /// How many of each session are not left out.
    pub(super) length: Vec<u32>,
    /// A certain operation that demands what nothing can have left.
    pub(super) phantom: Option<u32>,
}

impl Plan {
    /// The plan for the first `answers`.
    pub(super) fn new(items: &Items, answers: usize) -> Self {
        let mut plan = Plan { certain: vec![0; items.sessions.len()], length: Vec::new(), phantom: None };
        let is_enough = plan.find_certain(items, &items.returns[..answers]);
        let is_certain = |&item: &u32| plan.is_certain(items, item);
        plan.phantom = items.phantoms.iter().copied().find(is_certain);
        plan.length = if is_enough {
            plan.certain.clone()
        } else {
            items.sessions.iter().map(|session| session.len() as u32).collect()
        };
        if !is_enough {
            plan.leave_out(items);
        }
        plan
    }

    pub(super) fn is_certain(&self, items: &Items, item: u32) -> bool {
        let item = &items.all[item as usize];
        item.place < self.certain[item.session as usize]
    }

    /// The operations that are certain, session by session.
    pub(super) fn certain<'p>(&'p self, items: &'p Items) -> impl Iterator<Item = u32> + 'p {
        let sessions = items.sessions.iter().zip(&self.certain);
        sessions.flat_map(|(session, &certain)| session[..certain as usize].iter().copied())
    }

    /// Finds what is certain if `answered` are. Whether that is enough by itself.
    fn find_certain(&mut self, items: &Items, answered: &[u32]) -> bool {
        let (mut waiting, mut is_enough) = (answered.to_vec(), true);
        while let Some(item) = waiting.pop() {
            let item = &items.all[item as usize];
            let session = item.session as usize;
            let before = self.certain[session];
            self.certain[session] = before.max(item.place + 1);
            for &new in &items.sessions[session][before as usize..self.certain[session] as usize] {
                let new = &items.all[new as usize];
                is_enough &= items.is_named(new.object) && (new.guard == NONE || new.origin != NONE);
                if new.origin != NONE && new.origin != INITIAL {
                    waiting.push(new.origin);
                }
            }
        }
        is_enough
    }

    /// Leaves out what helps nobody.
    fn leave_out(&mut self, items: &Items) {
        let mut demands = vec![0_u32; items.states];
        for item in items.all.iter().filter(|item| item.guard != NONE) {
            demands[items.state(item.object, item.guard)] += 1;
        }
        let mut goes_on = true;
        while std::mem::take(&mut goes_on) {
            for (session, all) in items.sessions.iter().enumerate() {
                let length = &mut self.length[session];
                while *length > self.certain[session] {
                    let item = &items.all[all[*length as usize - 1] as usize];
                    let is_useless = item.observes
                        || items.is_named(item.object) && demands[items.state(item.object, item.leaves)] == 0;
                    if !is_useless {
                        break;
                    }
                    if item.guard != NONE {
                        demands[items.state(item.object, item.guard)] -= 1;
                    }
                    *length -= 1;
                    goes_on = true;
                }
            }
        }
    }
}
