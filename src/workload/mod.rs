//! Floor 3: clients and what they ask.
//!
//! * [`WorkloadConfig`]: how many clients, how fast, which keys, which mix.
//! * [`Operation`], [`Generator`]: what is asked, drawn from the client's own stream.
//! * [`ClosedLoop`]: a client with one operation at a time, its time-outs, retries and
//!   leader hints; [`Service`] is what a protocol adds to it.

mod client;
mod config;
mod generator;
mod operation;

pub use client::{ClosedLoop, Reply, Service};
pub use config::{Mix, SECTION, WorkloadConfig};
pub use generator::Generator;
pub use operation::{Answer, Operation};
