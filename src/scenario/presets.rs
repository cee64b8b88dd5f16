//! `preset = "hell"`: what a scenario begins with, in one line. A preset is the text of a scenario that
//! everything else is laid over.

use toml::de::{DeTable, DeValue};

use super::sources::{SourceFile, Sources};

/// The key.
const KEY: &str = "preset";

/// A scenario to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it is like.
    pub doc: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// Their names, the calmest first.
pub(super) const NAMES: [&str; 5] = ["calm", "lan", "wan", "flaky", "hell"];

/// Every preset, in the order of their names.
pub const PRESETS: [Preset; 5] = [
    Preset {
        name: "calm",
        doc: "Every message takes a millisecond, every sync half of one, and nothing breaks.",
        text: r#"
[network]
latency = "1ms"
[disk]
sync = "0.5ms"
"#,
    },
    Preset {
        name: "lan",
        doc: "One data centre: a quarter of a millisecond, flash disks, clocks that are measured. Nothing breaks.",
        text: r#"
[network]
latency = { lognormal = { median = "0.25ms", sigma = 0.4 } }
[disk]
sync = { lognormal = { median = "0.5ms", sigma = 0.5 } }
[clock]
offset = "1ms"
drift = 50
poll = "64s"
poll_error = "1ms"
"#,
    },
    Preset {
        name: "wan",
        doc: "Several regions: forty milliseconds one way, one message in a thousand lost, clocks some milliseconds off. Nothing else breaks.",
        text: r#"
[network]
latency = { lognormal = { median = "40ms", sigma = 0.2 } }
loss = 0.001
[disk]
sync = { lognormal = { median = "1ms", sigma = 0.5 } }
[clock]
offset = "10ms"
drift = 50
poll = "64s"
poll_error = "5ms"
"#,
    },
    Preset {
        name: "flaky",
        doc: "A bad day: a swarm in which each kind of fault that the protocol survives is there in three of ten seeds, and faint. Towards the end everything is mended.",
        text: r#"
[swarm]
chance = 0.3
strength = 0.2
[liveness]
within = "10s"
core = 0.2
"#,
    },
    Preset {
        name: "hell",
        doc: "What breaks, breaks: twenty seconds of a swarm in which each kind of fault that the protocol survives is there in every other seed, now faint and now fierce. Then all is mended, or a core of the nodes alone.",
        text: r#"
duration = "20s"
[swarm]
chance = 0.5
strength = 1.0
[liveness]
within = "6s"
core = 0.5
[clients]
count = 8
timeout = "1s"
"#,
    },
];

/// Lays the preset behind the other `sources` that the command line asks for, or the foremost file that
/// speaks of one. A name that is none is reported where the key is decoded.
pub(super) fn add(sources: &mut Sources, overrides: &[String]) {
    let set = overrides.iter().rev().find_map(|text| {
        let (key, value) = text.split_once('=')?;
        (key.trim() == KEY).then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    let name = set.or_else(|| sources.files().iter().filter(|file| file.is_text).find_map(written));
    if let Some(preset) = PRESETS.iter().find(|preset| Some(preset.name) == name.as_deref()) {
        let by = sources.root().path.clone();
        sources.push(format!("preset {}", preset.name), preset.text.to_owned(), Some(by), true);
    }
}

fn written(file: &SourceFile) -> Option<String> {
    if !file.text.contains(KEY) {
        return None;
    }
    let (table, _) = DeTable::parse_recoverable(&file.text);
    match table.get_ref().get(KEY)?.get_ref() {
        DeValue::String(name) => Some(name.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_that_the_key_knows() {
        assert_eq!(PRESETS.map(|preset| preset.name), NAMES);
    }
}
