//! Whether values can be in a stack at such times, and if not, some that cannot.
//!
//! Each value has a push and a pop, and is in the stack from an instant of the one to an instant of the
//! other. The question is whether these instants can be chosen such that of two values that are there
//! together, the one that came later leaves earlier. Abdulla et al., *Efficient Linearizability Monitoring*
//! (arXiv:2509.17795), and Lee & Mathur, *Efficient Decrease-and-Conquer Linearizability Monitoring*
//! (arXiv:2410.04581), also take the values away one by one; the proof that follows is complete in itself.
//!
//! 1. **Values whose push and pop overlap do not matter.** One can be pushed and popped at one instant.
//! 2. **Instants.** Every other value is certainly there between the return of its push and the call of its
//!    pop. Call an instant *covered* if some value is certainly there. *If there is a choice, then there is
//!    one in which the stack is empty at any instants that are not covered.* Let `t` be one. Of each
//!    value in the stack at `t`, the push has not returned yet or the pop has been called already. Let
//!    those of the first kind be pushed right after `t` instead, in the order in which they lie, and let
//!    the others be popped right before `t`, the last first. Nobody is in the stack longer than before, and
//!    of any two the order in which they lie remains. Nothing changes at other instants.
//! 3. **Components.** So let the stack be empty at one instant of every gap between the covered times.
//!    Then each stretch of covered time, from `a`, the first return of a push, to `b`, the last call of a
//!    pop, has its own values, those that are certainly there at some time of it, and it is judged on its
//!    own.
//! 4. **The lowest.** Throughout `a` to `b` the stack is not empty, so that the value that lies lowest is
//!    the same all the time: its push was called before `a`, and its pop returned after `b`. If no value
//!    of the component is like that, there is no choice. If one is, take it away. What is left has
//!    a choice if the whole had one. And if what is left has a choice, it has one where the stack is empty
//!    at an instant right before `a` and at one right after `b`, by 2; so it can be put in below all the
//!    others. It does not matter which value is taken if several are like that.
//!
//! What is left of a component falls apart into components. Their `a` is no sooner and their `b` no later,
//! so whoever was called early enough or returned late enough stays so, and is noted once. A value costs a
//! few walks in trees: `n log n` in all.
//!
//! **What cannot be.** Let there be no lowest value in a component. Some of its values cover it as a chain does,
//! each there when the one before it leaves: the first is that whose push returns at `a`, the next whatever is
//! there longest of all that came by then, and so on. No value of the chain can be the lowest either, so these
//! cannot be in one stack, whatever else is. Nor can a beginning of the chain, up to `v`, if `v` is certainly
//! there after the returns of the pops of all of it whose push was called before `a`, for only these come into
//! question. What is left out of the stack until later, since its pop was not called yet, only stays longer. So
//! the beginning cannot be since those pops and the push of `v` have returned.

use super::container::Span;
use super::maxima::Maxima;

/// A value in a stack: its push and its pop, which was called after the push had returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Life {
    pub push: Span,
    pub pop: Span,
}

/// Values that cannot be in one stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Conflict {
    pub lives: Vec<Life>,
    /// When the last of the pops returned that came before others were popped.
    pub popped: u32,
    /// From when on there is a conflict, if nothing is popped but by these pops.
    pub since: u32,
}

/// Some of `lives`, whose pops were called at `end` or before, that cannot be in one stack; `None` if all
/// can.
pub(super) fn conflict(lives: &[Life], end: u32) -> Option<Conflict> {
    let mut order: Vec<(u32, u32)> =
        lives.iter().enumerate().map(|(place, life)| (life.push.ret, place as u32)).collect();
    order.sort_unstable();
    let lives: Vec<Life> = order.into_iter().map(|(_, place)| lives[place as usize]).collect();
    let mut coverage = Coverage::new(&lives, end);
    let mut values = Values::new(&lives);
    let mut parts = vec![(0, lives.len())];
    while let Some((from, to)) = parts.pop() {
        let first = values.left(from);
        if first >= to {
            continue;
        }
        let a = lives[first].push.ret;
        let b = coverage.end(a);
        let next = first + lives[first..to].partition_point(|life| life.push.ret < b);
        let Some(lowest) = values.lowest(&lives, first..next, a, b) else {
            return Some(values.chain(&lives, first));
        };
        values.take(lowest);
        coverage.remove(&lives[lowest]);
        parts.extend([(next, to), (first, next)]);
    }
    None
}

/// The values that are left.
struct Values {
    /// For each value itself, or one after it that is not after the next that is left.
    next: Vec<usize>,
    /// How early the pushes were called (as a number that is the greater the earlier) of those whose
    /// push is not known to be called early enough.
    early: Maxima,
    /// When the pops return of those whose pop is not known to return late enough.
    late: Maxima,
    /// How many of both are known.
    known: Maxima,
}

