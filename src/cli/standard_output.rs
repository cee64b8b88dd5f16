//! Where results go: stdout, coloured if its reader wants that, and with a name in its errors.

use std::io::{self, StdoutLock, Write};

use anstream::AutoStream;

use super::ExitCode;

/// Stdout for the life of the process.
pub(super) struct StandardOutput(AutoStream<StdoutLock<'static>>);

impl StandardOutput {
    /// Stdout for people; or for a program if `exact`, which gets each byte as it is.
    pub(super) fn new(exact: bool) -> Self {
        let stdout = io::stdout().lock();
        StandardOutput(if exact { AutoStream::always_ansi(stdout) } else { AutoStream::auto(stdout) })
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| named(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| named(&error))
    }
}

/// The kind stays what it was: a closed pipe is no error.
fn named(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write to stdout: {error}"))
}

/// Shows what the parser of the command line has to say: help, the version, wrong usage.
pub(super) fn show(message: &clap::Error) -> ExitCode {
    let shown = message.print().and_then(|()| io::stdout().flush());
    match shown {
        Ok(()) if message.exit_code() == 0 => ExitCode::Success,
        // Nobody reads on.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && message.exit_code() == 0 => {
            ExitCode::Success
        }
        Ok(()) => ExitCode::Usage,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", named(&error));
            ExitCode::Usage
        }
    }
}
