//! What a protocol says of itself to the reader of scenarios.
//!
//! The registry, a floor above, hands these over as data, so that no protocol is
//! known by name here.

use super::Surroundings;
use crate::base::keys::{BugSwitch, CheckSpec, CommandSpec, KeyProblem, Order, Section, Settings, Variation};
use crate::check::{Level, Promise};

/// One protocol: its name in `protocol = "…"`, its own section, its words.
#[derive(Clone, Copy, Debug)]
pub struct ProtocolSpec {
    /// The name, which is also that of its section: `raft`.
    pub name: &'static str,
    /// What it is, one sentence.
    pub doc: &'static str,
    /// Its own keys; [`Section::name`] is the protocol's.
    pub section: Section,
    /// Which of its keys a swarm varies. Any mixture must make sense.
    pub varies: &'static [Variation],
    /// The bugs that a scenario may switch on.
    pub bugs: &'static [BugSwitch],
    /// The kinds of fault, as [`crate::faults::verbs::VERBS`] and the keys of chance (`loss`,
    /// `burst_loss`, `torn`, `fail_sync` and the like) name them, that it declares to survive; the others are positive
    /// controls, and a scenario that has one must say what it expects.
    pub survives: &'static [&'static str],
    /// Why its settings make no sense together or in these surroundings. A problem may be with a
    /// key of its section, of the top level (`nodes`), `[network]`, `[disk]` or `[node]`.
    pub validate: fn(&Settings, &Surroundings<'_>) -> Vec<KeyProblem>,
    /// The admin commands.
    pub admin_commands: &'static [CommandSpec],
    /// Why one of them can never do anything, if so. The problem is with the `command` or its `target`; it may
    /// be against a key of its section or of the top level.
    pub idle: fn(&Order<'_>) -> Option<KeyProblem>,
    /// What clients are promised under these settings: what their history is held to where a scenario does not say.
    pub promises: fn(&Settings) -> &'static [Promise],
    /// The checks that a run of it makes, as `[expect]` names them.
    pub checks: &'static [CheckSpec],
    /// The kinds of message, as the trace names them.
    pub message_kinds: &'static [&'static str],
}

/// The usual promise.
pub const LINEARIZABLE: &[Promise] = &[Promise::Level(Level::Linearizable)];

/// What is left of it where any replica answers reads by itself. None of the weaker levels holds: the reads of
/// one client go back in time where it turns to another replica, or its own restarts.
pub const LINEARIZABLE_WRITES: &[Promise] = &[Promise::LinearizableWrites];
