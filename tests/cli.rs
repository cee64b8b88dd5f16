//! What a user and their scripts see of the command: exit codes, JSON, files, last lines.

mod folder;

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

use folder::Folder;
use serde_json::Value;

const CALM: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"1s\"\nseed = 7\n";
const PARTITIONED: &str = "description = \"Cut off.\"\nprotocol = \"raft\"\nnodes = 3\nduration = \"2s\"\n\
    [network]\nloss = 0.01\n[[faults]]\nkind = \"partition\"\nisolate = \"leader\"\nat = \"600ms\"\nfor = \"400ms\"\n";
/// No clients: nothing to judge.
const IDLE: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"100ms\"\n[clients]\ncount = 0\n";

/// A bug that crashes bring to light, in some seeds.
const BROKEN: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"5s\"\nbugs = [\"raft/vote-not-persisted\"]\n\
    [network]\nloss = 0.2\nlatency = { uniform = [\"1ms\", \"80ms\"] }\n\
    [[faults]]\nkind = \"crash\"\ntarget = \"random\"\nevery = \"130ms\"\nfor = \"20ms\"\n";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_run_tells_its_verdict_last_and_keeps_its_files() {
    let folder = Folder::new("run");
    folder.write("scenarios/raft/cut.toml", PARTITIONED);
    let run = folder.atropos("run scenarios/raft/cut.toml --seed 0x2a").with(0);
    let closing = "\nverdict  valid\nresults  results/raft/cut/0x2a\n\
        replay   atropos replay scenarios/raft/cut.toml --seed 0x2a\n";
    assert!(run.out.ends_with(closing), "{}", run.out);
    assert!(run.out.starts_with("raft/cut: raft, 3 nodes, seed 0x2a\nCut off.\n"), "{}", run.out);
    for word in [
        "\n  linearizability       valid\n",
        "\nleader terms  ",
        "\n  partitions  ",
        "p99 ",
        "\n  partition       ",
    ] {
        assert!(run.out.contains(word), "no {word:?} in {}", run.out);
    }
    let names = ["history.jsonl", "ops.csv", "results.json", "trail.bin"];
    assert_eq!(folder.files("results"), names.map(|name| format!("results/raft/cut/0x2a/{name}")));
    let csv = folder.read("results/raft/cut/0x2a/ops.csv");
    assert!(csv.starts_with("process,f,key,input,output,outcome,invoke_ns,return_ns,latency_ms\n"), "{csv}");
    let again = folder.atropos("run raft/cut --seed 42 --out again").with(0);
    assert!(again.out.contains("--seed 0x2a --out again\n"), "{}", again.out);
    for name in names {
        let (one, other) = (format!("results/raft/cut/0x2a/{name}"), format!("again/raft/cut/0x2a/{name}"));
        let [one, other] = [one, other].map(|name| fs::read(folder.0.join(name)).unwrap());
        assert!(one == other, "{name}");
    }
}

#[test]
fn json_has_the_fields_that_scripts_rely_on() {
    let folder = Folder::new("json");
    folder.write("calm.toml", CALM);
    let run = folder.atropos("run calm.toml --json").with(0);
    assert_eq!(run.out.lines().count(), 1);
    assert!(run.err.contains("verdict  valid"), "{}", run.err);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    for (field, expected) in
        [("scenario", "calm"), ("protocol", "raft"), ("seed", "0x7"), ("verdict", "valid")]
    {
        assert_eq!(json[field], expected);
    }
    assert_eq!(json["digest"].as_str().unwrap().len(), 16);
    assert_eq!(json["sim_seconds"], 1.0);
    assert!(json["wall_seconds"].is_f64() && json["events"].as_u64().unwrap() > 100);
    assert_eq!(keys(&json["operations"]), ["fail", "info", "ok"]);
    assert_eq!(keys(&json["latency_ms"]), ["max", "mean", "p50", "p90", "p99"]);
    for counter in ["crashes", "partitions", "messages_sent", "messages_lost"] {
        assert!(json["faults"][counter].is_u64(), "{counter}");
    }
    let check = json["checks"].as_array().unwrap().last().unwrap();
    assert_eq!((&check["name"], &check["detail"]), (&Value::from("linearizability"), &Value::Null));
    assert!(json.get("expected").is_none() && json.get("deterministic").is_none());
    // The file is the same but for the clock.
    let file: Value = serde_json::from_str(&folder.read("results/calm/0x7/results.json")).unwrap();
    let mut printed = json;
    printed.as_object_mut().unwrap().remove("wall_seconds");
    assert_eq!(file, printed);
}

