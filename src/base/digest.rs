//! The 64-bit fingerprint of a run.
//!
//! Every event's time, target, kind and payload are folded in. As a
//! [`Hasher`] it takes any payload's `Hash`; integers are taken at a fixed
//! width, so neither word size nor byte order shows. (One limit: std hashes a
//! slice of integers as raw memory, so payloads with a `[u32]` would differ on
//! a big-endian machine, and with a `[usize]` where words are shorter. Ours hold none.)

use std::fmt;
use std::hash::Hasher;

use super::fate::{GOLDEN, fold, mix};

/// The version of everything a digest depends on: streams, fates, event order,
/// folding. It changes whenever an unchanged scenario gets a new digest.
pub const DIGEST_SCHEME: u32 = 4;

/// A running fingerprint. Equal sequences of words give equal digests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Digest {
    /// The fingerprint of nothing.
    pub const fn new() -> Self {
        Digest(GOLDEN)
    }

    /// Folds one word in.
    #[inline]
    pub fn fold(&mut self, word: u64) {
        // The addition keeps a zero product from erasing what came before.
        self.0 = fold(self.0 ^ word, GOLDEN).wrapping_add(self.0.rotate_left(23));
    }

    /// Folds two words in, at the price of one.
    #[inline]
    pub fn fold_pair(&mut self, first: u64, second: u64) {
        self.0 = fold(self.0 ^ first, GOLDEN ^ second).wrapping_add(self.0.rotate_left(23));
    }

    /// The fingerprint so far.
    pub const fn value(self) -> u64 {
        mix(self.0)
    }
}

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}

impl fmt::Display for Digest {
    /// 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.value())
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.value()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.fold(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u8(&mut self, i: u8) {
        self.fold(u64::from(i));
    }
    #[inline]
    fn write_u16(&mut self, i: u16) {
        self.fold(u64::from(i));
    }
    #[inline]
    fn write_u32(&mut self, i: u32) {
        self.fold(u64::from(i));
    }
    #[inline]
    fn write_u64(&mut self, i: u64) {
        self.fold(i);
    }
    #[inline]
    fn write_u128(&mut self, i: u128) {
        self.fold(i as u64);
        self.fold((i >> 64) as u64);
    }
    #[inline]
    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_i8(&mut self, i: i8) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_i16(&mut self, i: i16) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_i32(&mut self, i: i32) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_i64(&mut self, i: i64) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_i128(&mut self, i: i128) {
        self.write_u128(i as u128);
    }
    #[inline]
    fn write_isize(&mut self, i: isize) {
        self.fold(i as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use super::*;

    fn of(value: impl Hash) -> u64 {
        let mut digest = Digest::new();
        value.hash(&mut digest);
        digest.value()
    }

    #[test]
    fn order_and_value_matter() {
        assert_ne!(of((1u64, 2u64)), of((2u64, 1u64)));
        assert_ne!(of(0u64), of((0u64, 0u64)));
        assert_ne!(of(Some(0u8)), of(None::<u8>));
        assert_ne!(of("ab"), of("abc"));
    }

    #[test]
    fn width_of_words_does_not_matter() {
        assert_eq!(of(7usize), of(7u64));
        assert_eq!(of(-7isize), of(-7i64));
    }
}
