//! Seeds that failed once, and replays that are not what they were, as a user sees them.

mod folder;

use std::fs;

use folder::Folder;
use serde_json::Value;

/// A bug that crashes bring to light, in some seeds.
const BROKEN: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"9s\"\nbugs = [\"raft/vote-not-persisted\"]\n\
    [network]\nloss = 0.2\nlatency = { uniform = [\"1ms\", \"80ms\"] }\n\
    [[faults]]\nkind = \"crash\"\ntarget = \"random\"\nevery = \"130ms\"\nfor = \"20ms\"\n";
const SCENARIO: &str = "scenarios/raft/broken.toml";
const SEEDS: &str = "scenarios/regressions/raft/broken.seeds";

/// The lines of the file of seeds that are none of people's.
fn entries(folder: &Folder) -> Vec<String> {
    let text = folder.read(SEEDS);
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn a_failure_that_was_found_is_run_first_from_then_on() {
    let folder = Folder::new("regressions");
    folder.write(SCENARIO, BROKEN);
    let sweep = folder.atropos("sweep raft/broken --seeds 0..60").with(1);
    let found: Vec<&str> =
        sweep.out.lines().filter(|line| line.starts_with("seed 0x")).map(|line| &line[5..]).collect();
    assert!(!found.is_empty() && found.len() <= 10, "{}", sweep.out);
    assert!(sweep.out.contains(&format!("added to {SEEDS}: {} that failed\n", found.len())), "{}", sweep.out);
    let kept = entries(&folder);
    assert_eq!(kept.len(), found.len());
    for (line, found) in kept.iter().zip(&found) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            (words[0], words[1], words[5]),
            (found.split(' ').next().unwrap(), "election-safety", "#")
        );
        assert_eq!((words[2].len(), words[3].len()), (16, 16), "{line}");
        assert!(words[4].starts_with(env!("CARGO_PKG_VERSION")), "{line}");
    }
    // Again, and the file is the same; other seeds, and the old ones fail first and are counted apart.
    let before = folder.read(SEEDS);
    folder.atropos("sweep raft/broken --seeds 0..60").with(1);
    assert_eq!(folder.read(SEEDS), before);
    let json = folder.atropos("sweep raft/broken --seeds 1000..1001 --json").with(1);
    let lines: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1 + found.len());
    assert!(lines[..found.len()].iter().all(|line| line["regression"] == true), "{}", json.out);
    assert!(lines[found.len()].get("regression").is_none());
    let said = format!("; of {0} regression seeds {0} failed\n", found.len());
    assert!(json.err.contains(&said) && json.err.contains("\n1 seeds: "), "{}", json.err);
    assert_eq!(folder.read("results/raft/broken/sweep.csv").lines().count(), 2);
    // Of several shards only the first runs them.
    let shard = folder.atropos("sweep raft/broken --seeds 1000..1002 --shard 1/2");
    assert!(!shard.out.contains("regression"), "{}", shard.out);
}

#[test]
fn what_people_wrote_stays_and_what_does_not_read_is_named() {
    let folder = Folder::new("seeds");
    folder.write(SCENARIO, BROKEN);
    fs::create_dir_all(folder.0.join("scenarios/regressions/raft")).unwrap();
    folder.write(SEEDS, "# Mine.\n\n# Of 1998.\n900000\n");
    folder.atropos("sweep raft/broken --seeds 0..60 --max-failures 1").with(1);
    let text = folder.read(SEEDS);
    assert!(text.starts_with("# Mine.\n\n# Of 1998.\n0x") && text.ends_with("\n900000\n"), "{text}");
    folder.write(SEEDS, "7\nseven\n");
    for command in ["sweep raft/broken --seeds 0..2", "replay raft/broken --seed 7"] {
        let refused = folder.atropos(command).with(2);
        assert!(refused.err.contains(&format!("{SEEDS}:2:1: `seven` is no seed")), "{}", refused.err);
    }
}

