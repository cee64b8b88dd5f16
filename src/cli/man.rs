//! `atropos man`: the manual page of the command or of a subcommand.

use clap::{Args, CommandFactory};

use super::failure::Failure;
use super::{EXIT_CODES, ExitCode, Session};
use crate::scenario::nearest;

/// Print a manual page, in roff
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  atropos man | man -l -
  atropos man run > ~/.local/share/man/man1/atropos-run.1")]
pub(super) struct Arguments {
    /// The subcommand; the page of atropos itself if there is none
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Carries out `atropos man`.
pub(super) fn man(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    session.so_far = ExitCode::Success;
    let mut all = super::Arguments::command();
    // Subcommands get their full names, such as `atropos run`, when everything is built.
    all.build();
    let page = match &arguments.command {
        None => all,
        Some(name) => subcommand(&all, name)?,
    };
    let title = page.get_display_name().unwrap_or(page.get_name()).replace(' ', "-");
    let source = format!("atropos {}", env!("CARGO_PKG_VERSION"));
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).title(title).source(source).render(&mut roff)?;
    session.out.write_all(&roff)?;
    Ok(ExitCode::Success)
}

fn subcommand(all: &clap::Command, name: &str) -> Result<clap::Command, Failure> {
    if let Some(command) = all.find_subcommand(name) {
        // What holds for all is said with each: nobody reads two pages.
        let own = command.get_after_help().map_or(String::new(), |help| format!("{help}\n\n"));
        return Ok(command.clone().after_help(own + EXIT_CODES));
    }
    let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
    let guess = nearest(name, &names).map(|name| format!("; did you mean `{name}`?"));
    let (guess, names) = (guess.unwrap_or_default(), names.join(", "));
    Err(Failure::Input(format!("there is no command `{name}`{guess}\nthe commands are {names}")))
}
