//! The scenarios that we ship: each reads without a word, the canaries are caught, and
//! nothing else is.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use atropos::base::keys::BugSwitch;
use atropos::base::{Seed, SimDuration, SimTime};
use atropos::check::Verdict;
use atropos::protocols::{multi_paxos, paxos, raft};
use atropos::registry;
use atropos::run::{TraceLine, Watcher};
use atropos::scenario::{Opened, Reader, Scenario, Source, read};

/// Where the scenarios are that must fail.
const CANARIES: [&str; 3] = ["canary/", "bugs/", "losing/"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Opens what the scenario in the file `from` extends.
fn open_beside(base: &str, from: &str) -> Result<Opened, String> {
    let path = Path::new(from).with_file_name(base);
    let text = fs::read(&path).map_err(|error| error.to_string())?;
    Ok(Opened { path: path.to_str().unwrap().to_owned(), text })
}

fn shipped() -> Vec<(String, Scenario)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let load = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().with_extension("").to_str().unwrap().to_owned();
        let text = fs::read(&path).unwrap();
        let source = Source { path: path.to_str().unwrap(), name: name.clone(), text: &text };
        let specs = registry::specs();
        let scenario = Reader::new(&specs).opener(&open_beside).read(source);
        let scenario = scenario.unwrap_or_else(|found| panic!("{}", found.render(false)));
        (name, scenario)
    };
    files(&root).into_iter().map(load).collect()
}

fn named(name: &str) -> Scenario {
    shipped().into_iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no scenario {name}")).1
}

#[test]
fn every_scenario_reads_and_says_what_it_shows() {
    let all = shipped();
    assert!(all.len() >= 6);
    for (name, scenario) in all {
        assert!(scenario.description.is_some(), "{name} does not say what it shows");
        // What no sound protocol survives is written down as such; a bug must be found out.
        let fatal = scenario.expect.as_ref().is_some_and(|expect| expect.verdict == "invalid");
        let must_fail = !scenario.bugs.is_empty() || fatal;
        let is_canary = CANARIES.iter().any(|folder| name.starts_with(folder));
        assert_eq!(is_canary, must_fail, "{name}: bugs and deadly faults make a canary");
        let expects = scenario.expect.is_some();
        assert!(scenario.bugs.is_empty() || !expects, "{name}: a canary must fail");
    }
}

/// Those of `faults/` are run in `tests/survival.rs`, those of `papers/` in `tests/papers/`.
#[test]
fn every_scenario_but_the_canaries_is_valid() {
    for (name, mut scenario) in shipped() {
        if CANARIES.iter().chain(&["faults/", "papers/"]).any(|folder| name.starts_with(folder)) {
            continue;
        }
        scenario.duration = SimDuration::from_secs(20);
        for seed in 0..4 {
            let outcome = registry::run(&scenario, Seed(seed), &mut ());
            assert_eq!(outcome.verdict, Verdict::Valid, "{name} seed {seed}: {:?}", outcome.checks);
            assert!(outcome.operations.ok > 100, "{name} seed {seed}: {:?}", outcome.operations);
        }
    }
}

/// What sound protocols lose that promise no more is lost under each scenario's own seed, and most others.
#[test]
fn what_is_to_be_lost_is_lost() {
    let losing = shipped().into_iter().filter(|(name, _)| name.starts_with("losing/"));
    let mut count = 0;
    for (name, scenario) in losing {
        let check = scenario.expect.as_ref().and_then(|expect| expect.check.clone()).unwrap();
        let loses = |seed: &u64| {
            let outcome = registry::run(&scenario, Seed(*seed), &mut ());
            let found = outcome.checks.iter().find(|one| one.name == check);
            found.is_some_and(|one| one.verdict == Verdict::Invalid)
        };
        assert!(loses(&scenario.seed.0), "{name}: its own seed");
        let losses = (0..10).filter(loses).count();
        assert!(losses >= 6, "{name}: {losses} of 10 seeds");
        count += 1;
    }
    assert!(count >= 5, "{count}");
}

