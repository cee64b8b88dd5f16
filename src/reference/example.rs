//! Values that are valid, for examples: each reads as it stands in a scenario of the first
//! protocol that knows its words.

use super::{Reference, Topic, full_name};
use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, Section, Vocabulary};
use crate::check::Promise;
use crate::faults::verbs::{SECTION, Untimed, VERBS, Verb};
use crate::network::topology::{ROUTE_SECTION, SECTION as TOPOLOGY};
use crate::scenario::sections::{EXPECT, LIVENESS, TOP};
use crate::scenario::{Repeats, SectionEntry};

/// Where a value made from the kind alone would show nothing, or would not go with the others.
const SAMPLES: &[(&str, &str)] = &[
    ("description", "\"The leader crashes every ten seconds.\""),
    ("extends", "\"base.toml\""),
    ("seed", "\"0x2a\""),
    ("network.link.to", "[2]"),
    ("topology.matrix", "\"regions.csv\""),
    ("topology.same_region", "\"0.5ms\""),
    ("topology.same_zone", "\"0.2ms\""),
    ("topology.same_rack", "\"0.1ms\""),
    ("topology.route.latency", "\"2ms\""),
    ("topology.route.back", "\"3ms\""),
    ("topology.column", "\"rtt_ms_avg\""),
    ("faults.at", "\"10s\""),
    ("faults.every", "\"10s\""),
    ("faults.until", "\"50s\""),
    ("faults.to", "1"),
    ("faults.one_way_to", "[2]"),
    ("network.bandwidth", "1000000"),
    ("network.buffer", "65536"),
    ("network.link.bandwidth", "1000000"),
    ("network.link.buffer", "65536"),
    ("faults.degrade.bandwidth", "1000000"),
    ("faults.clog.to", "[2]"),
    ("faults.slow_link.to", "[2]"),
    ("faults.degrade.to", "[2]"),
    ("faults.bridge", "2"),
    ("faults.star", "2"),
    ("faults.ring", "\"all\""),
    ("faults.chain", "[0, 1, 2]"),
    ("faults.mesh", "[0, 1, 2, 3, 4]"),
    // Who leads is up.
    ("faults.restart.target", "\"all\""),
    // With one row of all five nodes.
    ("paxos.phase1_quorum", "5"),
    ("expect.sometimes", "\"crashes\""),
    ("liveness.after", "\"30s\""),
    ("liveness.core", "0.5"),
    ("liveness.within", "\"10s\""),
];

/// Keys that mean nothing without another: nothing waits in a buffer where there is no bandwidth, and clients that never
/// end read nothing back.
const TOGETHER: &[(&str, &str)] = &[("buffer", "bandwidth"), ("read_back", "until")];

impl Reference {
    /// A value of `key`, in TOML.
    pub(super) fn sample(&self, section: &str, key: &Key) -> String {
        // Of a kind of fault, else of all.
        let general = section.split('.').next().filter(|_| section.starts_with(SECTION.name));
        let names = [Some(section), general].map(|section| section.map(|name| full_name(name, key.name)));
        for name in names.iter().flatten() {
            if let Some((_, sample)) = SAMPLES.iter().find(|(key, _)| key == name) {
                return (*sample).to_owned();
            }
        }
        let first = |words: &[&str]| format!("\"{}\"", words.first().unwrap_or(&"none"));
        match (key.kind, key.default) {
            (KeyKind::Probability, _) => "0.05".to_owned(),
            (KeyKind::Bool, _) => "true".to_owned(),
            (KeyKind::Name(of), _) => first(&self.words(of)),
            (KeyKind::Names(of), _) => match self.words(of).as_slice() {
                [] => "[]".to_owned(),
                words => format!("[{}]", first(words)),
            },
            (_, Some(default)) => default.to_owned(),
            (KeyKind::Duration { min, max }, None) => {
                let sample = SimDuration::from_secs(2).clamp(min, max);
                if sample == SimDuration::from_secs(2) {
                    "\"2s\"".to_owned()
                } else {
                    format!("\"{sample}\"")
                }
            }
            (KeyKind::Count { min, .. }, None) => min.to_string(),
            (KeyKind::Float { min, .. }, None) => format!("{min:?}"),
            (KeyKind::Text, None) => "\"text\"".to_owned(),
            (KeyKind::File, None) => "\"table.csv\"".to_owned(),
            (KeyKind::Places, None) => "[\"eu-west-1/a\", \"eu-west-1/b\"]".to_owned(),
            (KeyKind::Choice(words), None) => first(words),
            (KeyKind::Seed, None) => "42".to_owned(),
            (KeyKind::Latency, None) => "\"5ms\"".to_owned(),
            (KeyKind::Spans { .. }, None) => "\"2s\"".to_owned(),
            (KeyKind::Quota, None) => "\"minority\"".to_owned(),
            (KeyKind::Node, None) => "0".to_owned(),
            (KeyKind::Nodes, None) => "[0, 1]".to_owned(),
            (KeyKind::NodeGroups, None) => "[[0, 1], [2]]".to_owned(),
            (KeyKind::Target, None) => "\"leader\"".to_owned(),
        }
    }

