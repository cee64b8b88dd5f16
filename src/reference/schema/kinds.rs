//! The schema of a value by its kind.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::duration;
use crate::base::SimDuration;
use crate::base::keys::{CommandSpec, KeyKind, Target, Vocabulary};
use crate::check::{Measure, Promise};
use crate::reference::{Reference, own_words};
use crate::scenario::sections::{MOST_NODES, TOP};
use crate::scenario::{LARGEST_LATENCY_SHAPE, LONGEST_LATENCY, ProtocolSpec, SIGHTS, checks_of};

/// A place: up to three words.
const PLACE: &str = "[^/\\s\"'`:,]+(/[^/\\s\"'`:,]+){0,2}";

/// What is too long to be repeated with each key.
pub(super) fn definitions(reference: &Reference) -> Value {
    let nodes = schema(reference, KeyKind::Nodes);
    let node = schema(reference, KeyKind::Node);
    let sorts = Target::PLACES.join("|");
    let place = json!({ "type": "string", "pattern": format!("^({sorts}):{PLACE}$") });
    let some = json!({ "type": "integer", "minimum": 1, "maximum": highest_node() });
    let some = json!({ "type": "object", "properties": { "random": some }, "required": ["random"],
        "additionalProperties": false });
    json!({
        "delay": duration::schema(SimDuration::ZERO, LONGEST_LATENCY),
        "latency": latency(),
        "target": { "anyOf": [{ "enum": Target::WORDS }, place, node, nodes, some] },
    })
}

/// Any value of `kind`, whichever the protocol.
pub(super) fn schema(reference: &Reference, kind: KeyKind) -> Value {
    match kind {
        KeyKind::Duration { min, max } => duration::schema(min, max),
        // A bound that no editor can hold bounds nothing.
        KeyKind::Count { min, max: u64::MAX, .. } => json!({ "type": "integer", "minimum": min }),
        KeyKind::Count { min, max, .. } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        KeyKind::Probability => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        KeyKind::Float { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        KeyKind::Bool => json!({ "type": "boolean" }),
        KeyKind::Text => json!({ "type": "string" }),
        KeyKind::File => json!({ "type": "string", "minLength": 1 }),
        KeyKind::Places => {
            let place = json!({ "type": "string", "pattern": format!("^{PLACE}$") });
            json!({ "type": "array", "items": place, "minItems": 1 })
        }
        KeyKind::Choice(words) => json!({ "enum": words }),
        KeyKind::Name(Vocabulary::Command) => {
            commands(reference.protocols().iter().flat_map(|protocol| protocol.admin_commands))
        }
        KeyKind::Name(of) => name(&reference.words(of), &docs(reference, of)),
        KeyKind::Names(of) => {
            let mut list = names(&reference.words(of), &docs(reference, of));
            // To judge by nothing and to measure nothing is refused.
            if matches!(of, Vocabulary::Promise | Vocabulary::Measure) {
                list["minItems"] = json!(1);
            }
            list
        }
        KeyKind::Seed => json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": u64::MAX },
            { "type": "string", "pattern": "^(0[xX]0*[0-9a-fA-F]{1,16}|0*[0-9]{1,20})$" },
        ] }),
        // What stands beside `$ref` is passed over in this draft.
        KeyKind::Latency => json!({ "allOf": [{ "$ref": "#/definitions/latency" }] }),
        KeyKind::Spans { min, max } => {
            let distribution =
                json!({ "allOf": [{ "$ref": "#/definitions/latency" }, { "type": "object" }] });
            json!({ "anyOf": [duration::schema(min, max), distribution] })
        }
        KeyKind::Quota => json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": MOST_NODES },
            { "enum": ["minority"] },
        ] }),
        KeyKind::Target => json!({ "allOf": [{ "$ref": "#/definitions/target" }] }),
        KeyKind::Node => json!({ "type": "integer", "minimum": 0, "maximum": highest_node() }),
        KeyKind::Nodes => {
            let node = schema(reference, KeyKind::Node);
            json!({ "type": "array", "items": node, "minItems": 1, "uniqueItems": true })
        }
        KeyKind::NodeGroups => {
            let nodes = schema(reference, KeyKind::Nodes);
            json!({ "type": "array", "items": nodes, "minItems": 2, "uniqueItems": true })
        }
    }
}

