//! The parameters of Multi-Paxos, and what makes no sense of them.

use super::bugs::{Bug, MultiPaxosBugs};
use crate::base::SimDuration;
use crate::base::keys::{KeyProblem, Settings, exact};
use crate::replication::{KvMachine, NodeSet, Phase, QuorumSystem};

/// The parameters of a cluster; the same on every node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MultiPaxosConfig {
    /// How many nodes.
    pub nodes: u32,
    /// How many of them, from the first on, are members at the beginning; the others are spare.
    pub members: u32,
    /// What makes a quorum.
    pub quorums: QuorumSystem,
    /// The shortest time without a leader after which a node wants to lead.
    pub election_timeout_min: SimDuration,
    /// The longest, for a node that has not tried in vain: each time doubles it, up to eight times.
    pub election_timeout_max: SimDuration,
    /// How often a leader says that it is there.
    pub heartbeat_interval: SimDuration,
    /// The most commands that a leader proposes in one message.
    pub max_commands: usize,
    /// A change of members takes effect so many slots later; no more than so many are proposed at once.
    pub alpha: u64,
    /// So many slots after the last snapshot the next is taken.
    pub snapshot_after: u64,
    /// So many slots before a snapshot's end are kept beside it, for replicas that lag.
    pub snapshot_keep: u64,
    /// The most bytes of a snapshot in one message.
    pub snapshot_chunk: u32,
    /// The most sessions that clients may have open.
    pub max_sessions: u32,
    /// How clients read.
    pub reads: ReadMode,
    /// By how much a clock may be too fast or too slow, in parts per million: what a lease allows for.
    pub drift_bound_ppm: u32,
    /// The planted bugs that are on.
    pub bugs: MultiPaxosBugs,
}

/// How clients read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// The leader makes sure that no later ballot has been promised.
    Confirm,
    /// By way of a slot, like any other command.
    Slot,
    /// The leader counts on nobody being promised a later ballot for a time: the master lease of *Paxos Made
    /// Live* (2007), §5.2.
    Lease,
    /// Any replica, which asks nobody: what it answers may be old.
    Stale,
}

impl ReadMode {
    /// What a scenario asks for.
    pub fn of(settings: &Settings) -> Self {
        match settings.text("reads").as_deref() {
            Some("slot") => ReadMode::Slot,
            Some("lease") => ReadMode::Lease,
            Some("stale") => ReadMode::Stale,
            _ => ReadMode::Confirm,
        }
    }
}

