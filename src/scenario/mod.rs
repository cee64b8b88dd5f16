//! Floor 6: a TOML document becomes a validated [`Scenario`], or a list of
//! everything that is wrong with it.
//!
//! * [`Reader`], or [`read`] for a file that stands for itself: the way in. Text comes as an
//!   argument, and what a file extends through a function; no file is opened here.
//! * [`Scenario`]: all that a run is made of, besides the seed given on the command line.
//! * [`ProtocolSpec`]: what the registry tells of each protocol, as data; [`Surroundings`]:
//!   what it may know of the rest of the file to judge its own section.
//! * [`sections()`]: every section and key of a file: what the reader decodes by,
//!   suggests from and explains. Adding a key is a line there or in its module.
//! * [`Diagnostics`]: the problems, with line and column, rendered in rustc's manner.
//! * `DURATION_UNITS`, `LONGEST_LATENCY`, `LARGEST_LATENCY_SHAPE`: what the reader accepts of values
//!   that are texts or tables, for those who describe it; [`to_json`]: a file as plain data.
//!
//! Inside: `document` knows the sections and their order; `decode` walks tables along
//! the keys; `value`, `names`, `latency`, `nodes` and `duration` read single values; `faults`
//! the fault schedule, `commands` the orders in it, `expect` the expectations; `settings` keeps every value; `suggest` knows the nearest name. Before
//! them, `extends` gathers files, `merge` lays one over another and `overrides` what the
//! command line sets over all; `sources` remembers which byte came from where. `attachments` are the
//! files that values name, `csv` reads those that are tables, `empirical` samples, `matrix` latencies
//! between regions for `topology`.

mod attachments;
mod commands;
mod csv;
mod decode;
mod diagnostics;
mod document;
mod duration;
mod empirical;
mod expect;
mod extends;
mod faults;
mod latency;
mod liveness;
mod matrix;
mod merge;
mod names;
mod nodes;
mod overrides;
mod plain;
mod presets;
mod protocol;
mod read;
pub mod sections;
mod settings;
mod sights;
mod sources;
mod suggest;
mod surroundings;
mod swarm;
#[cfg(test)]
mod tests;
mod topology;
mod value;

pub use diagnostics::{Diagnostic, Diagnostics, Problem};
pub use duration::{UNITS as DURATION_UNITS, parse as parse_duration};
pub use latency::{LARGEST_SHAPE as LARGEST_LATENCY_SHAPE, LONGEST as LONGEST_LATENCY};
pub use names::checks_of;
pub use plain::to_json;
pub use presets::{PRESETS, Preset};
pub use protocol::{LINEARIZABLE, LINEARIZABLE_WRITES, ProtocolSpec};
pub use read::{Opened, Opener, Reader, Source, read};
pub use sections::{Repeats, SectionEntry, sections};
pub use settings::Table;
pub use sights::{SIGHTS, Sight};
pub use suggest::{close, nearest};
pub use surroundings::{RoundTrip, Surroundings};

use crate::base::keys::Settings;
use crate::base::{Digest, Seed, SimDuration};
use crate::check::{Measure, Promise};
use crate::clocks::ClockConfig;
use crate::faults::swarm::Swarm;
use crate::faults::{Fault, Healing};
use crate::network::NetworkConfig;
use crate::storage::DiskConfig;
use crate::workload::WorkloadConfig;

/// All that a run is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// What it is called: `raft/leader-partition`.
    pub name: String,
    /// What it shows.
    pub description: Option<String>,
    /// The protocol that runs, one of the [`ProtocolSpec`]s given to the reader.
    pub protocol: String,
    /// The seed, unless the command line names another.
    pub seed: Seed,
    /// How long the run lasts, in simulated time.
    pub duration: SimDuration,
    /// How many nodes, at least one. No id elsewhere in the scenario is beyond them.
    pub nodes: u32,
    /// The deliberate bugs that are switched on, each one of the protocol's.
    pub bugs: Vec<String>,
    /// The network.
    pub network: NetworkConfig,
    /// Every node's disk.
    pub disk: DiskConfig,
    /// Every node's clock.
    pub clock: ClockConfig,
    /// The clients.
    pub clients: WorkloadConfig,
    /// How long a node is busy with one message.
    pub service_time: SimDuration,
    /// What breaks and when, in the order of the file.
    pub faults: Vec<Fault>,
    /// What each seed draws for itself, if there is a swarm.
    pub swarm: Option<Swarm>,
    /// What is demanded of operations once faults are over.
    pub liveness: Liveness,
    /// The protocol's own section, already accepted by [`ProtocolSpec::validate`].
    pub protocol_settings: Settings,
    /// Where the run gives up.
    pub limits: Limits,
    /// What the clients' history is held to, sorted, at least one.
    pub promises: Vec<Promise>,
    /// Whether the run ends as soon as an operation is certainly impossible.
    pub stops_at_violation: bool,
    /// What is measured of every run, sorted.
    pub measures: Vec<Measure>,
    /// What every run must come to, if the scenario says so.
    pub expect: Option<Expect>,
    /// What at least one run of a sweep must show.
    pub sometimes: Vec<Sometimes>,
    /// What was set on the command line over what the files say: `network.loss=0.05`.
    pub overrides: Vec<String>,
    /// Every value, table by table, as it was read.
    pub tables: Vec<Table>,
}

impl Scenario {
    /// The fingerprint of all that was read and decides, besides the seed, what happens in a run:
    /// scenarios with the same one are the same, whatever their names and files.
    pub fn fingerprint(&self) -> Digest {
        settings::fingerprint(&self.tables)
    }
}

/// When faults are over, and how long an operation may take from then on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Liveness {
    /// How long it may take, if the scenario says so.
    pub within: Option<SimDuration>,
    /// The instant at which everything is mended, if the scenario names one.
    pub healing: Option<Healing>,
}

/// Where a run gives up, with the verdict `unknown`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// The most events.
    pub events: u64,
    /// The most events at one instant.
    pub events_at_once: u64,
    /// The most events that wait.
    pub pending: u64,
    /// The most operations of the clients.
    pub operations: u64,
}

/// What a run must come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expect {
    /// One of [`sections::VERDICTS`].
    pub verdict: String,
    /// The check that must come to it; the whole run if `None`.
    pub check: Option<String>,
}

/// What at least one run of a sweep must show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sometimes {
    /// The name of one of the [`SIGHTS`].
    pub sight: String,
    /// The check that must come to the verdict `sight`; the whole run if `None`.
    pub check: Option<String>,
}
