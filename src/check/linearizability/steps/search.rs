//! The search of Wing and Gong with Lowe's memo, for any model.
//!
//! A configuration is: the operations linearized so far, the state, the pending operations used. A
//! *way* is a sequence of moves from it to the end, where all that must be linearized is. Every
//! pruning keeps at least one shortest way if there is any:
//!
//! 1. **Observers at once.** If a callable operation is possible that changes no state wherever it is
//!    possible, it is linearized. A way without it is a way from there. (An operation that changes
//!    nothing here may be needed later, where it does.)
//! 2. **Equals in order.** Of callable operations of one class, the one that returns first is taken.
//!    If a way takes another first, exchange the two: both are callable now, and the place the other
//!    gets is before the return of the one it changes places with. Of pending equals the one
//!    invoked first is taken: it may be anywhere that the others may be.
//! 3. **Pending operations that change nothing are not used.** The way without is shorter.
//!
//! **Parts.** When nothing is open that must be linearized, all that matters of what was before is the
//! state and the pending operations used: the *ends* of what was before. So a history is searched part by
//! part, from quiet instant to quiet instant: all ends of a part are found, and what was entered on the
//! way to them is forgotten before the next begins with them. Memory holds what one part needs. There may
//! be too many ends (of a queue to which much is added at once, every order is one), or looking for all of
//! them may take too long. Then the part is made longer, up to the whole history, where one end is enough.

use super::parts::{FORGET_BYTES, Parts};
use super::plan::Plan;
use crate::check::Budget;
use crate::check::automaton::Automaton;
use crate::check::linearizability::Found;
use crate::check::linearizability::memo::{Key, Memo, UsedId};
use crate::check::linearizability::open_list::OpenList;
use crate::check::numbering::{NONE, StateId};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Move {
    /// Linearize this operation.
    Take(u32),
    /// Use the next pending operation of this kind.
    Use(u32),
    /// Begin with this one of the states that the part can begin with.
    Begin(u32),
}

/// A configuration on the way, and where its untried moves begin.
#[derive(Clone, Debug)]
struct Frame {
    state: StateId,
    used: UsedId,
    trail: usize,
    moves: usize,
}

/// A search for a linearization.
#[derive(Clone, Debug)]
pub(in crate::check) struct Search {
    plan: Plan,
    list: OpenList,
    state: StateId,
    used: UsedId,
    /// The operations linearized, in order.
    trail: Vec<u32>,
    frames: Vec<Frame>,
    /// The untried moves of all frames, the best of each last, with where they lead.
    moves: Vec<(Move, StateId)>,
    memo: Memo,
    parts: Parts,
    furthest: usize,
    callable: Vec<u32>,
    /// The bytes of the automaton and of what is kept for the way back that the budget has paid for.
    paid: u64,
}

impl Search {
    pub(super) fn new(mut plan: Plan) -> Self {
        // Most searches need no more, and grow no vector.
        let room = plan.must.len().min(64);
        let mut search = Search {
            parts: Parts::new(std::mem::take(&mut plan.quiet)),
            list: OpenList::new(plan.order.iter().copied(), plan.must.len()),
            plan,
            state: 0,
            used: Memo::UNUSED,
            trail: Vec::with_capacity(room),
            frames: Vec::with_capacity(room + 1),
            moves: Vec::with_capacity(2 * room),
            memo: Memo::new(),
            furthest: 0,
            callable: Vec::with_capacity(room),
            paid: 0,
        };
        search.begin();
        search
    }

    /// Goes back to where the part begins, with all states that it can begin with as moves.
    fn begin(&mut self) {
        while let Some(operation) = self.trail.pop() {
            self.list.put_back(operation);
        }
        self.frames.clear();
        self.moves.clear();
        self.frames.push(Frame { state: 0, used: Memo::UNUSED, trail: 0, moves: 0 });
        let begins = self.parts.begins.iter().enumerate();
        self.moves.extend(begins.map(|(number, &(state, _))| (Move::Begin(number as u32), state)).rev());
    }

    /// The length of the longest prefix known to be possible.
    pub(super) fn furthest(&self) -> usize {
        self.furthest
    }

    /// The bytes of the budget that are held; to be given back when this is dropped.
    pub(super) fn bytes(&self) -> u64 {
        self.memo.bytes() + self.paid
    }

    /// Searches until something is found or the budget is spent.
    pub(super) fn run(&mut self, automaton: &mut Automaton, budget: &mut Budget) -> Found {
        loop {
            if !budget.step() {
                return Found::OutOfSteps;
            }
            if !self.next_move() {
                if self.parts.ends.is_empty() {
                    return Found::NoWay;
                }
                self.begin_next(automaton, budget);
                continue;
            }
            let Some(first) = self.close(automaton) else {
                self.furthest = self.plan.must.len();
                return Found::Way;
            };
            self.furthest = self.furthest.max(first as usize);
            if !self.pay(automaton, budget) {
                return Found::OutOfMemory;
            }
            let is_end = first == self.parts.end();
            if is_end {
                self.callable.clear();
            }
            let is_new = self.is_new(first, budget);
            if is_end && is_new == Some(true) {
                self.parts.ends.push((self.state, self.used));
            }
            if self.parts.is_too_rich() {
                self.parts.lengthen();
                self.forget(budget);
                self.begin();
                continue;
            }
            let has_memory = match is_new {
                Some(true) => is_end || self.push_frame(automaton, first, budget),
                Some(false) => true,
                None => false,
            };
            if !has_memory {
                return Found::OutOfMemory;
            }
        }
    }

