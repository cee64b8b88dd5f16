//! What a swarm does to nodes.

use super::Kind;
use crate::base::keys::{KeyValue, Target};

pub(super) const CRASH: Kind = Kind {
    name: "crash",
    counter: Some("crashes"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 100.0, 5_000.0);
        dice.lasts(&mut fault, 1.0, 3_000.0);
        dice.budget(&mut fault, cluster.nodes);
        drawn.faults.push(("crash", fault));
    },
};

/// All nodes at once: only what was synced counts.
pub(super) const POWER_LOSS: Kind = Kind {
    name: "crash",
    counter: Some("crashes"),
    least: 1,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(1_000.0, 10_000.0);
        fault.set("target", KeyValue::Target(Target::All));
        dice.lasts(&mut fault, 1.0, 1_000.0);
        drawn.faults.push(("crash", fault));
    },
};

/// Nodes that are hardly gone before they are back, again and again: what is forgotten in between shows where
/// it was promised a moment ago.
pub(super) const FLICKER: Kind = Kind {
    name: "crash",
    counter: Some("crashes"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.again(10.0, 500.0);
        let several = cluster.nodes > 2 && dice.below(3) == 0;
        fault.set("target", KeyValue::Target(if several { Target::Minority } else { Target::Random }));
        dice.lasts(&mut fault, 0.5, 20.0);
        drawn.faults.push(("crash", fault));
    },
};

/// Leaders that do not last: each leaves what it has begun to the next.
pub(super) const SHORT_REIGNS: Kind = Kind {
    name: "crash",
    counter: Some("crashes"),
    least: 1,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(30.0, 1_000.0);
        fault.set("target", KeyValue::Target(Target::Leader));
        dice.lasts(&mut fault, 1.0, 1_000.0);
        drawn.faults.push(("crash", fault));
    },
};

pub(super) const CRASH_LOOP: Kind = Kind {
    name: "crash_loop",
    counter: Some("crashes_in_loops"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 1_000.0, 10_000.0);
        fault.set("times", dice.count(2, 30));
        fault.set("up", KeyValue::Duration(dice.span(1.0, 500.0)));
        dice.lasts(&mut fault, 1.0, 500.0);
        dice.budget(&mut fault, cluster.nodes);
        drawn.faults.push(("crash_loop", fault));
    },
};

pub(super) const ROLLING_RESTART: Kind = Kind {
    name: "rolling_restart",
    counter: Some("crashes_in_turn"),
    least: 1,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(1_000.0, 10_000.0);
        fault.set("up", KeyValue::Duration(dice.span(1.0, 1_000.0)));
        dice.lasts(&mut fault, 1.0, 1_000.0);
        drawn.faults.push(("rolling_restart", fault));
    },
};

pub(super) const PAUSE: Kind = Kind {
    name: "pause",
    counter: Some("pauses"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 200.0, 5_000.0);
        dice.lasts(&mut fault, 10.0, 3_000.0);
        dice.budget(&mut fault, cluster.nodes);
        drawn.faults.push(("pause", fault));
    },
};

pub(super) const SLOW_NODE: Kind = Kind {
    name: "slow_node",
    counter: Some("deliveries_slowed"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 500.0, 5_000.0);
        fault.set("service_time", KeyValue::Duration(dice.span(0.1, 50.0)));
        dice.lasts(&mut fault, 50.0, 3_000.0);
        drawn.faults.push(("slow_node", fault));
    },
};

/// Of those that lose their disks the atlas sees to it that not too many do.
pub(super) const REPLACE: Kind = Kind {
    name: "replace",
    counter: Some("disks_lost"),
    least: 3,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(2_000.0, 10_000.0);
        fault.set("target", KeyValue::Target(Target::Random));
        dice.lasts(&mut fault, 1.0, 2_000.0);
        drawn.faults.push(("replace", fault));
    },
};

/// Whatever operators may do, they do.
pub(super) const ADMIN: Kind = Kind {
    name: "admin",
    counter: None,
    least: 1,
    draw: |dice, cluster, drawn| {
        for command in cluster.commands {
            let mut fault = dice.again(60.0, 2_000.0);
            // Most commands mean something to a leader alone.
            let target = if dice.below(3) > 0 { Target::Leader } else { dice.target(cluster.nodes) };
            fault.set("target", KeyValue::Target(target));
            fault.set("command", KeyValue::Text(command.name.to_owned()));
            drawn.faults.push(("admin", fault));
        }
    },
};