    /// `key = value`.
    pub(super) fn line(&self, section: &str, key: &Key) -> String {
        format!("{} = {}", key.name, self.sample(section, key))
    }

    /// Lines of a scenario that show `topic`; `None` where a name is no part of one.
    pub fn example(&self, topic: &Topic<'_>) -> Option<String> {
        match topic {
            Topic::Section(entry) => Some(self.section_example(entry)),
            Topic::Key(entry, key) if entry.section.name == SECTION.name => {
                let verb = VERBS.first()?;
                Some(self.fault_example(verb, key.name))
            }
            Topic::Key(entry, key) if entry.section.name == EXPECT.name => {
                let verdict = self.line(EXPECT.name, EXPECT.keys.first()?);
                Some(match key.name {
                    "check" => format!("[expect]\n{verdict}\n{}\n", self.line(EXPECT.name, key)),
                    "sometimes" => format!("[[expect]]\n{}\n", self.line(EXPECT.name, key)),
                    _ => format!("[expect]\n{verdict}\n"),
                })
            }
            Topic::Key(entry, key) if entry.section.name.starts_with(TOPOLOGY.name) => {
                Some(self.topology_example(entry.section.name, key.name))
            }
            Topic::Key(entry, key) if entry.section.name == LIVENESS.name && key.name == "core" => {
                Some(format!("{}\nafter = \"30s\"\n{}\n", entry.header(), self.line(LIVENESS.name, key)))
            }
            Topic::Key(entry, key) if entry.section.name == TOP.name => Some(self.line("", key) + "\n"),
            Topic::Key(entry, key) => {
                let goes_with = |other: &&Key| TOGETHER.contains(&(key.name, other.name));
                let lines = entry.section.keys.iter().filter(goes_with).chain([*key]);
                let lines = lines.map(|key| self.line(entry.section.name, key) + "\n");
                Some(format!("{}\n{}", entry.header(), lines.collect::<String>()))
            }
            Topic::Fault(verb) => Some(self.fault_example(verb, "") + self.what_comes_of(verb)),
            Topic::FaultKey(verb, key) => Some(self.fault_example(verb, key.name) + self.what_comes_of(verb)),
            Topic::Protocol(protocol) => Some(format!("protocol = \"{}\"\n", protocol.name)),
            Topic::Bug(protocol, bug) => {
                Some(format!("protocol = \"{}\"\nbugs = [\"{}\"]\n", protocol.name, bug.name))
            }
            Topic::Check(check) => {
                let expect = format!("[expect]\nverdict = \"invalid\"\ncheck = \"{}\"\n", check.name);
                // A promise is one of the checks where the history is held to it.
                let held = Promise::named(check.name).map(|promise| {
                    let rests = promise == Promise::Convergence;
                    let clients = if rests { "[clients]\nuntil = \"10s\"\n\n" } else { "" };
                    format!("{clients}[check]\nlevels = [\"{}\"]\n\n", check.name)
                });
                Some(held.unwrap_or_default() + &expect)
            }
            Topic::Message(_, kind) => {
                Some(format!("[[faults]]\nkind = \"drop\"\nmessage = \"{kind}\"\nevery = \"10s\"\n"))
            }
            Topic::Command(_, command) => Some(format!(
                "{}[[faults]]\nkind = \"admin\"\ncommand = \"{}\"\ntarget = \"leader\"\nevery = \"10s\"\n",
                command.needs, command.name
            )),
            Topic::Sight(sight) => Some(format!("[[expect]]\nsometimes = \"{}\"\n", sight.name)),
            Topic::Model(_) => None,
            Topic::Target(word, _) => {
                Some(format!("[[faults]]\nkind = \"crash\"\ntarget = \"{word}\"\nevery = \"10s\"\n"))
            }
            Topic::Distribution(_, shape, _) => Some(format!("[network]\nlatency = {shape}\n")),
        }
    }

