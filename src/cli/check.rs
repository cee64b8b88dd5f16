//! `atropos check`: judges a history from a file.

use std::fs;
use std::io::{self, Read};
use std::str::FromStr;

use clap::Args;

use super::closing::Closing;
use super::failure::Failure;
use super::{ExitCode, Session};
use crate::check::{Case, ModelName, Register, Report};
use crate::history::{HistoryError, Value, read_jsonl};
use crate::report::palette::{BAD, HEADING, paint};
use crate::report::{Judged, Judging, epitaph};
use crate::sweep::{Stopwatch, available_threads, judge};

/// Judge a history from a file: JSON Lines, one event a line
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The history; - reads stdin
    #[arg(value_name = "FILE")]
    file: String,
    /// What the object ought to do: register or cas-register
    #[arg(long, value_name = "MODEL", default_value_t, value_parser = ModelName::parse)]
    model: ModelName,
    /// The value before the first write: nil, or a value in JSON
    #[arg(long, value_name = "VALUE", default_value = "nil")]
    #[arg(value_parser = Value::from_str, allow_hyphen_values = true)]
    initial: Value,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// Give up after this long, with the verdict unknown for what is not decided
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<f64>,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    seconds.ok_or_else(|| "expected a number of seconds such as 10 or 0.5".to_owned())
}

/// Carries out `atropos check`.
pub(super) fn check(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let watch = Stopwatch::start();
    let bytes = contents(&arguments.file)
        .map_err(|error| Failure::Input(format!("cannot read the history `{}`: {error}", arguments.file)))?;
    let wrong = |error: HistoryError| Failure::Input(at(&arguments.file, &error));
    let history = read_jsonl(&bytes).map_err(wrong)?;
    let load_seconds = watch.seconds();
    session.interrupt.listen()?;

    let watch = Stopwatch::start();
    let model = Register::new(arguments.model, arguments.initial.clone());
    let case = Case::new(&history, &model).map_err(wrong)?;
    let judged = judge(&case, &model, available_threads(), arguments.timeout, &session.interrupt)?;
    if session.interrupt.is_set() {
        return Err(Failure::Interrupted);
    }
    let mut report = judged.report;
    if let (Some(timeout), 1..) = (arguments.timeout, judged.undecided) {
        let late = format!("keys not decided within {timeout} s: {}", judged.undecided);
        report.note = Some(report.note.map_or(late.clone(), |note| format!("{note}; {late}")));
    }
    let judging = Judging {
        file: &arguments.file,
        model: arguments.model,
        load_seconds,
        wall_seconds: watch.seconds(),
        peak_memory_bytes: peak_memory_bytes(),
    };
    session.so_far = ExitCode::of(report.verdict, None);
    tell(&judging, &report, arguments.json, session)?;
    Ok(session.so_far)
}

fn tell(
    judging: &Judging<'_>,
    report: &Report,
    json: bool,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    if json {
        serde_json::to_writer(&mut *session.out, &Judged::new(judging, report)).map_err(io::Error::from)?;
        writeln!(session.out)?;
    }
    if !session.is_quiet() {
        let text = session.text(json);
        let (file, told) = (paint(HEADING, judging.file), report.explain());
        writeln!(text, "{file}: {}, {}", judging.model, told.trim_end())?;
        let (load, wall) = (judging.load_seconds, judging.wall_seconds);
        writeln!(text, "\nread in {load:.3} s, judged in {wall:.3} s ({})", report.algorithm)?;
    } else if let Some(first) = &report.first_impossible {
        writeln!(session.text(json), "{}: {first}", paint(BAD, "first impossible operation"))?;
    }
    let (epitaph, verdict) = (epitaph::of_history(report), report.verdict.to_string());
    let closing = Closing { epitaph, verdict, code: session.so_far, results: None, replay: None };
    closing.write(session, json)?;
    Ok(())
}

fn contents(file: &str) -> io::Result<Vec<u8>> {
    if file != "-" {
        return fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The place of an error as compilers write it.
fn at(file: &str, error: &HistoryError) -> String {
    let column = error.column.map_or(String::new(), |column| format!(":{column}"));
    format!("{file}:{}{column}: {}", error.line, error.message)
}

/// The most memory that this process has had, where the system tells: Linux does.
fn peak_memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
}
