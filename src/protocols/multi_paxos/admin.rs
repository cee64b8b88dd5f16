//! What operators can ask.

use crate::base::NodeId;
use crate::base::keys::{CommandSpec, Named};
use crate::process::Payload;
use crate::replication::NodeSet;

/// What operators can ask of a leader; of anyone, to lead. Where a node is left out, the leader picks one that
/// makes sense.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MultiPaxosAdmin {
    /// Want to lead now.
    Campaign,
    /// Make a node a member.
    Add(Option<NodeId>),
    /// Make it none any more.
    Remove(Option<NodeId>),
    /// Put one node in another's place.
    Replace {
        /// Who goes.
        out: Option<NodeId>,
        /// Who comes.
        by: Option<NodeId>,
    },
    /// These are the members, and nobody else.
    Members(Option<NodeSet>),
}

impl MultiPaxosAdmin {
    /// The commands as scenarios write them.
    pub const COMMANDS: &'static [CommandSpec] = &[
        CommandSpec {
            name: "campaign",
            doc: "Want to lead now.",
            nodes: Named::Nobody,
            changes_members: false,
            needs: "",
        },
        CommandSpec {
            name: "add",
            doc: "Make a node a member: this one, or any that is none.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: true,
            needs: SPARE,
        },
        CommandSpec {
            name: "remove",
            doc: "Make a node no member any more: this one, or of more than three any, rather one that does not answer.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: true,
            needs: "",
        },
        CommandSpec {
            name: "replace",
            doc: "Put a node that is no member in the place of one that is: these, or any that make sense.",
            nodes: Named::UpTo(&["OUT", "BY"]),
            changes_members: true,
            needs: SPARE,
        },
        CommandSpec {
            name: "members",
            doc: "Make these nodes the members, or any three or more, and nobody else.",
            nodes: Named::Any,
            changes_members: true,
            needs: "",
        },
    ];

    /// The command that `text` stands for: `campaign`, `add 5`, `remove 0`, `replace 0 5`, `members 0 1 5`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let verb = words.next()?;
        let nodes: Option<Vec<NodeId>> = words.map(node).collect();
        Some(match (verb, nodes?.as_slice()) {
            ("campaign", []) => MultiPaxosAdmin::Campaign,
            ("add", node) if node.len() < 2 => MultiPaxosAdmin::Add(node.first().copied()),
            ("remove", node) if node.len() < 2 => MultiPaxosAdmin::Remove(node.first().copied()),
            ("replace", []) => MultiPaxosAdmin::Replace { out: None, by: None },
            ("replace", [out]) => MultiPaxosAdmin::Replace { out: Some(*out), by: None },
            ("replace", [out, by]) => MultiPaxosAdmin::Replace { out: Some(*out), by: Some(*by) },
            ("members", []) => MultiPaxosAdmin::Members(None),
            ("members", nodes) if nodes.iter().all(|node| node.0 < NodeSet::MOST) => {
                MultiPaxosAdmin::Members(Some(nodes.iter().copied().collect()))
            }
            _ => return None,
        })
    }
}

/// A cluster in which `add` has somebody to add.
const SPARE: &str = "[multi-paxos]\nmembers = 3\n";

fn node(word: &str) -> Option<NodeId> {
    word.parse().ok().map(NodeId)
}

impl Payload for MultiPaxosAdmin {
    fn size(&self) -> u32 {
        9
    }

    fn kind(&self) -> &'static str {
        match self {
            MultiPaxosAdmin::Campaign => "Campaign",
            MultiPaxosAdmin::Add(_) => "Add",
            MultiPaxosAdmin::Remove(_) => "Remove",
            MultiPaxosAdmin::Replace { .. } => "Replace",
            MultiPaxosAdmin::Members(_) => "Members",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_and_without_nodes() {
        let some = |node| Some(NodeId(node));
        for (text, command) in [
            ("campaign", Some(MultiPaxosAdmin::Campaign)),
            ("add 5", Some(MultiPaxosAdmin::Add(some(5)))),
            ("remove", Some(MultiPaxosAdmin::Remove(None))),
            ("replace 0 5", Some(MultiPaxosAdmin::Replace { out: some(0), by: some(5) })),
            ("members 0 1", Some(MultiPaxosAdmin::Members(Some(NodeSet::first(2))))),
            ("campaign 1", None),
            ("add x", None),
            ("members 64", None),
            ("", None),
        ] {
            assert_eq!(MultiPaxosAdmin::parse(text), command, "{text}");
        }
        assert!(
            MultiPaxosAdmin::COMMANDS.iter().all(|command| MultiPaxosAdmin::parse(command.name).is_some())
        );
    }
}
