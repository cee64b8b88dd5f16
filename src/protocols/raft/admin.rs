//! What operators can ask.

use crate::base::NodeId;
use crate::base::keys::{CommandSpec, Named};
use crate::process::Payload;
use crate::replication::NodeSet;

/// What operators can ask of a leader; of anyone, to stand for election. Where a node is left out, the
/// leader picks one that makes sense.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RaftAdmin {
    /// Stand for election now.
    Campaign,
    /// Hand leadership over (dissertation §3.10).
    Transfer(Option<NodeId>),
    /// Let a node vote, once it has caught up (§4.2.1).
    Add(Option<NodeId>),
    /// Let a node receive the log without a vote.
    AddLearner(Option<NodeId>),
    /// Take a node out.
    Remove(Option<NodeId>),
    /// Take a node out and let another vote in its place.
    Replace {
        /// Who goes.
        out: Option<NodeId>,
        /// Who comes.
        by: Option<NodeId>,
    },
    /// Let these vote, and nobody else (§4.3).
    Members(Option<NodeSet>),
}

impl RaftAdmin {
    /// The commands as scenarios write them.
    pub const COMMANDS: &'static [CommandSpec] = &[
        CommandSpec {
            name: "campaign",
            doc: "Stand for election now.",
            nodes: Named::Nobody,
            changes_members: false,
            needs: "",
        },
        CommandSpec {
            name: "transfer",
            doc: "Hand leadership over: to this node, or to whoever is furthest.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: false,
            needs: "",
        },
        CommandSpec {
            name: "add",
            doc: "Let a node vote, once it has caught up: this one, or any that does not.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: true,
            needs: SPARE,
        },
        CommandSpec {
            name: "add-learner",
            doc: "Let a node receive the log without a vote: this one, or any that does not receive it.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: true,
            needs: SPARE,
        },
        CommandSpec {
            name: "remove",
            doc: "Take a node out: this one, or of more than three voters any, rather one that does not answer.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: true,
            needs: "",
        },
        CommandSpec {
            name: "replace",
            doc: "Take a voter out and let another node vote in its place: these, or any that make sense.",
            nodes: Named::UpTo(&["OUT", "BY"]),
            changes_members: true,
            needs: SPARE,
        },
        CommandSpec {
            name: "members",
            doc: "Let these nodes vote, or any three or more, and nobody else.",
            nodes: Named::Any,
            changes_members: true,
            needs: "",
        },
    ];

    /// The command that `text` stands for: `campaign`, `transfer`, `transfer 2`, `add 5`, `add-learner`,
    /// `remove 0`, `replace 0 5`, `members 0 1 5`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let verb = words.next()?;
        let nodes: Option<Vec<NodeId>> = words.map(node).collect();
        Some(match (verb, nodes?.as_slice()) {
            ("campaign", []) => RaftAdmin::Campaign,
            ("transfer", to) if to.len() < 2 => RaftAdmin::Transfer(to.first().copied()),
            ("add", node) if node.len() < 2 => RaftAdmin::Add(node.first().copied()),
            ("add-learner", node) if node.len() < 2 => RaftAdmin::AddLearner(node.first().copied()),
            ("remove", node) if node.len() < 2 => RaftAdmin::Remove(node.first().copied()),
            ("replace", []) => RaftAdmin::Replace { out: None, by: None },
            ("replace", [out]) => RaftAdmin::Replace { out: Some(*out), by: None },
            ("replace", [out, by]) => RaftAdmin::Replace { out: Some(*out), by: Some(*by) },
            ("members", []) => RaftAdmin::Members(None),
            ("members", nodes) => RaftAdmin::Members(Some(set_of(nodes)?)),
            _ => return None,
        })
    }
}

/// A cluster in which `add` has somebody to add.
const SPARE: &str = "[raft]\nvoters = 3\n";

/// The set of these nodes, if each can come and go.
fn set_of(nodes: &[NodeId]) -> Option<NodeSet> {
    nodes.iter().all(|node| node.0 < NodeSet::MOST).then(|| nodes.iter().copied().collect())
}

fn node(word: &str) -> Option<NodeId> {
    word.parse().ok().map(NodeId)
}

impl Payload for RaftAdmin {
    fn size(&self) -> u32 {
        9
    }

    fn kind(&self) -> &'static str {
        match self {
            RaftAdmin::Campaign => "Campaign",
            RaftAdmin::Transfer(_) => "Transfer",
            RaftAdmin::Add(_) => "Add",
            RaftAdmin::AddLearner(_) => "AddLearner",
            RaftAdmin::Remove(_) => "Remove",
            RaftAdmin::Replace { .. } => "Replace",
            RaftAdmin::Members(_) => "Members",
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
            ("campaign", Some(RaftAdmin::Campaign)),
            ("transfer", Some(RaftAdmin::Transfer(None))),
            ("transfer 2", Some(RaftAdmin::Transfer(some(2)))),
            ("replace 0 5", Some(RaftAdmin::Replace { out: some(0), by: some(5) })),
            ("members 0 1 5", Some(RaftAdmin::Members(Some([0, 1, 5].map(NodeId).into_iter().collect())))),
            ("members", Some(RaftAdmin::Members(None))),
            ("campaign 1", None),
            ("add 1 2", None),
            ("add x", None),
            ("transfer 70", Some(RaftAdmin::Transfer(some(70)))),
            ("members 64", None),
            ("", None),
        ] {
            assert_eq!(RaftAdmin::parse(text), command, "{text}");
        }
        assert!(RaftAdmin::COMMANDS.iter().all(|command| RaftAdmin::parse(command.name).is_some()));
    }
}