#[test]
fn expectations_and_limits_decide_the_exit_code() {
    let folder = Folder::new("expect");
    let run = |name: &str, text: String| {
        folder.write(name, text);
        folder.atropos(&format!("run {name} --json"))
    };
    let met = run("met.toml", format!("{CALM}[expect]\nverdict = \"valid\"\n")).with(0);
    assert!(met.out.contains("\"verdict\":\"valid\",\"expected\":true"), "{}", met.out);
    let unmet =
        run("unmet.toml", format!("{CALM}[expect]\nverdict = \"invalid\"\ncheck = \"election-safety\"\n"));
    let unmet = unmet.with(1);
    assert!(unmet.out.contains("\"expected\":false"), "{}", unmet.out);
    assert!(unmet.err.contains("valid, but expected was invalid of `election-safety`"), "{}", unmet.err);
    run("idle.toml", IDLE.to_owned()).with(3);
    run("unknown.toml", format!("{IDLE}[expect]\nverdict = \"unknown\"\n")).with(0);
    let limited = run("limited.toml", format!("{CALM}[limits]\nevents = 500\n")).with(3);
    assert!(limited.out.contains("\"events\":500,"), "{}", limited.out);
    for (seeds, code) in [("unmet", 1), ("met", 0), ("idle", 3)] {
        let sweep = folder.atropos(&format!("run {seeds}.toml --seeds 0..3")).with(code);
        assert_eq!(sweep.closing()[0], "verdict", "{}", sweep.out);
        // Failures have folders and replay commands, the others need none.
        assert_eq!(folder.files(&format!("results/{seeds}/0x2")).len(), if code == 1 { 4 } else { 0 });
        let replays = sweep.out.matches(&format!("atropos replay {seeds}.toml --seed 0x2\n")).count();
        assert_eq!(replays, usize::from(code == 1), "{}", sweep.out);
    }
}

#[test]
fn many_seeds_come_to_the_same_on_any_number_of_threads() {
    let folder = Folder::new("threads");
    folder.write("cut.toml", PARTITIONED);
    let json = |threads| {
        let run =
            folder.atropos(&format!("run cut.toml --seeds 0x0..=11 --json --threads {threads}")).with(0);
        let table = folder.read("results/cut/sweep.csv");
        let lines: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let without_clock = lines.into_iter().map(|mut line| {
            line.as_object_mut().unwrap().remove("wall_seconds").unwrap();
            line
        });
        (without_clock.collect::<Vec<_>>(), table)
    };
    let (one, two) = (json(1), json(2));
    assert_eq!(one, two);
    let seeds: Vec<&str> = one.0.iter().map(|line| line["seed"].as_str().unwrap()).collect();
    let expected = (0..12).map(|seed| format!("{seed:#x}")).collect::<Vec<_>>();
    assert_eq!(seeds, expected);
    assert!(
        one.1.starts_with("seed,verdict,failing_check,digest,events,ok,fail,info,leader_terms,"),
        "{}",
        one.1
    );
    assert_eq!(one.1.lines().count(), 13);
    assert_eq!(folder.files("results"), ["results/cut/sweep.csv", "results/cut/sweep.json"]);

    let text = folder.atropos("run cut.toml --seeds 0..4").with(0);
    assert_eq!(text.closing(), ["verdict", "results"], "{}", text.out);
    assert!(text.out.contains("4 seeds: 4 valid (100.0 %)"), "{}", text.out);
    let felt = text.out.lines().find(|line| line.contains("partitions")).unwrap();
    assert_eq!(felt.split_whitespace().collect::<Vec<_>>(), ["partitions", "1", "100.0", "%"]);
}

