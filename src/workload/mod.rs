//! Clients.
mod config;
pub use config::{Mix, SECTION, WorkloadConfig};
