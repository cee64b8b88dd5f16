//! One line of a trace: for people in columns, for programs as JSON.

use serde::Serialize;

use crate::run::TraceLine;

/// The line in columns: event, time, kind, place, text.
pub fn trace_columns(line: &TraceLine) -> String {
    let TraceLine { event, time, kind, place, text } = line;
    // `SimTime` prints without regard to width.
    let time = time.to_string();
    format!("{event:>8}  {time:>14}  {kind:<12}  {place:<12}  {text}").trim_end().to_owned()
}

/// The line as a JSON object, its time in nanoseconds.
pub fn trace_json(line: &TraceLine) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        event: u64,
        time: u64,
        kind: &'a str,
        place: &'a str,
        text: &'a str,
    }
    let TraceLine { event, time, kind, place, text } = line;
    let line = Line { event: *event, time: time.as_ns(), kind, place, text };
    serde_json::to_string(&line).unwrap_or_else(|error| unreachable!("numbers and texts are JSON: {error}"))
}