#[test]
fn the_forgotten_vote_is_caught_within_200_seeds_and_by_its_own_seed() {
    let scenario = named("canary/raft-forgets-vote");
    let outcome = registry::run(&scenario, scenario.seed, &mut ());
    assert_eq!(outcome.verdict, Verdict::Invalid, "the scenario's own seed");
    let caught = (0..200).map(Seed).find_map(|seed| {
        let outcome = registry::run(&scenario, seed, &mut ());
        outcome.violation().cloned()
    });
    assert_eq!(caught.expect("caught within 200 seeds").name, "election-safety");
    // Without the bug the same seeds are clean.
    let sound = Scenario { bugs: Vec::new(), ..scenario };
    for seed in (0..20).map(Seed) {
        let outcome = registry::run(&sound, seed, &mut ());
        assert!(outcome.violation().is_none(), "seed {seed}: {:?}", outcome.violation());
    }
}

/// Each planted bug, and what no protocol survives, is caught by its own seed and soon by any
/// others; without the bug the same seeds are clean.
#[test]
fn what_disks_and_their_loss_can_do_is_caught_within_200_seeds() {
    for name in ["amnesia", "ignores-damage", "ignores-failed-sync", "lying-disk"] {
        let scenario = named(&format!("canary/raft-{name}"));
        let outcome = registry::run(&scenario, scenario.seed, &mut ());
        assert_eq!(outcome.verdict, Verdict::Invalid, "{name}: the scenario's own seed");
        let caught = |seed| registry::run(&scenario, Seed(seed), &mut ()).violation().is_some();
        assert!((1..200).any(caught), "{name}: not caught within 200 seeds");
        let sound = Scenario { bugs: Vec::new(), ..scenario };
        if name == "lying-disk" {
            continue;
        }
        for seed in (0..20).map(Seed) {
            let outcome = registry::run(&sound, seed, &mut ());
            assert!(outcome.violation().is_none(), "{name} seed {seed}: {:?}", outcome.violation());
        }
    }
}

/// The scenario of `bug`, and the checks that the page about those of its protocol says to catch it.
fn story<'a>(bug: &str, stories: &'a [(String, Scenario)], docs: &'a str) -> (&'a Scenario, &'a str) {
    let (_, short) = bug.split_once('/').unwrap();
    let named = |(name, _): &&(String, Scenario)| *name == format!("bugs/{bug}");
    let (_, scenario) = stories.iter().find(named).unwrap_or_else(|| panic!("{bug} has no scenario"));
    assert_eq!(scenario.bugs, [bug], "the scenario of {bug} is about that one");
    let names = [short, bug].map(|name| format!("| `{name}` |"));
    let row = docs.lines().find(|line| names.iter().any(|name| line.contains(name)));
    let row = row.unwrap_or_else(|| panic!("{bug} has no row in its page in docs/faults/"));
    (scenario, row.split('|').nth(4).unwrap())
}

/// Runs the scenario of each of `bugs`, all those of `protocol`, under its own seed, which must catch it, and
/// without the bug under `sound` seeds from that one on, which must be valid. How many of `seeds` catch it, bug by
/// bug.
fn hunt(
    protocol: &str,
    bugs: &'static [BugSwitch],
    sound: u64,
    seeds: Range<u64>,
) -> Vec<(&'static str, usize)> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/faults/{protocol}-bugs.md"));
    let (docs, shipped) = (fs::read_to_string(docs).unwrap(), shipped());
    let hunt_one = |bug: &'static str| {
        let (scenario, checks) = story(bug, &shipped, &docs);
        let caught = registry::run(scenario, scenario.seed, &mut ());
        let caught = caught.violation().unwrap_or_else(|| panic!("{bug}: not caught by its own seed"));
        assert!(checks.contains(&format!("`{}`", caught.name)), "{bug} is caught by {caught:?}");
        let catches = |seed: &u64| registry::run(scenario, Seed(*seed), &mut ()).violation().is_some();
        let catching = seeds.clone().filter(catches).count();
        let correct = Scenario { bugs: Vec::new(), ..scenario.clone() };
        for seed in (scenario.seed.0..).take(sound as usize).map(Seed) {
            let outcome = registry::run(&correct, seed, &mut ());
            assert_eq!(
                outcome.verdict,
                Verdict::Valid,
                "{bug}, seed {seed} without it: {:?}",
                outcome.checks
            );
        }
        (bug, catching)
    };
    let folder = format!("bugs/{protocol}/");
    let stories = shipped.iter().filter(|(name, _)| name.starts_with(&folder));
    assert_eq!(stories.count(), bugs.len(), "a scenario for each bug, and no other");
    bugs.iter().map(|switch| hunt_one(switch.name)).collect()
}

