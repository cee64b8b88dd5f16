//! What the seeds of a scenario come to: the summary, the verdict, the last lines.

use std::io;
use std::path::Path;

use super::Sweep;
use super::sweep::{MOST_FOLDERS, Regressed};
use crate::check::Verdict;
use crate::cli::closing::{self, Closing};
use crate::cli::{ExitCode, Session};
use crate::report::palette::{DOUBTFUL, FAINT, HEADING, paint};
use crate::report::{Table, epitaph};
use crate::sweep::{Bite, Sighting, Statistics, asked_for};

/// "No violation" holds only if at least this share of the runs says so.
const LEAST_VALID: f64 = 0.95;

/// More kinds of failures than this are not told.
const MOST_KINDS: usize = 20;

/// What ends a merge of which shards are missing.
pub(in crate::cli) const MISSING: &str = "shards are missing";

/// How it ended.
pub(in crate::cli) struct Close<'a> {
    /// What ended it before all seeds were run, if something did.
    pub(in crate::cli) stop: Option<&'static str>,
    /// Where the results are, if they are saved.
    pub(in crate::cli) results: Option<&'a Path>,
    /// How long it took, if it was here that the seeds were run.
    pub(in crate::cli) wall_seconds: Option<f64>,
    /// What the scenarios before it ended with.
    pub(in crate::cli) before: Option<ExitCode>,
}

/// The code of two commands that end as one: what is worse, or what puts the rest in doubt.
pub(in crate::cli) fn worse(one: Option<ExitCode>, other: ExitCode) -> Option<ExitCode> {
    let gravity = |code: ExitCode| match code {
        ExitCode::Success => 0,
        ExitCode::Unknown => 1,
        ExitCode::Violation => 2,
        ExitCode::Mismatch => 3,
        ExitCode::Interrupted | ExitCode::Usage => 4,
    };
    Some(one.filter(|&one| gravity(one) > gravity(other)).unwrap_or(other))
}

/// The last line of several scenarios together.
pub(super) fn write_total(
    code: ExitCode,
    scenarios: usize,
    seeds: u64,
    json: bool,
    session: &mut Session<'_>,
) -> io::Result<()> {
    let said = match code {
        ExitCode::Success => "valid, or as expected",
        ExitCode::Violation => "not all valid, or not as expected",
        ExitCode::Mismatch => "not deterministic",
        ExitCode::Unknown => "not all known",
        ExitCode::Interrupted | ExitCode::Usage => "interrupted",
    };
    let text = session.text(json);
    let said = paint(code.style(), format!("{scenarios} scenarios, {seeds} runs: {said}"));
    writeln!(text, "\n{}{said}", paint(FAINT, "together "))?;
    text.flush()
}

