//! What is to be run.

use std::path::{Path, PathBuf};

use crate::cli::run_options::RunOptions;
use crate::cli::seeds::SeedRange;
use crate::scenario::Scenario;
use crate::sweep::Shard;

/// What is done with every scenario.
pub(in crate::cli) struct Plan<'a> {
    /// What was set over the scenarios' own values.
    pub(in crate::cli) set: &'a [String],
    /// The folder for results.
    pub(in crate::cli) out: &'a Path,
    /// Whether stdout is for a program.
    pub(in crate::cli) json: bool,
    /// Whether each seed runs twice.
    pub(in crate::cli) check_determinism: bool,
    /// How many threads, if it is not for the machine to say.
    pub(in crate::cli) threads: Option<u16>,
    /// The seeds, those of a shard if it is one.
    pub(in crate::cli) seeds: SeedRange,
    /// How many seconds at most; then the seeds are as many as there is time for.
    pub(in crate::cli) seconds: Option<f64>,
    /// The shard, and the seeds of all shards together.
    pub(in crate::cli) shard: Option<(Shard, SeedRange)>,
    /// With how many failures it ends.
    pub(in crate::cli) max_failures: Option<u64>,
}

impl<'a> Plan<'a> {
    /// All of `seeds` with `options`.
    pub(in crate::cli) fn new(options: &'a RunOptions, seeds: SeedRange) -> Self {
        Plan {
            set: &options.set,
            out: &options.out,
            json: options.json,
            check_determinism: options.check_determinism,
            threads: options.threads,
            seeds,
            seconds: None,
            shard: None,
            max_failures: None,
        }
    }

    /// Whether it is the whole or the first shard of it.
    pub(super) fn is_first(&self) -> bool {
        self.shard.is_none_or(|(shard, _)| shard.index == 0)
    }
}

/// A scenario, and what it is called on the command line.
pub(in crate::cli) struct Subject {
    pub(in crate::cli) named: String,
    pub(in crate::cli) scenario: Scenario,
    /// Where its seeds that failed once are kept, if they are.
    pub(in crate::cli) regressions: Option<PathBuf>,
}
