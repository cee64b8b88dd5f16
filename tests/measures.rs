//! What is measured of runs and of sweeps: what was lost, how late reads were, how long nothing completed.

mod folder;

use std::fs;

use atropos::base::{Seed, SimDuration};
use atropos::check::{Outage, Verdict};
use atropos::registry;
use atropos::run::{Lags, Losses, Measured, Outcome};
use atropos::scenario::{Source, read};
use folder::Folder;
use serde_json::Value;

const MEASURE: &str = "\n[check]\nmeasure = [\"outage\", \"durability\", \"staleness\"]\n";

/// The scenario of `text`, run under `seed`.
fn run(text: &str, seed: u64) -> Outcome {
    let source = Source { path: "measures.toml", name: "measures".to_owned(), text: text.as_bytes() };
    let scenario = read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)));
    registry::run(&scenario, Seed(seed), &mut ())
}

/// The numbers of a measure that could be taken.
#[track_caller]
fn found<T: Copy>(measured: Option<&Measured<T>>) -> T {
    let Measured { found, note } = measured.expect("it was asked for");
    found.unwrap_or_else(|| panic!("not taken: {note:?}"))
}

fn losses(outcome: &Outcome) -> Losses {
    found(outcome.measures.durability.as_ref())
}

fn lags(outcome: &Outcome) -> Lags {
    found(outcome.measures.staleness.as_ref())
}

fn outage(outcome: &Outcome) -> Outage {
    found(outcome.measures.outage.as_ref())
}

const CRASH: &str = "protocol = \"raft\"\nduration = \"6s\"\n[clients]\nuntil = \"5s\"\n\
    [[faults]]\nkind = \"crash\"\ntarget = \"leader\"\nat = \"2s\"\nfor = \"1s\"\n";

#[test]
fn raft_loses_nothing_and_is_out_for_an_election() {
    let mut longest = SimDuration::ZERO;
    for seed in 0..10 {
        let outcome = run(&format!("{CRASH}{MEASURE}"), seed);
        let Losses { acknowledged, lost, dirty_reads, resurrected, failed_seen, .. } = losses(&outcome);
        assert_eq!((lost, dirty_reads, resurrected, failed_seen), (0, 0, 0, 0));
        let Lags { reads, stale, time_behind, versions_behind, delta } = lags(&outcome);
        let none = Some(SimDuration::ZERO);
        assert_eq!((stale, time_behind, versions_behind, delta), (0, none, 0, none));
        assert!(acknowledged > 300 && reads > 300, "{acknowledged} writes, {reads} reads");
        let election = outcome.election.unwrap();
        assert!(election.after_crash);
        // What was under way when the leader crashed is answered a little later, and clients look for the new
        // leader every 200ms.
        let (elected, slack) = (election.elected.unwrap(), SimDuration::from_ms(20));
        let Outage { total, writes, reads } = outage(&outcome);
        assert!(
            total + slack >= elected && total <= elected + SimDuration::from_ms(220),
            "{total} {elected}"
        );
        assert!(writes.unwrap() >= total && reads.unwrap() >= total);
        longest = longest.max(total);
    }
    let calm = outage(&run(&format!("{}{MEASURE}", CRASH.replace("at = \"2s\"", "at = \"5500ms\"")), 0));
    assert!(calm.total < SimDuration::from_ms(30) && longest > SimDuration::from_ms(150), "{calm:?}");
}

/// The same run, whether it is measured or not.
#[test]
fn to_measure_changes_nothing() {
    for story in [CRASH, include_str!("../scenarios/bugs/raft/reads-unconfirmed.toml")] {
        let (plain, measured) = (run(story, 0), run(&format!("{story}{MEASURE}"), 0));
        assert_eq!((plain.digest, plain.verdict), (measured.digest, measured.verdict));
        assert_eq!((plain.checks, plain.history), (measured.checks, measured.history));
        assert_eq!(plain.measures, Default::default());
    }
}

