//! What every order has in common: which operations must come before which, as far as it follows from who reads
//! what.
//!
//! Of each certain operation it is known how many operations of each session must come before it. That grows by
//! four rules until none has more to say:
//!
//! 1. what comes before in a session comes before;
//! 2. if `r` demands what only `w` can have left, `w` comes before `r`;
//! 3. another write of the same object that comes before `r` comes before `w` (between them it would hide what
//!    `r` demands);
//! 4. another write of the same object that comes after `w` comes after `r`, for the same reason; and all come
//!    after what demands the state that was there at first, if nothing leaves that again.
//!
//! (Rules 2 to 4 are those of Gibbons and Korach, *Testing Shared Memories* (1997), §4, for reads whose write is
//! known; the vectors are those of Fidge and Mattern.) An operation that must come before itself refutes the
//! history. If there is none, an order must still be searched for, but rarely far.
//!
//! Compare-and-sets are both `r` and `w`. Only certain operations are looked at (see `plan`): they are in every
//! order, so that what others do changes none of this.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::items::{INITIAL, Item, Items};
use super::plan::Plan;
use crate::check::Budget;
use crate::check::numbering::NONE;

/// Sessions and their operations, as many as one step of the budget pays for.
const STEP: usize = 1 << 10;

/// How far this has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Derived {
    /// No rule has more to say.
    All,
    /// This operation must come before itself.
    Cycle(u32),
    OutOfSteps,
}

/// Why one operation must come before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reason {
    /// It does so in its session.
    Session,
    /// The other demands what it leaves.
    Read,
    /// Otherwise it would hide what a third reads that comes after it.
    Hides,
    /// It demands what the other overwrites.
    Overwritten,
}

/// One of the derived: the first must come before the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) reason: Reason,
}

/// The certain writes of one object in one session, in order.
type Writes = (u32, Vec<u32>);

/// What must come before what.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// How many sessions there are.
    width: usize,
    /// For each operation and session, how many of that session must come before. Empty where there is no room.
    before: Vec<u32>,
    /// The certain writes of each object.
    writes: Vec<Vec<Writes>>,
    /// For each write, those that demand what it leaves: the last of each session.
    readers: Vec<Vec<u32>>,
    /// For each object, those that demand what was there at first and is left by nothing.
    first_readers: Vec<Vec<u32>>,
    /// Operations whose row has changed since the rules were applied to it, the earliest first.
    changed: BinaryHeap<Reverse<u32>>,
    is_changed: Vec<bool>,
    /// How many of each session the rules have been applied to: the others will be told of all when they are.
    visited: Vec<u32>,
    /// What followed from rules 2 to 4, if anybody asks.
    edges: Option<Vec<Edge>>,
}

impl Order {
    /// What follows from the sessions alone; no more if the budget has no room for it.
    pub(super) fn new(items: &Items, plan: &Plan, budget: &mut Budget) -> Self {
        let width = items.sessions.len();
        let size = items.all.len() * width;
        let has_room = budget.take(4 * size as u64);
        let mut order = Order {
            width,
            before: vec![0; if has_room { size } else { 0 }],
            writes: vec![Vec::new(); items.objects.len()],
            readers: vec![Vec::new(); items.all.len()],
            first_readers: vec![Vec::new(); items.objects.len()],
            changed: BinaryHeap::new(),
            is_changed: vec![false; items.all.len()],
            visited: vec![0; width],
            edges: None,
        };
        for number in plan.certain(items) {
            order.index(items, number);
            if has_room {
                let item = &items.all[number as usize];
                order.before[number as usize * width + item.session as usize] = item.place;
                order.mark(number);
            }
        }
        order
    }

    /// The same, which remembers why.
    pub(super) fn explaining(self) -> Self {
        Order { edges: Some(Vec::new()), ..self }
    }

    /// The bytes of the budget that are held.
    pub(super) fn bytes(&self) -> u64 {
        4 * self.before.len() as u64
    }

