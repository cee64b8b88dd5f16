//! Draws of a swarm: how often, how long, how much, whom.

use std::ops::Range;

use crate::base::keys::{KeyValue, Settings, Target};
use crate::base::{Draw, Latency, NodeId, Probability, SimDuration, Stream};

/// The draws of one kind of fault, and how strong it is.
pub(super) struct Dice {
    stream: Stream,
    strength: f64,
}

impl Dice {
    pub(super) fn new(stream: Stream, strength: f64) -> Self {
        Dice { stream, strength }
    }

    /// Anything between the two, each order of magnitude as likely.
    pub(super) fn log(&mut self, low: f64, high: f64) -> f64 {
        let (from, to) = (libm::log(low), libm::log(high));
        libm::exp(from + (to - from) * self.stream.unit())
    }

    /// A probability between the two, the less the fainter.
    pub(super) fn share(&mut self, low: f64, high: f64) -> KeyValue {
        let share = (self.log(low, high) * self.strength).min(1.0);
        KeyValue::Probability(Probability::new(share).unwrap_or(Probability::ALWAYS))
    }

    /// A duration between two numbers of milliseconds.
    pub(super) fn span(&mut self, low: f64, high: f64) -> SimDuration {
        SimDuration::from_ns(libm::round(self.log(low, high) * 1e6) as u64)
    }

    /// A whole number between the two.
    pub(super) fn count(&mut self, low: u64, high: u64) -> KeyValue {
        KeyValue::Count(libm::round(self.log(low as f64, high as f64)) as u64)
    }

    /// True in one of two.
    pub(super) fn flips(&mut self) -> bool {
        self.stream.below(2) == 0
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.stream.below(bound)
    }

    /// A fault that strikes again and again, as long apart as two numbers of milliseconds say where it is as
    /// strong as it gets, and longer where it is not.
    pub(super) fn again(&mut self, low: f64, high: f64) -> Settings {
        let apart = self.span(low, high).as_ns() as f64 / self.strength;
        let mut fault = Settings::default();
        fault.set("every", KeyValue::Latency(tail(SimDuration::from_ns(libm::round(apart) as u64))));
        fault
    }

    /// The same, and whom of that many nodes it hits.
    pub(super) fn at_nodes(&mut self, nodes: u32, low: f64, high: f64) -> Settings {
        let mut fault = self.again(low, high);
        fault.set("target", KeyValue::Target(self.target(nodes)));
        fault
    }

    /// How long it lasts, about so many milliseconds.
    pub(super) fn lasts(&mut self, fault: &mut Settings, low: f64, high: f64) {
        let mean = self.span(low, high);
        fault.set("for", KeyValue::Latency(tail(mean)));
    }

    /// Whom it hits, of that many nodes.
    pub(super) fn target(&mut self, nodes: u32) -> Target {
        match self.stream.below(6) {
            0 => Target::Leader,
            // Of two it is nobody.
            1 if nodes > 2 => Target::Minority,
            2 => Target::Next,
            _ => Target::Random,
        }
    }

    /// In one of two, no more are out than leave a majority.
    pub(super) fn budget(&mut self, fault: &mut Settings, nodes: u32) {
        if self.flips() {
            fault.set("max_down", KeyValue::Count(u64::from(nodes.saturating_sub(1) / 2)));
        }
    }

    /// The nodes in an order by chance.
    pub(super) fn shuffled(&mut self, nodes: u32) -> Vec<NodeId> {
        let mut order: Vec<NodeId> = (0..nodes).map(NodeId).collect();
        for i in (1..order.len()).rev() {
            let other = self.stream.below(i as u64 + 1) as usize;
            order.swap(i, other);
        }
        order
    }

    /// In two of three, a distribution with a tail around so many times what is usual; the usual in the third.
    pub(super) fn around(&mut self, usual: &Latency, times: Range<f64>) -> Option<Latency> {
        let (low, high) = (usual.least().as_ns(), usual.most().as_ns());
        let keeps = self.stream.below(3) == 0;
        let middle = (low as f64 + high as f64) / 2.0;
        let median = libm::round(middle * self.log(times.start, times.end)) as u64;
        // Three digits are enough, and read better.
        let sigma = libm::round(self.log(0.1, 1.0) * 1e3) / 1e3;
        let has_middle = matches!(usual, Latency::Constant(_) | Latency::Uniform { .. }) && median > 0;
        (has_middle && !keeps).then(|| Latency::Lognormal { median: SimDuration::from_ns(median), sigma })
    }
}

/// An exponential: it remembers nothing.
pub(super) fn tail(mean: SimDuration) -> Latency {
    Latency::Exponential { min: SimDuration::ZERO, mean: mean.max(SimDuration::from_ns(1)) }
}
