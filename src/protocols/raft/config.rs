//! Raft's parameters, and what makes no sense of them.

use super::bugs::RaftBugs;
use crate::base::SimDuration;
use crate::base::keys::{KeyProblem, Settings, exact};
use crate::replication::{Configuration, KvMachine, NodeSet};

/// The parameters of a cluster; the same on every node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RaftConfig {
    /// How many nodes.
    pub nodes: u32,
    /// How many of them, from the first on, vote at the beginning; the others are spare.
    pub voters: u32,
    /// The shortest time without a leader after which a node stands for election.
    pub election_timeout_min: SimDuration,
    /// The longest.
    pub election_timeout_max: SimDuration,
    /// How often a leader says that it is there.
    pub heartbeat_interval: SimDuration,
    /// The most entries in one `AppendEntries`.
    pub max_entries: usize,
    /// The most entries sent to a follower that it has not acknowledged.
    pub max_in_flight: u64,
    /// So many entries after the last snapshot the next is taken.
    pub snapshot_after: u64,
    /// So many entries before a snapshot's end are kept beside it, for followers that lag.
    pub snapshot_keep: u64,
    /// The most bytes of a snapshot in one message.
    pub snapshot_chunk: u32,
    /// The most sessions that clients may have open.
    pub max_sessions: u32,
    /// Whether a node asks whether it would be elected before it stands (dissertation §9.6).
    pub pre_vote: bool,
    /// Whether a leader that does not hear from a majority steps down, and whoever hears of a leader
    /// votes for nobody (dissertation §6.2, §4.2.3).
    pub check_quorum: bool,
    /// Whether a candidate asks for votes while its own is being written (dissertation §9.4).
    pub parallel_vote: bool,
    /// How members change.
    pub change: Change,
    /// When a change of members takes effect.
    pub activation: Activation,
    /// How clients read.
    pub reads: ReadMode,
    /// By how much a clock may be too fast or too slow, in parts per million: what a lease allows for.
    pub drift_bound_ppm: u32,
    /// The planted bugs that are on.
    pub bugs: RaftBugs,
}

/// How members change (dissertation, chapter 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// By one voter at a time.
    Single,
    /// To any other set, through a joint configuration.
    Joint,
}

/// When a change of members takes effect on a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activation {
    /// As soon as it is in the log, as the dissertation has it.
    Append,
    /// Once it is applied, as etcd has it.
    Apply,
}

/// How clients read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// The leader makes sure that it still leads (dissertation §6.4).
    ReadIndex,
    /// A command like any other.
    Log,
    /// The leader counts on nobody being elected for a time (§6.4.1).
    Lease,
    /// Any node, which asks the leader how far it must have come.
    Follower,
    /// Any node, which asks nobody: what it answers may be old.
    Stale,
}

impl ReadMode {
    /// What a scenario asks for.
    pub fn of(settings: &Settings) -> Self {
        match settings.text("reads").as_deref() {
            Some("log") => ReadMode::Log,
            Some("lease") => ReadMode::Lease,
            Some("follower") => ReadMode::Follower,
            Some("stale") => ReadMode::Stale,
            _ => ReadMode::ReadIndex,
        }
    }

    /// Whether clients may ask any node, and not only the leader.
    pub const fn is_anywhere(self) -> bool {
        matches!(self, ReadMode::Follower | ReadMode::Stale)
    }
}

/// The kinds of fault under which Raft promises safety, and progress once they end.
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

/// Of so many nodes, how many may have a damaged or lost disk at once: a minority. They take no
/// part until they are given a new identity (dissertation §3.8), so a majority must be left.
pub const fn damaged_most(nodes: u32) -> u32 {
    nodes.saturating_sub(1) / 2
}

impl Default for RaftConfig {
    /// Five nodes with the paper's timeouts (§9.3).
    fn default() -> Self {
        RaftConfig {
            nodes: 5,
            voters: 5,
            election_timeout_min: SimDuration::from_ms(150),
            election_timeout_max: SimDuration::from_ms(300),
            heartbeat_interval: SimDuration::from_ms(50),
            max_entries: 64,
            max_in_flight: 1_024,
            snapshot_after: 10_000,
            snapshot_keep: 1_000,
            snapshot_chunk: 65_536,
            max_sessions: KvMachine::SESSIONS as u32,
            pre_vote: false,
            check_quorum: false,
            parallel_vote: false,
            change: Change::Joint,
            activation: Activation::Append,
            reads: ReadMode::ReadIndex,
            drift_bound_ppm: 10_000,
            bugs: RaftBugs::default(),
        }
    }
}

impl RaftConfig {
    /// A cluster of that many nodes, all of which vote, with the parameters of [`default`](RaftConfig::default).
    pub fn of(nodes: u32) -> Self {
        RaftConfig { nodes, voters: nodes, ..RaftConfig::default() }
    }

    /// The members at the beginning.
    pub fn members(&self) -> Configuration {
        Configuration::of(NodeSet::first(self.voters))
    }

    /// Whether members can change at all.
    pub fn is_changeable(&self) -> bool {
        self.nodes < NodeSet::MOST
    }

    /// What a scenario may ask for: where all nodes stand for election at once, the square of their
    /// number of messages is under way, which with so many fill a gigabyte.
    pub const MOST_NODES: u32 = 2_000;

    /// After so long without faults a leader is elected and has brought its followers up to date, but
    /// for bad luck: ten elections.
    pub fn patience(&self) -> SimDuration {
        SimDuration::from_ns(self.election_timeout_max.as_ns().saturating_mul(10))
    }

