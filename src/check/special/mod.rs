//! Near-linear judges for histories that allow one.
//!
//! * `zones`: registers whose values are each written once.
//! * `zone_locator`, `zone_states`: the first impossible operation of such a history, and what it
//!   could have seen.
//! * `maxima`: the tree that the locator asks.

mod maxima;
#[cfg(test)]
mod tests;
mod zone_locator;
mod zone_states;
mod zones;

pub(super) use zones::{Zones, ZonesFound};
