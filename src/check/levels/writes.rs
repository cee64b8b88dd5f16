//! Linearizable writes: what is left of linearizability where replicas answer reads by themselves.
//!
//! Writes and compare-and-sets are linearizable, and each read saw what its object held at some instant before it
//! returned: maybe long ago, but never what was to come, what failed, or what nobody wrote. ZooKeeper promises
//! as much (Hunt, Konar, Junqueira and Reed, *ZooKeeper: Wait-free coordination for Internet-scale systems*, 2010,
//! §2.3), and beyond it the order of each session; that is lost to a client that turns to another replica, or to
//! one that has restarted, and nothing is said of it here.
//!
//! It is linearizability once each read is invoked before all else: atomicity with a Δ as long as the history
//! (Golab, Li and Shah, *Analyzing Consistency Properties for Fun and Profit*, 2011). A compare-and-set that
//! succeeded is no read, and stays where it is. So does a read that was never answered: it tells nothing.

use crate::check::{Case, FirstImpossible, Specification};
use crate::history::{History, HistoryError, Operation, Outcome};

/// A history made ready for judging whether its writes are linearizable, and its reads of the past.
#[derive(Debug)]
pub struct LinearizableWrites {
    /// The history, each of whose reads is invoked before all else. Linearizable is this exactly if the
    /// history keeps the promise.
    pub case: Case,
    /// Of each event of that the index that it has in the history.
    original: Vec<usize>,
}

impl LinearizableWrites {
    /// `operations`, which are those of `history`, on objects as `specification` says.
    ///
    /// # Errors
    /// An operation that such objects do not have.
    pub fn new(
        history: &History,
        operations: &[Operation],
        specification: &Specification,
    ) -> Result<Self, HistoryError> {
        let is_read = |operation: &&Operation| operation.f.is_read() && operation.outcome == Outcome::Ok;
        let reads = || operations.iter().filter(is_read);
        let mut events = history.events.clone();
        let mut is_moved = vec![false; events.len()];
        // All of them are open at once, so each is a process of its own.
        let first = events.iter().map(|event| event.process).max().map_or(0, |last| last + 1);
        for (process, read) in (first..).zip(reads()) {
            is_moved[read.invoked] = true;
            for at in [Some(read.invoked), read.returned].into_iter().flatten() {
                events[at].process = process;
            }
        }
        let others = (0..events.len()).filter(|&at| !is_moved[at]);
        let original: Vec<usize> = reads().map(|read| read.invoked).chain(others).collect();
        let moved = History::new(original.iter().map(|&at| events[at].clone()).collect());
        let case = specification.case(&moved, moved.operations()?)?;
        Ok(LinearizableWrites { case, original })
    }

