//! Floor 2: links between nodes and clients.
//!
//! [`Network`] says for each message whether and when it arrives; it keeps no
//! state per link but what FIFO order, bandwidth and bursts need, and that only for
//! links that are used, so a million links cost nothing. [`Connectivity`] tells who
//! can still talk to whom, [`topology`] where they are.
//!
//! Always, by `[network]`: latency, loss, duplication, corruption, reordering, bursts of
//! loss ([`Bursts`]), bandwidth with a buffer (`wire`), FIFO order or overtaking. For a
//! time, by a scheduled fault: directed partitions ([`Partitions`]); clogs, slow and
//! degraded links ([`Disturbances`]).
//!
//! Not modelled: links that share one bandwidth, congestion, packets smaller than a message.

mod bursts;
mod config;
mod connectivity;
mod disturbances;
pub mod draws;
mod keys;
mod links;
mod partitions;
mod per_link;
pub mod topology;
mod wire;

pub use bursts::Bursts;
pub use config::{LinkConfig, LinkOverride, NetworkConfig};
pub use connectivity::Connectivity;
pub use disturbances::{DisturbanceId, Disturbances, Effect, LinkSet};
pub use keys::{LINK_SECTION, SECTION};
pub use links::{Arrival, Course, Fate, Mishap, Network, Sent};
pub use partitions::{PartitionId, Partitions, Pattern};
