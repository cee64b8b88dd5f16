//! The scenarios of Raft's features show what they say they show.

use std::fs;
use std::path::Path;

use atropos::base::{NodeId, SimDuration, SimTime};
use atropos::check::Verdict;
use atropos::history::{Event, Kind};
use atropos::registry;
use atropos::run::{Outcome, TraceLine, Watcher};
use atropos::scenario::{Scenario, Source, read};

/// Keeps every line.
#[derive(Default)]
struct Lines(Vec<TraceLine>);

impl Watcher for Lines {
    fn traces(&self) -> bool {
        true
    }
    fn on_line(&mut self, line: TraceLine) {
        self.0.push(line);
    }
}

impl Lines {
    /// Those of a kind that hold a text.
    fn of<'a>(&'a self, kind: &'static str, text: &'a str) -> impl Iterator<Item = &'a TraceLine> {
        self.0.iter().filter(move |line| line.kind == kind && line.text.contains(text))
    }

    fn count(&self, kind: &'static str, text: &str) -> usize {
        self.of(kind, text).count()
    }

    /// At how many of `nodes` nodes there is such a line.
    fn places(&self, nodes: u32, kind: &'static str, text: &str) -> Vec<u32> {
        let at = |node: &u32| {
            self.of(kind, text).any(|line| line.place.split(' ').next() == Some(&NodeId(*node).to_string()))
        };
        (0..nodes).filter(at).collect()
    }
}

/// Twenty seconds of the scenario in `scenarios/raft/`.
fn scenario(name: &str) -> Scenario {
    scenario_with(name, ("", ""))
}

/// The same with a line of it in place of another.
fn scenario_with(name: &str, (line, instead): (&str, &str)) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/raft/{name}.toml"));
    let text = fs::read_to_string(&path).unwrap();
    let text = if line.is_empty() { text } else { text.replace(line, instead) };
    let source = Source { path: path.to_str().unwrap(), name: name.to_owned(), text: text.as_bytes() };
    let mut scenario =
        read(source, &registry::specs()).unwrap_or_else(|found| panic!("{}", found.render(false)));
    scenario.duration = SimDuration::from_secs(20);
    scenario
}

fn run(scenario: &Scenario) -> (Outcome, Lines) {
    let mut lines = Lines::default();
    let outcome = registry::run(scenario, scenario.seed, &mut lines);
    assert_eq!(outcome.verdict, Verdict::Valid, "{:?}", outcome.checks);
    (outcome, lines)
}

fn ms(time: SimTime) -> u64 {
    time.as_ns() / 1_000_000
}

