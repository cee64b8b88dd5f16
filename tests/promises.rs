//! Runs held to more and to less than linearizability.

use atropos::base::{Seed, SimDuration, SimTime};
use atropos::check::{ModelName, Promise, Specification, Staleness, Verdict};
use atropos::history::{Event, Function, Kind, Value};
use atropos::registry;
use atropos::run::{CheckResult, Outcome};
use atropos::scenario::{Scenario, Source, read};

/// The scenario of `text`, or what is wrong with it.
fn scenario(text: &str) -> Result<Scenario, String> {
    let source = Source { path: "promises.toml", name: "promises".to_owned(), text: text.as_bytes() };
    read(source, &registry::specs()).map_err(|found| found.render(false))
}

/// The same, run under seed 1.
fn run(text: &str) -> Outcome {
    let scenario = scenario(text).unwrap_or_else(|found| panic!("{found}"));
    registry::run(&scenario, Seed(1), &mut ())
}

fn check<'o>(outcome: &'o Outcome, name: &str) -> &'o CheckResult {
    outcome.checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check {name}"))
}

const FAULTS: &str = r#"
    faults = [
        { at = "1s", kind = "crash", target = "leader", for = "1s" },
        { at = "3s", kind = "partition", groups = [[0, 1], [2, 3, 4]], for = "2s" },
    ]
"#;

#[test]
fn raft_keeps_every_promise() {
    for protocol in ["raft", "multi-paxos"] {
        let outcome = run(&format!(
            r#"
            protocol = "{protocol}"
            duration = "10s"
            {FAULTS}
            [clients]
            until = "8s"
            [check]
            levels = ["linearizable", "sequential", "causal-convergent", "causal", "session", "read-your-writes",
                "monotonic-reads", "monotonic-writes", "writes-follow-reads", "linearizable-writes", "durability", "convergence"]
            "#
        ));
        let names: Vec<&str> = outcome.checks.iter().map(|check| check.name).collect();
        for name in
            ["linearizability", "sequential", "session", "linearizable-writes", "durability", "convergence"]
        {
            assert!(names.contains(&name), "{names:?}");
        }
        assert_eq!(outcome.verdict, Verdict::Valid, "{protocol}: {:?}", outcome.checks);
        assert!(outcome.operations.ok > 1_000);
        let last = outcome.history.events.iter().filter_map(|event| event.time).max().unwrap();
        assert!(last.as_ns() < 9_000_000_000, "clients rest");
    }
}

/// What is not asked for is not judged.
#[test]
fn levels_take_the_place_of_linearizability() {
    let outcome = run("protocol = \"raft\"\nduration = \"2s\"\n[check]\nlevels = [\"causal\"]\n");
    assert!(outcome.checks.iter().all(|check| check.name != "linearizability"));
    assert_eq!(check(&outcome, "causal").verdict, Verdict::Valid);
}

