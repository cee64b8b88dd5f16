//! The JSON Schema against the reader of scenarios: it refuses nothing that the reader accepts, and
//! of what the reader refuses all but what a schema cannot see.

mod unseen;

use std::fs;
use std::path::{Path, PathBuf};

use atropos::base::keys::{BugSwitch, Key, KeyKind, Section};
use atropos::base::{Draw, Seed, Stream, StreamName};
use atropos::reference::{Reference, Topic};
use atropos::registry;
use atropos::scenario::{DURATION_UNITS, Opened, ProtocolSpec, Reader, Source, to_json};
use boon::{Compiler, SchemaIndex, Schemas};
use unseen::UNSEEN;

/// The schema, ready to judge.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    /// Compiling includes the judgement of the schema by that of its draft.
    fn new() -> Judge {
        Judge::of(&Reference::new(registry::specs()))
    }

    fn of(reference: &Reference) -> Judge {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let url = "http://localhost/scenario.schema.json";
        compiler.add_resource(url, reference.schema()).unwrap();
        let index = compiler.compile(url, &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
        Judge { schemas, index }
    }

    /// Why `text`, which is TOML, is refused; nothing if it is accepted.
    fn refusal(&self, text: &str) -> Option<String> {
        let json = to_json(text).unwrap_or_else(|| panic!("this is no TOML:\n{text}"));
        self.schemas.validate(&json, self.index).err().map(|error| format!("{error:#}"))
    }

    #[track_caller]
    fn accepts(&self, text: &str) {
        let refusal = self.refusal(text);
        assert!(refusal.is_none(), "{}\n{text}", refusal.unwrap_or_default());
    }
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(toml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the reader accepts `text`; it may extend a file of the protocol alone, and name a matrix of one region.
fn reads(text: &str) -> bool {
    let specs = registry::specs();
    let base = format!("protocol = \"{}\"\n", specs[0].name).into_bytes();
    let matrix = b"from,to,rtt_ms_avg\neu-west-1,eu-west-1,0.5\n";
    let open = move |path: &str, _: &str| {
        let text = if path == "regions.csv" { matrix.to_vec() } else { base.clone() };
        Ok(Opened { path: path.to_owned(), text })
    };
    let source = Source { path: "a.toml", name: "a".to_owned(), text: text.as_bytes() };
    Reader::new(&specs).opener(&open).read(source).is_ok()
}

#[test]
fn every_scenario_that_we_ship_is_accepted_and_names_the_schema() {
    let judge = Judge::new();
    let files = toml_files(&root().join("scenarios"));
    assert!(files.len() >= 7);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        judge.accepts(&text);
        let first = text.lines().next().unwrap();
        let named = first.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{}: {first}", path.display()));
        let schema = path.parent().unwrap().join(named).canonicalize();
        assert_eq!(schema.unwrap(), root().join("docs/scenario.schema.json").canonicalize().unwrap());
    }
}

#[test]
fn every_default_and_every_example_is_accepted() {
    let judge = Judge::new();
    let reference = Reference::new(registry::specs());
    for protocol in reference.protocols() {
        let starter = reference.starter(protocol);
        judge.accepts(&starter);
        let bare = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        judge.accepts(&starter.lines().map(bare).collect::<String>());
    }
    for topic in reference.topics() {
        if let Some(example) = reference.example(&topic) {
            judge.accepts(&whole(&reference, &example));
        }
    }
}

/// A scenario that holds the lines of an example, of the first protocol that knows its words.
fn whole(reference: &Reference, example: &str) -> String {
    if example.lines().any(|line| line.starts_with("protocol = ")) {
        return example.to_owned();
    }
    let of = |name: &str| format!("protocol = \"{name}\"\n{example}");
    let mut all = reference.protocols().iter().map(|protocol| of(protocol.name));
    all.find(|text| reads(text)).unwrap_or_else(|| of(reference.protocols()[0].name))
}

#[test]
fn what_a_schema_can_see_is_refused() {
    let judge = Judge::new();
    judge.accepts("protocol = \"raft\"");
    judge.accepts("extends = \"base.toml\"\n[network]\nloss = 1");
    for broken in [
        "",
        "seed = 1",
        "protocol = \"rift\"",
        "protocol = 3",
        "protocol = \"raft\"\nlatency = \"1ms\"",
        "protocol = \"raft\"\nduration = 60",
        "protocol = \"raft\"\nduration = \"60\"",
        "protocol = \"raft\"\nduration = \"0s\"",
        "protocol = \"raft\"\nduration = \"0.5ns\"",
        "protocol = \"raft\"\nduration = \"9999d\"",
        "protocol = \"raft\"\nduration = \"-5s\"",
        "protocol = \"raft\"\nnodes = 0",
        "protocol = \"raft\"\nnodes = 100001",
        "protocol = \"raft\"\nnodes = 2.5",
        "protocol = \"raft\"\nseed = -1",
        "protocol = \"raft\"\nseed = \"0xg\"",
        "protocol = \"raft\"\nbugs = \"raft/vote-not-persisted\"",
        "protocol = \"raft\"\nbugs = [\"raft/other\"]",
        "protocol = \"raft\"\nbugs = [\"raft/vote-not-persisted\", \"raft/vote-not-persisted\"]",
        "protocol = \"raft\"\n[network]\nloss = 1.5",
        "protocol = \"raft\"\n[network]\nloss = nan",
        "protocol = \"raft\"\n[network]\nlos = 0.5",
        "protocol = \"raft\"\n[network]\nfifo = \"yes\"",
        "protocol = \"raft\"\n[network]\nlatency = { uniform = [\"1ms\"] }",
        "protocol = \"raft\"\n[network]\nlatency = { uniform = [\"1ms\", \"2ms\"], pareto = { min = \"1ms\", alpha = 1 } }",
        "protocol = \"raft\"\n[network]\nlatency = { pareto = { min = \"1ms\", alpha = 0 } }",
        "protocol = \"raft\"\n[network]\nlatency = { normal = [\"1ms\", \"2ms\"] }",
        "protocol = \"raft\"\n[topology]\nnodes = []",
        "protocol = \"raft\"\n[topology]\nnodes = [\"eu/a/r1/u2\"]",
        "protocol = \"raft\"\n[topology]\nnodes = [\"eu\"]\nmatrix = \"\"",
        "protocol = \"raft\"\n[topology]\nnodes = [\"eu\"]\n[topology.route]\nbetween = [\"eu\", \"us\"]",
        "protocol = \"raft\"\n[network]\nlatency = { empirical = 1 }",
        "protocol = \"raft\"\n[[network.link]]\nfrom = []",
        "protocol = \"raft\"\n[[network.link]]\nfrom = [1, 1]",
        "protocol = \"raft\"\n[network.link]\nfrom = [1]",
        "protocol = \"raft\"\n[[network]]\nloss = 0.5",
        "protocol = \"raft\"\n[paxos]\nx = 1",
        "protocol = \"raft\"\n[raft]\nmax_entries = 0",
        "protocol = \"raft\"\n[faults]\nkind = \"heal\"",
        "protocol = \"raft\"\n[[faults]]\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"crush\"\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"crash\"\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"crash\"\ntarget = \"leader\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"crash\"\ntarget = \"boss\"\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"crash\"\ntarget = \"leader\"\nat = \"1s\"\ngroups = [[0], [1]]",
        "protocol = \"raft\"\n[[faults]]\nkind = \"heal\"\nfor = \"1s\"\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"partition\"\nat = \"1s\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"partition\"\nat = \"1s\"\ngroups = [[0]]",
        "protocol = \"raft\"\n[[faults]]\nkind = \"partition\"\nat = \"1s\"\nisolate = 0\ngroups = [[0], [1]]",
        "protocol = \"raft\"\n[[faults]]\nkind = \"partition\"\nat = \"1s\"\none_way_from = [0]",
        "protocol = \"raft\"\n[[faults]]\nkind = \"partition\"\nat = \"1s\"\nisolate = 0\none_way_from = [0]",
        "protocol = \"raft\"\n[[faults]]\nkind = \"drop\"\nmessage = \"Gossip\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"delay\"",
        "protocol = \"raft\"\n[[faults]]\nkind = \"admin\"\ntarget = 0\nat = \"1s\"\ncommand = \"campaigns\"",
        "protocol = \"raft\"\n[expect]",
        "protocol = \"raft\"\n[expect]\nverdict = \"fine\"",
        "protocol = \"raft\"\n[expect]\nverdict = \"valid\"\nsometimes = \"crashes\"",
        "protocol = \"raft\"\n[expect]\nverdict = \"valid\"\ncheck = \"luck\"",
        "protocol = \"raft\"\n[[expect]]\nsometimes = \"crashes\"\ncheck = \"linearizability\"",
        "extends = 5",
        "extends = \"base.toml\"\n[network]\nlos = 0.5",
    ] {
        assert!(judge.refusal(broken).is_some(), "accepted:\n{broken}");
        assert!(!reads(broken), "the reader accepts:\n{broken}");
    }
}

/// Of two protocols each has its own words; where a file does not say which it is, either's will do.
#[test]
fn the_words_of_one_protocol_are_not_those_of_another() {
    let section = Section { name: "ring", doc: "A ring.", keys: &[] };
    let bugs = &[BugSwitch { name: "ring/broken", doc: "It is open." }];
    let ring = ProtocolSpec {
        name: "ring",
        section,
        bugs,
        // `campaign` and `transfer`, but no `add`.
        admin_commands: &registry::specs()[0].admin_commands[..2],
        message_kinds: &["Token"],
        checks: &[],
        ..registry::specs()[0]
    };
    let judge = Judge::of(&Reference::new(vec![registry::specs()[0], ring]));
    let fault = |protocol: &str, fault: &str| {
        format!("protocol = \"{protocol}\"\n[[faults]]\nat = \"1s\"\n{fault}\n")
    };
    let admin = |command: &str| format!("kind = \"admin\"\ntarget = 0\ncommand = \"{command}\"");
    judge.accepts("protocol = \"ring\"\nbugs = [\"ring/broken\"]\n[ring]");
    judge.accepts(
        "extends = \"a.toml\"\nbugs = [\"ring/broken\", \"raft/vote-not-persisted\"]\n[raft]\n[ring]",
    );
    judge.accepts(&fault("ring", "kind = \"drop\"\nmessage = \"Token\""));
    judge.accepts(&fault("ring", &admin("transfer 2")));
    for broken in [
        "protocol = \"raft\"\n[ring]",
        "protocol = \"ring\"\n[raft]",
        "protocol = \"ring\"\nbugs = [\"raft/vote-not-persisted\"]",
        "protocol = \"ring\"\n[expect]\nverdict = \"valid\"\ncheck = \"linearizability\"",
        "protocol = \"ring\"\n[[expect]]\nverdict = \"valid\"\ncheck = \"linearizability\"",
        &fault("raft", "kind = \"drop\"\nmessage = \"Token\""),
        &fault("ring", "kind = \"drop\"\nmessage = \"Vote\""),
        &fault("ring", &admin("add")),
        &fault("ring", &admin("transfers")),
        &fault("ring", &admin("transfer twice")),
        &fault("ring", &admin("campaign 1")),
    ] {
        assert!(judge.refusal(broken).is_some(), "accepted:\n{broken}");
    }
}

#[test]
fn every_broken_file_is_refused_but_for_what_a_schema_cannot_see() {
    let judge = Judge::new();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for entry in fs::read_dir(root().join("tests/broken")).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).ok().filter(|_| name.ends_with(".toml"));
        // What is no TOML is refused before any schema.
        let Some(text) = text.filter(|text| to_json(text).is_some()) else { continue };
        seen += 1;
        if judge.refusal(&text).is_none() != UNSEEN.contains(&name.as_str()) {
            wrong.push(name);
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "of {seen} files, accepted and not UNSEEN, or the reverse: {wrong:#?}");
}

