//! What a user sees of the scenario language at the command line: `validate`, `extends`, `--set`.

mod folder;

use std::fs;

use folder::{Ended, Folder};
use serde_json::Value;

const CALM: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"1s\"\nseed = 7\n";

/// What `atropos` with these arguments ends with and prints to stdout and stderr.
fn typed(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let output = folder.command("").args(arguments).output().unwrap();
    let Ended { code, out, err } = Ended::new(output);
    (code.unwrap(), out, err)
}

#[test]
fn validate_examines_every_file_and_writes_nothing() {
    let folder = Folder::new("validate");
    folder.write("scenarios/raft/calm.toml", CALM);
    folder.write("broken.toml", "protocol = \"raft\"\nnodes = 0\nlos = 1\n");
    folder.write("child.toml", "extends = \"scenarios/raft/../raft/calm.toml\"\n");
    let (code, out, err) =
        typed(&folder, &["validate", "raft/calm", "broken.toml", "child.toml", "gone.toml"]);
    assert_eq!(code, 2);
    assert_eq!(out, "raft/calm: valid\nchild.toml: valid\n");
    assert!(err.contains("broken.toml:2:9") && err.contains("broken.toml:3:1"), "{err}");
    assert!(err.contains("cannot read the scenario `gone.toml`: there is no such file"), "{err}");
    let (code, out, err) = typed(&folder, &["validate", "raft/calm", "child.toml"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(!folder.0.join("results").exists());
    assert_eq!(typed(&folder, &["validate"]).0, 2);
}

#[test]
fn validate_tells_programs_where_the_problems_are() {
    let folder = Folder::new("json");
    folder.write("calm.toml", CALM);
    folder.write("broken.toml", "protocol = \"raft\"\nnodes = 0\n");
    let (code, out, err) =
        typed(&folder, &["validate", "--json", "calm.toml", "broken.toml", "gone.toml", "scenarios"]);
    assert_eq!((code, err.matches("error: ").count()), (2, 3), "{err}");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0]["valid"], &lines[0]["problems"]), (&Value::from(true), &Value::Array(Vec::new())));
    let problem = &lines[1]["problems"][0];
    let place = [&problem["path"], &problem["line"], &problem["column"]];
    assert_eq!(place, [&Value::from("broken.toml"), &Value::from(2), &Value::from(9)]);
    assert_eq!((&lines[2]["valid"], &lines[2]["problems"][0]["line"]), (&Value::from(false), &Value::Null));
    assert!(lines[3]["problems"][0]["message"].as_str().unwrap().contains("it is a folder"), "{}", lines[3]);
}

