//! How a protocol says what operators may ask of its nodes, as data.

use super::{Settings, Target};
use crate::base::NodeId;

/// A command that an operator may hand to a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommandSpec {
    /// Its name: `add`.
    pub name: &'static str,
    /// What it asks for, one sentence.
    pub doc: &'static str,
    /// The nodes that it may name behind its own name.
    pub nodes: Named,
    /// Whether other nodes are members once it is done.
    pub changes_members: bool,
    /// What a scenario must say for it to make sense, as TOML; empty if nothing.
    pub needs: &'static str,
}

/// Which nodes a command may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// None.
    Nobody,
    /// One for each of these parts, which it names in capitals; from the last on they may be left out.
    UpTo(&'static [&'static str]),
    /// Any number.
    Any,
}

impl CommandSpec {
    /// How it is written, where what may be left out is in brackets: `replace [OUT [BY]]`.
    pub fn usage(&self) -> String {
        let parts = match self.nodes {
            Named::Nobody => return self.name.to_owned(),
            Named::UpTo(parts) => parts.join(" ["),
            Named::Any => return format!("{} [NODE …]", self.name),
        };
        let depth = parts.matches('[').count() + 1;
        format!("{} [{parts}{}", self.name, "]".repeat(depth))
    }

    /// What is written that way, as a regular expression.
    pub fn pattern(&self) -> String {
        match self.nodes {
            Named::Nobody => self.name.to_owned(),
            Named::UpTo([_]) => format!(r"{}(\s+[0-9]+)?", self.name),
            Named::UpTo(parts) => format!(r"{}(\s+[0-9]+){{0,{}}}", self.name, parts.len()),
            Named::Any => format!(r"{}(\s+[0-9]+)*", self.name),
        }
    }

    /// The most nodes that it names.
    pub fn most(&self) -> usize {
        match self.nodes {
            Named::Nobody => 0,
            Named::UpTo(parts) => parts.len(),
            Named::Any => usize::MAX,
        }
    }
}

/// A command that a scenario gives, with all that it must make sense in.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The command, well formed, of nodes that there are.
    pub command: &'a str,
    /// Whom it is handed to.
    pub to: &'a Target,
    /// The protocol's settings.
    pub settings: &'a Settings,
    /// How many nodes there are.
    pub nodes: u32,
    /// Whether the members are those of the beginning for ever, if this command does not change them.
    pub members_stay: bool,
}

impl Order<'_> {
    /// The nodes it is handed to, where it is known who they are.
    pub fn recipients(&self) -> Option<&[NodeId]> {
        match self.to {
            Target::Nodes(nodes) | Target::Place { nodes, .. } => Some(nodes),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_says_what_may_be_left_out() {
        let usage =
            |nodes| CommandSpec { name: "do", doc: "", nodes, changes_members: false, needs: "" }.usage();
        assert_eq!(usage(Named::Nobody), "do");
        assert_eq!(usage(Named::UpTo(&["NODE"])), "do [NODE]");
        assert_eq!(usage(Named::UpTo(&["OUT", "BY"])), "do [OUT [BY]]");
        assert_eq!(usage(Named::Any), "do [NODE …]");
    }
}
