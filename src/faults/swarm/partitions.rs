//! How a swarm parts nodes: in every shape there is.

use super::Kind;
use super::dice::Dice;
use crate::base::keys::{KeyValue, Settings, Target};

pub(super) const PARTITION: Kind = Kind {
    name: "partition",
    counter: Some("messages_blocked"),
    least: 2,
    draw: |dice, cluster, drawn| {
        // One shape after the other, and now and then two at a time.
        for _ in 0..=dice.below(2) {
            let mut fault = dice.again(150.0, 3_000.0);
            dice.lasts(&mut fault, 20.0, 3_000.0);
            shape(dice, cluster.nodes, &mut fault);
            drawn.faults.push(("partition", fault));
        }
    },
};

/// Leaders that nobody hears, that hear nobody, or both: each goes on for as long as it believes to lead.
pub(super) const LONELY_LEADER: Kind = Kind {
    name: "partition",
    counter: Some("messages_blocked"),
    least: 2,
    draw: |dice, _, drawn| {
        let mut fault = dice.again(200.0, 2_000.0);
        dice.lasts(&mut fault, 100.0, 2_000.0);
        let (from, to) = match dice.below(4) {
            0 => (Target::Leader, Target::All),
            1 => (Target::All, Target::Leader),
            _ => {
                fault.set("isolate", KeyValue::Target(Target::Leader));
                return drawn.faults.push(("partition", fault));
            }
        };
        fault.set("one_way_from", KeyValue::Target(from));
        fault.set("one_way_to", KeyValue::Target(to));
        drawn.faults.push(("partition", fault));
    },
};

fn shape(dice: &mut Dice, nodes: u32, fault: &mut Settings) {
    let partial = u64::from(nodes >= 3) * 5 + u64::from(nodes == 5);
    match dice.below(6 + partial) {
        0 | 1 => fault.set("isolate", KeyValue::Target(Target::Leader)),
        2 => fault.set("isolate", KeyValue::Target(Target::Random)),
        // Nobody, of two.
        3 if nodes > 2 => fault.set("isolate", KeyValue::Target(Target::Minority)),
        3 | 4 => {
            fault.set("one_way_from", KeyValue::Target(Target::Random));
            fault.set("one_way_to", KeyValue::Target(Target::All));
        }
        5 => fault.set("random", dice.share(0.3, 1.0)),
        6 => fault.set("bridge", KeyValue::Target(Target::Random)),
        7 => fault.set("star", KeyValue::Target(Target::Random)),
        8 => fault.set("ring", KeyValue::Target(Target::All)),
        9 => fault.set("chain", KeyValue::Nodes(dice.shuffled(nodes))),
        10 => {
            fault.set("one_way_from", KeyValue::Target(Target::Leader));
            fault.set("one_way_to", KeyValue::Target(Target::Minority));
        }
        _ => fault.set("mesh", KeyValue::Nodes(dice.shuffled(nodes))),
    }
}
