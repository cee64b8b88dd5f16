//! The search for an order: depth first, one operation after the other, no configuration twice.
//!
//! A configuration is how far each session has come and the state of each object. A *way* is a sequence of
//! operations from it until all that are certain are done (see `plan`). Each pruning keeps a way if there is any:
//!
//! 1. **Observers at once.** An operation that may come next and changes no state wherever it is possible is
//!    taken. A way without it stays one behind it, and one with it can have it first.
//! 2. **What must come before comes before** (see `derived`).
//! 3. **No dead ends.** A state that a certain operation still demands is not left if nothing can leave it again.
//! 4. **Writes nobody waits for at once.** Where nothing that is left demands the state that the object is in (so
//!    that nothing happens to the object but by its next change), a certain write is taken that may come next,
//!    - if nothing that is left demands what it leaves: in a way that has it later, leave it out there and put it
//!      first. Until the next change nobody looked at the object, neither now nor there; or
//!    - if all other changes of the object that are left must come after it: in any way the next change of the
//!      object is this one, and nothing happens to it before.
//! 5. **What helps nobody is not used.** Of the operations that are not certain, one that ends its session is
//!    not used where it changes nothing, or leaves what nothing that is left demands; and where another that is
//!    not certain does the same and may come next, that is used in its place, or first.
//! 6. **An object that nobody looks at any more has no state**, when configurations are told apart.
//!
//! 3, the first of 4 and the second of 5 are about objects whose states operations name. Of the moves that are
//! left, that is tried first which was answered first: most histories are linearizable in most places.

use super::derived::Order;
use super::items::{Item, Items};
use super::memo::{Memo, term};
use super::plan::Plan;
use crate::check::Budget;
use crate::check::linearizability::Found;
use crate::check::numbering::{NONE, StateId};

/// What a name of a configuration has terms for.
const SESSION: u64 = 0;
const OBJECT: u64 = 1;

/// A configuration on the way, and where its untried moves begin.
#[derive(Clone, Copy, Debug)]
struct Frame {
    trail: usize,
    moves: usize,
}

/// An operation that was taken: its session, and the state of its object before.
type Taken = (u32, StateId);

/// A search for an order.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// How many of each session are done.
    done: Vec<u32>,
    /// The state of each object.
    states: Vec<StateId>,
    /// How many operations that are left demand each state, certain ones apart from others, and leave it.
    demands: Vec<u32>,
    certain_demands: Vec<u32>,
    writes: Vec<u32>,
    /// How many operations that are left look at each object.
    looks: Vec<u32>,
    /// How many operations that are not certain can change each object.
    possible_changes: Vec<u32>,
    /// How many certain operations are left.
    left: usize,
    /// What the next of each session waits for, as far as was seen: a session, and how many of it.
    waits: Vec<(u32, u32)>,
    name: u128,
    trail: Vec<Taken>,
    frames: Vec<Frame>,
    /// The sessions to go on with, of all frames, the best of each last.
    moves: Vec<u32>,
    memo: Memo,
    has_begun: bool,
    /// The most operations that were in order at a time.
    pub(super) furthest: usize,
    /// The bytes of the automata and the way back that the budget has paid for.
    paid: u64,
}

impl Search {
    pub(super) fn new(items: &Items, plan: &Plan) -> Self {
        let (sessions, objects) = (items.sessions.len(), items.objects.len());
        let mut search = Search {
            done: vec![0; sessions],
            states: vec![0; objects],
            demands: vec![0; items.states],
            certain_demands: vec![0; items.states],
            writes: vec![0; items.states],
            looks: vec![0; objects],
            possible_changes: vec![0; objects],
            left: 0,
            waits: vec![(0, 0); sessions],
            name: 0,
            trail: Vec::new(),
            frames: Vec::new(),
            moves: Vec::new(),
            memo: Memo::default(),
            has_begun: false,
            furthest: 0,
            paid: 0,
        };
        for (session, &length) in items.sessions.iter().zip(&plan.length) {
            for &number in &session[..length as usize] {
                let (item, is_certain) = (&items.all[number as usize], plan.is_certain(items, number));
                search.count(items, item, is_certain, true);
                search.possible_changes[item.object as usize] += u32::from(!is_certain && !item.observes);
            }
        }
        search
    }

    /// The bytes of the budget that are held.
    pub(super) fn bytes(&self) -> u64 {
        self.memo.bytes() + self.paid
    }

