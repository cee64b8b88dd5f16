//! Files in EDN of all looks, and of none.

use super::super::{Format, ReadOptions, read};
use super::*;
use crate::history::Map;

fn parse_as(format: Format, text: &str, independent: bool) -> Result<History, String> {
    let options = ReadOptions { independent };
    super::super::read(text.as_bytes(), Some(format), options).map_err(|error| error.to_string())
}

fn parse(text: &str) -> Result<History, String> {
    parse_as(Format::Edn, text, false)
}

/// The value of an event, as it is read.
fn value(text: &str) -> Result<Value, String> {
    let history = parse(&format!("{{:process 0 :type :ok :f :read :value {text}}}"))?;
    Ok(history.events[0].value.clone())
}

fn list(values: &[Value]) -> Value {
    values.to_vec().into()
}

#[test]
fn all_ways_to_put_operations_together_are_the_same() {
    let maps = [
        "{:process 0, :type :invoke, :f :write, :value 3, :time 7, :index 0}",
        "{:type :info, :f :start, :process :nemesis, :value {\"n1\" #{1.5 1/2 #object[a.B 0x1 \"c\"]}}}",
        "{:time 8 :value 3 :f :write :type :ok :process 0 :error [:a {:b \"c\"}]}",
    ];
    let stream = parse(&maps.join("\n")).unwrap();
    assert_eq!(stream.events.len(), 2);
    assert_eq!((stream.line(0), stream.line(1)), (1, 3));
    assert_eq!(stream.events[1].time, Some(SimTime::from_ns(8)));
    for text in [
        format!("[{}]", maps.join("\n")),
        format!("( {} )", maps.join(",\n")),
        format!("#a.B [#_ {{:a}} {}] ; the end\n", maps.join("\n; [ (\n").replacen('\n', "", 2))
            .replace("; [ (", ""),
        maps.map(|map| format!("#jepsen.history.Op{map}")).join("\n"),
        maps.map(|map| format!("#knossos.op.Op {map}")).join("\n#_ #_ 1 {2 3}"),
        format!("\u{feff}{}\r\n", maps.join("\r\n")),
    ] {
        assert_eq!(parse(&text).map(|history| history.events), Ok(stream.events.clone()), "{text}");
    }
}

#[test]
fn comments_and_discarded_values_are_white_space() {
    let text = "; zero\n({:process ;one\n 0 #_ :type #_[2 \"]\"] :type :ok, #_#_ :f :cas :f :read :value #_ 1 2 #_3} #_ {})";
    let history = parse(text).unwrap();
    assert_eq!((&history.events[0].value, history.line(0)), (&2.into(), 2));
}

