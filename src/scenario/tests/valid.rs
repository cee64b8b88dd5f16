//! What a file that is right comes to.

use super::super::decode::default_of;
use super::*;
use crate::base::keys::Target;
use crate::base::{Latency, NodeId, Probability, SimTime};
use crate::faults::verbs::VERBS;
use crate::faults::{Action, MessageEffect, MessageVerb, PartitionShape, When};
use crate::network::LinkOverride;

/// A file that uses every section and every kind of value.
pub(super) const FULL: &str = r#"
description = "The leader is cut off every ten seconds."
protocol = "raft"
nodes = 5
duration = "1m"
seed = "0x2a"
bugs = ["raft/vote-not-persisted"]

[network]
latency = { uniform = ["0.5ms", "1.5ms"] }
loss = 0.01
duplicate = 1
fifo = true
[[network.link]]
from = [0]
to = [1, 2]
latency = { exponential = { min = "1ms", mean = "3ms" } }

[disk]
sync = { lognormal = { median = "0.2ms", sigma = 0.5 } }

[node]
service_time = "20us"

[clients]
count = 8
think = { pareto = { min = "1ms", alpha = 2.5 } }
skew = 1

[raft]
election_timeout_min = "200ms"

[limits]
events = 5_000

[expect]
verdict = "invalid"
check = "linearizability"

[[faults]]
kind = "partition"
isolate = "leader"
every = "10s"
for = "4s"

[[faults]]
kind = "crash"
target = [3, 1]
at = "5s"

[[faults]]
kind = "delay"
message = "RequestVote"
to = 4
by = "2s"
until = "30s"

[[faults]]
kind = "partition"
groups = [[0, 1], [2, 3]]
at = "20s"
every = "1s"
until = "25s"

[[faults]]
kind = "admin"
command = "transfer 2"
target = 0
at = "40s"
"#;

const LIMITS: Limits =
    Limits { events: 50_000_000, events_at_once: 5_000_000, pending: 4_000_000, operations: 1_875_000 };

fn ms(ms: u64) -> SimDuration {
    SimDuration::from_ms(ms)
}

fn at_secs(secs: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(secs)
}

#[test]
fn a_full_file_is_decoded_to_its_values() {
    let scenario = read_text(FULL).expect("the file is right");
    assert_eq!(scenario.name, "test");
    assert_eq!(scenario.description.as_deref(), Some("The leader is cut off every ten seconds."));
    assert_eq!((scenario.protocol.as_str(), scenario.nodes, scenario.seed), ("raft", 5, Seed(42)));
    assert_eq!(scenario.duration, SimDuration::from_secs(60));
    assert_eq!(scenario.bugs, ["raft/vote-not-persisted"]);
    let network = &scenario.network;
    assert_eq!(
        network.links.latency,
        Latency::Uniform { min: SimDuration::from_us(500), max: SimDuration::from_us(1_500) }
    );
    assert_eq!(network.links.loss, Probability::new(0.01).expect("in range"));
    assert_eq!((network.links.duplicate, network.fifo), (Probability::ALWAYS, true));
    let link = LinkOverride {
        from: vec![NodeId(0)],
        to: vec![NodeId(1), NodeId(2)],
        latency: Some(Latency::Exponential { min: ms(1), mean: ms(3) }),
        ..LinkOverride::default()
    };
    assert_eq!(network.overrides, [link]);
    assert_eq!(scenario.disk.sync, Latency::Lognormal { median: SimDuration::from_us(200), sigma: 0.5 });
    assert_eq!(scenario.service_time, SimDuration::from_us(20));
    assert_eq!((scenario.clients.clients, scenario.clients.skew), (8, 1.0));
    assert_eq!(scenario.clients.think, Latency::Pareto { min: ms(1), alpha: 2.5 });
    assert_eq!(scenario.protocol_settings.duration("election_timeout_min"), Some(ms(200)));
    assert_eq!(scenario.protocol_settings.duration("election_timeout_max"), Some(ms(300)));
    assert_eq!(scenario.limits, Limits { events: 5_000, ..LIMITS });
    let expect = Expect { verdict: "invalid".to_owned(), check: Some("linearizability".to_owned()) };
    assert_eq!(scenario.expect, Some(expect));
}

