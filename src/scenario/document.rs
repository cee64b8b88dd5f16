//! The document as a whole: which section is read when, and what one says of another.
//!
//! The top comes first: it names the protocol, whose words and keys then count, and the
//! number of nodes, which bounds every id below.

use std::sync::Arc;

use toml::de::DeTable;

use super::decode::{Decoded, Decoder, Span, Unknown, Value};
use super::suggest::{close, help, quoted};
use super::surroundings::of_every_link;
use super::topology::{Placement, Places};
use super::{Diagnostic, LINEARIZABLE, Limits, ProtocolSpec, Scenario, SectionEntry, Surroundings, sections};
use crate::base::keys::{KeyProblem, Settings, exact};
use crate::base::{Probability, Seed, SimDuration};
use crate::check::{Level, Measure, Promise};
use crate::clocks::ClockConfig;
use crate::faults::Fault;
use crate::faults::swarm::Swarm;
use crate::network::topology::Topology;
use crate::network::{LINK_SECTION, NetworkConfig};
use crate::storage::DiskConfig;
use crate::workload::WorkloadConfig;

/// What chance does to messages, by the keys it is asked for with.
const OF_LINKS: [&str; 5] = ["loss", "duplicate", "corrupt", "reorder", "burst_loss"];

/// `[network]` with its links.
struct Network {
    config: Option<NetworkConfig>,
    table: Decoded,
    links: Vec<Decoded>,
}

/// What every node is made of.
struct Hardware {
    disk: Decoded,
    clock: Decoded,
    node: Decoded,
}

impl<'p> Decoder<'p> {
    /// Decodes the whole file; `None` only with a problem reported.
    pub(super) fn scenario(&mut self, name: String, root: &DeTable<'_>) -> Option<Scenario> {
        self.choose_protocol(root);
        let top = self.top(root);
        let nodes = top.settings.count("nodes").map(|nodes| nodes as u32);
        self.nodes = nodes.unwrap_or(sections::MOST_NODES);
        self.nodes_at = top.values.get("nodes").cloned();
        self.report_unknown_top(root, &top);

        let placement = self.topology(root, nodes);
        let is_placed = !matches!(self.topology, Places::Unknown);
        let network = self.network(root, placement.topology.as_ref());
        let hardware = self.hardware(root);
        let disk = DiskConfig::from_settings(&hardware.disk.settings);
        let clients_table = self.section(root, &crate::workload::SECTION, &[]);
        let clients = self.judged(&clients_table, WorkloadConfig::from_settings);
        let duration = top.settings.duration("duration");
        let service_time = hardware.node.settings.duration("service_time");
        let surroundings = Surroundings {
            nodes,
            duration,
            network: network.config.as_ref().filter(|_| is_placed),
            disk: hardware.disk.whole.then_some(&disk),
            service_time: service_time.filter(|_| hardware.node.whole),
        };
        let every_link = of_every_link(&network.table, &network.links, network.config.as_ref(), nodes);
        let built = [&hardware.disk, &hardware.node, &placement.table];
        let around: Vec<&Decoded> = [&top].into_iter().chain(every_link).chain(built).collect();
        let own = self.protocol_settings(root, &surroundings, &around);
        if let Some(problem) = clients.as_ref().and_then(|clients| unanswered(clients, &surroundings)) {
            self.disagreement(&problem, &[&clients_table, &network.table, &hardware.node, &placement.table]);
        }
        self.keep("", &top.settings);
        self.keep_network(&network, &placement);
        self.keep_hardware(&hardware);
        self.keep(format!("[{}]", crate::workload::SECTION.name), &clients_table.settings);
        if let (Some(protocol), Some(own)) = (self.protocol, &own) {
            self.keep(format!("[{}]", protocol.section.name), &own.settings);
        }
        let (faults, swarm) = self.faults_and_swarm(root, &top, own.as_ref());
        let liveness = self.liveness(root, &top, &faults, swarm.is_some() || self.names_chance(root));
        let (promises, stops_at_violation, measures) =
            self.judging(root, own.as_ref(), clients.as_ref(), duration);
        let (expect, sometimes) = self.expectations(root, &promises);
        let limits = self.limits(root, nodes);
        self.report_deadly(root, &network, &hardware.disk);
        self.report_idle_buffers(root, &network);

        Some(Scenario {
            name,
            description: top.settings.text("description"),
            protocol: self.protocol?.name.to_owned(),
            seed: Seed(top.settings.count("seed")?),
            duration: duration?,
            nodes: nodes?,
            bugs: top.settings.texts("bugs")?,
            network: network.config?,
            disk,
            clock: ClockConfig::from_settings(&hardware.clock.settings),
            clients: clients?,
            service_time: service_time.unwrap_or(SimDuration::ZERO),
            faults,
            swarm,
            liveness,
            protocol_settings: own?.settings,
            limits: limits?,
            promises,
            stops_at_violation,
            measures,
            expect,
            sometimes,
            overrides: Vec::new(),
            tables: std::mem::take(&mut self.tables),
        })
    }

