//! Multi-Paxos as a reader sees it: golden transcripts of its subtle moments, each short enough to be followed
//! line by line with the papers beside it.
//!
//! `ATROPOS_BLESS=1 cargo test --test multi_paxos_transcripts` rewrites them; read the diff. Links take 10 ms and
//! disks 1 ms, so that times tell what waited for what.

mod transcript;

use transcript::{Told, transcript};

const MESSAGES: &[&str] = &["message", "observe", "fault", "lost", "admin"];

const BASE: &str = r#"
    protocol = "multi-paxos"
    network.latency = "10ms"
    disk.sync = "1ms"
"#;

/// One client, which writes now and then.
const WRITER: &str = r#"
    clients = { count = 1, think = "20ms", keys = 1, reads = 0, cas = 0, writes = 1 }
"#;

#[test]
fn an_election_with_one_node_down() {
    let told = Told { seed: 1, from_ms: 0, kinds: &["message", "observe", "crash", "lost"], without: &[] };
    let more = r#"
        nodes = 3
        duration = "295ms"
        clients.count = 0
        faults = [{ kind = "crash", target = 2, at = "0s" }]
    "#;
    transcript("multi-paxos-election.txt", told, &format!("{BASE}{more}"));
}

/// *Paxos Made Simple*, §2.2. Node 0, cut off, accepts alone what client 0 wants for slot 9; in the next ballot
/// node 1, cut off, accepts alone what client 1 wants for it. Node 2 is told of the first first, and must adopt the
/// second. Slots 10 to 13 it is told of by node 0 only.
#[test]
fn a_later_ballot_adopts_what_was_accepted_in_the_highest_one() {
    let told = Told {
        seed: 1,
        from_ms: 294,
        kinds: &["message", "observe", "request", "response", "connectivity", "admin"],
        without: &[],
    };
    let more = r#"
        nodes = 5
        duration = "556ms"
        clients = { count = 2, think = "30ms", keys = 1, reads = 0, cas = 0, writes = 1, retry = "40ms", timeout = "10s" }
        multi-paxos = { heartbeat_interval = "100ms", election_timeout_min = "550ms", election_timeout_max = "550ms" }
        faults = [
            { kind = "admin", command = "campaign", target = 0, at = "10ms" },
            { kind = "partition", isolate = 0, at = "300ms", for = "150ms" },
            { kind = "admin", command = "campaign", target = 1, at = "330ms" },
            { kind = "partition", groups = [[0], [1], [2, 3, 4]], at = "360ms", for = "120ms" },
            { kind = "partition", groups = [[0, 1, 2], [3, 4]], at = "480ms", for = "500ms" },
            { kind = "admin", command = "campaign", target = 2, at = "485ms" },
        ]
    "#;
    transcript("multi-paxos-adoption.txt", told, &format!("{BASE}{more}"));
}

/// Node 2 has missed slots 5 and 6, hears that they are chosen, waits whether they come, and asks.
#[test]
fn a_replica_that_was_cut_off_fetches_what_it_has_missed() {
    let told = Told { seed: 1, from_ms: 290, kinds: MESSAGES, without: &[] };
    let more = r#"
        nodes = 3
        duration = "540ms"
        multi-paxos = { heartbeat_interval = "100ms" }
        faults = [
            { kind = "admin", command = "campaign", target = 0, at = "10ms" },
            { kind = "partition", isolate = 2, at = "300ms", for = "100ms" },
        ]
    "#;
    transcript("multi-paxos-catch-up.txt", told, &format!("{BASE}{WRITER}{more}"));
}

/// A node that was down for too long needs slots that others keep no longer.
#[test]
fn a_snapshot_is_fetched_in_pieces_and_what_is_chosen_behind_it() {
    let told = Told { seed: 1, from_ms: 450, kinds: MESSAGES, without: &[] };
    let more = r#"
        nodes = 3
        duration = "640ms"
        multi-paxos = { heartbeat_interval = "100ms", snapshot_after = 3, snapshot_keep = 1, snapshot_chunk = 30 }
        faults = [
            { kind = "admin", command = "campaign", target = 0, at = "10ms" },
            { kind = "crash", target = 2, at = "200ms", for = "250ms" },
        ]
    "#;
    transcript("multi-paxos-snapshot.txt", told, &format!("{BASE}{WRITER}{more}"));
}

/// The leader makes way for node 3, two slots after that is chosen, and tells the others as it leaves. They
/// fetch what they lack and one of them leads, by the promise of the newcomer or of the other.
#[test]
fn a_leader_is_replaced_alpha_slots_later() {
    let told = Told { seed: 1, from_ms: 400, kinds: MESSAGES, without: &[] };
    let more = r#"
        nodes = 4
        duration = "760ms"
        clients.count = 0
        multi-paxos = { heartbeat_interval = "100ms", members = 3, alpha = 2 }
        faults = [
            { kind = "admin", command = "campaign", target = 0, at = "10ms" },
            { kind = "admin", command = "replace 0 3", target = 0, at = "400ms" },
        ]
    "#;
    transcript("multi-paxos-members.txt", told, &format!("{BASE}{more}"));
}
