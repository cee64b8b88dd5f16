//! Which operation comes next.

use std::sync::Arc;

use super::{Mix, Operation, WorkloadConfig};
use crate::base::{Draw, Table};

/// A client's source of operations: kinds by their shares, keys by their skew,
/// values never used before.
#[derive(Clone, Debug)]
pub struct Generator {
    mix: Mix,
    keys: u32,
    /// With skewed keys: for each key, the share of draws that fall on it or a lower one.
    cumulative: Arc<[u64]>,
    /// The client's latest value, and how far apart two of its values lie.
    value: i64,
    stride: i64,
    /// The value each key was last seen to have.
    seen: Table<u32, i64>,
}

impl Generator {
    /// The operations of the clients of `config`, one generator each. They share the
    /// table of skewed keys, which may be large.
    pub fn all(config: &WorkloadConfig) -> impl Iterator<Item = Generator> {
        let first = Generator {
            mix: config.mix,
            keys: config.keys,
            cumulative: cumulative(config.keys, config.skew),
            value: 0,
            stride: i64::from(config.clients.max(1)),
            seen: Table::new(),
        };
        let (readers, only_reads) = (config.readers, Mix { reads: 1, writes: 0, cas: 0 });
        let mix = move |client| if client < readers { only_reads } else { config.mix };
        (0..config.clients).map(move |client| Generator {
            mix: mix(client),
            value: i64::from(client),
            ..first.clone()
        })
    }

    /// Draws the next operation: two draws, whatever it is.
    pub fn next(&mut self, draws: &mut impl Draw) -> Operation {
        let kind = draws.below(self.mix.total());
        let key = self.key(draws.next_u64());
        let (reads, writes) = (u64::from(self.mix.reads), u64::from(self.mix.writes));
        if kind < reads {
            return Operation::Read { key };
        }
        // Client c of n writes c+n, c+2n, …: no two writes of a run are alike.
        self.value += self.stride;
        match self.seen.get(&key) {
            Some(&old) if kind >= reads + writes => Operation::Cas { key, old, new: self.value },
            _ => Operation::Write { key, value: self.value },
        }
    }

    /// Takes note that `key` was seen to have `value`.
    pub fn saw(&mut self, key: u32, value: i64) {
        self.seen.insert(key, value);
    }

    fn key(&self, word: u64) -> u32 {
        if self.cumulative.is_empty() {
            return ((u128::from(word) * u128::from(self.keys)) >> 64) as u32;
        }
        self.cumulative.partition_point(|upto| *upto <= word).min(self.keys as usize - 1) as u32
    }
}

/// The cumulative shares of a Zipf law with exponent `skew`, in 2^64ths; empty if uniform.
fn cumulative(keys: u32, skew: f64) -> Arc<[u64]> {
    if skew == 0.0 {
        return Arc::default();
    }
    let weights: Vec<f64> = (1..=keys).map(|rank| libm::pow(f64::from(rank), -skew)).collect();
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    let upto = |weight: f64| {
        sum += weight;
        (sum / total * 18_446_744_073_709_551_616.0) as u64
    };
    weights.into_iter().map(upto).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ClientId, Latency, Seed, SimDuration, Stream, StreamName};

    fn config(skew: f64) -> WorkloadConfig {
        WorkloadConfig {
            clients: 3,
            think: Latency::ZERO,
            keys: 4,
            skew,
            mix: Mix { reads: 1, writes: 1, cas: 2 },
            readers: 0,
            until: None,
            reads_back: false,
            reads_back_after: SimDuration::ZERO,
            timeout: SimDuration::from_secs(1),
            retry: SimDuration::from_ms(100),
        }
    }

    fn operations(skew: f64) -> Vec<Operation> {
        let mut all = Vec::new();
        for (client, mut generator) in Generator::all(&config(skew)).enumerate() {
            let mut draws = Stream::new(Seed(1), StreamName::Workload(ClientId(client as u32)));
            for _ in 0..4_000 {
                let operation = generator.next(&mut draws);
                if let Operation::Write { key, value } | Operation::Cas { key, new: value, .. } = operation {
                    generator.saw(key, value);
                }
                all.push(operation);
            }
        }
        all
    }

    #[test]
    fn no_two_writes_are_alike() {
        let mut values: Vec<i64> = operations(0.0)
            .into_iter()
            .filter_map(|operation| match operation {
                Operation::Write { value, .. } | Operation::Cas { new: value, .. } => Some(value),
                Operation::Read { .. } | Operation::Propose { .. } => None,
            })
            .collect();
        let count = values.len();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), count);
    }

    #[test]
    fn shares_and_skew_are_as_asked() {
        let share = |skew, key| {
            let all = operations(skew);
            all.iter().filter(|operation| operation.key() == key).count() as f64 / all.len() as f64
        };
        assert!((share(0.0, 0) - 0.25).abs() < 0.02);
        // With exponent 1 the keys weigh 1, 1/2, 1/3, 1/4: in all 25/12.
        assert!((share(1.0, 0) - 12.0 / 25.0).abs() < 0.02);
        assert!((share(1.0, 3) - 3.0 / 25.0).abs() < 0.02);
        let reads = operations(0.0).iter().filter(|op| matches!(op, Operation::Read { .. })).count();
        assert!((reads as f64 / 12_000.0 - 0.25).abs() < 0.02);
    }
}
