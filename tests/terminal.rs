//! What people see: colours, verbosity, the timeline, the closing line; and how it ends when they
//! interrupt it or there is no room for the output.

mod folder;

use std::fs::{self, File};
use std::process::{Command, Stdio};

use folder::Folder;

const CUT: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"2s\"\n\
    [[faults]]\nkind = \"partition\"\nisolate = \"leader\"\nat = \"600ms\"\nfor = \"400ms\"\n";
/// Weeks of simulated time.
const ENDLESS: &str = "protocol = \"raft\"\nnodes = 3\nduration = \"20d\"\n[limits]\nevents = 100000000000\n";

#[test]
fn colours_are_for_those_who_want_them() {
    let folder = Folder::new("colour");
    folder.write("cut.toml", CUT);
    let plain = folder.atropos("run cut.toml").with(0);
    assert!(!plain.out.contains('\x1b') && plain.out.contains("\nverdict  valid\n"), "{}", plain.out);
    let coloured = folder.atropos("run cut.toml --color always").with(0);
    let verdict = "\x1b[2mverdict  \x1b[0m\x1b[32mvalid\x1b[0m\n";
    assert!(coloured.out.contains(verdict), "{:?}", coloured.out);
    let stripped = anstream::adapter::strip_str(&coloured.out).to_string();
    let untimed =
        |text: &str| text.lines().filter(|line| !line.starts_with("run ")).collect::<Vec<_>>().join("\n");
    assert_eq!(untimed(&stripped), untimed(&plain.out));
    let json = folder.atropos("--color=always run cut.toml --json").with(0);
    assert!(!json.out.contains('\x1b') && json.err.contains(verdict), "{json:?}");
    assert!(folder.atropos("run --help --color always").with(0).out.contains('\x1b'));
    for (name, value, colour) in
        [("CLICOLOR_FORCE", "1", true), ("NO_COLOR", "1", false), ("TERM", "dumb", false)]
    {
        let forced = folder.command("run cut.toml").env(name, value).output().unwrap();
        assert_eq!(forced.stdout.contains(&0x1b), colour, "{name}");
    }
    assert!(folder.atropos("run cut.toml --color blue").with(2).err.contains("always, never"));
}

#[test]
fn a_run_is_seen_at_a_glance() {
    let folder = Folder::new("glance");
    folder.write("cut.toml", CUT);
    let run = folder.atropos("run cut.toml").with(0);
    let rows: Vec<&str> = run.out.lines().skip_while(|line| !line.starts_with("timeline")).collect();
    assert!(rows[0].starts_with("timeline      a column is 50ms; █ is "), "{}", rows[0]);
    // Nothing is decided while the leader is cut off and nobody else is elected.
    assert!(rows[1].starts_with("  throughput  ") && rows[1].chars().count() == 14 + 40, "{}", rows[1]);
    assert_eq!(rows[2], format!("  partition   {}{}", " ".repeat(12), "━".repeat(8)));
    assert!(rows[5].starts_with("The thread holds: ") && rows[5].contains(", 1 partition, "), "{}", rows[5]);
    assert_eq!((rows[4], rows[6], rows[7]), ("", "", "verdict  valid"));
    let sweep = folder.atropos("run cut.toml --seeds 0..3").with(0);
    assert!(sweep.out.contains("\n\n3 threads spun, none cut.\n\nverdict  valid\n"), "{}", sweep.out);
}

