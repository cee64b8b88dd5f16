//! The clocks a scenario asks for, and their keys.

use super::{Clock, Rate};
use crate::base::keys::{Key, KeyKind, Section, Settings};
use crate::base::{Draw, SimDuration};

/// How every node's clock behaves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ClockConfig {
    /// By how much at most a clock is ahead at the beginning.
    pub offset: SimDuration,
    /// By how much at most a clock runs too fast or too slow, in parts per million.
    pub drift: u64,
    /// By how much at most, in parts per million, however many faults add up; any if `None`.
    pub drift_most: Option<u64>,
    /// How often a clock is measured and corrected; never if `None`.
    pub poll: Option<SimDuration>,
    /// How far off a measurement may be.
    pub poll_error: SimDuration,
}

/// The largest drift a scenario may ask for, in parts per million: a clock at half the speed.
pub(crate) const LARGEST_DRIFT: u64 = 500_000;

const TIME: KeyKind = KeyKind::Duration { min: SimDuration::ZERO, max: SimDuration::from_secs(31_536_000) };

/// `[clock]`.
pub const SECTION: Section = Section {
    name: "clock",
    doc: "How far the clocks of nodes, and with them their timers, are from true time. Clients' clocks are true.",
    keys: &[
        Key {
            name: "offset",
            kind: TIME,
            default: Some("\"0s\""),
            doc: "Each clock is ahead by up to this at the beginning, by chance.",
            since: "0.1",
        },
        Key {
            name: "drift",
            kind: KeyKind::Count { min: 0, max: LARGEST_DRIFT, unit: "parts per million" },
            default: Some("0"),
            doc: "Each clock runs too fast or too slow by up to this, by chance. A good quartz has 20 to 100.",
            since: "0.1",
        },
        Key {
            name: "drift_most",
            kind: KeyKind::Count { min: 0, max: LARGEST_DRIFT, unit: "parts per million" },
            default: None,
            doc: "A clock that runs runs too fast or too slow by no more than this, however many faults add up: what a lease may rely on. If unset it may come to a thousandth or a thousand times the rate of time.",
            since: "0.1",
        },
        Key {
            name: "poll",
            kind: KeyKind::Duration { min: SimDuration::from_ms(1), max: SimDuration::from_secs(31_536_000) },
            default: None,
            doc: "How often each clock is measured against true time and corrected, as NTP does: by a rate of at most 500 parts per million, and by a step if it is more than 128 ms off. Never if unset.",
            since: "0.1",
        },
        Key {
            name: "poll_error",
            kind: TIME,
            default: Some("\"0s\""),
            doc: "How far off such a measurement may be.",
            since: "0.1",
        },
    ],
};

impl ClockConfig {
    /// The clocks that `[clock]` asks for.
    pub fn from_settings(clock: &Settings) -> Self {
        ClockConfig {
            offset: clock.duration("offset").unwrap_or_default(),
            drift: clock.count("drift").unwrap_or_default(),
            drift_most: clock.count("drift_most"),
            poll: clock.duration("poll"),
            poll_error: clock.duration("poll_error").unwrap_or_default(),
        }
    }

    /// Whether every clock shows true time until a fault hits it, and nothing bounds that or puts it right after.
    pub fn is_perfect(&self) -> bool {
        let ClockConfig { offset, drift, drift_most, poll, poll_error: _ } = *self;
        offset.is_zero() && drift == 0 && drift_most.is_none() && poll.is_none()
    }

    /// A clock as one of these is at the beginning. Two draws.
    pub fn draw(&self, draws: &mut impl Draw) -> Clock {
        let ahead = SimDuration::from_ns(draws.between(0, self.offset.as_ns()));
        let most = (self.drift * 1_000) as i64;
        let rate = draws.between(0, 2 * most as u64) as i64 - most;
        Clock::new(ahead, Rate(rate)).within(self.drift_most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{NodeId, Seed, SimTime, Stream, StreamName};

    /// Offsets and drifts are uniform over what was asked for: means within 3σ, ends not passed.
    #[test]
    fn clocks_are_as_wrong_as_asked() {
        let config = ClockConfig { offset: SimDuration::from_ms(10), drift: 100, ..ClockConfig::default() };
        let second = SimTime::ZERO + SimDuration::from_secs(1);
        let (mut ahead, mut gained) = (0.0, 0.0);
        const CLOCKS: u32 = 100_000;
        for node in 0..CLOCKS {
            let clock = config.draw(&mut Stream::new(Seed(1), StreamName::Clock(NodeId(node))));
            let offset = clock.show(SimTime::ZERO).as_ns();
            let gain = clock.show(second).as_ns() as i64 - offset as i64 - 1_000_000_000;
            assert!(offset <= 10_000_000 && gain.abs() <= 100_000);
            ahead += offset as f64;
            gained += gain as f64;
        }
        let of = f64::from(CLOCKS);
        let sigma = |width: f64| width / (12.0 * of).sqrt();
        assert!((ahead / of - 5_000_000.0).abs() < 3.0 * sigma(10_000_000.0), "{}", ahead / of);
        assert!((gained / of).abs() < 3.0 * sigma(200_000.0), "{}", gained / of);
    }
}
