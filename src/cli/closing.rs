//! The last lines of a command: the verdict, where the results are, how to see it again.

use std::io::{self, Write};
use std::path::Path;

use super::results_folder;
use crate::base::Seed;
use crate::check::Verdict;
use crate::scenario::Expect;

/// The last lines of a command.
pub(super) struct Closing<'a> {
    pub(super) verdict: String,
    pub(super) results: Option<&'a Path>,
    pub(super) replay: Option<String>,
}

impl Closing<'_> {
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nverdict  {}", self.verdict)?;
        if let Some(results) = self.results {
            writeln!(out, "results  {}", results.display())?;
        }
        if let Some(replay) = &self.replay {
            writeln!(out, "replay   {replay}")?;
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
    let mut command = format!("atropos replay {}", quoted(scenario));
    for text in set {
        command += &format!(" --set {}", quoted(text));
    }
    command += &format!(" --seed {seed}");
    if out != Path::new(results_folder::DEFAULT) {
        command += &format!(" --out {}", quoted(&out.to_string_lossy()));
    }
    command
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
        let set =
            ["network.loss=0.05", "network.latency={ uniform = [\"1ms\", \"2ms\"] }"].map(str::to_owned);
        assert_eq!(
            replay_command("a", &set, Seed(1), Path::new("results")),
            r#"atropos replay a --set network.loss=0.05 --set 'network.latency={ uniform = ["1ms", "2ms"] }' --seed 0x1"#
        );
    }
}
