//! Elements in a row that change at the ends, as states of queues and stacks: one more or one less costs a
//! few words, however many there are, for all else is shared.
//!
//! A search keeps every state that it meets, and they are long where much is in the queue. So a sequence is
//! its last element, a link to those before, a length, and a hash of the content that is kept up with:
//! `x₀ + x₁ B + x₂ B² + …` modulo 2⁶⁴ for an odd `B`, which can be divided by. Sequences are equal if their
//! elements are; that is looked at one by one, the last first, but no further than to where they share.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::base::Digest;
use crate::history::Value;

/// Odd; otherwise any number does.
const B: u64 = 0x9e37_79b9_7f4a_7c15;
/// `B * B_INVERSE` is 1.
const B_INVERSE: u64 = inverse(B);

/// By Newton's method: each round doubles the number of bits that are right, three at first.
const fn inverse(odd: u64) -> u64 {
    let (mut inverse, mut round) = (odd, 0);
    while round < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}

/// What is in a queue or a stack, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    last: Option<Arc<Node>>,
    length: usize,
    /// How many elements lie before the first, no longer part of it.
    passed: usize,
    hash: u64,
    /// How many elements were copied or made for this one, and are not also those of the one it came from.
    own: usize,
}

#[derive(Debug)]
struct Node {
    value: Value,
    before: Option<Arc<Node>>,
}

impl Drop for Node {
    /// One by one: a long row would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut node) = next.and_then(Arc::into_inner) {
            next = node.before.take();
        }
    }
}

impl Sequence {
    /// What it takes where a search keeps it, about: itself, twice, and the elements of its own.
    pub(super) fn bytes(&self) -> usize {
        2 * size_of::<Sequence>() + self.own * (size_of::<Node>() + 32)
    }

    /// The elements of a list; none of anything else.
    pub(super) fn of(list: &Value) -> Sequence {
        let Value::List(elements) = list else { return Sequence::default() };
        elements.iter().cloned().collect()
    }

    /// This and `value` after it.
    pub(super) fn with_last(&self, value: Value) -> Sequence {
        let hash = self.hash.wrapping_add(hash(&value).wrapping_mul(power(self.length)));
        let last = Some(Arc::new(Node { value, before: self.last.clone() }));
        Sequence { last, length: self.length + 1, hash, own: 1, ..*self }
    }

    /// The last element, nil if there is none, and the rest.
    pub(super) fn split_last(&self) -> (Value, Sequence) {
        let Some(node) = self.last.as_ref().filter(|_| self.length > 0) else {
            return (Value::Nil, Sequence::default());
        };
        let length = self.length - 1;
        let hash = self.hash.wrapping_sub(hash(&node.value).wrapping_mul(power(length)));
        (node.value.clone(), Sequence { last: node.before.clone(), length, hash, own: 0, ..*self }.tidy())
    }

    /// The first element, nil if there is none, and the rest.
    pub(super) fn split_first(&self) -> (Value, Sequence) {
        let Some(first) = self.newest_first().last() else { return (Value::Nil, Sequence::default()) };
        let hash = self.hash.wrapping_sub(hash(first)).wrapping_mul(B_INVERSE);
        let (last, length, passed) = (self.last.clone(), self.length - 1, self.passed + 1);
        (first.clone(), Sequence { last, length, passed, hash, own: 0 }.tidy())
    }

    /// Lets go of what passed, now and then: when that is more than what is left.
    fn tidy(self) -> Sequence {
        if self.passed <= self.length + 16 && self.length > 0 {
            return self;
        }
        let elements: Vec<&Value> = self.newest_first().collect();
        elements.into_iter().rev().cloned().collect()
    }

    fn newest_first(&self) -> impl Iterator<Item = &Value> {
        let nodes = std::iter::successors(self.last.as_deref(), |node| node.before.as_deref());
        nodes.take(self.length).map(|node| &node.value)
    }
}

