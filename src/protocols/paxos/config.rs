//! The parameters of Paxos, and what makes no sense of them.

use super::bugs::{Bug, PaxosBugs};
use crate::base::keys::{KeyProblem, Settings, exact};
use crate::base::{NodeId, SimDuration};
use crate::replication::{NodeSet, Phase, QuorumSystem};

/// The parameters of a cluster; the same on every node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaxosConfig {
    /// How many nodes; each is acceptor and learner.
    pub nodes: u32,
    /// How many of them, from the first on, are proposers, too.
    pub proposers: u32,
    /// What makes a quorum in each phase.
    pub quorums: QuorumSystem,
    /// Whom acceptors tell what they accept.
    pub learning: Learning,
    /// After this long without enough answers a proposer asks again those who have not answered; after twice
    /// as long each further time, up to [`longest_patience`](PaxosConfig::longest_patience).
    pub resend_after: SimDuration,
    /// A proposer that is pre-empted waits for up to this long, …
    pub backoff_min: SimDuration,
    /// … twice as long each further time, but never longer than this; with each ballot of its own that comes
    /// through the bound falls by `backoff_min`.
    pub backoff_max: SimDuration,
    /// After so long clients turn to new instances.
    pub fresh_after: SimDuration,
    /// The planted bugs that are on.
    pub bugs: PaxosBugs,
}

/// Whom acceptors tell what they accept (*Paxos Made Simple*, §2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Learning {
    /// All nodes, each of which counts for itself.
    All,
    /// The proposer, which tells the others what is decided.
    Proposer,
}

/// The kinds of fault under which Paxos promises safety, and progress once they end.
pub const SURVIVES: &[&str] = &[
    "crash",
    "restart",
    "pause",
    "partition",
    "heal",
    "drop",
    "delay",
    "duplicate",
    "step_clock",
    "drift_clock",
    "stop_clock",
    "clog",
    "slow_link",
    "degrade",
    "loss",
    "corrupt",
    "reorder",
    "burst_loss",
    "torn",
    "crash_loop",
    "rolling_restart",
    "replace",
    "slow_node",
    "stall_disk",
    "slow_disk",
    "fail_sync",
    "full_disk",
    "bit_rot",
];

impl Default for PaxosConfig {
    /// Five nodes, all of which propose.
    fn default() -> Self {
        PaxosConfig {
            nodes: 5,
            proposers: 5,
            quorums: QuorumSystem::Majority,
            learning: Learning::All,
            resend_after: SimDuration::from_ms(50),
            backoff_min: SimDuration::from_ms(5),
            backoff_max: SimDuration::from_ms(500),
            fresh_after: SimDuration::from_ms(200),
            bugs: PaxosBugs::default(),
        }
    }
}

impl PaxosConfig {
    /// What a scenario may ask for: who has answered is one bit a node.
    pub const MOST_NODES: u32 = NodeSet::MOST;

    /// A cluster of that many nodes, all of which propose, with the parameters of [`default`](PaxosConfig::default).
    pub fn of(nodes: u32) -> Self {
        PaxosConfig { nodes, proposers: nodes, ..PaxosConfig::default() }
    }

    /// The longest that a proposer waits before it asks again: as long as it would leave the field.
    pub fn longest_patience(&self) -> SimDuration {
        self.resend_after.max(self.backoff_max)
    }

    /// After so long without faults somebody's ballot goes through, but for bad luck: ten of the longest
    /// waits.
    pub fn patience(&self) -> SimDuration {
        let wait = self.backoff_max.as_ns().saturating_add(self.resend_after.as_ns());
        SimDuration::from_ns(wait.saturating_mul(10))
    }

    /// All acceptors.
    pub fn acceptors(&self) -> NodeSet {
        NodeSet::first(self.nodes)
    }

    /// Whether `node` is a proposer.
    pub fn proposes(&self, node: NodeId) -> bool {
        node.0 < self.proposers
    }

    /// Whether `answered` holds a quorum in `phase`.
    pub fn is_quorum(&self, phase: Phase, answered: NodeSet) -> bool {
        let broken = self.bugs.has(Bug::QuorumsDoNotMeet) && phase == Phase::Two;
        let met = self.quorums.least(Phase::One, self.nodes as usize);
        (broken && answered.len(self.nodes) + met >= self.nodes as usize)
            || self.quorums.is_quorum(phase, self.acceptors(), answered)
    }

    /// Of the nodes, how many may have a damaged or lost disk at once: those take no part any more, and both
    /// phases must find their quorums.
    pub fn damaged_most(&self) -> u32 {
        self.quorums.survives(self.nodes as usize) as u32
    }

