//! The network a scenario asks for, and its keys.

use std::sync::Arc;

use super::topology::Topology;
use crate::base::keys::{Key, KeyKind, KeyProblem, Section, Settings};
use crate::base::{Latency, NodeId, Probability};

/// What every link does unless an override says otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkConfig {
    /// How long a message travels.
    pub latency: Latency,
    /// The share of messages that never arrive.
    pub loss: Probability,
    /// The share of messages that arrive twice, each copy with a delay of its own.
    pub duplicate: Probability,
}

/// The network: one [`LinkConfig`] for all links, overrides, and the order of delivery.
#[derive(Clone, PartialEq, Debug)]
pub struct NetworkConfig {
    /// What links do by default.
    pub links: LinkConfig,
    /// Whether a link delivers in the order of sending (TCP) or as the latency falls (UDP).
    pub fifo: bool,
    /// Links between nodes that differ; the last that matches holds.
    pub overrides: Vec<LinkOverride>,
    /// Where nodes and clients are, if anywhere: between places the latency is theirs, not that of
    /// `links`. Shared by all runs of a scenario.
    pub topology: Option<Arc<Topology>>,
}

/// How some links differ from the others.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct LinkOverride {
    /// The senders; every node if empty.
    pub from: Vec<NodeId>,
    /// The receivers; every node if empty.
    pub to: Vec<NodeId>,
    /// Their latency, if it differs.
    pub latency: Option<Latency>,
    /// Their loss, if it differs.
    pub loss: Option<Probability>,
    /// Their duplication, if it differs.
    pub duplicate: Option<Probability>,
}

impl Default for NetworkConfig {
    /// A lossless network in which every message takes 1 ms.
    fn default() -> Self {
        NetworkConfig {
            links: LinkConfig {
                latency: Latency::Constant(crate::base::SimDuration::from_ms(1)),
                loss: Probability::NEVER,
                duplicate: Probability::NEVER,
            },
            fifo: false,
            overrides: Vec::new(),
            topology: None,
        }
    }
}

/// `[network]`.
pub const SECTION: Section = Section {
    name: "network",
    doc: "How messages travel, between nodes and between clients and nodes.",
    keys: &[
        Key {
            name: "latency",
            kind: KeyKind::Latency,
            default: Some(r#"{ uniform = ["0.5ms", "1.5ms"] }"#),
            doc: "How long a message travels, one way. Messages overtake each other where it varies.",
            since: "0.1",
        },
        Key {
            name: "loss",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that never arrive.",
            since: "0.1",
        },
        Key {
            name: "duplicate",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that arrive twice, each copy with a delay of its own.",
            since: "0.1",
        },
        Key {
            name: "fifo",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether each link delivers in the order of sending, as one TCP connection does.",
            since: "0.1",
        },
    ],
};

/// `[[network.link]]`: links that differ from the others.
pub const LINK_SECTION: Section = Section {
    name: "network.link",
    doc: "Links between nodes that differ from `[network]`; the last that matches holds.",
    keys: &[
        Key {
            name: "from",
            kind: KeyKind::Nodes,
            default: None,
            doc: "The senders; every node if unset.",
            since: "0.1",
        },
        Key {
            name: "to",
            kind: KeyKind::Nodes,
            default: None,
            doc: "The receivers; every node if unset.",
            since: "0.1",
        },
        Key { name: "latency", kind: KeyKind::Latency, default: None, doc: "Their latency.", since: "0.1" },
        Key { name: "loss", kind: KeyKind::Probability, default: None, doc: "Their loss.", since: "0.1" },
        Key {
            name: "duplicate",
            kind: KeyKind::Probability,
            default: None,
            doc: "Their duplication.",
            since: "0.1",
        },
    ],
};

impl NetworkConfig {
    /// The network that `[network]` and the `[[network.link]]` tables ask for.
    pub fn from_settings(network: &Settings, links: &[Settings]) -> Result<Self, KeyProblem> {
        let default = NetworkConfig::default();
        Ok(NetworkConfig {
            links: LinkConfig {
                latency: network.latency("latency").unwrap_or(default.links.latency),
                loss: network.probability("loss").unwrap_or_default(),
                duplicate: network.probability("duplicate").unwrap_or_default(),
            },
            fifo: network.bool("fifo").unwrap_or_default(),
            overrides: links.iter().map(LinkOverride::from_settings).collect(),
            topology: None,
        })
    }
}

impl LinkOverride {
    fn from_settings(link: &Settings) -> Self {
        LinkOverride {
            from: link.nodes("from").unwrap_or_default(),
            to: link.nodes("to").unwrap_or_default(),
            latency: link.latency("latency"),
            loss: link.probability("loss"),
            duplicate: link.probability("duplicate"),
        }
    }

    /// Whether this override speaks of the link from `from` to `to`.
    pub fn matches(&self, from: NodeId, to: NodeId) -> bool {
        let names = |nodes: &[NodeId], node| nodes.is_empty() || nodes.contains(&node);
        names(&self.from, from) && names(&self.to, to)
    }
}