#[test]
fn a_failure_found_among_many_seeds_is_seen_again() {
    let folder = Folder::new("broken");
    folder.write("broken.toml", BROKEN);
    let sweep = folder.atropos("run broken.toml --seeds 0..300").with(1);
    assert_eq!(sweep.closing(), ["verdict", "results", "replay"], "{}", sweep.out);
    let failure = sweep.out.lines().next().unwrap();
    assert!(failure.starts_with("seed 0x") && failure.contains("  election-safety: at "), "{failure}");
    let replay = sweep.out.lines().last().unwrap().strip_prefix("replay   atropos ").unwrap();
    assert!(failure.ends_with(replay), "{failure}");
    let again = folder.atropos(replay).with(1);
    assert!(again.out.contains("\n  election-safety       invalid  at "), "{}", again.out);
    assert!(again.out.contains("\nverdict  invalid\n"), "{}", again.out);
}

#[test]
fn faults_that_nobody_felt_fail_the_claim() {
    let folder = Folder::new("toothless");
    let restart = "[[faults]]\nkind = \"restart\"\ntarget = \"random\"\nat = \"500ms\"\n";
    folder.write("idle.toml", format!("{CALM}{restart}"));
    let said = "verdict  unknown; no violation, but this says nothing of `restart`";
    let run = folder.atropos("run idle.toml --seeds 0..2").with(3);
    assert!(run.out.contains(said), "{run:#?}");
    let json = folder.atropos("run idle.toml --seeds 0..2 --json").with(3);
    assert!(json.err.contains(said) && json.out.lines().count() == 2, "{json:#?}");
    // Who says what to expect gets that judged, and is told all the same.
    folder.write("idle.toml", format!("{CALM}{restart}[expect]\nverdict = \"valid\"\n"));
    let run = folder.atropos("run idle.toml --seeds 0..2").with(0);
    assert!(run.out.contains("valid, as expected; no violation, but"), "{run:#?}");
}

#[test]
fn a_replay_is_the_same_run_or_says_so() {
    let folder = Folder::new("replay");
    folder.write("cut.toml", PARTITIONED);
    folder.atropos("run cut.toml --seed 3").with(0);
    let before = folder.read("results/cut/0x3/results.json");
    let replay = folder.atropos("replay cut.toml --seed 3 --from 600ms --until 0.61s").with(0);
    assert_eq!(replay.closing(), ["verdict", "results", "replay"]);
    let trace: Vec<&str> = replay.out.lines().take_while(|line| !line.is_empty()).collect();
    assert!(trace[0].contains("0.600000000s  fault         [n"), "{}", trace[0]);
    assert!(trace.iter().all(|line| line.contains("  0.60")), "{trace:#?}");
    assert_eq!(folder.read("results/cut/0x3/results.json"), before);
    let whole = folder.read("results/cut/0x3/trace.jsonl");
    let first: Value = serde_json::from_str(whole.lines().next().unwrap()).unwrap();
    assert_eq!(keys(&first), ["event", "kind", "place", "text", "time"]);

    // As if another program had run it.
    let digest = serde_json::from_str::<Value>(&before).unwrap()["digest"].as_str().unwrap().to_owned();
    let tampered = before.replace(&digest, "0123456789abcdef");
    folder.write("results/cut/0x3/results.json", &tampered);
    let other = folder.atropos("replay cut.toml --seed 3 --json").with(4);
    assert!(other.err.contains("This is not the run of which"), "{}", other.err);
    assert!(other.err.contains("The settings are the same, so the program is another"), "{}", other.err);
    assert_eq!(other.out.lines().count(), 1);
    assert_eq!(folder.read("results/cut/0x3/results.json"), tampered);
    assert_eq!(folder.read("results/cut/0x3/trace.jsonl"), whole);
    assert_eq!(folder.files("results").len(), 5);
}