    /// `first`, which is impossible in the [`case`](LinearizableWrites::case), as it is in `history`.
    pub fn told(&self, first: &FirstImpossible, history: &History) -> FirstImpossible {
        let index = self.original[first.index];
        FirstImpossible { index, process: history.events[index].process, ..first.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use quickcheck::{Arbitrary, Gen, QuickCheck};

    use super::*;
    use crate::check::brute_force::{Recipe, Small};
    use crate::check::levels::short;
    use crate::check::{Budget, ModelName, NilReads, Verdict, judge};
    use crate::history::{Function, Kind, Value};

    fn specification() -> Specification {
        Specification::new(ModelName::CasRegister, Value::Nil)
    }

    /// The verdict on the history of `text`, and the process to blame.
    fn found(text: &str) -> (Verdict, Option<u64>) {
        let history = short::history(text);
        let writes =
            LinearizableWrites::new(&history, &history.operations().unwrap(), &specification()).unwrap();
        let report = judge(&writes.case, &mut Budget::UNLIMITED.clone());
        let first = report.first_impossible.map(|first| writes.told(&first, &history));
        if let Some(first) = &first {
            assert_eq!(history.events[first.index].process, first.process);
        }
        (report.verdict, first.map(|first| first.process))
    }

    #[test]
    fn reads_may_be_as_old_as_they_like() {
        let valid = (Verdict::Valid, None);
        assert_eq!(found("0: wx1@0-1 wx2@2-3 | 1: rx1@4-5"), valid);
        assert_eq!(found("0: wx1@0-1 wx2@2-3 | 1: rx2@4-5 rx1@6-7 rxnil@8-9"), valid, "in any order");
        assert_eq!(found("0: wx1@0-9 | 1: rx1@4-5 rxnil@6-7"), valid);
    }

    #[test]
    fn no_read_sees_what_is_to_come_or_never_was() {
        assert_eq!(found("0: wx1@4-5 | 1: rx1@0-1"), (Verdict::Invalid, Some(1)));
        assert_eq!(found("0: wx1@0-1 | 1: rx2@2-3"), (Verdict::Invalid, Some(1)));
        assert_eq!(found("0: wx1@0-1 cx2,3!@2-3 | 1: rx3@4-5"), (Verdict::Invalid, Some(1)));
    }

    #[test]
    fn writes_are_as_strict_as_ever() {
        assert_eq!(found("0: wx1@0-1 wx2@2-3 | 1: cx2,3@4-5"), (Verdict::Valid, None));
        assert_eq!(found("0: wx1@0-1 wx2@2-3 | 1: cx1,3@4-5"), (Verdict::Invalid, Some(1)));
        // The first one that was seen was not undone before the second.
        assert_eq!(found("0: wx1@0-1 | 1: cx1,2@2-3 | 2: cx1,3@2-3"), (Verdict::Invalid, Some(2)));
    }

    /// What changes an object, and what of it is certain.
    #[derive(Clone)]
    struct Change {
        from: Option<Value>,
        to: Value,
        call: usize,
        ret: Option<usize>,
    }

    /// Whether all changes that returned can follow `state`, and `reads` (a value, and when it returned) have seen
    /// one of the states, each of which begins as soon as all that led to it is invoked.
    fn explains(left: &[Change], state: &Value, since: usize, reads: &[(Value, usize)]) -> bool {
        let unseen: Vec<_> =
            reads.iter().filter(|(value, ret)| value != state || *ret < since).cloned().collect();
        if left.iter().all(|change| change.ret.is_none()) && unseen.is_empty() {
            return true;
        }
        let first_return = left.iter().filter_map(|change| change.ret).min().unwrap_or(usize::MAX);
        (0..left.len()).any(|at| {
            let change = &left[at];
            change.call < first_return
                && change.from.as_ref().is_none_or(|from| from == state)
                && explains(
                    &[&left[..at], &left[at + 1..]].concat(),
                    &change.to,
                    since.max(change.call),
                    &unseen,
                )
        })
    }

    /// The definition word by word.
    fn keeps(small: &Small) -> bool {
        let (mut changes, mut reads) = (Vec::new(), Vec::new());
        for operation in small.history.operations().unwrap() {
            let ret = operation.returned.filter(|_| operation.outcome == Outcome::Ok);
            let (from, to) = match (&operation.f, operation.input.as_pair()) {
                _ if operation.outcome == Outcome::Fail => continue,
                (Function::Read, _) => {
                    reads.extend(ret.map(|ret| (operation.output.clone(), ret)));
                    continue;
                }
                (Function::Cas, Some((old, new))) => (Some(old.clone()), new.clone()),
                _ => (None, operation.input.clone()),
            };
            changes.push(Change { from, to, call: operation.invoked, ret });
        }
        explains(&changes, &small.specification.initial, 0, &reads)
    }

    /// A history of one register in which values may be written twice, and some reads return one of the last.
    #[derive(Clone, Debug)]
    struct Late(Small);

    impl Arbitrary for Late {
        fn arbitrary(g: &mut Gen) -> Self {
            let (unique, noise) = (bool::arbitrary(g), 2 + u64::arbitrary(g) % 6);
            let mut small = Recipe { model: ModelName::CasRegister, operations: 9, unique, noise }.cook(g);
            small.specification.nil_reads = NilReads::Absent;
            let mut written = vec![small.specification.initial.clone()];
            for event in &mut small.history.events {
                match (event.kind, &event.f, event.value.as_pair()) {
                    (Kind::Invoke, Function::Write, _) => written.push(event.value.clone()),
                    (Kind::Invoke, Function::Cas, Some((_, new))) => written.push(new.clone()),
                    (Kind::Ok, Function::Read, _) if bool::arbitrary(g) => {
                        event.value = g.choose(&written).unwrap().clone();
                    }
                    _ => {}
                }
            }
            Late(small)
        }
    }

    #[test]
    fn the_definition_agrees() {
        // How many are linearizable, keep only this, and not even this.
        thread_local!(static SEEN: Cell<[u64; 3]> = const { Cell::new([0; 3]) });
        fn property(Late(small): Late) -> bool {
            let operations = small.history.operations().unwrap();
            let writes = LinearizableWrites::new(&small.history, &operations, &small.specification).unwrap();
            let judge = |case: &Case| judge(case, &mut Budget::UNLIMITED.clone()).verdict == Verdict::Valid;
            let kept = judge(&writes.case);
            let linearizable = judge(&small.specification.case(&small.history, operations).unwrap());
            let mut seen = SEEN.get();
            seen[if linearizable { 0 } else { 2 - usize::from(kept) }] += 1;
            SEEN.set(seen);
            kept == keeps(&small) && (kept || !linearizable)
        }
        QuickCheck::new()
            .rng(Gen::from_size_and_seed(100, 1))
            .tests(3_000)
            .quickcheck(property as fn(Late) -> bool);
        let [linearizable, kept, broken] = SEEN.get();
        assert!(linearizable > 100 && kept > 100 && broken > 100, "{linearizable} {kept} {broken}");
    }
}
