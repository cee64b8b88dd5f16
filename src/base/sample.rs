//! From random bits to choices, in integers.
//!
//! Every choice takes exactly one draw, so that a changed parameter never shifts
//! the draws behind it. `rand` promises no stable values between its versions;
//! these few functions do.

/// A source of random 64-bit words, and the choices made from them.
pub trait Draw {
    /// The next 64 uniform bits.
    fn next_u64(&mut self) -> u64;

    /// A number in `0..bound`, by multiply and shift.
    ///
    /// The bias is at most `bound / 2^64`: for a bound of a day in nanoseconds,
    /// five parts in a million; nothing a run could ever show.
    ///
    /// # Panics
    /// If `bound` is 0: there is nothing to choose.
    #[inline]
    fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a choice among nothing");
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// A number in `low..=high`.
    #[inline]
    fn between(&mut self, low: u64, high: u64) -> u64 {
        debug_assert!(low <= high);
        match high - low {
            u64::MAX => self.next_u64(),
            span => low + self.below(span + 1),
        }
    }

    /// Passes over the next 64 bits.
    fn skip(&mut self) {
        self.next_u64();
    }

    /// Whether something of this probability happens.
    #[inline]
    fn chance(&mut self, probability: Probability) -> bool {
        if probability.is_never() {
            self.skip();
            return false;
        }
        probability.covers(self.next_u64())
    }

    /// A float in `(0, 1]`, for transforms that need one: 53 bits, exact on every platform.
    fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }
}

/// Draws that are known by their number, so that those of one purpose need not follow another's.
pub trait Numbered: Draw + Sized {
    /// The same draws from the one `draws` further on.
    fn ahead(&self, draws: u32) -> Self;
}

/// A probability, as the share of the 2^64 words that say yes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Probability(u64);

impl Probability {
    /// Never.
    pub const NEVER: Probability = Probability(0);
    /// Always.
    pub const ALWAYS: Probability = Probability(u64::MAX);

    /// The probability `p`, or `None` unless it lies in `0.0..=1.0`.
    pub fn new(p: f64) -> Option<Self> {
        // Scaling by a power of two is exact, and the cast saturates at 1.0.
        (0.0..=1.0).contains(&p).then_some(Probability((p * 18_446_744_073_709_551_616.0) as u64))
    }

    /// Whether this never happens.
    pub const fn is_never(self) -> bool {
        self.0 == 0
    }

    /// Whether the word `draw` says yes. [`Probability::ALWAYS`] covers every word.
    pub const fn covers(self, draw: u64) -> bool {
        draw < self.0 || self.0 == u64::MAX
    }

    /// The share of the 2^64 words that say yes, as their number.
    pub const fn as_word(self) -> u64 {
        self.0
    }

    /// The probability as a number in `0.0..=1.0`, for people to read.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 18_446_744_073_709_551_616.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Constant(u64);
    impl Draw for Constant {
        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    #[test]
    fn choices_stay_within_their_bounds() {
        for word in [0, 1, u64::MAX / 2, u64::MAX] {
            let mut draw = Constant(word);
            assert!(draw.below(7) < 7);
            assert!((3..=5).contains(&draw.between(3, 5)));
            assert_eq!(draw.between(9, 9), 9);
            assert_eq!(draw.between(0, u64::MAX), word);
            assert!(draw.unit() > 0.0 && draw.unit() <= 1.0);
        }
    }

    #[test]
    fn certainties_are_certain() {
        for word in [0, 1, u64::MAX - 1, u64::MAX] {
            assert!(!Constant(word).chance(Probability::NEVER));
            assert!(Constant(word).chance(Probability::ALWAYS));
        }
        assert_eq!(Probability::new(1.0), Some(Probability::ALWAYS));
        assert_eq!(Probability::new(1.7), None);
        assert_eq!(Probability::new(f64::NAN), None);
    }
}
