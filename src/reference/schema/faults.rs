//! `[[faults]]`: the keys of all kinds together, and for each kind which of them it has and needs.
//!
//! Conditions rather than a choice of nine tables: an editor then says what is wrong with this
//! fault, and not that it is none of nine.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Properties, closed};
use crate::base::keys::{Key, KeyKind};
use crate::faults::verbs::{SECTION, Untimed, VERBS, Verb};
use crate::reference::Reference;

/// The keys of every kind of fault, each name once.
pub(super) fn keys() -> Vec<&'static Key> {
    let mut named = BTreeMap::new();
    for key in VERBS.iter().flat_map(|verb| verb.keys) {
        named.entry(key.name).or_insert(key);
    }
    named.into_values().collect()
}

impl Reference {
    /// One fault.
    pub(super) fn fault_schema(&self) -> Value {
        let mut properties = self.properties(SECTION.keys);
        for key in keys() {
            // What means one thing here and another there is said by kind.
            let schema = if differs(key) { json!({}) } else { self.property(key) };
            properties.insert(key.name.to_owned(), schema);
        }
        let mut table = closed(&properties);
        table["required"] = json!([SECTION.keys[0].name]);
        table["allOf"] = VERBS.iter().map(|verb| self.verb_condition(verb)).collect();
        table
    }

    /// What is so for faults of this kind.
    fn verb_condition(&self, verb: &Verb) -> Value {
        let kind = SECTION.keys[0].name;
        let names: Vec<&str> = SECTION.keys.iter().chain(verb.keys).map(|key| key.name).collect();
        let mut then = json!({ "propertyNames": { "enum": names } });
        let differing: Properties = verb
            .keys
            .iter()
            .filter(|key| differs(key))
            .map(|key| (key.name.to_owned(), self.property(key)))
            .collect();
        if !differing.is_empty() {
            then["properties"] = differing.into();
        }
        match verb.forms {
            [] | [[]] => {}
            [only] => then["required"] = json!(only),
            several => then["oneOf"] = several.iter().map(|form| form_schema(form, several)).collect(),
        }
        if verb.untimed == Untimed::Never {
            then["anyOf"] = json!([{ "required": ["at"] }, { "required": ["every"] }]);
        }
        json!({
            "if": { "properties": { kind: { "const": verb.name } }, "required": [kind] },
            "then": then,
        })
    }
}

/// All keys of `form`, and none that only the others have.
fn form_schema(form: &[&str], all: &[&[&str]]) -> Value {
    let others = all.iter().copied().flatten().filter(|key| !form.contains(key));
    let refused: Properties = others.map(|key| ((*key).to_owned(), Value::Bool(false))).collect();
    json!({ "required": form, "properties": refused })
}

/// Whether two kinds of fault have a key of this name that is not the same.
fn differs(key: &Key) -> bool {
    let kinds = VERBS.iter().flat_map(|verb| verb.keys).filter(|other| other.name == key.name);
    let kinds: Vec<KeyKind> = kinds.map(|key| key.kind).collect();
    kinds.iter().any(|kind| *kind != key.kind)
}
