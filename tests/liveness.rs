//! Liveness once faults are over: demanded where it can be, and missed where it is not there.

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::registry;
use atropos::run::{CheckResult, LIVENESS, Outcome};
use atropos::scenario::{Source, read};

fn run(text: &str, seed: u64) -> Outcome {
    let text = format!("protocol = \"raft\"\n{text}");
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    let scenario = read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)));
    registry::run(&scenario, Seed(seed), &mut ())
}

fn liveness(outcome: &Outcome) -> Option<&CheckResult> {
    outcome.checks.iter().find(|check| check.name == LIVENESS)
}

/// The verdict and the detail, for a run in which it is judged.
fn judged(outcome: &Outcome) -> (Verdict, &str) {
    let check = liveness(outcome).unwrap_or_else(|| panic!("{:?}", outcome.checks));
    (check.verdict, check.detail.as_deref().unwrap_or(""))
}

/// Everything that Raft survives and that lasts, struck so that it would last to the end.
const BROKEN: &str = r#"
duration = "22s"
[clients]
count = 4
think = "20ms"
[liveness]
after = "10s"
within = "5s"
CORE
[network]
loss = 0.2
duplicate = 0.1
corrupt = 0.05
[disk]
torn = 0.5
[[faults]]
kind = "crash"
target = "random"
every = "2s"
[[faults]]
kind = "pause"
target = "random"
every = "1500ms"
for = "1h"
[[faults]]
kind = "stall_disk"
target = "random"
every = "3s"
for = "1h"
[[faults]]
kind = "full_disk"
target = "random"
every = "3s"
for = "1h"
[[faults]]
kind = "slow_disk"
target = "all"
at = "8s"
for = "1h"
factor = 100000
[[faults]]
kind = "fail_sync"
target = "random"
every = "3s"
count = 1000
[[faults]]
kind = "stop_clock"
target = "random"
every = "4s"
for = "1h"
[[faults]]
kind = "slow_node"
target = "random"
every = "4s"
service_time = "1s"
for = "1h"
[[faults]]
kind = "clog"
from = "random"
every = "3s"
for = "1h"
[[faults]]
kind = "degrade"
at = "9s"
loss = 1.0
[[faults]]
kind = "partition"
isolate = "minority"
every = "3s"
[[faults]]
kind = "drop"
message = "Vote"
at = "9s"
count = 1000000000
[[faults]]
kind = "crash_loop"
target = "random"
at = "9500ms"
times = 1000
for = "100ms"
up = "100ms"
"#;

#[test]
fn whatever_is_broken_is_mended_for_all_or_for_a_core() {
    for core in ["", "core = 1.0"] {
        for seed in 0..12 {
            let outcome = run(&BROKEN.replace("CORE", core), seed);
            assert_eq!(judged(&outcome), (Verdict::Valid, ""), "seed {seed} {core}: {:?}", outcome.checks);
            let late = |event: &&atropos::history::Event| event.time.unwrap().as_ns() > 16_000_000_000;
            let ok = outcome
                .history
                .events
                .iter()
                .filter(late)
                .filter(|event| event.kind == atropos::history::Kind::Ok);
            assert!(ok.count() > 100, "seed {seed} {core}");
        }
    }
}

/// Without an instant at which it is mended, the same leads nowhere, and nothing is demanded.
#[test]
fn what_is_never_over_is_never_judged() {
    let text = BROKEN.replace("CORE", "").replace("[liveness]\nafter = \"10s\"\nwithin = \"5s\"", "");
    for seed in 0..3 {
        let outcome = run(&text, seed);
        assert!(liveness(&outcome).is_none());
        assert_ne!(outcome.verdict, Verdict::Invalid);
    }
}

