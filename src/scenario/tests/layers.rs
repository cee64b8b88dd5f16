//! Files laid over one another, values set over them, and where each slip is reported.

use super::*;

const BASE: &str = "protocol = \"raft\"\nnodes = 3\n[network]\nloss = 0.1\nlatency = { uniform = [\"1ms\", \"2ms\"] }\n\
    [expect]\nverdict = \"invalid\"\ncheck = \"linearizability\"\n[[faults]]\nkind = \"heal\"\nat = \"1s\"\n";

/// Files by path; `extends` names them as they are.
fn open_among<'a>(files: &'a [(&'a str, &'a str)]) -> impl Fn(&str, &str) -> Result<Opened, String> + 'a {
    |base, _| {
        let found = files.iter().find(|(path, _)| *path == base).ok_or("there is no such file")?;
        Ok(Opened { path: base.to_owned(), text: found.1.as_bytes().to_vec() })
    }
}

fn layered(files: &[(&str, &str)], set: &[&str]) -> Result<Scenario, Diagnostics> {
    let (path, text) = files[0];
    let set: Vec<String> = set.iter().map(|&text| text.to_owned()).collect();
    let open = open_among(files);
    let reader = Reader::new(&PROTOCOLS).set(&set).opener(&open);
    reader.read(Source { path, name: "test".to_owned(), text: text.as_bytes() })
}

/// What is said of the first problem, as `path:line:column: message`, and how many there are.
fn first(files: &[(&str, &str)], set: &[&str]) -> (String, usize) {
    let problems = layered(files, set).expect_err("a slip").problems();
    let Problem { path, line, column, message } = &problems[0];
    (format!("{path}:{line}:{column}: {message}"), problems.len())
}

#[track_caller]
fn assert_only(files: &[(&str, &str)], set: &[&str], expected: &str) {
    let (said, count) = first(files, set);
    assert!(said.starts_with(expected), "{said}");
    assert_eq!(count, 1, "{said}");
}

#[test]
fn sections_are_laid_key_by_key_and_lists_as_a_whole() {
    let child = "extends = \"base\"\nnodes = 5\nfaults = []\n[network]\nlatency = { lognormal = { median = \"3ms\", sigma = 1 } }\n\
        [expect]\nverdict = \"valid\"\n";
    let scenario = layered(&[("child", child), ("base", BASE)], &[]).expect("right");
    assert_eq!((scenario.nodes, scenario.faults.len()), (5, 0));
    let links = &scenario.network.links;
    assert_eq!(links.loss, crate::base::Probability::new(0.1).expect("in range"));
    assert_eq!(links.latency, Latency::Lognormal { median: SimDuration::from_ms(3), sigma: 1.0 });
    assert_eq!(scenario.expect, Some(Expect { verdict: "valid".to_owned(), check: None }));
    // Three files deep, and nothing of its own.
    let grandchild = "extends = \"child\"\n";
    let same = layered(&[("grandchild", grandchild), ("child", child), ("base", BASE)], &[]).expect("right");
    assert_eq!(same, scenario);
}

#[test]
fn what_is_wrong_is_reported_in_the_file_it_is_written_in() {
    let base = BASE.replace("0.1", "1.7");
    assert_only(&[("child", "extends = \"base\"\n"), ("base", &base)], &[], "base:4:8: impossible value");
    // What another file covers is not read.
    let child = "extends = \"base\"\nnetwork.loss = 0.2\n";
    assert!(layered(&[("child", child), ("base", &base)], &[]).is_ok());
    let child = "extends = \"base\"\n[network]\nlos = 1\n";
    assert_only(&[("child", child), ("base", BASE)], &[], "child:3:1: unknown key `los`");
    assert_only(
        &[("child", "extends = \"base\"\n"), ("base", "nodes = ")],
        &[],
        "base:1:9: this is not TOML",
    );
    let shown = layered(&[("child", "extends = \"base\"\n"), ("base", &base)], &[]).expect_err("a slip");
    assert!(shown.render(false).contains("note: this file is extended by `child`"), "{shown}");
}

