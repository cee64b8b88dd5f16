//! One seed, many streams: a ChaCha8 key for each named purpose, and a counter.
//!
//! The 256-bit key of the run is four steps of SplitMix64 from the seed. The ChaCha8
//! stream of the number `purpose << 32 | index` gives a purpose its own 64-bit key, so
//! a draw added for one purpose moves no other; its n-th draw is a mix of key and n,
//! the same that decides messages:
//!
//! ```text
//! key     = the first word of the stream's ChaCha8 (0 counts as 1)
//! draw n  = mix(key + n · GOLDEN)        n = 1, 2, …: SplitMix64
//! ```
//!
//! Two words a stream, where a ChaCha8 with its buffer takes three hundred bytes: a
//! hundred thousand nodes fit into the cache, and a draw costs a nanosecond.

use std::num::NonZeroU64;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fate::{GOLDEN, mix};
use super::{ClientId, Draw, NodeId, Seed};

/// What a stream of randomness is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StreamName {
    /// The keys of all message fates.
    Network,
    /// A node's own draws: election timeouts and the like.
    Node(NodeId),
    /// A disk: sync latencies, and what a crash loses.
    Disk(NodeId),
    /// A client's own draws: which node to try next.
    Client(ClientId),
    /// A client's operations: keys and kinds.
    Workload(ClientId),
    /// Which of a disk's syncs fail.
    SyncFailures(NodeId),
    /// How much of what a failed sync covered is on the disk all the same.
    SyncRemains(NodeId),
    /// Whether a record of a disk rots while its node is down.
    Rot(NodeId),
    /// Which record rots.
    RottenRecord(NodeId),
    /// The entry of the fault schedule with this index: targets and moments.
    Nemesis(u32),
    /// A clock: how wrong it is, and how wrong its measurements are.
    Clock(NodeId),
    /// Who is mended when faults end, and what becomes of the others.
    Healing,
    /// What a seed of a swarm draws of the kind of fault in this place.
    Swarm(u32),
    /// The keys of what lasts on the links: bursts of loss.
    Weather,
}

impl StreamName {
    /// The ChaCha stream number. Part of the digest scheme: never renumber.
    #[inline(always)]
    pub const fn number(self) -> u64 {
        let (purpose, index) = match self {
            StreamName::Network => (1, 0),
            StreamName::Node(node) => (2, node.0),
            StreamName::Disk(node) => (3, node.0),
            StreamName::Client(client) => (4, client.0),
            StreamName::Workload(client) => (5, client.0),
            StreamName::Nemesis(entry) => (6, entry),
            StreamName::Clock(node) => (7, node.0),
            StreamName::Weather => (8, 0),
            StreamName::SyncFailures(node) => (9, node.0),
            StreamName::Healing => (10, 0),
            StreamName::Swarm(kind) => (11, kind),
            StreamName::SyncRemains(node) => (12, node.0),
            StreamName::Rot(node) => (13, node.0),
            StreamName::RottenRecord(node) => (14, node.0),
        };
        purpose << 32 | index as u64
    }
}

/// A named stream of randomness, and how many words have been drawn from it.
#[derive(Clone, Debug)]
pub struct Stream {
    key: NonZeroU64,
    drawn: u64,
}

impl Stream {
    /// The stream `name` of the run `seed`.
    pub fn new(seed: Seed, name: StreamName) -> Self {
        let mut key = [0u8; 32];
        let mut state = seed.0;
        for word in key.chunks_exact_mut(8) {
            state = state.wrapping_add(GOLDEN);
            word.copy_from_slice(&mix(state).to_le_bytes());
        }
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(name.number());
        Stream { key: NonZeroU64::new(rng.next_u64()).unwrap_or(NonZeroU64::MIN), drawn: 0 }
    }

    /// How many words have been drawn: with the name, the name of the next decision.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }
}

impl Draw for Stream {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        // No run reaches 2^64 draws.
        self.drawn = self.drawn.wrapping_add(1);
        mix(self.key.get().wrapping_add(self.drawn.wrapping_mul(GOLDEN)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Probability;
    use super::*;

    #[test]
    fn streams_are_stable_and_apart() {
        let first = |name| Stream::new(Seed(42), name).next_u64();
        // Golden values: a change here changes every run there ever was.
        assert_eq!(first(StreamName::Network), GOLDEN_NETWORK);
        assert_ne!(first(StreamName::Node(NodeId(0))), first(StreamName::Node(NodeId(1))));
        assert_ne!(first(StreamName::Node(NodeId(0))), first(StreamName::Disk(NodeId(0))));
    }

    /// Neighbours draw alike in nothing: mean and joint hits within 4σ.
    #[test]
    fn neighbours_are_independent() {
        let tenth = Probability::new(0.1).unwrap();
        let hits = |node| {
            let mut stream = Stream::new(Seed(1), StreamName::Node(NodeId(node)));
            (0..100).map(move |_| stream.chance(tenth))
        };
        let (mut one, mut both) = (0u64, 0u64);
        for node in 0..2_000 {
            one += hits(node).filter(|hit| *hit).count() as u64;
            both += hits(node).zip(hits(node + 1)).filter(|(a, b)| *a && *b).count() as u64;
        }
        let within = |count: u64, p: f64| {
            let sigma = (200_000.0 * p * (1.0 - p)).sqrt();
            (count as f64 - 200_000.0 * p).abs() < 4.0 * sigma
        };
        assert!(within(one, 0.1), "{one}");
        assert!(within(both, 0.01), "{both}");
    }

    const GOLDEN_NETWORK: u64 = 1_719_195_881_182_153_252;
}
