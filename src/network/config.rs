//! The network a scenario asks for.

use std::sync::Arc;

use super::Bursts;
use super::topology::Topology;
use crate::base::keys::{KeyProblem, Settings};
use crate::base::{Latency, NodeId, Probability, SimDuration};

/// What every link does unless an override says otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkConfig {
    /// How long a message travels.
    pub latency: Latency,
    /// The share of messages that never arrive.
    pub loss: Probability,
    /// The share of messages that arrive twice, each copy with a delay of its own.
    pub duplicate: Probability,
    /// The share of messages that are corrupted on the way.
    pub corrupt: Probability,
    /// The share of messages that travel `reorder_by` longer than the others.
    pub reorder: Probability,
    /// How much longer those travel.
    pub reorder_by: SimDuration,
    /// Bursts of loss.
    pub bursts: Bursts,
    /// How many bytes are transmitted in a second; any number at once if `None`.
    pub bandwidth: Option<u64>,
    /// How many bytes can wait to be transmitted; any number if `None`.
    pub buffer: Option<u64>,
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
    /// Their corruption, if it differs.
    pub corrupt: Option<Probability>,
    /// Their reordering, if it differs.
    pub reorder: Option<Probability>,
    /// How much longer what is reordered travels, if it differs.
    pub reorder_by: Option<SimDuration>,
    /// The mean time between their bursts, if it differs.
    pub burst_every: Option<SimDuration>,
    /// The mean time that a burst lasts, if it differs.
    pub burst_lasts: Option<SimDuration>,
    /// The loss in a burst, if it differs.
    pub burst_loss: Option<Probability>,
    /// Their bandwidth, if it differs.
    pub bandwidth: Option<u64>,
    /// Their buffer, if it differs.
    pub buffer: Option<u64>,
    /// The order of delivery, if it differs.
    pub fifo: Option<bool>,
}

impl Default for LinkConfig {
    /// Lossless and without limits; every message takes 1 ms.
    fn default() -> Self {
        LinkConfig {
            latency: Latency::Constant(SimDuration::from_ms(1)),
            loss: Probability::NEVER,
            duplicate: Probability::NEVER,
            corrupt: Probability::NEVER,
            reorder: Probability::NEVER,
            reorder_by: SimDuration::from_ms(5),
            bursts: Bursts::NEVER,
            bandwidth: None,
            buffer: None,
        }
    }
}

impl Default for NetworkConfig {
    /// Links as by default.
    fn default() -> Self {
        NetworkConfig { links: LinkConfig::default(), fifo: false, overrides: Vec::new(), topology: None }
    }
}

impl NetworkConfig {
    /// The network that `[network]` and the `[[network.link]]` tables ask for.
    pub fn from_settings(network: &Settings, links: &[Settings]) -> Result<Self, KeyProblem> {
        let overrides: Vec<LinkOverride> = links.iter().map(LinkOverride::from_settings).collect();
        // What is written in `[network]` is what an override of every link would say.
        let own = LinkOverride::from_settings(network);
        let mut config = NetworkConfig { overrides, ..NetworkConfig::default() };
        config.fifo = own.fifo.unwrap_or(config.fifo);
        own.apply(&mut config.links);
        Ok(config)
    }
}

impl NetworkConfig {
    /// Switches off all that chance does to messages, but for their latency.
    pub(super) fn clear_up(&mut self) {
        let never = Probability::NEVER;
        let links = &mut self.links;
        (links.loss, links.duplicate, links.corrupt, links.reorder) = (never, never, never, never);
        links.bursts.loss = never;
        for link in &mut self.overrides {
            (link.loss, link.duplicate, link.corrupt, link.reorder) = (None, None, None, None);
            link.burst_loss = None;
        }
    }

    /// Whether chance loses or hurts messages, on any link.
    pub fn is_foul(&self) -> bool {
        let foul = |chances: [Option<Probability>; 3]| {
            chances.into_iter().flatten().any(|chance| !chance.is_never())
        };
        let LinkConfig { loss, corrupt, bursts, .. } = &self.links;
        foul([Some(*loss), Some(*corrupt), Some(bursts.loss)])
            || self.overrides.iter().any(|link| foul([link.loss, link.corrupt, link.burst_loss]))
    }
}

impl LinkConfig {
    /// Whether only latency, loss and duplication decide about a message.
    pub(super) fn is_plain(&self) -> bool {
        self.corrupt.is_never() && self.reorder.is_never() && !self.has_state()
    }

    /// Whether something lasts on a link from one message to the next, but for its order.
    pub(super) fn has_state(&self) -> bool {
        self.bandwidth.is_some() || !self.bursts.loss.is_never()
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
            corrupt: link.probability("corrupt"),
            reorder: link.probability("reorder"),
            reorder_by: link.duration("reorder_by"),
            burst_every: link.duration("burst_every"),
            burst_lasts: link.duration("burst_lasts"),
            burst_loss: link.probability("burst_loss"),
            bandwidth: link.count("bandwidth"),
            buffer: link.count("buffer"),
            fifo: link.bool("fifo"),
        }
    }

    /// Whether this override speaks of the link from `from` to `to`.
    pub fn matches(&self, from: NodeId, to: NodeId) -> bool {
        let names = |nodes: &[NodeId], node| nodes.is_empty() || nodes.contains(&node);
        names(&self.from, from) && names(&self.to, to)
    }

    /// Puts what differs into `config`.
    pub(super) fn apply(&self, config: &mut LinkConfig) {
        let set = |value: &mut Probability, own: Option<Probability>| *value = own.unwrap_or(*value);
        if let Some(latency) = &self.latency {
            config.latency = latency.clone();
        }
        set(&mut config.loss, self.loss);
        set(&mut config.duplicate, self.duplicate);
        set(&mut config.corrupt, self.corrupt);
        set(&mut config.reorder, self.reorder);
        set(&mut config.bursts.loss, self.burst_loss);
        config.reorder_by = self.reorder_by.unwrap_or(config.reorder_by);
        config.bursts.every = self.burst_every.unwrap_or(config.bursts.every);
        config.bursts.lasts = self.burst_lasts.unwrap_or(config.bursts.lasts);
        config.bandwidth = self.bandwidth.or(config.bandwidth);
        config.buffer = self.buffer.or(config.buffer);
    }
}
