//! The document as a whole: which section is read when, and what one says of another.
//!
//! The top comes first: it names the protocol, whose keys then count, and the
//! number of nodes, which bounds every id below.

use toml::de::DeTable;

use super::decode::{Decoded, Decoder, Unknown};
use super::suggest::{help, quoted};
use super::{Diagnostic, Expect, Limits, ProtocolSpec, Scenario, sections};
use crate::base::keys::{KeyProblem, Settings};
use crate::base::{Seed, SimDuration};
use crate::network::{LINK_SECTION, NetworkConfig};
use crate::storage::DiskConfig;
use crate::workload::WorkloadConfig;

impl<'p> Decoder<'p> {
    /// Decodes the whole file; `None` only with a problem reported.
    pub(super) fn scenario(&mut self, name: String, root: &DeTable<'_>) -> Option<Scenario> {
        let top = self.top(root);
        let protocol = self.protocol(&top);
        let nodes = top.settings.count("nodes").map(|nodes| nodes as u32);
        self.nodes = nodes.unwrap_or(sections::MOST_NODES);
        self.report_unknown_top(&top, protocol);
        self.check_bugs(root, protocol);

        let network = self.network(root);
        let disk = self.section(root, &crate::storage::SECTION, &[]);
        let node = self.section(root, &sections::NODE, &[]);
        let clients = self.section(root, &crate::workload::SECTION, &[]);
        let clients = self.judged(&clients, WorkloadConfig::from_settings);
        let limits = self.section(root, &sections::LIMITS, &[]);
        let expect = self.expect(root, protocol);
        let protocol_settings = self.protocol_settings(root, protocol, &top, nodes);
        let duration = top.settings.duration("duration");
        let faults = self.faults(root, protocol, duration);

        Some(Scenario {
            name,
            description: top.settings.text("description"),
            protocol: protocol?.name.to_owned(),
            seed: Seed(top.settings.count("seed")?),
            duration: duration?,
            nodes: nodes?,
            bugs: top.settings.texts("bugs")?,
            network: network?,
            disk: DiskConfig::from_settings(&disk.settings),
            clients: clients?,
            service_time: node.settings.duration("service_time").unwrap_or(SimDuration::ZERO),
            faults,
            protocol_settings: protocol_settings?,
            limits: Limits { events: limits.settings.count("events")? },
            expect,
        })
    }

    /// The keys above the first section; the sections come back as unknown.
    fn top(&mut self, root: &DeTable<'_>) -> Decoded {
        let keys: Vec<_> = sections::TOP.keys.iter().collect();
        self.table(&keys, root, 0..0, &[])
    }

