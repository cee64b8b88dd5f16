//! Commands that can never do anything: what a scenario asks for in vain.

use super::admin::Admin;
use super::config::Config;
use crate::base::keys::{KeyProblem, Order};

impl Admin {
    /// Why a command can never do anything, whenever it comes and whoever is the primary: what a scenario asks for in
    /// vain.
    pub fn idle(order: &Order<'_>) -> Option<KeyProblem> {
        let Config { copies, supervisors, .. } = Config::read(order.settings, order.nodes, &[]);
        let problem = |message: String, against| Some(KeyProblem::new("command", message).against(against));
        match Admin::parse(order.command)? {
            _ if copies < 2 => {
                problem("there are no secondaries, so nobody else can be the primary".to_owned(), "nodes")
            }
            Admin::Failover(Some(to)) if to.0 >= order.nodes => {
                problem(format!("there is no node {}: nodes are 0 to {}", to.0, order.nodes - 1), "nodes")
            }
            Admin::Failover(Some(to)) if to.0 >= copies => problem(
                format!("node {} supervises and holds no copy: only nodes 0 to {} do", to.0, copies - 1),
                "supervisors",
            ),
            Admin::ForceFailover if supervisors > 0 => problem(
                format!("{supervisors} supervisors decide who is the primary, so it is refused"),
                "supervisors",
            ),
            Admin::Failover(_) | Admin::ForceFailover => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::{KeyValue, Settings, Target};

    /// What `command` does not go with among so many nodes, of which so many supervise.
    fn flaw(command: &str, nodes: u32, supervisors: u64) -> Option<&'static str> {
        let mut settings = Settings::default();
        settings.set("supervisors", KeyValue::Count(supervisors));
        let to = &Target::Leader;
        let order = Order { command, to, settings: &settings, nodes, members_stay: true };
        let problem = Admin::idle(&order)?;
        assert_eq!(problem.key, "command");
        problem.against
    }

    #[test]
    fn what_nobody_can_carry_out_is_idle() {
        for (command, nodes, supervisors, against) in [
            ("failover", 4, 3, "nodes"),
            ("failover 0", 1, 0, "nodes"),
            ("force-failover", 1, 0, "nodes"),
            ("failover 6", 6, 3, "nodes"),
            ("failover 3", 6, 3, "supervisors"),
            ("force-failover", 6, 3, "supervisors"),
        ] {
            assert_eq!(flaw(command, nodes, supervisors), Some(against), "{command} {nodes}");
        }
    }

    #[test]
    fn what_makes_sense_is_left_alone() {
        for (command, nodes, supervisors) in [
            ("failover", 5, 3),
            ("failover 2", 6, 3),
            ("failover", 3, 0),
            ("failover 2", 3, 0),
            ("force-failover", 2, 0),
        ] {
            assert_eq!(flaw(command, nodes, supervisors), None, "{command} {nodes}");
        }
    }
}