fn hash(value: &Value) -> u64 {
    let mut digest = Digest::new();
    value.hash(&mut digest);
    digest.finish()
}

fn power(exponent: usize) -> u64 {
    B.wrapping_pow(exponent as u32)
}

impl FromIterator<Value> for Sequence {
    fn from_iter<I: IntoIterator<Item = Value>>(elements: I) -> Self {
        let all = elements.into_iter().fold(Sequence::default(), |all, element| all.with_last(element));
        Sequence { own: all.length, ..all }
    }
}

impl PartialEq for Sequence {
    fn eq(&self, other: &Self) -> bool {
        if (self.length, self.hash) != (other.length, other.hash) {
            return false;
        }
        let (mut left, mut right) = (self.last.as_ref(), other.last.as_ref());
        for _ in 0..self.length {
            let (Some(a), Some(b)) = (left, right) else { return false };
            if Arc::ptr_eq(a, b) {
                return true;
            }
            if a.value != b.value {
                return false;
            }
            (left, right) = (a.before.as_ref(), b.before.as_ref());
        }
        true
    }
}

impl Eq for Sequence {}

impl Hash for Sequence {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut elements: Vec<Value> = self.newest_first().cloned().collect();
        elements.reverse();
        Value::from(elements).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_what_lists_are() {
        fn property(deeds: Vec<(u8, i8)>) -> bool {
            let (mut sequence, mut list) = (Sequence::default(), Vec::new());
            deeds.into_iter().all(|(deed, element)| {
                let element = Value::from(i64::from(element));
                let taken = if deed % 2 == 0 {
                    list.push(element.clone());
                    (Value::Nil, sequence.with_last(element))
                } else if list.is_empty() {
                    (Value::Nil, sequence.split_last().1)
                } else if deed % 4 == 1 {
                    (list.pop().unwrap(), sequence.split_last().1)
                } else {
                    (list.remove(0), sequence.split_first().1)
                };
                let answered = [sequence.split_last().0, sequence.split_first().0].contains(&taken.0);
                sequence = taken.1;
                let fresh: Sequence = list.iter().cloned().collect();
                let other: Sequence = list.iter().cloned().chain([1.into()]).collect();
                let is_same = sequence == fresh && hash_of(&sequence) == hash_of(&fresh);
                (deed % 2 == 0 || answered)
                    && is_same
                    && sequence != other
                    && sequence.to_string() == Value::from(list.clone()).to_string()
            })
        }
        quickcheck::quickcheck(property as fn(Vec<(u8, i8)>) -> bool);
    }

    fn hash_of(sequence: &Sequence) -> u64 {
        let mut digest = Digest::new();
        sequence.hash(&mut digest);
        digest.finish()
    }

    #[test]
    fn elements_that_are_copied_are_counted() {
        let mut queue: Sequence = (0..100).map(Value::from).collect();
        let (whole, mut greatest) = (queue.bytes(), 0);
        assert_eq!(queue.with_last(0.into()).bytes(), whole - 99 * (size_of::<Node>() + 32));
        while queue.length > 0 {
            let before = queue.length;
            queue = queue.split_first().1;
            assert!(queue.own == 0 || queue.own == before - 1);
            greatest = greatest.max(queue.own);
        }
        assert!(greatest > 30, "what passed is let go of, and {greatest} elements copied");
    }

    #[test]
    fn a_long_row_is_dropped_and_what_passed_is_let_go_of() {
        let mut queue: Sequence = (0..200_000).map(Value::from).collect();
        assert_eq!(queue.split_first().0, 0.into());
        queue = Sequence::default();
        for i in 0..1_000 {
            queue = queue.with_last(i.into());
            if i >= 3 {
                queue = queue.split_first().1;
            }
            let kept = std::iter::successors(queue.last.as_deref(), |node| node.before.as_deref()).count();
            assert!(kept < 40, "{kept} elements for {}", queue.length);
        }
    }
}
