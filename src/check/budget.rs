//! How much a judging may cost. Deciding linearizability is NP-complete (Gibbons & Korach 1997), so
//! every search has a limit, counted in steps and bytes: the same limit gives the same verdict on
//! every machine, which a clock would not.

/// What a judging may still spend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    steps: u64,
    bytes: u64,
}

impl Budget {
    /// No limit that a history could reach.
    pub const UNLIMITED: Budget = Budget::new(u64::MAX, u64::MAX);

    /// A budget of `steps` tried moves and `bytes` of remembered configurations.
    pub const fn new(steps: u64, bytes: u64) -> Self {
        Budget { steps, bytes }
    }

    /// Allows `steps` more.
    pub fn refill(&mut self, steps: u64) {
        self.steps = self.steps.saturating_add(steps);
    }

    /// The steps that are left.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Spends one step, if one is left.
    pub(super) fn step(&mut self) -> bool {
        let left = self.steps > 0;
        self.steps -= u64::from(left);
        left
    }

    /// Takes `bytes`, if so many are left.
    pub(super) fn take(&mut self, bytes: u64) -> bool {
        let enough = self.bytes >= bytes;
        if enough {
            self.bytes -= bytes;
        }
        enough
    }

    /// Takes what is missing where `paid` bytes were taken and `held` are held now, or gives back what is
    /// too much. Whether so many are left.
    pub(super) fn settle(&mut self, paid: &mut u64, held: u64) -> bool {
        if held < *paid {
            self.give_back(*paid - held);
        } else if !self.take(held - *paid) {
            return false;
        }
        *paid = held;
        true
    }

    /// Gives `bytes` back.
    pub(super) fn give_back(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
    }
}
