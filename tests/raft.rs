//! Random schedules of every fault that Raft declares to survive.

use std::fmt::Write as _;

use atropos::base::{Draw, Seed, Stream, StreamName};
use atropos::check::Verdict;
use atropos::registry;
use atropos::run::Outcome;
use atropos::scenario::{Scenario, Source, read};

fn scenario(text: &str) -> Scenario {
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// A scenario with a schedule drawn from `seed`: any mix of faults, quick and slow.
fn random_schedule(seed: u64) -> String {
    let mut draws = Stream::new(Seed(seed), StreamName::Nemesis(0));
    let mut pick = |among: &[&str]| among[draws.below(among.len() as u64) as usize].to_owned();
    let mut text = String::from("protocol = \"raft\"\nduration = \"20s\"\n");
    let nodes = pick(&["1", "2", "3", "4", "5", "7"]);
    let _ = writeln!(text, "nodes = {nodes}");
    let latency = pick(&[
        "\"1ms\"",
        "{ uniform = [\"0.1ms\", \"20ms\"] }",
        "{ pareto = { min = \"1ms\", alpha = 1.2 } }",
    ]);
    let _ = writeln!(text, "[network]\nlatency = {latency}");
    let _ = writeln!(text, "loss = {}\nduplicate = {}", pick(&["0.0", "0.02", "0.2"]), pick(&["0.0", "0.1"]));
    // On a FIFO link one message in the heavy tail holds up all behind it, for minutes.
    let fifo = if latency.contains("pareto") { "false" } else { "true" };
    let _ = writeln!(text, "fifo = {}", pick(&[fifo, "false"]));
    let sync = pick(&["\"0s\"", "\"1ms\"", "{ exponential = { min = \"0.1ms\", mean = \"10ms\" } }"]);
    let _ = writeln!(text, "[disk]\nsync = {sync}\ntorn = {}", pick(&["0.0", "1.0"]));
    let think = pick(&["\"0.5ms\"", "\"5ms\"", "{ exponential = { min = \"1ms\", mean = \"30ms\" } }"]);
    let _ = writeln!(text, "[clients]\ncount = {}\nthink = {think}", pick(&["1", "4", "9"]));
    let _ = writeln!(text, "keys = {}\ntimeout = \"{}\"", pick(&["1", "3"]), pick(&["300ms", "2s"]));
    let _ = writeln!(text, "[raft]\nmax_entries = {}", pick(&["1", "4", "64"]));
    let _ = writeln!(text, "max_in_flight = {}", pick(&["1", "8", "1024"]));
    for _ in 0..4 {
        let every = pick(&["230ms", "700ms", "1900ms", "5s"]);
        let lasts = pick(&["1ms", "90ms", "400ms", "3s"]);
        let target = pick(&["\"leader\"", "\"random\"", "\"minority\"", "\"next\"", "\"all\"", "0"]);
        // Of one or two nodes a minority is nobody, which is refused.
        let nobody = target == "\"minority\"" && ["1", "2"].contains(&&*nodes);
        let target = if nobody { "\"random\"".to_owned() } else { target };
        let fault = match pick(&["crash", "pause", "isolate", "drop", "delay", "duplicate", "campaign"])
            .as_str()
        {
            "isolate" if nodes == "1" => "kind = \"heal\"".to_owned(),
            "isolate" => {
                // To isolate everyone is refused, and 0 may be everyone.
                let target = if target == "\"all\"" || target == "0" { "\"random\"" } else { &target };
                format!("kind = \"partition\"\nisolate = {target}\nfor = \"{lasts}\"")
            }
            kind @ ("drop" | "duplicate") => format!("kind = \"{kind}\"\nmessage = \"Appended\"\ncount = 20"),
            "delay" => "kind = \"delay\"\nmessage = \"AppendEntries\"\ncount = 30\nby = \"500ms\"".to_owned(),
            "campaign" => "kind = \"admin\"\ncommand = \"campaign\"\ntarget = \"random\"".to_owned(),
            kind => format!("kind = \"{kind}\"\ntarget = {target}\nfor = \"{lasts}\""),
        };
        let _ = writeln!(text, "[[faults]]\nevery = \"{every}\"\n{fault}");
    }
    text
}

fn survive(seeds: std::ops::Range<u64>) {
    let (mut progress, mut total) = (0, 0);
    for seed in seeds {
        let text = random_schedule(seed);
        let Outcome { verdict, checks, operations, .. } =
            registry::run(&scenario(&text), Seed(seed), &mut ());
        assert_ne!(verdict, Verdict::Invalid, "seed {seed}: {checks:?}\n{text}");
        progress += u64::from(operations.ok > 20);
        total += 1;
    }
    // Some schedules leave no majority for long enough; most do.
    assert!(progress * 2 > total, "only {progress} of {total} schedules let anything through");
}

#[test]
fn raft_survives_random_schedules() {
    survive(0..60);
}

/// Schedules that once broke something.
#[test]
fn raft_survives_the_schedules_that_broke_it() {
    // A reply to a leader's old term was counted in the read round of its new one.
    survive(4_937..4_938);
}

/// The same, ten thousand times: about a minute in a release build.
#[test]
#[ignore = "minutes"]
fn raft_survives_thousands_of_random_schedules() {
    survive(1_000..11_000);
}

/// One more of each fault of nodes and disks that Raft survives, on top of `text`; and whoever
/// stopped because of one is restarted.
fn with_hardware_faults(text: &str, seed: u64) -> String {
    let mut draws = Stream::new(Seed(seed), StreamName::Nemesis(1));
    let mut pick = |among: &[&str]| among[draws.below(among.len() as u64) as usize].to_owned();
    let mut text = text.to_owned();
    let _ = writeln!(
        text,
        "[[faults]]\nkind = \"rolling_restart\"\nevery = \"2s\"\nfor = \"50ms\"\nup = \"200ms\""
    );
    for _ in 0..4 {
        let every = pick(&["310ms", "900ms", "2300ms", "5s"]);
        let lasts = pick(&["1ms", "90ms", "400ms", "2s"]);
        let target = pick(&["\"leader\"", "\"random\"", "\"next\"", "0"]);
        let fault = match pick(&[
            "stall_disk",
            "slow_disk",
            "fail_sync",
            "full_disk",
            "bit_rot",
            "crash_loop",
            "slow_node",
            "replace",
        ])
        .as_str()
        {
            "slow_disk" => format!("kind = \"slow_disk\"\ntarget = {target}\nfor = \"{lasts}\"\nfactor = 30"),
            "fail_sync" => format!("kind = \"fail_sync\"\ntarget = {target}\ncount = 2"),
            // Who has no disk left takes no part, so nobody is named.
            kind @ ("bit_rot" | "replace") => format!("kind = \"{kind}\"\ntarget = \"random\""),
            "slow_node" => {
                format!("kind = \"slow_node\"\ntarget = {target}\nfor = \"{lasts}\"\nservice_time = \"2ms\"")
            }
            "crash_loop" => format!(
                "kind = \"crash_loop\"\ntarget = {target}\nfor = \"{lasts}\"\ntimes = 2\nup = \"100ms\""
            ),
            kind => format!("kind = \"{kind}\"\ntarget = {target}\nfor = \"{lasts}\""),
        };
        let _ = writeln!(text, "[[faults]]\nevery = \"{every}\"\n{fault}");
    }
    text
}

fn survive_hardware(seeds: std::ops::Range<u64>) {
    let (mut hits, mut total) = (0, 0);
    for seed in seeds {
        let text = with_hardware_faults(&random_schedule(seed), seed);
        let Outcome { verdict, checks, counters, .. } = registry::run(&scenario(&text), Seed(seed), &mut ());
        assert_ne!(verdict, Verdict::Invalid, "seed {seed}: {checks:?}\n{text}");
        let felt = counters.syncs_failed + counters.writes_refused + counters.records_rotted;
        hits += u64::from(felt + counters.disks_lost > 0);
        total += 1;
    }
    assert!(hits * 2 > total, "only {hits} of {total} schedules hurt a disk");
}

#[test]
fn raft_survives_what_befalls_nodes_and_disks() {
    survive_hardware(0..60);
}

/// The same, thousands of times: about a minute in a release build.
#[test]
#[ignore = "minutes"]
fn raft_survives_what_befalls_nodes_and_disks_thousands_of_times() {
    survive_hardware(1_000..6_000);
}

/// Whether clients are served in the last two of twenty seconds, where no fault strikes after the
/// eighth, but for restarts, and nothing lasts longer than five. `None` where so much is lost that it may take longer.
fn goes_on(text: &str, seed: u64) -> Option<bool> {
    let mut scenario = scenario(text);
    if scenario.network.links.loss > atropos::base::Probability::new(0.1).unwrap() {
        return None;
    }
    let until = |fault: &atropos::faults::Fault| match fault.action.verb() {
        "rolling_restart" => 15_000_000_000,
        _ => 8_000_000_000,
    };
    scenario.faults.retain(|fault| fault.when.earliest().as_ns() < until(fault));
    let outcome = registry::run(&scenario, Seed(seed), &mut ());
    Some(outcome.history.events.iter().any(|event| {
        event.kind == atropos::history::Kind::Ok
            && event.time.is_some_and(|time| time.as_ns() > 18_000_000_000)
    }))
}

/// Without new faults a cluster that was hurt in every way goes on: its clients are served.
#[test]
fn raft_goes_on_once_the_faults_end() {
    for seed in 0..40 {
        let text = random_schedule(seed).replace("[[faults]]\n", "[[faults]]\nuntil = \"8s\"\n");
        assert_ne!(goes_on(&text, seed), Some(false), "seed {seed}: nothing in the last two seconds\n{text}");
    }
}

/// And so it does where nodes had to be restarted because of their disks, or will never come back.
#[test]
fn raft_goes_on_with_the_disks_that_are_left() {
    let mut hurt = 0;
    for seed in 0..80 {
        let text = with_hardware_faults(&random_schedule(seed), seed);
        let text = text.replace("[[faults]]\n", "[[faults]]\nuntil = \"8s\"\n");
        // Who stopped is restarted afterwards.
        let restarts = "kind = \"rolling_restart\"\n";
        let text =
            text.replace(&format!("until = \"8s\"\n{restarts}"), &format!("until = \"15s\"\n{restarts}"));
        let goes_on = goes_on(&text, seed);
        assert_ne!(goes_on, Some(false), "seed {seed}: nothing in the last two seconds\n{text}");
        hurt += u64::from(goes_on.is_some());
    }
    assert!(hurt > 40);
}
