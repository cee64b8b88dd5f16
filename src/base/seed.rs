//! The one number that decides a run.

use std::fmt;
use std::str::FromStr;

/// The seed of a run. Written in decimal or hexadecimal, printed in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Seed(pub u64);

/// Why a text is no seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedError(String);

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        match digits {
            // `from_str_radix` would take a sign; a seed has none.
            Some(hex) if hex.starts_with('+') => Err(()),
            Some(hex) => u64::from_str_radix(hex, 16).map_err(drop),
            None if text.starts_with('+') => Err(()),
            None => text.parse().map_err(drop),
        }
        .map(Seed)
        .map_err(|()| SeedError(text.to_owned()))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no seed: expected a whole number from 0 to {}, in decimal (42) or hexadecimal (0x2a)",
            self.0,
            u64::MAX
        )
    }
}

impl std::error::Error for SeedError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_and_hexadecimal_are_the_same_seed() {
        assert_eq!("42".parse(), Ok(Seed(42)));
        assert_eq!("0x2a".parse(), Ok(Seed(42)));
        assert_eq!(Seed(42).to_string(), "0x2a");
        assert_eq!(Seed(u64::MAX).to_string().parse(), Ok(Seed(u64::MAX)));
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for text in ["", "0x", "-1", "+1", "0x+1", "1.5", "18446744073709551616", "seed"] {
            assert!(text.parse::<Seed>().is_err(), "{text}");
        }
    }
}
