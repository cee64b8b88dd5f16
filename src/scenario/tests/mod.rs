//! The reader as a whole, with a stand-in for the registry.
//!
//! `commands` reads admin commands, `valid` decodes a full file, `layers` files over files, `attached` files beside it, `broken` says what a user reads about
//! many slips.

mod attached;
mod broken;
mod commands;
mod layers;
mod valid;

use super::*;
use crate::base::Latency;
use crate::base::keys::{BugSwitch, CheckSpec, CommandSpec, Key, KeyKind, KeyProblem, Named, Order, Section};

const ELECTION: KeyKind = KeyKind::Duration { min: SimDuration::from_ms(1), max: SimDuration::from_secs(60) };

const LINEARIZABILITY: CheckSpec = CheckSpec { name: "linearizability", doc: "" };
const ELECTION_SAFETY: CheckSpec = CheckSpec { name: "election-safety", doc: "" };

const TRANSFER: CommandSpec = CommandSpec {
    name: "transfer",
    doc: "",
    nodes: Named::UpTo(&["NODE"]),
    changes_members: false,
    needs: "",
};
const ADD: CommandSpec = CommandSpec { name: "add", changes_members: true, ..TRANSFER };
const STOP: CommandSpec = CommandSpec { name: "stop", nodes: Named::Nobody, ..TRANSFER };
const SWAP: CommandSpec = CommandSpec { name: "swap", nodes: Named::UpTo(&["ONE", "OTHER"]), ..TRANSFER };

/// Where members stay, a transfer to node 1 is idle; to add node 0 and to stop node 1 always is.
fn idle(order: &Order<'_>) -> Option<KeyProblem> {
    let is_idle = match order.command {
        "add 0" => true,
        "stop" => order.recipients() == Some(&[crate::base::NodeId(1)]),
        "transfer 1" => order.members_stay,
        _ => false,
    };
    is_idle.then(|| KeyProblem::new("command", "this does nothing").against("nodes"))
}

/// Two protocols as a registry would describe them.
const PROTOCOLS: [ProtocolSpec; 2] = [
    ProtocolSpec {
        name: "raft",
        doc: "A stand-in.",
        section: Section {
            name: "raft",
            doc: "A stand-in.",
            keys: &[
                Key {
                    name: "election_timeout_min",
                    kind: ELECTION,
                    default: Some("\"150ms\""),
                    doc: "",
                    since: "0.1",
                },
                Key {
                    name: "election_timeout_max",
                    kind: ELECTION,
                    default: Some("\"300ms\""),
                    doc: "",
                    since: "0.1",
                },
                Key { name: "pre_vote", kind: KeyKind::Bool, default: Some("false"), doc: "", since: "0.1" },
            ],
        },
        varies: &[],
        bugs: &[BugSwitch { name: "raft/vote-not-persisted", doc: "Votes twice after a restart." }],
        survives: &RAFT_SURVIVES,
        validate: validate_raft,
        admin_commands: &[TRANSFER, ADD, STOP, SWAP],
        idle,
        promises: |_| LINEARIZABLE,
        checks: &[LINEARIZABILITY, ELECTION_SAFETY],
        message_kinds: &["RequestVote", "AppendEntries"],
    },
    ProtocolSpec {
        name: "paxos",
        doc: "Another.",
        section: Section {
            name: "paxos",
            doc: "Another.",
            keys: &[Key {
                name: "window",
                kind: KeyKind::Count { min: 1, max: 9, unit: "" },
                default: Some("3"),
                doc: "",
                since: "0.1",
            }],
        },
        varies: &[],
        bugs: &[],
        survives: &["crash"],
        validate: |_, _| Vec::new(),
        admin_commands: &[],
        idle: |_| None,
        promises: |_| LINEARIZABLE,
        checks: &[LINEARIZABILITY],
        message_kinds: &["Prepare"],
    },
];

const RAFT_SURVIVES: [&str; 10] =
    ["crash", "restart", "pause", "partition", "heal", "drop", "delay", "duplicate", "admin", "loss"];

fn validate_raft(raft: &Settings, surroundings: &Surroundings<'_>) -> Vec<KeyProblem> {
    if surroundings.nodes == Some(2) {
        return vec![KeyProblem::new("nodes", "two nodes survive no failure")];
    }
    if raft.duration("election_timeout_max") < raft.duration("election_timeout_min") {
        let problem = KeyProblem::new("election_timeout_max", "this is below `election_timeout_min`");
        return vec![problem.against("election_timeout_min")];
    }
    Vec::new()
}

fn read_bytes(text: &[u8]) -> Result<Scenario, Diagnostics> {
    read(Source { path: "test.toml", name: "test".to_owned(), text }, &PROTOCOLS)
}

fn read_text(text: &str) -> Result<Scenario, Diagnostics> {
    read_bytes(text.as_bytes())
}
