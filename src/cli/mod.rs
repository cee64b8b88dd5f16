//! Floor 9: the command line. One file for each subcommand, one [`ExitCode`] for all.
//!
//! * `run`: one seed; `sweep`: many, of several scenarios; `merge`: the shards of a sweep. `run_many` does
//!   the work of all three; `execution`: a run with what commands make of it.
//! * `replay`: one seed again, event by event; `recorded`: whether it is the run that it was.
//! * `check`: a history from a file. `export`: one in another format.
//! * `validate`: whether files are scenarios.
//! * `explain`, `list`, `schema`, `new`: what the table of keys says; `completions`, `man`: what the
//!   table of commands says.
//!
//! Around them: `scenario_file`, `history_file` and `seeds` turn arguments into values, `run_options` are shared, `results_folder`
//! and `regressions` know where files go, `appearance` colours and verbosity, `standard_output` the
//! stream, `closing` the last lines of every command, `failure` why one gave up.

mod appearance;
mod check;
mod closing;
mod completions;
mod execution;
mod exit_code;
mod explain;
mod export;
mod failure;
mod history_file;
mod levels;
mod list;
mod man;
mod merge;
mod new;
mod recorded;
mod regressions;
mod replay;
mod results_folder;
mod run;
mod run_many;
mod run_options;
mod scenario_file;
mod schema;
mod seeds;
mod standard_output;
mod sweep;
#[cfg(test)]
mod tests;
mod validate;

pub use exit_code::ExitCode;

use std::io::{BufWriter, Write};
use std::sync::LazyLock;

use clap::{Parser, Subcommand};

use crate::base::DIGEST_SCHEME;
use crate::registry;
use crate::sweep::{Interrupt, Runner};
use appearance::{Appearance, Verbosity};
use failure::Failure;
use standard_output::StandardOutput;

const EXAMPLES: &str = "\
Examples:
  atropos run scenarios/raft/leader-partition.toml
  atropos sweep scenarios/raft --seeds 0..1000
  atropos replay scenarios/raft/leader-partition.toml --seed 0x2a
  atropos check results/raft/leader-partition/0x1/history.jsonl";

const EXIT_CODES: &str = "\
Exit codes:
  0  valid, or as the scenario expects
  1  a violation was found, in any seed, or an expectation was not met
  2  wrong usage or input
  3  unknown: a limit was reached, or there was nothing to judge
  4  a replay or a second run was not the same
  130  interrupted: Ctrl-C or SIGTERM";

/// Runs distributed systems in a world where every message, crash, disk write and clock tick is
/// decided by one seed, and judges what their clients saw. Same seed, same fate.
#[derive(Debug, Parser)]
#[command(name = "atropos", version = version(), max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
struct Arguments {
    #[command(flatten)]
    appearance: Appearance,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Sweep(sweep::Arguments),
    Merge(merge::Arguments),
    Replay(replay::Arguments),
    Check(check::Arguments),
    Export(export::Arguments),
    Validate(validate::Arguments),
    New(new::Arguments),
    Explain(explain::Arguments),
    List(list::Arguments),
    /// Print the JSON Schema of scenarios, for editors
    Schema,
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Ours, and that of all that a digest depends on: digests of one scheme can be compared.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (digest scheme {DIGEST_SCHEME})", env!("CARGO_PKG_VERSION")));
    &VERSION
}

/// What a command works with.
struct Session<'a> {
    runner: Runner,
    /// For results.
    out: &'a mut dyn Write,
    /// For people, where results go to a program.
    err: &'a mut dyn Write,
    /// The code of the verdict that is known so far: what counts when nobody reads the rest.
    so_far: ExitCode,
    verbosity: Verbosity,
    /// Whether the user wants an end.
    interrupt: Interrupt,
}

impl Session<'_> {
    /// Where text for people goes: to stderr if stdout is for JSON.
    fn text(&mut self, json: bool) -> &mut dyn Write {
        if json { self.err } else { self.out }
    }

    fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }
}

impl Command {
    /// Whether stdout is for a program.
    fn json(&self) -> bool {
        match self {
            Command::Run(arguments) => arguments.options.json,
            Command::Sweep(arguments) => arguments.options.json,
            Command::Merge(arguments) => arguments.json,
            Command::Replay(arguments) => arguments.json,
            Command::Check(arguments) => arguments.json,
            Command::Validate(arguments) => arguments.json,
            Command::List(arguments) => arguments.json,
            Command::Export(arguments) => arguments.to_stdout(),
            Command::Explain(_) => false,
            Command::New(_) | Command::Schema | Command::Completions(_) | Command::Man(_) => true,
        }
    }
}

/// Parses the command line and carries out what was typed. Wrong usage ends with the code 2,
/// `--help` with 0 if it could be printed.
pub fn main() -> ExitCode {
    appearance::choose_colour(std::env::args_os().map(|word| word.to_string_lossy().into_owned()));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(shown) => return standard_output::show(&shown),
    };
    let mut out = BufWriter::new(StandardOutput::new(arguments.command.json()));
    // Not locked: a thread that panics says so there, and would wait for ever while this one waits for it.
    let mut err = anstream::stderr();
    let mut session = Session {
        runner: registry::run,
        out: &mut out,
        err: &mut err,
        so_far: ExitCode::Unknown,
        verbosity: arguments.appearance.verbosity(),
        interrupt: Interrupt::by_signals(),
    };
    let result = dispatch(&arguments.command, &mut session);
    let result = result.and_then(|code| Ok(session.out.flush().map(|()| code)?));
    result.unwrap_or_else(|failure| failure.tell(session.err, session.so_far))
}

fn dispatch(command: &Command, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(arguments) => run::run(arguments, session),
        Command::Sweep(arguments) => sweep::sweep(arguments, session),
        Command::Merge(arguments) => merge::merge(arguments, session),
        Command::Replay(arguments) => replay::replay(arguments, session),
        Command::Check(arguments) => check::check(arguments, session),
        Command::Export(arguments) => export::export(arguments, session),
        Command::Validate(arguments) => validate::validate(arguments, session),
        Command::New(arguments) => new::new(arguments, session),
        Command::Explain(arguments) => explain::explain(arguments, session),
        Command::List(arguments) => list::list(arguments, session),
        Command::Schema => schema::schema(session),
        Command::Completions(arguments) => completions::completions(arguments, session),
        Command::Man(arguments) => man::man(arguments, session),
    }
}
