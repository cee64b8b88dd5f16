//! How far behind each read of a register is.

use super::super::registers::{Moment, NEVER, Register};

/// A read that missed something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Lag {
    /// Its place in [`Register::reads`].
    pub(super) read: u32,
    /// How many versions certainly came between.
    pub(super) versions: u64,
    /// The place of the version that was settled first of those.
    pub(super) overwritten_by: u32,
}

/// What comes after a version for certain.
#[derive(Clone, Copy)]
struct After {
    /// The place of the first that was invoked after it was settled.
    from: u32,
    /// The place of the one of those that was settled first, and when.
    first: u32,
    settled: Moment,
}

/// The reads that missed something, in order of invocation.
pub(super) fn lags(register: &Register, by_settled: &[u32]) -> Vec<Lag> {
    let after = after(register);
    let is_stale = |&read: &u32| {
        let read = &register.reads[read as usize];
        after[read.version as usize].settled < read.invoked
    };
    let stale: Vec<u32> = (0..register.reads.len() as u32).filter(is_stale).collect();
    if stale.is_empty() {
        return Vec::new();
    }
    let mut settled = Ranks::new(register.versions.len());
    let mut next = by_settled.iter().peekable();
    let lag = |place: u32| {
        let read = &register.reads[place as usize];
        while let Some(&version) =
            next.next_if(|&&version| register.versions[version as usize].settled < read.invoked)
        {
            settled.add(version);
        }
        let After { from, first, .. } = after[read.version as usize];
        Lag { read: place, versions: settled.count_from(from), overwritten_by: first }
    };
    stale.into_iter().map(lag).collect()
}

/// What comes after each version.
fn after(register: &Register) -> Vec<After> {
    let versions = &register.versions;
    // Of those from a place on, the one that was settled first.
    let mut first = vec![(NEVER, 0); versions.len() + 1];
    for (place, version) in versions.iter().enumerate().rev() {
        first[place] = first[place + 1].min((version.settled, place as u32));
    }
    let after = |version: &super::super::registers::Version| {
        let from = versions.partition_point(|other| other.invoked <= version.settled);
        let (settled, first) = first[from];
        After { from: from as u32, first, settled }
    };
    versions.iter().map(after).collect()
}

/// A set of places that counts those from one on: Fenwick, *A New Data Structure for Cumulative Frequency
/// Tables* (1994).
struct Ranks {
    tree: Vec<u32>,
    all: u32,
}

impl Ranks {
    fn new(places: usize) -> Ranks {
        Ranks { tree: vec![0; places + 1], all: 0 }
    }

    fn add(&mut self, place: u32) {
        self.all += 1;
        let mut at = place as usize + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    fn count_from(&self, place: u32) -> u64 {
        let (mut before, mut at) = (0, place as usize);
        while at > 0 {
            before += self.tree[at];
            at &= at - 1;
        }
        u64::from(self.all - before)
    }
}
