//! What breaks and when, as data. The engine carries it out.
//!
//! * [`schedule`]: the faults of a scenario: an [`Action`] and the moments it strikes.
//! * [`verbs`]: how each is written in a scenario file, one verb a kind.
//!
//! Not here yet: random nemeses; faults of single disks.

pub mod schedule;
pub mod verbs;

pub use schedule::{Action, ClockChange, Fault, MessageEffect, MessageVerb, PartitionShape, When};
