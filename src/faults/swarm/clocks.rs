//! What a swarm does to clocks.

use super::{Drawn, Kind};
use crate::base::keys::{KeyValue, Target};

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
        within(drawn);
        if dice.flips() {
            drawn.clock.set("offset", KeyValue::Duration(dice.span(0.1, 1_000.0)));
            drawn.clock.set("drift", dice.count(10, 50_000));
        }
        let mut fault = dice.at_nodes(cluster.nodes, 300.0, 5_000.0);
        let way = if dice.flips() { "fast" } else { "slow" };
        fault.set(way, dice.count(1_000, 400_000));
        dice.lasts(&mut fault, 50.0, 3_000.0);
        drawn.faults.push(("drift_clock", fault));
    },
};

/// Leaders by whose clocks less time has passed than by those of the others.
pub(super) const SLOW_LEADER: Kind = Kind {
    name: "drift_clock",
    counter: Some("clocks_drifted"),
    least: 1,
    draw: |dice, _, drawn| {
        within(drawn);
        let mut fault = dice.again(200.0, 2_000.0);
        fault.set("target", KeyValue::Target(Target::Leader));
        fault.set("slow", dice.count(100_000, 400_000));
        dice.lasts(&mut fault, 300.0, 3_000.0);
        drawn.faults.push(("drift_clock", fault));
    },
};

/// Several at a time add up; what counts on clocks can survive so much.
fn within(drawn: &mut Drawn) {
    drawn.clock.set("drift_most", KeyValue::Count(500_000));
}

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
