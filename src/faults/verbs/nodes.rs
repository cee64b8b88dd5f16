//! What strikes whole nodes.

use super::{LASTS, MAX_DOWN, SOME_SPAN, SOME_TIME, TARGET, Untimed, Verb, missing, target};
use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, KeyProblem, Settings, Target, Vocabulary};
use crate::faults::Action;

/// `crash`.
pub(super) const CRASH: Verb = Verb {
    name: "crash",
    doc: "Stops a node; its memory and a random part of its unsynced writes are gone.",
    keys: &[TARGET, LASTS, MAX_DOWN],
    forms: &[&["target"]],
    untimed: Untimed::Never,
    counter: Some("crashes"),
    read: |table| Ok(Action::Crash(target("crash", table)?)),
};

/// `restart`.
pub(super) const RESTART: Verb = Verb {
    name: "restart",
    doc: "Starts a node that is down.",
    keys: &[DOWN],
    forms: &[&["target"]],
    untimed: Untimed::Never,
    counter: Some("restarts_struck"),
    read: |table| Ok(Action::Restart(target("restart", table)?)),
};

/// `pause`.
pub(super) const PAUSE: Verb = Verb {
    name: "pause",
    doc: "Freezes a node: messages queue, timers fire late.",
    keys: &[TARGET, LASTS, MAX_DOWN],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("pauses"),
    read: |table| match table.has("for") {
        true => Ok(Action::Pause(target("pause", table)?)),
        false => Err(missing("for", "pause")),
    },
};

/// `crash_loop`.
pub(super) const CRASH_LOOP: Verb = Verb {
    name: "crash_loop",
    doc: "Crashes a node `times` times: each time it restarts after `for` and is up for `up`.",
    keys: &[TARGET, TIMES, DOWN_FOR, UP, MAX_DOWN],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("crashes_in_loops"),
    read: |table| {
        let times = table.count("times").unwrap_or(3);
        let target = target("crash_loop", table)?;
        down_for("crash_loop", table)?;
        Ok(Action::CrashLoop { target, times, up: up(table) })
    },
};

/// `rolling_restart`.
pub(super) const ROLLING_RESTART: Verb = Verb {
    name: "rolling_restart",
    doc: "Restarts every node in turn, one at a time: each is down for `for`, and `up` after it is back the next goes down.",
    keys: &[TARGET, DOWN_FOR, UP, MAX_DOWN],
    forms: &[&["for"]],
    untimed: Untimed::Never,
    counter: Some("crashes_in_turn"),
    read: |table| {
        down_for("rolling_restart", table)?;
        let target = table.target("target").unwrap_or(Target::All);
        Ok(Action::RollingRestart { target, up: up(table) })
    },
};

/// `replace`.
pub(super) const REPLACE: Verb = Verb {
    name: "replace",
    doc: "Takes a node down and its disk away: it starts with an empty disk, and knows that it once had another.",
    keys: &[TARGET, REPLACED_AFTER, MAX_DOWN],
    forms: &[&["target"]],
    untimed: Untimed::Never,
    counter: Some("disks_lost"),
    read: |table| Ok(Action::Replace(target("replace", table)?)),
};

/// `slow_node`.
pub(super) const SLOW_NODE: Verb = Verb {
    name: "slow_node",
    doc: "Makes a node take longer for each thing that it is handed; the rest queues.",
    keys: &[TARGET, SERVICE_TIME, SLOW_FOR],
    forms: &[&["target", "service_time", "for"]],
    untimed: Untimed::Never,
    counter: Some("deliveries_slowed"),
    read: |table| {
        let service_time =
            table.duration("service_time").ok_or_else(|| missing("service_time", "slow_node"))?;
        down_for("slow_node", table)?;
        Ok(Action::SlowNode { target: target("slow_node", table)?, service_time })
    },
};

fn down_for(kind: &str, table: &Settings) -> Result<(), KeyProblem> {
    table.has("for").then_some(()).ok_or_else(|| missing("for", kind))
}

fn up(table: &Settings) -> SimDuration {
    table.duration("up").unwrap_or(SimDuration::from_secs(1))
}

/// `admin`: what it does is the protocol's affair, so no counter shows it.
pub(super) const ADMIN: Verb = Verb {
    name: "admin",
    doc: "Hands an admin command, in the protocol's words, to a node.",
    keys: &[TARGET, COMMAND],
    forms: &[&["target", "command"]],
    untimed: Untimed::Never,
    counter: None,
    read: |table| {
        let command = table.text("command").ok_or_else(|| missing("command", "admin"))?;
        Ok(Action::Admin { command, target: target("admin", table)? })
    },
};

const TIMES: Key = Key {
    name: "times",
    kind: KeyKind::Count { min: 1, max: 1_000_000, unit: "crashes" },
    default: Some("3"),
    doc: "How many times it crashes.",
    since: "0.1",
};

const DOWN_FOR: Key = Key {
    name: "for",
    kind: SOME_SPAN,
    default: None,
    doc: "How long a node is down each time.",
    since: "0.1",
};

const UP: Key = Key {
    name: "up",
    kind: SOME_TIME,
    default: Some("\"1s\""),
    doc: "How long after a restart the next crash comes.",
    since: "0.1",
};

const REPLACED_AFTER: Key = Key {
    name: "for",
    kind: SOME_SPAN,
    default: None,
    doc: "How long until it starts with the empty disk; at once if unset.",
    since: "0.1",
};

const SERVICE_TIME: Key = Key {
    name: "service_time",
    kind: SOME_TIME,
    default: None,
    doc: "How much longer the node is busy with each thing that it is handed.",
    since: "0.1",
};

const SLOW_FOR: Key = Key {
    name: "for",
    kind: SOME_SPAN,
    default: None,
    doc: "How long until the node is as quick as before.",
    since: "0.1",
};

/// Of a `restart`: who leads is up, so that no leader is one that can be started.
const DOWN: Key = Key {
    name: "target",
    kind: KeyKind::Target,
    default: None,
    doc: "Whom it starts if they are down: a node id, a list of them, \"random\" or `{ random = 2 }` (of all nodes), \"minority\", \"next\", \"all\", or all nodes in a place, such as \"zone:eu-west-1/a\".",
    since: "0.1",
};

const COMMAND: Key = Key {
    name: "command",
    kind: KeyKind::Name(Vocabulary::Command),
    default: None,
    doc: "The command.",
    since: "0.1",
};
