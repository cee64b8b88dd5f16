//! The configurations that have been entered: no need to enter them again.
//!
//! A configuration is how far each session has come and the state of each object that anybody still looks at.
//! With thousands of sessions and objects its name is long and changes little from one to the next, so a hash of
//! 128 bits stands for it, which is a sum with a term for each session and each object. That two of a thousand
//! million configurations share one has a chance of less than 10⁻²⁰.

use crate::base::Digest;
use crate::check::Budget;

/// The least size of the array.
const LEAST: usize = 64;

/// Names of configurations.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo {
    /// A power of two of places, at most three quarters of them taken; 0 in a free one.
    entered: Vec<u128>,
    count: usize,
}

/// What one session or object adds to the name of a configuration.
pub(super) fn term(kind: u64, which: u32, value: u32) -> u128 {
    let half = |salt: u64| {
        let mut digest = Digest::new();
        digest.fold_pair(salt, u64::from(which) << 32 | u64::from(value));
        u128::from(digest.value())
    };
    half(2 * kind) << 64 | half(2 * kind + 1)
}

impl Memo {
    /// The bytes of the budget that are held.
    pub(super) fn bytes(&self) -> u64 {
        cost(self.entered.len())
    }

    /// Enters the configuration of this name. Whether it is new; `None` if the budget has no room.
    pub(super) fn enter(&mut self, name: u128, budget: &mut Budget) -> Option<bool> {
        if 4 * (self.count + 1) > 3 * self.entered.len() && !self.grow(budget) {
            return None;
        }
        let name = name.max(1);
        let place = self.place(name);
        if self.entered[place] == name {
            return Some(false);
        }
        self.entered[place] = name;
        self.count += 1;
        Some(true)
    }

    /// Where `name` is, or may be put.
    fn place(&self, name: u128) -> usize {
        let mask = self.entered.len() - 1;
        let mut place = name as usize & mask;
        while self.entered[place] != 0 && self.entered[place] != name {
            place = (place + 1) & mask;
        }
        place
    }

    /// Doubles the array, if the budget has room for both at once.
    fn grow(&mut self, budget: &mut Budget) -> bool {
        let (before, size) = (self.entered.len(), (2 * self.entered.len()).max(LEAST));
        if !budget.take(cost(size)) {
            return false;
        }
        let old = std::mem::replace(&mut self.entered, vec![0; size]);
        for name in old.into_iter().filter(|&name| name != 0) {
            let place = self.place(name);
            self.entered[place] = name;
        }
        budget.give_back(cost(before));
        true
    }
}

const fn cost(places: usize) -> u64 {
    16 * places as u64
}