#[test]
fn what_is_to_fail_is_not_kept() {
    let folder = Folder::new("kept");
    folder.write("broken.toml", BROKEN);
    for name in ["canary", "bugs"] {
        fs::create_dir_all(folder.0.join("scenarios").join(name)).unwrap();
        folder.write(&format!("scenarios/{name}/broken.toml"), BROKEN);
    }
    folder.write("scenarios/raft/expects.toml", format!("{BROKEN}[expect]\nverdict = \"valid\"\n"));
    folder.write(SCENARIO, BROKEN);
    let others = ["broken.toml", "canary/broken", "bugs/broken", "raft/expects"];
    for arguments in others.into_iter().chain(["raft/broken --set network.loss=0.21"]) {
        folder.atropos(&format!("sweep {arguments} --seeds 0..60 --max-failures 1")).with(1);
        assert!(!folder.0.join("scenarios/regressions").exists(), "{arguments}");
    }
    folder.atropos("sweep broken.toml --seeds 0..60 --max-failures 1 --regressions mine").with(1);
    assert_eq!(folder.files("mine"), ["mine/broken.seeds"]);
    folder.atropos("sweep broken.toml --set nodes=3 --regressions mine").with(2);
}

/// As if another program had run it: one whose digest is another from event 40 on.
#[test]
fn a_replay_by_a_changed_program_names_the_first_event_that_differs() {
    let folder = Folder::new("changed");
    folder.write(SCENARIO, BROKEN);
    folder.atropos("run raft/broken --seed 1");
    let (results, trail) = ("results/raft/broken/0x1/results.json", "results/raft/broken/0x1/trail.bin");
    let before = folder.read(results);
    let digest = serde_json::from_str::<Value>(&before).unwrap()["digest"].as_str().unwrap().to_owned();
    folder.write(results, before.replace(&digest, "0123456789abcdef"));
    let mut bytes = fs::read(folder.0.join(trail)).unwrap();
    assert!(bytes.len() > 1_000);
    for byte in &mut bytes[2 * 39..] {
        *byte ^= 0x55;
    }
    folder.write(trail, &bytes);
    let replay = folder.atropos("replay raft/broken --seed 1").with(4);
    let said = format!("It differs from the run in {results} first in event 40, at ");
    let line =
        replay.out.lines().find_map(|line| line.strip_prefix(&said)).unwrap_or_else(|| panic!("{replay:#?}"));
    // What the trace tells of that event.
    let traced = replay.out.lines().find(|line| line.trim_start().starts_with("40  ")).unwrap();
    let time = traced.split_whitespace().nth(1).unwrap();
    assert!(line.starts_with(&format!("{time}, which is here: ")), "{line}, {traced}");
    assert_eq!(fs::read(folder.0.join(trail)).unwrap(), bytes);
    // A scenario that has changed is another thing, and said to be.
    folder.write(SCENARIO, BROKEN.replace("130ms", "131ms"));
    let replay = folder.atropos("replay raft/broken --seed 1");
    assert_ne!(replay.code, Some(4), "{replay:#?}");
    assert!(replay.out.contains("told of a run with other settings"), "{}", replay.out);
    // The first crash comes later, and that is the first event that differs.
    let line = replay.out.lines().find(|line| line.starts_with("It differs from the run in ")).unwrap();
    assert!(
        line.contains(", at 0.131000000s, which is here: fault ") && line.ends_with(" crash, for 20ms."),
        "{line}"
    );
}

#[test]
fn a_replay_of_a_regression_seed_says_if_it_is_another_run() {
    let folder = Folder::new("another");
    folder.write(SCENARIO, BROKEN);
    folder.atropos("sweep raft/broken --seeds 0..60 --max-failures 1 --out swept").with(1);
    let line = entries(&folder)[0].clone();
    let words: Vec<&str> = line.split_whitespace().collect();
    let replay = format!("replay raft/broken --seed {} --out {{}}", words[0]);
    let replay = |out: &str| folder.atropos(&replay.replace("{}", out));
    assert!(!replay("one").with(1).out.contains("This is not"));
    let text = folder.read(SEEDS);
    folder.write(SEEDS, text.replace(words[2], "0123456789abcdef"));
    let changed = replay("two").with(4);
    assert!(
        changed.out.contains(&format!("This is not the run that was recorded in {SEEDS}:\n")),
        "{changed:#?}"
    );
    assert!(changed.out.contains("so the program is another than "), "{changed:#?}");
    assert!(changed.out.contains("\nverdict  not the same run as before (invalid)\n"), "{changed:#?}");
    assert!(changed.out.contains("the recorded run left no trail here"), "{changed:#?}");
    folder.write(SEEDS, text.replace(words[2], "0123456789abcdef").replace(words[3], "fedcba9876543210"));
    let changed = replay("three").with(1);
    assert!(
        changed.out.contains("The scenario has changed since: the seed may no longer show "),
        "{changed:#?}"
    );
    let sweep = folder.atropos("sweep raft/broken --seeds 1000..1001").with(1);
    assert!(sweep.out.contains("1 of them are not the runs that were recorded: "), "{}", sweep.out);
}
