//! Floor 2: the clocks of nodes, which are not what time it is.
//!
//! A [`Clock`] shows a node's time as a straight line of true time, until something bends it: an
//! oscillator that runs fast or slow, a correction by the discipline ([`ClockConfig::poll`]), a fault.
//! Integers throughout: parts per billion, and the floor of their product.

mod clock;
mod config;
mod discipline;

pub use clock::{Bend, Clock, Rate};
pub(crate) use config::LARGEST_DRIFT;
pub use config::{ClockConfig, SECTION};
