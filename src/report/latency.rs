//! Exact percentiles of the operations that succeeded.

use serde::Serialize;

use crate::history::{History, Operation, Outcome};

/// The latencies of the operations of a run that succeeded, in nanoseconds and in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latencies(Vec<u64>);

/// Latencies in milliseconds; `null` where no operation succeeded.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct LatencyMs {
    /// The arithmetic mean, to the nanosecond.
    pub mean: Option<f64>,
    /// Half of them took no longer.
    pub p50: Option<f64>,
    /// Nine of ten took no longer.
    pub p90: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99: Option<f64>,
    /// The longest.
    pub max: Option<f64>,
}

impl Latencies {
    /// Those of `operations`, whose times are in `history`.
    pub fn new(history: &History, operations: &[Operation]) -> Self {
        let ok = operations.iter().filter(|operation| operation.outcome == Outcome::Ok);
        let mut sorted: Vec<u64> = ok.filter_map(|operation| of(history, operation)).collect();
        sorted.sort_unstable();
        Latencies(sorted)
    }

    /// The smallest latency that `percent` of all do not exceed (the nearest-rank method).
    pub fn percentile(&self, percent: usize) -> Option<u64> {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied()
    }

    /// The mean, cut to whole nanoseconds.
    pub fn mean(&self) -> Option<u64> {
        let sum: u128 = self.0.iter().map(|&ns| u128::from(ns)).sum();
        sum.checked_div(self.0.len() as u128).map(|mean| mean as u64)
    }

    /// The figures that reports show.
    pub fn in_ms(&self) -> LatencyMs {
        let ms = |ns: Option<u64>| ns.map(|ns| ns as f64 / 1e6);
        LatencyMs {
            mean: ms(self.mean()),
            p50: ms(self.percentile(50)),
            p90: ms(self.percentile(90)),
            p99: ms(self.percentile(99)),
            max: ms(self.0.last().copied()),
        }
    }
}

/// How long `operation` took, if its history tells both times.
pub(super) fn of(history: &History, operation: &Operation) -> Option<u64> {
    let time = |index: usize| history.events[index].time;
    Some(time(operation.returned?)?.since(time(operation.invoked)?).as_ns())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let ten = Latencies((1..=10).map(|n| n * 100).collect());
        assert_eq!([50, 90, 99, 100].map(|p| ten.percentile(p)), [500, 900, 1000, 1000].map(Some));
        assert_eq!(ten.mean(), Some(550));
        let one = Latencies(vec![7_000_000]);
        assert_eq!(one.in_ms().p50, Some(7.0));
        let none = Latencies(Vec::new());
        assert_eq!((none.percentile(50), none.mean(), none.in_ms().max), (None, None, None));
    }
}