    /// Whether anything is known.
    pub(super) fn is_known(&self) -> bool {
        !self.before.is_empty()
    }

    /// What rules 2 to 4 derived.
    pub(super) fn edges(&self) -> &[Edge] {
        self.edges.as_deref().unwrap_or_default()
    }

    /// How many of `session` must come before `item`.
    pub(super) fn before(&self, item: u32, session: usize) -> u32 {
        self.before[item as usize * self.width + session]
    }

    /// How many of each session must come before `item`.
    pub(super) fn row(&self, item: u32) -> &[u32] {
        &self.before[item as usize * self.width..][..self.width]
    }

    /// The certain writes of `object`, session by session.
    pub(super) fn writes(&self, object: u32) -> &[Writes] {
        &self.writes[object as usize]
    }

    fn index(&mut self, items: &Items, number: u32) {
        let item = &items.all[number as usize];
        if item.leaves != NONE {
            let writes = &mut self.writes[item.object as usize];
            match writes.last_mut() {
                Some((session, all)) if *session == item.session => all.push(number),
                _ => writes.push((item.session, vec![number])),
            }
        }
        let readers = match item.origin {
            NONE => return,
            INITIAL => &mut self.first_readers[item.object as usize],
            origin => &mut self.readers[origin as usize],
        };
        match readers.last_mut() {
            // One that is followed by another of its session comes before whatever that comes before. It must
            // be told of what comes before it, though, and is: rules 2 and 3 go by its own demand.
            Some(last) if items.all[*last as usize].session == item.session => *last = number,
            _ => readers.push(number),
        }
    }

    fn mark(&mut self, item: u32) {
        if !std::mem::replace(&mut self.is_changed[item as usize], true) {
            self.changed.push(Reverse(item));
        }
    }

    /// Applies the rules until none has more to say.
    pub(super) fn run(&mut self, items: &Items, budget: &mut Budget) -> Derived {
        while let Some(&Reverse(next)) = self.changed.peek() {
            for _ in 0..=self.width * self.width / STEP {
                if !budget.step() {
                    return Derived::OutOfSteps;
                }
            }
            self.changed.pop();
            self.is_changed[next as usize] = false;
            let cycle = self.visit(items, next);
            if let Some(item) = cycle {
                return Derived::Cycle(item);
            }
        }
        Derived::All
    }

    /// Applies the rules to what comes before `number`. The operation that must come before itself, if one must.
    fn visit(&mut self, items: &Items, number: u32) -> Option<u32> {
        let item = &items.all[number as usize];
        // The earliest first: those of a session in its order.
        let visited = &mut self.visited[item.session as usize];
        *visited = (*visited).max(item.place + 1);
        let mut changes = false;
        loop {
            let grew = self.close(items, number) | self.apply(items, number, item);
            if self.before(number, item.session as usize) > item.place {
                return Some(number);
            }
            changes |= grew;
            if !grew {
                break;
            }
        }
        if let Some(cycle) = self.order_writes(items, number, item) {
            return Some(cycle);
        }
        if changes { self.spread(items, number) } else { None }
    }

    /// What comes before what comes before, comes before. Whether that is news.
    fn close(&mut self, items: &Items, number: u32) -> bool {
        let mut grew = false;
        for session in 0..self.width {
            if let Some(last) = self.before(number, session).checked_sub(1) {
                grew |= self.join(items, items.sessions[session][last as usize], number);
            }
        }
        grew
    }

