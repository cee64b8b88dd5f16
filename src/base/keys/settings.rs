//! The decoded values of a section, as its module gets them.

use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use crate::base::{Digest, Latency, NodeId, Probability, SimDuration};

/// A decoded value of one of the [`KeyKind`](super::KeyKind)s.
#[derive(Clone, PartialEq, Debug)]
pub enum KeyValue {
    /// Of `KeyKind::Duration`.
    Duration(SimDuration),
    /// Of `KeyKind::Count`, `KeyKind::Quota` and `KeyKind::Seed`.
    Count(u64),
    /// Of `KeyKind::Probability`.
    Probability(Probability),
    /// Of `KeyKind::Float`.
    Float(f64),
    /// Of `KeyKind::Bool`.
    Bool(bool),
    /// Of `KeyKind::Text`, `KeyKind::Choice` and `KeyKind::Name`.
    Text(String),
    /// Of `KeyKind::Names` and `KeyKind::Places`.
    Texts(Vec<String>),
    /// Of `KeyKind::File`.
    File(FileName),
    /// Of `KeyKind::Latency` and `KeyKind::Spans`.
    Latency(Latency),
    /// Of `KeyKind::Node` and `KeyKind::Nodes`.
    Nodes(Vec<NodeId>),
    /// Of `KeyKind::NodeGroups`.
    NodeGroups(Vec<Vec<NodeId>>),
    /// Of `KeyKind::Target`.
    Target(Target),
}

/// A file that a value names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    /// As it is written.
    pub name: String,
    /// The fingerprint of what is in it.
    pub content: Digest,
}

impl KeyValue {
    /// The fingerprint of what was read from the file that the value names, if it names one.
    pub fn content(&self) -> Option<Digest> {
        match self {
            KeyValue::Latency(Latency::Empirical(samples)) => Some(samples.digest()),
            KeyValue::File(file) => Some(file.content),
            _ => None,
        }
    }
}

/// The decoded values of one section.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Settings {
    values: BTreeMap<&'static str, KeyValue>,
    /// The keys of `values` that nobody wrote.
    defaults: BTreeSet<&'static str>,
}

/// Values that are fine each but not together. The reader adds file, line and column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyProblem {
    /// The key to point at.
    pub key: &'static str,
    /// The key that it does not go with, in any section, to be shown beside it.
    pub against: Option<&'static str>,
    /// What is wrong, what was expected.
    pub message: String,
}

impl KeyProblem {
    /// A problem with the value of `key`.
    pub fn new(key: &'static str, message: impl Into<String>) -> Self {
        KeyProblem { key, against: None, message: message.into() }
    }

    /// The same problem, with the key that the value does not go with.
    pub fn against(self, key: &'static str) -> Self {
        KeyProblem { against: Some(key), ..self }
    }
}

/// A getter for each kind of value: `None` when the key is unset. Asking for a
/// key under the wrong type is a bug of ours, found by the first scenario read.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $variant:ident -> $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, key: &str) -> Option<$type> {
            match self.values.get(key)? {
                KeyValue::$variant(value) => Some(value.clone()),
                other => panic!("scenario key `{key}` was declared otherwise: {other:?}"),
            }
        }
    )*};
}

impl Settings {
    /// Sets `key`.
    pub fn set(&mut self, key: &'static str, value: KeyValue) {
        self.values.insert(key, value);
        self.defaults.remove(key);
    }

    /// Sets `key` to its default: nobody wrote it.
    pub fn set_default(&mut self, key: &'static str, value: KeyValue) {
        self.values.insert(key, value);
        self.defaults.insert(key);
    }

    /// Whether `key` has a value that somebody wrote.
    pub fn is_written(&self, key: &str) -> bool {
        self.has(key) && !self.defaults.contains(key)
    }

    /// Whether `key` has a value.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Every value, in the order of the names of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &KeyValue)> {
        self.values.iter().map(|(key, value)| (*key, value))
    }

    getters! {
        /// A duration.
        duration: Duration -> SimDuration;
        /// A whole number or a seed.
        count: Count -> u64;
        /// A probability.
        probability: Probability -> Probability;
        /// A number.
        float: Float -> f64;
        /// A switch.
        bool: Bool -> bool;
        /// A text or a choice.
        text: Text -> String;
        /// A list of texts.
        texts: Texts -> Vec<String>;
        /// A distribution of durations.
        latency: Latency -> Latency;
        /// Node ids.
        nodes: Nodes -> Vec<NodeId>;
        /// Groups of node ids.
        node_groups: NodeGroups -> Vec<Vec<NodeId>>;
        /// Whom to aim at.
        target: Target -> Target;
    }
}
