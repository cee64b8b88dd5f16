//! Disks.
mod config;
pub use config::{DiskConfig, SECTION};
