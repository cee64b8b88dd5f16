//! Runs held to more and to less than linearizability.

use atropos::base::Seed;
use atropos::check::Verdict;
use atropos::registry;
use atropos::run::{CheckResult, Outcome};
use atropos::scenario::{Source, read};

/// The scenario of `text`, run under seed 1.
fn run(text: &str) -> Outcome {
    let source = Source { path: "promises.toml", name: "promises".to_owned(), text: text.as_bytes() };
    let scenario = read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)));
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
