//! What became of the writes: acknowledged ones that are lost, others that came back, and reads of what was
//! rolled back later.
//!
//! **The survivor.** Clients see what an object keeps only by reading it. Of each key the read that was invoked
//! last decides, together with all that had not returned by then. What these show survives; where they differ, the version that was settled last (see
//! [`registers`](super::registers)). A version is *rolled back* if it was invoked after the survivor was settled,
//! and was settled before the last read was invoked: it certainly came between the survivor and a read that does
//! not show it. From that:
//! * *lost* is an acknowledged write that returned before the last read was invoked, and is rolled back;
//! * *dirty* is a read of a version that is rolled back, acknowledged or not, or of what only writes left that
//!   failed. Berenson et al., *A Critique of ANSI SQL Isolation Levels* (1995), call it P1, and Adya, *Weak
//!   Consistency* (1999), G1a;
//! * *recovered* is a write that was never acknowledged and that some read saw. It was allowed to happen;
//! * *late* is one of these that was absent at first: after its client had been told that nobody knows, and
//!   before any read of it was invoked, a read began and ended that showed a version from before it was invoked.
//!   That is allowed too, but seldom what anybody wants: the client may have given it up, or done it again;
//! * *resurrected* is one that was there, was gone and came back: a read saw it, another that was invoked after
//!   both that and the answer to its client showed a version from before it was invoked, and then a third saw it;
//! * *failed, but seen* is a write of which the client was told that it did not happen.
//!
//! **Soundness.** In an order of all operations that keeps real time, the survivor, a version that is rolled back
//! and the last read come in this order, so the read cannot show the survivor. The same holds of the versions
//! and the second read of what is resurrected. So of a linearizable history nothing is lost, dirty,
//! resurrected or failed and seen. The reverse does not hold: writes that are rolled back and then overwritten
//! leave no trace, and clients alone cannot tell a loss from a last read that is stale. Who wants certainty reads
//! each key after all else, when what was broken has healed.
//!
//! **Sets** that only grow are judged as Jepsen's `set` checker does, but for that whatever a read has seen, and
//! the last does not show, makes that read dirty, and that adds which had not returned when the last read was
//! invoked are not lost. What is late or resurrected is not looked for. An element may be added several times.

#[cfg(test)]
mod generated;
mod rolled_back;
mod set;
#[cfg(test)]
mod tests;

use super::Violation;
use super::accesses::{Accesses, NONE};
use super::registers::{Registers, told};
use crate::check::{ModelName, Specification, Verdict};
use crate::history::Operation;

/// What became of the writes of a history. All operations are by their index among those of the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Durability {
    /// Invalid if anything is lost, dirty, unexpected, or failed and seen; unknown if no read tells anything.
    pub verdict: Verdict,
    /// How many writes, adds and compare-and-sets were acknowledged.
    pub acknowledged: u64,
    /// How many reads tell what they saw.
    pub reads: u64,
    /// Acknowledged writes that the last reads should show, or something newer.
    pub lost: Vec<usize>,
    /// Acknowledged writes whose fate no read tells: nobody saw them, and the last read was invoked before they
    /// returned.
    pub unread: Vec<usize>,
    /// Writes that were never acknowledged, and were seen.
    pub recovered: Vec<usize>,
    /// Those of `recovered` that were absent when their client had been told that nobody knows, and seen later.
    pub late: Vec<usize>,
    /// Those of `recovered` that were seen, then absent, and then seen again.
    pub resurrected: Vec<usize>,
    /// Writes that failed and were seen.
    pub failed_seen: Vec<usize>,
    /// Reads of what was rolled back later, or of writes that failed.
    pub dirty: Vec<usize>,
    /// Reads of what nobody wrote, or nobody had invoked the write of yet.
    pub unexpected: Vec<usize>,
    /// Some of each, in words.
    pub examples: Vec<Violation>,
    /// What a reader should know of the verdict.
    pub note: Option<String>,
}

/// How many examples there are of each kind at most.
const EXAMPLES: usize = 3;

impl Durability {
    /// What became of the writes among `operations`, on keyed registers or a set, as `specification` says.
    ///
    /// # Errors
    /// In a user's words, why it cannot be told: other objects, or values that are read and were written twice.
    pub fn of(operations: &[Operation], specification: &Specification) -> Result<Self, String> {
        if specification.model == ModelName::Set {
            return set::durability(operations, specification);
        }
        let accesses = Accesses::new(operations, specification)?;
        Ok(Durability::new(&accesses, &Registers::new(&accesses)))
    }

    /// What became of the writes of `accesses`, which are those of `registers`.
    pub(super) fn new(accesses: &Accesses<'_>, registers: &Registers<'_>) -> Self {
        let mut found = Durability::empty();
        for register in &registers.each {
            rolled_back::judge(registers, register, &mut found);
        }
        for phantom in &accesses.phantoms {
            let read = phantom.operation;
            if phantom.failed == NONE {
                found.unexpected.push(read as usize);
            } else {
                found.add_failed(accesses.operations, phantom.failed as usize, read as usize);
            }
        }
        found.unexpected.extend(registers.foreseen.iter().map(|&read| read as usize));
        found.finish(accesses.operations)
    }

    const fn empty() -> Self {
        Durability {
            verdict: Verdict::Unknown,
            acknowledged: 0,
            reads: 0,
            lost: Vec::new(),
            unread: Vec::new(),
            recovered: Vec::new(),
            late: Vec::new(),
            resurrected: Vec::new(),
            failed_seen: Vec::new(),
            dirty: Vec::new(),
            unexpected: Vec::new(),
            examples: Vec::new(),
            note: None,
        }
    }

    /// That `write` failed, and `read` saw it.
    fn add_failed(&mut self, operations: &[Operation], write: usize, read: usize) {
        self.dirty.push(read);
        self.failed_seen.push(write);
        if self.failed_seen.len() <= EXAMPLES {
            let story =
                format!("{}, failed, but {}, saw it", told(&operations[write]), told(&operations[read]));
            self.examples.push(Violation { story, operations: vec![write, read] });
        }
    }

    /// All operations in order, and the verdict.
    fn finish(mut self, operations: &[Operation]) -> Self {
        for &read in self.unexpected.iter().take(EXAMPLES) {
            let story = format!("{}, saw what nobody had written", told(&operations[read]));
            self.examples.push(Violation { story, operations: vec![read] });
        }
        let lists = [
            &mut self.lost,
            &mut self.unread,
            &mut self.recovered,
            &mut self.late,
            &mut self.resurrected,
            &mut self.failed_seen,
            &mut self.dirty,
            &mut self.unexpected,
        ];
        for list in lists {
            list.sort_unstable();
            list.dedup();
        }
        let broken = [&self.lost, &self.failed_seen, &self.dirty, &self.unexpected];
        (self.verdict, self.note) = if broken.iter().any(|list| !list.is_empty()) {
            let why = "clients alone cannot tell a loss from a last read that is stale";
            (Verdict::Invalid, (!self.lost.is_empty()).then(|| why.to_owned()))
        } else if self.reads == 0 {
            (Verdict::Unknown, Some("no read tells what became of the writes".to_owned()))
        } else {
            (Verdict::Valid, None)
        };
        self
    }
}
