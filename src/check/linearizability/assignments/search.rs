//! The search of Wing and Gong with Lowe's memo.
//!
//! A configuration is: the operations linearized so far, the state, the pending operations used. A
//! *way* is a sequence of moves from it to the end, where all that must be linearized is. Every
//! pruning below keeps at least one shortest way if there is any; each comes with its proof, by
//! exchange: from a way `w` that it forbids, one that it allows and that is no longer.
//!
//! A value is *watched* while some operation not yet linearized, or some pending one, demands it.
//!
//! 1. **Reads at once.** If the state is what a callable read demands, the read is linearized. It
//!    changes nothing, so `w` without it is a way from there.
//! 2. **Unwatched states are one.** Nothing but an unguarded write can follow an unwatched state, so
//!    all of them allow the same ways. They are all called [`UNWATCHED`].
//! 3. **A write does not care what it replaces.** From a watched state it is only taken after giving
//!    the state up, which is a move of its own and leads to [`UNWATCHED`].
//! 4. **Complete writes at once.** In [`UNWATCHED`], a callable write whose value is demanded by
//!    callable reads alone (or by nothing) is linearized with these reads. After them the state
//!    is unwatched again. `w` without them is a way from there: what followed the write in `w`,
//!    these reads apart, was an unguarded write or the end.
//! 5. **A needed value is not given up for good.** A state is not left while operations demand it
//!    that must be linearized and no operation is left that could restore it.
//! 6. **Equals in order.** Of callable operations that demand and leave the same, the one that
//!    returns first is taken, and a pending one only after those that returned. If `w` takes
//!    another first, exchange the two: both are callable now, and the place the other gets is before
//!    the return of the one it changes places with. Of pending equals the one invoked first is
//!    taken: it may be anywhere that the others may be.
//! 7. **Pending operations only if seen.** One is used only if something callable demands the value
//!    it leaves. If what follows in `w` does not demand it, it is an unguarded write or the end, and
//!    `w` without the pending operation is shorter.

use super::compiled::{INITIAL, NONE, ValueId};
use super::plan::Plan;
use super::planted::{Planted, planted};
use crate::check::Budget;
use crate::check::linearizability::Found;
use crate::check::linearizability::memo::{Key, Memo, UsedId};
use crate::check::linearizability::open_list::OpenList;

/// Any state whose value nothing demands any more.
const UNWATCHED: ValueId = u32::MAX - 1;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Move {
    /// Linearize this operation.
    Take(u32),
    /// Use the next pending operation of this class.
    Use(u32),
    /// Leave the state to whatever comes.
    GiveUp,
}

/// Something to undo.
#[derive(Clone, Copy, Debug)]
enum Step {
    Took(u32),
    Used(u32),
}

/// A configuration on the way, and where its untried moves begin.
#[derive(Clone, Debug)]
struct Frame {
    state: ValueId,
    used: UsedId,
    trail: usize,
    moves: usize,
}

/// A search for a linearization.
#[derive(Clone, Debug)]
pub(in crate::check) struct Search {
    plan: Plan,
    list: OpenList,
    state: ValueId,
    used: UsedId,
    /// For each operation, whether it is linearized.
    taken: Vec<bool>,
    /// For each value, how many operations demand it that must yet be linearized …
    observers: Vec<u32>,
    /// … how many of these change it …
    changers: Vec<u32>,
    /// … and how many operations are left that leave it, pending ones included.
    producers: Vec<u32>,
    trail: Vec<Step>,
    frames: Vec<Frame>,
    /// The untried moves of all frames, the best of each last.
    moves: Vec<Move>,
    memo: Memo,
    /// The bytes of what is kept for the way back that the budget has paid for.
    paid: u64,
    begun: bool,
    furthest: usize,
    callable: Vec<u32>,
    /// For each value, how many callable operations demand it. All 0 between uses.
    callable_observers: Vec<u32>,
    ranked: Vec<(u32, Move)>,
}