/// A number below `end`.
fn below(stream: &mut Stream, end: usize) -> usize {
    stream.between(0, end as u64 - 1) as usize
}

fn pick<'a>(stream: &mut Stream, all: &[&'a str]) -> &'a str {
    all[below(stream, all.len())]
}

/// Something like a duration.
fn duration(stream: &mut Stream) -> String {
    let mut text = pick(stream, &["", "", "", " ", "-"]).to_owned();
    for _ in 0..=below(stream, 3) {
        let most = [9, 99, 3_600, 99_999_999_999][below(stream, 4)];
        text += &stream.between(0, most).to_string();
        text += pick(stream, &["", "", "", ".5", ".25", ".000", ".125000", ".0000001", "."]);
        text += pick(stream, &["", "", " "]);
        text += [DURATION_UNITS[below(stream, DURATION_UNITS.len())].0, "weeks", ""][below(stream, 16) / 7];
        text += pick(stream, &["", " ", "  "]);
    }
    format!("\"{text}\"")
}

fn node_list(stream: &mut Stream) -> String {
    let nodes: Vec<String> = (0..below(stream, 4)).map(|_| stream.between(0, 5).to_string()).collect();
    format!("[{}]", nodes.join(", "))
}

fn place_list(stream: &mut Stream) -> String {
    let names =
        ["eu-west-1", "eu-west-1/a", "eu-west-1/a/r1", "eu-west-1/a/r1/x", "", "eu west", "eu-west-1/"];
    let places: Vec<String> =
        (0..below(stream, 4)).map(|_| format!("\"{}\"", pick(stream, &names))).collect();
    format!("[{}]", places.join(", "))
}