    fn section_example(&self, entry: &SectionEntry) -> String {
        let section = &entry.section;
        match (section.name, entry.repeats) {
            (name, _) if name == SECTION.name => {
                VERBS.first().map_or(String::new(), |verb| self.fault_example(verb, ""))
            }
            (name, _) if name.starts_with(TOPOLOGY.name) => self.topology_example(ROUTE_SECTION.name, ""),
            (name, _) if name == EXPECT.name => "[expect]\nverdict = \"valid\"\n".to_owned(),
            ("", _) => {
                let keys = section.keys.iter().filter(|key| !["extends", "bugs"].contains(&key.name));
                keys.map(|key| self.line("", key) + "\n").collect()
            }
            (name, Repeats::Never) => {
                let keys = section.keys.iter().filter_map(|key| Some((key.name, key.default?)));
                let lines = keys.map(|(key, default)| format!("{key} = {default}\n")).collect::<String>();
                format!("[{name}]\n{lines}")
            }
            (name, _) => {
                let lines = section.keys.iter().map(|key| self.line(name, key) + "\n");
                format!("{}\n{}", entry.header(), lines.collect::<String>())
            }
        }
    }

    /// Places, and what `key` of `section` says of them.
    fn topology_example(&self, section: &str, key: &str) -> String {
        let line = |section: &Section, name: &str| {
            let key = section.keys.iter().find(|key| key.name == name);
            key.map_or(String::new(), |key| self.line(section.name, key) + "\n")
        };
        let mut text = format!("[{}]\n{}", TOPOLOGY.name, line(&TOPOLOGY, "nodes"));
        if section == TOPOLOGY.name {
            let of_matrix = ["column", "matrix_is"].contains(&key);
            let others = [("matrix", of_matrix), (key, key != "nodes")];
            return text
                + &others
                    .map(|(key, is_shown)| if is_shown { line(&TOPOLOGY, key) } else { String::new() })
                    .concat();
        }
        text += &format!("\n[[{}]]\n", ROUTE_SECTION.name);
        for name in ["between", "latency"].into_iter().chain((key == "back").then_some(key)) {
            text += &line(&ROUTE_SECTION, name);
        }
        text
    }

    /// What must be expected where no protocol survives a fault of this kind.
    pub(super) fn what_comes_of(&self, verb: &Verb) -> &'static str {
        let survived = self.protocols.iter().any(|protocol| protocol.survives.contains(&verb.name));
        if survived { "" } else { "\n[expect]\nverdict = \"invalid\"\n" }
    }

    /// A fault of this kind that has `key`, if that is one that it may have.
    pub(super) fn fault_example(&self, verb: &Verb, key: &str) -> String {
        let form = verb.forms.iter().find(|form| form.contains(&key)).or(verb.forms.first());
        let mut names = form.map_or(Vec::new(), |form| form.to_vec());
        let timed = if key == "at" { "at" } else { "every" };
        let message = verb.keys.iter().find(|key| key.kind == KeyKind::Name(Vocabulary::Message));
        if let (Some(message), "", false) = (message, key, self.words(Vocabulary::Message).is_empty()) {
            names.push(message.name);
        }
        if verb.untimed == Untimed::Never || matches!(key, "" | "until") {
            names.push(timed);
        }
        if !key.is_empty() && key != SECTION.keys[0].name && !names.contains(&key) {
            names.push(key);
        }
        let find = |name: &str| verb.keys.iter().chain(SECTION.keys).find(|key| key.name == name);
        let own = full_name(SECTION.name, verb.name);
        let line = |key: &Key| self.line(&own, key) + "\n";
        let lines = names.iter().filter_map(|name| find(name)).map(line);
        format!("[[{}]]\nkind = \"{}\"\n{}", SECTION.name, verb.name, lines.collect::<String>())
    }
}
