//! `K/N`: the share of a sweep that one of several machines makes, without a word between them.
//!
//! Shards are numbered from 0. Each has a stretch of neighbouring seeds, and all of them in a row are
//! the whole: which seeds they are depends on nothing but K, N and the number of seeds.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// More shards than this are a slip of the finger.
const MOST: u64 = 1_000_000;

/// One of several shares of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which, from 0.
    pub index: u64,
    /// Of how many.
    pub of: u64,
}

impl Shard {
    /// The places, of `count` seeds in a row, of those that belong to this shard.
    pub fn places(self, count: u64) -> Range<u64> {
        let start = |index: u64| (u128::from(index) * u128::from(count) / u128::from(self.of)) as u64;
        start(self.index)..start(self.index + 1)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parts {
            None => Err("expected a shard K/N such as 0/7, the first of seven".to_owned()),
            Some((_, of)) if of == 0 || of > MOST => {
                Err(format!("there can be 1 to {MOST} shards, not {of}"))
            }
            Some((index, of)) if index >= of => {
                Err(format!("shards are numbered from 0: the last of {of} is {}/{of}", of - 1))
            }
            Some((index, of)) => Ok(Shard { index, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use quickcheck::quickcheck;

    use super::*;

    quickcheck! {
        fn every_seed_belongs_to_one_shard(count: u16, of: u8) -> bool {
            let (count, of) = (u64::from(count), u64::from(of).max(1));
            let shards = (0..of).map(|index| Shard { index, of }.places(count));
            let sizes = shards.clone().map(|places| places.end - places.start);
            let even = sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1;
            even && shards.flatten().eq(0..count)
        }
    }

    #[test]
    fn the_largest_sweep_can_be_shared() {
        let last = Shard { index: MOST - 1, of: MOST };
        assert_eq!(last.places(u64::MAX).end, u64::MAX);
    }

    #[test]
    fn a_shard_is_written_k_of_n() {
        assert_eq!("3/7".parse(), Ok(Shard { index: 3, of: 7 }));
        for (text, said) in
            [("7", "expected a shard"), ("a/7", "expected"), ("7/7", "the last of 7 is 6/7"), ("0/0", "1 to")]
        {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
