//! The scenario that a seed of a swarm stands for.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::base::Seed;
use crate::base::keys::{KeyValue, Settings};
use crate::clocks::ClockConfig;
use crate::faults::Fault;
use crate::faults::swarm::{Cluster, Drawn};
use crate::network::{LINK_SECTION, NetworkConfig};
use crate::scenario::{Scenario, Table};
use crate::storage::DiskConfig;
use crate::workload::WorkloadConfig;

/// The scenario that `seed` stands for: `scenario` itself if it has no swarm, else one in which all that the
/// seed draws is written down. What the scenario says stands; a run of either is the same, bit for bit.
pub fn unfold(scenario: &Scenario, seed: Seed) -> Cow<'_, Scenario> {
    let Some(swarm) = &scenario.swarm else { return Cow::Borrowed(scenario) };
    let cluster = Cluster {
        nodes: scenario.nodes,
        commands: swarm.commands,
        latency: &scenario.network.links.latency,
        sync: &scenario.disk.sync,
        clients: scenario.clients.clients,
        timeout: scenario.clients.timeout,
    };
    let Drawn { network, disk, clock, clients, protocol, faults } = swarm.draw(seed, &cluster);
    let mut unfolded = Scenario { swarm: None, ..scenario.clone() };
    unfolded.tables.retain(|table| table.header != "[swarm]");
    let own = format!("[{}]", scenario.protocol);
    let world = [("[network]", &network), ("[disk]", &disk), ("[clock]", &clock)];
    for (header, drawn) in world.into_iter().chain([("[clients]", &clients), (own.as_str(), &protocol)]) {
        if let Some(table) = unfolded.tables.iter_mut().find(|table| table.header == header) {
            lay_under(&mut table.settings, drawn);
        }
    }
    for (kind, mut settings) in faults {
        let fault = Fault::from_settings(kind, &settings)
            .unwrap_or_else(|problem| panic!("a swarm drew a `{kind}` that is none: {}", problem.message));
        unfolded.faults.push(fault);
        settings.set("kind", KeyValue::Text(kind.to_owned()));
        unfolded.tables.push(Table { header: "[[faults]]".to_owned(), settings });
    }
    lay_under(&mut unfolded.protocol_settings, &protocol);
    rebuild(&mut unfolded);
    Cow::Owned(unfolded)
}

/// Sets what nobody has written.
fn lay_under(settings: &mut Settings, drawn: &Settings) {
    for (key, value) in drawn.iter().filter(|(key, _)| !settings.is_written(key)).collect::<Vec<_>>() {
        settings.set(key, value.clone());
    }
}

/// Makes what the tables say true.
fn rebuild(scenario: &mut Scenario) {
    let of = |header: &str| -> Vec<Settings> {
        let tables = scenario.tables.iter().filter(|table| table.header == header);
        tables.map(|table| table.settings.clone()).collect()
    };
    let links = of(&format!("[[{}]]", LINK_SECTION.name));
    let [network, disk, clock, clients] =
        ["[network]", "[disk]", "[clock]", "[clients]"].map(|header| of(header).pop().unwrap_or_default());
    let topology = scenario.network.topology.clone();
    if let Ok(config) = NetworkConfig::from_settings(&network, &links) {
        scenario.network = NetworkConfig { topology, ..config };
    }
    scenario.disk = DiskConfig::from_settings(&disk);
    scenario.clock = ClockConfig::from_settings(&clock);
    if let Ok(config) = WorkloadConfig::from_settings(&clients) {
        scenario.clients = config;
    }
}

/// `scenario` as a file: every value that is not a default. Files that values name must lie beside it.
pub fn to_toml(scenario: &Scenario) -> String {
    let mut text = String::new();
    for table in &scenario.tables {
        let is_top = table.header.is_empty();
        let told = |key: &str| !(is_top && ["extends", "preset"].contains(&key));
        let lines: String = table
            .settings
            .iter()
            .filter(|(key, _)| table.settings.is_written(key) && told(key))
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        if is_top {
            text += &lines;
        } else if table.header.starts_with("[[") || !lines.is_empty() {
            let _ = write!(text, "\n{}\n{lines}", table.header);
        }
    }
    text
}
