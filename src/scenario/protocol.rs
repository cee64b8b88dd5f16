//! What a protocol says of itself to the reader of scenarios.
//!
//! The registry, a floor above, hands these over as data, so that no protocol is
//! known by name here.

use crate::base::keys::{BugSwitch, KeyProblem, Section, Settings};

/// One protocol: its name in `protocol = "…"`, its own section, its words.
#[derive(Clone, Copy, Debug)]
pub struct ProtocolSpec {
    /// The name, which is also that of its section: `raft`.
    pub name: &'static str,
    /// What it is, one sentence.
    pub doc: &'static str,
    /// Its own keys; [`Section::name`] is the protocol's.
    pub section: Section,
    /// The bugs that a scenario may switch on.
    pub bugs: &'static [BugSwitch],
    /// Whether its settings make sense together, and with this many nodes. The
    /// problem may be with a key of the section or of the top level (`nodes`).
    pub validate: fn(&Settings, nodes: u32) -> Result<(), KeyProblem>,
    /// Whether an admin command, arguments included, is one of its own.
    pub admin: fn(&str) -> bool,
    /// The admin commands, as suggestions name them.
    pub admin_commands: &'static [&'static str],
    /// The checks that a run of it makes, as `[expect]` names them.
    pub checks: &'static [&'static str],
    /// The kinds of message, as the trace names them.
    pub message_kinds: &'static [&'static str],
}
