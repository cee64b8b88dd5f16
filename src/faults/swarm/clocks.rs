//! What a swarm does to clocks.

use super::Kind;
use crate::base::keys::KeyValue;

pub(super) const STEP_CLOCK: Kind = Kind {
    name: "step_clock",
    counter: Some("clocks_stepped"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 300.0, 5_000.0);
        let way = if dice.flips() { "ahead" } else { "back" };
        fault.set(way, KeyValue::Duration(dice.span(1.0, 10_000.0)));
        drawn.faults.push(("step_clock", fault));
    },
};

/// For a while by plan, or each clock a little from the beginning to the end.
pub(super) const DRIFT_CLOCK: Kind = Kind {
    name: "drift_clock",
    counter: Some("clocks_drifted"),
    least: 1,
    draw: |dice, cluster, drawn| {
        if dice.flips() {
            drawn.clock.set("offset", KeyValue::Duration(dice.span(0.1, 1_000.0)));
            drawn.clock.set("drift", dice.count(10, 50_000));
        }
        // One way for some, and now and then the other way for others.
        let is_fast = dice.flips();
        for way in 0..=dice.below(2) {
            let mut fault = dice.at_nodes(cluster.nodes, 300.0, 5_000.0);
            let way = if is_fast == (way == 0) { "fast" } else { "slow" };
            fault.set(way, dice.count(1_000, 400_000));
            dice.lasts(&mut fault, 50.0, 3_000.0);
            drawn.faults.push(("drift_clock", fault));
        }
    },
};

pub(super) const STOP_CLOCK: Kind = Kind {
    name: "stop_clock",
    counter: Some("clocks_stopped"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 300.0, 5_000.0);
        dice.lasts(&mut fault, 50.0, 3_000.0);
        drawn.faults.push(("stop_clock", fault));
    },
};
