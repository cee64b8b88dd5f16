//! Raft's parameters, their scenario keys, and its bug switches.

use crate::base::SimDuration;
use crate::base::keys::{BugSwitch, Key, KeyKind, KeyProblem, Section, Settings, exact};

/// The parameters of a cluster; the same on every node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RaftConfig {
    /// How many nodes.
    pub nodes: u32,
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
    /// The planted bugs that are on.
    pub bugs: RaftBugs,
}

/// Bugs that can be switched on: each a known mistake, to be caught.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RaftBugs {
    /// `raft/vote-not-persisted`.
    pub vote_not_persisted: bool,
    /// `raft/ignores-damage`.
    pub ignores_damage: bool,
    /// `raft/ignores-failed-sync`.
    pub ignores_failed_sync: bool,
    /// `raft/amnesia`.
    pub amnesia: bool,
    /// `raft/stands-once`.
    pub stands_once: bool,
}

/// The switches, as scenarios name them.
pub const BUGS: &[BugSwitch] = &[
    BugSwitch {
        name: "raft/vote-not-persisted",
        doc: "A node grants its vote without writing it down: after a restart it may vote again in the same term.",
    },
    BugSwitch {
        name: "raft/ignores-damage",
        doc: "A node passes over records that it cannot read when it starts, and forgets what it promised.",
    },
    BugSwitch {
        name: "raft/ignores-failed-sync",
        doc: "A node goes on after a failed sync as if what it wrote were durable.",
    },
    BugSwitch {
        name: "raft/amnesia",
        doc: "A node whose disk was lost votes and acknowledges as if it had never been there before.",
    },
    BugSwitch {
        name: "raft/stands-once",
        doc: "A candidate that is not elected never stands again, nor does it set a timer to: once all have tried, nobody leads any more.",
    },
];

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

const TIME: KeyKind = KeyKind::Duration { min: SimDuration::from_us(1), max: SimDuration::from_secs(3_600) };

/// `[raft]`.
pub const SECTION: Section = Section {
    name: "raft",
    doc: "Raft's parameters.",
    keys: &[
        Key {
            name: "election_timeout_min",
            kind: TIME,
            default: Some("\"150ms\""),
            doc: "The shortest time without a leader after which a node stands for election.",
            since: "0.1",
        },
        Key {
            name: "election_timeout_max",
            kind: TIME,
            default: Some("\"300ms\""),
            doc: "The longest; each wait is drawn anew between the two.",
            since: "0.1",
        },
        Key {
            name: "heartbeat_interval",
            kind: TIME,
            default: Some("\"50ms\""),
            doc: "How often a leader says that it is there.",
            since: "0.1",
        },
        Key {
            name: "max_entries",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "entries" },
            default: Some("64"),
            doc: "The most entries in one AppendEntries.",
            since: "0.1",
        },
        Key {
            name: "max_in_flight",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "entries" },
            default: Some("1024"),
            doc: "The most entries sent to a follower that it has not acknowledged.",
            since: "0.1",
        },
    ],
};

impl Default for RaftConfig {
    /// Five nodes with the paper's timeouts (§9.3).
    fn default() -> Self {
        RaftConfig {
            nodes: 5,
            election_timeout_min: SimDuration::from_ms(150),
            election_timeout_max: SimDuration::from_ms(300),
            heartbeat_interval: SimDuration::from_ms(50),
            max_entries: 64,
            max_in_flight: 1_024,
            bugs: RaftBugs::default(),
        }
    }
}

impl RaftConfig {
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
        let default = RaftConfig::default();
        let on = |switch: &str| bugs.iter().any(|bug| bug == switch);
        let duration = |key, or| settings.duration(key).unwrap_or(or);
        RaftConfig {
            nodes,
            election_timeout_min: duration("election_timeout_min", default.election_timeout_min),
            election_timeout_max: duration("election_timeout_max", default.election_timeout_max),
            heartbeat_interval: duration("heartbeat_interval", default.heartbeat_interval),
            max_entries: settings.count("max_entries").map_or(default.max_entries, |n| n as usize),
            max_in_flight: settings.count("max_in_flight").unwrap_or(default.max_in_flight),
            bugs: RaftBugs {
                vote_not_persisted: on("raft/vote-not-persisted"),
                ignores_damage: on("raft/ignores-damage"),
                ignores_failed_sync: on("raft/ignores-failed-sync"),
                amnesia: on("raft/amnesia"),
                stands_once: on("raft/stands-once"),
            },
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
