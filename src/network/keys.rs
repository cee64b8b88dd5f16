//! The keys of the network.

use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, Section};

const DAY: SimDuration = SimDuration::from_secs(86_400);
const TIME: KeyKind = KeyKind::Duration { min: SimDuration::from_ns(1), max: DAY };
/// Weather that changes faster than messages travel is none, and takes time to work out.
const WEATHER: KeyKind = KeyKind::Duration { min: SimDuration::from_us(100), max: DAY };
const BANDWIDTH: KeyKind = KeyKind::Count { min: 1, max: 1_000_000_000_000, unit: "bytes per second" };
const BUFFER: KeyKind = KeyKind::Count { min: 0, max: u64::MAX, unit: "bytes" };

/// `[network]`.
pub const SECTION: Section = Section {
    name: "network",
    doc: "How messages travel, between nodes and between clients and nodes.",
    keys: &[
        Key {
            name: "latency",
            kind: KeyKind::Latency,
            default: Some(r#"{ uniform = ["0.5ms", "1.5ms"] }"#),
            doc: "How long a message travels, one way. Messages overtake each other where it varies.",
            since: "0.1",
        },
        Key {
            name: "loss",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that never arrive.",
            since: "0.1",
        },
        Key {
            name: "duplicate",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that arrive twice, each copy with a delay of its own.",
            since: "0.1",
        },
        Key {
            name: "corrupt",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that are corrupted: their checksum tells, and they are dropped where they arrive.",
            since: "0.1",
        },
        Key {
            name: "reorder",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages that are held back by `reorder_by`, so that others overtake them; on FIFO links those wait behind them.",
            since: "0.1",
        },
        Key {
            name: "reorder_by",
            kind: TIME,
            default: Some("\"5ms\""),
            doc: "How much longer a message travels that is held back.",
            since: "0.1",
        },
        Key {
            name: "burst_loss",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "The share of messages lost while there is a burst on their link; each link has its own bursts.",
            since: "0.1",
        },
        Key {
            name: "burst_every",
            kind: WEATHER,
            default: Some("\"10s\""),
            doc: "The mean time from the end of a burst to the next.",
            since: "0.1",
        },
        Key {
            name: "burst_lasts",
            kind: WEATHER,
            default: Some("\"200ms\""),
            doc: "The mean time that a burst lasts.",
            since: "0.1",
        },
        Key {
            name: "bandwidth",
            kind: BANDWIDTH,
            default: None,
            doc: "How much each link transmits, one message after another, before the latency begins; without limit if unset.",
            since: "0.1",
        },
        Key {
            name: "buffer",
            kind: BUFFER,
            default: None,
            doc: "How much can wait to be transmitted on each link; a message beyond it is lost. Without limit if unset; of no use without `bandwidth`.",
            since: "0.1",
        },
        Key {
            name: "fifo",
            kind: KeyKind::Bool,
            default: Some("false"),
            doc: "Whether each link delivers in the order of sending, as one TCP connection does.",
            since: "0.1",
        },
    ],
};

/// `[[network.link]]`: links that differ from the others.
pub const LINK_SECTION: Section = Section {
    name: "network.link",
    doc: "Links between nodes that differ from `[network]`; the last that matches holds.",
    keys: &[
        Key {
            name: "from",
            kind: KeyKind::Nodes,
            default: None,
            doc: "The senders; every node if unset.",
            since: "0.1",
        },
        Key {
            name: "to",
            kind: KeyKind::Nodes,
            default: None,
            doc: "The receivers; every node if unset.",
            since: "0.1",
        },
        Key { name: "latency", kind: KeyKind::Latency, default: None, doc: "Their latency.", since: "0.1" },
        Key { name: "loss", kind: KeyKind::Probability, default: None, doc: "Their loss.", since: "0.1" },
        Key {
            name: "duplicate",
            kind: KeyKind::Probability,
            default: None,
            doc: "Their duplication.",
            since: "0.1",
        },
        Key {
            name: "corrupt",
            kind: KeyKind::Probability,
            default: None,
            doc: "Their corruption.",
            since: "0.1",
        },
        Key {
            name: "reorder",
            kind: KeyKind::Probability,
            default: None,
            doc: "The share of their messages held back.",
            since: "0.1",
        },
        Key {
            name: "reorder_by",
            kind: TIME,
            default: None,
            doc: "How much longer those travel.",
            since: "0.1",
        },
        Key {
            name: "burst_loss",
            kind: KeyKind::Probability,
            default: None,
            doc: "Their loss in a burst.",
            since: "0.1",
        },
        Key {
            name: "burst_every",
            kind: WEATHER,
            default: None,
            doc: "The mean time between their bursts.",
            since: "0.1",
        },
        Key {
            name: "burst_lasts",
            kind: WEATHER,
            default: None,
            doc: "The mean time that their bursts last.",
            since: "0.1",
        },
        Key { name: "bandwidth", kind: BANDWIDTH, default: None, doc: "Their bandwidth.", since: "0.1" },
        Key { name: "buffer", kind: BUFFER, default: None, doc: "Their buffer.", since: "0.1" },
        Key { name: "fifo", kind: KeyKind::Bool, default: None, doc: "Their order.", since: "0.1" },
    ],
};
