//! Why a command gave up before it had told everything.

use std::io::{self, Write};

use super::ExitCode;
use crate::report::FileError;
use crate::report::palette::{BAD, DOUBTFUL, paint};
use crate::scenario::Diagnostics;
use crate::sweep::Interrupted;

/// Why a command gave up.
#[derive(Debug)]
pub(super) enum Failure {
    /// What the user can mend, in a line or two.
    Input(String),
    /// A file that could not be written.
    File(FileError),
    /// What is wrong with a scenario file.
    Scenario(Diagnostics),
    /// Nobody reads what we write any more: `| head` has seen enough.
    ClosedPipe,
    /// The user wanted an end before there was anything to keep.
    Interrupted,
}

impl Failure {
    /// Tells the user and the shell; `so_far` is the code of the verdict that was reached before.
    pub(super) fn tell(&self, err: &mut dyn Write, so_far: ExitCode) -> ExitCode {
        // Where stderr is gone too, the exit code is all that is left to say it with.
        let _ = match self {
            Failure::Input(message) => writeln!(err, "{} {message}", paint(BAD, "error:")),
            Failure::File(error) => writeln!(err, "{} {error}\n{}", paint(BAD, "error:"), left(error)),
            Failure::Scenario(diagnostics) => write!(err, "{}", diagnostics.render(true)),
            Failure::ClosedPipe => return so_far,
            Failure::Interrupted => {
                let _ = writeln!(err, "{} nothing was saved", paint(DOUBTFUL, "interrupted:"));
                return ExitCode::Interrupted;
            }
        };
        ExitCode::Usage
    }
}

/// What became of the results of a run whose files could not all be written.
fn left(error: &FileError) -> String {
    match error.published.as_slice() {
        [] => "The results of this run are not saved; what was there before is as it was.".to_owned(),
        files => format!("Of the results of this run only these are saved: {}.", files.join(", ")),
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Input(format!(
                "{error}\nWhat is not printed is lost; files that were written are whole."
            )),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Failure::File(error)
    }
}

impl From<Interrupted> for Failure {
    fn from(_: Interrupted) -> Self {
        Failure::Interrupted
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Failure::Scenario(diagnostics)
    }
}
