//! `atropos sweep` and `atropos merge`: the same results however the seeds are shared among threads,
//! shards and attempts, and nothing that does not belong together is put together.

mod folder;

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use folder::{Ended, Folder};
use serde_json::Value;

const CUT: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"1s\"\n[network]\nloss = 0.01\n\
    [[faults]]\nkind = \"partition\"\nisolate = \"leader\"\nat = \"600ms\"\nfor = \"200ms\"\n";

/// A bug that crashes bring to light, in some seeds.
const BROKEN: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"9s\"\nbugs = [\"raft/vote-not-persisted\"]\n\
    [network]\nloss = 0.2\nlatency = { uniform = [\"1ms\", \"80ms\"] }\n\
    [[faults]]\nkind = \"crash\"\ntarget = \"random\"\nevery = \"130ms\"\nfor = \"20ms\"\n";

/// The text of a sweep without how long it took.
fn told(ended: &Ended) -> String {
    ended
        .out
        .lines()
        .filter(|line| !line.starts_with("took "))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// The table and the summary of `scenario` in the results.
fn results(folder: &Folder, scenario: &str) -> [String; 2] {
    ["sweep.csv", "sweep.json"].map(|name| folder.read(&format!("results/{scenario}/{name}")))
}

#[test]
fn threads_and_shards_change_nothing() {
    let folder = Folder::new("shards");
    folder.write("broken.toml", BROKEN);
    let one = folder.atropos("sweep broken.toml --seeds 5..=64 --threads 1").with(1);
    let expected = (told(&one), results(&folder, "broken"));
    assert!(one.out.contains("\nbroken: raft, seeds 5..65\n"), "{}", one.out);
    assert!(one.out.contains("\n  election-safety: term N has two leaders: nN and nN  "), "{}", one.out);
    assert_eq!(expected.1[0].lines().count(), 61);
    let two = folder.atropos("sweep broken.toml --seeds 5..=64 --threads 2").with(1);
    assert_eq!((told(&two), results(&folder, "broken")), expected);
    fs::remove_dir_all(folder.0.join("results")).unwrap();
    for shard in [6, 0, 3, 1, 5, 2, 4] {
        let ended = folder.atropos(&format!("sweep broken.toml --seeds 5..=64 --shard {shard}/7"));
        assert!(matches!(ended.code, Some(0 | 1)), "{ended:#?}");
        assert!(ended.out.contains(&format!("results/broken/shards/{shard}-of-7.shard\n")), "{}", ended.out);
        // A shard that is run again is the same file.
        if shard == 3 {
            let name = "results/broken/shards/3-of-7.shard";
            let before = folder.read(name);
            folder.atropos("sweep broken.toml --seeds 5..=64 --shard 3/7 --threads 1");
            assert_eq!(folder.read(name), before);
        }
    }
    assert!(!folder.0.join("results/broken/sweep.csv").exists());
    let merged = folder.atropos("merge results").with(1);
    assert_eq!((told(&merged), results(&folder, "broken")), expected);
    let json = folder.atropos("merge results/broken --json").with(1);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json, serde_json::from_str::<Value>(&expected.1[1]).unwrap());
    assert_eq!((&json["seeds"], &json["verdict"]), (&"5..65".into(), &"invalid".into()));
    assert_eq!(json["kinds"][0]["count"], json["failures"]);
}

#[test]
fn shards_that_are_missing_are_listed() {
    let folder = Folder::new("missing");
    folder.write("cut.toml", CUT);
    for shard in [0, 2] {
        folder.atropos(&format!("sweep cut.toml --seeds 0..9 --shard {shard}/4")).with(0);
    }
    let ended = folder.atropos("merge results").with(3);
    assert!(ended.out.contains("missing  shard 1/4\nmissing  shard 3/4\n"), "{}", ended.out);
    assert!(
        ended.out.contains("\nverdict  unknown; shards are missing: these are 4 of 9 seeds\n"),
        "{}",
        ended.out
    );
    assert!(!folder.0.join("results/cut/sweep.csv").exists());
    for shard in [1, 3] {
        folder.atropos(&format!("sweep cut.toml --seeds 0..9 --shard {shard}/4")).with(0);
    }
    folder.atropos("merge results").with(0);
    assert_eq!(folder.read("results/cut/sweep.csv").lines().count(), 10);
}