#[test]
fn the_fault_schedule_is_decoded_in_order() {
    let faults = read_text(FULL).expect("the file is right").faults;
    let every_ten = When {
        first: Some(at_secs(10)),
        every: Some(SimDuration::from_secs(10).into()),
        until: SimTime::MAX,
    };
    let isolate = Action::Partition(PartitionShape::Isolate(Target::Leader));
    assert_eq!(
        faults[0],
        Fault {
            when: every_ten,
            action: isolate,
            lasts: Some(SimDuration::from_secs(4).into()),
            max_down: None
        }
    );
    let crash = Action::Crash(Target::Nodes(vec![NodeId(3), NodeId(1)]));
    assert_eq!(faults[1], Fault { when: When::once(at_secs(5)), action: crash, lasts: None, max_down: None });
    let delay = Action::Messages(MessageVerb {
        message: Some("RequestVote".to_owned()),
        from: None,
        to: Some(NodeId(4)),
        nth: 1,
        count: 1,
        effect: MessageEffect::Delay(SimDuration::from_secs(2)),
    });
    assert_eq!(faults[2].action, delay);
    assert_eq!((faults[2].when.first, faults[2].when.until), (Some(SimTime::ZERO), at_secs(30)));
    let groups = vec![vec![NodeId(0), NodeId(1)], vec![NodeId(2), NodeId(3)]];
    assert_eq!(faults[3].action, Action::Partition(PartitionShape::Groups(groups)));
    let admin = Action::Admin { command: "transfer 2".to_owned(), target: Target::Nodes(vec![NodeId(0)]) };
    assert_eq!(faults[4].action, admin);
}

#[test]
fn one_line_is_a_scenario_of_defaults() {
    let scenario = read_text("protocol = \"raft\"").expect("the rest has defaults");
    assert_eq!((scenario.nodes, scenario.seed, scenario.duration.as_ns()), (5, Seed(0), 60_000_000_000));
    assert_eq!(scenario.limits, LIMITS);
    assert_eq!((scenario.faults.len(), scenario.expect), (0, None));
    assert!(!scenario.network.links.latency.is_zero());
}

#[test]
fn a_section_may_be_written_in_line_and_dotted() {
    let text = "protocol = \"raft\"\nfaults = [{ kind = \"heal\", at = \"1s\" }]\nnetwork.loss = 0.5\nclients = { count = 1 }";
    let scenario = read_text(text).expect("TOML is TOML");
    assert_eq!((scenario.faults.len(), scenario.clients.clients), (1, 1));
    assert!(!scenario.network.links.loss.is_never());
}

#[test]
fn every_default_is_of_its_own_kind() {
    let verbs = VERBS.iter().flat_map(|verb| verb.keys).copied();
    let sections = sections(&PROTOCOLS);
    for key in sections.iter().flat_map(|entry| entry.section.keys).copied().chain(verbs) {
        assert_eq!(default_of(&key).is_some(), key.default.is_some(), "{}", key.name);
    }
}

#[test]
fn no_section_holds_two_keys_of_one_name() {
    for entry in sections(&PROTOCOLS) {
        let names: std::collections::BTreeSet<_> = entry.section.keys.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), entry.section.keys.len(), "{}", entry.header());
    }
}

/// A link that is narrow for a while has a buffer then.
#[test]
fn a_buffer_is_of_use_wherever_there_is_a_bandwidth() {
    let buffer = "protocol = \"raft\"\n[network]\nbuffer = 1000\n";
    assert!(read_text(buffer).is_err());
    for bandwidth in [
        "bandwidth = 9000",
        "[[network.link]]\nfrom = [0]\nbandwidth = 9000",
        "[[faults]]\nkind = \"degrade\"\nbandwidth = 9000\nat = \"1s\"\nfor = \"1s\"\n[expect]\nverdict = \"valid\"",
    ] {
        assert!(read_text(&format!("{buffer}{bandwidth}\n")).is_ok(), "{bandwidth}");
    }
}
