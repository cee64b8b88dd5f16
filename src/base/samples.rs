//! A distribution as it was measured: samples, and how often each was seen.
//!
//! Drawn by inverse transform: a draw is a place among the sorted samples, the first at one end and
//! the last at the other, and what lies between two samples is interpolated. All of it in integers,
//! so that the same samples give the same durations everywhere. (This is the inverse of quantile
//! definition 7 of Hyndman and Fan, 1996.)
//!
//! Left out: what was never measured. No draw is beyond the shortest or the longest sample, so a
//! tail that the samples do not show is not there.

use std::hash::Hasher;

use super::{Digest, Draw, SimDuration};

/// Measured durations, sorted, equal ones together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Samples {
    source: String,
    knots: Vec<Knot>,
    /// How many samples there are.
    count: u64,
}

/// A duration that was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Knot {
    value: SimDuration,
    /// How many samples are shorter.
    before: u64,
}

impl Samples {
    /// The samples of `source`, the file as a scenario names it: durations, and how often each was
    /// measured. `None` if there are none, or more than 2^64 of them.
    pub fn new(source: impl Into<String>, measured: &[(SimDuration, u64)]) -> Option<Self> {
        // Numbers are sorted elsewhere too; pairs of them would be code of their own.
        let mut values: Vec<u64> =
            measured.iter().filter(|(_, times)| *times > 0).map(|(value, _)| value.as_ns()).collect();
        values.sort_unstable();
        values.dedup();
        let mut counts = vec![0u64; values.len()];
        for (value, times) in measured {
            if let Ok(at) = values.binary_search(&value.as_ns()) {
                counts[at] = counts[at].checked_add(*times)?;
            }
        }
        let mut count = 0u64;
        let mut knots = Vec::with_capacity(values.len());
        for (value, times) in values.into_iter().zip(counts) {
            knots.push(Knot { value: SimDuration::from_ns(value), before: count });
            count = count.checked_add(times)?;
        }
        (count > 0).then(|| Samples { source: source.into(), knots, count })
    }

    /// The file they are from, as a scenario names it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many samples there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The shortest.
    pub fn least(&self) -> SimDuration {
        self.knots[0].value
    }

    /// The longest.
    pub fn most(&self) -> SimDuration {
        self.knots[self.knots.len() - 1].value
    }

    /// The fingerprint of all samples, whatever file they are from.
    pub fn digest(&self) -> Digest {
        let mut digest = Digest::new();
        digest.write_u64(self.count);
        for knot in &self.knots {
            digest.write_u64(knot.value.as_ns());
            digest.write_u64(knot.before);
        }
        digest
    }

    /// Draws a duration: one draw.
    pub fn sample(&self, draw: &mut impl Draw) -> SimDuration {
        // The place among the samples: a whole number, and 2^-64ths on the way to the next.
        let place = u128::from(draw.next_u64()) * u128::from(self.count - 1);
        let (whole, part) = ((place >> 64) as u64, place as u64);
        let at = self.knots.partition_point(|knot| knot.before <= whole) - 1;
        let below = self.knots[at].value.as_ns();
        let above = match self.knots.get(at + 1) {
            Some(next) if next.before == whole + 1 => next.value.as_ns(),
            _ => below,
        };
        let step = u128::from(above - below) * u128::from(part) + (1 << 63);
        SimDuration::from_ns(below + (step >> 64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use quickcheck::quickcheck;

    use super::super::{Seed, Stream, StreamName};
    use super::*;

    fn of_ns(measured: &[(u64, u64)]) -> Samples {
        let measured: Vec<(SimDuration, u64)> =
            measured.iter().map(|(ns, times)| (SimDuration::from_ns(*ns), *times)).collect();
        Samples::new("a.csv", &measured).unwrap()
    }

    struct Word(u64);
    impl Draw for Word {
        fn next_u64(&mut self) -> u64 {
            self.0
        }
    }

    quickcheck! {
        /// The oracle writes every sample out and interpolates with floats.
        fn a_draw_is_the_quantile_of_the_list(values: Vec<u16>, word: u64) -> bool {
            let measured: Vec<(u64, u64)> = values.iter().map(|value| (u64::from(*value), 1)).collect();
            if measured.is_empty() {
                return Samples::new("a.csv", &[]).is_none();
            }
            let mut sorted = values;
            sorted.sort_unstable();
            let place = word as f64 / 18_446_744_073_709_551_616.0 * (sorted.len() - 1) as f64;
            let (whole, part) = (place as usize, place.fract());
            let (below, above) = (f64::from(sorted[whole]), f64::from(sorted[(whole + 1).min(sorted.len() - 1)]));
            let expected = below + (above - below) * part;
            let drawn = of_ns(&measured).sample(&mut Word(word)).as_ns() as f64;
            (drawn - expected).abs() <= 0.51
        }

        /// What is counted is as if it were listed.
        fn counted_or_listed_is_the_same(counted: Vec<(u8, u8)>, word: u64) -> bool {
            let listed: Vec<(u64, u64)> = counted
                .iter()
                .flat_map(|(value, times)| vec![(u64::from(*value), 1); usize::from(*times)])
                .collect();
            let counted: Vec<(u64, u64)> =
                counted.iter().map(|(value, times)| (u64::from(*value), u64::from(*times))).collect();
            listed.is_empty()
                || of_ns(&listed).sample(&mut Word(word)) == of_ns(&counted).sample(&mut Word(word))
        }
    }

    #[test]
    fn the_ends_are_the_shortest_and_the_longest() {
        let samples = of_ns(&[(700, 1), (100, 3), (400, 2)]);
        assert_eq!((samples.least().as_ns(), samples.most().as_ns(), samples.count()), (100, 700, 6));
        assert_eq!(samples.sample(&mut Word(0)).as_ns(), 100);
        assert_eq!(samples.sample(&mut Word(u64::MAX)).as_ns(), 700);
        assert_eq!(of_ns(&[(9, 1)]).sample(&mut Word(u64::MAX)).as_ns(), 9);
        assert!(Samples::new("a.csv", &[(SimDuration::ZERO, u64::MAX), (SimDuration::ZERO, 1)]).is_none());
    }

    /// Quartiles of a million draws, within 3σ of the share that lies below each.
    #[test]
    fn as_many_draws_lie_below_a_sample_as_the_samples_say() {
        // Nine samples: 1/8 of the draws between one and the next.
        let samples = of_ns(&[10, 20, 40, 80, 160, 320, 640, 1_280, 2_560].map(|ns| (ns * 1_000, 1)));
        let mut stream = Stream::new(Seed(5), StreamName::Network);
        let drawn: Vec<u64> = (0..1_000_000).map(|_| samples.sample(&mut stream).as_ns()).collect();
        for (bound, share) in [(20_000, 0.125), (160_000, 0.5), (640_000, 0.75), (1_280_000, 0.875)] {
            let below = drawn.iter().filter(|ns| **ns < bound).count() as f64;
            let sigma = (1e6f64 * share * (1.0 - share)).sqrt();
            assert!((below - 1e6 * share).abs() < 3.0 * sigma, "{below} below {bound}");
        }
    }

    #[test]
    fn other_samples_have_another_fingerprint() {
        let digest = |measured: &[(u64, u64)]| of_ns(measured).digest();
        assert_eq!(digest(&[(1, 1), (2, 1), (2, 1)]), digest(&[(2, 2), (1, 1)]));
        assert_ne!(digest(&[(1, 1), (2, 2)]), digest(&[(1, 2), (2, 1)]));
        assert_ne!(digest(&[(1, 1)]), digest(&[(1, 2)]));
    }
}
