//! Why a command gave up before it had told everything.

use std::io::{self, Write};

use super::ExitCode;
use crate::report::FileError;
use crate::scenario::Diagnostics;

/// Why a command gave up.
#[derive(Debug)]
pub(super) enum Failure {
    /// What the user can mend, in a line or two.
    Input(String),
    /// What is wrong with a scenario file.
    Scenario(Diagnostics),
    /// Nobody reads what we write any more: `| head` has seen enough.
    ClosedPipe,
}

impl Failure {
    /// Tells the user and the shell; `so_far` is the code of the verdict that was reached before.
    pub(super) fn tell(&self, err: &mut dyn Write, so_far: ExitCode) -> ExitCode {
        // Where stderr is gone too, the exit code is all that is left to say it with.
        let _ = match self {
            Failure::Input(message) => writeln!(err, "error: {message}"),
            Failure::Scenario(diagnostics) => write!(err, "{}", diagnostics.render(true)),
            Failure::ClosedPipe => return so_far,
        };
        ExitCode::Usage
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Input(format!("cannot go on: {error}")),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Failure::Input(format!(
            "{error}\nThe results of this run are not saved; what was there before is as it was."
        ))
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Failure::Scenario(diagnostics)
    }
}