/// A command that is carried out twice takes the place of what was acknowledged in between.
#[test]
fn a_bug_that_undoes_writes_loses_them() {
    let story = include_str!("../scenarios/bugs/raft/repeats-commands.toml");
    let outcome = run(&format!("{story}{MEASURE}"), 0x28);
    let Losses { lost, dirty_reads, .. } = losses(&outcome);
    assert!(outcome.verdict == Verdict::Invalid && lost > 0 && dirty_reads > 0, "{lost} {dirty_reads}");
}

#[test]
fn a_bug_that_reads_late_is_stale() {
    let story = include_str!("../scenarios/bugs/raft/reads-unconfirmed.toml");
    let outcome = run(&format!("{story}{MEASURE}"), 0);
    let Lags { reads, stale, time_behind, versions_behind, delta } = lags(&outcome);
    assert!(outcome.verdict == Verdict::Invalid && stale > 10 && stale < reads / 10, "{stale} of {reads}");
    // Whoever is cut off is so for 600ms.
    let ms = SimDuration::from_ms;
    assert!(time_behind > Some(ms(100)) && time_behind < Some(ms(700)) && versions_behind > 1);
    assert!(delta >= time_behind && delta < Some(ms(700)));
    assert_eq!(losses(&outcome).lost, 0);
}

#[test]
fn what_cannot_be_measured_says_why() {
    let why = |outcome: &Outcome| {
        let measures = outcome.measures.clone();
        let told = [
            measures.durability.map(|measured| (measured.found.is_some(), measured.note)),
            measures.staleness.map(|measured| (measured.found.is_some(), measured.note)),
            measures.outage.map(|measured| (measured.found.is_some(), measured.note)),
        ];
        told.map(|told| told.expect("it was asked for"))
    };
    // A run that a violation ends, and one that a limit does.
    let story = include_str!("../scenarios/bugs/raft/truncates-always.toml");
    let limited = format!("{CRASH}[limits]\nevents = 4000\n");
    for (story, words) in [(story, "by a violation, at "), (&*limited, "after 4000 events")] {
        for (is_taken, note) in why(&run(&format!("{story}{MEASURE}"), 0)) {
            let note = note.unwrap();
            assert!(
                !is_taken && note.starts_with("the run was cut short: ") && note.contains(words),
                "{note}"
            );
        }
    }
    // Of consensus there are no registers, but whether it answers can be told.
    let paxos = run(&format!("protocol = \"paxos\"\nduration = \"4s\"\n{MEASURE}"), 1);
    let [durability, staleness, outage] = why(&paxos);
    for (is_taken, note) in [durability, staleness] {
        let note = note.unwrap();
        assert!(
            !is_taken && note == "this is about registers by key, which a consensus has none of",
            "{note}"
        );
    }
    assert_eq!(outage, (true, None));
    // Nobody reads, or nobody is there.
    let write_only = CRASH.replace("[clients]\n", "[clients]\nreads = 0\ncas = 0\n");
    let outcome = run(&format!("{write_only}{MEASURE}"), 1);
    let [durability, staleness, _] = why(&outcome);
    assert_eq!(durability, (false, Some("no read tells what became of the writes".to_owned())));
    assert_eq!(staleness, (false, Some("no read tells what it saw".to_owned())));
    let Outage { writes, reads, .. } = self::outage(&outcome);
    assert!(writes.is_some() && reads.is_none());
    let idle = CRASH.replace("[clients]\n", "[clients]\ncount = 0\n");
    let [_, _, outage] = why(&run(&format!("{idle}{MEASURE}"), 1));
    assert_eq!(outage, (false, Some("no operation completed".to_owned())));
}

