//! `atropos replay`: one seed again, event by event.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::closing::{Closing, replay_command};
use super::execution::Execution;
use super::failure::Failure;
use super::recorded::{Changed, Recorded};
use super::{ExitCode, Session, results_folder, scenario_file};
use crate::base::{Digest, Seed, SimTime};
use crate::report::{Draft, trace_columns, trace_json};
use crate::run::{TraceLine, Watcher};
use crate::scenario::{Scenario, parse_duration};
use crate::sweep::Follower;

/// Run one seed again and print every event
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The scenario: a file, or a name such as raft/leader-partition of a file under scenarios/
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    /// Set a value in the place of the scenario's own, as in network.loss=0.05
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The seed, in decimal or hexadecimal [default: the scenario's own]
    #[arg(long, value_name = "N")]
    seed: Option<Seed>,
    /// Print one JSON object and no trace; it is in trace.jsonl all the same
    #[arg(long)]
    pub(super) json: bool,
    /// The folder for results: DIR/SCENARIO/SEED/
    #[arg(long, value_name = "DIR", default_value = results_folder::DEFAULT)]
    out: PathBuf,
    /// Print only what happens from this instant on, such as 1.5s
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<SimTime>,
    /// Print only what happens before this instant
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<SimTime>,
}

/// An instant, or a time since the beginning.
pub(super) fn instant(text: &str) -> Result<SimTime, String> {
    parse_duration(text).map(|since| SimTime::ZERO + since)
}

/// Carries out `atropos replay`.
pub(super) fn replay(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let scenario = scenario_file::load(&arguments.scenario, &arguments.set)?;
    session.interrupt.listen()?;
    let seed = arguments.seed.unwrap_or(scenario.seed);
    let folder = results_folder::of_run(&arguments.out, &scenario.name, seed);
    let recorded = Recorded::look(&folder, &scenario, &arguments.scenario, seed)?;
    let opened = Draft::new(&folder).and_then(|mut draft| {
        let file = draft.open(results_folder::TRACE)?;
        Ok((draft, file))
    });
    // What cannot be written down can still be shown.
    let (draft, file) =
        opened.map_or_else(|error| (Err(error), None), |(draft, file)| (Ok(draft), Some(file)));
    let mut tracing = Tracing {
        file: file.ok_or(None),
        out: (!arguments.json && !session.is_quiet()).then_some(&mut *session.out),
        from: arguments.from.unwrap_or(SimTime::ZERO),
        until: arguments.until.unwrap_or(SimTime::MAX),
        failed: None,
        follower: Follower::new(results_folder::trail(&folder)),
        line: None,
    };
    let execution = Execution::watched(session.runner, &scenario, seed, &mut tracing, &session.interrupt);
    tracing.flush();
    if let Some(error) = tracing.failed {
        return Err(error.into());
    }
    let Tracing { file, follower, line, .. } = tracing;
    let lost = file.err().flatten();
    let draft = draft.and_then(|draft| match lost {
        Some(error) => Err(draft.error(results_folder::TRACE, error)),
        None => Ok(draft),
    });
    let execution = execution?;
    let event = follower.parting();
    let line = line.filter(|line| Some(line.event) == event);
    let changed = recorded.compare(&execution.results, event, line.as_ref());
    let code = if changed.by_program { ExitCode::Mismatch } else { execution.code };
    session.so_far = code;
    let saved = match changed.keeps_results {
        // What is to be explained is kept, and nothing of another run is put beside it: nor is
        // anything lost where nothing could be written.
        true => Ok(()),
        false => draft.and_then(|mut draft| {
            results_folder::write(&mut draft, &scenario, &execution).and_then(|()| draft.publish())
        }),
    };
    let results = saved.is_ok().then_some(&*folder);
    let note = results.and_then(|folder| recorded.earlier.note(folder));
    let told = tell(arguments, &scenario, &execution, &changed, (results, note), session);
    // What was found out is told, whatever became of the files.
    saved?;
    told?;
    Ok(code)
}

/// Prints what came of the run, and how it differs from the one before.
fn tell(
    arguments: &Arguments,
    scenario: &Scenario,
    execution: &Execution,
    changed: &Changed,
    (results, note): (Option<&Path>, Option<String>),
    session: &mut Session<'_>,
) -> io::Result<()> {
    if arguments.json {
        serde_json::to_writer(&mut *session.out, &execution.results)?;
        writeln!(session.out)?;
    }
    if !session.is_quiet() {
        writeln!(session.text(arguments.json))?;
    }
    execution.write_summary(scenario, session, arguments.json)?;
    let mut verdict = execution.verdict(scenario);
    if let Some(note) = note.filter(|_| !session.is_quiet()) {
        writeln!(session.text(arguments.json), "\n{note}")?;
    }
    session.text(arguments.json).write_all(changed.text.as_bytes())?;
    if changed.by_program {
        verdict = format!("not the same run as before ({verdict})");
    }
    let replay =
        Some(replay_command(&arguments.scenario, &arguments.set, execution.outcome.seed, &arguments.out));
    let epitaph = execution.epitaph();
    Closing { epitaph, verdict, code: session.so_far, results, replay }.write(session, arguments.json)
}

/// Prints a run as it goes and writes it down.
struct Tracing<'a> {
    /// Where it is written; or why it is not to the end, if that began here.
    file: Result<BufWriter<File>, Option<io::Error>>,
    out: Option<&'a mut dyn Write>,
    from: SimTime,
    until: SimTime,
    /// Why nothing can be printed. The run ends with that: nobody would see the rest.
    failed: Option<io::Error>,
    /// Whether this is the run that was recorded, as far as it has come.
    follower: Follower,
    /// The first line of the last event that may be the same.
    line: Option<TraceLine>,
}

impl Watcher for Tracing<'_> {
    fn traces(&self) -> bool {
        true
    }

    fn on_line(&mut self, line: TraceLine) {
        if self.failed.is_some() {
            return;
        }
        self.record(|file| writeln!(file, "{}", trace_json(&line)));
        if let Some(out) = self.out.as_mut().filter(|_| self.from <= line.time && line.time < self.until) {
            self.failed = writeln!(out, "{}", trace_columns(&line)).err();
        }
        if self.follower.follows() && self.line.as_ref().is_none_or(|last| last.event != line.event) {
            self.line = Some(line);
        }
    }

    fn on_event(&mut self, digest: Digest) -> bool {
        self.follower.on_event(digest);
        self.failed.is_none()
    }
}

impl Tracing<'_> {
    fn flush(&mut self) {
        self.record(Write::flush);
    }

    /// Writes to the file as long as that goes well.
    fn record(&mut self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if let Ok(file) = &mut self.file
            && let Err(error) = write(file)
        {
            self.file = Err(Some(error));
        }
    }
}