    /// Searches until something is found or the budget is spent.
    pub(super) fn run(
        &mut self,
        items: &mut Items,
        plan: &Plan,
        order: &Order,
        budget: &mut Budget,
    ) -> Found {
        loop {
            if !budget.step() {
                return Found::OutOfSteps;
            }
            if std::mem::replace(&mut self.has_begun, true) && !self.next_move(items, plan) {
                return Found::NoWay;
            }
            self.close(items, plan, order, budget);
            self.furthest = self.furthest.max(self.trail.len());
            if self.left == 0 {
                return Found::Way;
            }
            if !self.pay(items, budget) {
                return Found::OutOfMemory;
            }
            match self.memo.enter(self.name, budget) {
                Some(true) => self.push_frame(items, plan, order),
                Some(false) => {}
                None => return Found::OutOfMemory,
            }
        }
    }

    /// Pays for what automata and the way back have come to take. Whether the budget had room for it.
    fn pay(&mut self, items: &Items, budget: &mut Budget) -> bool {
        let frames = self.frames.capacity() * size_of::<Frame>() + self.moves.capacity() * size_of::<u32>();
        let way = (frames + self.trail.capacity() * size_of::<Taken>()) as u64;
        let automata = items.objects.iter().filter_map(|object| object.automaton.as_ref());
        budget.settle(
            &mut self.paid,
            way + automata.map(crate::check::automaton::Automaton::bytes).sum::<u64>(),
        )
    }

    /// Takes back all up to the last configuration with an untried move, and makes that.
    fn next_move(&mut self, items: &mut Items, plan: &Plan) -> bool {
        while let Some(&Frame { trail, moves }) = self.frames.last() {
            while self.trail.len() > trail {
                self.take_back(items, plan);
            }
            if self.moves.len() > moves
                && let Some(session) = self.moves.pop()
            {
                let item = self.next(items, plan, session as usize);
                let item = item.expect("a move is an operation");
                let state = items.step(&item, self.states[item.object as usize]);
                self.take(items, plan, &item, state);
                return true;
            }
            self.frames.pop();
        }
        false
    }

    /// The next operation of `session`.
    fn next(&self, items: &Items, plan: &Plan, session: usize) -> Option<Item> {
        let place = self.done[session];
        (place < plan.length[session]).then(|| items.all[items.sessions[session][place as usize] as usize])
    }

    /// Takes what prunings 1 and 4 force, until there is none.
    fn close(&mut self, items: &mut Items, plan: &Plan, order: &Order, budget: &mut Budget) {
        let mut before = usize::MAX;
        while before != self.trail.len() {
            before = self.trail.len();
            for session in 0..items.sessions.len() {
                while let Some((item, after)) = self.possible(items, plan, order, session)
                    && self.is_forced(items, plan, order, &item)
                {
                    self.take(items, plan, &item, after);
                    budget.step();
                }
            }
        }
    }

    /// The next operation of `session` and the state it leaves, if it may come next.
    fn possible(
        &mut self,
        items: &mut Items,
        plan: &Plan,
        order: &Order,
        session: usize,
    ) -> Option<(Item, StateId)> {
        let item = self.next(items, plan, session)?;
        let is_certain = item.place < plan.certain[session];
        if is_certain && order.is_known() && self.is_early(items, order, session, &item) {
            return None;
        }
        let state = self.states[item.object as usize];
        let after = items.step(&item, state);
        if after == NONE {
            return None;
        }
        if after != state && items.is_named(item.object) {
            let place = items.state(item.object, state);
            let own = u32::from(item.guard == state && is_certain);
            if self.certain_demands[place] > own && self.writes[place] == 0 {
                return None;
            }
        }
        Some((item, after))
    }

    /// Whether anything is left that must come before `item`, the next of `session`.
    fn is_early(&mut self, items: &Items, order: &Order, session: usize, item: &Item) -> bool {
        let (other, many) = self.waits[session];
        if self.done[other as usize] < many && order.before(self.number(items, item), other as usize) >= many
        {
            return true;
        }
        let row = order.row(self.number(items, item));
        let missing = row.iter().zip(&self.done).position(|(before, done)| done < before);
        if let Some(other) = missing {
            self.waits[session] = (other as u32, row[other]);
        }
        missing.is_some()
    }

    fn number(&self, items: &Items, item: &Item) -> u32 {
        items.sessions[item.session as usize][item.place as usize]
    }

