//! Raft's scenario keys.

use crate::base::SimDuration;
use crate::base::keys::Varied::{Count, Duration, Flag, With, Word};
use crate::base::keys::{Key, KeyKind, OVERTAKING, Section, Variation, Varied};

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
        Key {
            name: "voters",
            kind: KeyKind::Count { min: 1, max: 100_000, unit: "nodes" },
            default: None,
            doc: "How many nodes, from the first on, vote at the beginning; the others are spare, until an operator adds them. All, if it is not said.",
            since: "0.1",
        },
        Key {
            name: "membership",
            kind: KeyKind::Choice(&["joint", "single"]),
            default: Some("\"joint\""),
            doc: "How members change: through a joint configuration of the old and the new voters, or by one voter at a time.",
            since: "0.1",
        },
        Key {
            name: "activation",
            kind: KeyKind::Choice(&["append", "apply"]),
            default: Some("\"append\""),
            doc: "When a change of members takes effect on a node: once it is in its log, or once it is applied.",
            since: "0.1",
        },
        Key {
            name: "pre_vote",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether a node asks whether it would be elected before it begins a new term.",
            since: "0.1",
        },
        Key {
            name: "check_quorum",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether a leader that does not hear from a majority for `election_timeout_min` steps down, and a node that has heard from a leader within that time votes for nobody else.",
            since: "0.1",
        },
        Key {
            name: "parallel_vote",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether a candidate asks for votes while its own is being written, and counts it once it is durable: an election waits for one write then, and votes are split less often. If not, it asks once its own is durable.",
            since: "0.1",
        },
        Key {
            name: "reads",
            kind: KeyKind::Choice(&["read-index", "log", "lease", "follower", "stale"]),
            default: Some("\"read-index\""),
            doc: "How clients read: from a leader that makes sure that it still leads, by an entry of the log, from a leader that counts on its lease (which turns `check_quorum` on), from any node, which asks the leader how far it must have come, or from any node, which asks nobody and answers what it knows (`stale`): then clients are promised less, and unless `[check] levels` says otherwise runs are held to `linearizable-writes`.",
            since: "0.1",
        },
        Key {
            name: "drift_bound",
            kind: KeyKind::Count { min: 0, max: 500_000, unit: "parts per million" },
            default: Some("10000"),
            doc: "By how much a lease takes clocks to be too fast or too slow, at most.",
            since: "0.1",
        },
        Key {
            name: "snapshot_after",
            kind: KeyKind::Count { min: 1, max: 1_000_000_000_000, unit: "entries" },
            default: Some("10000"),
            doc: "So many entries after the last snapshot a node takes the next and cuts off its log.",
            since: "0.1",
        },
        Key {
            name: "snapshot_keep",
            kind: KeyKind::Count { min: 0, max: 1_000_000_000, unit: "entries" },
            default: Some("1000"),
            doc: "So many entries that a snapshot covers stay in the log, for followers that lag behind.",
            since: "0.1",
        },
        Key {
            name: "snapshot_chunk",
            kind: KeyKind::Count { min: 1, max: 1_000_000_000, unit: "bytes" },
            default: Some("65536"),
            doc: "The most of a snapshot that is sent in one message.",
            since: "0.1",
        },
        Key {
            name: "max_sessions",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "sessions" },
            default: Some("4096"),
            doc: "The most sessions that clients may have open: with one more, the one that was least recently used ends.",
            since: "0.1",
        },
    ],
};

/// What swarms vary: all that changes how a cluster behaves and nothing that it promises. A lease promises
/// less, as it trusts clocks.
pub const VARIES: &[Variation] = &[
    varied(
        "election_timeout_min",
        &[
            timeouts::HIGH,
            timeouts::WIDE,
            timeouts::CLOSE,
            timeouts::CLOSE,
            timeouts::LONG,
            timeouts::LONG,
            timeouts::LONG,
        ],
    ),
    // Who was taken out and does not know stands for election again and again: whoever hears a leader must have
    // no ear for others, in one of two ways.
    Variation {
        always_with: &["admin"],
        ..varied("check_quorum", &[Flag(true), With(&Flag(true), PRE_VOTE)])
    },
    // By itself it keeps nobody from an old leader that has lost its majority, where members change.
    Variation { never_with: &["admin"], ..varied("pre_vote", &[Flag(true)]) },
    varied("membership", &[Word("single")]),
    varied("activation", &[Word("apply")]),
    varied("reads", &[Word("log"), Word("follower")]),
    Variation { unless: &["step_clock", "stop_clock"], ..varied("reads", &[Word("lease")]) },
    Variation { always_with: &["drift_clock"], ..varied("drift_bound", &[Count(500_000)]) },
    varied("snapshot_after", &[Count(20), Count(100), Count(500)]),
    varied("snapshot_keep", &[Count(0), Count(10)]),
    varied("snapshot_chunk", &[Count(100), Count(2_000)]),
    varied("max_sessions", &[Count(20)]),
    varied("parallel_vote", &[Flag(true)]),
    varied("max_in_flight", &[Count(16), Count(64)]),
    // Where messages overtake each other, one after the other must be answered before the next is sent.
    Variation {
        unless: &["reorder", OVERTAKING],
        ..varied(
            "max_entries",
            &[Count(16), With(&Count(2), SOON_COMPACTED), With(&Count(1), SOON_COMPACTED)],
        )
    },
];

const PRE_VOTE: &[(&str, Varied)] = &[("pre_vote", Flag(true))];

/// Entries that travel one by one take long where there are many: who lags far behind gets a snapshot.
const SOON_COMPACTED: &[(&str, Varied)] =
    &[("snapshot_after", Count(20)), ("snapshot_keep", Count(0)), ("snapshot_chunk", Count(2_000))];

const fn varied(key: &'static str, values: &'static [Varied]) -> Variation {
    Variation { key, values, unless: &[], always_with: &[], never_with: &[] }
}

/// How long nodes wait for a leader: the shortest time, and with it the longest.
mod timeouts {
    use super::*;

    pub(super) const HIGH: Varied = Duration(SimDuration::from_ms(250));
    pub(super) const WIDE: Varied = between(&Duration(SimDuration::from_ms(200)), &[most(600)]);
    /// All stand at about the same time, and votes are split.
    pub(super) const CLOSE: Varied = between(&Duration(SimDuration::from_ms(150)), &[most(190)]);
    /// A leader that nobody hears goes on for long.
    pub(super) const LONG: Varied = between(
        &Duration(SimDuration::from_ms(500)),
        &[most(650), ("heartbeat_interval", Duration(SimDuration::from_ms(200)))],
    );

    const fn most(ms: u64) -> (&'static str, Varied) {
        ("election_timeout_max", Duration(SimDuration::from_ms(ms)))
    }

    const fn between(least: &'static Varied, most: &'static [(&'static str, Varied)]) -> Varied {
        With(least, most)
    }
}
