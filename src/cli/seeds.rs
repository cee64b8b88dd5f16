//! `--seeds A..B`.

use std::str::FromStr;

use crate::base::Seed;

/// More runs than this are a slip of the finger: weeks of work on any machine.
pub(super) const MOST_SEEDS: u64 = 1_000_000_000;

/// Some consecutive seeds, at least one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SeedRange {
    pub(super) first: u64,
    pub(super) count: u64,
}

impl SeedRange {
    /// The seed at `index`, which is below `count`.
    pub(super) fn seed(self, index: u64) -> Seed {
        Seed(self.first + index)
    }
}

impl FromStr for SeedRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text
            .split_once("..")
            .ok_or("expected a range such as 0..1000 (without 1000) or 0..=999 (with 999)".to_owned())?;
        let (last, inclusive) = match last.strip_prefix('=') {
            Some(last) => (last, true),
            None => (last, false),
        };
        let seed = |text: &str| text.trim().parse::<Seed>().map_err(|error| error.to_string());
        let (Seed(first), Seed(last)) = (seed(first)?, seed(last)?);
        let distance =
            last.checked_sub(first).ok_or("the range runs backwards: its end lies before its beginning")?;
        let count = u128::from(distance) + u128::from(inclusive);
        match u64::try_from(count) {
            Ok(0) => Err(format!("the range holds no seed; `{first}..={last}` holds one")),
            Ok(count) if count <= MOST_SEEDS => Ok(SeedRange { first, count }),
            _ => Err(format!("the range holds {count} seeds; at most {MOST_SEEDS} can be run at once")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open_or_inclusive() {
        let range = |text: &str| text.parse::<SeedRange>();
        assert_eq!(range("0..10"), Ok(SeedRange { first: 0, count: 10 }));
        assert_eq!(range("0x10..=0x1f"), Ok(SeedRange { first: 16, count: 16 }));
        let last = range("0xffffffffffffffff..=0xffffffffffffffff").unwrap();
        assert_eq!((last.count, last.seed(0)), (1, Seed(u64::MAX)));
        for (text, problem) in [
            ("5", "expected a range"),
            ("5..5", "holds no seed"),
            ("6..5", "backwards"),
            ("..5", "no seed"),
            ("0..", "no seed"),
            ("a..b", "`a` is no seed"),
            ("0..=18446744073709551615", "holds 18446744073709551616 seeds"),
        ] {
            let error = range(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
