//! The options of every command that runs seeds, so that they are the same in each.

use std::path::PathBuf;

use clap::Args;

use super::results_folder;

/// The options of every command that runs seeds.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Set a value in the place of the scenario's own, as in network.loss=0.05
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Print JSON: one object a run, each on a line
    #[arg(long)]
    pub(super) json: bool,
    /// The folder for results: DIR/SCENARIO/SEED/
    #[arg(long, value_name = "DIR", default_value = results_folder::DEFAULT)]
    pub(super) out: PathBuf,
    /// Run every seed twice and name the first event that differs
    #[arg(long)]
    pub(super) check_determinism: bool,
    /// How many threads run seeds [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}
