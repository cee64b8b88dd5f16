//! Floor 8: what the one table of keys says to people and to their editors.
//!
//! Everything here is made from what the reader of scenarios itself decodes by: its sections,
//! the kinds of fault, the sights, and what each protocol says of itself. Nothing is told twice,
//! so nothing here can be out of date. All of it is pure: text comes out, no file is opened.
//!
//! * [`Reference`]: the table, with the ways to look at it.
//! * [`Topic`]: one thing that has a name and can be explained: a key, a fault, a check.
//! * [`List`]: the names of one sort, a line each.
//!
//! Inside: `topic` finds what a name means and `explain` says it; `schema` builds the JSON Schema
//! that editors use; `guide` writes the reference in Markdown; `starter` a scenario to begin with;
//! `example` invents values that are valid; `columns` aligns and wraps.

mod columns;
mod example;
mod explain;
mod guide;
mod list;
mod schema;
mod starter;
mod topic;

pub use columns::{Row, columns, one_line_each, wrapped};
pub use list::{Item, List};
pub use topic::Topic;

use crate::base::keys::{Key, KeyKind, Vocabulary};
use crate::check::{Measure, Promise};
use crate::faults::swarm;
use crate::faults::verbs::VERBS;
use crate::scenario::sections::{LIVENESS, SWARM};
use crate::scenario::{ProtocolSpec, SIGHTS, SectionEntry, checks_of, sections};

/// All that scenarios may say, of some protocols.
#[derive(Clone, Debug)]
pub struct Reference {
    protocols: Vec<ProtocolSpec>,
    sections: Vec<SectionEntry>,
}

impl Reference {
    /// What may be said of `protocols`.
    pub fn new(protocols: Vec<ProtocolSpec>) -> Self {
        let sections = sections(&protocols);
        Reference { protocols, sections }
    }

    /// The protocols.
    pub fn protocols(&self) -> &[ProtocolSpec] {
        &self.protocols
    }

    /// The protocol of this name.
    pub fn protocol(&self, name: &str) -> Option<&ProtocolSpec> {
        self.protocols.iter().find(|protocol| protocol.name == name)
    }

    /// The words of a vocabulary, those of every protocol together.
    fn words(&self, of: Vocabulary) -> Vec<&'static str> {
        let mut words: Vec<&str> = match of {
            Vocabulary::Sight => SIGHTS.iter().map(|sight| sight.name).collect(),
            Vocabulary::Promise => Promise::names(),
            Vocabulary::Measure => Measure::ALL.map(Measure::name).to_vec(),
            Vocabulary::Swarm => swarm::names(),
            Vocabulary::Fault => VERBS.iter().map(|verb| verb.name).collect(),
            _ => self.protocols.iter().flat_map(|protocol| own_words(protocol, of)).collect(),
        };
        let mut seen = std::collections::BTreeSet::new();
        words.retain(|word| seen.insert(*word));
        words
    }

    /// The keys of chance, which break things without a schedule: those of probabilities, of a
    /// section that belongs to no protocol and stands for the whole.
    fn chances(&self) -> impl Iterator<Item = (&SectionEntry, &'static Key)> {
        let whole = |name: &str| !name.is_empty() && !name.contains('.') && self.protocol(name).is_none();
        // How likely there is a fault at all, and who is mended, breaks nothing by itself.
        let breaks = |name: &str| ![SWARM.name, LIVENESS.name].contains(&name);
        let sections =
            self.sections.iter().filter(move |entry| whole(entry.section.name) && breaks(entry.section.name));
        sections.flat_map(|entry| {
            let chances = entry.section.keys.iter().filter(|key| key.kind == KeyKind::Probability);
            chances.map(move |key| (entry, key))
        })
    }

    /// The protocols that declare to survive the `kind` of fault.
    fn survivors(&self, kind: &str) -> Vec<&'static str> {
        let survives = |protocol: &&ProtocolSpec| protocol.survives.contains(&kind);
        self.protocols.iter().filter(survives).map(|protocol| protocol.name).collect()
    }
}

/// The words of a vocabulary that are `protocol`'s own.
fn own_words(protocol: &ProtocolSpec, of: Vocabulary) -> Vec<&'static str> {
    match of {
        Vocabulary::Protocol => vec![protocol.name],
        Vocabulary::Bug => protocol.bugs.iter().map(|bug| bug.name).collect(),
        Vocabulary::Check => checks_of(protocol).map(|check| check.name).collect(),
        Vocabulary::Message => protocol.message_kinds.to_vec(),
        Vocabulary::Command => protocol.admin_commands.iter().map(|command| command.name).collect(),
        Vocabulary::Sight
        | Vocabulary::Fault
        | Vocabulary::Swarm
        | Vocabulary::Promise
        | Vocabulary::Measure => Vec::new(),
    }
}

/// The key as it is named from outside its section: `network.loss`, `nodes`.
fn full_name(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// The first sentence of a text.
fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| &text[..=first.len()])
}
