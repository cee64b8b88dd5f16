//! Commands that can never do anything: what a scenario asks for in vain.

use super::admin::MultiPaxosAdmin;
use super::change::LEAST_MEMBERS;
use super::config::{MultiPaxosConfig, QUORUM_KEYS};
use crate::base::NodeId;
use crate::base::keys::{KeyProblem, Order};
use crate::replication::NodeSet;

impl MultiPaxosAdmin {
    /// Why a command can never do anything, whenever it comes and whoever leads: what a scenario asks for in vain.
    pub fn idle(order: &Order<'_>) -> Option<KeyProblem> {
        let config = MultiPaxosConfig::read(order.settings, order.nodes, &[]);
        MultiPaxosAdmin::parse(order.command)?.flaw(&config, order)
    }

    fn flaw(self, config: &MultiPaxosConfig, order: &Order<'_>) -> Option<KeyProblem> {
        let MultiPaxosConfig { nodes, members, .. } = *config;
        let is_member = |node: NodeId| node.0 < members;
        match self {
            MultiPaxosAdmin::Campaign => {
                let stays = order.members_stay || !config.is_changeable();
                let idle = stays && !order.recipients()?.iter().any(|node| is_member(*node));
                let message = format!("who is no member never leads, and only {} are", first(members));
                idle.then(|| KeyProblem::new("target", message).against("members"))
            }
            _ if !config.is_changeable() => {
                let message = "members never change: quorums are made for these and no others";
                let key = QUORUM_KEYS.into_iter().find(|key| order.settings.is_written(key));
                Some(KeyProblem { key: "command", against: key, message: message.to_owned() })
            }
            _ if nodes == 1 => {
                let message = "there is only one node, so there is nothing to change";
                Some(KeyProblem::new("command", message).against("nodes"))
            }
            MultiPaxosAdmin::Remove(None) if nodes as usize <= LEAST_MEMBERS => {
                Some(KeyProblem::new("command", too_few(nodes)).against("nodes"))
            }
            change if order.members_stay => change.first_flaw(nodes, members),
            _ => None,
        }
    }

    /// Why a change does nothing where the first `members` of so many nodes are members.
    fn first_flaw(self, nodes: u32, members: u32) -> Option<KeyProblem> {
        let is_member = |node: NodeId| node.0 < members;
        let message = match self {
            MultiPaxosAdmin::Add(Some(node)) | MultiPaxosAdmin::Replace { by: Some(node), .. }
                if is_member(node) =>
            {
                format!("node {} is a member from the beginning, as {} are", node.0, first(members))
            }
            MultiPaxosAdmin::Add(None) | MultiPaxosAdmin::Replace { by: None, .. } if members == nodes => {
                format!(
                    "all {nodes} nodes are members from the beginning: `members` says how many are, so that others are spare"
                )
            }
            MultiPaxosAdmin::Remove(Some(_)) if members == 1 => "one member must stay".to_owned(),
            MultiPaxosAdmin::Remove(Some(node)) | MultiPaxosAdmin::Replace { out: Some(node), .. }
                if !is_member(node) =>
            {
                format!("node {} is no member: only {} are", node.0, first(members))
            }
            MultiPaxosAdmin::Remove(None) if members as usize <= LEAST_MEMBERS => too_few(members),
            MultiPaxosAdmin::Members(Some(set)) if set == NodeSet::first(members) => {
                "these are the members from the beginning, and nobody else".to_owned()
            }
            _ => return None,
        };
        Some(KeyProblem::new("command", message).against("members"))
    }
}

/// The first `members` nodes, in words.
fn first(members: u32) -> String {
    if members == 1 { "node 0".to_owned() } else { format!("nodes 0 to {}", members - 1) }
}

fn too_few(members: u32) -> String {
    format!("where it is not said who goes, {LEAST_MEMBERS} stay, and there are no more than {members}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::{KeyValue, Settings, Target};

    /// What is wrong with `command` among so many nodes, of which so many are members, and the key it is against.
    fn flaw(
        command: &str,
        (nodes, members): (u32, u64),
        members_stay: bool,
        quorum: Option<&'static str>,
    ) -> Option<(&'static str, Option<&'static str>)> {
        let mut settings = Settings::default();
        settings.set("members", KeyValue::Count(members));
        if let Some(key) = quorum {
            settings.set(key, KeyValue::Count(2));
        }
        let to = &Target::Nodes(vec![NodeId(4)]);
        let problem =
            MultiPaxosAdmin::idle(&Order { command, to, settings: &settings, nodes, members_stay })?;
        Some((problem.key, problem.against))
    }

    #[test]
    fn what_members_that_stay_make_idle_may_do_something_where_they_change() {
        for (cluster, command, key) in [
            ((5, 5), "add", "command"),
            ((5, 5), "replace 0", "command"),
            ((5, 3), "add 2", "command"),
            ((5, 3), "remove", "command"),
            ((5, 3), "remove 3", "command"),
            ((5, 1), "remove 0", "command"),
            ((5, 3), "replace 3 4", "command"),
            ((5, 3), "replace 0 1", "command"),
            ((5, 3), "members 2 1 0", "command"),
            ((5, 3), "campaign", "target"),
        ] {
            assert_eq!(flaw(command, cluster, true, None), Some((key, Some("members"))), "{command}");
            assert_eq!(flaw(command, cluster, false, None), None, "{command}");
        }
    }

    #[test]
    fn members_never_change_where_quorums_are_made_for_them() {
        for key in QUORUM_KEYS {
            for command in ["add", "add 4", "remove 0", "replace", "members", "members 0 1 4"] {
                assert_eq!(
                    flaw(command, (5, 4), false, Some(key)),
                    Some(("command", Some(key))),
                    "{command}"
                );
            }
            assert_eq!(flaw("campaign", (5, 4), false, Some(key)), Some(("target", Some("members"))));
            assert_eq!(flaw("campaign", (5, 5), false, Some(key)), None);
        }
    }

    #[test]
    fn what_makes_sense_is_left_alone() {
        for (cluster, command) in [
            ((5, 3), "add"),
            ((5, 3), "add 3"),
            ((5, 3), "remove 2"),
            ((5, 5), "remove"),
            ((5, 3), "replace 0 4"),
            ((5, 3), "members 0 1"),
            ((5, 3), "members"),
            ((5, 5), "campaign"),
        ] {
            assert_eq!(flaw(command, cluster, true, None), None, "{command}");
        }
        assert_eq!(flaw("remove", (3, 3), false, None), Some(("command", Some("nodes"))));
        assert_eq!(flaw("remove 0", (1, 1), false, None), Some(("command", Some("nodes"))));
    }
}