/// Outside `scenarios/` a name is no more than that of the file.
#[test]
fn another_scenario_of_the_same_name_is_no_mismatch() {
    let folder = Folder::new("namesake");
    for name in ["one", "other"] {
        fs::create_dir_all(folder.0.join(name)).unwrap();
    }
    folder.write("one/cut.toml", PARTITIONED);
    folder.write("other/cut.toml", PARTITIONED.replace("0.01", "0.02"));
    let note = "results/cut/0x0/results.json told of a run with other settings";
    assert!(!folder.atropos("run one/cut.toml").with(0).out.contains(note));
    let replay = folder.atropos("replay other/cut.toml").with(0);
    assert!(replay.out.contains(note), "{}", replay.out);
    let run = folder.atropos("run one/cut.toml --json").with(0);
    assert!(run.err.contains(note), "{}", run.err);
    // The same settings, said otherwise, are the same scenario.
    folder.write("other/cut.toml", format!("{PARTITIONED}until = \"9s\"\n"));
    folder.atropos("run one/cut.toml --set nodes=4 --set seed=0").with(0);
    let replay = folder.atropos("replay one/cut.toml --set seed=0 --set nodes=4").with(0);
    assert!(!replay.out.contains("results.json"), "{}", replay.out);
    folder.write("results/cut/0x0/results.json", "{}");
    let run = folder.atropos("run one/cut.toml").with(0);
    assert!(run.out.contains("is no result of a run: it is replaced"), "{}", run.out);
}

#[test]
fn a_replay_shows_what_it_cannot_write() {
    let folder = Folder::new("unwritten");
    folder.write("cut.toml", PARTITIONED);
    folder.write("taken", "");
    let replay = folder.atropos("replay cut.toml --from 600ms --until 610ms --out taken").with(2);
    assert!(replay.out.contains("0.600000000s  fault "), "{}", replay.out);
    assert_eq!(replay.closing(), ["verdict", "replay"], "{}", replay.out);
    assert!(replay.err.contains("cannot write `taken/cut/0x0`"), "{}", replay.err);
    let json = folder.atropos("replay cut.toml --json --out taken").with(2);
    assert_eq!(json.out.lines().count(), 1, "{}", json.out);
}

/// What would run for ever at one instant, or fill all memory, ends with a word of why.
#[test]
fn a_run_ends_at_its_limits() {
    let folder = Folder::new("limits");
    let zero = "protocol = \"raft\"\nnodes = 3\nduration = \"1s\"\n[network]\nlatency = \"0s\"\n[disk]\nsync = \"0s\"\n\
        [clients]\nthink = \"0s\"\n";
    folder.write("zero.toml", zero);
    folder.write("cut.toml", PARTITIONED);
    for (arguments, said) in [
        (
            "zero.toml --set limits.events_at_once=20000",
            "and time not getting on: see `limits.events_at_once`",
        ),
        ("zero.toml --set limits.operations=500", "after 500 operations: see `limits.operations`"),
        ("cut.toml --set limits.operations=50", "after 50 operations: see `limits.operations`"),
        ("cut.toml --set nodes=50 --set limits.pending=40", "events pending at once: see `limits.pending`"),
    ] {
        let run = folder.atropos(&format!("run {arguments}")).with(3);
        assert!(
            run.out.contains(said) && run.out.contains("\nverdict  unknown\n"),
            "{arguments}: {}",
            run.out
        );
    }
}

#[test]
fn determinism_is_checked() {
    let folder = Folder::new("determinism");
    folder.write("cut.toml", PARTITIONED);
    let run = folder.atropos("run cut.toml --check-determinism").with(0);
    assert!(run.out.contains("\nverdict  valid, deterministic\n"), "{}", run.out);
}