fn seed(stream: &mut Stream) -> String {
    let texts = [
        "\"0x2a\"",
        "\"0X2A\"",
        "\"0x\"",
        "\"+1\"",
        "\"00042\"",
        "18446744073709551615",
        "18446744073709551616",
        "\"18446744073709551615\"",
        "\"0x0000000000000000000001\"",
        "7",
    ];
    pick(stream, &texts).to_owned()
}

/// A value of the kind of `key`, more or less.
fn value(stream: &mut Stream, kind: KeyKind, words: &[String]) -> String {
    let near = |stream: &mut Stream, min: u64, max: u64| {
        let values = [min.saturating_sub(1), min, min + 1, max / 2, max - 1, max, max.saturating_add(1)];
        values[below(stream, values.len())].to_string()
    };
    let word = |stream: &mut Stream| format!("\"{}\"", words[below(stream, words.len())]);
    if below(stream, 8) == 0 {
        let odd =
            ["true", "0", "-1", "\"\"", "[]", "{}", "nan", "inf", "1.0", "[0]", "1979-05-27", "0x7", "\"x\""];
        return pick(stream, &odd).to_owned();
    }
    match kind {
        KeyKind::Duration { .. } => duration(stream),
        KeyKind::Count { min, max, .. } => near(stream, min, max),
        KeyKind::Probability | KeyKind::Float { .. } => pick(
            stream,
            &["0", "1", "0.0", "1.0", "-0.0", "0.5", "1.0001", "2", "-0.1", "1e-9", "1e3", "10.0"],
        )
        .to_owned(),
        KeyKind::Bool => pick(stream, &["true", "false", "\"true\""]).to_owned(),
        KeyKind::Text | KeyKind::Choice(_) | KeyKind::Name(_) => word(stream),
        KeyKind::File => pick(stream, &["\"regions.csv\"", "\"\"", "[\"regions.csv\"]"]).to_owned(),
        KeyKind::Places => place_list(stream),
        KeyKind::Names(_) => match below(stream, 3) {
            0 => "[]".to_owned(),
            1 => format!("[{}]", word(stream)),
            _ => format!("[{}, {}]", word(stream), word(stream)),
        },
        KeyKind::Seed => seed(stream),
        KeyKind::Quota => {
            pick(stream, &["0", "2", "-1", "\"minority\"", "\"all\"", "100000", "100001"]).to_owned()
        }
        KeyKind::Latency | KeyKind::Spans { .. } => {
            let (one, other) = (duration(stream), duration(stream));
            let tail = pick(stream, &["0", "0.5", "100", "100.5", "3"]);
            match below(stream, 5) {
                0 => one,
                1 => format!("{{ uniform = [{one}, {other}] }}"),
                2 => format!("{{ exponential = {{ min = {one}, mean = {other} }} }}"),
                3 => format!("{{ lognormal = {{ median = {one}, sigma = {tail} }} }}"),
                _ => format!("{{ pareto = {{ min = {one}, alpha = {tail} }} }}"),
            }
        }
        KeyKind::Node => stream.between(0, 6).to_string(),
        KeyKind::Nodes => node_list(stream),
        KeyKind::NodeGroups => {
            let groups: Vec<String> = (0..below(stream, 4)).map(|_| node_list(stream)).collect();
            format!("[{}]", groups.join(", "))
        }
        KeyKind::Target => match below(stream, 3) {
            0 => stream.between(0, 6).to_string(),
            1 => node_list(stream),
            _ => word(stream),
        },
    }
}

