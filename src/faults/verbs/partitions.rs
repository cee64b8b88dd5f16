//! What blocks links between nodes.

use super::{LASTS, Untimed, Verb, is_no_link};
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings, Target};
use crate::faults::{Action, PartitionShape};

/// `partition`. That links were blocked is no effect; that a message was, is.
pub(super) const PARTITION: Verb = Verb {
    name: "partition",
    doc: "Blocks links between nodes, in exactly one shape. Clients stay connected to every node.",
    keys: &PARTITION_KEYS,
    forms: &[
        &["groups"],
        &["isolate"],
        &["one_way_from", "one_way_to"],
        &["bridge"],
        &["star"],
        &["ring"],
        &["chain"],
        &["mesh"],
        &["random"],
    ],
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

const PARTITION_KEYS: [Key; 11] = [
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
        kind: KeyKind::Target,
        default: None,
        doc: "Whose messages are lost on the way to `one_way_to`.",
        since: "0.1",
    },
    Key {
        name: "one_way_to",
        kind: KeyKind::Target,
        default: None,
        doc: "Who no longer hears `one_way_from`.",
        since: "0.1",
    },
    Key {
        name: "bridge",
        kind: KeyKind::Target,
        default: None,
        doc: "Who alone sees both halves of the others, which are parted in order of id.",
        since: "0.1",
    },
    Key {
        name: "star",
        kind: KeyKind::Target,
        default: None,
        doc: "Whom alone the others hear, and who hears them all.",
        since: "0.1",
    },
    Key {
        name: "ring",
        kind: KeyKind::Target,
        default: None,
        doc: "Each hears a majority of these, itself and those around it, and no two the same: \"all\" in order of id, or a list in its order.",
        since: "0.1",
    },
    Key {
        name: "chain",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Each of these hears its neighbours in the list and no others of it.",
        since: "0.1",
    },
    Key {
        name: "mesh",
        kind: KeyKind::Nodes,
        default: None,
        doc: "Five nodes: the first three hear one another, the fourth hears the second alone, and the fifth the third.",
        since: "0.1",
    },
    Key {
        name: "random",
        kind: KeyKind::Probability,
        default: None,
        doc: "The probability with which each directed link is blocked; drawn at each strike.",
        since: "0.1",
    },
    LASTS,
];

const ONE: &str = "a partition needs exactly one of `groups`, `isolate`, `one_way_from` with `one_way_to`, \
    `bridge`, `star`, `ring`, `chain`, `mesh` or `random`";

fn shape(table: &Settings) -> Result<PartitionShape, KeyProblem> {
    let one_way = match (table.target("one_way_from"), table.target("one_way_to")) {
        (Some(from), Some(to)) => Some(PartitionShape::OneWay(from, to)),
        (None, None) => None,
        (Some(_), None) => return Err(KeyProblem::new("one_way_from", "`one_way_from` needs `one_way_to`")),
        (None, Some(_)) => return Err(KeyProblem::new("one_way_to", "`one_way_to` needs `one_way_from`")),
    };
    let shapes = [
        table.node_groups("groups").map(PartitionShape::Groups),
        table.target("isolate").map(PartitionShape::Isolate),
        one_way,
        table.target("bridge").map(PartitionShape::Bridge),
        table.target("star").map(PartitionShape::Star),
        table.target("ring").map(PartitionShape::Ring),
        table.nodes("chain").map(PartitionShape::Chain),
        table.nodes("mesh").map(PartitionShape::Mesh),
        table.probability("random").map(PartitionShape::Random),
    ];
    let mut shapes = shapes.into_iter().flatten();
    match (shapes.next(), shapes.next()) {
        (Some(shape), None) => match &shape {
            PartitionShape::Chain(order) if order.len() < 3 => {
                Err(KeyProblem::new("chain", "a chain of fewer than three cuts no link"))
            }
            PartitionShape::Mesh(order) if order.len() != 5 => {
                Err(KeyProblem::new("mesh", format!("the mesh is of five nodes, not of {}", order.len())))
            }
            _ => Ok(shape),
        },
        (Some(first), Some(second)) => Err(KeyProblem::new(second.key(), ONE).against(first.key())),
        (None, _) => Err(KeyProblem::new("isolate", ONE)),
    }
}

/// Why a partition of this shape cuts no link among `nodes` nodes, if so.
pub(super) fn is_idle_among(shape: &PartitionShape, nodes: u32) -> Option<KeyProblem> {
    let few = |named: &Target, least: u32| match named {
        Target::Nodes(named) => nodes.saturating_sub(named.len() as u32) < least,
        Target::All => true,
        _ => nodes <= least,
    };
    let message = match shape {
        PartitionShape::Isolate(target) if nodes == 1 || target.is_everyone(nodes) => {
            let problem = KeyProblem::new("isolate", "this leaves nobody to be isolated from");
            return Some(if nodes == 1 { problem.against("nodes") } else { problem });
        }
        PartitionShape::OneWay(from, to) => {
            let message = "this cuts no link: it names only who is in `one_way_from`";
            return is_no_link(Some(from), Some(to))
                .then(|| KeyProblem::new("one_way_to", message).against("one_way_from"));
        }
        PartitionShape::Bridge(target) if few(target, 2) => "this leaves no two nodes to be bridged",
        PartitionShape::Star(target) if few(target, 2) => "this leaves no two nodes to be parted",
        PartitionShape::Ring(Target::All) if nodes < 3 => "a ring of fewer than three cuts no link",
        PartitionShape::Ring(Target::Nodes(order)) if order.len() < 3 => {
            "a ring of fewer than three cuts no link"
        }
        PartitionShape::Ring(Target::All | Target::Nodes(_)) => return None,
        PartitionShape::Ring(_) => "a ring is of \"all\" nodes, or of a list of them",
        PartitionShape::Random(chance) if chance.is_never() || nodes == 1 => "this cuts no link",
        _ => return None,
    };
    Some(KeyProblem::new(shape.key(), message).against("nodes"))
}
