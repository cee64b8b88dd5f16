//! Floor 2: links between nodes and clients.
//!
//! [`Network`] says for each message whether and when it arrives; it keeps no
//! state per link but what FIFO order and partitions need, so a million links
//! cost nothing. [`Connectivity`] tells who can still talk to whom, [`topology`] where they are.
//!
//! Covered: latency, loss, duplication, overtaking (from latency) or FIFO order,
//! directed partitions, latencies by place. Not yet: bandwidth, bursts, corruption, clogs.

mod config;
mod connectivity;
mod latest;
mod links;
mod partitions;
pub mod topology;

pub use config::{LINK_SECTION, LinkConfig, LinkOverride, NetworkConfig, SECTION};
pub use connectivity::Connectivity;
pub use links::{Fate, Network};
pub use partitions::{PartitionId, Partitions};