#[test]
fn wrong_usage_and_broken_input_end_with_2() {
    let folder = Folder::new("usage");
    folder.write("calm.toml", CALM);
    folder.write("...toml", CALM);
    folder.write("scenarios/raft/..toml", CALM);
    folder.write("typo.toml", CALM.replace("nodes", "noddes"));
    folder.write("latin1.toml", b"protocol = \"r\xe4ft\"\n");
    folder.write("huge.toml", "#".repeat(3 << 20));
    for (arguments, said) in [
        ("", "Usage: atropos"),
        ("walk", "unrecognized subcommand"),
        ("run", "SCENARIO"),
        ("run missing.toml", "cannot read the scenario `missing.toml`"),
        ("run scenarios", "it is a folder"),
        ("run typo.toml", "typo.toml:2:1"),
        ("run typo.toml", "did you mean `nodes`"),
        ("run latin1.toml", "not text"),
        ("run ...toml", "the scenario `...toml` would be called `..`"),
        ("run scenarios/raft/..toml", "would be called `.`"),
        ("run huge.toml", "too large"),
        ("run calm.toml --seed 1.5", "is no seed"),
        ("run calm.toml --seeds 5..5", "holds no seed"),
        ("run calm.toml --seeds 9..1", "backwards"),
        ("run calm.toml --seeds 0..0xffffffffffffffff", "at most"),
        ("run calm.toml --seeds 0..2 --seed 1", "cannot be used with"),
        ("run calm.toml --threads 0", "--threads"),
        ("replay calm.toml --from soon", "--from"),
        ("check missing.jsonl", "cannot read the history"),
        ("check calm.toml --model regster", "did you mean `register`"),
        ("check calm.toml --timeout=-1", "--timeout"),
    ] {
        let ended = folder.atropos(arguments).with(2);
        assert!(ended.err.contains(said), "{arguments}: {}", ended.err);
        assert!(ended.out.is_empty() && !ended.err.contains('\x1b'), "{ended:?}");
    }
    assert!(folder.files("results").is_empty());
    folder.atropos("--version").with(0);
    folder.atropos("run --help").with(0);
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = Folder::new("unwritable");
    folder.write("calm.toml", CALM);
    folder.write("taken", "");
    for arguments in ["run calm.toml", "run calm.toml --seeds 0..2", "replay calm.toml"] {
        let ended = folder.atropos(&format!("{arguments} --out taken")).with(2);
        assert!(ended.err.contains("cannot write `taken/calm"), "{}", ended.err);
        assert!(ended.err.contains("not saved"), "{}", ended.err);
    }
    // A file that cannot get its name leaves no half of it behind.
    fs::create_dir_all(folder.0.join("results/calm/0x7/results.json/in-the-way")).unwrap();
    for command in ["run", "replay"] {
        let ended = folder.atropos(&format!("{command} calm.toml")).with(2);
        assert!(ended.err.contains("results.json"), "{}", ended.err);
        // What was found out is told all the same.
        assert_eq!(ended.closing(), ["verdict", "replay"], "{}", ended.out);
        let left = folder.files("results");
        assert!(left.iter().all(|name| name.ends_with("trace.jsonl")), "{left:?}");
    }
    folder.write("unmet.toml", format!("{CALM}[expect]\nverdict = \"invalid\"\n"));
    fs::create_dir_all(folder.0.join("results/unmet")).unwrap();
    folder.write("results/unmet/0x0", "");
    let ended = folder.atropos("run unmet.toml --seeds 0..2").with(2);
    assert!(ended.out.starts_with("seed 0x0  valid, not as expected"), "{ended:?}");
    assert!(ended.err.contains("results/unmet/0x0"), "{}", ended.err);
}

#[test]
fn a_closed_pipe_is_no_error_and_hides_no_verdict() {
    let folder = Folder::new("pipe");
    folder.write("cut.toml", PARTITIONED);
    folder.write("broken.toml", BROKEN);
    folder.write("stale.jsonl", STALE);
    let sweep = folder.atropos("run broken.toml --seeds 0..300").with(1);
    let seed = sweep.out.split_whitespace().nth(1).unwrap();
    for (arguments, code) in [
        ("run cut.toml", 0),
        ("check stale.jsonl", 1),
        (&format!("run broken.toml --seed {seed} --json"), 1),
        // The pipe breaks at the first failure, that of a valid seed, or within the trace.
        ("run broken.toml --seeds 0..300", 1),
        ("run cut.toml --seeds 0..20 --json", 3),
        ("run cut.toml --seeds 0..20", 0),
        ("replay cut.toml", 3),
    ] {
        let mut child =
            folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments}: {err}");
        assert!(!err.contains("panic") && !err.contains("error"), "{err}");
    }
    assert!(folder.files("results").iter().all(|name| !name.ends_with("partial")));
}

const VALID: &str = r#"{"process":0,"type":"invoke","f":"write","key":"x","value":1}
{"process":0,"type":"ok","f":"write","key":"x","value":1}
{"process":1,"type":"invoke","f":"read","key":"x","value":null}
{"process":1,"type":"ok","f":"read","key":"x","value":1}
"#;
/// A read of what nobody wrote.
const STALE: &str = r#"{"process":1,"type":"invoke","f":"read","key":"x","value":null}
{"process":1,"type":"ok","f":"read","key":"x","value":1}
"#;