impl Values {
    fn new(lives: &[Life]) -> Self {
        let empty = || Maxima::new(lives.len());
        let (mut early, mut late, known) = (empty(), empty(), empty());
        for (place, life) in lives.iter().enumerate() {
            early.raise(place, u32::MAX - life.push.call);
            late.raise(place, life.pop.ret);
        }
        Values { next: (0..=lives.len()).collect(), early, late, known }
    }

    /// The first value from `place` on that is left; the number of all if there is none.
    fn left(&mut self, mut place: usize) -> usize {
        while self.next[place] != place {
            self.next[place] = self.next[self.next[place]];
            place = self.next[place];
        }
        place
    }

    /// Some value of `range` that is left and may lie lowest from `a` to `b`.
    fn lowest(&mut self, lives: &[Life], range: std::ops::Range<usize>, a: u32, b: u32) -> Option<usize> {
        let std::ops::Range { start, end } = range;
        while let Some(place) = self.early.above(start, end, u32::MAX - a) {
            self.early.clear(place);
            self.known.raise(place, if lives[place].pop.ret > b { 2 } else { 1 });
        }
        while let Some(place) = self.late.above(start, end, b) {
            self.late.clear(place);
            self.known.raise(place, if lives[place].push.call < a { 2 } else { 1 });
        }
        self.known.above(start, end, 1)
    }

    /// The shortest beginning, of the chain of the component of the `first`, that is in conflict by itself.
    fn chain(&mut self, lives: &[Life], first: usize) -> Conflict {
        let a = lives[first].push.ret;
        let mut conflict = Conflict { lives: Vec::new(), popped: 0, since: 0 };
        let (mut last, mut at) = (first, first);
        loop {
            let Life { push, pop } = lives[last];
            conflict.lives.push(lives[last]);
            if push.call < a {
                conflict.popped = conflict.popped.max(pop.ret);
            }
            conflict.since = conflict.popped.max(push.ret);
            // So it is at the latest where the last pop of the component is called.
            if conflict.popped < pop.call {
                return conflict;
            }
            while lives.get(at).is_some_and(|life| life.push.ret < pop.call) {
                last = if lives[at].pop.call > lives[last].pop.call { at } else { last };
                at = self.left(at + 1);
            }
        }
    }

    fn take(&mut self, place: usize) {
        self.next[place] = place + 1;
        self.early.clear(place);
        self.late.clear(place);
        self.known.clear(place);
    }
}

/// How many values are certainly there at each instant, as the differences from one instant to the next;
/// over them a complete binary tree of their sums and of the least sums of beginnings.
struct Coverage {
    tree: Vec<(i32, i32)>,
}

impl Coverage {
    fn new(lives: &[Life], end: u32) -> Self {
        let leaves = (end as usize + 1).next_power_of_two();
        let mut coverage = Coverage { tree: vec![(0, 0); 2 * leaves] };
        for life in lives {
            coverage.tree[leaves + life.push.ret as usize].0 += 1;
            coverage.tree[leaves + life.pop.call as usize].0 -= 1;
        }
        for node in leaves..2 * leaves {
            coverage.tree[node].1 = coverage.tree[node].0;
        }
        for node in (1..leaves).rev() {
            coverage.update(node);
        }
        coverage
    }

    fn update(&mut self, node: usize) {
        let ((left, least), (right, other)) = (self.tree[2 * node], self.tree[2 * node + 1]);
        self.tree[node] = (left + right, least.min(left + other));
    }

    fn remove(&mut self, life: &Life) {
        for (time, change) in [(life.push.ret, -1), (life.pop.call, 1)] {
            let mut node = self.tree.len() / 2 + time as usize;
            self.tree[node].0 += change;
            self.tree[node].1 += change;
            while node > 1 {
                node /= 2;
                self.update(node);
            }
        }
    }

    /// The end of the covered stretch that begins at `start`.
    fn end(&self, start: u32) -> u32 {
        let leaves = self.tree.len() / 2;
        let (mut node, mut there) = (leaves + start as usize, 0);
        // Up, past what is covered to its end, …
        while there + self.tree[node].1 > 0 {
            there += self.tree[node].0;
            while node % 2 == 1 {
                node /= 2;
            }
            node += 1;
        }
        // … and down to where it is not.
        while node < leaves {
            node *= 2;
            if there + self.tree[node].1 > 0 {
                there += self.tree[node].0;
                node += 1;
            }
        }
        (node - leaves) as u32
    }
}