#[test]
fn quiet_and_verbose_change_the_text_and_not_the_json() {
    let folder = Folder::new("verbosity");
    folder.write("cut.toml", CUT);
    folder.write("unmet.toml", format!("{CUT}[expect]\nverdict = \"invalid\"\n"));
    folder.write(
        "stale.jsonl",
        "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\"}\n\
        {\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":1}\n",
    );
    assert_eq!(folder.atropos("run cut.toml --quiet").with(0).out, "verdict  valid\n");
    assert_eq!(folder.atropos("-q run cut.toml --seeds 0..3").with(0).out, "verdict  valid\n");
    assert_eq!(folder.atropos("replay cut.toml -q").with(0).out, "verdict  valid\n");
    let unmet = "valid, but expected was invalid\nreplay   atropos replay unmet.toml --seed 0x0\n";
    assert_eq!(folder.atropos("run unmet.toml -q").with(1).out, format!("verdict  {unmet}"));
    let sweep = folder.atropos("run unmet.toml -q --seeds 0..2").with(1).out;
    assert_eq!(sweep.lines().count(), 3, "{sweep}");
    let last = " --seed 0x1\nverdict  valid, but expected was invalid in every run: 2 of 2 are not\n";
    assert!(sweep.ends_with(last), "{sweep}");
    let stale = folder.atropos("check stale.jsonl -q").with(1).out;
    assert_eq!(
        stale,
        "first impossible operation: read 1 by process 1, completed by event 1\nverdict  invalid\n"
    );

    let verbose = folder.atropos("run cut.toml -v").with(0).out;
    for said in [
        "\n  writes torn  ",
        "\n  [network]\n",
        "\n  isolate = \"leader\"\n",
        "\n  heartbeat_interval = \"50ms\"  # default\n",
    ] {
        assert!(verbose.contains(said), "no {said:?} in {verbose}");
    }
    let sweep = folder.atropos("run cut.toml -v --seeds 0..3").with(0).out;
    assert_eq!(
        sweep.lines().filter(|line| line.starts_with("seed 0x") && line.contains("  valid  ")).count(),
        3
    );
    assert!(sweep.contains("bytes sent"), "{sweep}");
    let json = |arguments: &str| {
        let run = folder.atropos(arguments).with(0);
        let line: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        (line["digest"].clone(), line["faults"].clone(), run.out.lines().count())
    };
    assert_eq!(json("run cut.toml --json -q"), json("run cut.toml --json -v"));
    folder.atropos("run cut.toml -q -v").with(2);
}

#[test]
fn output_that_cannot_be_printed_is_an_error() {
    let folder = Folder::new("full");
    folder.write("cut.toml", CUT);
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return;
    };
    for arguments in ["run cut.toml", "run cut.toml --json", "run cut.toml --seeds 0..2", "replay cut.toml"] {
        let mut command = folder.command(arguments);
        let ended = command.stdout(full.try_clone().unwrap()).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments}: {err}");
        assert!(err.contains("error: cannot write to stdout: "), "{arguments}: {err}");
    }
    assert!(folder.files("results").iter().all(|name| !name.ends_with("partial")));
}

/// Help and the version are output, too.
#[test]
fn help_that_cannot_be_printed_is_an_error() {
    let folder = Folder::new("full-help");
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return;
    };
    for arguments in ["--help", "--version", "run --help"] {
        let mut command = folder.command(arguments);
        let ended = command.stdout(full.try_clone().unwrap()).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments}: {err}");
        assert!(err.contains("error: cannot write to stdout: "), "{arguments}: {err}");
    }
}

/// What a file says of itself does not steer the terminal of who runs it.
#[test]
fn a_description_is_one_line_without_control_characters() {
    let folder = Folder::new("control");
    folder.write(
        "scenarios/raft/odd.toml",
        format!("description = \"\\u001b[31mred\\u0007\\nand more\"\n{CUT}"),
    );
    for arguments in ["run raft/odd --color always", "list scenarios --color always"] {
        let shown = folder.atropos(arguments).with(0).out;
        assert!(shown.contains("\\u{1b}[31mred\\u{7} and more\n"), "{shown:?}");
        assert!(!shown.contains("\x1b[31m") && !shown.contains('\x07'), "{shown:?}");
    }
}

