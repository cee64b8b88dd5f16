//! How a module says which scenario keys it reads, as data.
//!
//! Each module keeps a `SECTION` beside its configuration: the one table from
//! which the scenario reader decodes, suggests, explains and documents. The
//! module itself never sees TOML: it gets [`Settings`], in which every value has
//! its type and every key that has a default has a value.

mod command;
mod kind;
mod settings;
mod target;
mod text;

use super::SimDuration;
pub use command::{CommandSpec, Named, Order};
pub use kind::{KeyKind, Vocabulary, bound};
pub use settings::{FileName, KeyProblem, KeyValue, Settings};
pub use target::Target;
pub use text::exact;

/// One table of a scenario file and the keys it may hold.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The table's name: `network`; empty for the top level of the file.
    pub name: &'static str,
    /// What the table is about, one sentence.
    pub doc: &'static str,
    /// Its keys, in the order they are documented.
    pub keys: &'static [Key],
}

/// One key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What its value is, and within which bounds.
    pub kind: KeyKind,
    /// The value when it is not written, as TOML text; `None` if it stays unset.
    pub default: Option<&'static str>,
    /// What it does, one or two sentences.
    pub doc: &'static str,
    /// The version of atropos that first read it.
    pub since: &'static str,
}

/// A check that is made of a run, as `[expect]` names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckSpec {
    /// Its name: `linearizability`.
    pub name: &'static str,
    /// What must hold.
    pub doc: &'static str,
}

/// A deliberate bug of a protocol, for a checker to catch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BugSwitch {
    /// The protocol and the bug: `raft/vote-not-persisted`.
    pub name: &'static str,
    /// What goes wrong with it on.
    pub doc: &'static str,
}

/// A key of a protocol that a swarm varies, and the values that it takes besides what is usual.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Variation {
    /// The key.
    pub key: &'static str,
    /// The values, each as likely.
    pub values: &'static [Varied],
    /// The kinds of fault of which none is there where one of these values is, as what they promise rests on
    /// that; [`OVERTAKING`] among them.
    pub unless: &'static [&'static str],
    /// The kinds of fault of which any makes one of these values needed: without it the protocol promises less.
    pub always_with: &'static [&'static str],
    /// The kinds of fault with any of which none of these values is there, as they are not enough for those.
    pub never_with: &'static [&'static str],
}

/// That messages overtake each other, though no fault makes them: links that are not `fifo`.
pub const OVERTAKING: &str = "overtaking";

/// A value that a swarm gives to a key.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Varied {
    /// A switch.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A choice.
    Word(&'static str),
    /// A duration.
    Duration(SimDuration),
    /// A value that makes sense only together with those of other keys.
    With(&'static Varied, &'static [(&'static str, Varied)]),
}

impl Varied {
    /// Sets `key`, and what goes with it.
    pub fn lay(self, key: &'static str, settings: &mut Settings) {
        let value = match self {
            Varied::Flag(flag) => KeyValue::Bool(flag),
            Varied::Count(count) => KeyValue::Count(count),
            Varied::Word(word) => KeyValue::Text(word.to_owned()),
            Varied::Duration(duration) => KeyValue::Duration(duration),
            Varied::With(value, others) => {
                value.lay(key, settings);
                return others.iter().for_each(|(key, value)| value.lay(key, settings));
            }
        };
        settings.set(key, value);
    }
}