    /// Whether `item`, which may come next, may as well come at once.
    fn is_forced(&self, items: &Items, plan: &Plan, order: &Order, item: &Item) -> bool {
        if item.observes {
            return true;
        }
        let is_certain = item.place < plan.certain[item.session as usize];
        if !is_certain || !items.is_named(item.object) {
            return false;
        }
        let state = self.states[item.object as usize];
        let own = u32::from(item.guard == state);
        if self.demands[items.state(item.object, state)] > own {
            return false;
        }
        let is_dead = self.demands[items.state(item.object, item.leaves)] == 0;
        is_dead || self.is_next_change(items, order, item)
    }

    /// Whether all other changes of its object that are left must come after `item`.
    fn is_next_change(&self, items: &Items, order: &Order, item: &Item) -> bool {
        let comes_later = |(session, writes): &(u32, Vec<u32>)| {
            let done = self.done[*session as usize];
            let next = writes.partition_point(|&write| items.all[write as usize].place < done);
            let next = writes.get(next).copied().filter(|_| *session != item.session);
            next.is_none_or(|next| order.before(next, item.session as usize) > item.place)
        };
        order.is_known()
            && self.possible_changes[item.object as usize] == 0
            && order.writes(item.object).iter().all(comes_later)
    }

    /// Lists the moves from here.
    fn push_frame(&mut self, items: &mut Items, plan: &Plan, order: &Order) {
        let from = self.moves.len();
        self.frames.push(Frame { trail: self.trail.len(), moves: from });
        let mut moves: Vec<(bool, u32, u32)> = Vec::new();
        for session in 0..items.sessions.len() {
            let Some((item, after)) = self.possible(items, plan, order, session) else { continue };
            let is_certain = item.place < plan.certain[session];
            let is_last = item.place + 1 == plan.length[session];
            let useless = || {
                after == self.states[item.object as usize]
                    || items.is_named(item.object) && self.demands[items.state(item.object, after)] == 0
            };
            let is_same = |&(is_optional, _, other): &(bool, u32, u32)| {
                let other = self.next(items, plan, other as usize);
                is_optional && other.is_some_and(|other| other.does_as(&item))
            };
            if !is_certain && is_last && (useless() || moves.iter().any(is_same)) {
                continue;
            }
            moves.push((!is_certain, item.when, session as u32));
        }
        moves.sort_unstable_by(|a, b| b.cmp(a));
        self.moves.extend(moves.into_iter().map(|(_, _, session)| session));
    }

    /// Takes `item`, the next of its session, which leaves `after`.
    fn take(&mut self, items: &Items, plan: &Plan, item: &Item, after: StateId) {
        let (object, session) = (item.object as usize, item.session as usize);
        self.trail.push((item.session, self.states[object]));
        self.name = self.name.wrapping_sub(self.terms(item));
        self.states[object] = after;
        self.done[session] += 1;
        self.count(items, item, item.place < plan.certain[session], false);
        self.name = self.name.wrapping_add(self.terms(item));
    }

    /// Takes back what was taken last.
    fn take_back(&mut self, items: &Items, plan: &Plan) {
        let Some((session, state)) = self.trail.pop() else { return };
        let place = self.done[session as usize] - 1;
        let item = &items.all[items.sessions[session as usize][place as usize] as usize];
        self.name = self.name.wrapping_sub(self.terms(item));
        self.states[item.object as usize] = state;
        self.done[session as usize] = place;
        self.count(items, item, place < plan.certain[session as usize], true);
        self.name = self.name.wrapping_add(self.terms(item));
    }

    /// What the session and the object of `item` add to the name of the configuration.
    fn terms(&self, item: &Item) -> u128 {
        let session = term(SESSION, item.session, self.done[item.session as usize]);
        let object = item.object as usize;
        let is_seen = self.looks[object] > 0;
        session.wrapping_add(if is_seen { term(OBJECT, item.object, self.states[object]) } else { 0 })
    }

    /// Counts `item` among those that are left, or no more.
    fn count(&mut self, items: &Items, item: &Item, is_certain: bool, is_left: bool) {
        let one = |count: &mut u32| *count = if is_left { *count + 1 } else { *count - 1 };
        if is_certain {
            self.left = if is_left { self.left + 1 } else { self.left - 1 };
        }
        if item.guard != NONE {
            let place = items.state(item.object, item.guard);
            one(&mut self.demands[place]);
            if is_certain {
                one(&mut self.certain_demands[place]);
            }
        }
        if item.leaves != NONE {
            one(&mut self.writes[items.state(item.object, item.leaves)]);
        }
        if item.guard != NONE || !items.is_named(item.object) {
            one(&mut self.looks[item.object as usize]);
        }
    }
}
