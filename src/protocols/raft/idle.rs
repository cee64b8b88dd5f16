//! Commands that can never do anything: what a scenario asks for in vain.

use super::admin::RaftAdmin;
use super::change::LEAST_VOTERS;
use super::config::RaftConfig;
use crate::base::NodeId;
use crate::base::keys::{KeyProblem, Order};
use crate::replication::NodeSet;

impl RaftAdmin {
    /// Why a command can never do anything, whenever it comes and whoever leads: what a scenario asks for in vain.
    pub fn idle(order: &Order<'_>) -> Option<KeyProblem> {
        let config = RaftConfig::read(order.settings, order.nodes, &[]);
        match RaftAdmin::parse(order.command) {
            Some(command) => command.flaw(&config, order),
            // Among so many nodes there are sets that have no name.
            None => (!config.is_changeable()).then(|| unchangeable(order.nodes)),
        }
    }

    fn flaw(self, config: &RaftConfig, order: &Order<'_>) -> Option<KeyProblem> {
        let RaftConfig { nodes, voters, .. } = *config;
        let votes = |node: NodeId| node.0 < voters;
        let problem = |message: String, against| Some(KeyProblem::new("command", message).against(against));
        match self {
            RaftAdmin::Campaign => {
                let idle = order.members_stay && !order.recipients()?.iter().any(|node| votes(*node));
                let message =
                    format!("who does not vote never stands for election, and only {} do", first(voters));
                idle.then(|| KeyProblem::new("target", message).against("voters"))
            }
            _ if nodes == 1 => {
                problem("there is only one node, so there is nothing to change".to_owned(), "nodes")
            }
            RaftAdmin::Transfer(Some(to)) if order.members_stay && !votes(to) => problem(
                format!("node {} does not vote, so it never leads: only {} do", to.0, first(voters)),
                "voters",
            ),
            RaftAdmin::Transfer(None) if order.members_stay && voters == 1 => {
                problem("nobody else votes, so nobody else can lead".to_owned(), "voters")
            }
            RaftAdmin::Transfer(_) => None,
            _ if !config.is_changeable() => Some(unchangeable(nodes)),
            RaftAdmin::Remove(None) if nodes as usize <= LEAST_VOTERS => problem(too_few(nodes), "nodes"),
            change if order.members_stay => change.first_flaw(nodes, voters),
            _ => None,
        }
    }

    /// Why a change does nothing where the first `voters` of so many nodes vote.
    fn first_flaw(self, nodes: u32, voters: u32) -> Option<KeyProblem> {
        let votes = |node: NodeId| node.0 < voters;
        let message = match self {
            RaftAdmin::Add(Some(node)) | RaftAdmin::AddLearner(Some(node)) if votes(node) => {
                format!("node {} votes from the beginning, as {} do", node.0, first(voters))
            }
            RaftAdmin::Add(None) | RaftAdmin::AddLearner(None) | RaftAdmin::Replace { by: None, .. }
                if voters == nodes =>
            {
                format!(
                    "all {nodes} nodes vote from the beginning: `voters` says how many do, so that others are spare"
                )
            }
            RaftAdmin::Remove(Some(_)) if voters == 1 => "one voter must stay".to_owned(),
            RaftAdmin::Remove(Some(node)) | RaftAdmin::Replace { out: Some(node), .. } if !votes(node) => {
                format!("node {} is no member: only {} are", node.0, first(voters))
            }
            RaftAdmin::Remove(None) if voters as usize <= LEAST_VOTERS => too_few(voters),
            RaftAdmin::Members(Some(set)) if set == NodeSet::first(voters) => {
                "these vote from the beginning, and nobody else".to_owned()
            }
            _ => return None,
        };
        Some(KeyProblem::new("command", message).against("voters"))
    }
}

/// The first `voters` nodes, in words.
fn first(voters: u32) -> String {
    if voters == 1 { "node 0".to_owned() } else { format!("nodes 0 to {}", voters - 1) }
}

fn too_few(voters: u32) -> String {
    format!("where it is not said who goes, {LEAST_VOTERS} stay, and there are no more than {voters}")
}

fn unchangeable(nodes: u32) -> KeyProblem {
    let message =
        format!("members change in clusters of less than {} nodes, and here are {nodes}", NodeSet::MOST);
    KeyProblem::new("command", message).against("nodes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::{KeyValue, Settings, Target};

    /// What is wrong with `command` among so many nodes, of which so many vote.
    fn flaw(
        command: &str,
        (nodes, voters): (u32, u64),
        members_stay: bool,
        to: &Target,
    ) -> Option<&'static str> {
        let mut settings = Settings::default();
        settings.set("voters", KeyValue::Count(voters));
        let problem = RaftAdmin::idle(&Order { command, to, settings: &settings, nodes, members_stay })?;
        Some(problem.key)
    }

    #[test]
    fn what_members_that_stay_make_idle_may_do_something_where_they_change() {
        for (cluster, command) in [
            ((5, 5), "add"),
            ((5, 5), "add-learner"),
            ((5, 5), "replace 0"),
            ((5, 3), "add 2"),
            ((5, 3), "add-learner 0"),
            ((5, 3), "remove"),
            ((5, 3), "remove 3"),
            ((5, 1), "remove 0"),
            ((5, 3), "replace 3 4"),
            ((5, 3), "members 2 1 0"),
            ((5, 3), "transfer 3"),
            ((5, 1), "transfer"),
        ] {
            assert_eq!(flaw(command, cluster, true, &Target::Leader), Some("command"), "{command}");
            assert_eq!(flaw(command, cluster, false, &Target::Leader), None, "{command}");
        }
    }

    #[test]
    fn some_commands_do_nothing_whoever_the_members_are() {
        for (cluster, command) in [
            ((1, 1), "transfer"),
            ((1, 1), "remove 0"),
            ((3, 3), "remove"),
            ((64, 64), "add 3"),
            ((70, 70), "members 66"),
        ] {
            assert_eq!(flaw(command, cluster, false, &Target::Leader), Some("command"), "{command}");
        }
    }

    #[test]
    fn what_makes_sense_is_left_alone() {
        for (cluster, command) in [
            ((5, 3), "add"),
            ((5, 3), "add 3"),
            ((5, 3), "remove 2"),
            ((5, 5), "remove"),
            ((5, 5), "replace 0 1"),
            ((5, 3), "members 0 1"),
            ((5, 3), "members"),
            ((5, 3), "transfer 2"),
            ((70, 70), "transfer 66"),
            ((1, 1), "campaign"),
        ] {
            assert_eq!(flaw(command, cluster, true, &Target::Leader), None, "{command}");
        }
    }

    #[test]
    fn who_does_not_vote_does_not_stand() {
        let to = |nodes: &[u32]| Target::Nodes(nodes.iter().copied().map(NodeId).collect());
        assert_eq!(flaw("campaign", (5, 3), true, &to(&[3, 4])), Some("target"));
        assert_eq!(flaw("campaign", (5, 3), true, &to(&[2, 3])), None);
        assert_eq!(flaw("campaign", (5, 3), false, &to(&[3])), None);
        assert_eq!(flaw("campaign", (5, 3), true, &Target::Random), None);
    }
}
