//! What operators can ask.

use crate::base::NodeId;
use crate::base::keys::{CommandSpec, Named};
use crate::process::Payload;

/// What operators can ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Admin {
    /// The primary hands over: to this copy, or to whichever is furthest, once that holds everything.
    Failover(Option<NodeId>),
    /// Whoever is asked makes the freshest secondary that it reaches the primary, whatever the primary is doing.
    ForceFailover,
}

impl Admin {
    /// The commands as scenarios write them.
    pub const COMMANDS: &'static [CommandSpec] = &[
        CommandSpec {
            name: "failover",
            doc: "Hand the part of the primary over: to this copy, or to whichever is furthest, once that holds everything.",
            nodes: Named::UpTo(&["NODE"]),
            changes_members: false,
            needs: "",
        },
        CommandSpec {
            name: "force-failover",
            doc: "Make the freshest secondary that answers the primary, whatever the primary is doing. Where supervisors decide it is refused.",
            nodes: Named::Nobody,
            changes_members: false,
            needs: UNSUPERVISED,
        },
    ];

    /// The command that `text` stands for: `failover`, `failover 2`, `force-failover`.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["failover"] => Some(Admin::Failover(None)),
            ["failover", to] => Some(Admin::Failover(Some(NodeId(to.parse().ok()?)))),
            ["force-failover"] => Some(Admin::ForceFailover),
            _ => None,
        }
    }
}

/// A cluster in which operators decide.
const UNSUPERVISED: &str = "[primary-secondary]\nform = \"asynchronous\"\nsupervisors = 0\n";

impl Payload for Admin {
    fn size(&self) -> u32 {
        5
    }

    fn kind(&self) -> &'static str {
        match self {
            Admin::Failover(_) => "Failover",
            Admin::ForceFailover => "ForceFailover",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_and_without_nodes() {
        for (text, command) in [
            ("failover", Some(Admin::Failover(None))),
            (" failover  2 ", Some(Admin::Failover(Some(NodeId(2))))),
            ("force-failover", Some(Admin::ForceFailover)),
            ("force-failover 1", None),
            ("failover x", None),
            ("failover 1 2", None),
            ("", None),
        ] {
            assert_eq!(Admin::parse(text), command, "{text}");
        }
        assert!(Admin::COMMANDS.iter().all(|command| Admin::parse(command.name).is_some()));
    }
}
