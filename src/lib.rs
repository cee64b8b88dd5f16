//! atropos, a deterministic simulator of distributed systems: same seed, same fate.

pub mod base;
pub mod check;
pub mod engine;
pub mod faults;
pub mod history;
pub mod monitor;
pub mod network;
pub mod process;
pub mod protocols;
pub mod registry;
pub mod replication;
pub mod run;
pub mod scenario;
pub mod storage;
pub mod workload;
