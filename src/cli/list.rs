//! `atropos list`: what there is by name, a line each.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::{ExitCode, Session, scenario_file};
use crate::reference::{List, Reference, Row, one_line_each};
use crate::registry;
use crate::report::palette::printable;

/// List scenarios, protocols, bugs, nemeses, models and checks, a line each
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to list; everything if it is not named
    #[arg(value_name = "WHAT")]
    what: Option<What>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum What {
    /// The scenarios in the folder scenarios/ and below
    Scenarios,
    /// What can be run
    Protocols,
    /// Deliberate bugs that can be switched on
    Bugs,
    /// What breaks things: kinds of fault, and the keys of chance
    Nemeses,
    /// What `atropos check` can judge a history by
    Models,
    /// What a history can be held to: levels of consistency, durability
    Levels,
    /// What is made sure of in each run
    Checks,
}

impl What {
    /// The table that has these names; that of scenarios is the disk.
    fn list(self) -> Option<List> {
        Some(match self {
            What::Scenarios => return None,
            What::Protocols => List::Protocols,
            What::Bugs => List::Bugs,
            What::Nemeses => List::Nemeses,
            What::Models => List::Models,
            What::Levels => List::Levels,
            What::Checks => List::Checks,
        })
    }
}

/// One line of a list.
struct Line {
    name: String,
    doc: String,
    /// Of a scenario: its file and whether it reads.
    file: Option<(String, bool)>,
}

/// Carries out `atropos list`.
pub(super) fn list(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    session.so_far = ExitCode::Success;
    let reference = Reference::new(registry::specs());
    let wanted = arguments.what.map_or(What::value_variants().to_vec(), |what| vec![what]);
    let mut object = Map::new();
    for (i, what) in wanted.into_iter().enumerate() {
        let (name, lines) = match what.list() {
            None => (scenario_file::HOME, scenarios()),
            Some(list) => {
                let items = reference.list(list).into_iter();
                let lines = items.map(|item| Line { name: item.name, doc: item.doc, file: None });
                (list.name(), lines.collect())
            }
        };
        if arguments.json {
            object.insert(name.to_owned(), lines.iter().map(Line::json).collect());
            continue;
        }
        if i > 0 {
            writeln!(session.out)?;
        }
        writeln!(session.out, "{name}")?;
        let rows: Vec<Row> = lines.iter().map(Line::row).collect();
        match rows.as_slice() {
            [] => writeln!(session.out, "  none here")?,
            rows => write!(session.out, "{}", one_line_each(rows, 2))?,
        }
    }
    if arguments.json {
        serde_json::to_writer(&mut *session.out, &object).map_err(io::Error::from)?;
        writeln!(session.out)?;
    }
    Ok(ExitCode::Success)
}

impl Line {
    fn row(&self) -> Row {
        match self.file {
            Some((_, false)) => vec![self.name.clone(), format!("does not read: {}", self.doc)],
            _ => vec![self.name.clone(), self.doc.clone()],
        }
    }

    fn json(&self) -> Value {
        match &self.file {
            None => json!({ "name": self.name, "doc": self.doc }),
            Some((file, true)) => {
                json!({ "name": self.name, "file": file, "valid": true, "description": self.doc })
            }
            Some((file, false)) => {
                json!({ "name": self.name, "file": file, "valid": false, "problem": self.doc })
            }
        }
    }
}

/// The scenarios under the folder that they are kept in.
fn scenarios() -> Vec<Line> {
    let home = Path::new(scenario_file::HOME);
    let mut files = BTreeSet::new();
    scenario_file::collect(home, &mut files);
    let line = |path: PathBuf| {
        let below = path.strip_prefix(home).unwrap_or(&path).with_extension("");
        let name = below.to_string_lossy().into_owned();
        let file = path.to_string_lossy().into_owned();
        match scenario_file::load(&file, &[]) {
            Ok(scenario) => Line {
                name,
                doc: printable(&scenario.description.unwrap_or_default()),
                file: Some((file, true)),
            },
            Err(failure) => Line { name, doc: problem(failure), file: Some((file, false)) },
        }
    };
    files.into_iter().map(line).collect()
}

/// The first of what is wrong with a file.
fn problem(failure: Failure) -> String {
    match failure {
        Failure::Scenario(diagnostics) => {
            let problems = diagnostics.problems();
            let others = match problems.len() {
                0 | 1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            problems
                .into_iter()
                .next()
                .map_or(String::new(), |first| format!("line {}: {}{others}", first.line, first.message))
        }
        Failure::Input(message) => message,
        Failure::File(error) => error.to_string(),
        Failure::ClosedPipe | Failure::Interrupted => String::new(),
    }
}
