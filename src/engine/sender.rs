//! Which of its messages at one instant a sender sends: part of a message's name.

use crate::base::SimTime;

/// How many messages a node or client has sent at the instant of its latest.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Sender {
    at: SimTime,
    sent: u32,
}

impl Sender {
    /// How many messages it sent at `now` before this one.
    #[inline(always)]
    pub(super) fn nth(&mut self, now: SimTime) -> u32 {
        let before = if self.at == now { self.sent } else { 0 };
        *self = Sender { at: now, sent: before + 1 };
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instant_counts_afresh() {
        let mut sender = Sender::default();
        let sent: Vec<u32> = [0, 0, 5, 5, 5, 6].map(|ns| sender.nth(SimTime::from_ns(ns))).to_vec();
        assert_eq!(sent, [0, 1, 0, 1, 2, 0]);
    }
}
