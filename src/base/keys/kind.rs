//! The types that a key's value can have, each with its range and unit.

use super::Target;
use crate::base::SimDuration;

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
        /// What is counted: `nodes`; empty for a bare number.
        unit: &'static str,
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
    /// A file, found from the folder of the one that names it.
    File,
    /// A list of places, not empty: `["eu-west-1/a", "us-east-1"]`.
    Places,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A name that the protocol or atropos defines.
    Name(Vocabulary),
    /// A list of such names, no two equal.
    Names(Vocabulary),
    /// A seed: a whole number, or text such as `"0x2a"`.
    Seed,
    /// A distribution of durations: `"1ms"`, or `{ uniform = ["1ms", "3ms"] }`,
    /// `{ exponential = { min = "1ms", mean = "3ms" } }`,
    /// `{ lognormal = { median = "1ms", sigma = 0.5 } }`, `{ pareto = { min = "1ms", alpha = 2.5 } }`,
    /// `{ empirical = "measured.csv" }`.
    Latency,
    /// A duration within bounds, or a distribution as of [`Latency`](KeyKind::Latency): `"150ms"`,
    /// `{ exponential = { min = "0s", mean = "5s" } }`.
    Spans {
        /// The shortest duration allowed.
        min: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// A number of nodes, or "minority": as many as can fail while a majority is left.
    Quota,
    /// A node id: `3`.
    Node,
    /// A list of node ids, no two equal, not empty: `[0, 1]`.
    Nodes,
    /// At least two groups of nodes, none in two groups: `[[0, 1], [2, 3, 4]]`.
    NodeGroups,
    /// Whom a fault aims at: a node id, a list of them, `{ random = 2 }`, one of [`Target::WORDS`], or a
    /// place of one of the sorts [`Target::PLACES`].
    Target,
}

/// What a name is one of. Most vocabularies are the chosen protocol's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vocabulary {
    /// The protocols there are.
    Protocol,
    /// The protocol's bug switches.
    Bug,
    /// The checks that are made of a run of the protocol.
    Check,
    /// What a sweep can be asked to have seen: verdicts, effects of faults.
    Sight,
    /// The kinds of fault.
    Fault,
    /// The kinds of fault that a seed of a swarm can draw.
    Swarm,
    /// The kinds of message of the protocol.
    Message,
    /// What a run's history can be held to.
    Promise,
    /// What can be measured of a run.
    Measure,
    /// The protocol's admin commands, of which a name is the first word.
    Command,
}

impl Vocabulary {
    /// One of them, as a message calls it.
    pub fn noun(self) -> &'static str {
        match self {
            Vocabulary::Protocol => "protocol",
            Vocabulary::Bug => "bug",
            Vocabulary::Check => "check",
            Vocabulary::Sight => "sight",
            Vocabulary::Promise => "level",
            Vocabulary::Measure => "measure",
            Vocabulary::Fault => "fault",
            Vocabulary::Swarm => "kind of fault",
            Vocabulary::Message => "message",
            Vocabulary::Command => "command",
        }
    }
}

impl KeyKind {
    /// The type in a few words, as the reference names it: `duration`.
    pub fn name(self) -> &'static str {
        match self {
            KeyKind::Duration { .. } => "duration",
            KeyKind::Count { .. } => "whole number",
            KeyKind::Probability => "probability",
            KeyKind::Float { .. } => "number",
            KeyKind::Bool => "true or false",
            KeyKind::Text => "text",
            KeyKind::File => "file",
            KeyKind::Places => "list of places",
            KeyKind::Choice(_) => "word",
            KeyKind::Name(_) => "name",
            KeyKind::Names(_) => "list of names",
            KeyKind::Seed => "seed",
            KeyKind::Latency | KeyKind::Spans { .. } => "duration or distribution",
            KeyKind::Quota => "number of nodes",
            KeyKind::Node => "node",
            KeyKind::Nodes => "list of nodes",
            KeyKind::NodeGroups => "list of lists of nodes",
            KeyKind::Target => "target",
        }
    }

    /// The unit of a value, where it has one.
    pub fn unit(self) -> Option<&'static str> {
        match self {
            KeyKind::Duration { .. } | KeyKind::Latency | KeyKind::Spans { .. } => {
                Some("written with it: ns, us, ms, s, m, h or d")
            }
            KeyKind::Count { unit, .. } if !unit.is_empty() => Some(unit),
            _ => None,
        }
    }

    /// Which values are allowed, in words; `None` where the type says it all.
    pub fn range(self) -> Option<String> {
        Some(match self {
            KeyKind::Duration { min, max } => format!("{} to {}", bound(min), bound(max)),
            KeyKind::Count { min, max: u64::MAX, .. } => format!("{min} or more"),
            KeyKind::Count { min, max, .. } => format!("{min} to {max}"),
            KeyKind::Probability => "0 to 1".to_owned(),
            KeyKind::Float { min, max } => format!("{min} to {max}"),
            KeyKind::Choice(words) => words.join(", "),
            KeyKind::Seed => "0 to 18446744073709551615, or hexadecimal in quotes".to_owned(),
            KeyKind::Latency => "0s to 1d".to_owned(),
            KeyKind::Spans { min, max } => format!("{} to {}, or a distribution", bound(min), bound(max)),
            KeyKind::Quota => "0 or more, or \"minority\"".to_owned(),
            KeyKind::Node | KeyKind::Nodes | KeyKind::NodeGroups => "0 to `nodes` - 1".to_owned(),
            KeyKind::Target => {
                let words = Target::WORDS.join(", ");
                format!(
                    "a node, a list of nodes, {{ random = how many }}, {words}, or a place such as zone:eu-west-1/a"
                )
            }
            KeyKind::Places => "each a region, `region/zone` or `region/zone/rack`".to_owned(),
            KeyKind::Bool | KeyKind::Text | KeyKind::File | KeyKind::Name(_) | KeyKind::Names(_) => {
                return None;
            }
        })
    }
}

/// A bound as a message names it: whole days as days.
pub fn bound(duration: SimDuration) -> String {
    const DAY_NS: u64 = 86_400_000_000_000;
    match duration.as_ns() {
        ns if ns >= DAY_NS && ns.is_multiple_of(DAY_NS) => format!("{}d", ns / DAY_NS),
        _ => duration.to_string(),
    }
}