    /// What breaks; `own` is the protocol's section, if it makes sense.
    fn faults_and_swarm(
        &mut self,
        root: &DeTable<'_>,
        top: &Decoded,
        own: Option<&Decoded>,
    ) -> (Vec<Fault>, Option<Swarm>) {
        let (faults, orders) = self.faults(root, top);
        let swarm = self.swarm(root, self.nodes);
        let nodes = top.settings.count("nodes").map(|_| self.nodes);
        if let (Some(protocol), Some(own), Some(nodes)) = (self.protocol, own, nodes) {
            let cluster = (&own.settings, nodes);
            self.report_idle_commands(protocol, &orders, swarm.as_ref(), cluster, &[own, top]);
        }
        (faults, swarm)
    }

    fn hardware(&mut self, root: &DeTable<'_>) -> Hardware {
        Hardware {
            disk: self.section(root, &crate::storage::SECTION, &[]),
            clock: self.section(root, &crate::clocks::SECTION, &[]),
            node: self.section(root, &sections::NODE, &[]),
        }
    }

    fn keep_hardware(&mut self, hardware: &Hardware) {
        let Hardware { disk, clock, node } = hardware;
        for (section, table) in
            [(crate::storage::SECTION, disk), (crate::clocks::SECTION, clock), (sections::NODE, node)]
        {
            self.keep(format!("[{}]", section.name), &table.settings);
        }
    }

    /// Finds the protocol that runs. From here on it is the only one whose words and keys count.
    fn choose_protocol(&mut self, root: &DeTable<'_>) {
        let protocols: &'p [ProtocolSpec] = self.protocols;
        let Some(written) = root.get("protocol") else {
            let names: Vec<&str> = protocols.iter().map(|protocol| protocol.name).collect();
            let problem = Diagnostic::new(0..0, "no protocol", "expected `protocol = \"…\"` in this file");
            self.missing.push(problem.help(help("", &names)));
            return;
        };
        let name = written.get_ref().as_str();
        self.protocol = protocols.iter().find(|protocol| Some(protocol.name) == name);
    }

    /// The keys above the first section; the sections come back as unknown.
    fn top(&mut self, root: &DeTable<'_>) -> Decoded {
        let keys: Vec<_> = sections::TOP.keys.iter().collect();
        let top = self.table(&keys, root, 0..0, &[]);
        if let Some(protocol) = self.protocol {
            self.protocols = std::slice::from_ref(protocol);
        }
        top
    }

