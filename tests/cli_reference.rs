//! The commands that say what there is: `explain`, `list`, `schema`, `new`, `completions`, `man` and
//! `--version`, as a user and their scripts see them.

mod folder;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use folder::{Ended, Folder};
use serde_json::Value;

/// What a command that succeeds prints, which is all to stdout.
#[track_caller]
fn prints(folder: &Folder, arguments: &str) -> String {
    let Ended { out, err, .. } = folder.atropos(arguments).with(0);
    assert_eq!(err, "", "{arguments}: {out}");
    out
}

/// What a command says that refuses, which is all to stderr.
#[track_caller]
fn refuses(folder: &Folder, arguments: &str) -> String {
    let Ended { out, err, .. } = folder.atropos(arguments).with(2);
    assert_eq!(out, "", "{arguments}: {err}");
    err
}

#[test]
fn a_key_is_explained_with_all_that_is_known_of_it() {
    let folder = Folder::new("explain");
    let expected = "\
network.loss: a key

  The share of messages that never arrive.

  type         probability
  range        0 to 1
  default      0.0
  since        0.1
  survived by  raft, paxos, multi-paxos, primary-secondary

  # an example
  [network]
  loss = 0.05
";
    assert_eq!(prints(&folder, "explain network.loss"), expected);
    for (name, words) in [
        ("nodes", "nodes: a key"),
        ("[network]", "fifo"),
        ("faults", "kinds of fault"),
        ("crash", "needs        `target`; `at` or `every`"),
        ("raft", "admin     campaign"),
        ("preset", "  [swarm]\n  chance = 0.5\n  strength = 1.0\n"),
        ("hell", "hell: a preset"),
        ("raft.heartbeat_interval", "1us to 3600s"),
        ("raft/vote-not-persisted", "a deliberate bug"),
        ("linearizability", "made of runs of  raft"),
        ("AppendEntries", "a kind of message"),
        ("leader_change", "More than one term had a leader."),
        ("leader", "live node that leads with the highest term"),
        ("uniform", "{ uniform = [\"1ms\", \"3ms\"] }"),
        ("faults.restart.target", "Whom it starts if they are down"),
        ("limits.operations", "1 or more"),
        ("cas-register", "atropos check HISTORY --model cas-register"),
        ("duplicate", "network.link.duplicate: a key"),
    ] {
        let text = prints(&folder, &format!("explain {name}"));
        assert!(text.contains(words), "{name}: {text}");
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{name}: {text}");
    }
}

#[test]
fn without_a_name_every_key_has_a_line() {
    let text = prints(&Folder::new("overview"), "explain");
    for line in ["[network]  ", "    loss         probability", "  kind = \"crash\"  ", "[[network.link]]  "]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn a_name_that_is_none_is_refused_with_the_nearest() {
    let folder = Folder::new("unknown");
    let err = refuses(&folder, "explain network.los");
    assert!(
        err.starts_with("error: there is nothing called `network.los`; did you mean `network.loss`?\n"),
        "{err}"
    );
    let err = refuses(&folder, "explain xyzzy-plugh-plover");
    assert!(!err.contains("did you mean") && err.contains("atropos list"), "{err}");
}

#[test]
fn lists_hold_every_name_and_mark_what_does_not_read() {
    let folder = Folder::new("list");
    assert!(prints(&folder, "list scenarios").contains("none here"));
    let write = |name: &str, text: &str| folder.write(&format!("scenarios/{name}"), text);
    write("raft/good.toml", "description = \"It is good.\"\nprotocol = \"raft\"\n");
    write("bad.toml", "protocol = \"raft\"\nnodes = 0\nseed = -1\n");
    write("layered.toml", "extends = \"raft/good.toml\"\n");
    write("notes.txt", "no scenario");
    let text = prints(&folder, "list");
    for heading in ["scenarios", "protocols", "bugs", "nemeses", "models", "levels", "checks"] {
        assert!(text.lines().any(|line| line == heading), "{heading}: {text}");
        let alone = prints(&folder, &format!("list {heading}"));
        assert!(text.contains(&alone), "{heading}: {alone}");
    }
    assert!(
        text.contains("  raft/good  It is good.\n") && text.contains("  layered    It is good.\n"),
        "{text}"
    );
    assert!(text.contains("  bad        does not read: line 2: ") && text.contains("and 1 more"), "{text}");
    let json: Value = serde_json::from_str(&prints(&folder, "list --json")).unwrap();
    assert_eq!(json.as_object().unwrap().len(), 7);
    let scenarios = json["scenarios"].as_array().unwrap();
    let names: Vec<_> = scenarios.iter().map(|scenario| &scenario["name"]).collect();
    assert_eq!(names, ["bad", "layered", "raft/good"]);
    assert_eq!(scenarios[0]["file"], "scenarios/bad.toml");
    assert_eq!(scenarios[0]["valid"], false);
    assert_eq!(scenarios[2]["valid"], true);
    assert_eq!(scenarios[2]["description"], "It is good.");
    assert_eq!(json["bugs"][0]["name"], "raft/commits-old-terms");
    assert!(json["nemeses"].as_array().unwrap().iter().any(|nemesis| nemesis["name"] == "network.loss"));
    let one: Value = serde_json::from_str(&prints(&folder, "list models --json")).unwrap();
    assert_eq!(one["models"][1]["name"], "cas-register");
    // A line each, however long: scripts count them.
    assert_eq!(prints(&folder, "list bugs").lines().count(), 80);
    assert!(refuses(&folder, "list nothing").contains("possible values"));
}

#[test]
fn the_schema_is_the_one_that_is_committed() {
    let printed = prints(&Folder::new("schema"), "schema");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.schema.json");
    assert!(printed == fs::read_to_string(committed).unwrap(), "ATROPOS_BLESS=1 cargo test --test reference");
}

#[test]
fn a_new_scenario_runs_and_takes_no_files_place() {
    let folder = Folder::new("new");
    let told = prints(&folder, "new raft");
    assert!(told.contains("atropos run raft.toml"), "{told}");
    assert_eq!(prints(&folder, "validate raft.toml"), "raft.toml: valid\n");
    let run = folder.atropos("run raft.toml --set duration=15s --json").with(0).out;
    let run: Value = serde_json::from_str(&run).unwrap();
    assert_eq!((&run["verdict"], &run["faults"]["crashes"]), (&"valid".into(), &1.into()));
    let starter = prints(&folder, "new raft -o -");
    assert_eq!(starter, folder.read("raft.toml"));

    folder.write("raft.toml", "mine");
    assert!(refuses(&folder, "new raft").contains("`raft.toml` is there already"));
    assert_eq!(folder.read("raft.toml"), "mine");
    assert!(refuses(&folder, "new raft -o none/raft.toml").contains("cannot write `none/raft.toml`"));
    prints(&folder, "new raft --output other.toml");
    let mut names: Vec<_> =
        fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["other.toml", "raft.toml", "results", "scenarios"], "nothing half-written is left");
    let named = folder.command("new raft -o").arg("with space.toml").output().unwrap();
    let told = String::from_utf8(named.stdout).unwrap();
    assert!(told.ends_with("\n  atropos run 'with space.toml'\n"), "{told}");
    let err = refuses(&folder, "new rafft");
    assert!(err.starts_with("error: there is no protocol `rafft`; did you mean `raft`?\n"), "{err}");
}

