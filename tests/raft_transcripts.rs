//! Raft as a reader sees it: golden transcripts of its subtle moments, each short enough to be followed
//! line by line with the dissertation beside it.
//!
//! `ATROPOS_BLESS=1 cargo test --test raft_transcripts` rewrites them; read the diff. Links take 10 ms and
//! disks 1 ms, so that times tell what waited for what.

mod transcript;

use transcript::{Told, transcript};

const MESSAGES: &[&str] = &["message", "observe", "fault", "lost", "admin"];

/// Three nodes that nobody asks for anything.
const QUIET: &str = r#"
    protocol = "raft"
    nodes = 3
    network.latency = "10ms"
    disk.sync = "1ms"
    clients.count = 0
    raft.heartbeat_interval = "100ms"
"#;

#[test]
fn an_election_with_one_node_down() {
    let told = Told { seed: 5, from_ms: 0, kinds: &["message", "observe", "crash", "lost"], without: &[] };
    transcript(
        "raft-election.txt",
        told,
        r#"
            protocol = "raft"
            nodes = 3
            duration = "230ms"
            network.latency = "10ms"
            disk.sync = "1ms"
            clients.count = 0
            faults = [{ kind = "crash", target = 2, at = "0s" }]
        "#,
    );
}

/// A leader that was cut off with entries nobody else has finds, when it comes back,
/// that they were never to be: the new leader backs up a term at a time and replaces them.
#[test]
fn a_divergent_tail_is_replaced() {
    let told = Told {
        seed: 1,
        from_ms: 0,
        kinds: &["message", "observe", "fault", "connectivity", "operation"],
        without: &[],
    };
    transcript(
        "raft-divergent-tail.txt",
        told,
        r#"
            protocol = "raft"
            nodes = 3
            duration = "1200ms"
            network.latency = "10ms"
            disk.sync = "1ms"
            clients = { count = 1, think = "150ms", keys = 1, reads = 0, cas = 0, writes = 1, timeout = "10s" }
            raft.heartbeat_interval = "100ms"
            faults = [{ kind = "partition", isolate = "leader", at = "400ms", for = "500ms" }]
        "#,
    );
}

#[test]
fn reads_wait_for_a_round_and_for_the_first_entry_of_the_term() {
    let told =
        Told { seed: 8, from_ms: 0, kinds: &["message", "request", "response", "operation"], without: &[] };
    transcript(
        "raft-read-index.txt",
        told,
        r#"
            protocol = "raft"
            nodes = 3
            duration = "320ms"
            network.latency = "10ms"
            disk.sync = "1ms"
            clients = { count = 1, think = "40ms", keys = 1, reads = 1, cas = 0, writes = 0, retry = "60ms" }
            raft.heartbeat_interval = "100ms"
        "#,
    );
}

/// Node 0 does not hear its leader any more, but the other follower does, and refuses: no term is begun.
#[test]
fn a_pre_vote_is_refused_while_others_hear_the_leader() {
    let told =
        Told { seed: 1, from_ms: 150, kinds: MESSAGES, without: &["AppendEntries", "Appended", "Applied"] };
    let more = r#"
        duration = "1s"
        raft.pre_vote = true
        faults = [{ kind = "partition", one_way_from = "leader", one_way_to = [0], at = "450ms", for = "400ms" }]
    "#;
    transcript("raft-pre-vote.txt", told, &format!("{QUIET}{more}"));
}

/// Three candidates of one term each have their own vote; the first to lose patience again wins the next.
#[test]
fn a_vote_is_split_and_the_next_term_elects() {
    let told = Told { seed: 2, from_ms: 150, kinds: MESSAGES, without: &["Applied"] };
    let more = r#"
        duration = "380ms"
        raft.election_timeout_max = "200ms"
    "#;
    transcript("raft-split-vote.txt", told, &format!("{QUIET}{more}"));
}

