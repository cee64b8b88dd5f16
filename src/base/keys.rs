//! How a module says which scenario keys it reads, as data.
//!
//! Each module keeps a `SECTION` beside its configuration: the one table from
//! which the scenario reader decodes, suggests, explains and documents. The
//! module itself never sees TOML: it gets [`Settings`], in which every value has
//! its type and every key that has a default has a value.

use std::collections::BTreeMap;

use super::{Latency, NodeId, Probability, SimDuration};

/// One table of a scenario file and the keys it may hold.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The table's name: `network`; empty for the top level of the file.
    pub name: &'static str,
    /// What the table is about, one sentence.
    pub doc: &'static str,
    /// Its keys, in the order they are documented.
    pub keys: &'static [Key],
}

/// One key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What its value is, and within which bounds.
    pub kind: KeyKind,
    /// The value when it is not written, as TOML text; `None` if it stays unset.
    pub default: Option<&'static str>,
    /// What it does, one or two sentences.
    pub doc: &'static str,
}

/// The type and range of a key's value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum KeyKind {
    /// A duration with a unit: `"150ms"`.
    Duration {
        /// The shortest allowed.
        min: SimDuration,
        /// The longest allowed.
        max: SimDuration,
    },
    /// A whole number.
    Count {
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
    },
    /// A number in `0..=1`.
    Probability,
    /// A number, not a probability.
    Float {
        /// The smallest allowed.
        min: f64,
        /// The largest allowed.
        max: f64,
    },
    /// `true` or `false`.
    Bool,
    /// Any text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of texts, no two equal.
    Texts,
    /// A seed: a whole number, or text such as `"0x2a"`.
    Seed,
    /// A distribution of durations: `"1ms"`, or `{ uniform = ["1ms", "3ms"] }`,
    /// `{ exponential = { min = "1ms", mean = "3ms" } }`,
    /// `{ lognormal = { median = "1ms", sigma = 0.5 } }`, `{ pareto = { min = "1ms", alpha = 2.5 } }`.
    Latency,
    /// A node id: `3`.
    Node,
    /// A list of node ids, no two equal, not empty: `[0, 1]`.
    Nodes,
    /// At least two groups of nodes, none in two groups: `[[0, 1], [2, 3, 4]]`.
    NodeGroups,
    /// Whom a fault aims at: a node id, a list of them, or one of [`Target::WORDS`].
    Target,
}

/// A deliberate bug of a protocol, for a checker to catch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BugSwitch {
    /// The protocol and the bug: `raft/vote-not-persisted`.
    pub name: &'static str,
    /// What goes wrong with it on.
    pub doc: &'static str,
}

/// Whom a fault aims at. Resolved when it strikes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// These nodes.
    Nodes(Vec<NodeId>),
    /// The live node that leads with the highest term; nobody while there is none.
    Leader,
    /// One node by chance.
    Random,
    /// As many nodes as can fail while a majority is left, by chance.
    Minority,
    /// Each node in turn, one at each strike.
    Next,
    /// Every node.
    All,
}

impl Target {
    /// The words a target is written with, in the order of the variants that have one.
    pub const WORDS: [&'static str; 5] = ["leader", "random", "minority", "next", "all"];

    /// The target that `word` names.
    pub fn from_word(word: &str) -> Option<Target> {
        Some(match word {
            "leader" => Target::Leader,
            "random" => Target::Random,
            "minority" => Target::Minority,
            "next" => Target::Next,
            "all" => Target::All,
            _ => return None,
        })
    }
}

/// A decoded value of one of the [`KeyKind`]s.
#[derive(Clone, PartialEq, Debug)]
pub enum KeyValue {
    /// Of [`KeyKind::Duration`].
    Duration(SimDuration),
    /// Of [`KeyKind::Count`] and [`KeyKind::Seed`].
    Count(u64),
    /// Of [`KeyKind::Probability`].
    Probability(Probability),
    /// Of [`KeyKind::Float`].
    Float(f64),
    /// Of [`KeyKind::Bool`].
    Bool(bool),
    /// Of [`KeyKind::Text`] and [`KeyKind::Choice`].
    Text(String),
    /// Of [`KeyKind::Texts`].
    Texts(Vec<String>),
    /// Of [`KeyKind::Latency`].
    Latency(Latency),
    /// Of [`KeyKind::Node`] and [`KeyKind::Nodes`].
    Nodes(Vec<NodeId>),
    /// Of [`KeyKind::NodeGroups`].
    NodeGroups(Vec<Vec<NodeId>>),
    /// Of [`KeyKind::Target`].
    Target(Target),
}

/// The decoded values of one section.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Settings {
    values: BTreeMap<&'static str, KeyValue>,
}

/// Values that are fine each but not together. The reader adds file, line and column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyProblem {
    /// The key to point at.
    pub key: &'static str,
    /// What is wrong, what was expected.
    pub message: String,
}

impl KeyProblem {
    /// A problem with the value of `key`.
    pub fn new(key: &'static str, message: impl Into<String>) -> Self {
        KeyProblem { key, message: message.into() }
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
    }

    /// Whether `key` has a value.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
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