    /// So many nodes are enough, whichever they are.
    pub fn enough(&self) -> usize {
        self.nodes as usize - self.quorums.survives(self.nodes as usize)
    }

    /// The cluster that a scenario asks for.
    ///
    /// # Errors
    /// The first of its [`problems`](PaxosConfig::problems).
    pub fn from_settings(settings: &Settings, nodes: u32, bugs: &[String]) -> Result<Self, KeyProblem> {
        let config = PaxosConfig::read(settings, nodes, bugs);
        config.problems().into_iter().next().map_or(Ok(config), Err)
    }

    /// The cluster that a scenario asks for, whether that makes sense or not.
    pub fn read(settings: &Settings, nodes: u32, bugs: &[String]) -> Self {
        let default = PaxosConfig::of(nodes);
        let duration = |key, or| settings.duration(key).unwrap_or(or);
        let size = |key| settings.count(key).map(|size| size as u32);
        let least = |other: u32| (nodes + 1).saturating_sub(other);
        PaxosConfig {
            nodes,
            proposers: size("proposers").unwrap_or(nodes),
            quorums: match (size("grid_rows"), size("phase1_quorum"), size("phase2_quorum")) {
                (Some(rows), ..) => QuorumSystem::Grid { rows },
                (None, Some(phase1), Some(phase2)) => QuorumSystem::Sizes { phase1, phase2 },
                (None, Some(phase1), None) => QuorumSystem::Sizes { phase1, phase2: least(phase1) },
                (None, None, Some(phase2)) => QuorumSystem::Sizes { phase1: least(phase2), phase2 },
                (None, None, None) => QuorumSystem::Majority,
            },
            learning: match settings.text("learning").as_deref() {
                Some("proposer") => Learning::Proposer,
                _ => Learning::All,
            },
            resend_after: duration("resend_after", default.resend_after),
            backoff_min: duration("backoff_min", default.backoff_min),
            backoff_max: duration("backoff_max", default.backoff_max),
            fresh_after: duration("fresh_after", default.fresh_after),
            bugs: PaxosBugs::named(bugs),
        }
    }

    /// What makes no sense, wherever the cluster is.
    pub fn problems(&self) -> Vec<KeyProblem> {
        let PaxosConfig { nodes, proposers, backoff_min: min, backoff_max: max, .. } = *self;
        let mut problems = Vec::new();
        if nodes > PaxosConfig::MOST_NODES {
            let message = format!(
                "{nodes} nodes are more than quorums are counted of: {} are the most",
                PaxosConfig::MOST_NODES
            );
            problems.push(KeyProblem::new("nodes", message));
            return problems;
        }
        if proposers > nodes {
            let message = format!("of {nodes} nodes not {proposers} can propose");
            problems.push(KeyProblem::new("proposers", message).against("nodes"));
        }
        if let Some(flaw) = self.quorums.flaw(nodes as usize) {
            let key = match self.quorums {
                QuorumSystem::Grid { .. } => "grid_rows",
                QuorumSystem::Sizes { phase1, .. } if phase1 <= nodes => "phase2_quorum",
                _ => "phase1_quorum",
            };
            problems.push(KeyProblem::new(key, flaw).against("nodes"));
        }
        if max < min {
            let message = format!("`backoff_max` ({}) is below `backoff_min` ({})", exact(max), exact(min));
            problems.push(KeyProblem::new("backoff_max", message).against("backoff_min"));
        }
        problems
    }

    /// Why nothing is ever decided where every message is lost, if anybody must be heard.
    pub fn can_hear(&self) -> Option<KeyProblem> {
        let least = |phase| self.quorums.least(phase, self.nodes as usize);
        (least(Phase::One) > 1 || least(Phase::Two) > 1).then(|| {
            KeyProblem::new("loss", "nothing can ever be decided: every message between nodes is lost")
        })
    }

    /// Whether duels end: a proposer must be left alone for both phases, of which each takes at least
    /// `round_trip`, now and then. `culprit` is the key behind most of that.
    pub fn can_win(&self, round_trip: SimDuration, culprit: &'static str) -> Result<(), KeyProblem> {
        if self.proposers < 2 || round_trip + round_trip < self.backoff_max {
            return Ok(());
        }
        let message = format!(
            "proposers may pre-empt each other for ever: a ballot takes at least {}, and they leave each other \
             alone for at most {} (`backoff_max`)",
            exact(round_trip + round_trip),
            exact(self.backoff_max)
        );
        Err(KeyProblem::new("backoff_max", message).against(culprit))
    }
}