/// Who hears nothing of what others agree on holds something else in the end.
#[test]
fn replicas_that_differ_are_told_apart() {
    let outcome = run(r#"
        protocol = "raft"
        duration = "6s"
        [[network.link]]
        to = [4]
        loss = 1.0
        [clients]
        until = "5s"
        [check]
        levels = ["convergence"]
        "#);
    let found = check(&outcome, "convergence");
    assert_eq!(found.verdict, Verdict::Invalid);
    let detail = found.detail.as_deref().unwrap();
    assert!(
        detail.starts_with("of key 0 there is ") && detail.contains("on n0, n1, n2, n3; null on n4"),
        "{detail}"
    );
}

/// A planted bug shows at the levels that it breaks, and at none that it does not.
#[test]
fn stale_reads_lose_nothing() {
    let story = include_str!("../scenarios/bugs/raft/reads-unconfirmed.toml");
    let outcome = run(&format!("{story}\n[check]\nlevels = [\"linearizable\", \"durability\"]\n"));
    assert_eq!(check(&outcome, "linearizability").verdict, Verdict::Invalid);
    assert_eq!(check(&outcome, "durability").verdict, Verdict::Valid);
}

/// Of consensus there are no sessions: nobody can say, and that is said.
#[test]
fn what_has_no_registers_has_no_sessions() {
    let outcome =
        run("protocol = \"paxos\"\nduration = \"2s\"\n[check]\nlevels = [\"linearizable\", \"session\"]\n");
    let found = check(&outcome, "session");
    assert_eq!(found.verdict, Verdict::Unknown);
    assert_eq!(
        found.detail.as_deref(),
        Some("this is about registers by key, which a consensus has none of")
    );
}

/// Ten seconds of `raft/stale-reads`, and the same of Multi-Paxos, with `more` beneath.
fn stale(protocol: &str, more: &str) -> Scenario {
    let [quoted, header] = [format!("\"{protocol}\""), format!("[{protocol}]")];
    let text = include_str!("../scenarios/raft/stale-reads.toml");
    let text = text.replace("\"raft\"", &quoted).replace("[raft]", &header) + more;
    let scenario = scenario(&text).unwrap_or_else(|found| panic!("{found}"));
    Scenario { duration: SimDuration::from_secs(10), ..scenario }
}

#[test]
fn runs_are_held_to_what_is_promised_with_stale_reads() {
    for protocol in ["raft", "multi-paxos"] {
        let scenario = stale(protocol, "");
        assert_eq!(scenario.promises, [Promise::LinearizableWrites], "{protocol}");
        let outcome = registry::run(&scenario, Seed(1), &mut ());
        assert_eq!(check(&outcome, "linearizable-writes").verdict, Verdict::Valid);
        assert!(outcome.checks.iter().all(|check| check.name != "linearizability"));
        assert_eq!(outcome.verdict, Verdict::Valid, "{protocol}: {:?}", outcome.checks);
    }
}

/// What is promised holds, and nothing else would: each of the others is broken by some seed.
#[test]
fn stale_reads_are_seen_and_break_all_that_is_not_promised() {
    let broken = [
        "linearizable",
        "read-your-writes",
        "monotonic-reads",
        "monotonic-writes",
        "writes-follow-reads",
        "durability",
    ];
    let more = format!("\n[check]\nlevels = [\"linearizable-writes\", \"{}\"]\n", broken.join("\", \""));
    let objects = Specification::new(ModelName::CasRegister, Value::Nil);
    for protocol in ["raft", "multi-paxos"] {
        let scenario = stale(protocol, &more);
        let mut invalid = [0; 6];
        for seed in (0..50).map(Seed) {
            let outcome = registry::run(&scenario, seed, &mut ());
            let verdict = |level: &str| check(&outcome, Promise::named(level).unwrap().check()).verdict;
            assert_eq!(verdict("linearizable-writes"), Verdict::Valid, "{protocol} {seed}");
            assert_eq!(verdict("linearizable"), Verdict::Invalid, "{protocol} {seed}");
            for (count, level) in invalid.iter_mut().zip(broken) {
                *count += u32::from(verdict(level) == Verdict::Invalid);
            }
            let operations = outcome.history.operations().unwrap();
            let found = Staleness::of(&outcome.history, &operations, &objects).unwrap();
            // Longer than until the next heartbeat: who is cut off does not know.
            let most = found.worst.and_then(|worst| worst.time).unwrap();
            let told = format!("{protocol} {seed}: {} stale, {most} behind", found.stale);
            assert!(found.stale > 100 && most > SimDuration::from_ms(200), "{told}");
            assert_eq!(found.impossible, 0, "{told}");
        }
        assert!(invalid.iter().all(|&count| count > 0), "{protocol}: {invalid:?}");
    }
}

/// Whoever asked anybody would have no answer.
#[test]
fn nodes_that_hear_nobody_answer_stale_reads_and_no_others() {
    let read_by_loners = |protocol: &str, reads: &str| {
        let outcome = run(&format!(
            r#"
            protocol = "{protocol}"
            duration = "4s"
            faults = [{{ at = "2s", kind = "partition", groups = [[0], [1], [2], [3], [4]], for = "2s" }}]
            [clients]
            readers = 4
            [{protocol}]
            reads = "{reads}"
            "#
        ));
        let is_answer = |event: &&Event| (event.kind, &event.f) == (Kind::Ok, &Function::Read);
        // What was under way when they were parted is over by then.
        let since = SimTime::ZERO + SimDuration::from_ms(2_100);
        outcome.history.events.iter().filter(is_answer).filter(|event| event.time >= Some(since)).count()
    };
    let others: [(&str, &[&str]); 2] =
        [("raft", &["read-index", "log", "follower"]), ("multi-paxos", &["confirm", "slot"])];
    for (protocol, others) in others {
        assert!(read_by_loners(protocol, "stale") > 500, "{protocol}");
        for reads in others {
            assert_eq!(read_by_loners(protocol, reads), 0, "{protocol} {reads}");
        }
    }
}

/// What is left to judge has teeth: a value that was written over comes back, and is compared with.
#[test]
fn a_write_that_takes_effect_twice_is_not_excused_by_stale_reads() {
    let story = include_str!("../scenarios/bugs/raft/repeats-commands.toml").to_owned();
    let story = story + "\n[raft]\nreads = \"stale\"\n";
    let bug = "bugs = [\"raft/repeats-commands\"]";
    assert!(story.contains(bug));
    let outcome = run(&story);
    let found = check(&outcome, "linearizable-writes");
    assert_eq!(found.verdict, Verdict::Invalid);
    // Who is to blame is told as it is in the history.
    let detail = found.detail.as_deref().unwrap();
    let event = outcome.history.events.iter().position(|event| event.time == found.at).unwrap();
    let process = outcome.history.events[event].process;
    assert!(
        detail.contains(&format!("by process {process} on key 0, completed by event {event}")),
        "{detail}"
    );
    assert_eq!(run(&story.replace(bug, "")).verdict, Verdict::Valid);
}

/// Whoever wants more of them than they promise must say so.
#[test]
fn what_stale_reads_do_not_promise_is_not_judged_unasked() {
    let text = |reads: &str, more: &str| {
        format!(
            "protocol = \"raft\"\n[check]\nstop_at_violation = true\n{more}\n[raft]\nreads = \"{reads}\"\n\
             [expect]\nverdict = \"valid\"\ncheck = \"linearizability\"\n"
        )
    };
    let found = scenario(&text("stale", "")).unwrap_err();
    assert!(found.contains("not held to `linearizable` here: add it to `levels`"), "{found}");
    assert!(found.contains("add \"linearizable\" to `levels` under `[check]`"), "{found}");
    assert!(scenario(&text("stale", "levels = [\"linearizable\"]")).is_ok());
    assert!(scenario(&text("follower", "")).is_ok());
}
