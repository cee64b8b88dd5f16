//! What was recorded of a seed before it is replayed, in its results and among the regression seeds, and
//! what is said if the replay is another run.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::regressions;
use super::results_folder::{self, Earlier};
use crate::base::Seed;
use crate::report::RunResults;
use crate::run::TraceLine;
use crate::scenario::Scenario;
use crate::sweep::Regression;

/// What was recorded of a seed.
pub(super) struct Recorded {
    folder: PathBuf,
    pub(super) earlier: Earlier,
    /// Among the regression seeds in this file.
    regression: Option<(PathBuf, Regression)>,
}

/// How a replay is not the run that was recorded.
#[derive(Default)]
pub(super) struct Changed {
    /// What is to be said of it, in lines.
    pub(super) text: String,
    /// Whether it is the program that is another.
    pub(super) by_program: bool,
    /// Whether the results in the folder are those of the recorded run, and stay.
    pub(super) keeps_results: bool,
}

impl Recorded {
    /// What is recorded of `seed` in `folder`, and beside the scenario that `argument` names.
    pub(super) fn look(
        folder: &Path,
        scenario: &Scenario,
        argument: &str,
        seed: Seed,
    ) -> Result<Self, Failure> {
        let earlier = results_folder::earlier(folder, scenario);
        let file = regressions::file(None, argument, scenario);
        let regression = match file {
            None => None,
            Some(path) => {
                let known = regressions::read(&path)?;
                let found = known.iter().find(|regression| regression.seed == seed).cloned();
                found.map(|regression| (path, regression))
            }
        };
        Ok(Recorded { folder: folder.to_owned(), earlier, regression })
    }

    /// How the run with `results` is another than what is recorded, where `event` is the first that
    /// differs, if that is known, and `line` what this run did in it.
    pub(super) fn compare(
        &self,
        results: &RunResults,
        event: Option<u64>,
        line: Option<&TraceLine>,
    ) -> Changed {
        let mut changed = Changed::default();
        let file = self.folder.join(results_folder::RESULTS);
        let digest = &results.digest;
        if let Earlier::Same(before) = &self.earlier
            && before != digest
        {
            changed.by_program = true;
            changed.keeps_results = true;
            changed.say(&format!(
                "This is not the run of which {} tells:\n\
                 its digest is {before}, that of the replay {digest}.\n\
                 The settings are the same, so the program is another; the earlier results were left as they were.",
                file.display()
            ));
        }
        if let Some((path, regression)) = &self.regression
            && !regression.is_followed_by(digest)
        {
            let same_settings = regression.settings == results.settings;
            let (path, recorded) = (path.display(), &regression.digest);
            changed.by_program |= same_settings;
            let why = match same_settings {
                true => format!(
                    "The settings are the same, so the program is another than {}",
                    regression.version
                ),
                false => "The scenario has changed since".to_owned(),
            };
            changed.say(&format!(
                "This is not the run that was recorded in {path}:\n\
                 its digest is {recorded}, that of the replay {digest}.\n\
                 {why}: the seed may no longer show `{}`.",
                regression.check
            ));
        }
        let differs = match &self.earlier {
            Earlier::Same(before) | Earlier::Another(before) => before != digest,
            Earlier::Nothing | Earlier::Unreadable => false,
        };
        match event {
            Some(event) if differs => {
                let mut text =
                    format!("It differs from the run in {} first in event {event}", file.display());
                if let Some(TraceLine { time, kind, place, text: what, .. }) = line {
                    let _ = write!(text, ", at {time}, which is here: {kind} {place} {what}");
                }
                changed.say(&(text + "."));
            }
            None if !changed.text.is_empty() => changed.say(
                "Which event is the first that differs nobody knows: the recorded run left no trail here.",
            ),
            _ => {}
        }
        changed
    }
}

impl Changed {
    fn say(&mut self, text: &str) {
        self.text += &format!("\n{text}\n");
    }
}
