//! What is done to single messages.

use super::{SOME_TIME, Untimed, Verb, missing};
use crate::base::keys::{Key, KeyKind, Settings, Vocabulary};
use crate::faults::{Action, MessageEffect, MessageVerb};

const COUNT_FROM_ONE: KeyKind = KeyKind::Count { min: 1, max: u64::MAX, unit: "messages" };

/// `drop`.
pub(super) const DROP: Verb = Verb {
    name: "drop",
    doc: "Loses chosen messages.",
    keys: &MESSAGE_KEYS,
    forms: &[&[]],
    untimed: Untimed::AtOnce,
    counter: Some("messages_dropped"),
    read: |table| Ok(message_verb(table, MessageEffect::Drop)),
};

/// `delay`.
pub(super) const DELAY: Verb = Verb {
    name: "delay",
    doc: "Holds chosen messages back by `by`.",
    keys: &{
        let [message, from, to, nth, count] = MESSAGE_KEYS;
        [message, from, to, nth, count, BY]
    },
    forms: &[&["by"]],
    untimed: Untimed::AtOnce,
    counter: Some("messages_delayed"),
    read: |table| {
        let by = table.duration("by").ok_or_else(|| missing("by", "delay"))?;
        Ok(message_verb(table, MessageEffect::Delay(by)))
    },
};

/// `duplicate`.
pub(super) const DUPLICATE: Verb = Verb {
    name: "duplicate",
    doc: "Delivers chosen messages twice.",
    keys: &MESSAGE_KEYS,
    forms: &[&[]],
    untimed: Untimed::AtOnce,
    counter: Some("messages_repeated"),
    read: |table| Ok(message_verb(table, MessageEffect::Duplicate)),
};

const MESSAGE_KEYS: [Key; 5] = [
    Key {
        name: "message",
        kind: KeyKind::Name(Vocabulary::Message),
        default: None,
        doc: "The kind of message, as the trace names it; any if unset.",
        since: "0.1",
    },
    Key {
        name: "from",
        kind: KeyKind::Node,
        default: None,
        doc: "The sender, a node; any node or client if unset.",
        since: "0.1",
    },
    Key {
        name: "to",
        kind: KeyKind::Node,
        default: None,
        doc: "The receiver, a node; any node or client if unset.",
        since: "0.1",
    },
    Key {
        name: "nth",
        kind: COUNT_FROM_ONE,
        default: Some("1"),
        doc: "The first message meant, counted from the strike; what a partition blocks does not count.",
        since: "0.1",
    },
    Key {
        name: "count",
        kind: COUNT_FROM_ONE,
        default: Some("1"),
        doc: "How many in a row are meant.",
        since: "0.1",
    },
];

const BY: Key =
    Key { name: "by", kind: SOME_TIME, default: None, doc: "How much longer they travel.", since: "0.1" };

fn message_verb(table: &Settings, effect: MessageEffect) -> Action {
    let node = |key| table.nodes(key).and_then(|nodes| nodes.first().copied());
    Action::Messages(MessageVerb {
        message: table.text("message"),
        from: node("from"),
        to: node("to"),
        nth: table.count("nth").unwrap_or(1),
        count: table.count("count").unwrap_or(1),
        effect,
    })
}