#[test]
fn a_disagreement_between_files_shows_both() {
    let base = "protocol = \"raft\"\n[raft]\nelection_timeout_min = \"200ms\"\n";
    let child = "extends = \"base\"\n[raft]\nelection_timeout_max = \"100ms\"\n";
    let shown = layered(&[("child", child), ("base", base)], &[]).expect_err("a slip").render(false);
    assert!(shown.contains("--> child:3:1"), "{shown}");
    assert!(shown.contains("base:3:") && shown.contains("`election_timeout_min` is set here"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_had_is_reported_where_it_is_named() {
    assert_only(&[("a", "extends = \"b\"\n")], &[], "a:1:11: cannot read `b`: there is no such file");
    assert_only(&[("a", "extends = \"a\"\n")], &[], "a:1:11: a scenario cannot extend itself");
    let round = [("a", "extends = \"b\"\n"), ("b", "extends = \"c\"\n"), ("c", "extends = \"b\"\n")];
    assert_only(&round, &[], "c:1:11: a scenario cannot extend itself");
    assert_only(&[("a", "extends = 5\n")], &[], "a:1:11: wrong type for `extends`");
    assert_only(&[("a", "extends = \"\"\n")], &[], "a:1:11: impossible value for `extends`");
    let deep: Vec<(String, String)> =
        (0..20).map(|n| (n.to_string(), format!("extends = \"{}\"\n", n + 1))).collect();
    let deep: Vec<(&str, &str)> = deep.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_only(&deep, &[], "15:1:11: too many files");
    let alone = read_text("protocol = \"raft\"\nextends = \"x\"").expect_err("nothing opens it");
    assert!(alone.problems()[0].message.contains("no other file can be opened"), "{alone}");
}

#[test]
fn a_value_that_is_set_covers_that_of_the_files() {
    let files = [("base", BASE)];
    let scenario = layered(&files, &["network.loss=0.05", "duration=10s", "seed=0x2a"]).expect("right");
    assert_eq!(scenario.network.links.loss, crate::base::Probability::new(0.05).expect("in range"));
    assert_eq!((scenario.duration, scenario.seed), (SimDuration::from_secs(10), Seed(42)));
    assert_eq!(scenario.overrides, ["network.loss=0.05", "duration=10s", "seed=0x2a"]);
    // Whole distributions, sections that are not written, entries of lists, new entries.
    let scenario = layered(
        &files,
        &[
            "network.latency={ exponential = { min = \"1ms\", mean = \"2ms\" } }",
            "raft.pre_vote=true",
            "faults.0.at=2s",
            "faults.1={ kind = \"crash\", target = \"all\", at = \"3s\" }",
            "faults.1.for=1s",
        ],
    );
    let scenario = scenario.expect("right");
    let (min, mean) = (SimDuration::from_ms(1), SimDuration::from_ms(2));
    assert_eq!(scenario.network.links.latency, Latency::Exponential { min, mean });
    assert_eq!(scenario.protocol_settings.bool("pre_vote"), Some(true));
    assert_eq!(scenario.faults[0].when.first, Some(crate::base::SimTime::from_ns(2_000_000_000)));
    assert_eq!(scenario.faults[1].lasts, Some(SimDuration::from_secs(1).into()));
}

#[test]
fn what_is_set_can_begin_a_list_and_may_be_spaced() {
    let files = [("a", "protocol = \"raft\"\n")];
    let scenario = layered(
        &files,
        &[
            "network.link.0={ from = [0], loss = 0.5 }",
            "bugs.0=raft/vote-not-persisted",
            "faults.0.kind=heal",
            "faults.0.at=1s",
            "faults.1={ kind = \"heal\", at = \"2s\" }",
            "network.loss = 0.3 ",
            "network.latency=  { uniform = [\"1ms\", \"2ms\"] }",
        ],
    );
    let scenario = scenario.expect("right");
    assert_eq!((scenario.network.overrides.len(), scenario.faults.len()), (1, 2));
    assert_eq!(scenario.bugs, ["raft/vote-not-persisted"]);
    assert_eq!(scenario.network.links.loss, crate::base::Probability::new(0.3).expect("in range"));
    let (min, max) = (SimDuration::from_ms(1), SimDuration::from_ms(2));
    assert_eq!(scenario.network.links.latency, Latency::Uniform { min, max });
    let (said, _) = first(&files, &["faults.1.kind=heal"]);
    assert!(said.starts_with("--set:1:8: there is no entry `1`: this is a list without entries"), "{said}");
    let (said, _) = first(&files, &["network.loss=  1.7"]);
    assert!(said.starts_with("--set:1:16: impossible value"), "{said}");
}

/// Whatever makes a value wrong is shown, wherever it was written.
#[test]
fn what_a_value_does_not_go_with_is_shown_where_it_is_set() {
    let base = "protocol = \"raft\"\n[[faults]]\nkind = \"crash\"\ntarget = 3\nat = \"10s\"\n";
    let shown = |child: &str, set: &[&str]| {
        let files = [("child", child), ("base", base)];
        layered(&files, set).expect_err("a slip").render(false)
    };
    let late = shown("extends = \"base\"\n", &["duration=5s"]);
    assert!(late.contains("--> base:5:6") && late.contains("::: --set:1:10"), "{late}");
    assert!(late.contains("`duration` is set here"), "{late}");
    let few = shown("extends = \"base\"\nnodes = 3\n", &[]);
    assert!(few.contains("--> base:4:10") && few.contains("::: child:2:9"), "{few}");
    assert!(few.contains("`nodes` is set here"), "{few}");
}

#[test]
fn a_slip_in_what_is_set_is_reported_there() {
    let files = [("base", BASE)];
    for (set, expected) in [
        ("network.loss=1.7", "--set:1:14: impossible value for `loss`"),
        ("network.los=0.1", "--set:1:9: unknown key `los`"),
        ("netwrok.loss=0.1", "--set:1:1: unknown section `netwrok`"),
        ("duration=10", "--set:1:10: wrong type for `duration`"),
        ("duration=10x", "--set:1:10: `duration` is no duration"),
        ("nodes", "--set:1:1: `nodes` sets nothing: expected KEY=VALUE"),
        ("=3", "--set:1:1: `=3` sets nothing"),
        ("a b=3", "--set:1:1: `a b=3` sets nothing"),
        ("nodes=", "--set:1:7: wrong type for `nodes`"),
        ("nodes.x=3", "--set:"),
        ("faults.7.at=1s", "--set:1:8: there is no entry `7`: this is a list: its entries are 0 to 0"),
        ("faults.x.at=1s", "--set:1:8: there is no entry `x`"),
        ("faults=[{", "--set:1:"),
        ("extends=base", "--set:1:1: `extends=base` sets nothing"),
    ] {
        let (said, _) = first(&files, &[set]);
        assert!(said.starts_with(expected), "{set}: {said}");
    }
}

#[test]
fn expectations_may_be_several() {
    let text = "[[expect]]\nverdict = \"invalid\"\ncheck = \"linearizability\"\n[[expect]]\nsometimes = \"crashes\"\n\
        [[expect]]\nsometimes = \"unknown\"\ncheck = \"election-safety\"\n";
    let scenario = read_text(&format!("protocol = \"raft\"\n{text}")).expect("right");
    assert_eq!(scenario.expect.expect("a verdict").verdict, "invalid");
    let seen: Vec<_> = scenario.sometimes.iter().map(|each| (&*each.sight, each.check.as_deref())).collect();
    assert_eq!(seen, [("crashes", None), ("unknown", Some("election-safety"))]);
}

#[test]
fn expectations_that_mean_nothing_are_refused() {
    for (text, place, words) in [
        ("[expect]", (2, 2), "needs `verdict` or `sometimes`"),
        ("[expect]\nverdict = \"valid\"\nsometimes = \"crashes\"", (4, 1), "do not go together"),
        ("[[expect]]\nverdict = \"valid\"\n[[expect]]\nverdict = \"invalid\"", (5, 1), "a second `verdict`"),
        (
            "[expect]\nsometimes = \"crashs\"",
            (3, 13),
            "unknown sight `crashs`: not a known sight; did you mean `crashes`",
        ),
        ("[expect]\nsometimes = \"crashes\"\ncheck = \"linearizability\"", (4, 1), "in a run as a whole"),
        (
            "[[expect]]\nverdict = \"valid\"\n[[expect]]\nsometimes = \"invalid\"",
            (5, 13),
            "can never be as expected",
        ),
        ("expect = [3]", (2, 11), "expected a table"),
        ("expect = 3", (2, 1), "`expect` is a section"),
    ] {
        let problems = read_text(&format!("protocol = \"raft\"\n{text}")).expect_err(text).problems();
        assert_eq!((problems[0].line, problems[0].column), place, "{text}: {problems:?}");
        assert!(problems[0].message.contains(words), "{text}: {problems:?}");
    }
}

#[test]
fn what_a_protocol_does_not_survive_needs_an_expectation() {
    let fatal = "protocol = \"paxos\"\n[network]\nloss = 0.1\n[[network.link]]\nduplicate = 0.1\n\
        [[faults]]\nkind = \"heal\"\nat = \"1s\"\n[[faults]]\nkind = \"crash\"\ntarget = 0\nat = \"1s\"\n";
    let problems = read_text(fatal).expect_err("fatal").problems();
    let places: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column)).collect();
    assert_eq!(places, [(3, 8), (5, 13), (7, 8)]);
    assert!(problems[0].message.contains("`paxos` does not survive `loss`"), "{problems:?}");
    assert!(read_text(&format!("{fatal}[expect]\nverdict = \"invalid\"")).is_ok());
    assert!(read_text("protocol = \"paxos\"\n[network]\nloss = 0.0").is_ok());
}
