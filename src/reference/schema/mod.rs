//! The JSON Schema of a scenario, for editors.
//!
//! In the vocabulary of draft-07, which Taplo and Even Better TOML know best: they pass over
//! what later drafts added (`unevaluatedProperties`, `prefixItems`, `maxContains`), and what they
//! pass over they do not judge.
//!
//! It refuses nothing that the reader accepts. It accepts more: a schema cannot compare two values,
//! look into the file that is extended, or count the nodes. What it leaves out is the reader's to say.

mod duration;
mod faults;
mod kinds;

use serde_json::{Map, Value, json};

use super::Reference;
use crate::base::keys::{Key, KeyKind, Vocabulary};
use crate::scenario::sections::{EXPECT, VERDICTS};
use crate::scenario::{ProtocolSpec, Repeats, SectionEntry, to_json};

/// The properties of an object.
type Properties = Map<String, Value>;

impl Reference {
    /// The schema.
    pub fn schema(&self) -> Value {
        let mut properties = Properties::new();
        let (nested, whole): (Vec<&SectionEntry>, Vec<&SectionEntry>) =
            self.sections.iter().partition(|entry| entry.section.name.contains('.'));
        for entry in whole {
            let name = entry.section.name;
            let below = nested.iter().filter(|entry| parent(entry).is_some_and(|parent| parent == name));
            let below: Vec<_> = below.map(|entry| (last(entry), self.section_schema(entry, &[]))).collect();
            match name {
                "" => properties.extend(self.properties(entry.section.keys)),
                _ => {
                    properties.insert(name.to_owned(), self.section_schema(entry, &below));
                }
            }
        }
        let conditions: Vec<Value> = self.protocols.iter().map(|own| self.condition(own)).collect();
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "A scenario of atropos",
            "description": "All that a run is made of, besides the seed given on the command line.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
            "anyOf": [{ "required": ["protocol"] }, { "required": ["extends"] }],
            "allOf": conditions,
            "definitions": kinds::definitions(self),
        })
    }

    /// A section, with the sections `below` it by their names.
    fn section_schema(&self, entry: &SectionEntry, below: &[(&str, Value)]) -> Value {
        let section = &entry.section;
        let mut table = match section.name {
            name if name == crate::faults::verbs::SECTION.name => self.fault_schema(),
            name if name == EXPECT.name => self.expectation_schema(),
            _ => closed(&self.properties(section.keys)),
        };
        for (name, schema) in below {
            table["properties"][*name] = schema.clone();
        }
        let list = json!({ "type": "array", "items": table });
        let mut schema = match entry.repeats {
            Repeats::Never => table,
            Repeats::Always => list,
            Repeats::Maybe => json!({ "anyOf": [table, list] }),
        };
        schema["title"] = entry.header().into();
        schema["description"] = section.doc.into();
        schema
    }

    /// `[expect]`: exactly one of a verdict and a sight, and a check only with a verdict of either.
    fn expectation_schema(&self) -> Value {
        let mut table = closed(&self.properties(EXPECT.keys));
        table["oneOf"] = json!([{ "required": ["verdict"] }, { "required": ["sometimes"] }]);
        table["if"] = json!({
            "required": ["sometimes"],
            "properties": { "sometimes": { "not": { "enum": VERDICTS } } },
        });
        table["then"] = json!({ "properties": { "check": false } });
        table
    }

    fn properties(&self, keys: &[Key]) -> Properties {
        keys.iter().map(|key| (key.name.to_owned(), self.property(key))).collect()
    }

    /// A key with all that is known of it.
    fn property(&self, key: &Key) -> Value {
        let mut schema = kinds::schema(self, key.kind);
        if key.name == EXTENDS {
            schema["minLength"] = 1.into();
        }
        schema["description"] = key.doc.into();
        if let Some(default) = key.default {
            schema["default"] = default_of(default);
        }
        schema
    }

    /// What is so in scenarios of `protocol`: its words only, and no other protocol's section.
    fn condition(&self, protocol: &ProtocolSpec) -> Value {
        let mut properties = Properties::new();
        for entry in &self.sections {
            let name = entry.section.name;
            let other = self.protocol(name).is_some_and(|other| other.name != protocol.name);
            if other {
                properties.insert(name.to_owned(), Value::Bool(false));
                continue;
            }
            let verbs = match name == crate::faults::verbs::SECTION.name {
                true => faults::keys(),
                false => Vec::new(),
            };
            let own: Properties = entry
                .section
                .keys
                .iter()
                .chain(verbs)
                .filter(|key| is_own(key.kind))
                .map(|key| (key.name.to_owned(), kinds::own_schema(protocol, key.kind)))
                .collect();
            match entry.repeats {
                _ if own.is_empty() => {}
                _ if name.is_empty() => properties.extend(own),
                Repeats::Never => drop(properties.insert(name.to_owned(), json!({ "properties": own }))),
                // What is said of a table is not said of a list, and the other way round.
                Repeats::Always | Repeats::Maybe => {
                    let both = json!({ "properties": own, "items": { "properties": own } });
                    properties.insert(name.to_owned(), both);
                }
            }
        }
        json!({
            "if": { "properties": { "protocol": { "const": protocol.name } }, "required": ["protocol"] },
            "then": { "properties": properties },
        })
    }
}

/// The key that names a file, which an empty text does not.
const EXTENDS: &str = "extends";

/// Whether the words of this kind are a protocol's own.
fn is_own(kind: KeyKind) -> bool {
    match kind {
        KeyKind::Name(of) | KeyKind::Names(of) => {
            matches!(of, Vocabulary::Bug | Vocabulary::Check | Vocabulary::Message | Vocabulary::Command)
        }
        _ => false,
    }
}

/// A table that has these properties and no others.
fn closed(properties: &Properties) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn parent(entry: &SectionEntry) -> Option<&'static str> {
    entry.section.name.rsplit_once('.').map(|(parent, _)| parent)
}

fn last(entry: &SectionEntry) -> &'static str {
    entry.section.name.rsplit('.').next().unwrap_or_default()
}

/// A default, which the table of keys has in TOML.
fn default_of(toml: &str) -> Value {
    to_json(&format!("default = {toml}")).map_or(Value::Null, |mut table| table["default"].take())
}