    /// Reports what at the top of the file is neither a key nor a section of this protocol's.
    fn report_unknown_top(&mut self, root: &DeTable<'_>, top: &Decoded) {
        let protocol = self.protocol;
        let all = sections::sections(self.protocols);
        let written = root.get("protocol").and_then(|written| written.get_ref().as_str());
        let mut names: Vec<&str> = all.iter().map(|entry| entry.section.name).collect();
        let nested: Vec<&SectionEntry> =
            all.iter().filter(|entry| entry.section.name.contains('.')).collect();
        names.retain(|name| !name.is_empty() && !name.contains('.'));
        let keys: Vec<&str> = sections::TOP.keys.iter().map(|key| key.name).collect();
        for Unknown { span, name, is_section } in &top.unknown {
            // The section of a protocol that is not known is no second mistake.
            let own = protocol.is_none() && written == Some(name);
            if names.contains(&name.as_str()) || own {
                continue;
            }
            let what = if *is_section { "section" } else { "key" };
            let label = match protocol {
                Some(protocol) if *is_section => {
                    format!("a scenario of `{}` has no such section", protocol.name)
                }
                _ => format!("no such {what} at the top of a scenario"),
            };
            let help = match is_section {
                true => inner(name, &nested).or_else(|| help(name, &names)),
                false => self.meant(name, &keys),
            };
            let problem = Diagnostic::new(span.clone(), format!("unknown {what} {}", quoted(name)), label);
            self.problems.push(problem.help(help));
        }
    }

    fn network(&mut self, root: &DeTable<'_>, topology: Option<&Arc<Topology>>) -> Network {
        let table = self.section(root, &crate::network::SECTION, &["link"]);
        let mut links = Vec::new();
        if let Some(parent) = root.get("network").and_then(|network| network.get_ref().as_table()) {
            let keys: Vec<_> = LINK_SECTION.keys.iter().collect();
            for (header, table) in self.tables(parent, "link", LINK_SECTION.name) {
                let link = self.table(&keys, table, header, &[]);
                self.report_unknown(&link, LINK_SECTION.keys, &[], "[[network.link]]");
                links.push(link);
            }
        }
        let settings: Vec<Settings> = links.iter().map(|link| link.settings.clone()).collect();
        let config = self.judged(&table, |own| NetworkConfig::from_settings(own, &settings));
        let config = config.map(|config| NetworkConfig { topology: topology.cloned(), ..config });
        Network { config, table, links }
    }

    fn keep_network(&mut self, network: &Network, placement: &Placement) {
        self.keep("[network]", &network.table.settings);
        network.links.iter().for_each(|link| self.keep("[[network.link]]", &link.settings));
        // Where it is not written, nobody is in any place.
        if !matches!(self.topology, Places::Nowhere) {
            self.keep("[topology]", &placement.table.settings);
            placement.routes.iter().for_each(|route| self.keep("[[topology.route]]", &route.settings));
        }
    }

    /// The protocol's own section.
    fn protocol_section(&mut self, root: &DeTable<'_>, top: &Decoded) -> Option<Decoded> {
        let protocol = self.protocol?;
        let mut own = self.section(root, &protocol.section, &[]);
        if own.header.is_empty() {
            // Nothing is written there: what is wrong is wrong with the choice of the protocol.
            own.header = top.values["protocol"].clone();
        }
        own.whole.then_some(own)
    }

    /// The protocol's own section, if it makes sense in these surroundings; `around` are the tables
    /// they are written in, the top of the file first.
    fn protocol_settings(
        &mut self,
        root: &DeTable<'_>,
        surroundings: &Surroundings<'_>,
        around: &[&Decoded],
    ) -> Option<Decoded> {
        let own = self.protocol_section(root, around.first()?)?;
        let problems = (self.protocol?.validate)(&own.settings, surroundings);
        let tables: Vec<&Decoded> = [&own].into_iter().chain(around.iter().copied()).collect();
        for problem in &problems {
            self.disagreement(problem, &tables);
        }
        problems.is_empty().then_some(own)
    }

    /// Where a run of so many `nodes` gives up; `None` where a limit is no number.
    fn limits(&mut self, root: &DeTable<'_>, nodes: Option<u32>) -> Option<Limits> {
        let table = self.section(root, &sections::LIMITS, &[]);
        self.keep(format!("[{}]", sections::LIMITS.name), &table.settings);
        limits_of(&table.settings, nodes?)
    }