impl Search {
    pub(super) fn new(plan: Plan) -> Self {
        let zeros = || vec![0; plan.values];
        let (mut observers, mut changers, mut producers) = (zeros(), zeros(), zeros());
        for must in &plan.must {
            if must.guard != NONE {
                observers[must.guard as usize] += 1;
                changers[must.guard as usize] += u32::from(must.leaves != NONE);
            }
            if must.leaves != NONE {
                producers[must.leaves as usize] += 1;
            }
        }
        for class in &plan.classes {
            producers[class.leaves as usize] += class.calls.len() as u32;
        }
        Search {
            list: OpenList::new(plan.order.iter().copied(), plan.must.len()),
            state: INITIAL,
            used: Memo::UNUSED,
            taken: vec![false; plan.must.len()],
            observers,
            changers,
            producers,
            trail: Vec::new(),
            frames: Vec::new(),
            moves: Vec::new(),
            memo: Memo::new(),
            paid: 0,
            begun: false,
            furthest: 0,
            callable: Vec::new(),
            callable_observers: zeros(),
            ranked: Vec::new(),
            plan,
        }
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
    pub(super) fn run(&mut self, budget: &mut Budget) -> Found {
        loop {
            if !budget.step() {
                return Found::OutOfSteps;
            }
            if self.begun && !self.next_move() {
                return Found::NoWay;
            }
            self.begun = true;
            let Some(first) = self.close() else {
                self.furthest = self.plan.must.len();
                return Found::Way;
            };
            self.furthest = self.furthest.max(first as usize);
            match self.is_new(first, budget) {
                Some(true) => self.push_frame(first),
                Some(false) => {}
                None => return Found::OutOfMemory,
            }
            if !self.pay(budget) {
                return Found::OutOfMemory;
            }
        }
    }

    /// Pays for what the way back has come to take. Whether the budget had room for it.
    fn pay(&mut self, budget: &mut Budget) -> bool {
        let frames = self.frames.capacity() * size_of::<Frame>();
        let moves = self.moves.capacity() * size_of::<Move>();
        let way = frames + moves + self.trail.capacity() * size_of::<Step>();
        way as u64 == self.paid || budget.settle(&mut self.paid, way as u64)
    }

    /// Makes the next untried move. `false` if there is none.
    fn next_move(&mut self) -> bool {
        while let Some(frame) = self.frames.last() {
            let Frame { state, used, trail, moves } = *frame;
            self.undo(trail);
            (self.state, self.used) = (state, used);
            if self.moves.len() > moves
                && let Some(chosen) = self.moves.pop()
            {
                match chosen {
                    Move::Take(operation) => {
                        self.take(operation);
                        self.state = self.plan.must[operation as usize].leaves;
                    }
                    Move::Use(class) => self.use_pending(class),
                    Move::GiveUp => self.state = UNWATCHED,
                }
                return true;
            }
            self.frames.pop();
        }
        false
    }

    fn take(&mut self, operation: u32) {
        self.list.lift(operation);
        self.count(operation, false);
        self.trail.push(Step::Took(operation));
    }

    fn use_pending(&mut self, class: u32) {
        self.used = self.memo.one_more(self.used, class);
        self.state = self.plan.classes[class as usize].leaves;
        self.producers[self.state as usize] -= 1;
        self.trail.push(Step::Used(class));
    }

    fn undo(&mut self, trail: usize) {
        while self.trail.len() > trail
            && let Some(step) = self.trail.pop()
        {
            match step {
                Step::Took(operation) => {
                    self.list.put_back(operation);
                    self.count(operation, true);
                }
                Step::Used(class) => {
                    self.producers[self.plan.classes[class as usize].leaves as usize] += 1;
                }
            }
        }
    }

    /// Counts an operation among those left, or no longer.
    fn count(&mut self, operation: u32, left: bool) {
        let must = self.plan.must[operation as usize];
        self.taken[operation as usize] = !left;
        let change = |count: &mut u32| if left { *count += 1 } else { *count -= 1 };
        if must.guard != NONE {
            change(&mut self.observers[must.guard as usize]);
            if must.leaves != NONE {
                change(&mut self.changers[must.guard as usize]);
            }
        }
        if must.leaves != NONE {
            change(&mut self.producers[must.leaves as usize]);
        }
    }

    /// Makes the moves that prunings 1, 2 and 4 force. Returns the operation that returns first of
    /// those left, or `None` if none is left; `callable` holds what may come next.
    fn close(&mut self) -> Option<u32> {
        let mut callable = std::mem::take(&mut self.callable);
        let first = loop {
            let first = self.list.callable(&mut callable);
            if first.is_none() {
                break None;
            }
            if self.state != UNWATCHED {
                let by_pending_alone = self.observers[self.state as usize] == 0;
                if !self.is_watched(self.state) || (by_pending_alone && planted(Planted::PendingDoNotWatch)) {
                    self.state = UNWATCHED;
                }
            }
            let moved = match self.state {
                UNWATCHED => self.take_complete_writes(&callable),
                state => self.take_reads(&callable, state),
            };
            if !moved {
                break first;
            }
        };
        self.callable = callable;
        first
    }

    fn is_watched(&self, value: ValueId) -> bool {
        self.observers[value as usize] > 0 || !self.plan.demanding(value).is_empty()
    }

    /// Pruning 1.
    fn take_reads(&mut self, callable: &[u32], state: ValueId) -> bool {
        let before = self.trail.len();
        for &operation in callable {
            let must = self.plan.must[operation as usize];
            if must.guard == state && (must.leaves == NONE || planted(Planted::ChangesAtOnce)) {
                self.take(operation);
            }
        }
        self.trail.len() > before
    }

    /// Pruning 4, for all such writes: one after the other, each with its reads.
    fn take_complete_writes(&mut self, callable: &[u32]) -> bool {
        let before = self.trail.len();
        let must = |search: &Self, operation: u32| search.plan.must[operation as usize];
        self.count_callable_observers(callable);
        for &operation in callable {
            let value = must(self, operation).leaves;
            if must(self, operation).guard == NONE && self.is_complete(value) {
                self.take(operation);
            }
        }
        // Only writes have been taken, so what was complete still is.
        for step in before..self.trail.len() {
            let Step::Took(write) = self.trail[step] else { continue };
            let value = must(self, write).leaves;
            // Several writes may leave this value; its reads are taken once.
            if std::mem::take(&mut self.callable_observers[value as usize]) > 0 {
                self.take_reads(callable, value);
            }
        }
        self.forget_callable_observers(callable);
        self.trail.len() > before
    }

    fn is_complete(&self, value: ValueId) -> bool {
        let index = value as usize;
        self.changers[index] == 0
            && (self.callable_observers[index] == self.observers[index] || planted(Planted::IncompleteAtOnce))
            && self.plan.demanding(value).is_empty()
    }

    fn count_callable_observers(&mut self, callable: &[u32]) {
        for &operation in callable {
            let guard = self.plan.must[operation as usize].guard;
            if guard != NONE {
                self.callable_observers[guard as usize] += 1;
            }
        }
    }

    fn forget_callable_observers(&mut self, callable: &[u32]) {
        for &operation in callable {
            let guard = self.plan.must[operation as usize].guard;
            if guard != NONE {
                self.callable_observers[guard as usize] = 0;
            }
        }
    }

    /// Whether this configuration is worth searching; `None` if it cannot be remembered.
    fn is_new(&mut self, first: u32, budget: &mut Budget) -> Option<bool> {
        // A pending operation whose value is unwatched will not be used again, nor missed.
        let watched = |&(class, _): &(u32, u32)| self.is_watched(self.plan.classes[class as usize].leaves);
        if !self.memo.used(self.used).iter().all(watched) {
            let used = self.memo.used(self.used).iter().copied().filter(watched).collect();
            self.used = self.memo.number(used);
        }
        let slots = self.callable.iter().map(|&operation| self.plan.must[operation as usize].slot);
        let open = self.memo.open(slots, self.plan.slots);
        let mut key = Key { first, state: self.state, open };
        if planted(Planted::MemoForgetsState) {
            key.state = 0;
        }
        if planted(Planted::MemoForgetsOpen) {
            key.open = 0;
        }
        let used = if planted(Planted::MemoForgetsUsed) { Memo::UNUSED } else { self.used };
        self.memo.enter(key, used, budget)
    }

    /// Lists the moves from here, the most urgent to be tried first.
    fn push_frame(&mut self, first: u32) {
        let callable = std::mem::take(&mut self.callable);
        let moves = self.moves.len();
        self.frames.push(Frame { state: self.state, used: self.used, trail: self.trail.len(), moves });
        // Only the use of pending operations asks for these.
        let may_use = !self.plan.classes.is_empty();
        if may_use {
            self.count_callable_observers(&callable);
        }
        self.ranked.clear();
        match self.state {
            UNWATCHED => self.rank_writes(&callable, first),
            state => self.rank_changes(&callable, first, state),
        }
        if may_use {
            self.forget_callable_observers(&callable);
        }
        self.callable = callable;
        self.ranked.sort_unstable_by(|a, b| b.cmp(a));
        self.moves.extend(self.ranked.iter().map(|&(_, chosen)| chosen));
    }

    /// The moves from an unwatched state: writes, those first whose value is needed first.
    fn rank_writes(&mut self, callable: &[u32], first: u32) {
        for &operation in callable {
            let must = self.plan.must[operation as usize];
            if must.guard == NONE && self.is_first_of_equals(operation, callable) {
                let needed = self.needed(must.leaves, first).min(operation);
                self.ranked.push((needed, Move::Take(operation)));
            }
        }
        if self.plan.classes.is_empty() {
            return;
        }
        for &operation in callable {
            let demanded = self.plan.must[operation as usize].guard;
            // Once for each value, and not where a write that returned can serve (pruning 6).
            if demanded != NONE && self.is_first_observer(operation, callable) {
                self.rank_pending(self.plan.writers[demanded as usize], callable, first);
            }
        }
        for bridge in 0..self.plan.bridges.len() {
            let class = self.plan.bridges[bridge];
            // Those with callable observers have just been listed.
            if self.callable_observers[self.plan.classes[class as usize].leaves as usize] == 0 {
                self.rank_pending(class, callable, first);
            }
        }
    }

    /// The moves from the watched state `state`.
    fn rank_changes(&mut self, callable: &[u32], first: u32, state: ValueId) {
        // Pruning 5. Whoever takes one of the observers leaves one fewer behind.
        let gone = self.producers[state as usize] == 0 || planted(Planted::NeverRestored);
        let lost_by = |taken: u32| gone && self.observers[state as usize] > taken;
        let (lost_if_taken, lost) = (lost_by(1), lost_by(0));
        if !lost_if_taken {
            for &operation in callable {
                if self.plan.must[operation as usize].guard == state
                    && self.is_first_of_equals(operation, callable)
                {
                    self.ranked.push((operation, Move::Take(operation)));
                }
            }
        }
        if !lost {
            for class in self.plan.demanding(state) {
                self.rank_pending(class as u32, callable, first);
            }
            if !planted(Planted::NeverGivesUp) {
                self.ranked.push((u32::MAX, Move::GiveUp));
            }
        }
    }

    /// The use of a pending operation of `class`, if prunings 6 and 7 allow it.
    fn rank_pending(&mut self, class: u32, callable: &[u32], first: u32) {
        if class == NONE {
            return;
        }
        let Self { plan, memo, .. } = self;
        let what = &plan.classes[class as usize];
        let now = plan.must[first as usize].ret;
        let invoked = |class: usize| plan.classes[class].calls.partition_point(|&call| call < now);
        let used = memo.count(self.used, class);
        let is_equal = |&operation: &u32| {
            let must = plan.must[operation as usize];
            (must.guard, must.leaves) == (what.guard, what.leaves)
        };
        let is_seen = || {
            self.callable_observers[what.leaves as usize] > 0
                || (plan.demanding(what.leaves).any(|class| invoked(class) > 0)
                    && !planted(Planted::NoBridges))
        };
        if (used as usize) < invoked(class as usize) && is_seen() && !callable.iter().any(is_equal) {
            // After what returned: what is pending may always wait.
            self.ranked.push((u32::MAX - 1, Move::Use(class)));
        }
    }

    /// Pruning 6. Operations are numbered in order of return.
    fn is_first_of_equals(&self, operation: u32, callable: &[u32]) -> bool {
        let what = |operation: u32| {
            let must = self.plan.must[operation as usize];
            (must.guard, must.leaves)
        };
        let sooner =
            |other: u32| if planted(Planted::LastOfEquals) { other > operation } else { other < operation };
        !callable.iter().any(|&other| sooner(other) && what(other) == what(operation))
    }

    fn is_first_observer(&self, operation: u32, callable: &[u32]) -> bool {
        let guard = |operation: u32| self.plan.must[operation as usize].guard;
        !callable.iter().any(|&other| other < operation && guard(other) == guard(operation))
    }

    /// The first operation to return that demands `value` and is left.
    fn needed(&self, value: ValueId, first: u32) -> u32 {
        let observers = self.plan.observers(value);
        let from = observers.partition_point(|&operation| operation < first);
        let left = observers[from..].iter().find(|&&operation| !self.taken[operation as usize]);
        left.copied().unwrap_or(u32::MAX - 2)
    }
}