#[test]
fn a_file_that_is_not_there_suggests_one_that_is() {
    let folder = Folder::new("nearest");
    folder.write("scenarios/raft/steady.toml", CALM);
    for (named, meant) in [
        ("scenarios/raft/stedy.toml", "scenarios/raft/steady.toml"),
        ("raft/steaddy", "scenarios/raft/steady.toml"),
    ] {
        let (code, _, err) = typed(&folder, &["run", named]);
        assert_eq!(code, 2);
        assert!(err.contains(&format!("did you mean `{meant}`?")), "{err}");
    }
    folder.write("child.toml", "extends = \"scenarios/raft/steadi.toml\"\n");
    let (code, _, err) = typed(&folder, &["run", "child.toml"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("child.toml:1:11") && err.contains("did you mean `scenarios/raft/steady.toml`?"),
        "{err}"
    );
}

#[test]
fn files_that_extend_each_other_end_in_an_error() {
    let folder = Folder::new("round");
    folder.write("a.toml", "extends = \"b.toml\"\n");
    folder.write("b.toml", "extends = \"./scenarios/../a.toml\"\n");
    let (code, _, err) = typed(&folder, &["validate", "a.toml"]);
    assert_eq!(code, 2);
    assert!(err.contains("b.toml:1:11") && err.contains("a scenario cannot extend itself"), "{err}");
}

/// What is suggested can be written in the place of what was.
#[test]
fn a_file_to_extend_is_suggested_as_it_would_be_written() {
    let folder = Folder::new("suggested");
    fs::create_dir_all(folder.0.join("ext")).unwrap();
    folder.write("ext/base.toml", CALM);
    folder.write("ext/home.toml", CALM);
    for (written, suggested) in [
        ("bse.toml", Some("base.toml")),
        ("base", Some("base.toml")),
        ("../ext/bas.toml", Some("../ext/base.toml")),
        // Nor the file itself, which is as near.
        ("nope.toml", None),
        ("childs.toml", None),
    ] {
        folder.write("ext/child.toml", format!("extends = \"{written}\"\n"));
        let (code, _, err) = typed(&folder, &["validate", "ext/child.toml"]);
        assert_eq!(code, 2);
        match suggested {
            Some(suggested) => assert!(err.contains(&format!("did you mean `{suggested}`?")), "{err}"),
            None => assert!(err.contains("there is no such file\n"), "{err}"),
        }
    }
}

/// A scenario that begins like an option is still found by the command that is suggested.
#[test]
fn a_replay_of_a_name_with_a_dash_can_be_pasted() {
    let folder = Folder::new("dash");
    folder.write("-x.toml", CALM);
    let (code, out, _) = typed(&folder, &["run", "--out=-dir", "--", "-x.toml"]);
    assert_eq!(code, 0, "{out}");
    let replay = out.lines().last().unwrap().strip_prefix("replay   atropos ").unwrap();
    assert_eq!(replay, "replay ./-x.toml --seed 0x7 --out=-dir");
    let words: Vec<&str> = replay.split(' ').collect();
    assert_eq!(typed(&folder, &words).0, 0);
}

/// A device says nothing of its size.
#[cfg(unix)]
#[test]
fn a_device_without_end_is_too_large() {
    let folder = Folder::new("zero");
    let (code, _, err) = typed(&folder, &["validate", "/dev/zero"]);
    assert_eq!(code, 2);
    assert!(err.contains("67108864 bytes or more are too large for a scenario"), "{err}");
}

/// A pipe would be waited for, a device read without end.
#[cfg(unix)]
#[test]
fn only_files_are_extended() {
    let folder = Folder::new("device");
    folder.write("child.toml", "extends = \"/dev/null\"\n");
    let (code, _, err) = typed(&folder, &["validate", "child.toml"]);
    assert_eq!(code, 2);
    assert!(err.contains("child.toml:1:11") && err.contains("neither a file nor a folder"), "{err}");
}

#[test]
fn what_is_set_is_recorded_and_replayed() {
    let folder = Folder::new("set");
    folder.write("calm.toml", CALM);
    let latency = "network.latency={ uniform = [\"2ms\", \"4ms\"] }";
    let (code, out, _) =
        typed(&folder, &["run", "calm.toml", "--set", "network.loss=0.05", "--set", latency]);
    assert_eq!(code, 0, "{out}");
    let replay = format!("atropos replay calm.toml --set network.loss=0.05 --set '{latency}' --seed 0x7\n");
    assert!(out.ends_with(&replay), "{out}");
    let results = folder.0.join("results/calm/0x7/results.json");
    let json: Value = serde_json::from_slice(&fs::read(&results).unwrap()).unwrap();
    assert_eq!(json["set"], serde_json::json!(["network.loss=0.05", latency]));
    assert!(json["faults"]["messages_lost"].as_u64().unwrap() > 0);
    // The same again, then another: that is no replay that differs.
    let (code, ..) =
        typed(&folder, &["replay", "calm.toml", "--json", "--set", "network.loss=0.05", "--set", latency]);
    assert_eq!(code, 0);
    let (code, ..) = typed(&folder, &["replay", "calm.toml", "--json"]);
    assert_eq!(code, 0);
    let json: Value = serde_json::from_slice(&fs::read(&results).unwrap()).unwrap();
    assert_eq!((&json["set"], &json["faults"]["messages_lost"]), (&Value::Null, &Value::from(0)));
}

#[test]
fn a_slip_in_what_is_set_ends_before_anything_is_written() {
    let folder = Folder::new("slip");
    folder.write("calm.toml", CALM);
    for command in ["run", "replay", "validate"] {
        let (code, out, err) = typed(&folder, &[command, "calm.toml", "--set", "network.loss=1.7"]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains("--set:1:14") && err.contains("a number from 0 to 1"), "{err}");
    }
    assert!(!folder.0.join("results").exists());
}

#[test]
fn what_is_no_scenario_at_all_is_refused() {
    let folder = Folder::new("none");
    folder.write("huge.toml", " ".repeat(3 << 20));
    folder.write("endless.toml", "# x\n".repeat(17 << 20));
    for (file, why) in [
        ("scenarios", "it is a folder"),
        ("huge.toml", "too large for a scenario"),
        ("endless.toml", "too large for a scenario"),
        ("", "no such file"),
        ("\u{1b}[31m", "no such file"),
    ] {
        let (code, out, err) = typed(&folder, &["run", file]);
        assert_eq!((code, out.as_str()), (2, ""), "{file}");
        assert!(err.starts_with("error: ") && err.contains(why), "{file}: {err}");
    }
    assert!(!folder.0.join("results").exists());
}

/// Crashes and a bug that some of them bring to light.
const BROKEN: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"5s\"\nbugs = [\"raft/vote-not-persisted\"]\n\
    [network]\nloss = 0.2\nlatency = { uniform = [\"1ms\", \"80ms\"] }\n\
    [[faults]]\nkind = \"crash\"\ntarget = \"random\"\nevery = \"130ms\"\nfor = \"20ms\"\n";

#[test]
fn a_sweep_must_see_what_is_asked_for() {
    let folder = Folder::new("sometimes");
    let asking = |sights: &[&str]| {
        let expect = sights.iter().map(|sight| format!("[[expect]]\nsometimes = {sight}\n"));
        format!("{BROKEN}{}", expect.collect::<String>())
    };
    folder.write("seen.toml", asking(&["\"crashes\"", "\"invalid\"\ncheck = \"election-safety\""]));
    folder.write("never.toml", asking(&["\"invalid\"", "\"pauses\""]));
    folder.write("unasked.toml", asking(&["\"crashes\""]));
    let (code, out, _) = typed(&folder, &["run", "seen.toml", "--seeds", "0..60"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("verdict  invalid, as expected\n") && out.contains("invalid of election-safety"),
        "{out}"
    );
    // No run that is wanted is told as a failure.
    assert!(!out.contains("atropos replay"), "{out}");
    let (code, out, _) = typed(&folder, &["run", "never.toml", "--seeds", "0..60"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("but never seen: `pauses`\n"), "{out}");
    let (code, out, _) = typed(&folder, &["run", "unasked.toml", "--seeds", "0..60"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("atropos replay unasked.toml"), "{out}");
    // One run shows what it shows, and is judged by its own verdict.
    let (_, out, _) = typed(&folder, &["run", "never.toml", "--json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["sometimes"][1], serde_json::json!({"sight": "pauses", "check": null, "seen": false}));
}

/// An order to a node that there is not: nothing runs, whatever is typed.
#[test]
fn a_command_in_vain_ends_before_anything_runs() {
    let folder = Folder::new("in-vain");
    let order = |command: &str| {
        format!(
            "protocol = \"raft\"\nnodes = 5\n[raft]\nvoters = 3\n[[faults]]\nkind = \"admin\"\n\
             command = \"{command}\"\ntarget = \"leader\"\nat = \"1s\"\n"
        )
    };
    for (command, told) in [("add 5", "a node id from 0 to 4"), ("add 2", "node 2 votes from the beginning")]
    {
        folder.write("order.toml", order(command));
        for typed_as in ["validate", "run", "sweep", "replay"] {
            let (code, out, err) = typed(&folder, &[typed_as, "order.toml"]);
            assert_eq!((code, out.as_str()), (2, ""), "{typed_as} {command}: {err}");
            assert!(err.contains("order.toml:7:") && err.contains(told), "{typed_as} {command}: {err}");
        }
    }
    folder.write("order.toml", order("add 4"));
    assert_eq!(typed(&folder, &["validate", "order.toml"]).0, 0);
}