#[test]
fn shards_that_do_not_belong_together_are_refused() {
    let folder = Folder::new("mixed");
    folder.write("cut.toml", CUT);
    folder.write("other.toml", CUT);
    let make = |arguments: &str| {
        folder.atropos(&format!("sweep {arguments}")).with(0);
    };
    make("cut.toml --seeds 0..6 --shard 0/2");
    make("cut.toml --seeds 0..6 --shard 1/2");
    let path = |shard| format!("results/cut/shards/{shard}.shard");
    let whole = folder.read(&path("1-of-2"));
    let refuses = |said: &str| {
        let ended = folder.atropos("merge results/cut").with(2);
        assert!(ended.err.contains(said), "{said}: {ended:#?}");
        assert!(!folder.0.join("results/cut/sweep.csv").exists());
        folder.write(&path("1-of-2"), &whole);
    };
    make("cut.toml --seeds 0..8 --shard 1/2");
    refuses("are of different ranges of seeds");
    make("cut.toml --seeds 0..6 --shard 1/2 --set network.loss=0.02");
    refuses("are of different settings of the scenario");
    make("cut.toml --seeds 0..6 --shard 1/2 --check-determinism");
    refuses("are of different uses of --check-determinism");
    make("other.toml --seeds 0..6 --shard 1/2 --out elsewhere");
    folder.write(&path("1-of-2"), folder.read("elsewhere/other/shards/1-of-2.shard"));
    refuses("are of different scenarios");
    folder.write(&path("2-of-3"), folder.read(&path("1-of-2")));
    let ended = folder.atropos("merge results/cut").with(2);
    assert!(ended.err.contains("it is 1/2, which has another name"), "{ended:#?}");
    fs::remove_file(folder.0.join(path("2-of-3"))).unwrap();
    folder.write(&path("1-of-2"), whole.replacen(",valid,", ",unknown,", 1));
    refuses("its last line is not what the others add up to");
    folder.write(&path("1-of-2"), &whole[..whole.len() / 2]);
    refuses("is no shard as it should be");
    folder.write("cut.toml", CUT.replace("0.01", "0.03"));
    refuses("the scenario `cut.toml` is not the one that");
    folder.write("cut.toml", format!("{CUT}[[expect]]\nsometimes = \"crashes\"\n"));
    refuses("the scenario `cut.toml` is not the one that");
    let ended = folder.atropos("merge scenarios").with(2);
    assert!(ended.err.contains("there are no shards in `scenarios`"), "{ended:#?}");
}

/// As if it had been run by the version `version`.
fn of_version(shard: &str, version: &str) -> String {
    shard.replacen("atropos ", &format!("atropos {version}-"), 1)
}

#[test]
fn a_shard_of_another_version_is_refused() {
    use std::hash::Hasher;
    let folder = Folder::new("version");
    folder.write("cut.toml", CUT);
    folder.atropos("sweep cut.toml --seeds 0..2 --shard 0/1").with(0);
    let path = "results/cut/shards/0-of-1.shard";
    let text = of_version(&folder.read(path), "9");
    let rows: Vec<&str> = text.lines().collect();
    let (_, rows) = rows.split_last().unwrap();
    let mut digest = atropos::base::Digest::new();
    rows.iter().for_each(|row| digest.write(row.as_bytes()));
    folder.write(path, format!("{}\nend,2,{digest}\n", rows.join("\n")));
    let ended = folder.atropos("merge results").with(2);
    assert!(
        ended.err.contains("is of atropos 9-") && ended.err.contains("run the shards again"),
        "{ended:#?}"
    );
}

/// Killed at any moment, a sweep or a merge leaves whole files or none, and a second attempt comes to
/// what one that was left alone comes to.
#[test]
#[expect(clippy::disallowed_methods, reason = "the moment of the end is the point")]
fn an_end_without_notice_loses_only_time() {
    let folder = Folder::new("killed");
    folder.write("broken.toml", BROKEN);
    folder.atropos("sweep broken.toml --seeds 0..45 --out calm").with(1);
    let calm = ["sweep.csv", "sweep.json"].map(|name| folder.read(&format!("calm/broken/{name}")));
    let kill = |arguments: &str, after: u64| {
        let mut command = folder.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        child.kill().unwrap();
        child.wait().unwrap();
    };
    let sweep = |shard| format!("sweep broken.toml --seeds 0..45 --shard {shard}/3");
    for (attempt, after) in [0, 3, 10, 25, 60, 120, 250, 500, 5, 40].into_iter().enumerate() {
        kill(&sweep(attempt % 3), after);
        // Whatever is there is whole.
        let merged = folder.atropos("merge results");
        let none =
            merged.err.contains("there are no shards") || merged.err.contains("cannot read the folder");
        assert!(none || matches!(merged.code, Some(0 | 1 | 3)), "{merged:#?}");
    }
    for shard in 0..3 {
        folder.atropos(&sweep(shard));
    }
    for after in [0, 1, 2, 4, 6, 8, 12, 20] {
        kill("merge results", after);
        let table = fs::read_to_string(folder.0.join("results/broken/sweep.csv"));
        assert!(table.is_err() || table.unwrap() == calm[0]);
    }
    folder.atropos("merge results").with(1);
    assert_eq!(results(&folder, "broken"), calm);
}

