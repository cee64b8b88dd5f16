//! What travels and what is stored.

use std::convert::Infallible;
use std::fmt::Debug;
use std::hash::Hash;

/// A message, record, request, response or command.
///
/// `Hash` feeds the digest, `Debug` the trace, `Clone` duplication and forks.
pub trait Payload: Clone + Debug + Hash {
    /// Its length in bytes on the wire or on the disk.
    fn size(&self) -> u32;

    /// The kind of message, by which traces and message faults name it: `"AppendEntries"`.
    fn kind(&self) -> &'static str {
        "message"
    }

    /// What is left of it when the network corrupts it and no checksum finds out; `word` is 64 random
    /// bits, to choose what is hit. `None`, unless a payload says otherwise: its checksum finds out,
    /// and the receiver drops it.
    fn corrupt(&self, word: u64) -> Option<Self> {
        let _ = word;
        None
    }
}

impl Payload for () {
    fn size(&self) -> u32 {
        0
    }
}

impl Payload for u64 {
    fn size(&self) -> u32 {
        8
    }
}

/// For what a protocol does not have: no value, so no handler is ever called.
impl Payload for Infallible {
    fn size(&self) -> u32 {
        match *self {}
    }
}
