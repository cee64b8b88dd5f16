//! Distributions of durations: how long a message travels, a disk syncs, a client thinks.
//!
//! Each sample takes one draw (the lognormal two) and is an integer of
//! nanoseconds. Logarithms and powers come from `libm`, which computes the same
//! bits on every platform; std's do not.

use std::fmt;
use std::sync::Arc;

use super::{Draw, Samples, SimDuration};

/// A distribution of durations.
#[derive(Clone, PartialEq, Debug)]
pub enum Latency {
    /// Always the same.
    Constant(SimDuration),
    /// Anything from `min` to `max`, both included, equally likely.
    Uniform {
        /// The shortest.
        min: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// `min` plus an exponential tail; `mean` is that of the whole.
    Exponential {
        /// The shortest.
        min: SimDuration,
        /// The mean, tail included.
        mean: SimDuration,
    },
    /// Half of all samples below `median`; `sigma` is the standard deviation of the logarithm.
    Lognormal {
        /// The middle.
        median: SimDuration,
        /// How wide: 0.5 puts one sample in a thousand above 4.7 medians.
        sigma: f64,
    },
    /// `min · u^(-1/alpha)`: a heavy tail. The mean is finite above `alpha` 1.
    Pareto {
        /// The shortest.
        min: SimDuration,
        /// How heavy: smaller is heavier.
        alpha: f64,
    },
    /// As it was measured. Shared, because many links may have the same.
    Empirical(Arc<Samples>),
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Latency::Constant(always) => write!(f, "{always}"),
            Latency::Uniform { min, max } => write!(f, "uniform, {min} to {max}"),
            Latency::Exponential { min, mean } => write!(f, "exponential, min {min}, mean {mean}"),
            Latency::Lognormal { median, sigma } => write!(f, "lognormal, median {median}, sigma {sigma}"),
            Latency::Pareto { min, alpha } => write!(f, "pareto, min {min}, alpha {alpha}"),
            Latency::Empirical(samples) => {
                write!(f, "{} samples, {} to {}", samples.count(), samples.least(), samples.most())
            }
        }
    }
}

/// No sample is longer than a day, however heavy the tail.
const LONGEST_NS: f64 = 86_400.0 * 1e9;

impl From<SimDuration> for Latency {
    fn from(always: SimDuration) -> Self {
        Latency::Constant(always)
    }
}

impl Latency {
    /// No time at all.
    pub const ZERO: Latency = Latency::Constant(SimDuration::ZERO);

