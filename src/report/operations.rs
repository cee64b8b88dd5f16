//! `ops.csv`: one row for each operation, in order of invocation.

use std::io;

use super::latency;
use crate::history::{History, Operation, Outcome, Value};

const HEADER: [&str; 9] =
    ["process", "f", "key", "input", "output", "outcome", "invoke_ns", "return_ns", "latency_ms"];

/// Writes the operations of `history`, values as JSON.
///
/// An operation that never returned has no `return_ns`; one whose fate is not known has no
/// `latency_ms`, for nobody saw it end.
///
/// # Errors
/// Those of `out`.
pub fn write_operations(
    history: &History,
    operations: &[Operation],
    out: &mut impl io::Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADER)?;
    for operation in operations {
        let at = |index: usize| history.events[index].time.map(|time| time.as_ns().to_string());
        let key = operation.key.as_ref().map(Value::to_string);
        let output = (operation.outcome == Outcome::Ok).then(|| operation.output.to_string());
        let known = operation.outcome != Outcome::Info;
        let latency_ns = known.then(|| latency::of(history, operation)).flatten();
        csv.write_record([
            operation.process.to_string(),
            operation.f.to_string(),
            key.unwrap_or_default(),
            operation.input.to_string(),
            output.unwrap_or_default(),
            outcome(operation.outcome).to_owned(),
            at(operation.invoked).unwrap_or_default(),
            operation.returned.and_then(at).unwrap_or_default(),
            latency_ns.map(milliseconds).unwrap_or_default(),
        ])?;
    }
    csv.flush()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Fail => "fail",
        Outcome::Info => "info",
    }
}

/// Exact: a float would round.
fn milliseconds(ns: u64) -> String {
    format!("{}.{:06}", ns / 1_000_000, ns % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::read_jsonl;

    #[test]
    fn a_row_for_each_operation() {
        let history = read_jsonl(
            br#"{"process":0,"type":"invoke","f":"cas","key":"x","value":[1,2],"time":5}
                {"process":1,"type":"invoke","f":"read","key":"x","time":6}
                {"process":2,"type":"invoke","f":"write","key":"x","value":3,"time":7}
                {"process":1,"type":"ok","f":"read","key":"x","value":null,"time":1500006}
                {"process":0,"type":"info","f":"cas","key":"x","time":9}"#,
        )
        .unwrap();
        let mut out = Vec::new();
        write_operations(&history, &history.operations().unwrap(), &mut out).unwrap();
        let expected = "\
process,f,key,input,output,outcome,invoke_ns,return_ns,latency_ms
0,cas,\"\"\"x\"\"\",\"[1,2]\",,info,5,9,
1,read,\"\"\"x\"\"\",null,null,ok,6,1500006,1.500000
2,write,\"\"\"x\"\"\",3,,info,7,,
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
