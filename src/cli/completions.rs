//! `atropos completions`: what a shell needs to complete our commands.

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::failure::Failure;
use super::{ExitCode, Session};
use crate::check::ModelName;
use crate::registry;

/// Print what a shell needs to complete commands and options
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  atropos completions bash > ~/.local/share/bash-completion/completions/atropos
  atropos completions zsh  > ~/.zfunc/_atropos
  atropos completions fish > ~/.config/fish/completions/atropos.fish")]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Carries out `atropos completions`.
pub(super) fn completions(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    session.so_far = ExitCode::Success;
    // By way of a buffer: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    let protocols = PossibleValuesParser::new(registry::PROTOCOLS.iter().map(|protocol| protocol.spec.name));
    let models = PossibleValuesParser::new(ModelName::ALL.map(ModelName::name));
    // Commands complain of an unknown name in words of their own, so only the shell knows them here.
    let mut command = super::Arguments::command()
        .mut_subcommand("new", |new| new.mut_arg("protocol", |arg| arg.value_parser(protocols)))
        .mut_subcommand("check", |check| check.mut_arg("model", |arg| arg.value_parser(models)));
    clap_complete::generate(arguments.shell, &mut command, "atropos", &mut script);
    session.out.write_all(&script)?;
    Ok(ExitCode::Success)
}
