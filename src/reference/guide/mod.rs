//! The reference in Markdown: `docs/scenario.md`.

use super::explain::{distributions, needs};
use super::{Item, List, Reference, full_name};
use crate::base::keys::{CommandSpec, Key, KeyKind};
use crate::faults::verbs::{SECTION, VERBS, Verb};
use crate::scenario::{ProtocolSpec, SIGHTS, SectionEntry};

/// What there is to know before the keys.
const INTRODUCTION: &str = include_str!("introduction.md");

impl Reference {
    /// The reference.
    pub fn guide(&self) -> String {
        let mut text = INTRODUCTION.replace("{latencies}", &latency_table());
        for entry in &self.sections {
            text += &self.section_chapter(entry);
            if entry.section.name == SECTION.name {
                text += &self.fault_chapters();
            }
        }
        text += "\n## Sights\n\nWhat `[[expect]] sometimes` can ask a sweep to have seen.\n\n";
        text += &table(
            &["sight", "when a run shows it"],
            &SIGHTS.iter().map(|sight| vec![code(sight.name), sight.doc.to_owned()]).collect::<Vec<_>>(),
        );
        for protocol in &self.protocols {
            text += &protocol_chapter(protocol);
        }
        text += "\n## Checks\n\nWhat is made sure of in each run, as `[expect] check` names it.\n\n";
        text += &items("check", &self.list(List::Checks));
        text += "\n## Models\n\nWhat `atropos check --model` can judge a history by.\n\n";
        text += &items("model", &self.list(List::Models));
        text
    }

    fn section_chapter(&self, entry: &SectionEntry) -> String {
        let section = &entry.section;
        let heading = match section.name {
            "" => "The top of the file".to_owned(),
            _ => format!("`{}`", entry.header()),
        };
        format!("\n## {heading}\n\n{}\n\n{}", section.doc, self.key_table(section.name, section.keys))
    }

    fn key_table(&self, section: &str, keys: &[Key]) -> String {
        let row = |key: &Key| {
            let name = format!("<a id=\"{}\"></a>`{}`", full_name(section, key.name), key.name);
            let default = key.default.map_or(String::new(), code);
            let (kind, range) = (key.kind.name().to_owned(), self.range_cell(key.kind));
            vec![name, kind, range, default, key.since.to_owned(), key.doc.to_owned()]
        };
        let head = ["key", "type", "unit, range", "default", "since", "what"];
        table(&head, &keys.iter().map(row).collect::<Vec<_>>())
    }

    fn range_cell(&self, kind: KeyKind) -> String {
        let range = match kind {
            // The list of them has a chapter of its own.
            KeyKind::Name(of) | KeyKind::Names(of) => Some(format!("a {}", of.noun())),
            _ => self.range(kind),
        };
        let unit = match kind {
            // A duration is written with its unit, which is said once.
            KeyKind::Duration { .. } | KeyKind::Latency | KeyKind::Spans { .. } => None,
            _ => kind.unit().map(str::to_owned),
        };
        range.into_iter().chain(unit).collect::<Vec<_>>().join(" ")
    }

    fn fault_chapters(&self) -> String {
        let mut text = "\n### Kinds of fault\n\n".to_owned();
        let kinds: Vec<_> = VERBS
            .iter()
            .map(|verb| vec![format!("[`{0}`](#{0})", verb.name), needs(verb), verb.doc.to_owned()])
            .collect();
        text += &table(&["kind", "needs", "what"], &kinds);
        text += "\nChance breaks things too, without a schedule:\n\n";
        for (entry, key) in self.chances() {
            let name = full_name(entry.section.name, key.name);
            text += &format!("- [`{name}`](#{name}): {}\n", key.doc);
        }
        VERBS.iter().for_each(|verb| text += &self.fault_chapter(verb));
        text
    }

    fn fault_chapter(&self, verb: &Verb) -> String {
        let survivors = self.survivors(verb.name);
        let survived = match survivors.as_slice() {
            [] => "No protocol declares to survive it".to_owned(),
            names => format!("Survived by {}", names.join(", ")),
        };
        let keys = match verb.keys {
            [] => String::new(),
            keys => format!("{}\n", self.key_table(&format!("{}.{}", SECTION.name, verb.name), keys)),
        };
        let (doc, example) = (verb.doc, self.fault_example(verb, "") + self.what_comes_of(verb));
        format!(
            "\n#### `{0}`\n\n<a id=\"{0}\"></a>{doc} Needs {1}. {survived}.\n\n{keys}```toml\n{example}```\n",
            verb.name,
            needs(verb),
        )
    }
}

/// How a latency may be written.
fn latency_table() -> String {
    let rows: Vec<_> = distributions(KeyKind::Latency)
        .iter()
        .map(|(shape, meaning)| vec![code(shape), (*meaning).to_owned()])
        .collect();
    table(&["written", "means"], &rows)
}

fn protocol_chapter(protocol: &ProtocolSpec) -> String {
    let words = |words: &[&str]| match words {
        [] => "none".to_owned(),
        words => words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", "),
    };
    let names: Vec<&str> = protocol.admin_commands.iter().map(|command| command.name).collect();
    let checks: Vec<&str> = protocol.checks.iter().map(|check| check.name).collect();
    let bugs: Vec<Item> =
        protocol.bugs.iter().map(|bug| Item { name: bug.name.to_owned(), doc: bug.doc.to_owned() }).collect();
    let bugs =
        if bugs.is_empty() { "It has no bugs to switch on.\n".to_owned() } else { items("bug", &bugs) };
    format!(
        "\n## Protocol `{0}`\n\n{1} Its keys are in `[{2}]`.\n\n{bugs}\n\
         - Survives: {3}.\n- Checks: {4}.\n- Kinds of message: {5}.\n- Admin commands: {6}.\n{7}",
        protocol.name,
        protocol.doc,
        protocol.section.name,
        words(protocol.survives),
        words(&checks),
        words(protocol.message_kinds),
        words(&names),
        commands_of(protocol),
    )
}

/// What its admin commands do, and how they are written.
fn commands_of(protocol: &ProtocolSpec) -> String {
    let item = |command: &CommandSpec| Item { name: command.usage(), doc: command.doc.to_owned() };
    let all: Vec<Item> = protocol.admin_commands.iter().map(item).collect();
    if all.is_empty() { String::new() } else { format!("\n{}", items("admin command", &all)) }
}

fn items(what: &str, items: &[Item]) -> String {
    let rows: Vec<_> = items.iter().map(|item| vec![code(&item.name), item.doc.clone()]).collect();
    table(&[what, "what"], &rows)
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&head), line(&rule))
}
