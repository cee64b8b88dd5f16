//! What a user sees of levels, staleness and durability at the command line.

mod folder;

use folder::Folder;
use serde_json::Value;

/// One process after the other: `(process, function, key, value)`, each operation answered at once.
fn history(operations: &[(u64, &str, &str, &str)]) -> String {
    let event = |&(process, f, key, value): &(u64, &str, &str, &str), kind: &str, time: usize| {
        let told = if kind == "invoke" && f == "read" { "null" } else { value };
        format!(
            "{{\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":\"{key}\",\"value\":{told},\"time\":{time}}}\n"
        )
    };
    let both =
        |(place, operation)| event(operation, "invoke", 2 * place) + &event(operation, "ok", 2 * place + 1);
    operations.iter().enumerate().map(|(place, operation)| both((place, operation))).collect()
}

/// Process 1 sees the second of two writes, and then the first.
fn backwards() -> String {
    history(&[(0, "write", "x", "1"), (0, "write", "x", "2"), (1, "read", "x", "2"), (1, "read", "x", "1")])
}

fn json(folder: &Folder, command: &str, code: i32) -> Value {
    serde_json::from_str(&folder.atropos(&format!("{command} --json --quiet")).with(code).out).unwrap()
}

#[test]
fn a_history_is_held_to_any_level() {
    let folder = Folder::new("levels");
    folder.write("back.jsonl", backwards());
    for (level, code) in [
        ("linearizable", 1),
        ("sequential", 1),
        ("causal-convergent", 1),
        ("causal", 1),
        ("session", 1),
        ("read-your-writes", 0),
        ("monotonic-reads", 1),
        ("monotonic-writes", 1),
        ("writes-follow-reads", 0),
    ] {
        folder.atropos(&format!("check back.jsonl --level {level}")).with(code);
    }
    let told = folder.atropos("check back.jsonl --level monotonic-reads").with(1);
    assert!(
        told.out.contains("Process 1 read 1 of key \"x\" after it had read 2 of key \"x\""),
        "{}",
        told.out
    );
    let told = folder.atropos("check back.jsonl --level causall").with(2);
    assert!(told.err.contains("did you mean `causal`?"), "{}", told.err);
    let found = json(&folder, "check back.jsonl --level causal", 1);
    assert_eq!((&found["level"], &found["violations"]), (&"causal".into(), &1.into()));
    assert_eq!(found["first_impossible"]["index"], 7);
    assert_eq!(found["examples"][0]["operations"][2]["value"], 1);
}

#[test]
fn the_strongest_level_is_told_with_what_stands_in_the_way() {
    let folder = Folder::new("strongest");
    folder.write("back.jsonl", backwards());
    let stale =
        [(0, "write", "x", "1"), (0, "write", "x", "2"), (1, "read", "x", "1"), (1, "read", "x", "2")];
    folder.write("stale.jsonl", history(&stale));
    folder.write("empty.jsonl", "");
    let found = json(&folder, "check back.jsonl --strongest", 0);
    assert_eq!(found["strongest"], serde_json::json!(["read-your-writes", "writes-follow-reads"]));
    assert_eq!(found["witness"]["level"], "monotonic-writes");
    assert_eq!(found["levels"].as_array().unwrap().len(), 9);
    let found = json(&folder, "check stale.jsonl --strongest", 0);
    assert_eq!(found["strongest"], serde_json::json!(["sequential"]));
    let story = found["witness"]["examples"][0]["story"].as_str().unwrap();
    assert!(story.starts_with("nothing explains read 1 by process 1"), "{story}");
    folder.atropos("check empty.jsonl --strongest").with(3);
}

#[test]
fn what_is_stale_and_what_is_lost_is_told() {
    let folder = Folder::new("measures");
    let lost = [
        (0, "write", "x", "1"),
        (0, "write", "x", "2"),
        (1, "read", "x", "2"),
        (1, "read", "x", "1"),
        (2, "read", "x", "1"),
    ];
    folder.write("lost.jsonl", history(&lost));
    folder.write("back.jsonl", backwards());
    let found = json(&folder, "check lost.jsonl --durability --staleness", 1);
    assert_eq!(found["durability"]["lost"][0]["value"], 2);
    assert_eq!(found["staleness"]["stale"], 2);
    assert_eq!(found["staleness"]["k_most"], 2);
    let told = folder.atropos("check lost.jsonl --durability").with(1);
    assert!(told.out.contains("lost                1"), "{}", told.out);
    folder.atropos("check back.jsonl --staleness").with(0);
    let told = folder.atropos("check back.jsonl --durability --model counter").with(2);
    assert!(told.err.contains("counter"), "{}", told.err);
}
