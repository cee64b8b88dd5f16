//! The files that histories come in, and go out to.
//!
//! * [`Format`]: which there are, and how one is told from its content.
//! * [`read`]: any of them; [`JsonLines`]: block by block.
//! * `jsonl`: our own, JSON Lines; `elle_json`: elle-cli's; both on `json`, a cursor, and `json_event`.
//! * `edn`: Jepsen's and Porcupine's; `jepsen_log`: the lines that Jepsen logs.
//! * `fields`: from the fields of an event to an event; `collection` and `anonymous`: files that leave
//!   out what events do or whose they are; `mistake`: where in a file something is wrong.

mod anonymous;
mod collection;
mod detect;
mod edn;
mod elle_json;
mod fields;
mod jepsen_log;
mod json;
mod json_event;
mod jsonl;
mod mistake;
#[cfg(test)]
mod there_and_back;

use std::fmt;

pub use edn::write_edn;
pub(super) use json::key;
pub use jsonl::{JsonLines, read_jsonl, write_jsonl};

use super::{History, HistoryError, nearest};

/// A format of history files.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Format {
    /// Our own: JSON Lines, one event a line.
    #[default]
    Jsonl,
    /// Jepsen's: EDN, maps in one vector, in one list or one after another.
    Edn,
    /// The lines that Jepsen logs.
    JepsenLog,
    /// Porcupine's key-value histories: EDN, where every event has a key.
    Porcupine,
    /// elle-cli's: objects of JSON in one array, or one after another.
    ElleJson,
}

/// How a file is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadOptions {
    /// Whether every value is an independent `[key value]`, as Jepsen's tests of many keys have it.
    /// It looks just like the argument of a cas, so it must be asked for.
    pub independent: bool,
}

/// Reads a history of this format, or of the one that [`Format::detect`] finds.
///
/// A file without events is a history without events.
///
/// # Errors
/// The first thing that is not as the format has it: what was expected, what was found, and where.
pub fn read(bytes: &[u8], format: Option<Format>, options: ReadOptions) -> Result<History, HistoryError> {
    let text = || mistake::text(bytes);
    match format.or_else(|| Format::detect(bytes)).unwrap_or_default() {
        Format::Jsonl => jsonl::read(bytes, options),
        Format::Edn => edn::read(text()?, false, options),
        Format::JepsenLog => jepsen_log::read(text()?, options),
        Format::Porcupine => edn::read(text()?, true, options),
        Format::ElleJson => elle_json::read(text()?, options),
    }
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] =
        [Format::Jsonl, Format::Edn, Format::JepsenLog, Format::Porcupine, Format::ElleJson];
    /// Their names.
    pub const NAMES: [&str; 5] = ["jsonl", "edn", "jepsen-log", "porcupine", "elle-json"];

    /// The name users type.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The format of this name.
    ///
    /// # Errors
    /// The names there are, and the one that was probably meant.
    pub fn parse(name: &str) -> Result<Format, String> {
        Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let hint = nearest(name, &Self::NAMES).map(|n| format!("; did you mean `{n}`?"));
            let names = Self::NAMES.join(", ");
            format!("unknown format `{name}`: expected one of {names}{}", hint.unwrap_or_default())
        })
    }

    /// What it is, one sentence.
    pub const fn doc(self) -> &'static str {
        match self {
            Format::Jsonl => "JSON Lines, one event a line: what atropos writes.",
            Format::Edn => "Jepsen's EDN: maps in one vector, in one list or one after another.",
            Format::JepsenLog => {
                "The lines that Jepsen logs: process, type, function and value between tabs."
            }
            Format::Porcupine => "Porcupine's key-value histories: an EDN map a line, with a key.",
            Format::ElleJson => "elle-cli's JSON: objects in one array, or one after another.",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_names() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Ok(format));
        }
        let error = Format::parse("json-l").unwrap_err();
        assert!(error.ends_with("elle-json; did you mean `jsonl`?"), "{error}");
    }

    #[test]
    fn a_file_of_nothing_is_an_empty_history() {
        for format in [None].into_iter().chain(Format::ALL.map(Some)) {
            for bytes in ["", "\n", "\u{feff}", " \r\n\t\n"] {
                let history = read(bytes.as_bytes(), format, ReadOptions::default());
                assert_eq!(history, Ok(History::default()), "{format:?} {bytes:?}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_place() {
        for format in Format::ALL {
            let error = read(b"\n \xff", Some(format), ReadOptions::default()).unwrap_err();
            assert_eq!(error.to_string(), "line 2, column 2: this byte is no UTF-8");
        }
    }
}