impl Sweep<'_> {
    /// The summary and the last lines.
    pub(in crate::cli) fn close(&self, close: &Close<'_>, session: &mut Session<'_>) -> io::Result<ExitCode> {
        let json = self.plan.json;
        let scenario = &self.subject.scenario;
        let asked = asked_for(scenario);
        let (code, verdict) = self.verdict(close);
        session.so_far = worse(close.before, code).unwrap_or(code);
        if !session.is_quiet() {
            let table = self.statistics.text(&asked, session.is_verbose());
            let text = session.text(json);
            let (name, protocol, seeds) = (paint(HEADING, &scenario.name), &scenario.protocol, self.seeds());
            writeln!(text, "{name}: {protocol}, seeds {seeds}\n\n{table}")?;
            self.tell_measures(session)?;
            self.tell_sightings(session)?;
            self.tell_kinds(session)?;
            self.notes(close, session)?;
        }
        // Quietly, it stands beside each failure and nowhere else.
        let replay = self.first_failure.filter(|_| !session.is_quiet()).map(|seed| self.replay(seed));
        let Statistics { invalid, unknown, .. } = self.statistics;
        let epitaph = epitaph::of_sweep(&epitaph::Sweep {
            runs: self.finished(),
            invalid,
            unknown,
            mismatches: self.mismatches,
            expected: self.met(),
            first: self.first_failure,
        });
        Closing { epitaph, verdict, code, results: close.results, replay }.write(session, json)?;
        Ok(code)
    }

    /// The seeds that were run, as `--seeds` takes them.
    pub(super) fn seeds(&self) -> String {
        let first = self.plan.seeds.first;
        match first.checked_add(self.finished()) {
            Some(end) => format!("{first}..{end}"),
            None => format!("{first}..={}", u64::MAX),
        }
    }

    /// What else is to be known of the figures.
    fn notes(&self, close: &Close<'_>, session: &mut Session<'_>) -> io::Result<()> {
        let text = session.text(self.plan.json);
        if let Some(seconds) = close.wall_seconds {
            let rate = |amount: f64| amount / seconds.max(1e-9);
            let (seeds, simulated) = (rate(self.finished() as f64), rate(self.sim_seconds));
            let took = format!("took {seconds:.2} s: {seeds:.1} seeds a second, {simulated:.1} simulated");
            writeln!(text, "{}", paint(FAINT, took + " seconds a second"))?;
        }
        if self.panics > 0 {
            let panics = self.panics;
            writeln!(text, "runs that ended in a panic, left out of these medians and shares: {panics}")?;
        }
        if self.failures > MOST_FOLDERS {
            writeln!(text, "only the first {MOST_FOLDERS} of {} failures have folders", self.failures)?;
        }
        self.tell_regressions(text)?;
        match self.cut_short(close) {
            Some(said) => writeln!(text, "{}", paint(DOUBTFUL, said)),
            None => Ok(()),
        }
    }

    /// What came of the seeds that failed once, and which were added to them.
    fn tell_regressions(&self, text: &mut dyn io::Write) -> io::Result<()> {
        let Regressed { runs, failures, changed, added } = self.regressed;
        let Some(path) = self.subject.regressions.as_ref().map(|path| path.display()) else { return Ok(()) };
        if runs > 0 {
            writeln!(text, "of {runs} seeds in {path}, run first and counted apart, {failures} failed")?;
        }
        if changed > 0 {
            let them = "the program or the scenario has changed, and they may show nothing any more";
            writeln!(text, "{changed} of them are not the runs that were recorded: {them}")?;
        }
        if added > 0 {
            writeln!(text, "added to {path}: {added} that failed")?;
        }
        Ok(())
    }

    /// That not all seeds were run, if that is so.
    fn cut_short(&self, close: &Close<'_>) -> Option<String> {
        let (finished, count) = (self.finished(), self.plan.seeds.count);
        match (close.stop, self.plan.seconds) {
            (Some(MISSING), _) => Some(format!("{MISSING}: these are {finished} of {count} seeds")),
            // As many seeds as there was time for are all of them.
            (None, Some(_)) => None,
            (Some(how), Some(_)) => Some(format!("{how} after {finished} seeds")),
            (how, None) => (finished < count)
                .then(|| format!("{} after {finished} of {count} seeds", how.unwrap_or("given up"))),
        }
    }

    /// What was measured, if the scenario asks for anything.
    fn tell_measures(&self, session: &mut Session<'_>) -> io::Result<()> {
        match &*self.subject.scenario.measures {
            [] => Ok(()),
            asked => writeln!(session.text(self.plan.json), "{}", self.statistics.measures.table(asked)),
        }
    }

    /// What was asked for to be seen, and in how many runs it was.
    fn tell_sightings(&self, session: &mut Session<'_>) -> io::Result<()> {
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
            Some(_) => writeln!(session.text(self.plan.json), "{table}"),
            None => Ok(()),
        }
    }

    /// The failures, kind by kind.
    fn tell_kinds(&self, session: &mut Session<'_>) -> io::Result<()> {
        let mut table = Table::default();
        table.heading("failures by kind", ["seeds", "first seed"]);
        for kind in self.kinds.iter().take(MOST_KINDS) {
            let first = kind.seeds.first().map_or(String::new(), ToString::to_string);
            table.row(&format!("  {}", kind.shape), [kind.count.to_string(), first]);
        }
        let kinds = self.kinds.iter().count();
        let text = session.text(self.plan.json);
        if kinds > 0 {
            writeln!(text, "{table}")?;
        }
        if kinds > MOST_KINDS {
            writeln!(text, "only the first {MOST_KINDS} of {kinds} kinds of failures are told")?;
        }
        Ok(())
    }

    /// Whether all seeds that there are to run were run: what was not seen by then is never seen. Of
    /// one shard nothing of the kind can be said.
    fn is_complete(&self) -> bool {
        let all = self.plan.seconds.is_some() || self.finished() == self.plan.seeds.count;
        all && self.plan.shard.is_none()
    }

    /// Whether everything is as the scenario expects, if it expects anything of what happened.
    fn met(&self) -> Option<bool> {
        let as_expected = self.failures == 0;
        // What was not seen yet may still come.
        if self.is_complete() && self.sightings.never().next().is_some() {
            return Some(false);
        }
        let expects = self.subject.scenario.expect.is_some() || (self.wanted > 0 && as_expected);
        expects.then_some(as_expected)
    }

    /// The faults that were asked for and that too few runs felt.
    fn toothless(&self) -> Vec<Bite> {
        let asked = if self.plan.shard.is_none() { asked_for(&self.subject.scenario) } else { Vec::new() };
        self.statistics.toothless(&asked)
    }

    /// The verdict of all runs together.
    pub(super) fn verdict_of_all(&self) -> Verdict {
        let Statistics { invalid, unknown, .. } = self.statistics;
        let untested = invalid == 0 && !self.toothless().is_empty();
        match (invalid, unknown) {
            (0, _) if self.finished() == 0 => Verdict::Unknown,
            (0, _) if untested && self.subject.scenario.expect.is_none() => Verdict::Unknown,
            (0, 0) => Verdict::Valid,
            (0, _) if self.statistics.share_valid() >= LEAST_VALID => Verdict::Valid,
            (0, _) => Verdict::Unknown,
            _ => Verdict::Invalid,
        }
    }

    /// What it all comes to.
    fn verdict(&self, close: &Close<'_>) -> (ExitCode, String) {
        let scenario = &self.subject.scenario;
        // Of what is missing nothing is known, unless what is there has failed already.
        let is_open = close.stop == Some(MISSING) && self.failures == 0;
        let (verdict, met) =
            if is_open { (Verdict::Unknown, None) } else { (self.verdict_of_all(), self.met()) };
        let cut_short = self.cut_short(close);
        let code = match (close.stop.filter(|_| cut_short.is_some()), self.mismatches) {
            (Some("interrupted"), _) => ExitCode::Interrupted,
            (_, 1..) => ExitCode::Mismatch,
            (_, 0) if self.regressed.failures > 0 => ExitCode::Violation,
            (_, 0) => ExitCode::of(verdict, met),
        };
        let cut_short = cut_short.map_or(String::new(), |said| format!("; {said}"));
        if self.mismatches > 0 {
            return (code, format!("not deterministic, {} seeds{cut_short}", self.mismatches));
        }
        let expect = scenario.expect.as_ref();
        let mut text = match (expect, met) {
            (None, Some(true)) => format!("{verdict}, as expected"),
            (Some(expect), _) if self.failures > 0 => {
                let of = expect.check.as_ref().map_or(String::new(), |check| format!(" of `{check}`"));
                let (failures, runs) = (self.failures, self.finished());
                let (expected, one) = (&expect.verdict, if failures == 1 { "is" } else { "are" });
                format!(
                    "{verdict}, but expected was {expected}{of} in every run: {failures} of {runs} {one} not"
                )
            }
            _ => {
                let met = expect.filter(|_| !is_open).map(|_| self.failures == 0);
                closing::verdict(verdict, expect, met)
            }
        };
        let never: Vec<String> = self.sightings.never().map(Sighting::to_string).collect();
        if met == Some(false) && !never.is_empty() {
            text += &format!(", but never seen: {}", never.join(", "));
        }
        if self.plan.check_determinism {
            text += ", deterministic";
        }
        let Regressed { runs, failures, .. } = self.regressed;
        let again = match failures {
            0 => String::new(),
            _ => format!("; of {runs} regression seeds {failures} failed"),
        };
        (code, text + &self.untested() + &again + &cut_short)
    }

    /// Of which faults the absence of a violation says nothing, if there is none of one.
    fn untested(&self) -> String {
        let toothless = self.toothless();
        if self.statistics.invalid > 0 || toothless.is_empty() {
            return String::new();
        }
        let kinds: Vec<String> = toothless.iter().map(|bite| format!("`{}`", bite.kind)).collect();
        let (kinds, share) = (kinds.join(", "), 100.0 * Bite::LEAST_SHARE);
        format!("; no violation, but this says nothing of {kinds}: under {share} % felt it")
    }
}