#[test]
fn a_candidate_that_never_stands_again_is_missed() {
    let text = r#"
duration = "15s"
bugs = ["raft/stands-once"]
[network]
loss = 0.3
[[faults]]
kind = "crash"
target = "leader"
every = "1s"
for = "300ms"
until = "8s"
[liveness]
after = "8s"
within = "5s"
"#;
    let missed =
        (0..20).map(|seed| run(text, seed)).find(|outcome| outcome.verdict == Verdict::Invalid).unwrap();
    let (verdict, detail) = judged(&missed);
    assert_eq!(verdict, Verdict::Invalid);
    assert!(detail.contains("waits since") && detail.contains("n4 "), "{detail}");
    assert!(detail.contains("knows no leader") || detail.contains("stands for election"), "{detail}");
    let sound = text.replace("\"raft/stands-once\"", "");
    for seed in 0..20 {
        assert_eq!(judged(&run(&sound, seed)), (Verdict::Valid, ""), "seed {seed}");
    }
}

/// Without `[liveness]` it is demanded once the schedule is over, if chance leaves messages alone.
#[test]
fn faults_that_end_by_themselves_are_waited_for() {
    let text = |after: &str| {
        format!(
            "duration = \"40s\"\n{after}[[faults]]\nkind = \"crash\"\ntarget = \"leader\"\nevery = \"1s\"\nfor = \"2s\"\nuntil = \"10s\"\n"
        )
    };
    assert_eq!(judged(&run(&text(""), 1)), (Verdict::Valid, ""));
    assert!(liveness(&run(&text("[network]\nloss = 0.01\n"), 1)).is_none());
    assert!(liveness(&run(&text("").replace("40s", "31s"), 1)).is_none(), "twenty seconds are not over");
    let quiet = run("duration = \"40s\"", 1);
    assert!(liveness(&quiet).is_none(), "nothing was ever broken");
}

#[test]
fn where_too_few_are_left_nothing_is_demanded() {
    let crash = |target: &str| {
        run(&format!("duration = \"40s\"\n[[faults]]\nkind = \"crash\"\nat = \"5s\"\ntarget = {target}\n"), 3)
    };
    let outcome = crash("[0, 2, 4]");
    let (verdict, detail) = judged(&outcome);
    assert_eq!(verdict, Verdict::Valid);
    assert!(detail.ends_with("of 5 nodes 3 are needed, and n0 is down, n2 is down, n4 is down"), "{detail}");
    assert!(!outcome.demands_liveness());
    assert_eq!(judged(&crash("[0, 2]")), (Verdict::Valid, ""));

    let cut = |shape: &str| {
        run(&format!("duration = \"40s\"\n[[faults]]\nkind = \"partition\"\nat = \"5s\"\n{shape}\n"), 3)
    };
    for shape in ["groups = [[0, 1], [2, 3], [4]]", "star = 1", "chain = [0, 1, 2, 3, 4]"] {
        let outcome = cut(shape);
        let (verdict, detail) = judged(&outcome);
        assert_eq!(verdict, Verdict::Valid);
        assert!(detail.ends_with("no 3 of 5 nodes all hear each other"), "{shape}: {detail}");
    }
    assert_eq!(judged(&cut("groups = [[0, 1], [2, 3, 4]]")), (Verdict::Valid, ""));

    let lost = run(
        "duration = \"40s\"\nnodes = 3\n[[faults]]\nkind = \"replace\"\nat = \"5s\"\ntarget = [0, 1]\n",
        3,
    );
    let (_, detail) = judged(&lost);
    assert!(detail.ends_with("n0 has withdrawn, n1 has withdrawn"), "{detail}");
}

/// What is slow keeps what it has begun, and what waits behind it: mended, it does not.
#[test]
fn what_was_slow_keeps_nobody_waiting_once_mended() {
    let slow_node = "kind = \"slow_node\"\ntarget = \"all\"\nservice_time = \"1h\"\nfor = \"1h\"";
    let slow_link = "kind = \"slow_link\"\nby = \"1h\"\nfor = \"1h\"";
    let delay = "kind = \"delay\"\nby = \"1h\"\ncount = 1000000";
    let narrow = "kind = \"degrade\"\nbandwidth = 200\nfor = \"1h\"";
    for (fault, network) in [
        (slow_node, ""),
        (slow_link, "fifo = true"),
        (delay, "fifo = true"),
        (narrow, "fifo = true"),
        (narrow, "bandwidth = 1000000"),
    ] {
        let text = format!(
            "duration = \"25s\"\n[network]\n{network}\n[liveness]\nafter = \"10s\"\nwithin = \"10s\"\n[[faults]]\nat = \"2s\"\n{fault}\n"
        );
        for seed in 0..3 {
            assert_eq!(judged(&run(&text, seed)), (Verdict::Valid, ""), "{fault}");
        }
    }
}

