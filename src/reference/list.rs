//! The names of one sort, a line each.

use super::{Reference, full_name};
use crate::check::{ModelName, Promise};
use crate::faults::verbs::VERBS;
use crate::scenario::checks_of;

/// A sort of names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// The protocols.
    Protocols,
    /// Their deliberate bugs.
    Bugs,
    /// What breaks things: kinds of fault, and the keys of chance.
    Nemeses,
    /// What an object ought to do.
    Models,
    /// What a history can be held to.
    Levels,
    /// What is made sure of in each run.
    Checks,
}

/// A name and what it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The name.
    pub name: String,
    /// What it stands for, one line.
    pub doc: String,
}

impl List {
    /// Every sort.
    pub const ALL: [List; 6] =
        [List::Protocols, List::Bugs, List::Nemeses, List::Models, List::Levels, List::Checks];

    /// Its name: `protocols`.
    pub fn name(self) -> &'static str {
        match self {
            List::Protocols => "protocols",
            List::Bugs => "bugs",
            List::Nemeses => "nemeses",
            List::Models => "models",
            List::Levels => "levels",
            List::Checks => "checks",
        }
    }
}

impl Reference {
    /// The names of one sort, each once.
    pub fn list(&self, list: List) -> Vec<Item> {
        let item = |name: &str, doc: &str| Item { name: name.to_owned(), doc: doc.to_owned() };
        let protocols = || self.protocols.iter();
        let mut items: Vec<Item> = match list {
            List::Protocols => protocols().map(|protocol| item(protocol.name, protocol.doc)).collect(),
            List::Bugs => {
                protocols().flat_map(|protocol| protocol.bugs).map(|bug| item(bug.name, bug.doc)).collect()
            }
            List::Nemeses => {
                let kinds = VERBS.iter().map(|verb| item(verb.name, verb.doc));
                let chances = self.chances().map(|(entry, key)| {
                    let name = full_name(entry.section.name, key.name);
                    Item { name, doc: format!("By chance: {}", key.doc) }
                });
                kinds.chain(chances).collect()
            }
            List::Models => ModelName::ALL.map(|model| item(model.name(), model.doc())).to_vec(),
            List::Levels => {
                let named = |name: &str| Promise::named(name).map(|promise| item(name, promise.doc()));
                Promise::names().into_iter().filter_map(named).collect()
            }
            List::Checks => {
                protocols().flat_map(checks_of).map(|check| item(check.name, check.doc)).collect()
            }
        };
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|item| seen.insert(item.name.clone()));
        items
    }
}
