//! Bandwidth: messages enter a link one after another, and wait for their turn.
//!
//! ```text
//! sent ──▶ [ buffer ] ──▶ transmitted: size / bandwidth ──▶ travels: latency ──▶ received
//! ```
//!
//! The latency comes after and does not occupy the link, so a long way never caps the throughput. A
//! message waits in a buffer while others are transmitted; one that finds the link busy and would not
//! fit behind what is still there is lost. An idle link takes a message of any size at once.
//!
//! Whatever becomes of a message later, it was transmitted. A copy that the network makes on the way
//! was not: it takes no bandwidth. Nothing that a partition blocks enters the link.

use crate::base::{SimDuration, SimTime};

/// Where one link stands with its transmissions.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Wire {
    /// When all that was sent so far has been transmitted.
    free_at: SimTime,
    /// The part of a nanosecond by which that is too early, in units of one by the bandwidth: what
    /// rounding takes from one message it gives to the next.
    rest: u64,
}

/// What becomes of a message that wants to be transmitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transmission {
    /// It has left at this instant; it waited for others if `waited`.
    Left { at: SimTime, waited: bool },
    /// It did not fit into the buffer.
    Overflow,
}

const NS_PER_S: u64 = 1_000_000_000;

impl Wire {
    /// Transmits `size` bytes at `bandwidth` bytes per second from `now` on, behind what waits already in
    /// a buffer of `buffer` bytes, if that is bounded.
    pub(super) fn transmit(
        &mut self,
        now: SimTime,
        size: u32,
        bandwidth: u64,
        buffer: Option<u64>,
    ) -> Transmission {
        let waited = self.free_at > now;
        if waited {
            // In bytes by the nanoseconds of a second, which needs no division.
            let waiting = u128::from(self.free_at.since(now).as_ns()) * u128::from(bandwidth);
            let all = |bytes: u64| u128::from(bytes) * u128::from(NS_PER_S);
            if buffer.is_some_and(|buffer| waiting + all(u64::from(size)) > all(buffer)) {
                return Transmission::Overflow;
            }
        } else {
            *self = Wire { free_at: now, rest: 0 };
        }
        // The bandwidth may have changed meanwhile; below 2^32 · 10^9 + bandwidth, so no overflow.
        let work = u64::from(size) * NS_PER_S + self.rest.min(bandwidth);
        self.rest = work % bandwidth;
        self.free_at += SimDuration::from_ns(work / bandwidth);
        Transmission::Left { at: self.free_at, waited }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ns: u64) -> SimTime {
        SimTime::from_ns(ns)
    }

    #[test]
    fn messages_follow_one_another_at_the_speed_of_the_link() {
        let mut wire = Wire::default();
        let mut send = |now, size| wire.transmit(at(now), size, 1_000_000, None);
        assert_eq!(send(0, 1_000), Transmission::Left { at: at(1_000_000), waited: false });
        assert_eq!(send(10, 500), Transmission::Left { at: at(1_500_000), waited: true });
        assert_eq!(send(2_000_000, 1), Transmission::Left { at: at(2_001_000), waited: false });
    }

    #[test]
    fn rounding_takes_nothing_from_the_throughput() {
        let mut wire = Wire::default();
        let mut last = SimTime::ZERO;
        for _ in 0..3_000 {
            if let Transmission::Left { at, .. } = wire.transmit(SimTime::ZERO, 16, 3 * NS_PER_S, None) {
                last = at;
            }
        }
        assert_eq!(last, at(16_000));
    }

    #[test]
    fn what_does_not_fit_behind_the_others_is_lost_and_takes_no_time() {
        let mut wire = Wire::default();
        let mut send = |now, size| wire.transmit(at(now), size, 1_000_000, Some(1_500));
        assert_eq!(send(0, 9_000), Transmission::Left { at: at(9_000_000), waited: false }, "it was idle");
        assert_eq!(send(0, 100), Transmission::Overflow);
        // 1,500 bytes are left to transmit, then 1,400.
        assert_eq!(send(7_500_000, 1), Transmission::Overflow);
        assert_eq!(send(7_600_000, 100), Transmission::Left { at: at(9_100_000), waited: true });
    }
}
