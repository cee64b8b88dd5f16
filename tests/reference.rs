//! The reference says all there is to say, and nothing that is not so: every name is in
//! `docs/scenario.md` and can be explained, every example reads, what is committed is current.
//! `ATROPOS_BLESS=1` writes the committed files anew.
#![expect(clippy::disallowed_methods, reason = "reads and blesses the committed files")]

use std::fs;
use std::path::Path;

use atropos::base::Seed;
use atropos::base::keys::{Key, Section};
use atropos::check::ModelName;
use atropos::faults::verbs::VERBS;
use atropos::reference::{List, Reference, Topic};
use atropos::registry;
use atropos::scenario::{
    LINEARIZABLE, Opened, ProtocolSpec, Reader, SIGHTS, Scenario, Source, checks_of, sections,
};

fn reference() -> Reference {
    Reference::new(registry::specs())
}

/// Reads `text`, which may extend a file that says no more than the protocol, and name a table.
fn read(protocol: &ProtocolSpec, text: &str) -> Scenario {
    let specs = [*protocol];
    let base = format!("protocol = \"{}\"\n", protocol.name).into_bytes();
    let open = move |path: &str, _: &str| {
        let text = match path {
            "measured.csv" => b"latency_ms\n1\n2.5\n".to_vec(),
            "regions.csv" => b"from,to,rtt_ms_avg\neu-west-1,eu-west-1,0.5\n".to_vec(),
            _ => base.clone(),
        };
        Ok(Opened { path: path.to_owned(), text })
    };
    let source = Source { path: "example.toml", name: "example".to_owned(), text: text.as_bytes() };
    let scenario = Reader::new(&specs).opener(&open).read(source);
    scenario.unwrap_or_else(|found| panic!("{text}\n{}", found.render(false)))
}

/// A scenario of `protocol` that holds the lines of an example.
fn scenario_of(protocol: &ProtocolSpec, example: &str) -> String {
    let named = example.lines().any(|line| line.starts_with("protocol = "));
    if named { example.to_owned() } else { format!("protocol = \"{}\"\n{example}", protocol.name) }
}

#[test]
fn what_is_committed_is_current() {
    let reference = reference();
    let schema = serde_json::to_string_pretty(&reference.schema()).unwrap() + "\n";
    for (name, text) in [("scenario.schema.json", schema), ("scenario.md", reference.guide())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        if std::env::var_os("ATROPOS_BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let line = text.lines().zip(committed.lines()).position(|(now, then)| now != then);
        assert!(
            committed == text,
            "docs/{name} is out of date from line {:?} on: ATROPOS_BLESS=1 cargo test --test reference",
            line.map(|line| line + 1)
        );
    }
}

/// Every name there is, by another way than the reference's own, with what is said of it.
fn names() -> Vec<(String, &'static str)> {
    let specs = registry::specs();
    let mut names: Vec<(String, &str)> = Vec::new();
    let of = |section: &str, key: &Key| {
        let name = if section.is_empty() { key.name.to_owned() } else { format!("{section}.{}", key.name) };
        (name, key.doc)
    };
    for entry in sections(&specs) {
        let section = entry.section;
        if !section.name.is_empty() {
            names.push((section.name.to_owned(), section.doc));
        }
        names.extend(section.keys.iter().map(|key| of(section.name, key)));
    }
    for verb in VERBS {
        names.push((verb.name.to_owned(), verb.doc));
        names.extend(verb.keys.iter().map(|key| of(&format!("faults.{}", verb.name), key)));
    }
    names.extend(SIGHTS.iter().map(|sight| (sight.name.to_owned(), sight.doc)));
    names.extend(ModelName::ALL.map(|model| (model.name().to_owned(), model.doc())));
    for spec in &specs {
        names.push((spec.name.to_owned(), spec.doc));
        names.extend(spec.bugs.iter().map(|bug| (bug.name.to_owned(), bug.doc)));
        names.extend(spec.checks.iter().map(|check| (check.name.to_owned(), check.doc)));
        names.extend(spec.message_kinds.iter().map(|word| ((*word).to_owned(), "")));
        names.extend(spec.admin_commands.iter().map(|command| (command.name.to_owned(), command.doc)));
    }
    names
}

#[test]
fn every_name_is_documented_and_explained() {
    let reference = reference();
    let guide = reference.guide();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, doc) in names() {
        let last = name.rsplit('.').next().unwrap();
        let anchored = guide.contains(&format!("<a id=\"{name}\"></a>`{last}`"));
        assert!(
            anchored || guide.contains(&format!("`{name}`")) || guide.contains(&format!("[{name}]")),
            "{name}"
        );
        assert!(guide.contains(doc), "{name}: {doc}");
        let topics = reference.find(&name);
        let told = one_line(&reference.explain(&topics));
        assert!(told.contains(&format!("{name}: ")) && told.contains(doc), "{name}: {told}");
        assert!(!doc.contains('\n'), "{name} is told in several lines");
    }
    let overview = reference.overview();
    for entry in sections(&registry::specs()) {
        assert!(entry.section.name.is_empty() || overview.contains(&entry.header()), "{}", entry.header());
        for key in entry.section.keys {
            assert!(overview.contains(&format!("    {} ", key.name)), "{}", key.name);
        }
    }
}

