//! `atropos explain`: what a key, a fault, a bug or any other name means.

use clap::Args;

use super::failure::Failure;
use super::{ExitCode, Session};
use crate::reference::{Reference, wrapped};
use crate::registry;
use crate::scenario::{PRESETS, Preset};

/// The key that names a preset; it is explained with all that it can name.
const KEY_OF_PRESETS: &str = "preset";

/// Tell what a name means: a key, a section, a kind of fault, a bug, a protocol, a check, a model
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The name, such as network.loss, crash or raft/vote-not-persisted; every key if there is none
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Carries out `atropos explain`.
pub(super) fn explain(arguments: &Arguments, session: &mut Session<'_>) -> Result<ExitCode, Failure> {
    let reference = Reference::new(registry::specs());
    session.so_far = ExitCode::Success;
    let Some(name) = &arguments.name else {
        write!(session.out, "{}", reference.overview())?;
        return Ok(ExitCode::Success);
    };
    let topics = reference.find(name);
    let presets: Vec<&Preset> =
        PRESETS.iter().filter(|preset| [KEY_OF_PRESETS, preset.name].contains(&name.as_str())).collect();
    if topics.is_empty() && presets.is_empty() {
        let guess = reference.nearest(name).map(|name| format!("; did you mean `{name}`?"));
        let guess = guess.unwrap_or_default();
        return Err(Failure::Input(format!(
            "there is nothing called `{name}`{guess}\n`atropos explain` shows every key, `atropos list` the other names"
        )));
    }
    if !topics.is_empty() {
        write!(session.out, "{}", reference.explain(&topics))?;
    }
    for preset in presets {
        let text = preset.text.trim().replace('\n', "\n  ");
        let gap = if topics.is_empty() { "" } else { "\n" };
        writeln!(
            session.out,
            "{gap}{}: a preset\n\n{}\n  # what it says\n  {text}",
            preset.name,
            wrapped(preset.doc, 2)
        )?;
    }
    Ok(ExitCode::Success)
}