#[test]
fn several_scenarios_take_turns_and_are_told_one_by_one() {
    let folder = Folder::new("several");
    folder.write("scenarios/raft/cut.toml", CUT);
    folder.write("scenarios/raft/broken.toml", BROKEN);
    folder.write("scenarios/idle.toml", format!("{CUT}[clients]\ncount = 0\n"));
    let ended = folder.atropos("sweep raft --seeds 0..30").with(1);
    assert!(ended.out.contains("\nraft/broken: raft, seeds 0..30\n"), "{}", ended.out);
    assert!(ended.out.contains("\nraft/cut: raft, seeds 0..30\n"), "{}", ended.out);
    let last = "\ntogether 2 scenarios, 60 runs: not all valid, or not as expected\n";
    assert!(ended.out.ends_with(last), "{}", ended.out);
    for scenario in ["raft/cut", "raft/broken"] {
        assert_eq!(results(&folder, scenario)[0].lines().count(), 31);
    }
    let json = folder.atropos("sweep raft/cut scenarios/idle.toml --seeds 0..2 --json").with(3);
    let lines: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let order: Vec<_> =
        lines.iter().map(|line| (line["scenario"].as_str().unwrap(), &line["seed"])).collect();
    let seeds = ["0x0", "0x1"].map(Value::from);
    let expected =
        [("raft/cut", &seeds[0]), ("idle", &seeds[0]), ("raft/cut", &seeds[1]), ("idle", &seeds[1])];
    assert_eq!(order, expected);
    folder.write("cut.toml", CUT);
    let twice = folder.atropos("sweep raft/cut scenarios/raft/cut.toml").with(2);
    assert!(twice.err.contains("are both called raft/cut"), "{}", twice.err);
    let none = folder.atropos("sweep results").with(2);
    assert!(none.err.contains("there is no scenario in the folder `results`"), "{}", none.err);
}

#[test]
fn a_sweep_ends_with_its_failures_or_its_time() {
    let folder = Folder::new("ends");
    folder.write("broken.toml", BROKEN);
    folder.write("cut.toml", CUT);
    for threads in [1, 2] {
        let ended = folder
            .atropos(&format!("sweep broken.toml --seeds 0..1000000 --max-failures 2 --threads {threads}"));
        let ended = ended.with(1);
        assert_eq!(ended.out.lines().filter(|line| line.starts_with("seed 0x")).count(), 2, "{}", ended.out);
        assert!(ended.out.contains("; ended by --max-failures after "), "{}", ended.out);
        // The last row is the last failure.
        let table = folder.read("results/broken/sweep.csv");
        assert!(table.lines().last().unwrap().contains(",invalid,election-safety,"), "{table}");
    }
    let ended = folder.atropos("sweep cut.toml --for 1s --seeds 7..900000").with(0);
    let table = folder.read("results/cut/sweep.csv");
    let seeds: Vec<&str> = table.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    let expected: Vec<String> = (7..7 + seeds.len()).map(|seed| format!("{seed:#x}")).collect();
    assert_eq!(seeds, expected);
    let range = format!("cut: raft, seeds 7..{}\n", 7 + seeds.len());
    assert!(!seeds.is_empty() && ended.out.contains(&range), "{range}{}", ended.out);
    for arguments in ["--shard 0/2 --for 1s", "--shard 2/2", "--max-failures 0", "--seeds 0..3 --shard 1/4"] {
        folder.atropos(&format!("sweep cut.toml {arguments}")).with(2);
    }
}

/// What is finished is kept, counts as missing, and takes the place of nothing that is whole.
#[cfg(unix)]
#[test]
fn an_interrupted_shard_is_kept_but_never_over_a_whole_one() {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new("interrupted-shard");
    folder.write("cut.toml", CUT);
    let interrupted = |arguments: &str| {
        let mut command = folder.command(arguments);
        let mut sweep = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(sweep.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        let kill = format!("kill -TERM {}", sweep.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        std::io::copy(&mut out, &mut std::io::sink()).unwrap();
        sweep.wait().unwrap().code()
    };
    let code = interrupted("sweep cut.toml --seeds 0..1000000 --shard 0/2 --json --threads 1");
    assert_eq!(code, Some(130));
    let path = "results/cut/shards/0-of-2.shard";
    let text = folder.read(path);
    let rows: u64 = text.lines().last().unwrap().split(',').nth(1).unwrap().parse().unwrap();
    let merged = folder.atropos("merge results").with(3);
    let said =
        format!("missing  shard 0/2: it was cut short, with {rows} of 500000 seeds\nmissing  shard 1/2\n");
    assert!(rows > 0 && merged.out.contains(&said), "{said}{}", merged.out);

    folder.atropos("sweep cut.toml --seeds 0..120 --shard 0/2 --out whole").with(0);
    let whole = folder.read("whole/cut/shards/0-of-2.shard");
    // It may be done before the signal comes: then it is whole again.
    let code = interrupted("sweep cut.toml --seeds 0..120 --shard 0/2 --json --threads 1 --out whole");
    assert!(matches!(code, Some(0 | 130)), "{code:?}");
    assert_eq!(folder.read("whole/cut/shards/0-of-2.shard"), whole);
}
