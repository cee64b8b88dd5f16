//! What is said of a name, in text for a terminal.

use super::columns::{Row, columns, cut, wrapped};
use super::{Reference, Topic, first_sentence};
use crate::base::keys::{CheckSpec, Key, KeyKind};
use crate::faults::verbs::{SECTION, Untimed, VERBS, Verb};
use crate::scenario::{ProtocolSpec, SectionEntry, checks_of};

/// How far what belongs to a name is moved in.
const INDENT: usize = 2;

impl Reference {
    /// What is said of `topics`, one after the other. Keys of several faults that are one and
    /// the same are told once.
    pub fn explain(&self, topics: &[Topic<'_>]) -> String {
        let mut told: Vec<String> = Vec::new();
        for (i, topic) in topics.iter().enumerate() {
            let same = |other: &&Topic<'_>| same_key(topic, other);
            if topics[..i].iter().any(|other| same(&other)) {
                continue;
            }
            let names: Vec<String> = topics[i..].iter().filter(same).map(Topic::name).collect();
            let heading = if names.is_empty() { topic.name() } else { names.join(", ") };
            told.push(self.block(&heading, topic));
        }
        told.join("\n")
    }

    /// Every section with its keys, a line each.
    pub fn overview(&self) -> String {
        let mut text = String::new();
        for entry in &self.sections {
            let section = &entry.section;
            let heading =
                if section.name.is_empty() { "the top of the file".to_owned() } else { entry.header() };
            text +=
                &format!("{heading}  {}\n", cut(first_sentence(section.doc), heading.chars().count() + 2));
            text += &one_liners(section.keys);
            if section.name == SECTION.name {
                for verb in VERBS {
                    let heading = format!("  kind = \"{}\"", verb.name);
                    text += &format!("{heading}  {}\n", cut(verb.doc, heading.chars().count() + 2));
                    text += &one_liners(verb.keys);
                }
            }
            text.push('\n');
        }
        text
    }

    fn block(&self, heading: &str, topic: &Topic<'_>) -> String {
        let sort = match topic {
            Topic::Section(_) => "a section of a scenario",
            Topic::Key(..) | Topic::FaultKey(..) => "a key",
            Topic::Fault(_) => "a kind of fault",
            Topic::Protocol(_) => "a protocol",
            Topic::Bug(..) => "a deliberate bug",
            Topic::Check(_) => "a check of every run",
            Topic::Message(..) => "a kind of message",
            Topic::Command(..) => "an admin command",
            Topic::Sight(_) => "what a sweep can be asked to have seen",
            Topic::Model(_) => "a model for `atropos check`",
            Topic::Target(..) => "whom a fault aims at",
            Topic::Distribution(..) => "a distribution of durations",
        };
        let body = match topic {
            Topic::Section(entry) => self.section(entry),
            Topic::Key(entry, key) => self.key(entry.section.name, key),
            Topic::FaultKey(_, key) => self.key(SECTION.name, key),
            Topic::Fault(verb) => self.fault(verb),
            Topic::Protocol(protocol) => self.protocol_body(protocol),
            Topic::Bug(protocol, bug) => facts(bug.doc, &[("protocol", protocol.name.to_owned())]),
            Topic::Check(check) => self.check(check),
            Topic::Message(protocol, _) => {
                let doc = format!("A message of `{}`, as traces and faults name it.", protocol.name);
                facts(&doc, &[])
            }
            Topic::Command(protocol, command) => {
                let rows = [
                    ("written", command.usage()),
                    ("use", format!("in an `admin` fault, handed to a node of `{}`", protocol.name)),
                ];
                facts(command.doc, &rows)
            }
            Topic::Sight(sight) => facts(sight.doc, &[]),
            Topic::Target(_, doc) => facts(doc, &[]),
            Topic::Distribution(_, shape, meaning) => facts(meaning, &[("written", (*shape).to_owned())]),
            Topic::Model(model) => facts(
                model.doc(),
                &[
                    ("operations", model.functions().join(", ")),
                    ("use", format!("atropos check HISTORY --model {model}")),
                ],
            ),
        };
        let example = self.example(topic).map_or(String::new(), |example| {
            let lines = example.lines().map(|line| format!("{:INDENT$}{line}\n", ""));
            format!("\n{:INDENT$}# an example\n{}", "", lines.collect::<String>())
        });
        format!("{heading}: {sort}\n\n{body}{example}")
    }

    fn key(&self, section: &str, key: &Key) -> String {
        let mut rows = vec![("type", key.kind.name().to_owned())];
        if let Some(unit) = key.kind.unit() {
            rows.push(("unit", unit.to_owned()));
        }
        if let Some(range) = self.range(key.kind) {
            rows.push(("range", range));
        }
        rows.push(("default", key.default.unwrap_or("none").to_owned()));
        rows.push(("since", key.since.to_owned()));
        let chance =
            self.chances().any(|(entry, chance)| entry.section.name == section && chance.name == key.name);
        if chance {
            rows.push(("survived by", or_nobody(&self.survivors(key.name))));
        }
        for (i, (shape, meaning)) in distributions(key.kind).iter().enumerate() {
            let name = if i == 0 { "written" } else { "" };
            rows.push((name, format!("{shape}: {meaning}")));
        }
        facts(key.doc, &rows)
    }

    /// Which values are allowed, in words.
    pub(super) fn range(&self, kind: KeyKind) -> Option<String> {
        match kind {
            KeyKind::Name(of) | KeyKind::Names(of) => Some(self.words(of).join(", ")),
            _ => kind.range(),
        }
    }

    fn section(&self, entry: &SectionEntry) -> String {
        let keys = columns(&entry.section.keys.iter().map(key_row).collect::<Vec<_>>(), INDENT);
        let mut text = format!("{}\n{keys}", wrapped(entry.section.doc, INDENT));
        if entry.section.name == SECTION.name {
            let rows: Vec<Row> =
                VERBS.iter().map(|verb| vec![verb.name.to_owned(), verb.doc.to_owned()]).collect();
            text += &format!("\n  kinds of fault\n{}", columns(&rows, 2 * INDENT));
        }
        text
    }

    fn fault(&self, verb: &Verb) -> String {
        let rows: Vec<Row> = verb.keys.iter().chain(&SECTION.keys[1..]).map(key_row).collect();
        let facts = facts(
            verb.doc,
            &[("needs", needs(verb)), ("survived by", or_nobody(&self.survivors(verb.name)))],
        );
        format!("{facts}\n{}", columns(&rows, INDENT))
    }

    fn protocol_body(&self, protocol: &ProtocolSpec) -> String {
        let join = |words: &[&str]| words.join(", ");
        let bugs: Vec<&str> = protocol.bugs.iter().map(|bug| bug.name).collect();
        let checks: Vec<&str> = protocol.checks.iter().map(|check| check.name).collect();
        let commands: Vec<&str> = protocol.admin_commands.iter().map(|command| command.name).collect();
        facts(
            protocol.doc,
            &[
                ("keys", format!("in the section [{}]", protocol.section.name)),
                ("survives", join(protocol.survives)),
                ("bugs", join(&bugs)),
                ("checks", join(&checks)),
                ("messages", join(protocol.message_kinds)),
                ("admin", join(&commands)),
            ],
        )
    }

    fn check(&self, check: &CheckSpec) -> String {
        let makes = |protocol: &&ProtocolSpec| checks_of(protocol).any(|own| own.name == check.name);
        let of: Vec<&str> = self.protocols.iter().filter(makes).map(|protocol| protocol.name).collect();
        facts(check.doc, &[("made of runs of", of.join(", "))])
    }
}

/// Whether both are keys of faults, and one and the same.
fn same_key(one: &Topic<'_>, other: &Topic<'_>) -> bool {
    match (one, other) {
        (Topic::FaultKey(_, one), Topic::FaultKey(_, other)) => {
            one.name == other.name && one.doc == other.doc && one.kind == other.kind
        }
        _ => false,
    }
}

/// A sentence, and what else there is to know.
fn facts(doc: &str, rows: &[(&str, String)]) -> String {
    let rows: Vec<Row> = rows
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| vec![(*name).to_owned(), value.clone()])
        .collect();
    let gap = if rows.is_empty() { "" } else { "\n" };
    format!("{}{gap}{}", wrapped(doc, INDENT), columns(&rows, INDENT))
}