    /// Whether every sample is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Latency::Constant(d) if d.is_zero())
    }

    /// No sample is longer.
    pub fn most(&self) -> SimDuration {
        match self {
            Latency::Constant(d) => *d,
            Latency::Uniform { max, .. } => *max,
            Latency::Exponential { .. } | Latency::Lognormal { .. } | Latency::Pareto { .. } => {
                self.most_of_tail()
            }
            Latency::Empirical(samples) => samples.most(),
        }
    }

    /// No tail reaches further: a draw has 53 bits.
    fn most_of_tail(&self) -> SimDuration {
        // ln 2^53 is 36.74, and the normal sample that Box and Muller make of it 8.573.
        let ns = match self {
            Latency::Exponential { min, mean } => min.as_ns() as f64 + 36.8 * (*mean - *min).as_ns() as f64,
            Latency::Lognormal { median, sigma } => median.as_ns() as f64 * libm::exp(8.6 * sigma),
            Latency::Pareto { min, alpha } => min.as_ns() as f64 * libm::exp(36.8 / alpha),
            Latency::Constant(_) | Latency::Uniform { .. } | Latency::Empirical(_) => LONGEST_NS,
        };
        SimDuration::from_ns(ns.min(LONGEST_NS) as u64)
    }

    /// No sample is shorter.
    pub fn least(&self) -> SimDuration {
        match self {
            Latency::Constant(d) => *d,
            Latency::Uniform { min, .. } | Latency::Exponential { min, .. } | Latency::Pareto { min, .. } => {
                *min
            }
            Latency::Lognormal { .. } => SimDuration::ZERO,
            Latency::Empirical(samples) => samples.least(),
        }
    }

    /// Draws a duration.
    #[inline]
    pub fn sample(&self, draw: &mut impl Draw) -> SimDuration {
        match self {
            Latency::Constant(d) => *d,
            Latency::Uniform { min, max } => SimDuration::from_ns(draw.between(min.as_ns(), max.as_ns())),
            _ => self.sample_tail(draw),
        }
    }

    /// The distributions that need a logarithm or a search, kept out of the hot path.
    fn sample_tail(&self, draw: &mut impl Draw) -> SimDuration {
        let ns = match self {
            Latency::Empirical(samples) => return samples.sample(draw),
            Latency::Constant(d) => d.as_ns() as f64,
            Latency::Uniform { min, .. } => min.as_ns() as f64,
            Latency::Exponential { min, mean } => {
                let tail = (*mean - *min).as_ns() as f64;
                min.as_ns() as f64 - tail * libm::log(draw.unit())
            }
            Latency::Lognormal { median, sigma } => {
                median.as_ns() as f64 * libm::exp(*sigma * standard_normal(draw))
            }
            Latency::Pareto { min, alpha } => min.as_ns() as f64 * libm::pow(draw.unit(), -1.0 / *alpha),
        };
        SimDuration::from_ns(libm::round(ns.clamp(0.0, LONGEST_NS)) as u64)
    }
}

/// A standard normal sample by Box and Muller (1958): two draws, one branch-free formula.
fn standard_normal(draw: &mut impl Draw) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(draw.unit()));
    radius * libm::cos(2.0 * std::f64::consts::PI * draw.unit())
}

#[cfg(test)]
mod tests {
    use super::super::{Seed, Stream, StreamName};
    use super::*;

    fn samples_ms(latency: &Latency) -> Vec<f64> {
        let mut stream = Stream::new(Seed(3), StreamName::Network);
        let mut all: Vec<f64> = (0..40_000).map(|_| latency.sample(&mut stream).as_ms_f64()).collect();
        all.sort_by(f64::total_cmp);
        all
    }

    fn mean(all: &[f64]) -> f64 {
        all.iter().sum::<f64>() / all.len() as f64
    }

    #[test]
    fn moments_are_as_asked() {
        let ms = SimDuration::from_ms;
        let uniform = samples_ms(&Latency::Uniform { min: ms(1), max: ms(3) });
        assert!((mean(&uniform) - 2.0).abs() < 0.02);
        assert!(uniform[0] >= 1.0 && uniform[uniform.len() - 1] <= 3.0);

        let exponential = samples_ms(&Latency::Exponential { min: ms(1), mean: ms(3) });
        assert!((mean(&exponential) - 3.0).abs() < 0.06);
        assert!(exponential[0] >= 1.0);

        let lognormal = samples_ms(&Latency::Lognormal { median: ms(10), sigma: 0.5 });
        assert!((lognormal[lognormal.len() / 2] - 10.0).abs() < 0.2);
        assert!((mean(&lognormal) - 10.0 * libm::exp(0.125)).abs() < 0.3);

        let pareto = samples_ms(&Latency::Pareto { min: ms(1), alpha: 3.0 });
        assert!((mean(&pareto) - 1.5).abs() < 0.05);
        assert!(pareto[0] >= 1.0);
    }

    #[test]
    fn a_tail_never_passes_a_day() {
        let mut stream = Stream::new(Seed(3), StreamName::Network);
        let wild = Latency::Pareto { min: SimDuration::from_secs(60), alpha: 0.01 };
        assert!((0..1000).all(|_| wild.sample(&mut stream) <= SimDuration::from_secs(86_400)));
    }
}