    /// Pays for what `automaton` and the way back have come to take. Whether the budget had room for it.
    fn pay(&mut self, automaton: &Automaton, budget: &mut Budget) -> bool {
        let frames = self.frames.capacity() * size_of::<Frame>();
        let moves = self.moves.capacity() * size_of::<(Move, StateId)>();
        let way = frames + moves + self.trail.capacity() * size_of::<u32>();
        budget.settle(&mut self.paid, automaton.bytes() + way as u64)
    }

    /// Forgets what was entered.
    fn forget(&mut self, budget: &mut Budget) {
        self.memo.forget(self.parts.begins.iter_mut().map(|(_, used)| used), budget);
    }

    /// Begins the next part with the ends of this one.
    fn begin_next(&mut self, automaton: &mut Automaton, budget: &mut Budget) {
        let done = self.parts.begin_next();
        self.forget(budget);
        done.for_each(|operation| self.list.lift(operation));
        if self.paid > self.parts.forget_bytes {
            let mut states: Vec<StateId> = self.parts.begins.iter().map(|&(state, _)| state).collect();
            automaton.forget_steps(&mut states);
            self.parts.begins.iter_mut().zip(states).for_each(|(begin, state)| begin.0 = state);
            self.parts.forget_bytes = FORGET_BYTES.max(4 * automaton.bytes());
        }
        self.begin();
    }

    /// Makes the next untried move. `false` if there is none.
    fn next_move(&mut self) -> bool {
        while let Some(frame) = self.frames.last() {
            let Frame { state, used, trail, moves } = *frame;
            while self.trail.len() > trail
                && let Some(operation) = self.trail.pop()
            {
                self.list.put_back(operation);
            }
            (self.state, self.used) = (state, used);
            if self.moves.len() > moves
                && let Some((chosen, after)) = self.moves.pop()
            {
                match chosen {
                    Move::Take(operation) => self.take(operation),
                    Move::Use(kind) => self.used = self.memo.one_more(self.used, kind),
                    Move::Begin(number) => self.used = self.parts.begins[number as usize].1,
                }
                self.state = after;
                return true;
            }
            self.frames.pop();
        }
        false
    }

    fn take(&mut self, operation: u32) {
        self.list.lift(operation);
        self.trail.push(operation);
    }

    /// Makes the moves that pruning 1 forces, up to the end of the part. Returns the operation that returns
    /// first of those left, or `None` if none is left; `callable` holds what may come next.
    fn close(&mut self, automaton: &mut Automaton) -> Option<u32> {
        let mut callable = std::mem::take(&mut self.callable);
        let first = loop {
            let first = self.list.callable(&mut callable);
            if first == Some(self.parts.end()) {
                break first;
            }
            let before = self.trail.len();
            for &operation in &callable {
                let class = self.plan.must[operation as usize].class;
                if automaton.observes(class) && automaton.step(self.state, class) != NONE {
                    self.take(operation);
                }
            }
            if self.trail.len() == before {
                break first;
            }
        };
        self.callable = callable;
        first
    }

    /// Whether this configuration is worth searching; `None` if it cannot be remembered.
    fn is_new(&mut self, first: u32, budget: &mut Budget) -> Option<bool> {
        let slots = self.callable.iter().map(|&operation| self.plan.must[operation as usize].slot);
        let open = self.memo.open(slots, self.plan.slots);
        self.memo.enter(Key { first, state: self.state, open }, self.used, budget)
    }

    /// Lists the moves from here, those first whose operation returns first. Whether there was memory for the
    /// states that they lead to.
    fn push_frame(&mut self, automaton: &mut Automaton, first: u32, budget: &mut Budget) -> bool {
        let moves = self.moves.len();
        self.frames.push(Frame { state: self.state, used: self.used, trail: self.trail.len(), moves });
        let now = self.plan.must[first as usize].ret;
        for kind in 0..self.plan.pending.len() {
            let pending = &self.plan.pending[kind];
            let invoked = pending.calls.partition_point(|&call| call < now);
            if invoked == 0 || self.memo.count(self.used, kind as u32) as usize >= invoked {
                continue;
            }
            let after = automaton.step(self.state, pending.class);
            if after != NONE && after != self.state {
                self.moves.push((Move::Use(kind as u32), after));
            }
            // There may be many, and states may be large.
            if !self.pay(automaton, budget) {
                return false;
            }
        }
        let Self { plan, callable, state, .. } = self;
        // Operations are numbered in order of return.
        callable.sort_unstable_by(|a, b| b.cmp(a));
        for (index, &operation) in callable.iter().enumerate() {
            let class = plan.must[operation as usize].class;
            let sooner = &callable[index + 1..];
            if sooner.iter().any(|&other| plan.must[other as usize].class == class) {
                continue;
            }
            let after = automaton.step(*state, class);
            if after != NONE {
                self.moves.push((Move::Take(operation), after));
            }
        }
        self.pay(automaton, budget)
    }
}
