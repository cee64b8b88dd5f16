//! The `atropos` command: parse, call, exit code. All of it is [`atropos::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    atropos::cli::main().into()
}
