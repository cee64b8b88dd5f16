//! Sets that only grow, where no element is added twice: by the order that the reads demand.
//!
//! In a linearization the sets that were read grow, so they are a chain: R₁ ⊂ R₂ ⊂ … ⊂ Rₘ. It gives
//! every operation a place: first the adds of the elements of R₁, then the reads of R₁, then the adds of
//! R₂ ∖ R₁, and so on; last the adds that nobody read. An operation in an earlier place must come before
//! one in a later place, and within a place every order is legal. So a history is linearizable if and
//! only if there is such a chain, every element read has an add, and no operation returned before one
//! in an earlier place was called.
//!
//! **Prefixes and crashed operations.** An add that may have happened has if its element was read, and
//! then it returns at the end of time; if not, it can be left out, since all that follows its place is
//! other adds that nobody read.
//!
//! The cost of a prefix is the length of the lists read in it, of the first impossible one a logarithm
//! more.

use super::Ruling;
use super::prefixes::{self, Answer};
use crate::base::Table;
use crate::check::Case;
use crate::check::judgement::Question;
use crate::check::numbering::NONE;
use crate::check::partition::{COMPUTE, Entry, NEVER, Partition};
use crate::history::Value;

/// What the algorithm is called.
pub(super) const ALGORITHM: &str = "set order";

/// Judges `partition` of `case`, whose model is a growing set.
pub(super) fn rule(case: &Case, partition: &Partition, question: Question) -> Ruling {
    match Sets::new(case, partition) {
        Some(sets) => prefixes::rule(&partition.entries, question, &|horizon| sets.judge(horizon)),
        None => Ruling::Silent,
    }
}

/// The adds and the sets that were read, with numbers for elements.
struct Sets<'a> {
    partition: &'a Partition,
    /// The add of each element.
    adds: Vec<Entry>,
    /// The elements of each set that was read, by its state; [`NONE`] for one that was never added.
    reads: Vec<Vec<u32>>,
}

impl<'a> Sets<'a> {
    /// `None` if an element is added twice.
    fn new(case: &Case, partition: &'a Partition) -> Option<Self> {
        let (mut numbers, mut adds) = (Table::new(), Vec::new());
        for entry in partition.entries.iter().filter(|entry| entry.guard == COMPUTE) {
            let element = &case.operations[entry.source as usize].input;
            if numbers.insert(element, adds.len() as u32).is_some() {
                return None;
            }
            adds.push(*entry);
        }
        let elements = |&name: &u32| {
            // The initial set, which has no name, is empty.
            let output = (name != NONE).then(|| &case.operations[name as usize / 2].output);
            let Some(Value::List(list)) = output else { return Vec::new() };
            let number = |element| numbers.get(&element).copied().unwrap_or(NONE);
            let mut elements: Vec<u32> = list.iter().map(number).collect();
            elements.sort_unstable();
            elements.dedup();
            elements
        };
        let reads = partition.states.iter().map(elements).collect();
        Some(Sets { partition, adds, reads })
    }

    fn judge(&self, horizon: u32) -> Answer {
        let entries = || self.partition.entries.iter().filter(|entry| entry.ret <= horizon);
        let mut is_read = vec![false; self.reads.len()];
        entries().filter(|entry| entry.guard != COMPUTE).for_each(|read| is_read[read.guard as usize] = true);
        let mut chain: Vec<usize> = (0..self.reads.len()).filter(|&state| is_read[state]).collect();
        chain.sort_by_key(|&state| self.reads[state].len());
        let Some((levels, links)) = self.levels(&chain) else { return Answer::Impossible(None) };
        let mut places = Places::new(2 * chain.len() + 1);
        for read in entries().filter(|entry| entry.guard != COMPUTE) {
            places.add(2 * links[read.guard as usize] as usize + 1, read.call, read.ret);
        }
        for (add, &level) in self.adds.iter().zip(&levels) {
            let ret = if add.ret <= horizon { add.ret } else { NEVER };
            if level != NONE {
                places.add(2 * level as usize, add.call, ret);
            } else if ret != NEVER {
                places.add(2 * chain.len(), add.call, ret);
            }
        }
        Answer::unless(places.are_violated())
    }

    /// For each element the first set of `chain` that has it, and for each state its place there;
    /// `None` if it is no chain, or has an element that was never added.
    fn levels(&self, chain: &[usize]) -> Option<(Vec<u32>, Vec<u32>)> {
        let (mut levels, mut links) = (vec![NONE; self.adds.len()], vec![NONE; self.reads.len()]);
        let mut before = 0;
        for (level, &state) in chain.iter().enumerate() {
            links[state] = level as u32;
            let mut old = 0;
            for &element in &self.reads[state] {
                let known = levels.get_mut(element as usize)?;
                if *known == NONE {
                    *known = level as u32;
                } else {
                    old += 1;
                }
            }
            if old < before {
                return None;
            }
            before = self.reads[state].len();
        }
        Some((levels, links))
    }
}

/// The last call and the first return in each place.
struct Places(Vec<(u32, u32)>);

impl Places {
    fn new(count: usize) -> Self {
        Places(vec![(0, NEVER); count])
    }

    fn add(&mut self, place: usize, call: u32, ret: u32) {
        let (last_call, first_return) = &mut self.0[place];
        *last_call = call.max(*last_call);
        *first_return = ret.min(*first_return);
    }

    /// Whether an operation returned before one in an earlier place was called.
    fn are_violated(&self) -> bool {
        let mut later = NEVER;
        self.0.iter().rev().any(|&(last_call, first_return)| {
            let violated = later < last_call;
            later = later.min(first_return);
            violated
        })
    }
}
