//! What strikes a node's disk.

use super::{SOME_SPAN, SOME_TIME, TARGET, Untimed, Verb, missing, target};
use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings};
use crate::faults::Action;
use crate::storage::Ailment;

/// `stall_disk`.
pub(super) const STALL_DISK: Verb = Verb {
    name: "stall_disk",
    doc: "Lets no sync of a node's disk end until it is over.",
    keys: &[TARGET, FOR],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("syncs_stalled"),
    read: |table| lasting("stall_disk", table, Ailment::Stalled),
};

/// `slow_disk`.
pub(super) const SLOW_DISK: Verb = Verb {
    name: "slow_disk",
    doc: "Makes the syncs of a node's disk take `factor` times as long, or `by` longer.",
    keys: &[TARGET, FACTOR, BY, FOR],
    forms: &[&["target", "for", "factor"], &["target", "for", "by"]],
    untimed: Untimed::Never,
    counter: Some("syncs_slowed"),
    read: |table| {
        let (factor, by) = match (table.count("factor"), table.duration("by")) {
            (Some(factor), None) => (factor, SimDuration::ZERO),
            (None, Some(by)) => (1, by),
            _ => return Err(KeyProblem::new("by", "`slow_disk` needs exactly one of `factor` and `by`")),
        };
        lasting("slow_disk", table, Ailment::Slow { factor, by })
    },
};

/// `fail_sync`.
pub(super) const FAIL_SYNC: Verb = Verb {
    name: "fail_sync",
    doc: "Lets the next syncs of a node's disk fail: the node is told, and what they covered is not durable.",
    keys: &[TARGET, COUNT],
    forms: &[&["target"]],
    untimed: Untimed::Never,
    counter: Some("syncs_failed"),
    read: |table| {
        let ailment = Ailment::FailsSyncs(table.count("count").unwrap_or(1));
        Ok(Action::Disk { ailment, target: target("fail_sync", table)? })
    },
};

/// `lying_disk`.
pub(super) const LYING_DISK: Verb = Verb {
    name: "lying_disk",
    doc: "Lets a node's disk say that writes are durable that the next crash will take.",
    keys: &[TARGET, FOR],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("writes_forgotten"),
    read: |table| lasting("lying_disk", table, Ailment::Lies),
};

/// `full_disk`.
pub(super) const FULL_DISK: Verb = Verb {
    name: "full_disk",
    doc: "Lets a node's disk refuse what is written until it is over; the node is told.",
    keys: &[TARGET, FOR],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("writes_refused"),
    read: |table| lasting("full_disk", table, Ailment::Full),
};

/// `bit_rot`.
pub(super) const BIT_ROT: Verb = Verb {
    name: "bit_rot",
    doc: "Damages one durable record of a node, by chance; the node finds it when it starts next.",
    keys: &[TARGET],
    forms: &[&["target"]],
    untimed: Untimed::Never,
    counter: Some("records_rotted"),
    read: |table| Ok(Action::Disk { ailment: Ailment::Rots, target: target("bit_rot", table)? }),
};

/// An `ailment` that lasts for as long as the fault says.
fn lasting(kind: &str, table: &Settings, ailment: Ailment) -> Result<Action, KeyProblem> {
    match table.has("for") {
        true => Ok(Action::Disk { ailment, target: target(kind, table)? }),
        false => Err(missing("for", kind)),
    }
}

const FOR: Key = Key {
    name: "for",
    kind: SOME_SPAN,
    default: None,
    doc: "How long until the disk is sound again.",
    since: "0.1",
};

const FACTOR: Key = Key {
    name: "factor",
    kind: KeyKind::Count { min: 2, max: 1_000_000, unit: "times" },
    default: None,
    doc: "How many times as long a sync takes.",
    since: "0.1",
};

const BY: Key =
    Key { name: "by", kind: SOME_TIME, default: None, doc: "How much longer a sync takes.", since: "0.1" };

const COUNT: Key = Key {
    name: "count",
    kind: KeyKind::Count { min: 1, max: u64::MAX, unit: "syncs" },
    default: Some("1"),
    doc: "How many syncs fail.",
    since: "0.1",
};
