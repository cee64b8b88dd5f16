//! What strikes whole nodes.

use super::{LASTS, TARGET, Untimed, Verb, missing, target};
use crate::base::keys::{Key, KeyKind, Vocabulary};
use crate::faults::Action;

/// `crash`.
pub(super) const CRASH: Verb = Verb {
    name: "crash",
    doc: "Stops a node; its memory and a random part of its unsynced writes are gone.",
    keys: &[TARGET, LASTS],
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
    keys: &[TARGET, LASTS],
    forms: &[&["target", "for"]],
    untimed: Untimed::Never,
    counter: Some("pauses"),
    read: |table| match table.duration("for") {
        Some(_) => Ok(Action::Pause(target("pause", table)?)),
        None => Err(missing("for", "pause")),
    },
};

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

/// Of a `restart`: who leads is up, so that no leader is one that can be started.
const DOWN: Key = Key {
    name: "target",
    kind: KeyKind::Target,
    default: None,
    doc: "Whom it starts if they are down: a node id, a list of them, \"random\" (of all nodes), \"minority\", \"next\", \"all\", or all nodes in a place, such as \"zone:eu-west-1/a\".",
    since: "0.1",
};

const COMMAND: Key = Key {
    name: "command",
    kind: KeyKind::Name(Vocabulary::Command),
    default: None,
    doc: "The command.",
    since: "0.1",
};
