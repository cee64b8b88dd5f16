//! Links between nodes and clients.
mod config;
pub use config::{LINK_SECTION, LinkConfig, LinkOverride, NetworkConfig, SECTION};