/// The oracle is the reader: what it accepts is sound, whatever the schema thinks.
#[test]
fn nothing_that_reads_is_refused() {
    let judge = Judge::new();
    let reference = Reference::new(registry::specs());
    let words: Vec<String> = reference
        .topics()
        .iter()
        .map(Topic::name)
        .chain(["leader", "random", "minority", "next", "all"].map(str::to_owned))
        .collect();
    let mut stream = Stream::new(Seed(11), StreamName::Network);
    let (mut read, mut both, mut refused) = (0, 0, 0);
    for topic in reference.topics() {
        let key: &Key = match topic {
            Topic::Key(_, key) | Topic::FaultKey(_, key) => key,
            _ => continue,
        };
        let example = whole(&reference, &reference.example(&topic).unwrap());
        let written = format!("\n{} = ", key.name);
        let example = format!("\n{example}");
        let start = example.find(&written).unwrap_or_else(|| panic!("{topic:?}")) + written.len();
        let end = start + example[start..].find('\n').unwrap_or(example.len() - start);
        for _ in 0..150 {
            let value = value(&mut stream, key.kind, &words);
            let text = format!("{}{value}{}", &example[..start], &example[end..]);
            let refusal = to_json(&text).and_then(|_| judge.refusal(&text));
            match (reads(&text), refusal) {
                (true, Some(refusal)) => panic!("the reader accepts what is refused: {refusal}\n{text}"),
                (true, None) => read += 1,
                (false, Some(_)) => both += 1,
                (false, None) => refused += 1,
            }
        }
    }
    // Without many of each kind the property says nothing.
    let all = read + both + refused;
    assert!(read * 4 > all && both * 4 > all, "{read} read, {both} refused by both");
    assert!(refused * 8 < all, "{refused} of {all} are refused by the reader only");
}
