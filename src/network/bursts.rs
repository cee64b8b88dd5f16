//! Bursts of loss, after Gilbert (1960) and Elliott (1963).
//!
//! Each directed link is in good weather or in a burst, and changes at random instants:
//!
//! ```text
//!          good            burst        good                    burst
//!  |---------------------|#######|-----------------------|################|---
//!     mean `burst_every`  mean `burst_lasts`
//! ```
//!
//! Both times are exponential. During a burst a message that enters the link is lost with the
//! probability `burst_loss`. The weather is a process in simulated time on draws of its own and is
//! worked out when a message asks, so it is the same whatever is sent. At time zero it is already
//! as likely to be bad as ever after.

use crate::base::{Draw, Probability, SimDuration, SimTime};

/// How bursts come and go.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bursts {
    /// The mean time from the end of one to the beginning of the next.
    pub every: SimDuration,
    /// The mean time that one lasts.
    pub lasts: SimDuration,
    /// The share of messages lost while one lasts; no weather at all if never.
    pub loss: Probability,
}

impl Bursts {
    /// None.
    pub const NEVER: Bursts = Bursts {
        every: SimDuration::from_secs(10),
        lasts: SimDuration::from_ms(200),
        loss: Probability::NEVER,
    };
}

/// The weather on one link.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Weather {
    is_burst: bool,
    /// When it changes.
    until: SimTime,
    /// How many words it took so far; 0 if it was never looked at.
    drawn: u32,
}

impl Weather {
    /// Whether `now`, which is never earlier than before, is within a burst; `word` is the n-th word
    /// of this link's weather.
    #[inline]
    pub(super) fn is_burst(&mut self, bursts: &Bursts, now: SimTime, word: impl Fn(u32) -> u64) -> bool {
        if now >= self.until {
            self.advance(bursts, now, word);
        }
        self.is_burst
    }

    #[inline(never)]
    fn advance(&mut self, bursts: &Bursts, now: SimTime, word: impl Fn(u32) -> u64) {
        let mut words = Words { word, drawn: self.drawn };
        if self.drawn == 0 {
            let (every, lasts) = (bursts.every.as_ns() as f64, bursts.lasts.as_ns() as f64);
            self.is_burst = words.unit() <= lasts / (every + lasts);
            self.until = SimTime::ZERO + words.exponential(self.mean(bursts));
        }
        while now >= self.until {
            self.is_burst = !self.is_burst;
            self.until += words.exponential(self.mean(bursts));
        }
        self.drawn = words.drawn;
    }

    /// How long the present weather lasts in the mean.
    fn mean(&self, bursts: &Bursts) -> SimDuration {
        if self.is_burst { bursts.lasts } else { bursts.every }
    }
}

/// The words of a link's weather, one after another.
struct Words<F> {
    word: F,
    drawn: u32,
}

impl<F: Fn(u32) -> u64> Words<F> {
    /// An exponential time with this mean, of at least a nanosecond, so that time goes on.
    fn exponential(&mut self, mean: SimDuration) -> SimDuration {
        let ns = -libm::log(self.unit()) * mean.as_ns() as f64;
        SimDuration::from_ns((ns as u64).max(1))
    }
}

impl<F: Fn(u32) -> u64> Draw for Words<F> {
    fn next_u64(&mut self) -> u64 {
        // A run may see more changes than there are numbers; then the weather repeats itself.
        self.drawn = self.drawn.wrapping_add(1).max(1);
        (self.word)(self.drawn - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{FateKeys, LinkId, NodeId, Numbered, Seed, StreamName};

    const BURSTS: Bursts = Bursts {
        every: SimDuration::from_ms(900),
        lasts: SimDuration::from_ms(100),
        loss: Probability::ALWAYS,
    };

    /// Whether there is a burst on link `to` at each of these instants.
    fn seen(to: u32, instants: impl Iterator<Item = u64>) -> Vec<bool> {
        let keys = FateKeys::of(Seed(5), StreamName::Weather).link(LinkId::new(NodeId(0), NodeId(to)));
        let mut weather = Weather::default();
        let word = |nth| keys.weather().ahead(nth).next_u64();
        instants.map(|ns| weather.is_burst(&BURSTS, SimTime::from_ns(ns), word)).collect()
    }

    #[test]
    fn the_weather_does_not_depend_on_who_asks() {
        let often = seen(1, (0..100_000).map(|i| i * 100_000));
        let rarely = seen(1, (0..1_000).map(|i| i * 10_000_000));
        assert_eq!(often.iter().step_by(100).copied().collect::<Vec<_>>(), rarely);
        assert_ne!(rarely, seen(2, (0..1_000).map(|i| i * 10_000_000)), "each link has its own");
    }

    /// Share of bad time, number and mean length of bursts over 10,000 s of weather, each within
    /// three standard deviations: of n exponential times the mean has 1/sqrt(n) of it.
    #[test]
    fn bursts_come_and_last_as_asked() {
        let all = seen(1, (0..5_000_000).map(|i| i * 2_000_000));
        let begun = all.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
        let bad = all.iter().filter(|bad| **bad).count() as f64;
        // A burst shorter than the 2 ms between looks may be overlooked: 1 - (1 - e^-x)/x of them, x = 1/50.
        let (expected, overlooked) = (10_000.0, 0.00993);
        let deviation = 3.0 / libm::sqrt(expected) + overlooked;
        assert!((begun / expected - 1.0).abs() < deviation, "{begun}");
        assert!((bad / 500_000.0 - 1.0).abs() < 3.0 * libm::sqrt(2.0 / expected), "{bad}");
        let first = (0..20_000).filter(|to| seen(*to, [0].into_iter())[0]).count() as f64;
        assert!((first - 2_000.0).abs() < 3.0 * libm::sqrt(20_000.0 * 0.1 * 0.9), "{first} at time zero");
    }
}
