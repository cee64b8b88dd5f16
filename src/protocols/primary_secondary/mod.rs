//! Primary and secondary replication, in the forms that people run.

pub mod admin;
pub mod assignment;
pub mod bugs;
pub mod config;
pub mod log;
pub mod message;
pub mod snapshot;
pub mod timer;
