//! The scenario keys of Paxos.

use crate::base::SimDuration;
use crate::base::keys::Varied::{Count, Duration, Word};
use crate::base::keys::{Key, KeyKind, Section, Variation, Varied};

const TIME: KeyKind = KeyKind::Duration { min: SimDuration::from_us(1), max: SimDuration::from_secs(3_600) };
const NODES: KeyKind = KeyKind::Count { min: 1, max: 64, unit: "nodes" };

/// `[paxos]`.
pub const SECTION: Section = Section {
    name: "paxos",
    doc: "The parameters of Paxos for single decisions.",
    keys: &[
        Key {
            name: "proposers",
            kind: NODES,
            default: None,
            doc: "How many nodes, from the first on, are proposers; the others send clients to one of them. All, if it is not said.",
            since: "0.1",
        },
        Key {
            name: "phase1_quorum",
            kind: NODES,
            default: None,
            doc: "How many nodes must promise before a value is proposed. Where one of the two sizes is not said, it is the least that meets the other; a majority each, if neither is.",
            since: "0.1",
        },
        Key {
            name: "phase2_quorum",
            kind: NODES,
            default: None,
            doc: "How many nodes must accept a value before it is decided; with `phase1_quorum` more than there are nodes.",
            since: "0.1",
        },
        Key {
            name: "grid_rows",
            kind: NODES,
            default: None,
            doc: "The nodes, in order, stand in so many rows of equal length: all of a row must promise, and all of a column accept. In place of the sizes.",
            since: "0.1",
        },
        Key {
            name: "learning",
            kind: KeyKind::Choice(&["all", "proposer"]),
            default: Some("\"all\""),
            doc: "Whom an acceptor tells what it accepts: all nodes, which learn one message sooner and though the proposer fails, or the proposer, which tells the others, with fewer messages.",
            since: "0.1",
        },
        Key {
            name: "resend_after",
            kind: TIME,
            default: Some("\"50ms\""),
            doc: "After this long without enough answers a proposer asks again those who have not answered; after twice as long each further time, up to `backoff_max`.",
            since: "0.1",
        },
        Key {
            name: "backoff_min",
            kind: TIME,
            default: Some("\"5ms\""),
            doc: "A proposer whose ballot was pre-empted waits for a time drawn up to this. The bound doubles with each further defeat, whatever the instance, and falls by this much with each ballot of its own that comes through.",
            since: "0.1",
        },
        Key {
            name: "backoff_max",
            kind: TIME,
            default: Some("\"500ms\""),
            doc: "The longest of these waits.",
            since: "0.1",
        },
        Key {
            name: "fresh_after",
            kind: TIME,
            default: Some("\"200ms\""),
            doc: "After each such time clients turn to new instances, one for each of their keys: what is decided stays so, and only a first proposal shows how.",
            since: "0.1",
        },
    ],
};

/// What swarms vary: all that changes how a cluster behaves and nothing that it promises.
pub const VARIES: &[Variation] = &[
    varied("proposers", &[Count(1)]),
    varied("learning", &[Word("proposer")]),
    varied("resend_after", &[Duration(SimDuration::from_ms(10)), Duration(SimDuration::from_ms(200))]),
    varied("backoff_min", &[Duration(SimDuration::from_ms(1)), Duration(SimDuration::from_ms(40))]),
    varied("fresh_after", &[Duration(SimDuration::from_ms(30)), Duration(SimDuration::from_secs(1))]),
];

const fn varied(key: &'static str, values: &'static [Varied]) -> Variation {
    Variation { key, values, unless: &[], always_with: &[], never_with: &[] }
}
