//! The clients a scenario asks for, and their keys.

use crate::base::keys::{Key, KeyKind, KeyProblem, Section, Settings};
use crate::base::{Latency, SimDuration};

/// What the clients do.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkloadConfig {
    /// How many clients, each with one operation at a time.
    pub clients: u32,
    /// The pause between an answer and the next operation.
    pub think: Latency,
    /// How many keys.
    pub keys: u32,
    /// How uneven the keys are: 0 for uniform, `s` for a Zipf law with that exponent.
    pub skew: f64,
    /// Relative shares of reads, writes and compare-and-sets.
    pub mix: Mix,
    /// How many clients, from the first on, only read.
    pub readers: u32,
    /// From then on they begin nothing more.
    pub until: Option<SimDuration>,
    /// Whether they then read each key once more, together, before they rest.
    pub reads_back: bool,
    /// How long they rest before they do.
    pub reads_back_after: SimDuration,
    /// After this long without an answer an operation is given up as `info`.
    pub timeout: SimDuration,
    /// After this long without an answer the client asks another node.
    pub retry: SimDuration,
}

/// Relative shares of the kinds of operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mix {
    /// Reads.
    pub reads: u32,
    /// Writes of a value never written before.
    pub writes: u32,
    /// Compare-and-sets from the value last seen to one never written before.
    pub cas: u32,
}

/// `[clients]`.
pub const SECTION: Section = Section {
    name: "clients",
    doc: "Closed-loop clients: each sends an operation, waits for the answer, thinks, and goes on.",
    keys: &[
        Key {
            name: "count",
            kind: KeyKind::Count { min: 0, max: 10_000, unit: "clients" },
            default: Some("5"),
            doc: "How many clients, each with one operation at a time.",
            since: "0.1",
        },
        Key {
            name: "think",
            kind: KeyKind::Latency,
            default: Some("\"10ms\""),
            doc: "The pause between an answer and the next operation.",
            since: "0.1",
        },
        Key {
            name: "keys",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "keys" },
            default: Some("5"),
            doc: "How many keys the operations are spread over.",
            since: "0.1",
        },
        Key {
            name: "skew",
            kind: KeyKind::Float { min: 0.0, max: 10.0 },
            default: Some("0.0"),
            doc: "How uneven the keys are: 0 is uniform, s makes the k-th key k^-s times as likely as the first.",
            since: "0.1",
        },
        Key {
            name: "reads",
            kind: KeyKind::Count { min: 0, max: 1_000_000, unit: "shares" },
            default: Some("2"),
            doc: "The share of reads, relative to `writes` and `cas`.",
            since: "0.1",
        },
        Key {
            name: "writes",
            kind: KeyKind::Count { min: 0, max: 1_000_000, unit: "shares" },
            default: Some("2"),
            doc: "The share of writes, each of a value never written before.",
            since: "0.1",
        },
        Key {
            name: "cas",
            kind: KeyKind::Count { min: 0, max: 1_000_000, unit: "shares" },
            default: Some("1"),
            doc: "The share of compare-and-sets, each from the value last seen to one never written before.",
            since: "0.1",
        },
        Key {
            name: "readers",
            kind: KeyKind::Count { min: 0, max: 10_000, unit: "clients" },
            default: Some("0"),
            doc: "How many clients, from the first on, only read, whatever the shares are: they stay with a node that answers while others look for one that writes.",
            since: "0.1",
        },
        Key {
            name: "until",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: SimDuration::from_secs(1_000_000) },
            default: None,
            doc: "From then on clients begin nothing more, and replicas come to rest. If unset they go on to the end.",
            since: "0.1",
        },
        Key {
            name: "read_back",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether clients, when `until` has come, read each key once before they rest: what is lost shows only to who looks for it.",
            since: "0.1",
        },
        Key {
            name: "read_back_after",
            kind: KeyKind::Duration { min: SimDuration::ZERO, max: SimDuration::from_secs(1_000_000) },
            default: Some("\"0s\""),
            doc: "With `read_back`, how long they rest after `until` before they read: where any copy answers, one that is behind would tell of a loss that is none.",
            since: "0.1",
        },
        Key {
            name: "timeout",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: SimDuration::from_secs(3_600) },
            default: Some("\"2s\""),
            doc: "After this long without an answer an operation is recorded as `info`: it may have happened.",
            since: "0.1",
        },
        Key {
            name: "retry",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: SimDuration::from_secs(3_600) },
            default: Some("\"200ms\""),
            doc: "After this long without an answer the client asks another node, with the same request.",
            since: "0.1",
        },
    ],
};

impl WorkloadConfig {
    /// The clients that `[clients]` asks for.
    pub fn from_settings(clients: &Settings) -> Result<Self, KeyProblem> {
        let count = |key| clients.count(key).unwrap_or_default() as u32;
        let mix = Mix { reads: count("reads"), writes: count("writes"), cas: count("cas") };
        if mix.total() == 0 {
            return Err(KeyProblem::new(
                "reads",
                "`reads`, `writes` and `cas` are all 0: there is nothing to do",
            ));
        }
        if clients.bool("read_back") == Some(true) && !clients.has("until") {
            let message = "clients read back when they end, and these never do: set `until`";
            return Err(KeyProblem::new("read_back", message));
        }
        let rests = clients.duration("read_back_after").is_some_and(|rest| !rest.is_zero());
        if clients.bool("read_back") != Some(true) && rests {
            let message = "clients read nothing back: set `read_back`";
            return Err(KeyProblem::new("read_back_after", message).against("read_back"));
        }
        Ok(WorkloadConfig {
            clients: count("count"),
            think: clients.latency("think").unwrap_or(Latency::ZERO),
            keys: count("keys").max(1),
            skew: clients.float("skew").unwrap_or_default(),
            mix,
            readers: count("readers"),
            until: clients.duration("until"),
            reads_back: clients.bool("read_back").unwrap_or(false),
            reads_back_after: clients.duration("read_back_after").unwrap_or(SimDuration::ZERO),
            timeout: clients.duration("timeout").unwrap_or(SimDuration::from_secs(2)),
            retry: clients.duration("retry").unwrap_or(SimDuration::from_ms(200)),
        })
    }
}

impl Mix {
    /// The sum of the shares.
    pub fn total(self) -> u64 {
        u64::from(self.reads) + u64::from(self.writes) + u64::from(self.cas)
    }
}