#[test]
fn each_bug_of_raft_is_caught_and_the_sound_one_is_clean() {
    hunt("raft", raft::BUGS, 4, 0..0);
}

#[test]
fn each_bug_of_paxos_is_caught_and_the_sound_one_is_clean() {
    hunt("paxos", paxos::BUGS, 4, 0..0);
}

#[test]
fn each_bug_of_multi_paxos_is_caught_and_the_sound_one_is_clean() {
    hunt("multi-paxos", multi_paxos::BUGS, 4, 0..0);
}

#[test]
#[ignore = "takes half a minute"]
fn each_bug_of_raft_is_caught_by_at_least_one_seed_in_ten() {
    for (bug, caught) in hunt("raft", raft::BUGS, 100, 0..100) {
        assert!(caught >= 10, "{bug}: caught by {caught} of 100 seeds");
    }
}

#[test]
#[ignore = "takes some seconds"]
fn each_bug_of_paxos_is_caught_by_at_least_one_seed_in_ten() {
    for (bug, caught) in hunt("paxos", paxos::BUGS, 100, 0..100) {
        assert!(caught >= 10, "{bug}: caught by {caught} of 100 seeds");
    }
}

#[test]
#[ignore = "takes half a minute"]
fn each_bug_of_multi_paxos_is_caught_by_at_least_one_seed_in_ten() {
    for (bug, caught) in hunt("multi-paxos", multi_paxos::BUGS, 100, 0..100) {
        assert!(caught >= 10, "{bug}: caught by {caught} of 100 seeds");
    }
}

/// What struck is told as the run had it, not as the schedule did.
#[test]
fn strikes_are_those_of_the_run() {
    let text = br#"
        protocol = "raft"
        nodes = 3
        duration = "3s"
        faults = [
            # Nobody leads yet: a miss.
            { kind = "crash", target = "leader", at = "1ms" },
            { kind = "crash", target = 0, at = "500ms", for = "300ms" },
            # It is down already.
            { kind = "crash", target = 0, at = "600ms" },
            { kind = "pause", target = 1, at = "1s", for = "900ms" },
            { kind = "crash", target = 1, at = "1200ms" },
            # It is up: a miss.
            { kind = "restart", target = 2, at = "1300ms" },
            { kind = "restart", target = 1, at = "1500ms" },
            { kind = "partition", isolate = 2, at = "2s", for = "10s" },
            { kind = "heal", at = "2500ms" },
            { kind = "partition", isolate = 2, at = "2800ms" },
        ]"#;
    let source = Source { path: "strikes.toml", name: "strikes".to_owned(), text };
    let scenario = read(source, &registry::specs()).unwrap();
    let outcome = registry::run(&scenario, Seed(1), &mut ());
    let ms = |time: SimTime| time.as_ns() / 1_000_000;
    let told: Vec<_> = outcome.strikes.iter().map(|s| (s.kind, ms(s.at), ms(s.until))).collect();
    let stays = ms(SimTime::MAX);
    let expected = [
        ("crash", 500, 800),
        ("pause", 1_000, 1_200),
        ("crash", 1_200, 1_500),
        ("restart", 1_500, 1_500),
        ("partition", 2_000, 2_500),
        ("heal", 2_500, 2_500),
        ("partition", 2_800, stays),
    ];
    assert_eq!(told, expected);
}

