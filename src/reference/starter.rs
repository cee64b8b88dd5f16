//! A scenario to begin with: what matters is set, all else is there to be uncommented.
//!
//! Prose begins with `# `, a line to be uncommented with `#` alone. With all of them uncommented
//! the file still reads.

use super::columns::wrapped;
use super::{Reference, Topic, full_name};
use crate::base::keys::{Key, Section};
use crate::faults::verbs::{SECTION as FAULTS, VERBS, Verb};
use crate::network::topology::SECTION as TOPOLOGY;
use crate::scenario::sections::EXPECT;
use crate::scenario::{ProtocolSpec, Repeats, SectionEntry};

/// What is set although it has a default, or has none.
const ESSENTIAL: [&str; 5] = ["description", "protocol", "seed", "duration", "nodes"];

impl Reference {
    /// A scenario of `protocol`.
    pub fn starter(&self, protocol: &ProtocolSpec) -> String {
        let mut text = format!(
            "# A scenario of {}. {}\n#\n\
             # Lines that begin with # and no space behind it can be uncommented as they are; the values are\n\
             # the defaults where there are any. More about a name: atropos explain NAME\n\
             # An editor checks and completes this file once `atropos schema > scenario.schema.json` is done\n\
             # and its first line is   #:schema ./scenario.schema.json\n\n",
            protocol.name, protocol.doc,
        );
        for entry in &self.sections {
            let name = entry.section.name;
            text += &match name {
                "" => self.starting_top(entry, protocol),
                _ if name == FAULTS.name => self.starting_faults(protocol),
                _ if name == EXPECT.name => self.starting_expectations(protocol),
                _ if name.starts_with(TOPOLOGY.name) => self.starting_topology(entry),
                _ if self.protocol(name).is_some_and(|other| other.name != protocol.name) => continue,
                _ => self.starting_section(entry),
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    fn starting_top(&self, entry: &SectionEntry, protocol: &ProtocolSpec) -> String {
        let mut text = String::new();
        for key in entry.section.keys {
            // Another file, which is not there, is no line to be uncommented.
            let line = match key.name {
                "protocol" => format!("protocol = \"{}\"", protocol.name),
                "description" => format!("description = \"A first scenario of {}.\"", protocol.name),
                "extends" => "# extends = \"base.toml\"".to_owned(),
                "seed" => "seed = 1".to_owned(),
                name if ESSENTIAL.contains(&name) => setting(key, &self.line("", key)),
                _ => commented(&setting(key, &self.line("", key))),
            };
            text += &format!("{}{line}\n", prose(key.doc));
            if key.name == "bugs" {
                for bug in protocol.bugs {
                    text += &prose(&format!("\"{}\": {}", bug.name, bug.doc));
                }
            }
        }
        text + "\n"
    }

    /// A section with every key commented out. One without a default stays closed altogether.
    fn starting_section(&self, entry: &SectionEntry) -> String {
        let Section { name, doc, keys } = entry.section;
        let header =
            if entry.repeats == Repeats::Never { entry.header() } else { commented(&entry.header()) };
        let mut text = format!("{}{header}\n", prose(doc));
        for key in keys {
            text += &format!("{}{}\n", prose(key.doc), commented(&setting(key, &self.line(name, key))));
        }
        text + "\n"
    }

    /// Places, or routes between them: most keys of a topology go with some others only, so that
    /// these stay closed.
    fn starting_topology(&self, entry: &SectionEntry) -> String {
        let Section { name, doc, keys } = entry.section;
        let mut text = format!("{}{}\n", prose(doc), commented(&entry.header()));
        for key in keys {
            let line = self.line(name, key);
            let is_needed = ["nodes", "between", "latency"].contains(&key.name);
            let line = if is_needed { commented(&line) } else { prose(&line).trim_end().to_owned() };
            text += &format!("{}{line}\n", prose(key.doc));
        }
        text + "\n"
    }

    /// One fault that strikes, and one of each kind that does not.
    fn starting_faults(&self, protocol: &ProtocolSpec) -> String {
        let mut text = prose(FAULTS.doc);
        for key in FAULTS.keys.iter().skip(1) {
            text += &prose(&format!("{}: {}", key.name, key.doc));
        }
        let survived = |verb: &&Verb| protocol.survives.contains(&verb.name);
        let first = VERBS.iter().find(survived).map(|verb| verb.name);
        for verb in VERBS {
            if verb.keys.iter().any(|key| key.name == "command") && protocol.admin_commands.is_empty() {
                continue;
            }
            let strikes = Some(verb.name) == first;
            text += &format!("\n{}", prose(&format!("{}: {}", verb.name, verb.doc)));
            text += &self.starting_fault(verb, strikes, protocol);
        }
        text + "\n"
    }

    /// A fault of this kind with every key that goes with its first form.
    fn starting_fault(&self, verb: &Verb, strikes: bool, protocol: &ProtocolSpec) -> String {
        let form = verb.forms.first().copied().unwrap_or_default();
        let others: Vec<&str> = verb.forms.concat().into_iter().filter(|key| !form.contains(key)).collect();
        let mut lines: Vec<String> = self.fault_example(verb, "every").lines().map(str::to_owned).collect();
        for key in verb.keys.iter().filter(|key| !form.contains(&key.name) && !others.contains(&key.name)) {
            lines.push(setting(key, &self.line(&full_name(FAULTS.name, verb.name), key)));
        }
        let mut text = String::new();
        for line in lines {
            let name = line.split(" = ").next().unwrap_or_default().to_owned();
            // A word of another protocol's would be a mistake here.
            let line = match (name.as_str(), protocol.message_kinds, protocol.admin_commands) {
                ("message", [kind, ..], _) => format!("message = \"{kind}\""),
                ("message", [], _) => continue,
                ("command", _, [command, ..]) => format!("command = \"{}\"", command.name),
                _ => line,
            };
            if let Some(key) = verb.keys.iter().find(|key| key.name == name) {
                text += &prose(key.doc);
            }
            text += &if strikes { line } else { commented(&line) };
            text.push('\n');
        }
        if !others.is_empty() {
            text += &prose(&format!("Or, in another form: {}", others.join(", ")));
        }
        text
    }

    fn starting_expectations(&self, protocol: &ProtocolSpec) -> String {
        let mut text = prose(EXPECT.doc);
        for key in EXPECT.keys {
            text += &prose(&format!("{}: {}", key.name, key.doc));
        }
        let lines = protocol.checks.first().map_or(String::new(), |check| {
            format!("[[expect]]\nverdict = \"valid\"\ncheck = \"{}\"\n", check.name)
        });
        let sight = EXPECT.keys.iter().find(|key| key.name == "sometimes");
        let entry = self.sections.iter().find(|entry| entry.section.name == EXPECT.name);
        let sight = entry.zip(sight).and_then(|(entry, key)| self.example(&Topic::Key(entry, key)));
        for line in lines.lines().chain(sight.unwrap_or_default().lines()) {
            text += &format!("{}\n", commented(line));
        }
        text + "\n"
    }
}

/// The key with its default, or as in `line` where it has none.
fn setting(key: &Key, line: &str) -> String {
    key.default.map_or(line.to_owned(), |default| format!("{} = {default}", key.name))
}

fn commented(line: &str) -> String {
    format!("#{line}")
}

/// `text` as comments.
fn prose(text: &str) -> String {
    wrapped(text, 0).lines().map(|line| format!("# {line}\n")).collect()
}