    /// The entries of one message, by which a follower's window grows.
    pub(super) fn window_step(&self) -> u64 {
        self.max_in_flight.min(self.max_entries as u64)
    }

    /// The cluster that a scenario asks for.
    ///
    /// # Errors
    /// The first of its [`problems`](RaftConfig::problems).
    pub fn from_settings(settings: &Settings, nodes: u32, bugs: &[String]) -> Result<Self, KeyProblem> {
        let config = RaftConfig::read(settings, nodes, bugs);
        config.problems().into_iter().next().map_or(Ok(config), Err)
    }

    /// The cluster that a scenario asks for, whether that makes sense or not.
    pub fn read(settings: &Settings, nodes: u32, bugs: &[String]) -> Self {
        let default = RaftConfig::of(nodes);
        let duration = |key, or| settings.duration(key).unwrap_or(or);
        let count = |key, or| settings.count(key).unwrap_or(or);
        let word = |key| settings.text(key);
        RaftConfig {
            nodes,
            voters: count("voters", u64::from(nodes)) as u32,
            election_timeout_min: duration("election_timeout_min", default.election_timeout_min),
            election_timeout_max: duration("election_timeout_max", default.election_timeout_max),
            heartbeat_interval: duration("heartbeat_interval", default.heartbeat_interval),
            max_entries: count("max_entries", default.max_entries as u64) as usize,
            max_in_flight: count("max_in_flight", default.max_in_flight),
            snapshot_after: count("snapshot_after", default.snapshot_after),
            snapshot_keep: count("snapshot_keep", default.snapshot_keep),
            snapshot_chunk: count("snapshot_chunk", u64::from(default.snapshot_chunk)) as u32,
            max_sessions: count("max_sessions", u64::from(default.max_sessions)) as u32,
            pre_vote: settings.bool("pre_vote").unwrap_or(default.pre_vote),
            check_quorum: settings.bool("check_quorum").unwrap_or(default.check_quorum)
                || ReadMode::of(settings) == ReadMode::Lease,
            parallel_vote: settings.bool("parallel_vote").unwrap_or(default.parallel_vote),
            change: match word("membership").as_deref() {
                Some("single") => Change::Single,
                _ => Change::Joint,
            },
            activation: match word("activation").as_deref() {
                Some("apply") => Activation::Apply,
                _ => Activation::Append,
            },
            reads: ReadMode::of(settings),
            drift_bound_ppm: count("drift_bound", u64::from(default.drift_bound_ppm)) as u32,
            bugs: RaftBugs::named(bugs),
        }
    }

    /// What makes no sense, wherever the cluster is.
    pub fn problems(&self) -> Vec<KeyProblem> {
        let RaftConfig { election_timeout_min: min, election_timeout_max: max, heartbeat_interval, .. } =
            self;
        let mut problems = Vec::new();
        if self.nodes > RaftConfig::MOST_NODES {
            let message = format!(
                "every candidate asks every node: with {} nodes that is more than memory holds, {} are the most",
                self.nodes,
                RaftConfig::MOST_NODES
            );
            problems.push(KeyProblem::new("nodes", message));
        }
        if self.voters > self.nodes {
            let message = format!("of {} nodes not {} can vote", self.nodes, self.voters);
            problems.push(KeyProblem::new("voters", message).against("nodes"));
        }
        if self.voters < self.nodes && !self.is_changeable() {
            let message = format!(
                "of {} nodes none can be spare: members change in clusters of less than {} nodes",
                self.nodes,
                NodeSet::MOST
            );
            problems.push(KeyProblem::new("voters", message).against("nodes"));
        }
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
                "a heartbeat must come before followers lose patience: `heartbeat_interval` ({}) is not below `election_timeout_min` ({})",
                exact(*heartbeat_interval),
                exact(*min)
            );
            problems.push(KeyProblem::new("heartbeat_interval", message).against("election_timeout_min"));
        }
        problems
    }

    /// Why nobody is ever elected where every message is lost, if there is anybody to ask.
    pub fn can_hear(&self) -> Option<KeyProblem> {
        (self.nodes > 1).then(|| {
            KeyProblem::new("loss", "nobody can ever be elected: every message between nodes is lost")
        })
    }

    /// Whether a candidate can hear from anybody before it gives up, where a vote takes
    /// at least `round_trip`: Raft §5.6 asks for a broadcast time far below the timeout.
    /// `culprit` is the key behind most of that.
    pub fn can_elect(&self, round_trip: SimDuration, culprit: &'static str) -> Result<(), KeyProblem> {
        if self.nodes == 1 || round_trip < self.election_timeout_max {
            return Ok(());
        }
        let message = format!(
            "nobody can ever be elected: a vote takes at least {} to ask for, write down and grant, \
             and a candidate waits at most {} (`election_timeout_max`)",
            exact(round_trip),
            exact(self.election_timeout_max)
        );
        Err(KeyProblem::new("election_timeout_max", message).against(culprit))
    }

    /// Whether anybody stands for election in a run that lasts `duration`.
    pub fn has_time(&self, duration: SimDuration) -> Result<(), KeyProblem> {
        if self.election_timeout_min < duration {
            return Ok(());
        }
        let message = format!("nobody can ever be elected: the run ends after {}", exact(duration));
        Err(KeyProblem::new("election_timeout_min", message).against("duration"))
    }
}
