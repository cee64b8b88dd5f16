//! What a range of seeds comes to: the summary, the verdict, the last lines.

use std::io;
use std::path::Path;

use super::sweep::{MOST_FOLDERS, Sweep};
use crate::check::Verdict;
use crate::cli::ExitCode;
use crate::cli::closing::{self, Closing, replay_command};
use crate::cli::failure::Failure;
use crate::cli::run::Arguments;
use crate::report::palette::{DOUBTFUL, FAINT, HEADING, paint};
use crate::report::{Table, epitaph};
use crate::scenario::Scenario;
use crate::sweep::{Bite, Sighting, Statistics, asked_for};

/// "No violation" holds only if at least this share of the runs says so.
const LEAST_VALID: f64 = 0.95;

impl Sweep<'_, '_> {
    /// The summary and the last lines.
    pub(super) fn close(
        mut self,
        scenario: &Scenario,
        results: Option<&Path>,
        wall_seconds: f64,
    ) -> Result<ExitCode, Failure> {
        let asked = asked_for(scenario);
        let met = self.met(scenario);
        let (code, verdict) = self.verdict(scenario, met, &self.statistics.toothless(&asked));
        self.session.so_far = code;
        if !self.session.is_quiet() {
            let table = self.statistics.text(&asked, self.session.is_verbose());
            let text = self.session.text(self.arguments.json);
            writeln!(text, "{}: {}\n\n{table}", paint(HEADING, &scenario.name), scenario.protocol)?;
            self.tell_sightings()?;
            self.notes(wall_seconds)?;
        }
        let out = &self.arguments.out;
        let Arguments { scenario: named, set, .. } = self.arguments;
        let replay = self.first_failure.map(|seed| replay_command(named, set, seed, out));
        // Quietly, it stands beside each failure and nowhere else.
        let replay = replay.filter(|_| !self.session.is_quiet());
        let Statistics { invalid, unknown, .. } = self.statistics;
        let epitaph = epitaph::of_sweep(&epitaph::Sweep {
            runs: self.statistics.runs(),
            invalid,
            unknown,
            mismatches: self.mismatches,
            expected: met,
            first: self.first_failure,
        });
        Closing { epitaph, verdict, code, results, replay }.write(self.session, self.arguments.json)?;
        Ok(code)
    }

    /// What else is to be known of the figures.
    fn notes(&mut self, wall_seconds: f64) -> io::Result<()> {
        let cut_short = self.cut_short();
        let text = self.session.text(self.arguments.json);
        let rate = |amount: f64| amount / wall_seconds.max(1e-9);
        let (seeds, simulated) = (rate(self.statistics.runs() as f64), rate(self.sim_seconds));
        let took = format!("took {wall_seconds:.2} s: {seeds:.1} seeds a second, {simulated:.1} simulated");
        writeln!(text, "{}", paint(FAINT, took + " seconds a second"))?;
        if self.panics > 0 {
            let panics = self.panics;
            writeln!(text, "runs that ended in a panic, left out of these medians and shares: {panics}")?;
        }
        if self.failures > MOST_FOLDERS {
            writeln!(text, "only the first {MOST_FOLDERS} of {} failures have folders", self.failures)?;
        }
        match cut_short {
            Some(said) => writeln!(text, "{}", paint(DOUBTFUL, said)),
            None => Ok(()),
        }
    }

    /// That not all seeds were run, if that is so.
    fn cut_short(&self) -> Option<String> {
        let (finished, count) = (self.statistics.runs(), self.count);
        let how = if self.session.interrupt.is_set() { "interrupted" } else { "given up" };
        (finished < count).then(|| format!("{how} after {finished} of {count} seeds"))
    }

    /// What was asked for to be seen, and in how many runs it was.
    fn tell_sightings(&mut self) -> io::Result<()> {
        let mut table = Table::default();
        table.heading("sometimes", ["in runs", "first seed"]);
        for sighting in self.sightings.iter() {
            let first = sighting.first.map_or("never".to_owned(), |seed| seed.to_string());
            table.row(
                &format!("  {}", sighting.to_string().replace('`', "")),
                [sighting.runs.to_string(), first],
            );
        }
        match self.sightings.iter().next() {
            Some(_) => writeln!(self.session.text(self.arguments.json), "{table}"),
            None => Ok(()),
        }
    }

    /// Whether everything is as the scenario expects, if it expects anything of what happened.
    fn met(&self, scenario: &Scenario) -> Option<bool> {
        let as_expected = self.failures == 0;
        // What was not seen yet may still come.
        if self.statistics.runs() == self.count && self.sightings.never().next().is_some() {
            return Some(false);
        }
        (scenario.expect.is_some() || (self.wanted > 0 && as_expected)).then_some(as_expected)
    }

    /// What it all comes to.
    fn verdict(&self, scenario: &Scenario, met: Option<bool>, toothless: &[Bite]) -> (ExitCode, String) {
        let Statistics { invalid, unknown, .. } = self.statistics;
        let untested = invalid == 0 && !toothless.is_empty();
        let verdict = match (invalid, unknown) {
            (0, _) if self.statistics.runs() == 0 => Verdict::Unknown,
            (0, _) if untested && scenario.expect.is_none() => Verdict::Unknown,
            (0, 0) => Verdict::Valid,
            (0, _) if self.statistics.share_valid() >= LEAST_VALID => Verdict::Valid,
            (0, _) => Verdict::Unknown,
            _ => Verdict::Invalid,
        };
        let code = if self.mismatches > 0 { ExitCode::Mismatch } else { ExitCode::of(verdict, met) };
        let cut_short = self.cut_short();
        let interrupted = cut_short.is_some() && self.session.interrupt.is_set();
        let code = if interrupted { ExitCode::Interrupted } else { code };
        let cut_short = cut_short.map_or(String::new(), |said| format!("; {said}"));
        if self.mismatches > 0 {
            return (code, format!("not deterministic, {} seeds{cut_short}", self.mismatches));
        }
        let expect = scenario.expect.as_ref();
        let mut text = match (expect, met) {
            (None, Some(true)) => format!("{verdict}, as expected"),
            (Some(expect), _) if self.failures > 0 => {
                let of = expect.check.as_ref().map_or(String::new(), |check| format!(" of `{check}`"));
                let (failures, runs) = (self.failures, self.statistics.runs());
                let (expected, one) = (&expect.verdict, if failures == 1 { "is" } else { "are" });
                format!(
                    "{verdict}, but expected was {expected}{of} in every run: {failures} of {runs} {one} not"
                )
            }
            _ => closing::verdict(verdict, expect, expect.map(|_| self.failures == 0)),
        };
        let never: Vec<String> = self.sightings.never().map(Sighting::to_string).collect();
        if met == Some(false) && !never.is_empty() {
            text += &format!(", but never seen: {}", never.join(", "));
        }
        if self.arguments.check_determinism {
            text += ", deterministic";
        }
        if untested {
            let kinds: Vec<String> = toothless.iter().map(|bite| format!("`{}`", bite.kind)).collect();
            let (kinds, share) = (kinds.join(", "), 100.0 * Bite::LEAST_SHARE);
            text += &format!("; no violation, but this says nothing of {kinds}: under {share} % felt it");
        }
        (code, text + &cut_short)
    }
}
