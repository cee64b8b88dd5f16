//! The log against a plain list of all entries that were ever in it.

use quickcheck::{Arbitrary, Gen, TestResult, quickcheck};

use super::*;

/// What is done to a log; numbers are taken modulo what is possible.
#[derive(Clone, Debug)]
enum Step {
    Append,
    NewTerm,
    ReplaceFrom(u64, u8),
    CompactTo(u64),
}

impl Arbitrary for Step {
    fn arbitrary(g: &mut Gen) -> Step {
        match u8::arbitrary(g) % 8 {
            0..=3 => Step::Append,
            4 => Step::NewTerm,
            5 | 6 => Step::ReplaceFrom(u64::arbitrary(g), u8::arbitrary(g) % 4),
            _ => Step::CompactTo(u64::arbitrary(g)),
        }
    }
}

/// The oracle: nothing is ever thrown away, and every question is answered by looking at all of it.
#[derive(Default)]
struct Whole {
    terms: Vec<u64>,
    base: usize,
}

impl Whole {
    fn term(&self, index: usize) -> Option<u64> {
        let is_known = (self.base..=self.terms.len()).contains(&index);
        is_known.then(|| if index == 0 { 0 } else { self.terms[index - 1] })
    }

    /// The indices of entries that are kept.
    fn kept(&self) -> std::ops::RangeInclusive<usize> {
        self.base + 1..=self.terms.len()
    }

    fn agrees(&self, log: &Log) -> bool {
        let index = |index: usize| LogIndex(index as u64);
        let end = self.terms.len();
        let terms = (0..end + 3).all(|i| {
            let first = self.term(i).map_or(end + 1, |term| {
                self.kept().find(|at| self.term(*at) >= Some(term)).unwrap_or(end + 1)
            });
            log.term(index(i)).map(|term| term.0) == self.term(i)
                && log.entry(index(i)).is_some() == self.kept().contains(&i)
                && log.first_of_term_at(index(i)) == index(first)
        });
        let last_of_terms = (0..self.terms.last().unwrap_or(&0) + 2).all(|term| {
            let last = (self.base..=end).rev().find(|at| self.term(*at) == Some(term));
            log.last_of_term(Term(term)) == last.map(index)
        });
        terms
            && last_of_terms
            && log.last_index() == index(end)
            && Some(log.last_term().0) == self.term(end)
            && log.base() == (index(self.base), Term(self.term(self.base).unwrap()))
            && log.slice(index(self.base + 1), usize::MAX).len() == end - self.base
            && log.kept().iter().map(|entry| entry.term.0).eq(self.terms[self.base..].iter().copied())
    }
}

/// Terms never decrease along the log, as no leader would have it otherwise.
fn apply(step: &Step, log: &mut Log, whole: &mut Whole, term: &mut u64) {
    match *step {
        Step::NewTerm => *term += 1,
        Step::Append => {
            log.append(noop(*term));
            whole.terms.push(*term);
        }
        Step::ReplaceFrom(at, count) => {
            let first = whole.base + 1 + at as usize % (whole.terms.len() - whole.base + 1);
            let entries = noops(&vec![*term; usize::from(count)]);
            log.replace_from(LogIndex(first as u64), &entries);
            whole.terms.truncate(first - 1);
            whole.terms.extend(entries.iter().map(|entry| entry.term.0));
        }
        Step::CompactTo(at) => {
            // Also to where it has been compacted already.
            let to = at as usize % (whole.terms.len() + 1);
            log.compact_to(LogIndex(to as u64));
            whole.base = whole.base.max(to);
        }
    }
}

quickcheck! {
    fn a_log_is_what_was_put_into_it(steps: Vec<Step>) -> TestResult {
        let (mut log, mut whole, mut term) = (Log::default(), Whole::default(), 1);
        for step in &steps {
            apply(step, &mut log, &mut whole, &mut term);
            if !whole.agrees(&log) {
                return TestResult::error(format!("{log:?} where {:?} from {}", whole.terms, whole.base));
            }
        }
        TestResult::passed()
    }
}
