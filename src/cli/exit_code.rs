//! What each exit code means, for scripts that rely on it.

use crate::check::Verdict;
use crate::report::palette::{BAD, DOUBTFUL, GOOD, Style};
use crate::sweep::INTERRUPTED_CODE;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitCode {
    /// Valid, or as the scenario expects.
    Success = 0,
    /// A violation was found, in any seed, or an expectation was not met.
    Violation = 1,
    /// The command line or a file is wrong, or a file could not be written.
    Usage = 2,
    /// A limit was reached, there was nothing to judge, or too few runs say anything.
    Unknown = 3,
    /// A replay or a second run was not the same.
    Mismatch = 4,
    /// Ctrl-C or SIGTERM ended it before it was done: 128 and the number of the signal SIGINT.
    Interrupted = INTERRUPTED_CODE as isize,
}

impl ExitCode {
    /// The code of a verdict, where `expected` tells whether an expectation is met.
    pub fn of(verdict: Verdict, expected: Option<bool>) -> Self {
        match (expected, verdict) {
            (Some(true), _) | (None, Verdict::Valid) => ExitCode::Success,
            (Some(false), _) | (None, Verdict::Invalid) => ExitCode::Violation,
            (None, Verdict::Unknown) => ExitCode::Unknown,
        }
    }
}

impl ExitCode {
    /// How a verdict that ends with this code looks.
    pub(super) fn style(self) -> Style {
        match self {
            ExitCode::Success => GOOD,
            ExitCode::Violation | ExitCode::Usage | ExitCode::Mismatch => BAD,
            ExitCode::Unknown | ExitCode::Interrupted => DOUBTFUL,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        std::process::ExitCode::from(code as u8)
    }
}
