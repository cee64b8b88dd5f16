//! `atropos validate`: whether files are scenarios, without running them.

use std::io;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::{ExitCode, Session, scenario_file};
use crate::report::palette::{GOOD, paint};

/// Tell whether files are scenarios, with everything that is wrong with those that are not
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The scenarios: files, or names such as raft/leader-partition of files under scenarios/
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Set a value in every file, as in network.loss=0.05
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print one JSON object a file
    #[arg(long)]
    pub(super) json: bool,
}

/// What is said of one file.
#[derive(Serialize)]
struct Validated<'a> {
    file: &'a str,
    valid: bool,
    problems: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
}

/// Carries out `atropos validate`.
pub(super) fn validate(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    for file in &arguments.files {
        let failure = scenario_file::load(file, &arguments.set).err();
        if failure.is_some() {
            session.so_far = ExitCode::Usage;
        } else if session.so_far == ExitCode::Unknown {
            session.so_far = ExitCode::Success;
        }
        if arguments.json {
            let valid = failure.is_none();
            let problems = failure.as_ref().map_or(Vec::new(), |failure| entries(file, failure));
            serde_json::to_writer(&mut *session.out, &Validated { file, valid, problems })
                .map_err(io::Error::from)?;
            writeln!(session.out)?;
        } else if failure.is_none() {
            writeln!(session.out, "{file}: {}", paint(GOOD, "valid"))?;
        }
        if let Some(failure) = failure {
            // In the order of the files, where both streams are one terminal.
            session.out.flush()?;
            failure.tell(session.err, session.so_far);
        }
    }
    Ok(session.so_far)
}

fn entries(file: &str, failure: &Failure) -> Vec<Entry> {
    match failure {
        Failure::Scenario(diagnostics) => {
            let entry = |problem: crate::scenario::Problem| Entry {
                path: problem.path,
                line: Some(problem.line),
                column: Some(problem.column),
                message: problem.message,
            };
            diagnostics.problems().into_iter().map(entry).collect()
        }
        Failure::Input(message) => {
            vec![Entry { path: file.to_owned(), line: None, column: None, message: message.clone() }]
        }
        Failure::File(_) | Failure::ClosedPipe | Failure::Interrupted => Vec::new(),
    }
}