/// A stale read now and then, and in some seeds a run that ends before anybody knows.
fn swept(folder: &Folder) -> Vec<csv::StringRecord> {
    let table = folder.read("results/late/sweep.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let heading = reader.headers().unwrap();
    assert!(rows.iter().all(|row| row.len() == heading.len()));
    std::iter::once(heading.clone()).chain(rows).collect()
}

#[test]
fn rows_summaries_and_merges_agree() {
    let folder = Folder::new("measures");
    let story = include_str!("../scenarios/bugs/raft/reads-before-noop.toml");
    folder.write("late.toml", format!("{story}\n[limits]\nevents = 9470\n{MEASURE}"));
    let told = |out: &str| {
        let from = out.find("durability, known of ").expect("it was asked for");
        out[from..].split("\n\n").next().unwrap().to_owned()
    };
    let one = folder.atropos("sweep late.toml --seeds 0..40 --threads 2");
    let text = told(&one.out);
    let table = swept(&folder);
    let files = ["sweep.csv", "sweep.json"].map(|name| folder.read(&format!("results/late/{name}")));
    let json: Value = serde_json::from_str(&files[1]).unwrap();
    let column = |name: &str| -> Vec<Option<u64>> {
        let place = table[0].iter().position(|column| column == name).unwrap();
        let cell = |row: &csv::StringRecord| match &row[place] {
            "" => None,
            number => Some(number.parse().unwrap()),
        };
        table[1..].iter().map(cell).collect()
    };
    let stale = column("stale_reads");
    let known: Vec<u64> = stale.iter().flatten().copied().collect();
    assert!(known.len() < 40 && known.len() > 5, "some are cut short: {stale:?}");
    let (runs, total) = (known.iter().filter(|&&stale| stale > 0).count(), known.iter().sum::<u64>());
    assert!(runs > 0);
    let entry = &json["measures"]["staleness"]["stale"];
    assert_eq!(
        (&entry["known"], &entry["runs"], &entry["total"]),
        (&known.len().into(), &runs.into(), &total.into())
    );
    let outages = column("outage_ns");
    assert_eq!(outages.iter().flatten().count(), known.len());
    let longest = outages.iter().flatten().max().unwrap();
    assert_eq!(json["measures"]["outage"]["total_ms"]["max"], *longest as f64 / 1e6);
    let line = text.lines().find(|line| line.starts_with("  stale reads")).unwrap();
    let figures: Vec<&str> = line.split_whitespace().skip(2).collect();
    assert_eq!((figures[0], figures[4]), (&*runs.to_string(), &*total.to_string()), "{text}");
    // Of shards the same, byte for byte.
    fs::remove_dir_all(folder.0.join("results")).unwrap();
    for shard in [2, 0, 1] {
        folder.atropos(&format!("sweep late.toml --seeds 0..40 --shard {shard}/3"));
    }
    let merged = folder.atropos("merge results");
    assert_eq!(told(&merged.out), text);
    assert_eq!(["sweep.csv", "sweep.json"].map(|name| folder.read(&format!("results/late/{name}"))), files);
}

#[test]
fn nothing_is_told_that_nobody_asked_for() {
    let folder = Folder::new("unmeasured");
    folder.write("late.toml", CRASH);
    let run = folder.atropos("run late.toml").with(0);
    assert!(!run.out.contains("measures"), "{}", run.out);
    let results: Value = serde_json::from_str(&folder.read("results/late/0x0/results.json")).unwrap();
    assert!(results.get("measures").is_none());
    let sweep = folder.atropos("sweep late.toml --seeds 0..3").with(0);
    assert!(!sweep.out.contains("known of"), "{}", sweep.out);
    assert!(swept(&folder)[1..].iter().all(|row| row.iter().rev().take(14).all(str::is_empty)));
    let summary: Value = serde_json::from_str(&folder.read("results/late/sweep.json")).unwrap();
    assert!(summary.get("measures").is_none());
    // One of the three, and only that.
    let run = folder.atropos("run late.toml --set check.measure=[\"outage\"] --json").with(0);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    let names: Vec<&String> = json["measures"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["outage"]);
    assert!(json["measures"]["outage"]["total_ms"].as_f64().unwrap() > 100.0);
    assert!(run.err.contains("measures\n  outage      nothing completed for "), "{}", run.err);
}