/// All runs ought to be invalid: the first that is not is what is to be looked at.
#[test]
fn a_sweep_names_what_is_not_as_expected() {
    let folder = Folder::new("wording");
    let bug = "protocol = \"raft\"\nnodes = 3\nduration = \"9s\"\nbugs = [\"raft/vote-not-persisted\"]\n\
        [network]\nloss = 0.2\nlatency = { uniform = [\"1ms\", \"80ms\"] }\n\
        [[faults]]\nkind = \"crash\"\ntarget = \"random\"\nevery = \"130ms\"\nfor = \"20ms\"\n\
        [expect]\nverdict = \"invalid\"\n";
    folder.write("bug.toml", bug);
    let sweep = folder.atropos("run bug.toml --seeds 0..60 -v").with(1).out;
    let valid = sweep.matches("valid, not as expected  atropos replay").count();
    assert!(valid > 0 && valid < 60, "{sweep}");
    let verdict = format!("verdict  invalid, but expected was invalid in every run: {valid} of 60 are not\n");
    assert!(sweep.contains(&verdict), "{sweep}");
    let first = sweep.lines().find(|line| line.contains("valid, not as expected")).unwrap();
    let seed = first.split_whitespace().nth(1).unwrap();
    assert!(
        sweep.contains(&format!("not all as expected; the first that is not has seed {seed}.\n")),
        "{sweep}"
    );
}

#[test]
fn a_sweep_says_how_far_it_came() {
    let folder = Folder::new("lost");
    folder.write("unmet.toml", format!("{CUT}[expect]\nverdict = \"invalid\"\n"));
    fs::create_dir_all(folder.0.join("results/unmet")).unwrap();
    // Where the results of seed 1 should go there is a file.
    folder.write("results/unmet/0x1", "");
    let ended = folder.atropos("run unmet.toml --seeds 0..3").with(2);
    assert!(ended.err.contains("cannot write `results/unmet/0x1`"), "{}", ended.err);
    assert!(ended.err.contains("of 3 seeds were finished"), "{}", ended.err);
    let verdict = "verdict  valid, but expected was invalid in every run: ";
    assert!(ended.out.contains(verdict) && ended.out.contains("; given up after "), "{}", ended.out);
    assert_eq!(folder.files("results/unmet").len(), 5, "{:?}", folder.files("results/unmet"));
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_rows_and_no_drafts() {
    use std::io::{BufRead, BufReader, Read};
    let folder = Folder::new("interrupt");
    folder.write("cut.toml", CUT);
    let mut sweep = folder.command("run cut.toml --seeds 0..1000000 --json");
    let mut sweep = sweep.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(sweep.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"scenario\":\"cut\""), "{first}");
    // As `timeout` does it: the process, then its group, at once.
    interrupt(sweep.id(), &["-TERM", "-TERM", "-INT"]);
    let (mut rest, mut err) = (String::new(), String::new());
    out.read_to_string(&mut rest).unwrap();
    sweep.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(sweep.wait().unwrap().code(), Some(130), "{err}");
    let rows = 1 + rest.lines().count();
    assert!(err.contains(&format!("\ninterrupted after {rows} of 1000000 seeds\n")), "{err}");
    assert_eq!(folder.files("results"), ["results/cut/sweep.csv", "results/cut/sweep.json"]);
    let table = folder.read("results/cut/sweep.csv");
    assert_eq!(table.lines().count(), 1 + rows);
    let commas = |line: &str| line.matches(',').count();
    assert!(
        table.ends_with('\n')
            && table.lines().all(|line| commas(line) == commas(&table[..table.find('\n').unwrap()]))
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_nothing() {
    use std::io::{BufRead, BufReader, Read};
    let folder = Folder::new("interrupted");
    folder.write("endless.toml", ENDLESS);
    let mut replay = folder.command("replay endless.toml");
    let mut replay = replay.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(replay.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    interrupt(replay.id(), &["-TERM"]);
    std::io::copy(&mut out, &mut std::io::sink()).unwrap();
    let mut err = String::new();
    replay.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(replay.wait().unwrap().code(), Some(130), "{err}");
    assert_eq!(err, "interrupted: nothing was saved\n");
    assert!(!folder.0.join("results").exists());
}

/// Sends `signals` to `process`, one right behind the other.
#[cfg(unix)]
fn interrupt(process: u32, signals: &[&str]) {
    let kills: Vec<String> = signals.iter().map(|signal| format!("kill {signal} {process}")).collect();
    assert!(Command::new("sh").args(["-c", &kills.join(" && ")]).status().unwrap().success());
}