/// Lines of a trace that tell of faults, with when they were told: in milliseconds.
#[derive(Default)]
struct Told(Vec<(u64, &'static str, String, String)>);

impl Watcher for Told {
    fn traces(&self) -> bool {
        true
    }
    fn on_line(&mut self, TraceLine { time, kind, place, text, .. }: TraceLine) {
        if ["fault", "over"].contains(&kind) {
            self.0.push((time.as_ns() / 1_000_000, kind, place, text));
        }
    }
}

/// Where a word stands for the ends of links, the trace says whom it meant, and when it is over whom it had
/// meant: the leader may be another by then.
#[test]
fn the_trace_names_the_ends_of_the_links_that_are_hit() {
    let text = br#"
        protocol = "raft"
        nodes = 5
        duration = "4s"
        faults = [
            { kind = "slow_link", by = "1ms", from = "leader", to = { random = 2 }, at = "2s", for = "100ms" },
            { kind = "partition", one_way_from = "leader", one_way_to = "random", at = "3s", for = "100ms" },
        ]"#;
    let source = Source { path: "ends.toml", name: "ends".to_owned(), text };
    let scenario = read(source, &registry::specs()).unwrap();
    let mut told = Told::default();
    registry::run(&scenario, Seed(1), &mut told);
    let texts: Vec<&str> = told.0.iter().map(|(.., text)| text.as_str()).collect();
    let [slow, over, partition] = texts[..] else { panic!("{texts:?}") };
    assert!(slow.starts_with("slow_link [n") && slow.contains("] -> [n"), "{slow}");
    assert_eq!(format!("{over}, for 100ms"), slow);
    assert!(partition.starts_with("partition OneWay(Nodes([n"), "{partition}");
}

/// A fault says for how long it is; of links and clocks its end is told when it comes, and once where it
/// struck again meanwhile.
#[test]
fn the_end_of_a_fault_is_in_the_trace() {
    let text = br#"
        protocol = "raft"
        nodes = 3
        duration = "4s"
        faults = [
            { kind = "clog", from = [0], at = "1s", for = "100ms" },
            { kind = "degrade", loss = 0.5, at = "1500ms", every = "50ms", until = "1600ms", for = "200ms" },
            { kind = "drift_clock", target = 1, slow = 1000, at = "2s", for = "300ms" },
            { kind = "stop_clock", target = 2, at = "2s", for = "400ms" },
            { kind = "slow_disk", target = 0, factor = 2, at = "3s", for = "500ms" },
            { kind = "slow_link", by = "1ms", at = "3500ms" },
        ]"#;
    let source = Source { path: "over.toml", name: "over".to_owned(), text };
    let scenario = read(source, &registry::specs()).unwrap();
    let mut told = Told::default();
    registry::run(&scenario, Seed(1), &mut told);
    let told: Vec<String> =
        told.0.iter().map(|(ms, kind, place, text)| format!("{ms} {kind} {place} {text}")).collect();
    let expected = [
        "1000 fault [] clog [n0] -> all: nothing leaves, for 100ms",
        "1100 over [] clog [n0] -> all: nothing leaves",
        "1500 fault [] degrade all -> all: loss 0.5, for 200ms",
        "1550 fault [] degrade all -> all: loss 0.5, for 200ms",
        "1750 over [] degrade all -> all: loss 0.5",
        "2000 fault [n1] drift_clock slow by 1000 ppm, for 300ms",
        "2000 fault [n2] stop_clock, for 400ms",
        "2300 over [n1] drift_clock slow by 1000 ppm",
        "2400 over [n2] stop_clock",
        "3000 fault [n0] slow_disk, for 500ms",
        "3500 fault [] slow_link all -> all: 1ms longer",
    ];
    assert_eq!(told, expected);
}
