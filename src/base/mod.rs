//! Floor 0: the words everything else is said in.
//!
//! * [`SimTime`], [`SimDuration`]: integer nanoseconds, the only time there is.
//! * [`NodeId`], [`ClientId`], [`Address`], [`LinkId`]: who and between whom.
//! * [`Seed`], [`Stream`], [`FateKeys`]: where every random bit comes from.
//! * [`Draw`], [`Numbered`], [`Probability`]: how a random bit becomes a choice, in integers.
//! * [`Digest`]: what two equal runs agree on.
//! * [`Table`]: a hash map that cannot be iterated.
//! * [`JournalId`], [`Ticket`], [`Damaged`]: what a disk holds and answers.
//! * [`Latency`]: distributions of durations; [`Samples`]: one that was measured.
//! * [`keys`]: how a module says which scenario keys it reads.

mod digest;
mod fate;
mod ids;
mod journal;
pub mod keys;
mod latency;
mod prefetch;
mod sample;
mod samples;
mod seed;
mod stream;
mod table;
mod time;

pub use digest::{DIGEST_SCHEME, Digest};
pub(crate) use fate::mix;
pub use fate::{FateKeys, KeyedDraws, LinkKey};
pub use ids::{Address, ClientId, LinkId, NodeId};
pub use journal::{Damaged, DiskError, JournalId, Ticket};
pub use latency::Latency;
pub(crate) use prefetch::prefetch;
pub use sample::{Draw, Numbered, Probability};
pub use samples::Samples;
pub use seed::Seed;
pub use stream::{Stream, StreamName};
pub use table::Table;
pub use time::{SimDuration, SimTime};
