//! Paxos as a reader sees it: golden transcripts of its subtle moments, each short enough to be followed line by
//! line with *Paxos Made Simple* beside it.
//!
//! `ATROPOS_BLESS=1 cargo test --test paxos_transcripts` rewrites them; read the diff. Links take 10 ms and
//! disks 1 ms, so that times tell what waited for what.

mod transcript;

use transcript::{Told, transcript};

const ALL: &[&str] =
    &["message", "observe", "fault", "crash", "restart", "lost", "request", "response", "operation"];

/// Three nodes and one instance. Who does not answer is not asked again.
const THREE: &str = r#"
    protocol = "paxos"
    nodes = 3
    network.latency = "10ms"
    disk.sync = "1ms"
    [paxos]
    fresh_after = "10s"
    resend_after = "1s"
"#;

/// §2.2: node 2 has accepted 1 in ballot 1.0, nobody knows whether anybody else has, and node 0 is gone. Node 1 is
/// asked to propose 2, and must propose 1.
#[test]
fn a_later_ballot_adopts_what_may_be_chosen() {
    let told = Told { seed: 4, from_ms: 0, kinds: ALL, without: &[] };
    let more = r#"
        learning = "proposer"
        [clients]
        count = 2
        think = { uniform = ["1ms", "150ms"] }
        keys = 1
        retry = "1s"
        [[faults]]
        kind = "drop"
        message = "Accept"
        at = "0s"
        [[faults]]
        kind = "crash"
        target = 0
        at = "80ms"
    "#;
    transcript("paxos-adopts.txt", told, &format!("duration = \"210ms\"\n{THREE}{more}"));
}

/// §2.4: two proposers pre-empt each other until chance lets one of them wait for long enough.
#[test]
fn duelling_proposers_back_off() {
    let told = Told { seed: 25, from_ms: 0, kinds: &["message", "operation"], without: &["Accepted"] };
    let more = r#"
        backoff_min = "10ms"
        [clients]
        count = 3
        think = { uniform = ["1ms", "60ms"] }
        keys = 1
        retry = "1s"
    "#;
    transcript("paxos-duel.txt", told, &format!("duration = \"95ms\"\n{THREE}{more}"));
}

/// §2.5: node 0 has promised itself ballot 1.0 when it crashes, and uses 2.0 next; the answers to 1.0 count for
/// nothing.
#[test]
fn a_proposer_that_restarts_uses_a_later_ballot() {
    let told = Told { seed: 1, from_ms: 0, kinds: ALL, without: &[] };
    let more = r#"
        proposers = 1
        learning = "proposer"
        [clients]
        count = 1
        think = "20ms"
        keys = 1
        retry = "25ms"
        [[faults]]
        kind = "crash"
        target = 0
        at = "35ms"
        for = "10ms"
    "#;
    transcript("paxos-restart.txt", told, &format!("duration = \"130ms\"\n{THREE}{more}"));
}

/// Four of five promise, and two accept: the proposer's own vote and the first that comes.
#[test]
fn flexible_quorums_decide_by_two_of_five() {
    let told = Told { seed: 1, from_ms: 0, kinds: ALL, without: &[] };
    let more = r#"
        phase1_quorum = 4
        learning = "proposer"
        [clients]
        count = 1
        think = "20ms"
        keys = 1
    "#;
    let five = THREE.replace("nodes = 3", "nodes = 5");
    transcript("paxos-flexible.txt", told, &format!("duration = \"85ms\"\n{five}{more}"));
}