    /// The protocol that runs. From here on it is the only one whose keys count.
    fn protocol(&mut self, top: &Decoded) -> Option<&'p ProtocolSpec> {
        let names: Vec<&str> = self.protocols.iter().map(|protocol| protocol.name).collect();
        let Some(name) = top.settings.text("protocol") else {
            if !top.keys.contains_key("protocol") {
                let problem =
                    Diagnostic::new(0..0, "no protocol", "expected `protocol = \"…\"` in this file");
                self.missing.push(problem.help(help("", &names)));
            }
            return None;
        };
        let protocols: &'p [ProtocolSpec] = self.protocols;
        let protocol = protocols.iter().find(|protocol| protocol.name == name);
        match protocol {
            Some(protocol) => self.protocols = std::slice::from_ref(protocol),
            None => {
                self.key = "protocol";
                self.unknown_word(top.values["protocol"].clone(), &name, &names);
            }
        }
        protocol
    }

    /// Reports what at the top of the file is neither a key nor a section of this protocol's.
    fn report_unknown_top(&mut self, top: &Decoded, protocol: Option<&ProtocolSpec>) {
        let all = sections::sections(self.protocols);
        let written = top.settings.text("protocol");
        let mut names: Vec<&str> = all.iter().map(|entry| entry.section.name).collect();
        names.retain(|name| !name.is_empty() && !name.contains('.'));
        let keys: Vec<&str> = sections::TOP.keys.iter().map(|key| key.name).collect();
        for Unknown { span, name, is_section } in &top.unknown {
            // The section of a protocol that is not known is no second mistake.
            let own = protocol.is_none() && written.as_ref() == Some(name);
            if names.contains(&name.as_str()) || own {
                continue;
            }
            let (what, candidates) = if *is_section { ("section", &names) } else { ("key", &keys) };
            let label = match protocol {
                Some(protocol) if *is_section => {
                    format!("a scenario of `{}` has no such section", protocol.name)
                }
                _ => format!("no such {what} at the top of a scenario"),
            };
            let elsewhere = if *is_section { None } else { self.elsewhere(name) };
            let problem = Diagnostic::new(span.clone(), format!("unknown {what} {}", quoted(name)), label);
            self.problems.push(problem.help(elsewhere.or_else(|| help(name, candidates))));
        }
    }

    fn check_bugs(&mut self, root: &DeTable<'_>, protocol: Option<&ProtocolSpec>) {
        let bugs = root.get("bugs").and_then(|bugs| bugs.get_ref().as_array());
        let (Some(bugs), Some(protocol)) = (bugs, protocol) else {
            return;
        };
        let names: Vec<&str> = protocol.bugs.iter().map(|bug| bug.name).collect();
        for bug in bugs {
            let Some(name) = bug.get_ref().as_str().filter(|name| !names.contains(name)) else {
                continue;
            };
            let label = format!("`{}` has no such bug switch", protocol.name);
            let problem = Diagnostic::new(bug.span(), format!("unknown bug {}", quoted(name)), label);
            self.problems.push(problem.help(help(name, &names)));
        }
    }

    fn network(&mut self, root: &DeTable<'_>) -> Option<NetworkConfig> {
        let network = self.section(root, &crate::network::SECTION, &["link"]);
        let mut links: Vec<Settings> = Vec::new();
        if let Some(parent) = root.get("network").and_then(|network| network.get_ref().as_table()) {
            let keys: Vec<_> = LINK_SECTION.keys.iter().collect();
            for (header, table) in self.tables(parent, "link", LINK_SECTION.name) {
                let link = self.table(&keys, table, header, &[]);
                self.report_unknown(&link, LINK_SECTION.keys, "[[network.link]]");
                links.push(link.settings);
            }
        }
        self.judged(&network, |settings| NetworkConfig::from_settings(settings, &links))
    }

    fn expect(&mut self, root: &DeTable<'_>, protocol: Option<&ProtocolSpec>) -> Option<Expect> {
        root.get("expect")?;
        let expect = self.section(root, &sections::EXPECT, &[]);
        if let (Some(protocol), Some(check)) = (protocol, expect.settings.text("check"))
            && !protocol.checks.contains(&check.as_str())
        {
            self.key = "check";
            self.unknown_word(expect.values["check"].clone(), &check, protocol.checks);
        }
        self.judged(&expect, |settings| {
            let verdict = settings.text("verdict");
            let verdict = verdict.ok_or(KeyProblem::new("verdict", "`[expect]` needs `verdict`"))?;
            Ok(Expect { verdict, check: settings.text("check") })
        })
    }

    fn protocol_settings(
        &mut self,
        root: &DeTable<'_>,
        protocol: Option<&ProtocolSpec>,
        top: &Decoded,
        nodes: Option<u32>,
    ) -> Option<Settings> {
        let protocol = protocol?;
        let mut own = self.section(root, &protocol.section, &[]);
        if own.header.is_empty() {
            // Nothing is written there: what is wrong is wrong with the choice of the protocol.
            own.header = top.values["protocol"].clone();
        }
        if !own.whole {
            return None;
        }
        match (protocol.validate)(&own.settings, nodes?) {
            Ok(()) => Some(own.settings),
            Err(problem) => {
                self.disagreement(&problem, &[&own, top]);
                None
            }
        }
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
