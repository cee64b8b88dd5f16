//! What disturbs links between nodes for a time.

use super::{LASTS, SOME_TIME, Untimed, Verb, missing};
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings};
use crate::faults::Action;
use crate::network::Effect;

/// `clog`.
pub(super) const CLOG: Verb = Verb {
    name: "clog",
    doc: "Stalls links: what arrives on them waits at their far end, and arrives in order when it ends.",
    keys: &[FROM, TO, LASTS],
    forms: &[&["for"]],
    untimed: Untimed::Never,
    counter: Some("messages_clogged"),
    read: |table| match table.has("for") {
        true => links(table, Effect::Clog),
        false => Err(missing("for", "clog")),
    },
};

/// `slow_link`.
pub(super) const SLOW_LINK: Verb = Verb {
    name: "slow_link",
    doc: "Makes what enters links travel longer by `by`.",
    keys: &[FROM, TO, BY, LASTS],
    forms: &[&["by"]],
    untimed: Untimed::AtOnce,
    counter: Some("messages_slowed"),
    read: |table| {
        let by = table.duration("by").ok_or_else(|| missing("by", "slow_link"))?;
        links(table, Effect::Slow(by))
    },
};

/// `degrade`. One effect each, so that the effect of each can be seen.
pub(super) const DEGRADE: Verb = Verb {
    name: "degrade",
    doc: "Degrades links, on top of what `[network]` says, by exactly one of `loss`, `duplicate`, `corrupt`, `reorder` and `bandwidth`.",
    keys: &DEGRADE_KEYS,
    forms: &[&["loss"], &["duplicate"], &["corrupt"], &["reorder", "reorder_by"], &["bandwidth"]],
    untimed: Untimed::AtOnce,
    counter: Some("messages_degraded"),
    read: |table| links(table, degradation(table)?),
};

const FROM: Key = Key {
    name: "from",
    kind: KeyKind::Target,
    default: None,
    doc: "The senders, as a `target`; every node if unset. Links to and from clients are left alone.",
    since: "0.1",
};

const TO: Key = Key {
    name: "to",
    kind: KeyKind::Target,
    default: None,
    doc: "The receivers, as a `target`; every node if unset.",
    since: "0.1",
};

const BY: Key =
    Key { name: "by", kind: SOME_TIME, default: None, doc: "How much longer they travel.", since: "0.1" };

const DEGRADE_KEYS: [Key; 9] = [
    chance("loss", "The share of messages that are lost."),
    chance("duplicate", "The share of messages that arrive twice."),
    chance("corrupt", "The share of messages that are corrupted: their receiver drops them."),
    chance("reorder", "The share of messages that are held back by `reorder_by`."),
    Key {
        name: "reorder_by",
        kind: SOME_TIME,
        default: None,
        doc: "How much longer a message travels that is held back.",
        since: "0.1",
    },
    Key {
        name: "bandwidth",
        kind: KeyKind::Count { min: 1, max: 1_000_000_000_000, unit: "bytes per second" },
        default: None,
        doc: "How much each link transmits, if not less anyway.",
        since: "0.1",
    },
    FROM,
    TO,
    LASTS,
];

const fn chance(name: &'static str, doc: &'static str) -> Key {
    Key { name, kind: KeyKind::Probability, default: None, doc, since: "0.1" }
}

/// The one effect that is asked for.
fn degradation(table: &Settings) -> Result<Effect, KeyProblem> {
    let reorder = match (table.probability("reorder"), table.duration("reorder_by")) {
        (Some(chance), Some(by)) => Some(Effect::Reorder(chance, by)),
        (None, None) => None,
        (Some(_), None) => return Err(KeyProblem::new("reorder_by", "`reorder` needs `reorder_by`")),
        (None, Some(_)) => return Err(KeyProblem::new("reorder", "`reorder_by` needs `reorder`")),
    };
    let effects = [
        ("loss", table.probability("loss").map(Effect::Lose)),
        ("duplicate", table.probability("duplicate").map(Effect::Duplicate)),
        ("corrupt", table.probability("corrupt").map(Effect::Corrupt)),
        ("reorder", reorder),
        ("bandwidth", table.count("bandwidth").map(Effect::Narrow)),
    ];
    let mut asked = effects.into_iter().filter_map(|(key, effect)| Some((key, effect?)));
    let one = "a `degrade` needs exactly one of `loss`, `duplicate`, `corrupt`, `reorder` and `bandwidth`";
    match (asked.next(), asked.next()) {
        (Some((_, effect)), None) => Ok(effect),
        (Some((first, _)), Some((second, _))) => Err(KeyProblem::new(second, one).against(first)),
        (None, _) => Err(KeyProblem::new("loss", one)),
    }
}

fn links(table: &Settings, effect: Effect) -> Result<Action, KeyProblem> {
    Ok(Action::Links { from: table.target("from"), to: table.target("to"), effect })
}
