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
            let mut fault = dice.again(500.0, 5_000.0);
            dice.lasts(&mut fault, 50.0, 4_000.0);
            shape(dice, cluster.nodes, &mut fault);
            drawn.faults.push(("partition", fault));
        }
    },
};

fn shape(dice: &mut Dice, nodes: u32, fault: &mut Settings) {
    let partial = u64::from(nodes >= 3) * 5 + u64::from(nodes == 5);
    match dice.below(7 + partial) {
        0 | 1 => fault.set("isolate", KeyValue::Target(Target::Leader)),
        2 => fault.set("isolate", KeyValue::Target(Target::Random)),
        // Nobody, of two.
        3 if nodes > 2 => fault.set("isolate", KeyValue::Target(Target::Minority)),
        3 | 4 => {
            fault.set("one_way_from", KeyValue::Target(Target::Random));
            fault.set("one_way_to", KeyValue::Target(Target::All));
        }
        5 => fault.set("random", dice.share(0.3, 1.0)),
        // A leader that is heard and does not hear.
        6 => {
            fault.set("one_way_from", KeyValue::Target(Target::All));
            fault.set("one_way_to", KeyValue::Target(Target::Leader));
        }
        7 => fault.set("bridge", KeyValue::Target(Target::Random)),
        8 => fault.set("star", KeyValue::Target(Target::Random)),
        9 => fault.set("ring", KeyValue::Target(Target::All)),
        10 => fault.set("chain", KeyValue::Nodes(dice.shuffled(nodes))),
        11 => {
            fault.set("one_way_from", KeyValue::Target(Target::Leader));
            fault.set("one_way_to", KeyValue::Target(Target::Minority));
        }
        _ => fault.set("mesh", KeyValue::Nodes(dice.shuffled(nodes))),
    }
}