/// A value of a `kind` that is a name, where only the words of `protocol` count.
pub(super) fn own_schema(protocol: &ProtocolSpec, kind: KeyKind) -> Value {
    match kind {
        KeyKind::Name(Vocabulary::Command) => commands(protocol.admin_commands),
        KeyKind::Name(of) => name(&own_words(protocol, of), &[]),
        KeyKind::Names(of) => names(&own_words(protocol, of), &[]),
        _ => Value::Bool(true),
    }
}

fn name(words: &[&str], docs: &[&str]) -> Value {
    match (words, docs) {
        // An empty list of words is no schema.
        ([], _) => json!({ "not": {} }),
        (words, []) => json!({ "enum": words }),
        (words, docs) => json!({ "enum": words, "x-taplo": { "docs": { "enumValues": docs } } }),
    }
}

/// One of these admin commands, with the nodes that it names.
fn commands<'c>(all: impl IntoIterator<Item = &'c CommandSpec>) -> Value {
    let mut patterns: Vec<String> = all.into_iter().map(CommandSpec::pattern).collect();
    let mut seen = BTreeSet::new();
    patterns.retain(|pattern| seen.insert(pattern.clone()));
    if patterns.is_empty() {
        return json!({ "not": {} });
    }
    json!({ "type": "string", "pattern": format!(r"^\s*({})\s*$", patterns.join("|")) })
}

fn names(words: &[&str], docs: &[&str]) -> Value {
    json!({ "type": "array", "items": name(words, docs), "uniqueItems": true })
}

/// What editors show beside the words of a vocabulary, in their order.
fn docs(reference: &Reference, of: Vocabulary) -> Vec<&'static str> {
    let protocols = || reference.protocols().iter();
    match of {
        Vocabulary::Protocol => protocols().map(|protocol| protocol.doc).collect(),
        Vocabulary::Bug => protocols().flat_map(|protocol| protocol.bugs).map(|bug| bug.doc).collect(),
        Vocabulary::Sight => SIGHTS.iter().map(|sight| sight.doc).collect(),
        Vocabulary::Fault => crate::faults::verbs::VERBS.iter().map(|verb| verb.doc).collect(),
        Vocabulary::Check => {
            let all = || protocols().flat_map(checks_of);
            let doc = |word: &str| all().find(|check| check.name == word).map_or("", |check| check.doc);
            reference.words(of).into_iter().map(doc).collect()
        }
        Vocabulary::Promise => {
            Promise::names().into_iter().filter_map(Promise::named).map(Promise::doc).collect()
        }
        Vocabulary::Measure => Measure::ALL.map(Measure::doc).to_vec(),
        Vocabulary::Message | Vocabulary::Command | Vocabulary::Swarm => Vec::new(),
    }
}

/// No scenario has a node of a higher id.
fn highest_node() -> u64 {
    let nodes = TOP.keys.iter().find(|key| key.name == "nodes").map(|key| key.kind);
    match nodes {
        Some(KeyKind::Count { max, .. }) => max - 1,
        _ => u64::from(u32::MAX),
    }
}

/// A duration, or exactly one distribution.
fn latency() -> Value {
    let duration = json!({ "$ref": "#/definitions/delay" });
    let tail = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": LARGEST_LATENCY_SHAPE });
    let shape = |first: &str, second: &str, second_schema: &Value| {
        json!({
            "type": "object",
            "properties": { first: duration, second: second_schema },
            "required": [first, second],
            "additionalProperties": false,
        })
    };
    let uniform = json!({ "type": "array", "items": duration, "minItems": 2, "maxItems": 2 });
    json!({ "anyOf": [duration, {
        "type": "object",
        "properties": {
            "uniform": uniform,
            "exponential": shape("min", "mean", &duration),
            "lognormal": shape("median", "sigma", &tail),
            "pareto": shape("min", "alpha", &tail),
            "empirical": { "type": "string", "minLength": 1 },
        },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    }] })
}
