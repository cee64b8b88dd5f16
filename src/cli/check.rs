//! `atropos check`: judges a history from a file.

use std::fs;
use std::io;
use std::str::FromStr;

use clap::Args;

use super::closing::Closing;
use super::failure::Failure;
use super::history_file::HistoryFile;
use super::levels::{self, Questions, Subject};
use super::{ExitCode, Session};
use crate::check::{Level, ModelName, NilReads, Question, Report, Specification};
use crate::history::{HistoryError, Value};
use crate::report::palette::{BAD, HEADING, paint};
use crate::report::{Judged, Judging, epitaph};
use crate::sweep::{Asked, Limits, Stopwatch, available_threads, climb, judge};

/// Judge a history from a file: of atropos, Jepsen, Porcupine or elle-cli
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    source: HistoryFile,
    /// What the object ought to do: register, cas-register, kv, … (`atropos list models`)
    #[arg(long, value_name = "MODEL", default_value_t, value_parser = ModelName::parse)]
    model: ModelName,
    /// The state at first: nil for the model's own, or a value in JSON
    #[arg(long, value_name = "VALUE", default_value = "nil")]
    #[arg(value_parser = Value::from_str, allow_hyphen_values = true)]
    initial: Value,
    /// What a read of nil means: absent (there was no value) or unknown (any; always legal). By
    /// default absent where the initial value is nil, and else unknown
    #[arg(long, value_name = "MEANING", value_parser = NilReads::parse)]
    nil_reads: Option<NilReads>,
    /// The promise that the history is held to: linearizable, sequential, causal, session, … (`atropos list
    /// levels`)
    #[arg(long, value_name = "LEVEL", value_parser = Level::parse)]
    level: Option<Level>,
    /// Find the strongest level that the history keeps, and what keeps it from the next
    #[arg(long, conflicts_with = "level")]
    strongest: bool,
    /// Tell how stale reads are: versions and time behind, k- and Δ-atomicity
    #[arg(long)]
    staleness: bool,
    /// Tell what became of writes: lost, back from the dead, read and rolled back
    #[arg(long)]
    durability: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// Stop at the first key that is impossible, and do not look for the operation to blame
    #[arg(long, conflicts_with_all = ["level", "strongest", "staleness", "durability"])]
    verdict_only: bool,
    /// Give up after this long, with the verdict unknown for what is not decided
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Give up a key whose judging takes more memory than this, such as 500M or 8G
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    memory: u64,
}

impl Arguments {
    /// What is asked, if it is not simply whether the history is linearizable.
    fn questions(&self) -> Option<Questions> {
        let &Arguments { staleness, durability, .. } = self;
        let level = match self.level {
            _ if self.strongest => Some(Asked::Strongest),
            Some(Level::Linearizable) if !(staleness || durability) => None,
            level => level.map(Asked::Level),
        };
        (level.is_some() || staleness || durability).then_some(Questions { level, staleness, durability })
    }

    fn judging(&self, load_seconds: f64, wall_seconds: f64) -> Judging<'_> {
        let (file, model) = (&self.source.file, self.model);
        Judging { file, model, load_seconds, wall_seconds, peak_memory_bytes: peak_memory_bytes() }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    seconds.ok_or_else(|| "expected a number of seconds such as 10 or 0.5".to_owned())
}

/// A size: a whole number of bytes, or of K, M, G (powers of 1024).
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[digits..].to_ascii_uppercase().as_str() {
        "" | "B" => Some(1),
        "K" | "KB" | "KIB" => Some(1 << 10),
        "M" | "MB" | "MIB" => Some(1 << 20),
        "G" | "GB" | "GIB" => Some(1 << 30),
        _ => None,
    };
    let number = text[..digits].parse::<u64>().ok();
    number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| "expected a size such as 500M or 8G".to_owned())
}

/// Carries out `atropos check`.
pub(super) fn check(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let watch = Stopwatch::start();
    let wrong = |error: HistoryError| arguments.source.failure(&error);
    let nil_reads = arguments.nil_reads.unwrap_or(NilReads::of(&arguments.initial));
    let specification =
        Specification { nil_reads, ..Specification::new(arguments.model, arguments.initial.clone()) };
    specification.validate().map_err(|error| Failure::Input(format!("--initial: {error}")))?;
    let history = arguments.source.read()?;
    let operations = history.operations().map_err(wrong)?;
    let load_seconds = watch.seconds();
    session.interrupt.listen()?;

    let watch = Stopwatch::start();
    // To sort the operations by key is part of the judging.
    let late = || arguments.timeout.is_some_and(|seconds| watch.seconds() >= seconds);
    let goes_on = || !session.interrupt.is_set() && !late();
    let case = specification.case_while(&history, operations, &goes_on).map_err(wrong)?;
    let seconds = arguments.timeout.map(|seconds| (seconds - watch.seconds()).max(0.0));
    let limits = Limits { seconds, bytes: arguments.memory };
    if let Some(questions) = arguments.questions() {
        let threads = available_threads();
        let climb = |asked| climb(&case, &specification, asked, threads, &limits, &session.interrupt);
        let climb = questions.level.map(climb).transpose()?;
        if session.interrupt.is_set() {
            return Err(Failure::Interrupted);
        }
        let judging = arguments.judging(load_seconds, watch.seconds());
        let subject = Subject { history: &history, case: &case, specification: &specification };
        return levels::tell(&judging, questions, climb.as_ref(), subject, arguments.json, session);
    }
    let question = if arguments.verdict_only { Question::Verdict } else { Question::Explanation };
    let judged = judge(&case, question, available_threads(), &limits, &session.interrupt)?;
    if session.interrupt.is_set() {
        return Err(Failure::Interrupted);
    }
    let mut report = judged.report;
    if let (Some(timeout), 1..) = (arguments.timeout, judged.undecided) {
        let late = format!("keys not decided within {timeout} s: {}", judged.undecided);
        report.note = Some(report.note.map_or(late.clone(), |note| format!("{note}; {late}")));
    }
    let judging = arguments.judging(load_seconds, watch.seconds());
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
        let how = if report.algorithm.is_empty() { "no algorithm needed" } else { &report.algorithm };
        writeln!(text, "\nread in {load:.3} s, judged in {wall:.3} s ({how})")?;
    } else if let Some(first) = &report.first_impossible {
        writeln!(session.text(json), "{}: {first}", paint(BAD, "first impossible operation"))?;
    }
    let (epitaph, verdict) = (epitaph::of_history(report), report.verdict.to_string());
    let closing = Closing { epitaph, verdict, code: session.so_far, results: None, replay: None };
    closing.write(session, json)?;
    Ok(())
}

/// The most memory that this process has had, where the system tells: Linux does.
fn peak_memory_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
}
