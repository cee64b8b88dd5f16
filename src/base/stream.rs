//! One seed, many streams: ChaCha8, one stream for each named purpose.
//!
//! The 256-bit key is four steps of SplitMix64 from the seed; the stream number is
//! `purpose << 32 | index`. A draw added for one purpose therefore moves no other,
//! and a stream nobody draws from costs nothing.

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
    /// The entry of the fault schedule with this index: targets and moments.
    Nemesis(u32),
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
        };
        purpose << 32 | index as u64
    }
}

/// A named stream of randomness, and how many words have been drawn from it.
#[derive(Clone, Debug)]
pub struct Stream {
    rng: ChaCha8Rng,
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
        Stream { rng, drawn: 0 }
    }

    /// How many words have been drawn: with the name, the name of the next decision.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }
}

impl Draw for Stream {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.drawn += 1;
        self.rng.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_stable_and_apart() {
        let first = |name| Stream::new(Seed(42), name).next_u64();
        // Golden values: a change here changes every run there ever was.
        assert_eq!(first(StreamName::Network), GOLDEN_NETWORK);
        assert_ne!(first(StreamName::Node(NodeId(0))), first(StreamName::Node(NodeId(1))));
        assert_ne!(first(StreamName::Node(NodeId(0))), first(StreamName::Disk(NodeId(0))));
    }

    const GOLDEN_NETWORK: u64 = 3_250_508_218_552_183_373;
}