    /// What is measured.
    fn measures(&mut self, table: &Decoded) -> Vec<Measure> {
        let Some(names) = table.settings.texts("measure") else { return Vec::new() };
        let mut measures: Vec<Measure> = names.iter().filter_map(|name| Measure::named(name)).collect();
        measures.sort_unstable();
        if let (true, Some(span)) = (measures.is_empty(), table.values.get("measure")) {
            let label = "leave it away to measure nothing";
            self.problems.push(Diagnostic::new(span.clone(), "`measure` is empty", label));
        }
        measures
    }

    /// What the history is held to, whether the run ends at the first impossible operation, and what is measured.
    /// Where nobody says it is held to what the protocol promises with its `own` settings. Settings in which
    /// nobody speaks of it are the same as before there was a choice.
    fn judging(
        &mut self,
        root: &DeTable<'_>,
        own: Option<&Decoded>,
        clients: Option<&WorkloadConfig>,
        duration: Option<SimDuration>,
    ) -> (Vec<Promise>, bool, Vec<Measure>) {
        let table = self.section(root, &sections::CHECK, &[]);
        if table.settings.iter().next().is_some() {
            self.keep(format!("[{}]", sections::CHECK.name), &table.settings);
        }
        let measures = self.measures(&table);
        let stops = table.settings.bool("stop_at_violation");
        let levels = table.settings.texts("levels");
        let linearizable = Promise::Level(Level::Linearizable);
        let is_said = levels.is_some();
        let promised = self.protocol.zip(own).map(|(spec, own)| (spec.promises)(&own.settings));
        let mut promises: Vec<Promise> = match levels {
            Some(levels) => levels.iter().filter_map(|name| Promise::named(name)).collect(),
            None => promised.unwrap_or(LINEARIZABLE).to_vec(),
        };
        promises.sort_unstable();
        if let (true, Some(span)) = (promises.is_empty(), table.values.get("levels")) {
            let label = "a run that nobody judges says nothing: leave `levels` away for `linearizable`";
            self.problems.push(Diagnostic::new(span.clone(), "`levels` is empty", label));
        }
        let until = clients.and_then(|clients| clients.until);
        let rests = duration.is_none_or(|duration| until.is_some_and(|until| until < duration));
        if let (true, false, Some(span)) =
            (promises.contains(&Promise::Convergence), rests, table.values.get("levels"))
        {
            let label =
                "replicas come to rest when clients do: set `until` under `[clients]`, below `duration`";
            self.problems.push(Diagnostic::new(span.clone(), "`convergence` can never be told", label));
        }
        if let (Some(true), false, Some(span)) =
            (stops, promises.contains(&linearizable), table.values.get("stop_at_violation"))
        {
            let label = match is_said {
                true => {
                    "only impossible operations can stop a run, and `levels` does not have `linearizable`"
                }
                false => {
                    "only impossible operations can stop a run, which is not held to `linearizable` here: add it to `levels`"
                }
            };
            self.problems.push(Diagnostic::new(span.clone(), "`stop_at_violation` has no effect", label));
        }
        (promises, stops.unwrap_or(false), measures)
    }

    /// Reports what chance does to messages and disks that the protocol does not survive, unless
    /// something is expected of it.
    fn report_deadly(&mut self, root: &DeTable<'_>, network: &Network, disk: &Decoded) {
        if root.get("expect").is_some() {
            return;
        }
        let links = network.links.iter().chain([&network.table]);
        let on_links = links.flat_map(|table| OF_LINKS.map(|kind| (kind, table)));
        for (kind, table) in on_links.chain(["torn", "fail_sync", "bit_rot"].map(|kind| (kind, disk))) {
            let wanted = table.settings.probability(kind).is_some_and(|chance| !chance.is_never());
            if let (true, Some(span)) = (wanted, table.values.get(kind)) {
                self.report_if_deadly(kind, span.clone());
            }
        }
    }

