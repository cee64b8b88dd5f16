//! `[swarm]`: what each seed may draw for itself.

use toml::de::DeTable;

use super::decode::Decoder;
use super::sections;
use crate::base::Probability;
use crate::faults::swarm::Swarm;

impl Decoder<'_> {
    /// Whether somebody says how likely the kinds of a swarm are, even if not at all: what a preset says of
    /// liveness fits then.
    pub(super) fn names_chance(&self, root: &DeTable<'_>) -> bool {
        let table = root.get(sections::SWARM.name).and_then(|section| section.get_ref().as_table());
        table.is_some_and(|table| table.contains_key("chance"))
    }

    /// Decodes the section, for a cluster of that many nodes; `None` if there is no swarm.
    pub(super) fn swarm(&mut self, root: &DeTable<'_>, nodes: u32) -> Option<Swarm> {
        let table = self.section(root, &sections::SWARM, &[]);
        let header = format!("[{}]", sections::SWARM.name);
        if sections::SWARM.keys.iter().any(|key| table.settings.has(key.name)) {
            self.keep(header, &table.settings);
        }
        let protocol = self.protocol?;
        let half = Probability::new(0.5).unwrap_or_default();
        let wanted = table.settings.texts("kinds");
        // Who names kinds wants them.
        let chance = table.settings.probability("chance").or(wanted.as_ref().map(|_| half));
        let chance = chance.filter(|chance| !chance.is_never())?;
        if let (Some(wanted), false) = (&wanted, root.contains_key("expect")) {
            for kind in wanted {
                let span = table.values.get("kinds").unwrap_or(&table.header).clone();
                self.report_if_deadly(kind, span);
            }
        }
        let commands = protocol.admin_commands;
        let kinds = match &wanted {
            Some(wanted) => {
                let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
                Swarm::among(nodes, &names, commands)
            }
            None => Swarm::among(nodes, protocol.survives, commands),
        };
        let strength = table.settings.float("strength").unwrap_or(1.0);
        let varies = table.settings.bool("settings").unwrap_or(true);
        let variations = if varies { protocol.varies } else { &[] };
        let clients = table.settings.bool("clients").unwrap_or(true);
        Some(Swarm { chance, strength, kinds, families: wanted.is_none(), commands, variations, clients })
    }
}
