//! What a swarm does to disks. Damage stays within what the protocol survives: see [`Atlas`](crate::faults::Atlas).

use super::Kind;
use crate::base::keys::{KeyValue, Target};

pub(super) const TORN: Kind = Kind {
    name: "torn",
    counter: Some("writes_torn"),
    least: 1,
    draw: |dice, _, drawn| drawn.disk.set("torn", dice.share(0.9, 1.0)),
};

pub(super) const STALL_DISK: Kind = Kind {
    name: "stall_disk",
    counter: Some("syncs_stalled"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 500.0, 5_000.0);
        dice.lasts(&mut fault, 10.0, 3_000.0);
        drawn.faults.push(("stall_disk", fault));
    },
};

pub(super) const SLOW_DISK: Kind = Kind {
    name: "slow_disk",
    counter: Some("syncs_slowed"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 500.0, 5_000.0);
        fault.set("by", KeyValue::Duration(dice.span(1.0, 300.0)));
        dice.lasts(&mut fault, 50.0, 3_000.0);
        drawn.faults.push(("slow_disk", fault));
    },
};

/// By plan or by chance.
pub(super) const FAIL_SYNC: Kind = Kind {
    name: "fail_sync",
    counter: Some("syncs_failed"),
    least: 1,
    draw: |dice, cluster, drawn| {
        if dice.flips() {
            drawn.disk.set("fail_sync", dice.share(0.001, 0.02));
            return;
        }
        let mut fault = dice.at_nodes(cluster.nodes, 500.0, 5_000.0);
        fault.set("count", dice.count(1, 5));
        drawn.faults.push(("fail_sync", fault));
    },
};

pub(super) const FULL_DISK: Kind = Kind {
    name: "full_disk",
    counter: Some("writes_refused"),
    least: 1,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.at_nodes(cluster.nodes, 500.0, 5_000.0);
        dice.lasts(&mut fault, 10.0, 3_000.0);
        drawn.faults.push(("full_disk", fault));
    },
};

/// By plan or by chance.
pub(super) const BIT_ROT: Kind = Kind {
    name: "bit_rot",
    counter: Some("records_rotted"),
    least: 3,
    draw: |dice, _, drawn| {
        if dice.flips() {
            drawn.disk.set("bit_rot", dice.share(0.01, 0.3));
            return;
        }
        let mut fault = dice.again(1_000.0, 10_000.0);
        fault.set("target", KeyValue::Target(Target::Random));
        drawn.faults.push(("bit_rot", fault));
    },
};

pub(super) const LYING_DISK: Kind = Kind {
    name: "lying_disk",
    counter: Some("writes_forgotten"),
    least: 3,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(1_000.0, 10_000.0);
        fault.set("target", KeyValue::Target(Target::Random));
        dice.lasts(&mut fault, 50.0, 3_000.0);
        drawn.faults.push(("lying_disk", fault));
    },
};
