//! atropos, a deterministic simulator of distributed systems: same seed, same fate.
pub mod base;