    /// Reports buffers in which nothing ever waits, as nowhere and at no time links have a bandwidth.
    fn report_idle_buffers(&mut self, root: &DeTable<'_>, network: &Network) {
        let tables = || [&network.table].into_iter().chain(&network.links);
        let faults = root.get("faults").and_then(|faults| faults.get_ref().as_array());
        let narrows =
            |fault: &Value<'_>| fault.get_ref().as_table().is_some_and(|f| f.contains_key("bandwidth"));
        if tables().any(|table| table.keys.contains_key("bandwidth"))
            || faults.is_some_and(|faults| faults.iter().any(narrows))
        {
            return;
        }
        for span in tables().filter_map(|table| table.keys.get("buffer")) {
            let label = "nothing ever waits in it: no link has a `bandwidth`";
            self.problems.push(Diagnostic::new(span.clone(), "`buffer` does not fit", label));
        }
    }

    /// Reports a `kind` of fault that the protocol does not survive.
    pub(super) fn report_if_deadly(&mut self, kind: &str, span: Span) {
        let Some(protocol) = self.protocol.filter(|protocol| !protocol.survives.contains(&kind)) else {
            return;
        };
        let title = format!("`{}` does not survive `{kind}`", protocol.name);
        let label = "this must fail, and the scenario does not say so";
        let help = "say what is expected, such as `[expect]` with `verdict = \"invalid\"`".to_owned();
        self.problems.push(Diagnostic::new(span, title, label).help(help));
    }

    /// What `from_settings` makes of a table in which every value is right by itself.
    fn judged<T>(
        &mut self,
        table: &Decoded,
        from_settings: impl FnOnce(&Settings) -> Result<T, KeyProblem>,
    ) -> Option<T> {
        if !table.whole {
            return None;
        }
        from_settings(&table.settings).map_err(|problem| self.disagreement(&problem, &[table])).ok()
    }
}

/// The help for a section that is written without the one that it lies in.
fn inner(name: &str, nested: &[&SectionEntry]) -> Option<String> {
    let last = |entry: &SectionEntry| entry.section.name.rsplit('.').next().unwrap_or_default();
    let names: Vec<&str> = nested.iter().map(|entry| last(entry)).collect();
    let near = close(name, &names)?;
    let entry = nested.iter().find(|entry| last(entry) == near)?;
    Some(format!("did you mean `{}`?", entry.header()))
}

/// Why no client can ever get an answer, whatever the protocol, if so.
fn unanswered(clients: &WorkloadConfig, around: &Surroundings<'_>) -> Option<KeyProblem> {
    let links = &around.network?.links;
    if clients.clients == 0 {
        return None;
    }
    if links.loss == Probability::ALWAYS {
        let message = "every message is lost, those of the clients too: no operation is ever answered";
        return Some(KeyProblem::new("loss", message));
    }
    let ((travel, way), service) = (around.least_answer(clients.clients)?, around.service_time?);
    let least = travel + service;
    if clients.timeout >= least {
        return None;
    }
    let culprit = if service > travel { "service_time" } else { way };
    let message = format!(
        "no operation is ever answered in time: an answer takes at least {}, and a client waits {}",
        exact(least),
        exact(clients.timeout)
    );
    Some(KeyProblem::new("timeout", message).against(culprit))
}

/// Where a run gives up; `None` where a limit is no number.
fn limits_of(settings: &Settings, nodes: u32) -> Option<Limits> {
    let operations = if settings.has("operations") {
        settings.count("operations")?
    } else {
        sections::MOST_COPIES / (u64::from(nodes) + sections::COPIES_OF_HISTORY)
    };
    Some(Limits {
        events: settings.count("events")?,
        events_at_once: settings.count("events_at_once")?,
        pending: settings.count("pending")?,
        operations,
    })
}
