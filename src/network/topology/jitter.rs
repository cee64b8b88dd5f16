//! What a message has on top of the latency between two places.

use crate::base::{Draw, Latency, Probability, SimDuration};

/// How much a message's latency differs from that of its places.
#[derive(Clone, PartialEq, Debug)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Up to this share of it less or more, all equally likely: the mean stays.
    Share(Probability),
    /// By this much more.
    Added(Latency),
}

impl Jitter {
    /// A latency around, or above, `base`: at most as many draws as the distribution takes.
    #[inline]
    pub(super) fn around(&self, base: SimDuration, draws: &mut impl Draw) -> SimDuration {
        match self {
            Jitter::None => base,
            Jitter::Share(share) => {
                let spread = share_of(base, *share);
                SimDuration::from_ns(
                    draws.between(base.as_ns() - spread, base.as_ns().saturating_add(spread)),
                )
            }
            Jitter::Added(latency) => base + latency.sample(draws),
        }
    }

    /// The shortest latency around, or above, `base`.
    pub(super) fn least(&self, base: SimDuration) -> SimDuration {
        match self {
            Jitter::None => base,
            Jitter::Share(share) => SimDuration::from_ns(base.as_ns() - share_of(base, *share)),
            Jitter::Added(latency) => base + latency.least(),
        }
    }
}

/// That share of `whole`, rounded to nanoseconds: 2^64ths, so that no float is on the way.
fn share_of(whole: SimDuration, share: Probability) -> u64 {
    let wide = u128::from(whole.as_ns()) * u128::from(share.as_word()) + (1 << 63);
    (wide >> 64) as u64
}
