//! What makes clocks wrong.

use super::{LASTS, SOME_TIME, TARGET, Untimed, Verb, missing, target};
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings};
use crate::clocks::Rate;
use crate::faults::{Action, ClockChange};

/// `step_clock`.
pub(super) const STEP: Verb = Verb {
    name: "step_clock",
    doc: "Puts a node's clock forward (`ahead`) or `back`, at once; timers come sooner or later by as much.",
    keys: &[TARGET, AHEAD, BACK],
    forms: &[&["target", "ahead"], &["target", "back"]],
    untimed: Untimed::Never,
    counter: Some("clocks_stepped"),
    read: |table| {
        let change = match (table.duration("ahead"), table.duration("back")) {
            (Some(ahead), None) => ClockChange::Ahead(ahead),
            (None, Some(back)) => ClockChange::Back(back),
            (Some(_), Some(_)) => return Err(either("back", "`ahead`", "`back`").against("ahead")),
            (None, None) => return Err(either("ahead", "`ahead`", "`back`")),
        };
        Ok(Action::Clock { target: target("step_clock", table)?, change })
    },
};

/// `drift_clock`.
pub(super) const DRIFT: Verb = Verb {
    name: "drift_clock",
    doc: "Makes a node's clock, and its timers, run too `fast` or too `slow`, in parts per million.",
    keys: &[TARGET, FAST, SLOW, LASTS],
    forms: &[&["target", "fast"], &["target", "slow"]],
    untimed: Untimed::Never,
    counter: Some("clocks_drifted"),
    read: |table| {
        Ok(Action::Clock { target: target("drift_clock", table)?, change: ClockChange::Drift(rate(table)?) })
    },
};

/// `stop_clock`.
pub(super) const STOP: Verb = Verb {
    name: "stop_clock",
    doc: "Stops a node's clock: no timer of its fires until it goes on, but messages are handled.",
    keys: &[TARGET, LASTS],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("clocks_stopped"),
    read: |table| match table.has("for") {
        true => Ok(Action::Clock { target: target("stop_clock", table)?, change: ClockChange::Stop }),
        false => Err(missing("for", "stop_clock")),
    },
};

const PARTS: KeyKind =
    KeyKind::Count { min: 1, max: crate::clocks::LARGEST_DRIFT, unit: "parts per million" };

const AHEAD: Key =
    Key { name: "ahead", kind: SOME_TIME, default: None, doc: "How far it is put forward.", since: "0.1" };

const BACK: Key = Key {
    name: "back",
    kind: SOME_TIME,
    default: None,
    doc: "How far it is put back; not behind the beginning.",
    since: "0.1",
};

const FAST: Key = Key {
    name: "fast",
    kind: PARTS,
    default: None,
    doc: "How much too fast it runs, in parts per million.",
    since: "0.1",
};

const SLOW: Key = Key {
    name: "slow",
    kind: PARTS,
    default: None,
    doc: "How much too slow it runs, in parts per million.",
    since: "0.1",
};

fn rate(table: &Settings) -> Result<Rate, KeyProblem> {
    match (table.count("fast"), table.count("slow")) {
        (Some(fast), None) => Ok(Rate(fast as i64 * 1_000)),
        (None, Some(slow)) => Ok(Rate(slow as i64 * -1_000)),
        (Some(_), Some(_)) => Err(either("slow", "`fast`", "`slow`").against("fast")),
        (None, None) => Err(either("fast", "`fast`", "`slow`")),
    }
}

fn either(key: &'static str, one: &str, other: &str) -> KeyProblem {
    KeyProblem::new(key, format!("this needs exactly one of {one} and {other}"))
}