    /// Rules 2 and 4. Whether that is news.
    fn apply(&mut self, items: &Items, number: u32, item: &Item) -> bool {
        let mut grew = false;
        if item.origin != NONE && item.origin != INITIAL {
            grew |= self.add(items, item.origin, number, Reason::Read);
        }
        if item.leaves == NONE {
            return grew;
        }
        for place in 0..self.first_readers[item.object as usize].len() {
            let reader = self.first_readers[item.object as usize][place];
            grew |= reader != number && self.add(items, reader, number, Reason::Overwritten);
        }
        for place in 0..self.writes[item.object as usize].len() {
            // Earlier ones of the session have been overwritten by this one, after all that demand them.
            let Some(write) = self.last_write_before(items, number, item.object, place) else { continue };
            for place in 0..if write == number { 0 } else { self.readers[write as usize].len() } {
                let reader = self.readers[write as usize][place];
                grew |= reader != number && self.add(items, reader, number, Reason::Overwritten);
            }
        }
        grew
    }

    /// Rule 3. The operation that must come before itself, if one must.
    fn order_writes(&mut self, items: &Items, number: u32, item: &Item) -> Option<u32> {
        if item.origin == NONE || item.origin == INITIAL {
            // What was there at first is demanded before all writes, by rule 4.
            return None;
        }
        for place in 0..self.writes[item.object as usize].len() {
            let Some(write) = self.last_write_before(items, number, item.object, place) else { continue };
            if write != item.origin && write != number && self.add(items, write, item.origin, Reason::Hides) {
                let origin = &items.all[item.origin as usize];
                if self.before(item.origin, origin.session as usize) > origin.place {
                    return Some(item.origin);
                }
                self.mark(item.origin);
                if let Some(cycle) = self.spread(items, item.origin) {
                    return Some(cycle);
                }
            }
        }
        None
    }

    /// Of the session in this place among those that write `object`, the last write that must come before
    /// `number`.
    fn last_write_before(&self, items: &Items, number: u32, object: u32, place: usize) -> Option<u32> {
        let (session, writes) = &self.writes[object as usize][place];
        let before = self.before(number, *session as usize);
        if before == 0 {
            return None;
        }
        let count = writes.partition_point(|&write| items.all[write as usize].place < before);
        count.checked_sub(1).map(|last| writes[last])
    }

    /// That `from` must come before `to`. Whether that is news.
    fn add(&mut self, items: &Items, from: u32, to: u32, reason: Reason) -> bool {
        let grew = self.join(items, from, to);
        if grew && let Some(edges) = &mut self.edges {
            edges.push(Edge { from, to, reason });
        }
        grew
    }

    /// Puts `from`, and what must come before it, before `to`. Whether that is news.
    fn join(&mut self, items: &Items, from: u32, to: u32) -> bool {
        let Item { session, place, .. } = items.all[from as usize];
        let (from, to) = (from as usize * self.width, to as usize * self.width);
        let mut grew = false;
        for session in 0..self.width {
            let least = self.before[from + session];
            if self.before[to + session] < least {
                self.before[to + session] = least;
                grew = true;
            }
        }
        let own = &mut self.before[to + session as usize];
        grew |= *own <= place;
        *own = (*own).max(place + 1);
        grew
    }

    /// Tells those of what has come before `number` for whom it is news: what follows in its session at once,
    /// so that rows grow along each session, and others when they are visited. Those are the first of each
    /// session that come after `number`; the rest of their session learns of it from them.
    fn spread(&mut self, items: &Items, number: u32) -> Option<u32> {
        let mut number = number;
        loop {
            let Item { session, place, .. } = items.all[number as usize];
            for other in (0..self.width).filter(|&other| other != session as usize) {
                let all = &items.sessions[other][..self.visited[other] as usize];
                let first = all.partition_point(|&later| self.before(later, session as usize) <= place);
                if let Some(&first) = all.get(first) {
                    self.mark(first);
                }
            }
            if place + 1 >= self.visited[session as usize] {
                return None;
            }
            let next = items.sessions[session as usize][place as usize + 1];
            if !self.join(items, number, next) {
                return None;
            }
            if self.before(next, session as usize) > place + 1 {
                return Some(next);
            }
            self.mark(next);
            number = next;
        }
    }
}
