//! The parts of a history between its quiet instants, and what is carried from one to the next.

use crate::check::linearizability::memo::{Memo, UsedId};
use crate::check::numbering::StateId;

/// States and steps are forgotten when they take more than this, and four times what was needed before.
pub(super) const FORGET_BYTES: u64 = 1 << 20;
/// A part with more ends is too rich.
const ENDS_MAX: usize = 64;
/// As many steps, and as many again as to the first end, may be spent to find all ends.
const STEPS: u64 = 256;

/// The part that is searched.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    /// After how many returns nothing is open, in order.
    quiet: Vec<u32>,
    /// Where in `quiet` the part ends.
    at: usize,
    /// How many operations returned before it.
    done: u32,
    /// How many quiet instants the next part takes.
    stride: usize,
    /// With which states, and which pending operations used, it can begin.
    pub begins: Vec<(StateId, UsedId)>,
    /// How it can end, as far as is known.
    pub ends: Vec<(StateId, UsedId)>,
    /// The steps that were spent on it, and those that may be.
    steps: u64,
    allowance: u64,
    /// When to forget states and steps.
    pub forget_bytes: u64,
}

impl Parts {
    pub(super) fn new(quiet: Vec<u32>) -> Self {
        Parts {
            quiet,
            at: 0,
            done: 0,
            stride: 1,
            begins: vec![(0, Memo::UNUSED)],
            ends: Vec::new(),
            steps: 0,
            allowance: u64::MAX,
            forget_bytes: FORGET_BYTES,
        }
    }

    /// How many operations returned when the part ends. The last part has no end: there the search does.
    pub(super) fn end(&self) -> u32 {
        self.quiet.get(self.at).copied().unwrap_or(u32::MAX)
    }

    /// Counts a step. Whether it is not worth while to look for all ends.
    pub(super) fn is_too_rich(&mut self) -> bool {
        self.steps += 1;
        if self.ends.is_empty() {
            return false;
        }
        self.allowance = self.allowance.min(2 * self.steps + STEPS);
        self.steps > self.allowance || self.ends.len() > ENDS_MAX
    }

    /// Makes the part longer.
    pub(super) fn lengthen(&mut self) {
        self.at += self.stride;
        self.stride *= 2;
        self.restart();
    }

    /// Goes on to the next part, which begins as this one ends; returns the operations of this one.
    pub(super) fn begin_next(&mut self) -> std::ops::Range<u32> {
        let done = self.done..self.end();
        self.done = done.end;
        self.stride = (self.stride / 2).max(1);
        self.at += self.stride;
        self.begins = std::mem::take(&mut self.ends);
        self.restart();
        done
    }

    fn restart(&mut self) {
        self.ends.clear();
        (self.steps, self.allowance) = (0, u64::MAX);
    }
}
