//! The trail of a run: sixteen bits of the digest after each event. With it the first event in which
//! another run differs is known, whatever program made that one, from two bytes an event.
//!
//! That two events which differ leave the same sixteen bits happens once in 65,536 times; the next
//! event is named then.

use crate::base::Digest;
use crate::run::{TraceLine, Watcher};

/// So many events leave a trail; of what comes after them it tells nothing.
const MOST: usize = 1 << 24;

/// A watcher that keeps the trail and passes everything on.
pub struct Trail<'w> {
    inner: &'w mut dyn Watcher,
    marks: Vec<u8>,
}

impl<'w> Trail<'w> {
    /// No event yet.
    pub fn new(inner: &'w mut dyn Watcher) -> Self {
        Trail { inner, marks: Vec::new() }
    }

    /// The trail: two bytes an event, the lower first.
    pub fn into_bytes(self) -> Vec<u8> {
        self.marks
    }
}

impl Watcher for Trail<'_> {
    fn traces(&self) -> bool {
        self.inner.traces()
    }

    fn on_line(&mut self, line: TraceLine) {
        self.inner.on_line(line);
    }

    fn on_event(&mut self, digest: Digest) -> bool {
        if self.marks.len() < 2 * MOST {
            self.marks.extend_from_slice(&mark(digest));
        }
        self.inner.on_event(digest)
    }

    fn on_judging(&mut self) -> bool {
        self.inner.on_judging()
    }
}

/// What an event leaves.
fn mark(digest: Digest) -> [u8; 2] {
    (digest.value() as u16).to_le_bytes()
}

/// Follows the trail of an earlier run as long as this one is the same.
#[derive(Clone, Debug)]
pub struct Follower {
    before: Vec<u8>,
    /// How many events were the same.
    same: usize,
    apart: bool,
}

impl Follower {
    /// At the first event of a run of which `before` is the trail; it is empty if none is known.
    pub fn new(before: Vec<u8>) -> Self {
        Follower { apart: before.is_empty(), before, same: 0 }
    }

    /// Whether all events so far are the same.
    pub fn follows(&self) -> bool {
        !self.apart
    }

    /// An event has been executed; the digest includes it.
    pub fn on_event(&mut self, digest: Digest) {
        if self.apart {
            return;
        }
        self.apart = self.before.get(2 * self.same..2 * self.same + 2) != Some(&mark(digest));
        self.same += usize::from(!self.apart);
    }

    /// The number of the first event, from 1, in which two runs part that do differ; `None` if the
    /// trail does not reach that far. Where this run or the earlier one ended first, it is the event
    /// after: the last event of a run may end it before it leaves a mark.
    pub fn parting(&self) -> Option<u64> {
        (!self.before.is_empty() && self.same < MOST).then_some(self.same as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(words: &[u64]) -> Vec<u8> {
        let mut inner = ();
        let mut trail = Trail::new(&mut inner);
        let mut digest = Digest::new();
        for &word in words {
            digest.fold(word);
            assert!(trail.on_event(digest));
        }
        trail.into_bytes()
    }

    fn parting(before: &[u8], words: &[u64]) -> Option<u64> {
        let mut follower = Follower::new(before.to_vec());
        let mut digest = Digest::new();
        for &word in words {
            digest.fold(word);
            follower.on_event(digest);
        }
        follower.parting()
    }

    #[test]
    fn the_first_event_that_differs_is_found() {
        let before = trail(&[1, 2, 3, 4, 5]);
        assert_eq!(before.len(), 10);
        assert_eq!(parting(&before, &[1, 2, 9, 4, 5]), Some(3));
        assert_eq!(parting(&before, &[9]), Some(1));
        assert_eq!(parting(&before, &[1, 2, 3]), Some(4));
        assert_eq!(parting(&before, &[1, 2, 3, 4, 5, 6]), Some(6));
        assert_eq!(parting(&before, &[1, 2, 3, 4, 5]), Some(6));
        assert_eq!(parting(&[], &[1]), None);
    }
}
