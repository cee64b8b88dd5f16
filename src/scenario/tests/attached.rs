//! Files that values name.

use super::*;
use crate::base::Samples;

const SCENARIO: &str = "protocol = \"raft\"\n[network]\nlatency = { empirical = \"rtt.csv\" }\n";

/// Reads `text`, with a file `rtt.csv` that holds `table`.
fn attached(text: &str, table: &str) -> Result<Scenario, Diagnostics> {
    let open = |name: &str, from: &str| match name {
        "rtt.csv" => Ok(Opened { path: format!("{from}/{name}"), text: table.as_bytes().to_vec() }),
        other => Err(format!("there is no {other}")),
    };
    let reader = Reader::new(&PROTOCOLS).opener(&open);
    reader.read(Source { path: "a.toml", name: "test".to_owned(), text: text.as_bytes() })
}

/// What is said of each problem, as `path:line:column: message`.
fn told(table: &str) -> Vec<String> {
    let problems = attached(SCENARIO, table).expect_err("a slip").problems();
    let told = |problem: &Problem| {
        format!("{}:{}:{}: {}", problem.path, problem.line, problem.column, problem.message)
    };
    problems.iter().map(told).collect()
}

#[test]
fn samples_are_read_with_their_unit_and_their_counts() {
    let us = SimDuration::from_us;
    let table = "# measured\r\n\r\nrtt_us , count\r\n 500,2\r\n1500 ,1\r\n";
    let scenario = attached(SCENARIO, table).expect("right");
    let samples = Samples::new("rtt.csv", &[(us(500), 2), (us(1_500), 1)]).expect("some");
    assert_eq!(scenario.network.links.latency, Latency::Empirical(std::sync::Arc::new(samples)));
}

#[test]
fn the_content_of_a_file_decides_and_its_layout_does_not() {
    let of = |table: &str| attached(SCENARIO, table).expect("right").fingerprint();
    let table = "latency_ms\n1\n2\n";
    assert_eq!(of(table), of("# a comment\nlatency_us\n2000\n1000\n"));
    assert_ne!(of(table), of("latency_ms\n1\n3\n"));
    assert_ne!(of(table), of("latency_ms,count\n1,1\n2,2\n"));
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place() {
    let said = told("latency_ms,count\n 1.5, 2\n2,many\n\nNaN,1\n-1,1\n");
    let [count, number, negative] = said.as_slice() else { panic!("{said:?}") };
    assert!(count.starts_with("a.toml/rtt.csv:3:3: "), "{count}");
    assert!(number.starts_with("a.toml/rtt.csv:5:1: ") && number.contains("found `NaN`"), "{number}");
    assert!(negative.starts_with("a.toml/rtt.csv:6:1: ") && negative.contains("negative"), "{negative}");
    assert!(told("")[0].starts_with("a.toml/rtt.csv:1:1: this table is empty"));
    assert!(told("latency_ms\n1\n2,3\n")[0].starts_with("a.toml/rtt.csv:3:1: this row is not as wide"));
    assert!(told("latency_ms\n1e400\n")[0].contains("expected a number of ms"));
    assert!(told("latency_s\n86401\n")[0].contains("a day at most"));
    assert!(told("latency_ms,count\n1,18446744073709551615\n2,1\n")[0].contains("too many samples"));
}

/// A file that cannot be opened is wrong where it is named.
#[test]
fn a_missing_file_is_told_where_it_is_named() {
    let text = SCENARIO.replace("rtt.csv", "none.csv");
    let problems = attached(&text, "").expect_err("a slip").problems();
    assert_eq!((problems[0].line, problems[0].column, problems.len()), (3, 25, 1));
    assert!(problems[0].message.contains("there is no none.csv"), "{}", problems[0].message);
    // Nothing can be opened by a reader without a way to.
    let source = Source { path: "a.toml", name: "test".to_owned(), text: SCENARIO.as_bytes() };
    assert!(read(source, &PROTOCOLS).is_err());
}
