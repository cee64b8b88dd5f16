//! Admin commands: whether they are written as their protocol wants them, name nodes that there are, and can
//! ever do anything.

use std::collections::BTreeSet;

use super::decode::{Decoded, Decoder, Value};
use super::suggest::quoted;
use super::{Diagnostic, ProtocolSpec};
use crate::base::Latency;
use crate::base::keys::{CommandSpec, KeyProblem, Named, Order, Settings};
use crate::faults::swarm::Swarm;
use crate::faults::{Action, Fault};

impl Decoder<'_> {
    /// Whether the nodes that `text`, the command `spec`, names are as many as it takes, and exist. If not it
    /// is reported.
    pub(super) fn command(&mut self, value: &Value<'_>, text: &str, spec: &CommandSpec) -> bool {
        let words: Vec<&str> = text.split_whitespace().skip(1).collect();
        let title = format!("impossible value for `{}`", self.key);
        let usage = format!("`{}` is written `{}`", spec.name, spec.usage());
        if words.len() > spec.most() {
            let label = match (spec.nodes, spec.most()) {
                (Named::Nobody, _) => format!(
                    "`{}` names no node, found {}: whom it is for is the `target`",
                    spec.name,
                    quoted(words[0])
                ),
                (_, 1) => format!("`{}` names one node at most, found {}", spec.name, words.len()),
                (_, most) => format!("`{}` names {most} nodes at most, found {}", spec.name, words.len()),
            };
            self.problems.push(Diagnostic::new(value.span(), title, label).help(usage));
            return false;
        }
        let mut seen = BTreeSet::new();
        for word in words {
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            let node = word.parse::<u32>().ok().filter(|node| is_number && *node < self.nodes);
            let problem = match node {
                Some(node) if seen.insert(node) => continue,
                Some(node) => {
                    let title = format!("`{}` names node {node} twice", self.key);
                    Diagnostic::new(value.span(), title, format!("`{}` names each node once", spec.name))
                }
                None => {
                    let label = format!("expected {}, found {}", self.node_ids(), quoted(word));
                    // Where there is such an id in other clusters, the size of this one is to blame.
                    let beside = self.nodes_at.clone().filter(|_| is_number);
                    let beside = beside.map(|at| (at, "`nodes` is set here".to_owned()));
                    Diagnostic::new(value.span(), title, label).beside(beside)
                }
            };
            self.problems.push(problem.help(usage));
            return false;
        }
        true
    }

    /// Reports the commands among `orders`, each a fault and its table, that can never do anything. Where the
    /// first change of members would do nothing, and so none ever happens, who is one is known for good. `tables`
    /// are what they may be against.
    pub(super) fn report_idle_commands(
        &mut self,
        protocol: &ProtocolSpec,
        orders: &[(Fault, Decoded)],
        swarm: Option<&Swarm>,
        (settings, nodes): (&Settings, u32),
        tables: &[&Decoded],
    ) {
        let idle = |fault: &Fault, members_stay| {
            let Action::Admin { command, target: to } = &fault.action else { return None };
            (protocol.idle)(&Order { command, to, settings, nodes, members_stay })
        };
        let draws = swarm.is_some_and(|swarm| swarm.may_draw("admin"));
        let may_change = |fault: &Fault| changes_members(protocol, fault) && idle(fault, true).is_none();
        let members_stay = !draws && !orders.iter().any(|(fault, _)| may_change(fault));
        for (fault, table) in orders.iter().filter(|(fault, _)| !takes_its_chance(fault)) {
            let problem: Option<KeyProblem> = idle(fault, members_stay);
            if let Some(problem) = problem {
                let around: Vec<&Decoded> = [table].into_iter().chain(tables.iter().copied()).collect();
                self.disagreement(&problem, &around);
            }
        }
    }
}

fn changes_members(protocol: &ProtocolSpec, fault: &Fault) -> bool {
    let Action::Admin { command, .. } = &fault.action else { return false };
    let name = command.split_whitespace().next();
    protocol.admin_commands.iter().any(|spec| Some(spec.name) == name && spec.changes_members)
}

/// Whether a command names nobody and comes at random times, as swarms draw them: it may well come to nothing.
fn takes_its_chance(fault: &Fault) -> bool {
    let Action::Admin { command, .. } = &fault.action else { return false };
    let is_random = fault.when.every.as_ref().is_some_and(|every| !matches!(every, Latency::Constant(_)));
    is_random && command.split_whitespace().count() == 1
}
