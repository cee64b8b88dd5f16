//! The scenario keys of Multi-Paxos.

use crate::base::SimDuration;
use crate::base::keys::Varied::{Count, Duration, With, Word};
use crate::base::keys::{Key, KeyKind, Section, Variation, Varied};

const TIME: KeyKind = KeyKind::Duration { min: SimDuration::from_us(1), max: SimDuration::from_secs(3_600) };

const MEMBERS: KeyKind = KeyKind::Count { min: 1, max: 63, unit: "nodes" };

/// `[multi-paxos]`.
pub const SECTION: Section = Section {
    name: "multi-paxos",
    doc: "The parameters of Multi-Paxos.",
    keys: &[
        Key {
            name: "members",
            kind: MEMBERS,
            default: None,
            doc: "How many nodes, from the first on, are members at the beginning; the others are spare, until an operator adds them. All, if it is not said.",
            since: "0.1",
        },
        Key {
            name: "phase1_quorum",
            kind: MEMBERS,
            default: None,
            doc: "How many members must promise before a node leads (Flexible Paxos). Together with `phase2_quorum` it must be more than there are members; what is missing, if one of the two is said. Majorities, if neither is. The members of such a cluster do not change.",
            since: "0.1",
        },
        Key {
            name: "phase2_quorum",
            kind: MEMBERS,
            default: None,
            doc: "How many members must accept a command before it is chosen.",
            since: "0.1",
        },
        Key {
            name: "grid_rows",
            kind: MEMBERS,
            default: None,
            doc: "The members stand in so many rows of equal length: all of a row must promise, all of a column must accept. The members of such a cluster do not change.",
            since: "0.1",
        },
        Key {
            name: "election_timeout_min",
            kind: TIME,
            default: Some("\"150ms\""),
            doc: "The shortest time without a leader after which a node wants to lead.",
            since: "0.1",
        },
        Key {
            name: "election_timeout_max",
            kind: TIME,
            default: Some("\"300ms\""),
            doc: "The longest; each wait is drawn anew between the two. Who has tried in vain waits up to twice as long the next time, and so on, up to eight times.",
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
            name: "max_commands",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "commands" },
            default: Some("64"),
            doc: "The most commands that a leader proposes in one message.",
            since: "0.1",
        },
        Key {
            name: "alpha",
            kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "slots" },
            default: Some("256"),
            doc: "A change of members that is chosen for a slot takes effect so many slots later. No more than so many are proposed ahead of what is chosen.",
            since: "0.1",
        },
        Key {
            name: "reads",
            kind: KeyKind::Choice(&["confirm", "slot", "lease", "stale"]),
            default: Some("\"confirm\""),
            doc: "How clients read: from a leader that makes sure that no later ballot has been promised, by way of a slot, from a leader that counts on its lease (acceptors that have heard it promise nobody else anything for `election_timeout_min`, by clocks that drift no more than `drift_bound` and are never stepped or stopped), or from any node, which asks nobody and answers what it knows (`stale`): then clients are promised less, and unless `[check] levels` says otherwise runs are held to `linearizable-writes`.",
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
            kind: KeyKind::Count { min: 1, max: 1_000_000_000_000, unit: "slots" },
            default: Some("10000"),
            doc: "So many slots after the last snapshot a node takes the next and forgets what came before.",
            since: "0.1",
        },
        Key {
            name: "snapshot_keep",
            kind: KeyKind::Count { min: 0, max: 1_000_000_000, unit: "slots" },
            default: Some("1000"),
            doc: "So many slots that a snapshot covers are kept, for replicas that lag behind.",
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
            Duration(SimDuration::from_ms(250)),
            With(&Duration(SimDuration::from_ms(200)), &[most(600)]),
            // All want to lead at about the same time, and duel.
            With(&Duration(SimDuration::from_ms(150)), &[most(170)]),
        ],
    ),
    varied("alpha", &[Count(1), Count(4), Count(16)]),
    varied("max_commands", &[Count(1), Count(4)]),
    varied("reads", &[Word("slot")]),
    Variation { unless: &["step_clock", "stop_clock"], ..varied("reads", &[Word("lease")]) },
    Variation { always_with: &["drift_clock"], ..varied("drift_bound", &[Count(500_000)]) },
    varied("snapshot_after", &[Count(20), Count(100), Count(500)]),
    varied("snapshot_keep", &[Count(0), Count(10)]),
    varied("snapshot_chunk", &[Count(100), Count(2_000)]),
    varied("max_sessions", &[Count(20)]),
];

const fn most(ms: u64) -> (&'static str, Varied) {
    ("election_timeout_max", Duration(SimDuration::from_ms(ms)))
}

const fn varied(key: &'static str, values: &'static [Varied]) -> Variation {
    Variation { key, values, unless: &[], always_with: &[], never_with: &[] }
}