#[test]
fn histories_are_judged() {
    let folder = Folder::new("check");
    folder.write("valid.jsonl", VALID);
    folder.write("stale.jsonl", VALID.replacen("1}", "2}", 2));
    folder.write("empty.jsonl", "");
    let valid = folder.atropos("check valid.jsonl").with(0);
    assert_eq!(valid.closing(), ["verdict"]);
    let stale = folder.atropos("check stale.jsonl").with(1);
    assert!(stale.out.contains("<- impossible"), "{}", stale.out);
    let json: Value = serde_json::from_str(&folder.atropos("check stale.jsonl --json").with(1).out).unwrap();
    assert_eq!((&json["file"], &json["model"]), (&"stale.jsonl".into(), &"cas-register".into()));
    assert_eq!((&json["verdict"], &json["algorithm"]), (&"invalid".into(), &"zones".into()));
    assert_eq!(json["operations"], serde_json::json!({"ok": 2, "fail": 0, "info": 0}));
    let first = serde_json::json!({"index": 3, "process": 1, "f": "read", "key": "x", "value": 1});
    assert_eq!(json["first_impossible"], first);
    for seconds in ["load_seconds", "wall_seconds"] {
        assert!(json[seconds].is_f64(), "{seconds}");
    }
    assert!(json["peak_memory_bytes"].is_u64());
    let verdict = folder.atropos("check stale.jsonl --verdict-only --json").with(1);
    let json: Value = serde_json::from_str(&verdict.out).unwrap();
    assert_eq!((&json["verdict"], &json["first_impossible"]), (&"invalid".into(), &Value::Null));
    folder.atropos("check valid.jsonl --verdict-only").with(0);
    let empty = folder.atropos("check empty.jsonl --json").with(3);
    assert!(empty.out.contains("nothing to judge"), "{}", empty.out);
    // Not a verdict on what nobody could read.
    folder.write("other.log", "\nGET / 200\n");
    let other = folder.atropos("check other.log --json").with(2);
    assert!(other.err.starts_with("error: other.log:2:1: no line is of an operation"), "{}", other.err);
    let late = folder.atropos("check valid.jsonl --timeout 0").with(3);
    assert!(late.out.contains("not decided within 0 s"), "{}", late.out);
}

#[test]
fn a_model_and_its_first_value_can_be_chosen() {
    let folder = Folder::new("model");
    let read =
        |value: &str| VALID.lines().skip(2).map(|line| line.replace("1}", value) + "\n").collect::<String>();
    folder.write("five.jsonl", read("5}"));
    folder.atropos("check five.jsonl").with(1);
    folder.atropos("check five.jsonl --initial 5").with(0);
    folder.atropos("check five.jsonl --initial -5 --model register").with(1);
    folder.write("cas.jsonl", VALID.replace("write", "cas").replacen("1}", "[1,2]}", 2));
    let refused = folder.atropos("check cas.jsonl --model register").with(2);
    assert!(refused.err.contains("cas.jsonl:1:1: the model `register` has no `cas`"), "{}", refused.err);
}

#[test]
fn malformed_histories_are_refused_with_their_place() {
    let folder = Folder::new("malformed");
    folder.write("junk.jsonl", format!("{VALID}\n{{\"process\":0,\"type\":\"okk\",\"f\":\"read\"}}\n"));
    let junk = folder.atropos("check junk.jsonl --json").with(2);
    assert!(junk.err.contains("junk.jsonl:6:21: unknown type `okk`"), "{}", junk.err);
    assert!(junk.out.is_empty());
    folder.write(
        "twice.jsonl",
        VALID.lines().take(1).map(|line| format!("{line}\n{line}\n")).collect::<String>(),
    );
    let twice = folder.atropos("check twice.jsonl").with(2);
    assert!(twice.err.contains("twice.jsonl:2:1: process 0 invokes"), "{}", twice.err);
    let mut piped = folder.command("check -").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    piped.stdin.take().unwrap().write_all(VALID.as_bytes()).unwrap();
    assert_eq!(piped.wait().unwrap().code(), Some(0));
}
