//! What a user sees of history files at the command line: `export`, and what it refuses.

mod folder;

use std::io::Write;
use std::process::Stdio;

use folder::{Ended, Folder};

const EDN: &str = "[{:type :invoke, :f :write, :value [7 3], :process 0, :time 5, :error {:a 1.5}}\n \
    {:type :info, :f :start, :process :nemesis}\n {:type :ok, :f :write, :value [7 3], :process 0}]\n";
const JSONL: &str = "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"key\":7,\"value\":3,\"time\":5}\n\
    {\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"key\":7,\"value\":3}\n";
const WRITTEN_EDN: &str = "{:process 0, :type :invoke, :f :write, :key 7, :value 3, :time 5}\n\
    {:process 0, :type :ok, :f :write, :key 7, :value 3}\n";

#[test]
fn a_history_goes_out_in_both_formats_and_comes_back() {
    let folder = Folder::new("export");
    folder.write("jepsen.edn", EDN);
    let lines = folder.atropos("export jepsen.edn --to jsonl --independent").with(0);
    assert_eq!((lines.out.as_str(), lines.err.as_str()), (JSONL, ""));
    let told = folder.atropos("export jepsen.edn --to jsonl --independent -o out.jsonl").with(0);
    assert_eq!(told.out, "out.jsonl is written: 2 events of jepsen.edn as jsonl\n");
    assert_eq!(folder.read("out.jsonl"), JSONL);
    // Over itself, from one format to the other and back.
    assert_eq!(folder.atropos("export out.jsonl --to edn -o out.jsonl --quiet").with(0).out, "");
    assert_eq!(folder.read("out.jsonl"), WRITTEN_EDN);
    folder.atropos("export out.jsonl --format edn --to jsonl -o out.jsonl").with(0);
    assert_eq!(folder.read("out.jsonl"), JSONL);
    assert_eq!(folder.files(""), ["jepsen.edn", "out.jsonl"]);
}

#[test]
fn histories_come_from_a_pipe_and_go_to_devices() {
    let folder = Folder::new("pipes");
    let command = folder.command("export - --to edn").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = command.unwrap();
    child.stdin.take().unwrap().write_all(JSONL.as_bytes()).unwrap();
    assert_eq!(Ended::new(child.wait_with_output().unwrap()).with(0).out, WRITTEN_EDN);
    if cfg!(unix) {
        folder.write("a.jsonl", JSONL);
        folder.atropos("export a.jsonl --to edn -o /dev/null").with(0);
    }
}

#[test]
fn what_cannot_be_exported_is_refused_and_what_was_there_stays() {
    let folder = Folder::new("refused");
    folder.write("cut.edn", &EDN[..EDN.len() - 3]);
    folder.write("there.edn", WRITTEN_EDN);
    folder.write("plain.edn", WRITTEN_EDN.replace(":key 7,", ""));
    let cases = [
        (
            "export cut.edn --to edn -o there.edn",
            "error: cut.edn:3:49: expected a value, or `}` for the `{` of line 3, column 2, found the end of the file\n",
        ),
        (
            "export plain.edn --to edn --independent -o there.edn",
            "error: plain.edn:1:1: expected an independent value [key value], found 3",
        ),
        ("export there.edn --to elle-json", "`elle-json` can be read only: expected jsonl or edn"),
        ("export there.edn --to ednn", "did you mean `edn`?"),
        (
            "export there.edn --to edn --format jsnol",
            "unknown format `jsnol`: expected one of jsonl, edn, jepsen-log, porcupine, elle-json; did you mean `jsonl`?",
        ),
        ("export gone.edn --to edn", "error: cannot read the history `gone.edn`"),
        ("export there.edn --to edn -o no/such/folder", "error: cannot write `no/such/folder`"),
        ("export there.edn --format jsonl --to edn", "error: there.edn:1:2: expected a string, found `:`"),
    ];
    for (arguments, expected) in cases {
        let ended = folder.atropos(arguments).with(2);
        assert!(ended.err.contains(expected) && ended.out.is_empty(), "{arguments}\n{}", ended.err);
    }
    assert_eq!(folder.read("there.edn"), WRITTEN_EDN);
    assert_eq!(folder.files(""), ["cut.edn", "plain.edn", "there.edn"]);
}

/// Many histories of Jepsen's are one line, so a line alone is not a place.
#[test]
fn events_that_contradict_one_another_or_the_model_are_told_with_their_place() {
    // Each format with an event before the others, what separates two, and where the third begins.
    type Write = fn(u64, &str, &str) -> String;
    let json: Write = |process, kind, f| {
        format!(r#"{{"process":{process},"type":"{kind}","f":"{f}","key":"x","value":null}}"#)
    };
    let edn: Write =
        |process, kind, f| format!("{{:process {process}, :type :{kind}, :f :{f}, :key \"x\", :value nil}}");
    let log: Write = |process, kind, f| format!("INFO  jepsen.util - {process}\t:{kind}\t:{f}\tnil");
    let formats =
        [("jsonl", json, "", "\n  ", ""), ("elle-json", json, "[", ", ", "]"), ("edn", edn, "[", " ", "]")];
    let formats = formats.into_iter().chain([
        ("edn", edn, "", "\n", ""),
        ("porcupine", edn, "", " ", "\n"),
        ("jepsen-log", log, "", "\r\n", "\n"),
    ]);
    let folder = Folder::new("contradictions");
    for (format, write, open, between, close) in formats {
        let first = write(7, "invoke", "get");
        let cases = [
            (write(7, "invoke", "get"), "process 7 invokes `get` while its `get` of line 1, column "),
            (
                write(8, "ok", "get"),
                "process 8 returns from `get` without having invoked it: expected an `invoke`",
            ),
            (
                write(7, "ok", "put"),
                "process 7 returns from `put` instead of `get`, which it invoked in line 1, c",
            ),
            (write(9, "invoke", "gett"), "the model `kv` has no `gett`: expected one of "),
        ];
        for (event, message) in cases {
            let before = format!("{open}{first}{between}");
            folder.write("history", format!("{before}{event}{close}"));
            // An event of a log begins with its process.
            let logged = event.find(|c: char| c.is_ascii_digit()).filter(|_| format == "jepsen-log");
            let (line, start) =
                (before.lines().count() + usize::from(before.ends_with('\n')), before.rfind('\n'));
            let column = before.len() - start.map_or(0, |start| start + 1) + logged.unwrap_or(0) + 1;
            let told = folder.atropos(&format!("check history --model kv --format {format}")).with(2);
            let expected = format!("error: history:{line}:{column}: {message}");
            assert!(told.err.starts_with(&expected), "{format}: {}\n{expected}", told.err);
        }
    }
}
