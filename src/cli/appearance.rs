//! How output looks: whether it is coloured and how much of it there is.

use anstream::ColorChoice;
use clap::{Args, ValueEnum};

/// What every command takes.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Appearance {
    /// Colour: auto asks the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
    /// Print only failures and the verdict
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print settings, every counter, and with --seeds a line for each seed
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// How much text there is. JSON is the same at any verbosity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Verbosity {
    /// Failures and the verdict.
    Quiet,
    #[default]
    Normal,
    /// All there is.
    Verbose,
}

impl Appearance {
    pub(super) fn verbosity(self) -> Verbosity {
        match (self.quiet, self.verbose) {
            // Quiet is what a script asks for, wherever the other came from.
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        }
    }
}

/// Applies `--color` before the command line is parsed: help and usage errors are coloured, too. A
/// word that is none is left for the parser to complain of.
pub(super) fn choose_colour(words: impl Iterator<Item = String>) {
    let words: Vec<String> = words.take_while(|word| word != "--").collect();
    let mut values =
        words.iter().enumerate().filter_map(|(place, word)| match word.strip_prefix("--color") {
            Some("") => words.get(place + 1).map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        });
    match values.next_back() {
        Some("always") => ColorChoice::Always.write_global(),
        Some("never") => ColorChoice::Never.write_global(),
        _ => {}
    }
}
