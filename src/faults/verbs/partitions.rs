//! What blocks links between nodes.

use super::{LASTS, Untimed, Verb};
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings};
use crate::faults::{Action, PartitionShape};

/// `partition`. That links were blocked is no effect; that a message was, is.
pub(super) const PARTITION: Verb = Verb {
    name: "partition",
    doc: "Blocks links between nodes, by exactly one of `groups`, `isolate`, or `one_way_from` with `one_way_to`.",
    keys: &PARTITION_KEYS,
    forms: &[&["groups"], &["isolate"], &["one_way_from", "one_way_to"]],
    untimed: Untimed::Never,
    counter: Some("messages_blocked"),
    read: |table| Ok(Action::Partition(shape(table)?)),
};

/// `heal`.
pub(super) const HEAL: Verb = Verb {
    name: "heal",
    doc: "Ends every partition.",
    keys: &[],
    forms: &[&[]],
    untimed: Untimed::Never,
    counter: Some("heals_struck"),
    read: |_| Ok(Action::Heal),
};

const PARTITION_KEYS: [Key; 5] = [
    Key {
        name: "groups",
        kind: KeyKind::NodeGroups,
        default: None,
        doc: "Nodes that still hear each other; one in no group keeps all its links.",
        since: "0.1",
    },
    Key {
        name: "isolate",
        kind: KeyKind::Target,
        default: None,
        doc: "Who is cut off from all others. Of a place, such as \"region:eu-west-1\", the clients in it are cut off too, and reach only its nodes; other clients then reach only the others.",
        since: "0.1",
    },
    Key {
        name: "one_way_from",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Whose messages are lost on the way to `one_way_to`.",
        since: "0.1",
    },
    Key {
        name: "one_way_to",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Who no longer hears `one_way_from`.",
        since: "0.1",
    },
    LASTS,
];

fn shape(table: &Settings) -> Result<PartitionShape, KeyProblem> {
    let groups = table.node_groups("groups").map(PartitionShape::Groups);
    let isolate = table.target("isolate").map(PartitionShape::Isolate);
    let one_way = match (table.nodes("one_way_from"), table.nodes("one_way_to")) {
        (Some(from), Some(to)) => Some(PartitionShape::OneWay(from, to)),
        (None, None) => None,
        (Some(_), None) => return Err(KeyProblem::new("one_way_from", "`one_way_from` needs `one_way_to`")),
        (None, Some(_)) => return Err(KeyProblem::new("one_way_to", "`one_way_to` needs `one_way_from`")),
    };
    let shapes = [("groups", groups), ("isolate", isolate), ("one_way_from", one_way)];
    let mut shapes = shapes.into_iter().filter_map(|(key, shape)| Some((key, shape?)));
    let one = "a partition needs exactly one of `groups`, `isolate`, or `one_way_from` with `one_way_to`";
    match (shapes.next(), shapes.next()) {
        (Some((_, shape)), None) => Ok(shape),
        (Some((first, _)), Some((second, _))) => Err(KeyProblem::new(second, one).against(first)),
        (None, _) => Err(KeyProblem::new("isolate", one)),
    }
}