/// Every name that a script can meet in the results is in the page about them.
#[test]
fn the_page_about_results_names_everything_in_them() {
    let folder = Folder::new("results");
    folder.write("run.toml", "protocol = \"raft\"\nduration = \"1s\"\n[expect]\nverdict = \"valid\"\n");
    folder.atropos("run run.toml --seeds 0..2").with(0);
    folder.atropos("run run.toml --seed 7").with(0);
    folder.atropos("replay run.toml --seed 7").with(0);
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/results.md")).unwrap();
    let mut names: Vec<String> = Vec::new();
    for file in folder.files("results") {
        names.push(file.rsplit('/').next().unwrap().to_owned());
        if file.ends_with(".bin") {
            continue;
        }
        let text = folder.read(&file);
        let first = text.lines().next().unwrap();
        if file.ends_with(".json") {
            fields(&serde_json::from_str(&text).unwrap(), &mut names);
        } else if file.ends_with(".jsonl") {
            fields(&serde_json::from_str(first).unwrap(), &mut names);
        } else {
            names.extend(first.split(',').map(str::to_owned));
        }
    }
    assert!(names.len() > 60, "{names:?}");
    for name in names {
        let named = page.contains(&format!("`{name}`")) || page.contains(&format!("\"{name}\""));
        assert!(named, "docs/results.md does not name `{name}`");
    }
    for code in [0, 1, 2, 3, 4, 130] {
        assert!(page.contains(&format!("\n| {code} | ")), "{code}");
    }
}

/// The names of the fields of a value, those inside it included.
fn fields(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.push(name.clone());
                fields(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, names)),
        _ => {}
    }
}

#[test]
fn shells_and_manuals_know_every_command() {
    let folder = Folder::new("man");
    let page = prints(&folder, "man");
    for command in [
        "run", "sweep", "merge", "replay", "check", "export", "validate", "new", "explain", "list", "schema",
        "man",
    ] {
        assert!(page.contains(&format!("atropos\\-{command}(1)")), "{command}: {page}");
        let own = prints(&folder, &format!("man {command}"));
        assert!(own.contains(&format!("atropos\\-{command} \\- ")), "{command}: {own}");
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let script = prints(&folder, &format!("completions {shell}"));
            assert!(script.contains(command), "{shell} {command}");
        }
    }
    let own = prints(&folder, "man run");
    let title = format!(".TH atropos-run 1  \"atropos {}\"", env!("CARGO_PKG_VERSION"));
    assert!(own.contains(&title) && own.contains("a violation was found"), "{own}");
    let script = prints(&folder, "completions bash");
    let new = script.lines().skip_while(|line| !line.ends_with("atropos__subcmd__new)")).nth(1).unwrap();
    assert!(new.ends_with(" raft paxos multi-paxos primary-secondary\""), "{new}");
    let models = atropos::check::ModelName::NAMES.join(" ");
    assert!(script.contains(&format!("compgen -W \"{models}\"")), "{script}");
    assert!(refuses(&folder, "man runn").contains("did you mean `run`?"));
    refuses(&folder, "completions tcsh");
}

#[test]
fn the_version_names_the_scheme_of_digests() {
    let folder = Folder::new("version");
    let (version, scheme) = (env!("CARGO_PKG_VERSION"), atropos::base::DIGEST_SCHEME);
    let expected = format!("atropos {version} (digest scheme {scheme})\n");
    assert_eq!(prints(&folder, "--version"), expected);
    assert_eq!(prints(&folder, "-V"), expected);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new("pipe");
    for arguments in
        ["explain", "schema", "list --json", "new raft -o -", "completions bash", "man", "explain loss"]
    {
        let mut child =
            folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::with_capacity(16, child.stdout.take().unwrap());
        out.fill_buf().unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{arguments}");
    }
}