/// The median latency of the operations `f` that ended well between two instants, in microseconds.
fn median_us(outcome: &Outcome, f: &str, between: (u64, u64)) -> u64 {
    let mut begun: Vec<Option<SimTime>> = Vec::new();
    let mut took = Vec::new();
    for Event { process, kind, f: what, time, .. } in &outcome.history.events {
        let (place, Some(time)) = (usize::try_from(*process).unwrap(), *time) else { continue };
        if begun.len() <= place {
            begun.resize(place + 1, None);
        }
        match kind {
            Kind::Invoke => begun[place] = Some(time),
            Kind::Ok if what.to_string() == f && (between.0..between.1).contains(&ms(time)) => {
                took.extend(begun[place].map(|begun| time.since(begun).as_ns() / 1_000));
            }
            _ => {}
        }
    }
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn snapshots_arrive_in_pieces_at_every_node() {
    let (outcome, lines) = run(&Scenario { duration: SimDuration::from_secs(40), ..scenario("snapshots") });
    assert!(outcome.counters.crashes > 3 && outcome.counters.partitions > 1);
    let pieces = lines.of("message", "InstallSnapshot");
    assert!(pieces.filter(|line| !line.text.contains("offset: 0,")).count() > 10);
    assert_eq!(lines.places(5, "observe", "Restored"), [0, 1, 2, 3, 4]);
}

#[test]
fn members_change_one_by_one_through_joint_configurations_and_as_in_etcd() {
    for (name, nodes) in [("members-joint", 7), ("members-single", 5), ("members-apply", 6)] {
        let (outcome, lines) = run(&scenario(name));
        assert!(outcome.counters.crashes > 0, "{name}: {:?}", outcome.counters);
        let all: Vec<u32> = (0..nodes).collect();
        assert_eq!(lines.places(nodes, "observe", "Configured"), all, "{name}");
        assert!(lines.places(nodes, "observe", "Role { role: Leader").len() > 2, "{name}");
        let joint = lines.of("message", "Configure").any(|line| line.text.contains("outgoing: [n"));
        assert_eq!(joint, name != "members-single", "{name}");
    }
}

#[test]
fn a_spare_node_takes_the_place_of_a_dead_one() {
    let (outcome, lines) = run(&scenario("replace-dead-node"));
    let says = |node, after| {
        let node = NodeId(node).to_string() + " ->";
        lines.of("message", "").any(|line| line.place.starts_with(&node) && ms(line.time) > after)
    };
    assert!(!says(2, 6_000), "who lost its disk takes no part");
    let first = lines.of("message", "").find(|line| line.place.starts_with("n5 ->")).unwrap();
    assert!(ms(first.time) >= 7_000, "who is spare is asked nothing");
    let served =
        |event: &Event| event.kind == Kind::Ok && (11_000..15_000).contains(&ms(event.time.unwrap()));
    assert!(
        outcome.history.events.iter().filter(|event| served(event)).count() > 1_000,
        "with two more down"
    );
}

#[test]
fn learners_are_not_waited_for_until_they_vote() {
    let (outcome, lines) = run(&scenario("learners"));
    let learned = |node: &str| {
        lines.of("message", "Appended").any(|line| line.place.starts_with(node) && ms(line.time) < 8_000)
    };
    assert!(learned("n3") && learned("n4"));
    assert!(median_us(&outcome, "write", (4_000, 8_000)) < 10_000);
    assert!(median_us(&outcome, "write", (8_700, 10_100)) > 40_000, "three of four, one of them far away");
}

#[test]
fn leaders_hand_over_at_once() {
    let (_, lines) = run(&scenario("transfer"));
    let mut quick = 0;
    for asked in lines.of("message", "TimeoutNow") {
        let elected = lines.of("observe", "Role { role: Leader").find(|line| line.time > asked.time);
        let after = elected.map(|elected| elected.time.since(asked.time));
        quick += usize::from(after.is_some_and(|after| after < SimDuration::from_ms(20)));
    }
    assert!(quick >= 7, "{quick}");
}

#[test]
fn a_node_that_comes_back_does_not_depose_the_leader_with_pre_votes() {
    let terms = |scenario: &Scenario| registry::run(scenario, scenario.seed, &mut ()).leader_terms;
    assert_eq!(terms(&scenario("pre-vote")), 1);
    let without = ("pre_vote = true", "pre_vote = false");
    assert!(terms(&scenario_with("pre-vote", without)) > 3);
}

#[test]
fn a_leader_that_hears_no_majority_steps_down_while_it_is_cut_off() {
    let (_, lines) = run(&scenario("check-quorum"));
    let (mut cut, mut stepped_down) = (0, 0);
    for fault in lines.of("fault", "partition").filter(|fault| ms(fault.time) < 19_000) {
        // `[n4]`, or where links are cut one way `OneWay(All, Nodes([n4]))`.
        let told = if fault.place == "[]" { &fault.text } else { &fault.place };
        let node = told.rsplit('[').next().and_then(|rest| rest.split(']').next()).unwrap();
        let steps_down = |line: &&TraceLine| {
            line.place == node
                && line.time > fault.time
                && line.time.since(fault.time) < SimDuration::from_ms(500)
        };
        cut += 1;
        stepped_down +=
            usize::from(lines.of("observe", "Role { role: Follower").any(|line| steps_down(&line)));
    }
    assert!(cut > 3);
    assert_eq!(stepped_down, cut);
}

#[test]
fn reads_cost_what_their_way_costs() {
    let lease = scenario("reads-lease");
    let (outcome, _) = run(&lease);
    let (read, write) = (median_us(&outcome, "read", (0, 20_000)), median_us(&outcome, "write", (0, 20_000)));
    assert!(read < 2_500, "there and back: {read}");
    assert!(write > 3_500, "and once more to a majority and its disks: {write}");

    let (outcome, lines) = run(&scenario("reads-log"));
    let (read, write) = (median_us(&outcome, "read", (0, 20_000)), median_us(&outcome, "write", (0, 20_000)));
    assert!(read.abs_diff(write) < 300, "{read} and {write}");
    assert!(lines.count("message", "command: Read") > 1_000);

    let (_, lines) = run(&scenario("reads-follower"));
    assert_eq!(lines.places(5, "response", "Done(Value"), [0, 1, 2, 3, 4]);
    assert!(lines.count("message", "ReadIndexIs") > 1_000);
}

#[test]
fn sessions_that_end_are_told_so() {
    let (_, lines) = run(&scenario("sessions-end"));
    assert!(lines.count("response", "SessionEnded") > 50);
    assert!(lines.count("observe", "Restored") > 1);
}
