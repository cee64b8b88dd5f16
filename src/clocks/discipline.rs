//! The discipline of a clock, in the manner of NTP (RFC 5905, §11.3 and §12): every poll measures how
//! far the clock is off, and takes that away by a change of rate until the next one; what is too far
//! off for that is stepped over.

use super::{Clock, ClockConfig, Rate};
use crate::base::{Draw, SimDuration, SimTime};

/// What is further off is stepped: STEPT of RFC 5905, 128 ms.
const STEP_NS: i128 = 128_000_000;
/// No clock is slewed faster, in parts per billion: MAXFREQ of RFC 5905, 500 ppm.
const FASTEST_SLEW: i128 = 500_000;

impl ClockConfig {
    /// How far off the next measurement is, in nanoseconds. One draw.
    pub fn measurement_error(&self, draws: &mut impl Draw) -> i64 {
        let most = self.poll_error.as_ns();
        draws.between(0, 2 * most) as i64 - most as i64
    }
}

impl Clock {
    /// Measures how far the clock is off at `now`, wrong by `error` nanoseconds, and corrects it so
    /// that nothing is left in an `interval`. A clock that stands still cannot be helped.
    pub fn discipline(&mut self, now: SimTime, interval: SimDuration, error: i64) {
        if self.is_stopped() {
            return;
        }
        let off = i128::from(self.show(now).as_ns()) - i128::from(now.as_ns()) + i128::from(error);
        let size = SimDuration::from_ns(u64::try_from(off.unsigned_abs()).unwrap_or(u64::MAX));
        if off > STEP_NS {
            self.step_back(now, size);
            self.correct(now, Rate(0));
        } else if off < -STEP_NS {
            self.step_ahead(now, size);
            self.correct(now, Rate(0));
        } else {
            let slew = (-off * 1_000_000_000 / i128::from(interval.as_ns().max(1)))
                .clamp(-FASTEST_SLEW, FASTEST_SLEW);
            self.correct(now, Rate(slew as i64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{NodeId, Seed, Stream, StreamName};

    /// The error stays within that of a measurement and what the oscillator gains in a poll.
    #[test]
    fn the_error_of_a_disciplined_clock_is_bounded() {
        let config = ClockConfig { poll_error: SimDuration::from_ms(2), ..ClockConfig::default() };
        let interval = SimDuration::from_secs(16);
        for seed in 0..20 {
            let mut draws = Stream::new(Seed(seed), StreamName::Clock(NodeId(0)));
            let mut clock = Clock::new(SimDuration::from_secs(3), Rate(100_000));
            let mut worst = 0;
            for poll in 1..2_000 {
                let now = SimTime::ZERO + SimDuration::from_secs(16 * poll);
                if poll > 20 {
                    worst = worst.max(clock.show(now).as_ns().abs_diff(now.as_ns()));
                }
                clock.discipline(now, interval, config.measurement_error(&mut draws));
            }
            // 100 ppm in 16 s are 1.6 ms.
            assert!(worst <= 2_000_000 + 1_600_000 + 1_000, "{worst} ns");
            assert!(worst > 2_000_000, "the oscillator has an effect");
        }
    }

    #[test]
    fn a_clock_that_was_put_wrong_is_stepped_right_at_the_next_poll() {
        let interval = SimDuration::from_secs(16);
        let mut clock = Clock::new(SimDuration::ZERO, Rate(0));
        let now = SimTime::ZERO + SimDuration::from_secs(100);
        clock.step_back(now, SimDuration::from_secs(50));
        clock.discipline(now, interval, 0);
        assert_eq!(clock.show(now), now);
        clock.step_ahead(now, SimDuration::from_secs(50));
        clock.discipline(now, interval, 0);
        assert_eq!(clock.show(now), now);
    }
}