/// A node that was down for too long needs entries that its leader has cut off.
#[test]
fn a_snapshot_is_sent_in_pieces_and_the_log_behind_it() {
    let told = Told { seed: 1, from_ms: 895, kinds: MESSAGES, without: &[] };
    let more = r#"
        duration = "1020ms"
        clients = { count = 1, think = "20ms", keys = 1, reads = 0, cas = 0, writes = 1 }
        raft = { heartbeat_interval = "100ms", snapshot_after = 4, snapshot_keep = 1, snapshot_chunk = 30 }
        faults = [{ kind = "crash", target = 0, at = "250ms", for = "650ms" }]
    "#;
    let quiet = QUIET.replace("clients.count = 0", "").replace("raft.heartbeat_interval = \"100ms\"", "");
    transcript("raft-snapshot.txt", told, &format!("{quiet}{more}"));
}

/// Node 3 is brought up to date and then takes the leader's place: through a joint configuration, and after
/// that is over the leader tells the others and leaves.
#[test]
fn a_leader_is_replaced_through_a_joint_configuration() {
    let told = Told { seed: 1, from_ms: 400, kinds: MESSAGES, without: &["Applied"] };
    let more = r#"
        duration = "520ms"
        nodes = 4
        raft.voters = 3
        faults = [{ kind = "admin", command = "replace 2 3", target = "leader", at = "400ms" }]
    "#;
    transcript("raft-joint.txt", told, &format!("{}{more}", QUIET.replace("nodes = 3", "")));
}

#[test]
fn voters_come_and_go_one_by_one() {
    let told = Told { seed: 1, from_ms: 400, kinds: MESSAGES, without: &["Applied"] };
    let more = r#"
        duration = "560ms"
        nodes = 4
        raft.voters = 3
        raft.membership = "single"
        faults = [
            { kind = "admin", command = "add 3", target = "leader", at = "400ms" },
            # While the first is under way: refused.
            { kind = "admin", command = "remove 1", target = "leader", at = "410ms" },
            { kind = "admin", command = "remove 0", target = "leader", at = "470ms" },
        ]
    "#;
    transcript("raft-single.txt", told, &format!("{}{more}", QUIET.replace("nodes = 3", "")));
}

/// Voters stand by a leader that they hear, but not against its own wish; it is over within three messages.
#[test]
fn a_leader_hands_over() {
    let told = Told { seed: 1, from_ms: 400, kinds: MESSAGES, without: &["Applied"] };
    let more = r#"
        duration = "460ms"
        raft.pre_vote = true
        raft.check_quorum = true
        faults = [{ kind = "admin", command = "transfer 0", target = "leader", at = "400ms" }]
    "#;
    transcript("raft-transfer.txt", told, &format!("{QUIET}{more}"));
}

/// One client, which reads now and then.
const READER: &str = r#"
    protocol = "raft"
    nodes = 3
    network.latency = "10ms"
    disk.sync = "1ms"
    clients = { count = 1, think = "30ms", keys = 1, reads = 1, cas = 0, writes = 0, retry = "500ms" }
"#;

const READS: &[&str] = &["message", "request", "response", "operation", "fault", "lost"];

/// With a lease there is nobody to ask. Cut off, the leader asks again once that is over, and then steps down.
#[test]
fn a_leader_reads_by_itself_while_its_lease_lasts() {
    let told = Told { seed: 1, from_ms: 400, kinds: READS, without: &[] };
    let more = r#"
        duration = "760ms"
        raft = { heartbeat_interval = "100ms", reads = "lease" }
        faults = [{ kind = "partition", isolate = "leader", at = "500ms" }]
    "#;
    transcript("raft-lease.txt", told, &format!("{READER}{more}"));
}

/// The leader makes sure that it leads, and the follower waits until it has come as far.
#[test]
fn a_follower_reads_once_it_has_come_as_far_as_its_leader_says() {
    let told = Told { seed: 5, from_ms: 190, kinds: READS, without: &[] };
    let more = r#"
        duration = "350ms"
        raft = { heartbeat_interval = "100ms", reads = "follower" }
    "#;
    transcript("raft-follower-read.txt", told, &format!("{READER}{more}"));
}
