//! Node ids, lists and groups of them, and the targets of faults. No id beyond
//! the cluster gets past here.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::Diagnostic;
use super::decode::{Decoder, Value};
use super::suggest::one_of;
use super::value::whole;
use crate::base::NodeId;
use crate::base::keys::Target;

impl Decoder<'_> {
    /// One node id.
    pub(super) fn node(&mut self, value: &Value<'_>) -> Option<NodeId> {
        let expected = self.node_ids();
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.mismatch(value, &expected);
        };
        match whole(integer).and_then(|id| u32::try_from(id).ok()) {
            Some(id) if id < self.nodes => Some(NodeId(id)),
            _ => {
                let beside = self.nodes_at.clone().map(|at| (at, "`nodes` is set here".to_owned()));
                let reported = self.impossible(value, &expected);
                if let Some(problem) = self.problems.pop() {
                    self.problems.push(problem.beside(beside));
                }
                reported
            }
        }
    }

    /// Which node ids there are.
    pub(super) fn node_ids(&self) -> String {
        match self.nodes {
            1 => "a node id, which can only be 0".to_owned(),
            nodes => format!("a node id from 0 to {}", nodes - 1),
        }
    }

    /// A list of node ids, no two equal, not empty.
    pub(super) fn node_list(&mut self, value: &Value<'_>) -> Option<Vec<NodeId>> {
        self.distinct_nodes(value, &mut BTreeSet::new())
    }

    /// At least two lists of node ids that share none.
    pub(super) fn node_groups(&mut self, value: &Value<'_>) -> Option<Vec<Vec<NodeId>>> {
        let expected = "at least two groups of nodes, such as [[0, 1], [2, 3, 4]]";
        let groups = match value.get_ref() {
            DeValue::Array(groups) if groups.iter().len() >= 2 => groups,
            DeValue::Array(_) => {
                let title = format!("impossible value for `{}`", self.key);
                let label = format!("expected {expected}");
                self.problems.push(Diagnostic::new(value.span(), title, label));
                return None;
            }
            _ => return self.mismatch(value, expected),
        };
        let mut seen = BTreeSet::new();
        let decoded: Vec<_> = groups.iter().map(|group| self.distinct_nodes(group, &mut seen)).collect();
        decoded.into_iter().collect()
    }

    /// Whom a fault aims at.
    pub(super) fn target(&mut self, value: &Value<'_>) -> Option<Target> {
        match value.get_ref() {
            DeValue::Integer(_) => Some(Target::Nodes(vec![self.node(value)?])),
            DeValue::Array(_) => Some(Target::Nodes(self.node_list(value)?)),
            DeValue::Table(table) if table.len() == 1 && table.contains_key("random") => {
                let count = table.get("random")?;
                let most = u64::from(self.nodes);
                match count.get_ref() {
                    DeValue::Integer(integer) => match whole(integer) {
                        Some(count @ 1..) if count <= most => Some(Target::Some(count as u32)),
                        _ => self.impossible(count, &format!("a number of nodes from 1 to {most}")),
                    },
                    _ => self.mismatch(count, "a number of nodes"),
                }
            }
            DeValue::String(word) => match word.split_once(':') {
                Some((sort, name)) => self.place_target(value, sort, name),
                None => Target::from_word(word).or_else(|| {
                    self.unknown_word(value.span(), word, &Target::WORDS);
                    None
                }),
            },
            _ => {
                let words = one_of(&Target::WORDS);
                self.mismatch(
                    value,
                    &format!("a node id, a list of them, {{ random = how many }}, or {words}"),
                )
            }
        }
    }

    fn distinct_nodes(&mut self, value: &Value<'_>, seen: &mut BTreeSet<NodeId>) -> Option<Vec<NodeId>> {
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(value, "a list of node ids, such as [0, 1]");
        };
        let before = self.problems.len();
        if array.iter().len() == 0 {
            let title = format!("impossible value for `{}`", self.key);
            self.problems.push(Diagnostic::new(
                value.span(),
                title,
                "expected node ids, found an empty list",
            ));
        }
        let mut nodes = Vec::new();
        for element in array {
            match self.node(element) {
                Some(node) if seen.insert(node) => nodes.push(node),
                Some(node) => self.twice(element, &format!("node {}", node.0)),
                None => {}
            }
        }
        (self.problems.len() == before).then_some(nodes)
    }
}