#[test]
fn values_become_ours() {
    let map = |entries: &[(Value, Value)]| Value::Map(Map::new(entries.to_vec()).unwrap());
    let cases = [
        ("nil", Value::Nil),
        ("true", Value::Bool(true)),
        ("-17", (-17).into()),
        ("+5N", 5.into()),
        ("9223372036854775807", i64::MAX.into()),
        (":timed-out", "timed-out".into()),
        (":a/b", "a/b".into()),
        ("sym.bol/x", "sym.bol/x".into()),
        ("-", "-".into()),
        (r#""a\"\\\n\u00e9\ud83d\ude00é""#, "a\"\\\né😀é".into()),
        ("\"two\nlines\"", "two\nlines".into()),
        (r"[\a \newline \( \u0041 \é]", list(&["a", "\n", "(", "A", "é"].map(Value::from))),
        ("(1 (2) [])", list(&[1.into(), list(&[2.into()]), list(&[])])),
        ("#{3 1 2}", list(&[1.into(), 2.into(), 3.into()])),
        ("{0 10, 1 20}", map(&[(0.into(), 10.into()), (1.into(), 20.into())])),
        ("{:x {:y nil}}", map(&[("x".into(), map(&[("y".into(), Value::Nil)]))])),
        (
            "[[:r :x nil] [:append 1 2]]",
            list(&[
                list(&["r".into(), "x".into(), Value::Nil]),
                list(&["append".into(), 1.into(), 2.into()]),
            ]),
        ),
        ("#inst \"2026\"", "2026".into()),
        ("#:ns{:a 1}", map(&[("a".into(), 1.into())])),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_no_value_can_be_is_refused_with_its_place() {
    let cases = [
        ("1.5", "line 1, column 39: expected a whole number, but `1.5` is none"),
        ("1/2", "`1/2` is none"),
        ("0x1f", "`0x1f` is none"),
        ("##NaN", "`##NaN` is none"),
        ("007", "expected a whole number, found `007`"),
        ("9223372036854775808", "`9223372036854775808` lies outside 64 bits"),
        ("[1 2", "expected a value, or `]` for the `[` of line 1, column 39, found `}`"),
        ("[1 2)", "column 43: expected a value, or `]` for the `[` of line 1, column 39, found `)`"),
        ("]", "column 39: expected the value of `:value`, found `]`"),
        ("\"a", "column 39: this string has no end: expected `\"`"),
        (r#""\q""#, "column 40: unknown escape `\\q`"),
        (r#""\ud800""#, "column 40: this half of a surrogate pair is no character"),
        (r#""\udc00\ud800""#, "this half of a surrogate pair"),
        (r#""\u12""#, "expected four hexadecimal digits"),
        (r"\abc", "unknown character `\\abc`"),
        (":", "expected a name after the `:` of a keyword"),
        ("{1}", "column 39: this map has a key without a value"),
        ("{1 2 1 3}", "column 39: the key 1 is given twice"),
        ("{{} 1}", "the key {} holds a map, which a key may not"),
        ("#{1 2 1}", "column 39: this set holds 1 twice"),
        ("#\"a\"", "expected a set `#{…}` or a tag, found `\"`"),
        ("#", "expected a set `#{…}` or a tag, found `}`"),
        ("", "expected the value of `:value`, found `}`"),
        ("#a", "expected a value, found `}`"),
    ];
    for (text, expected) in cases {
        let error = value(text).unwrap_err();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn nesting_bombs_do_not_touch_the_stack() {
    for bomb in ["[", "{", "(", "#{", "#_", "#a ", "{[", "#_[", "{:a "] {
        let bomb = bomb.repeat(1 << 17);
        for text in
            [bomb.clone(), format!("{{:process 0 :value {bomb}"), format!("{{:process :x :value {bomb}")]
        {
            assert!(parse(&text).is_err(), "{}", &text[..40]);
        }
        assert!(value(&bomb).unwrap_err().contains("nested deeper than 64"), "{}", &bomb[..4]);
    }
    let deep = |depth: usize| value(&("[".repeat(depth) + &"]".repeat(depth)));
    assert!(deep(DEPTH_MAX).is_ok() && deep(DEPTH_MAX + 1).is_err());
}

#[test]
fn files_that_are_wrong_are_refused_with_their_place() {
    let ok = "{:process 0 :type :ok :f :read :value nil}";
    let cases = [
        (
            format!("[{ok}\n"),
            "line 2, column 1: expected a value, or `]` for the `[` of line 1, column 1, found the end of the file",
        ),
        (format!("[{ok}]\n]"), "line 2, column 1: expected the end of the file, found `]`"),
        (format!("[{ok} 5]"), "column 45: expected an operation `{:type …}`, found `5`"),
        (format!("{ok} ["), "column 44: expected an operation `{:type …}`, found `[`"),
        (format!("[[{ok}]]"), "column 2: expected an operation"),
        ("#a".into(), "column 3: expected an operation"),
        ("{:process 0 :type".into(), "column 18: expected the value of `:type`, found the end of the file"),
        (
            "{:process 0 :type :okk :f :read}".into(),
            "column 19: unknown type `okk`: expected invoke, ok, fail or info; did you mean `ok`?",
        ),
        ("{:type :okk :f :read :process 0}".into(), "column 8: unknown type `okk`"),
        ("{:process 0 :type ok}".into(), "column 19: expected a keyword such as `:read`, found `o`"),
        ("{:process 0 :type :ok :f [1]}".into(), "column 26: expected a function such as `:read`, found `[`"),
        ("{:process 0 :process 1}".into(), "column 13: `process` is given twice"),
        ("{:process -1}".into(), "column 11: expected a process, but -1 is negative"),
        ("{:process 1.0}".into(), "column 11: expected a whole number, but `1.0` is none"),
        ("{:process 99999999999999999999}".into(), "lies outside 64 bits"),
        ("{:process 0 :f :read}".into(), "column 1: this event has no `type`"),
        (
            format!("{ok}\n{{:type :ok :f :read}}"),
            "line 2, column 1: this event has no `process`, though others have",
        ),
        (
            format!("{ok}\n{{:type :ok :process 1}}"),
            "line 2, column 1: this event has no `f`, though others have",
        ),
    ];
    for (text, expected) in cases {
        let error = parse(&text).unwrap_err();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn porcupine_has_keys() {
    let text = "{:process 0, :type :invoke, :f :put, :key \"x\", :value \"y\"}\n";
    let history = parse_as(Format::Porcupine, text, false).unwrap();
    assert_eq!((&history.events[0].key, &history.events[0].f), (&Some("x".into()), &Function::Put));
    let error = parse_as(Format::Porcupine, "\n{:process 0 :type :invoke :f :get}", false).unwrap_err();
    assert_eq!(error, "line 2, column 1: this event has no `key`");
}

#[test]
fn independent_values_are_split_when_asked_for() {
    let text = "{:process 0 :type :invoke :f :cas :value [:k [1 2]]} {:process 0 :type :ok :f :cas :value [:k [1 2]]}";
    let history = parse_as(Format::Edn, text, true).unwrap();
    assert_eq!(history.events[1].key, Some("k".into()));
    assert_eq!(history.events[1].value, Value::pair(1.into(), 2.into()));
    assert_eq!(parse(text).unwrap().events[0].key, None);
}

#[test]
fn what_is_missing_everywhere_is_supplied() {
    let history = parse("{:process 0 :type :invoke :value [[:r 1 nil]]}").unwrap();
    assert_eq!(history.events[0].f, Function::Txn);
    let history =
        parse("#jepsen.history.Op{:index 0, :time -1, :type :invoke, :process nil, :f nil, :value 1}")
            .unwrap();
    assert_eq!((history.events[0].process, history.events[0].time), (0, None));
}

#[test]
fn written_files_look_like_those_of_jepsen() {
    let line = "{:process 0, :type :invoke, :f :txn, :key \"x\", :value [[:r \"y\" nil] [:append 1 {\"a\" [true \"\\n\"]}]], :time 12000}\n";
    let mut written = Vec::new();
    write_edn(&read(line.as_bytes(), None, ReadOptions::default()).unwrap(), &mut written).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), line);
}