/// A fault is over when what it delayed has arrived.
#[test]
fn what_was_begun_while_it_was_slow_is_waited_for() {
    for fault in [
        "kind = \"slow_node\"\ntarget = \"all\"\nservice_time = \"50s\"",
        "kind = \"slow_disk\"\ntarget = \"all\"\nby = \"50s\"",
        "kind = \"slow_disk\"\ntarget = \"all\"\nfactor = 100000",
        "kind = \"slow_link\"\nby = \"50s\"",
        "kind = \"degrade\"\nreorder = 1.0\nreorder_by = \"50s\"",
    ] {
        let text = format!(
            "duration = \"80s\"\n[network]\nfifo = true\n[disk]\nsync = \"0.5ms\"\n[[faults]]\nat = \"2s\"\nfor = \"1s\"\n{fault}\n"
        );
        assert_eq!(judged(&run(&text, 1)), (Verdict::Valid, ""), "{fault}");
    }
}

#[test]
fn clients_are_waited_for_only_as_long_as_they_look_for_a_node_that_answers() {
    let run = |clients: &str| {
        let text = format!(
            "nodes = 21\nduration = \"90s\"\n[clients]\ncount = 20\n{clients}\n[[faults]]\nkind = \"crash\"\ntarget = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\nat = \"2s\"\n"
        );
        run(&text, 1)
    };
    // It may find one down after the other.
    assert_eq!(judged(&run("timeout = \"1s\"\nretry = \"900ms\"")), (Verdict::Valid, ""));
    // It never asks another.
    let outcome = run("timeout = \"1s\"\nretry = \"1s\"");
    let (verdict, detail) = judged(&outcome);
    assert_eq!(verdict, Verdict::Valid);
    assert!(detail.contains("clients ask one node only"), "{detail}");
}

/// Clients that are cut off with a few nodes for good hear no majority. The others do.
#[test]
fn clients_in_a_place_that_is_cut_off_are_not_waited_for() {
    let text = r#"
duration = "60s"
[topology]
nodes = ["us/a", "eu/a", "ap/a", "us/b", "eu/b"]
clients = ["us/a", "eu/a", "ap/a"]
[[topology.route]]
between = ["us", "eu"]
latency = "4ms"
[[topology.route]]
between = ["us", "ap"]
latency = "6ms"
[[topology.route]]
between = ["ap", "eu"]
latency = "8ms"
[[faults]]
kind = "partition"
isolate = "region:eu"
at = "2s"
"#;
    for seed in 0..3 {
        assert_eq!(judged(&run(text, seed)), (Verdict::Valid, ""), "seed {seed}");
    }
}

/// A tail has an end, and a bound that comes after it is a bound.
#[test]
fn faults_that_last_by_chance_are_waited_for() {
    let text = |duration: u64| {
        format!(
            r#"
duration = "{duration}s"
[liveness]
within = "5s"
[[faults]]
kind = "crash"
target = "random"
every = {{ exponential = {{ min = "0s", mean = "1s" }} }}
for = {{ exponential = {{ min = "0s", mean = "200ms" }} }}
until = "5s"
"#
        )
    };
    assert_eq!(judged(&run(&text(20), 1)), (Verdict::Valid, ""));
    let text = format!("protocol = \"raft\"\n{}", text(15));
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    let found = read(source, &registry::specs()).unwrap_err().render(false);
    assert!(found.contains("as faults may last until"), "{found}");
}

/// A timer that was set before its clock was put back would come that much later.
#[test]
fn a_clock_that_is_behind_is_put_right() {
    let text = r#"
duration = "12s"
nodes = 1
[liveness]
after = "5500ms"
within = "3s"
[[faults]]
kind = "crash"
target = 0
at = "4900ms"
for = "50ms"
[[faults]]
kind = "step_clock"
target = 0
at = "5s"
back = "4500ms"
"#;
    for seed in 0..5 {
        assert_eq!(judged(&run(text, seed)), (Verdict::Valid, ""), "seed {seed}");
    }
}