/// The kinds of fault under which Multi-Paxos promises safety, and progress once they end.
pub const SURVIVES: &[&str] = &[
    "crash",
    "restart",
    "pause",
    "partition",
    "heal",
    "drop",
    "delay",
    "duplicate",
    "admin",
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

impl Default for MultiPaxosConfig {
    /// Five nodes with the timeouts of Raft's paper.
    fn default() -> Self {
        MultiPaxosConfig {
            nodes: 5,
            members: 5,
            quorums: QuorumSystem::Majority,
            election_timeout_min: SimDuration::from_ms(150),
            election_timeout_max: SimDuration::from_ms(300),
            heartbeat_interval: SimDuration::from_ms(50),
            max_commands: 64,
            alpha: 256,
            snapshot_after: 10_000,
            snapshot_keep: 1_000,
            snapshot_chunk: 65_536,
            max_sessions: KvMachine::SESSIONS as u32,
            reads: ReadMode::Confirm,
            drift_bound_ppm: 10_000,
            bugs: MultiPaxosBugs::default(),
        }
    }
}

impl MultiPaxosConfig {
    /// The most nodes of a cluster.
    pub const MOST_NODES: u32 = NodeSet::MOST - 1;

    /// A cluster of that many nodes, all of them members, with the parameters of
    /// [`default`](MultiPaxosConfig::default).
    pub fn of(nodes: u32) -> Self {
        MultiPaxosConfig { nodes, members: nodes, ..MultiPaxosConfig::default() }
    }

    /// After so long without faults a leader has been found and has told its followers what is chosen, but
    /// for bad luck: ten elections, by nodes that have tried in vain as often as counts.
    pub fn patience(&self) -> SimDuration {
        SimDuration::from_ns(
            self.election_timeout_max.as_ns().saturating_mul(10 * MultiPaxosConfig::MOST_BACK_OFF),
        )
    }

    /// By how much the longest wait of who has tried in vain is longer than that of others.
    pub(super) const MOST_BACK_OFF: u64 = 8;

    /// So many nodes are enough, whichever they are, for both phases to have quorums.
    pub fn enough(&self) -> usize {
        let (nodes, members) = (self.nodes as usize, self.members as usize);
        let most_missing = self.quorums.survives(members);
        // Members that change are asked for; where they do not, spare nodes are no help.
        if self.is_changeable() { members - most_missing } else { nodes - most_missing }
    }

    /// After so many heartbeats without an answer a node is silent for good: as long as the longest wait for
    /// promises, or where heartbeats are rare, eight of them.
    pub(super) fn most_silence(&self) -> u32 {
        let patience = self.election_timeout_max.as_ns().saturating_mul(MultiPaxosConfig::MOST_BACK_OFF);
        u32::try_from(patience.div_ceil(self.heartbeat_interval.as_ns().max(1))).unwrap_or(u32::MAX).max(8)
    }

    /// How many nodes may have a damaged or lost disk at once: as many as can be missing for good.
    pub fn damaged_most(&self) -> u32 {
        self.quorums.survives(self.members as usize) as u32
    }

    /// Whether members can be added and removed: not where quorums are made for so many and no others.
    pub fn is_changeable(&self) -> bool {
        self.quorums == QuorumSystem::Majority
    }

    /// The cluster that a scenario asks for.
    ///
    /// # Errors
    /// The first of its [`problems`](MultiPaxosConfig::problems).
    pub fn from_settings(settings: &Settings, nodes: u32, bugs: &[String]) -> Result<Self, KeyProblem> {
        let config = MultiPaxosConfig::read(settings, nodes, bugs);
        config.problems().into_iter().next().map_or(Ok(config), Err)
    }

    /// The cluster that a scenario asks for, whether that makes sense or not.
    pub fn read(settings: &Settings, nodes: u32, bugs: &[String]) -> Self {
        let default = MultiPaxosConfig::of(nodes);
        let duration = |key, or| settings.duration(key).unwrap_or(or);
        let count = |key, or| settings.count(key).unwrap_or(or);
        let members = count("members", u64::from(nodes)) as u32;
        MultiPaxosConfig {
            nodes,
            members,
            quorums: quorums(settings, members),
            election_timeout_min: duration("election_timeout_min", default.election_timeout_min),
            election_timeout_max: duration("election_timeout_max", default.election_timeout_max),
            heartbeat_interval: duration("heartbeat_interval", default.heartbeat_interval),
            max_commands: count("max_commands", default.max_commands as u64) as usize,
            alpha: count("alpha", default.alpha),
            snapshot_after: count("snapshot_after", default.snapshot_after),
            snapshot_keep: count("snapshot_keep", default.snapshot_keep),
            snapshot_chunk: count("snapshot_chunk", u64::from(default.snapshot_chunk)) as u32,
            max_sessions: count("max_sessions", u64::from(default.max_sessions)) as u32,
            reads: ReadMode::of(settings),
            drift_bound_ppm: count("drift_bound", u64::from(default.drift_bound_ppm)) as u32,
            bugs: MultiPaxosBugs::named(bugs),
        }
    }

    /// What makes no sense, wherever the cluster is.
    pub fn problems(&self) -> Vec<KeyProblem> {
        let MultiPaxosConfig {
            election_timeout_min: min, election_timeout_max: max, heartbeat_interval, ..
        } = self;
        let mut problems = Vec::new();
        if self.nodes > MultiPaxosConfig::MOST_NODES {
            let message = format!(
                "acceptances are counted in a word: {} nodes are too many, {} are the most",
                self.nodes,
                MultiPaxosConfig::MOST_NODES
            );
            problems.push(KeyProblem::new("nodes", message));
        }
        if self.members > self.nodes {
            let message = format!("of {} nodes not {} can be members", self.nodes, self.members);
            problems.push(KeyProblem::new("members", message).against("nodes"));
        }
        problems.extend(self.quorum_problem());
        if max < min {
            let message = format!(
                "`election_timeout_max` ({}) is below `election_timeout_min` ({})",
                exact(*max),
                exact(*min)
            );
            problems.push(KeyProblem::new("election_timeout_max", message).against("election_timeout_min"));
        }
        if heartbeat_interval >= min {
            let message = format!(
                "a heartbeat must come before acceptors lose patience: `heartbeat_interval` ({}) is not below `election_timeout_min` ({})",
                exact(*heartbeat_interval),
                exact(*min)
            );
            problems.push(KeyProblem::new("heartbeat_interval", message).against("election_timeout_min"));
        }
        problems
    }

    /// Why quorums of the two phases may have nobody in common, or there are none.
    fn quorum_problem(&self) -> Option<KeyProblem> {
        let members = self.members;
        if let QuorumSystem::Sizes { phase1, phase2 } = self.quorums {
            let too_large = [("phase1_quorum", phase1), ("phase2_quorum", phase2)];
            if let Some((key, size)) = too_large.into_iter().find(|(_, size)| *size > members) {
                let message = format!("a quorum of {size} is more than there are members: {members}");
                return Some(KeyProblem::new(key, message).against("members"));
            }
        }
        let is_grid = matches!(self.quorums, QuorumSystem::Grid { .. });
        let key = if is_grid { "grid_rows" } else { "phase1_quorum" };
        self.quorums.flaw(members as usize).map(|flaw| KeyProblem::new(key, flaw).against("members"))
    }

    /// Whether a node needs others to lead.
    fn needs_others(&self) -> bool {
        self.quorums.least(Phase::One, self.members as usize) > 1
    }

    /// Why nobody ever leads where every message is lost, if there is anybody to ask.
    pub fn can_hear(&self) -> Option<KeyProblem> {
        self.needs_others()
            .then(|| KeyProblem::new("loss", "nobody can ever lead: every message between nodes is lost"))
    }

    /// Whether a node can hear from anybody before it gives up, where promises take at least `round_trip`.
    /// `culprit` is the key behind most of that.
    pub fn can_lead(&self, round_trip: SimDuration, culprit: &'static str) -> Result<(), KeyProblem> {
        let longest = self.election_timeout_max.as_ns().saturating_mul(MultiPaxosConfig::MOST_BACK_OFF);
        if !self.needs_others() || round_trip < SimDuration::from_ns(longest) {
            return Ok(());
        }
        let message = format!(
            "nobody can ever lead: promises take at least {} to ask for, write down and give, and a node \
             waits at most {} (eight times `election_timeout_max`)",
            exact(round_trip),
            exact(SimDuration::from_ns(longest))
        );
        Err(KeyProblem::new("election_timeout_max", message).against(culprit))
    }

    /// Whether anybody wants to lead in a run that lasts `duration`.
    pub fn has_time(&self, duration: SimDuration) -> Result<(), KeyProblem> {
        if self.election_timeout_min < duration {
            return Ok(());
        }
        let message = format!("nobody can ever lead: the run ends after {}", exact(duration));
        Err(KeyProblem::new("election_timeout_min", message).against("duration"))
    }

    /// Whether those who have `answered` are a quorum of `members`.
    #[inline]
    pub(super) fn is_quorum(&self, phase: Phase, members: NodeSet, answered: NodeSet) -> bool {
        if phase == Phase::One && self.bugs.has(Bug::QuorumsDoNotMeet) {
            let count = members.len(self.nodes);
            let enough = count - self.quorums.least(Phase::Two, count);
            return answered.within(members).len(self.nodes) >= enough.max(1);
        }
        self.quorums.is_quorum(phase, members, answered)
    }
}

/// The keys that make quorums other than majorities.
pub(super) const QUORUM_KEYS: [&str; 3] = ["grid_rows", "phase1_quorum", "phase2_quorum"];

/// What a scenario says of quorums. One size alone has the other be what it must be.
fn quorums(settings: &Settings, members: u32) -> QuorumSystem {
    let size = |key| settings.count(key).map(|size| size as u32);
    if let Some(rows) = size("grid_rows") {
        return QuorumSystem::Grid { rows };
    }
    let rest = |other: u32| members.saturating_sub(other.min(members)) + 1;
    match (size("phase1_quorum"), size("phase2_quorum")) {
        (None, None) => QuorumSystem::Majority,
        (Some(phase1), phase2) => QuorumSystem::Sizes { phase1, phase2: phase2.unwrap_or(rest(phase1)) },
        (None, Some(phase2)) => QuorumSystem::Sizes { phase1: rest(phase2), phase2 },
    }
}
