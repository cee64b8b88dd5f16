//! What breaks and when, as data. The engine carries it out.
//!
//! * [`schedule`]: the faults of a scenario: an [`Action`] and the moments it strikes.
//! * [`verbs`]: how each is written in a scenario file, one verb a kind.
//! * [`healing`]: when faults are over, and the instant at which everything is mended.
//! * [`swarm`]: what each seed draws for itself.
//! * [`atlas`]: how many disks may be damaged at once.
//!
//! An entry of the schedule whose times are distributions is a nemesis: a random process.

pub mod atlas;
pub mod healing;
pub mod schedule;
pub mod swarm;
pub mod verbs;

pub use atlas::Atlas;
pub use healing::Healing;
pub use schedule::{Action, ClockChange, Fault, MessageEffect, MessageVerb, PartitionShape, When};