fn key_row(key: &Key) -> Row {
    let default = key.default.map_or(String::new(), |default| format!(", default {default}"));
    vec![key.name.to_owned(), format!("{} [{}{default}]", key.doc, key.kind.name())]
}

fn one_liners(keys: &[Key]) -> String {
    let name = keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    let kind = keys.iter().map(|key| key.kind.name().len()).max().unwrap_or(0);
    let line = |key: &Key| {
        let start = format!("{:4}{:name$}  {:kind$}  ", "", key.name, key.kind.name());
        let doc = cut(first_sentence(key.doc), start.chars().count());
        format!("{start}{doc}\n")
    };
    keys.iter().map(line).collect()
}

fn or_nobody(names: &[&str]) -> String {
    if names.is_empty() {
        "no protocol: a scenario that has it says what it expects".to_owned()
    } else {
        names.join(", ")
    }
}

/// Which keys a fault must have.
pub(super) fn needs(verb: &Verb) -> String {
    let form = |form: &&[&str]| form.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" with ");
    let forms: Vec<String> = verb.forms.iter().map(form).filter(|form| !form.is_empty()).collect();
    let keys = match forms.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("exactly one of {}", several.join(", "))),
    };
    let time = match verb.untimed {
        Untimed::Never => Some("`at` or `every`".to_owned()),
        Untimed::AtOnce => None,
    };
    match (keys, time) {
        (Some(keys), Some(time)) => format!("{keys}; {time}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => "nothing".to_owned(),
    }
}

/// How a latency is written, and what it means.
pub(super) fn distributions(kind: KeyKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        KeyKind::Latency | KeyKind::Spans { .. } => &[
            ("\"1ms\"", "always the same"),
            ("{ uniform = [\"1ms\", \"3ms\"] }", "anything between the two, equally likely"),
            ("{ exponential = { min = \"1ms\", mean = \"3ms\" } }", "a tail; `mean` is that of the whole"),
            (
                "{ lognormal = { median = \"1ms\", sigma = 0.5 } }",
                "`sigma` is how wide, above 0 and up to 100",
            ),
            ("{ pareto = { min = \"1ms\", alpha = 2.5 } }", "a heavy tail, the heavier the smaller `alpha`"),
            (
                "{ empirical = \"measured.csv\" }",
                "as measured: one column of durations, named after its unit (`latency_ms`), and a second, `count`, if any",
            ),
        ],
        _ => &[],
    }
}
