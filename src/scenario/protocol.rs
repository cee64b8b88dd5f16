//! What a protocol says of itself to the reader of scenarios.
//!
//! The registry, a floor above, hands these over as data, so that no protocol is
//! known by name here.

use crate::base::SimDuration;
use crate::base::keys::{BugSwitch, CheckSpec, KeyProblem, Section, Settings};
use crate::network::NetworkConfig;
use crate::storage::DiskConfig;

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
    /// The kinds of fault, as [`crate::faults::verbs::VERBS`] and the keys of chance (`loss`,
    /// `duplicate`, `torn`) name them, that it declares to survive; the others are positive
    /// controls, and a scenario that has one must say what it expects.
    pub survives: &'static [&'static str],
    /// Whether its settings make sense together and in these surroundings. The problem may be
    /// with a key of its section, of the top level (`nodes`), `[network]` or `[disk]`.
    pub validate: fn(&Settings, &Surroundings<'_>) -> Result<(), KeyProblem>,
    /// Whether an admin command, arguments included, is one of its own.
    pub admin: fn(&str) -> bool,
    /// The admin commands, as suggestions name them.
    pub admin_commands: &'static [&'static str],
    /// The checks that a run of it makes, as `[expect]` names them.
    pub checks: &'static [CheckSpec],
    /// The kinds of message, as the trace names them.
    pub message_kinds: &'static [&'static str],
}

/// The rest of a scenario, in which a protocol's settings must make sense.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// How many nodes.
    pub nodes: u32,
    /// How long the run lasts.
    pub duration: SimDuration,
    /// The network.
    pub network: &'a NetworkConfig,
    /// Every node's disk.
    pub disk: &'a DiskConfig,
}

impl Surroundings<'_> {
    /// A message from one node to another and the answer never take less, if the receiver
    /// writes something down before it answers.
    pub fn least_round_trip(&self) -> SimDuration {
        let overrides = self.network.overrides.iter().filter_map(|link| link.latency);
        let hops = overrides.chain([self.network.links.latency]).map(|latency| latency.least());
        let hop = hops.min().unwrap_or(SimDuration::ZERO);
        hop + hop + self.disk.sync.least()
    }
}
