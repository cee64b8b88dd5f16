//! Keyed draws: a message's fate as a pure function of its name.
//!
//! A message is named by (link, send time, nth message its sender sent at that
//! instant). Its fate is a mix of that name with keys of the run, so a million
//! links keep no state, and replay, shrink and exploration can override any one
//! decision by name. The scheme, which is part of the digest scheme:
//!
//! ```text
//! fold(a, b)  = high and low half of the 128-bit product a·b, xored
//! link key    = fold(code(link) ^ k0, k1)            k0, k1 (odd): stream `Network`
//! state       = fold(link key ^ send time, GOLDEN ^ nth << 1) + link key
//! draw i      = mix(state + i · GOLDEN)              i = 1, 2, …: SplitMix64
//! ```

use super::{Draw, LinkId, Numbered, Seed, SimTime, Stream, StreamName};

/// The odd constant of SplitMix64: 2^64 divided by the golden ratio.
pub(super) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Stafford's variant 13): a bijection in which
/// every input bit flips every output bit with a probability near one half.
pub(crate) const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Both halves of the 128-bit product, xored: cheap, and mixes all bits.
pub(super) const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    (product >> 64) as u64 ^ product as u64
}

/// The keys of all message fates in one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FateKeys {
    link: u64,
    multiplier: u64,
}

/// The key of one directed link in one run.
#[derive(Clone, Copy, Debug)]
pub struct LinkKey(u64);

/// The draws that decide one message: loss, delay, duplication, in the order asked.
#[derive(Clone, Debug)]
pub struct KeyedDraws {
    state: u64,
}

impl FateKeys {
    /// The keys of the run `seed`.
    pub fn new(seed: Seed) -> Self {
        FateKeys::of(seed, StreamName::Network)
    }

    /// Keys drawn from the stream `name`.
    pub fn of(seed: Seed, name: StreamName) -> Self {
        let mut stream = Stream::new(seed, name);
        FateKeys { link: stream.next_u64(), multiplier: stream.next_u64() | 1 }
    }

    /// The key of `link`.
    #[inline]
    pub fn link(self, link: LinkId) -> LinkKey {
        LinkKey(fold(link.code() ^ self.link, self.multiplier))
    }
}

impl LinkKey {
    /// The draws for the `nth` message that this link's sender sent at the instant `sent`.
    #[inline]
    pub fn message(self, sent: SimTime, nth: u32) -> KeyedDraws {
        let name = fold(self.0 ^ sent.as_ns(), GOLDEN ^ u64::from(nth) << 1);
        KeyedDraws { state: name.wrapping_add(self.0) }
    }

    /// What decides the weather on this link: draws of its own, whatever is sent.
    #[inline]
    pub fn weather(self) -> KeyedDraws {
        KeyedDraws { state: self.0 }
    }
}

impl Draw for KeyedDraws {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    #[inline]
    fn skip(&mut self) {
        self.state = self.state.wrapping_add(GOLDEN);
    }
}

impl Numbered for KeyedDraws {
    #[inline]
    fn ahead(&self, draws: u32) -> Self {
        KeyedDraws { state: self.state.wrapping_add(u64::from(draws).wrapping_mul(GOLDEN)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NodeId, Probability};
    use super::*;

    fn draws(seed: u64, from: u32, to: u32, at: u64, nth: u32) -> KeyedDraws {
        FateKeys::new(Seed(seed))
            .link(LinkId::new(NodeId(from), NodeId(to)))
            .message(SimTime::from_ns(at), nth)
    }

    #[test]
    fn a_numbered_draw_is_the_one_that_follows_as_many() {
        let all = draws(1, 2, 3, 4, 5);
        let mut passed = all.clone();
        (0..7).for_each(|_| passed.skip());
        assert_eq!(all.ahead(7).next_u64(), passed.next_u64());
    }

    #[test]
    fn each_part_of_the_name_matters() {
        let base = draws(1, 2, 3, 4, 5).next_u64();
        assert_eq!(base, draws(1, 2, 3, 4, 5).next_u64());
        for other in [draws(0, 2, 3, 4, 5), draws(1, 3, 2, 4, 5), draws(1, 2, 3, 5, 5), draws(1, 2, 3, 4, 4)]
        {
            assert_ne!(base, other.clone().next_u64());
        }
    }

    /// The names that occur are regular: small nodes, round times, small counts. The
    /// draws must look independent all the same: a mean and a correlation within 4σ.
    #[test]
    fn regular_names_give_independent_draws() {
        let tenth = Probability::new(0.1).unwrap();
        let (mut hits, mut both, mut total) = (0u64, 0u64, 0u64);
        for from in 0..10 {
            for at in 0..2_000 {
                for nth in 0..5 {
                    let mut message = draws(7, from, (from + 1) % 10, at * 1_000_000, nth);
                    let (lost, twice) = (message.chance(tenth), message.chance(tenth));
                    hits += u64::from(lost);
                    both += u64::from(lost && twice);
                    total += 1;
                }
            }
        }
        let within = |count: u64, p: f64| {
            let sigma = (total as f64 * p * (1.0 - p)).sqrt();
            (count as f64 - total as f64 * p).abs() < 4.0 * sigma
        };
        assert!(within(hits, 0.1), "{hits} of {total}");
        assert!(within(both, 0.01), "{both} of {total}");
    }
}
