//! Damaged histories in every format: refused with a place in the file, or read, judged, and the same
//! after being written and read again.

use atropos::base::{Draw, Seed, Stream, StreamName};
use atropos::check::{Budget, ModelName, Register, check};
use atropos::history::{Format, History, HistoryError, ReadOptions, Value, read, write_edn, write_jsonl};
use atropos::registry;
use atropos::scenario::{Reader, Source};

use crate::damage::{damage, pick};

/// Histories in every format, beside one that is recorded here.
const HISTORIES: [&str; 8] = [
    include_str!("odd.jsonl"),
    include_str!("odd.edn"),
    include_str!("anonymous.edn"),
    include_str!("../histories/register.jsonl"),
    include_str!("../histories/register.edn"),
    include_str!("../histories/register.log"),
    include_str!("../histories/register.txt"),
    include_str!("../histories/register.json"),
];

/// The history of a short run with a partition in it, as a file.
fn recorded() -> String {
    let text = "protocol = \"raft\"\nnodes = 3\nduration = \"900ms\"\nclients.keys = 2\n\
        [[faults]]\nkind = \"partition\"\nisolate = \"leader\"\nat = \"500ms\"\n";
    let source = Source { path: "test.toml", name: "test".to_owned(), text: text.as_bytes() };
    let scenario = Reader::new(&registry::specs()).read(source).expect("a scenario");
    let mut history = registry::run(&scenario, Seed(1), &mut ()).history;
    history.events.truncate(40);
    String::from_utf8(written(&history, Format::Jsonl)).expect("text")
}

fn written(history: &History, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    let result = match format {
        Format::Edn => write_edn(history, &mut bytes),
        _ => write_jsonl(history, &mut bytes),
    };
    result.expect("memory is a file");
    bytes
}

/// Reads and judges `count` damaged histories, and tells how many were refused.
fn damaged_histories(count: u64) -> u64 {
    let mut draws = Stream::new(Seed(7), StreamName::Network);
    let recorded = recorded();
    let files: Vec<&str> = HISTORIES.into_iter().chain([&*recorded]).collect();
    let mut refused = 0;
    for _ in 0..count {
        let text = damage(pick(&files, &mut draws), &files, 1, &mut draws);
        // Told from its content most often; else as something that it may not be.
        let format = (draws.below(8) == 0).then(|| Format::ALL[draws.below(5) as usize]);
        let options = ReadOptions { independent: draws.below(8) == 0 };
        if let Err(error) = read(&text, format, options).and_then(|history| examine(&history)) {
            refused += 1;
            assert!(error.line <= text.iter().filter(|&&byte| byte == b'\n').count() + 1, "{error:?}");
            assert!(error.column.is_none_or(|column| column <= text.len() + 1), "{error:?}");
            assert!(!error.message.is_empty());
        }
    }
    refused
}

fn examine(history: &History) -> Result<(), HistoryError> {
    for format in [Format::Jsonl, Format::Edn] {
        let again = read(&written(history, format), Some(format), ReadOptions::default());
        assert_eq!(again.expect("what was written").events, history.events);
    }
    let model = Register::new(ModelName::CasRegister, Value::Nil);
    let report = check(history, &model, &mut Budget::new(10_000, 1 << 20))?;
    assert!(!report.explain().is_empty());
    Ok(())
}

#[test]
fn histories_without_damage_are_read() {
    for file in HISTORIES {
        let history = read(file.as_bytes(), None, ReadOptions::default()).expect(file);
        assert!(history.events.len() >= 6 && history.operations().is_ok(), "{file}");
    }
}

#[test]
fn damaged_histories_are_answered() {
    let refused = damaged_histories(20_000);
    // Damage that nothing notices, or everything, would prove nothing.
    assert!((8_000..19_800).contains(&refused), "{refused}");
}

#[test]
#[ignore = "a million files: minutes in a release build"]
fn a_million_damaged_histories_are_answered() {
    let refused = damaged_histories(1_000_000);
    println!("1000000 damaged histories, {refused} refused");
}

#[test]
fn a_large_history_of_nothing_but_problems_is_answered_in_bounded_memory() {
    for line in [
        "{",
        "[",
        "(",
        "#{",
        "#_",
        "#a ",
        "\"",
        "\\",
        "0\n",
        "{}\n",
        "{\"process\":",
        "{:process ",
        "{:a [",
        "{\"process\":0,\"value\":[[[[",
        "{:process 0 :value {[",
        "[{\"a\":",
        "0\t:invoke\t:read\t[",
        "5 :a ",
        "{\"type\":\"invoke\",\"value\":1}\n",
        "{:type :invoke}\n",
        "{:process 0 :value \"\\",
        "\u{1F600}",
    ] {
        let text = line.repeat((1 << 20) / line.len());
        let told = Format::detect(text.as_bytes());
        for format in Format::ALL {
            let result = read(text.as_bytes(), Some(format), ReadOptions::default());
            // In a log, what is no line of an operation is passed over.
            let passed_over = format == Format::JepsenLog && told != Some(format);
            assert!(result.is_err() || passed_over, "{line} as {format}");
        }
    }
}
