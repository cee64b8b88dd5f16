//! The settings of a run, all of them, as a scenario says them.

use super::palette::{FAINT, HEADING, paint};
use crate::scenario::Scenario;

/// The settings of `scenario` in TOML, table by table; those that nobody wrote are marked.
pub(super) fn settings(scenario: &Scenario) -> String {
    let mut text = format!("{}\n", paint(HEADING, "settings"));
    for table in &scenario.tables {
        if table.settings.iter().next().is_none() {
            continue;
        }
        if !table.header.is_empty() {
            text += &format!("  {}\n", paint(HEADING, &table.header));
        }
        for (key, value) in table.settings.iter() {
            let line = format!("{key} = {value}");
            match table.settings.is_written(key) {
                true => text += &format!("  {line}\n"),
                false => text += &format!("  {}\n", paint(FAINT, line + "  # default")),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::base::keys::Section;
    use crate::registry;
    use crate::scenario::{Source, read};

    fn scenario(text: &str) -> Scenario {
        let source = Source { path: "a.toml", name: "a".to_owned(), text: text.as_bytes() };
        read(source, &registry::specs()).unwrap()
    }

    const TEXT: &str = "protocol = \"raft\"\nseed = 7\n[[network.link]]\nfrom = [0]\nloss = 0.5\n\
        [clients]\nkeys = 9\n[raft]\nelection_timeout_min = \"200ms\"\n[[faults]]\nkind = \"partition\"\n\
        isolate = \"leader\"\nat = \"1s\"\n[expect]\nverdict = \"valid\"\n";

    /// With the marks taken for the comments that they are, what is shown reads as the same scenario.
    #[test]
    fn what_is_shown_reads_as_the_same_scenario() {
        let shown = strip_str(&settings(&scenario(TEXT))).to_string();
        let shown = shown.strip_prefix("settings\n").unwrap();
        let again = scenario(shown);
        let original = scenario(TEXT);
        assert_eq!(again.fingerprint(), original.fingerprint(), "{shown}");
        assert_eq!(
            (&again.faults, &again.expect, again.seed),
            (&original.faults, &original.expect, original.seed)
        );
        for line in
            ["  keys = 9\n", "  election_timeout_min = \"200ms\"\n", "  service_time = \"0s\"  # default\n"]
        {
            assert!(shown.contains(line), "{line}: {shown}");
        }
    }

    /// Every section that a file may hold shows every key that has a value.
    #[test]
    fn no_key_is_left_out() {
        let shows_all = |text: &str, section: &Section| {
            let shown = strip_str(&settings(&scenario(text))).to_string();
            for key in section.keys.iter().filter(|key| key.default.is_some()) {
                assert!(shown.contains(&format!("  {} = ", key.name)), "{}: {shown}", key.name);
            }
        };
        let specs = registry::specs();
        let (first, others) = specs.split_first().unwrap();
        for entry in crate::scenario::sections(std::slice::from_ref(first)) {
            shows_all(TEXT, &entry.section);
        }
        for spec in others {
            shows_all(&format!("protocol = \"{}\"\n", spec.name), &spec.section);
        }
    }

    #[test]
    fn only_what_decides_a_run_tells_scenarios_apart() {
        let of = |text: &str| scenario(text).fingerprint();
        let same = TEXT
            .replace("seed = 7", "seed = 8\ndescription = \"x\"")
            .replace("verdict = \"valid\"", "verdict = \"unknown\"");
        assert_eq!(of(TEXT), of(&same));
        assert_eq!(of(TEXT), of(&TEXT.replace("200ms", "0.2s")));
        assert_ne!(of(TEXT), of(&TEXT.replace("200ms", "201ms")));
        assert_ne!(of(TEXT), of(&TEXT.replace("at = \"1s\"", "at = \"2s\"")));
        assert_ne!(of(TEXT), of(&TEXT.replace("[0]", "[1]")));
    }
}
