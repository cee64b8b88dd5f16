//! Every section of a scenario file: the one table from which the reader decodes,
//! suggests and explains.
//!
//! Modules keep their own sections beside their configuration; here are those
//! that belong to the scenario as a whole, and the list of all.

use super::ProtocolSpec;
use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, Section};
use crate::{faults, network, storage, workload};

/// The most nodes a scenario may have.
pub(super) const MOST_NODES: u32 = 100_000;

const YEAR: SimDuration = SimDuration::from_secs(365 * 86_400);

/// The verdicts that `[expect]` may name.
pub const VERDICTS: [&str; 3] = ["valid", "invalid", "unknown"];

/// The top of the file.
pub const TOP: Section = Section {
    name: "",
    doc: "What runs, for how long, from which seed.",
    keys: &[
        Key {
            name: "description",
            kind: KeyKind::Text,
            default: None,
            doc: "What the scenario shows, one sentence.",
        },
        Key {
            name: "protocol",
            kind: KeyKind::Text,
            default: None,
            doc: "The protocol that runs; its own keys are in the section of that name.",
        },
        Key {
            name: "seed",
            kind: KeyKind::Seed,
            default: Some("0"),
            doc: "The seed of the run, unless the command line names another.",
        },
        Key {
            name: "duration",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: YEAR },
            default: Some("\"60s\""),
            doc: "How long the run lasts, in simulated time.",
        },
        Key {
            name: "nodes",
            kind: KeyKind::Count { min: 1, max: MOST_NODES as u64 },
            default: Some("5"),
            doc: "How many nodes; their ids count from 0.",
        },
        Key {
            name: "bugs",
            kind: KeyKind::Texts,
            default: Some("[]"),
            doc: "The deliberate bugs that are switched on.",
        },
    ],
};

/// `[node]`.
pub const NODE: Section = Section {
    name: "node",
    doc: "What it costs a node to work.",
    keys: &[Key {
        name: "service_time",
        kind: KeyKind::Duration { min: SimDuration::ZERO, max: SimDuration::from_secs(3_600) },
        default: Some("\"0s\""),
        doc: "How long a node is busy with one message; others wait in its inbox meanwhile.",
    }],
};

/// `[limits]`.
pub const LIMITS: Section = Section {
    name: "limits",
    doc: "Where a run gives up.",
    keys: &[Key {
        name: "events",
        kind: KeyKind::Count { min: 1, max: u64::MAX },
        default: Some("50_000_000"),
        doc: "After this many events the run ends, with the verdict `unknown`.",
    }],
};

/// `[expect]`.
pub const EXPECT: Section = Section {
    name: "expect",
    doc: "What the run must come to: met, the exit code is 0; unmet, 1.",
    keys: &[
        Key {
            name: "verdict",
            kind: KeyKind::Choice(&VERDICTS),
            default: None,
            doc: "The verdict of the run, or of `check`.",
        },
        Key {
            name: "check",
            kind: KeyKind::Text,
            default: None,
            doc: "The check that must come to that verdict; the whole run if unset.",
        },
    ],
};

/// A section and how often a file may hold it.
#[derive(Clone, Copy, Debug)]
pub struct SectionEntry {
    /// The section.
    pub section: Section,
    /// Whether it is a list of tables, `[[faults]]`, or one table, `[network]`.
    pub repeats: bool,
}

impl SectionEntry {
    /// The section as its header is written: `[network]`, `[[faults]]`.
    pub fn header(&self) -> String {
        match self.repeats {
            true => format!("[[{}]]", self.section.name),
            false => format!("[{}]", self.section.name),
        }
    }
}

/// Every section that a file may hold, in the order they are documented. The
/// keys of a single kind of fault are in [`crate::faults::verbs::VERBS`].
pub fn sections(protocols: &[ProtocolSpec]) -> Vec<SectionEntry> {
    let once = |section| SectionEntry { section, repeats: false };
    let many = |section| SectionEntry { section, repeats: true };
    let mut all = vec![
        once(TOP),
        once(network::SECTION),
        many(network::LINK_SECTION),
        once(storage::SECTION),
        once(NODE),
        once(workload::SECTION),
    ];
    all.extend(protocols.iter().map(|protocol| once(protocol.section)));
    all.extend([many(faults::verbs::SECTION), once(EXPECT), once(LIMITS)]);
    all
}
