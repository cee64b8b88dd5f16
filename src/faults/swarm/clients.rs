//! What clients are like, for the length of a seed: what they ask for, how fast, and how soon they lose patience.
//!
//! Faults show in what somebody sees. A stale answer needs a client that goes on reading where it always has
//! while another writes elsewhere already; an operation that takes effect twice needs one that asks twice.

use super::dice::{Dice, tail};
use crate::base::SimDuration;
use crate::base::keys::{KeyValue, Settings};

pub(super) fn draw(mut dice: Dice, timeout: SimDuration, count: u32) -> Settings {
    let mut clients = Settings::default();
    clients.set("keys", dice.count(1, 6));
    clients.set("think", KeyValue::Latency(tail(dice.span(2.0, 40.0))));
    // Who waits as long as this asks one node only.
    let retry = dice.span(20.0, 250.0).min(SimDuration::from_ns(timeout.as_ns() / 4));
    clients.set("retry", KeyValue::Duration(retry.max(SimDuration::from_ns(1))));
    // Reads alone, or nearly: what is written is what tells a node that the others have gone on without it.
    let reads = if dice.below(3) == 0 { dice.count(20, 100) } else { dice.count(1, 8) };
    clients.set("reads", reads);
    clients.set("writes", dice.count(1, 4));
    clients.set("cas", dice.count(1, 2));
    if dice.below(4) > 0 && count > 1 {
        clients.set("readers", dice.count(1, u64::from(count) * 3 / 4));
    }
    clients
}