#[test]
fn a_short_name_finds_all_that_it_may_mean() {
    let reference = reference();
    let found = |query: &str| reference.find(query).iter().map(Topic::name).collect::<Vec<_>>();
    assert_eq!(found("loss"), ["network.loss", "network.link.loss", "faults.degrade.loss"]);
    assert_eq!(found("[network]"), ["network"]);
    assert_eq!(found("[[network.link]]"), ["network.link"]);
    assert_eq!(
        found("duplicate"),
        ["network.duplicate", "network.link.duplicate", "duplicate", "faults.degrade.duplicate"]
    );
    assert_eq!(found("crash.target"), ["faults.crash.target"]);
    assert_eq!(found("faults.0.every"), ["faults.every"]);
    assert_eq!(found("nodes"), ["nodes", "topology.nodes"]);
    assert!(found("target").len() >= 4);
    assert_eq!(found("nothing-of-ours"), Vec::<String>::new());
    assert_eq!(reference.nearest("network.los").as_deref(), Some("network.loss"));
    // What is the same for several faults is told once.
    let told = reference.explain(&reference.find("target"));
    assert_eq!(told.matches("Whom it hits").count(), 1, "{told}");
}

#[test]
fn every_example_reads() {
    let reference = reference();
    let specs = registry::specs();
    let mut examples = 0;
    for topic in reference.topics() {
        let Some(example) = reference.example(&topic) else { continue };
        let own = specs.iter().find(|spec| match topic {
            Topic::Protocol(other)
            | Topic::Bug(other, _)
            | Topic::Message(other, _)
            | Topic::Command(other, _) => other.name == spec.name,
            Topic::Check(check) => checks_of(spec).any(|own| own.name == check.name),
            Topic::Section(entry) | Topic::Key(entry, _) => {
                entry.section.name == spec.name || !specs.iter().any(|other| other.name == entry.section.name)
            }
            _ => true,
        });
        let protocol = own.unwrap_or_else(|| panic!("{topic:?} is nobody's"));
        read(protocol, &scenario_of(protocol, &example));
        examples += 1;
    }
    assert!(examples > 80, "{examples}");
}

/// What is shown of `restart` does what it says, where a node is down.
#[test]
fn the_example_of_a_restart_restarts() {
    let reference = reference();
    let topics = reference.find("restart");
    let restart = topics.iter().find(|topic| matches!(topic, Topic::Fault(_))).unwrap();
    let restart = reference.example(restart).unwrap();
    let crash = "[[faults]]\nkind = \"crash\"\ntarget = 0\nat = \"5s\"\n";
    let scenario =
        read(&registry::specs()[0], &format!("protocol = \"raft\"\nduration = \"15s\"\n{crash}{restart}"));
    let counters = registry::run(&scenario, Seed(1), &mut ()).counters;
    assert_eq!((counters.crashes, counters.restarts_struck), (1, 1));
}

#[test]
fn a_starter_reads_as_it_is_and_with_everything_uncommented() {
    let reference = reference();
    for protocol in &registry::specs() {
        let starter = reference.starter(protocol);
        let scenario = read(protocol, &starter);
        assert_eq!((scenario.protocol.as_str(), scenario.faults.len()), (protocol.name, 1));
        let uncommented = uncommented(&starter);
        let whole = read(protocol, &uncommented);
        assert!(whole.faults.len() >= VERBS.len() - 1, "{uncommented}");
        for entry in sections(std::slice::from_ref(protocol)) {
            for key in entry.section.keys {
                let line = uncommented
                    .lines()
                    .any(|line| line.trim_start_matches("# ").starts_with(&format!("{} = ", key.name)));
                assert!(line || ["at", "until"].contains(&key.name), "{} is missing", key.name);
            }
        }
    }
}

/// What a protocol need not have, its starter does without.
#[test]
fn a_starter_of_a_protocol_without_words_reads() {
    let section = Section { name: "mute", doc: "Says nothing.", keys: &[] };
    let mute = ProtocolSpec {
        name: "mute",
        doc: "A protocol of no words.",
        section,
        varies: &[],
        bugs: &[],
        survives: &[],
        validate: |_, _| Vec::new(),
        admin_commands: &[],
        idle: |_| None,
        promises: |_| LINEARIZABLE,
        checks: &[],
        message_kinds: &[],
    };
    let reference = Reference::new(vec![mute]);
    let starter = reference.starter(&mute);
    assert_eq!(read(&mute, &starter).faults, []);
    assert!(!read(&mute, &uncommented(&starter)).faults.is_empty());
    assert!(reference.schema().is_object());
    assert!(reference.guide().contains("It has no bugs to switch on."));
    let told = reference.explain(&reference.find("crash"));
    assert!(told.contains("survived by  no protocol"), "{told}");
}

/// `# ` is prose, `#` alone is a line that is left out.
fn uncommented(starter: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    starter.lines().map(line).collect()
}

/// What a protocol declares to survive are names that there are.
#[test]
fn what_is_survived_has_a_name() {
    let nemeses = reference().list(List::Nemeses);
    for spec in registry::specs() {
        for kind in spec.survives {
            let known = |name: &str| name == *kind || name.rsplit('.').next() == Some(kind);
            assert!(nemeses.iter().any(|item| known(&item.name)), "{}: {kind}", spec.name);
        }
    }
}
