//! What a swarm does to messages.

use super::Kind;
use super::dice::Dice;
use crate::base::keys::{KeyValue, Settings};

pub(super) const LOSS: Kind = Kind {
    name: "loss",
    counter: Some("messages_lost"),
    least: 1,
    draw: |dice, _, drawn| drawn.network.set("loss", dice.share(0.005, 0.3)),
};

pub(super) const DUPLICATE: Kind = Kind {
    name: "duplicate",
    counter: Some("messages_duplicated"),
    least: 1,
    draw: |dice, _, drawn| drawn.network.set("duplicate", dice.share(0.005, 0.3)),
};

pub(super) const CORRUPT: Kind = Kind {
    name: "corrupt",
    counter: Some("messages_corrupted"),
    least: 1,
    draw: |dice, _, drawn| drawn.network.set("corrupt", dice.share(0.005, 0.1)),
};

pub(super) const REORDER: Kind = Kind {
    name: "reorder",
    counter: Some("messages_reordered"),
    least: 1,
    draw: |dice, _, drawn| {
        drawn.network.set("reorder", dice.share(0.01, 0.5));
        drawn.network.set("reorder_by", KeyValue::Duration(dice.span(1.0, 500.0)));
    },
};

pub(super) const BURST_LOSS: Kind = Kind {
    name: "burst_loss",
    counter: Some("messages_lost_in_bursts"),
    least: 1,
    draw: |dice, _, drawn| {
        drawn.network.set("burst_loss", dice.share(0.5, 1.0));
        drawn.network.set("burst_every", KeyValue::Duration(dice.span(1_000.0, 20_000.0)));
        drawn.network.set("burst_lasts", KeyValue::Duration(dice.span(20.0, 2_000.0)));
    },
};

pub(super) const CLOG: Kind = Kind {
    name: "clog",
    counter: Some("messages_clogged"),
    least: 2,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.again(100.0, 3_000.0);
        dice.lasts(&mut fault, 20.0, 2_000.0);
        ends(dice, cluster.nodes, &mut fault);
        drawn.faults.push(("clog", fault));
    },
};

pub(super) const SLOW_LINK: Kind = Kind {
    name: "slow_link",
    counter: Some("messages_slowed"),
    least: 2,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.again(100.0, 3_000.0);
        dice.lasts(&mut fault, 50.0, 3_000.0);
        fault.set("by", KeyValue::Duration(dice.span(1.0, 1_000.0)));
        ends(dice, cluster.nodes, &mut fault);
        drawn.faults.push(("slow_link", fault));
    },
};

pub(super) const DEGRADE: Kind = Kind {
    name: "degrade",
    counter: Some("messages_degraded"),
    least: 2,
    draw: |dice, cluster, drawn| {
        let mut fault = dice.again(100.0, 3_000.0);
        dice.lasts(&mut fault, 50.0, 3_000.0);
        match dice.below(5) {
            0 => fault.set("loss", dice.share(0.1, 1.0)),
            1 => fault.set("duplicate", dice.share(0.1, 1.0)),
            2 => fault.set("corrupt", dice.share(0.1, 1.0)),
            3 => {
                fault.set("reorder", dice.share(0.1, 1.0));
                fault.set("reorder_by", KeyValue::Duration(dice.span(1.0, 500.0)));
            }
            _ => fault.set("bandwidth", dice.count(100_000, 2_000_000)),
        }
        ends(dice, cluster.nodes, &mut fault);
        drawn.faults.push(("degrade", fault));
    },
};

pub(super) const DROP: Kind = Kind {
    name: "drop",
    counter: Some("messages_dropped"),
    least: 1,
    draw: |dice, _, drawn| {
        let fault = some_messages(dice);
        drawn.faults.push(("drop", fault));
    },
};

pub(super) const DELAY: Kind = Kind {
    name: "delay",
    counter: Some("messages_delayed"),
    least: 1,
    draw: |dice, _, drawn| {
        let mut fault = some_messages(dice);
        fault.set("by", KeyValue::Duration(dice.span(10.0, 3_000.0)));
        drawn.faults.push(("delay", fault));
    },
};

pub(super) const REPEAT: Kind = Kind {
    name: "duplicate",
    counter: Some("messages_repeated"),
    least: 1,
    draw: |dice, _, drawn| {
        let fault = some_messages(dice);
        drawn.faults.push(("duplicate", fault));
    },
};

/// The links between one side by chance and another, or all.
fn ends(dice: &mut Dice, nodes: u32, fault: &mut Settings) {
    if dice.below(4) > 0 {
        fault.set("from", KeyValue::Target(dice.target(nodes)));
    }
    if dice.below(4) > 0 {
        fault.set("to", KeyValue::Target(dice.target(nodes)));
    }
}

/// A few messages in a row, again and again.
fn some_messages(dice: &mut Dice) -> Settings {
    let mut fault = dice.again(100.0, 2_000.0);
    fault.set("nth", dice.count(1, 20));
    fault.set("count", dice.count(1, 50));
    fault
}
