//! The last lines of a command: what it came to, the verdict, where the results are, how to see it
//! again.

use std::io;
use std::path::Path;

use super::{ExitCode, Session, results_folder};
use crate::base::Seed;
use crate::check::Verdict;
use crate::report::palette::{FAINT, HEADING, paint};
use crate::scenario::Expect;

/// The last lines of a command.
pub(super) struct Closing<'a> {
    /// One line that says it all.
    pub(super) epitaph: String,
    pub(super) verdict: String,
    /// What the verdict ends with.
    pub(super) code: ExitCode,
    pub(super) results: Option<&'a Path>,
    pub(super) replay: Option<String>,
}

impl Closing<'_> {
    /// Writes them where text goes; quietly, only the verdict, and after a failure the replay.
    pub(super) fn write(&self, session: &mut Session<'_>, json: bool) -> io::Result<()> {
        let quiet = session.is_quiet();
        let out = session.text(json);
        if !quiet {
            writeln!(out, "\n{}\n", paint(HEADING, &self.epitaph))?;
        }
        writeln!(out, "{}{}", paint(FAINT, "verdict  "), paint(self.code.style(), &self.verdict))?;
        if let Some(results) = self.results.filter(|_| !quiet) {
            writeln!(out, "{}{}", paint(FAINT, "results  "), results.display())?;
        }
        if let Some(replay) = self.replay.as_ref().filter(|_| !quiet || self.code != ExitCode::Success) {
            writeln!(out, "{}{replay}", paint(FAINT, "replay   "))?;
        }
        out.flush()
    }
}

/// The verdict as people read it, with what the scenario expects and whether that is met.
pub(super) fn verdict(verdict: Verdict, expect: Option<&Expect>, met: Option<bool>) -> String {
    let (Some(expect), Some(met)) = (expect, met) else {
        return verdict.to_string();
    };
    if met {
        return format!("{verdict}, as expected");
    }
    let of = expect.check.as_ref().map_or(String::new(), |check| format!(" of `{check}`"));
    format!("{verdict}, but expected was {}{of}", expect.verdict)
}

/// The command that shows a seed again.
pub(super) fn replay_command(scenario: &str, set: &[String], seed: Seed, out: &Path) -> String {
    let mut command = format!("atropos replay {}", file_word(scenario));
    for text in set {
        command += &option("--set", text);
    }
    command += &format!(" --seed {seed}");
    if out != Path::new(results_folder::DEFAULT) {
        command += &option("--out", &out.to_string_lossy());
    }
    command
}

/// An option with its value, which may begin as options do.
fn option(name: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!(" {name}{between}{}", quoted(value))
}

/// The name of a file as an argument that is no option.
pub(super) fn file_word(name: &str) -> String {
    match name.strip_prefix('-') {
        Some(_) => quoted(&format!("./{name}")),
        None => quoted(name),
    }
}

/// `text` as a shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted() {
        let command = |scenario, out| replay_command(scenario, &[], Seed(42), Path::new(out));
        assert_eq!(command("a/b.toml", "results"), "atropos replay a/b.toml --seed 0x2a");
        assert_eq!(
            command("it's mine.toml", "my out"),
            r"atropos replay 'it'\''s mine.toml' --seed 0x2a --out 'my out'"
        );
        assert_eq!(command("-x.toml", "-out"), "atropos replay ./-x.toml --seed 0x2a --out=-out");
        let set =
            ["network.loss=0.05", "network.latency={ uniform = [\"1ms\", \"2ms\"] }"].map(str::to_owned);
        assert_eq!(
            replay_command("a", &set, Seed(1), Path::new("results")),
            r#"atropos replay a --set network.loss=0.05 --set 'network.latency={ uniform = ["1ms", "2ms"] }' --seed 0x1"#
        );
    }
}
