//! Every section of a scenario file: the one table from which the reader decodes,
//! suggests and explains.
//!
//! Modules keep their own sections beside their configuration; here are those
//! that belong to the scenario as a whole, and the list of all.

use super::ProtocolSpec;
use super::presets::NAMES;
use crate::base::SimDuration;
use crate::base::keys::{Key, KeyKind, Section, Vocabulary};
use crate::{faults, network, storage, workload};

/// The most nodes a scenario may have.
pub const MOST_NODES: u32 = 100_000;

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
            since: "0.1",
        },
        Key {
            name: "extends",
            kind: KeyKind::Text,
            default: None,
            doc: "The file, named from the folder of this one, that this one differs from. Sections are laid over its own key by key; lists and `[expect]` replace it.",
            since: "0.1",
        },
        Key {
            name: "preset",
            kind: KeyKind::Choice(&NAMES),
            default: None,
            doc: "What the scenario begins with, and lays its own values over: networks and disks as they are, or a swarm of faults.",
            since: "0.1",
        },
        Key {
            name: "protocol",
            kind: KeyKind::Name(Vocabulary::Protocol),
            default: None,
            doc: "The protocol that runs; its own keys are in the section of that name.",
            since: "0.1",
        },
        Key {
            name: "seed",
            kind: KeyKind::Seed,
            default: Some("0"),
            doc: "The seed of the run, unless the command line names another.",
            since: "0.1",
        },
        Key {
            name: "duration",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: YEAR },
            default: Some("\"60s\""),
            doc: "How long the run lasts, in simulated time.",
            since: "0.1",
        },
        Key {
            name: "nodes",
            kind: KeyKind::Count { min: 1, max: MOST_NODES as u64, unit: "nodes" },
            default: Some("5"),
            doc: "How many nodes; their ids count from 0.",
            since: "0.1",
        },
        Key {
            name: "bugs",
            kind: KeyKind::Names(Vocabulary::Bug),
            default: Some("[]"),
            doc: "The deliberate bugs that are switched on.",
            since: "0.1",
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
        since: "0.1",
    }],
};

/// How many copies of operations fill a gigabyte or two, what each node keeps being one …
pub(super) const MOST_COPIES: u64 = 15_000_000;
/// … and what the history and its judge keep being as much as these.
pub(super) const COPIES_OF_HISTORY: u64 = 3;

/// `[limits]`.
pub const LIMITS: Section = Section {
    name: "limits",
    doc: "Where a run gives up, with the verdict `unknown`. By default it does so before about two gigabytes are full; who has more may say so.",
    keys: &[
        Key {
            name: "events",
            kind: KeyKind::Count { min: 1, max: u64::MAX, unit: "events" },
            default: Some("50_000_000"),
            doc: "After this many events the run ends, with the verdict `unknown`.",
            since: "0.1",
        },
        Key {
            name: "events_at_once",
            kind: KeyKind::Count { min: 1, max: u64::MAX, unit: "events" },
            default: Some("5_000_000"),
            doc: "After this many events at one instant, or before twice as many, the run ends: time does not get on, as where nothing takes any.",
            since: "0.1",
        },
        Key {
            name: "pending",
            kind: KeyKind::Count { min: 1, max: u64::MAX, unit: "events" },
            default: Some("4_000_000"),
            doc: "With more events than this waiting, such as messages on their way, the run ends. Over twelve million are too many in any case.",
            since: "0.1",
        },
        Key {
            name: "operations",
            kind: KeyKind::Count { min: 1, max: u64::MAX, unit: "operations" },
            default: None,
            doc: "After this many operations of the clients the run ends: the history keeps each, and every node and its disk. If unset 15,000,000 divided by the number of nodes plus 3, which is 1,875,000 for five: a gigabyte or two.",
            since: "0.1",
        },
    ],
};

/// `[swarm]`.
pub const SWARM: Section = Section {
    name: "swarm",
    doc: "Each seed draws for itself which kinds of fault there are and how strong they are, besides `[[faults]]`, and how long messages and syncs take. What is written elsewhere stands.",
    keys: &[
        Key {
            name: "chance",
            kind: KeyKind::Probability,
            default: None,
            doc: "How likely each kind of fault is there in a seed. If unset there is no swarm, unless `kinds` names some: then 0.5.",
            since: "0.1",
        },
        Key {
            name: "strength",
            kind: KeyKind::Float { min: 0.01, max: 1.0 },
            default: None,
            doc: "How strong faults are at most; each is drawn between a tenth of it and all of it. If unset 1.",
            since: "0.1",
        },
        Key {
            name: "kinds",
            kind: KeyKind::Names(Vocabulary::Swarm),
            default: None,
            doc: "The kinds that can be there. If unset all that the protocol declares to survive.",
            since: "0.1",
        },
        Key {
            name: "settings",
            kind: KeyKind::Bool,
            default: None,
            doc: "Whether each seed also draws settings of the protocol: each that it varies is as usual in one of two. If unset true.",
            since: "0.1",
        },
        Key {
            name: "clients",
            kind: KeyKind::Bool,
            default: None,
            doc: "Whether each seed also draws what clients are like, where `[clients]` does not say: what they ask for, how fast, and how soon they ask another node. If unset true.",
            since: "0.1",
        },
    ],
};

/// `[liveness]`.
pub const LIVENESS: Section = Section {
    name: "liveness",
    doc: "What is demanded once faults are over: that every client gets an answer within a bound. Judged where enough nodes take part and hear each other, and the run lasts long enough.",
    keys: &[
        Key {
            name: "within",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: YEAR },
            default: None,
            doc: "The bound. If unset the longest of ten times the clients' `timeout`, twice their `retry` for each node, and ten elections; and if nothing is said of `after` either, it is demanded only where faults have been and chance no longer loses or hurts anything.",
            since: "0.1",
        },
        Key {
            name: "after",
            kind: KeyKind::Duration { min: SimDuration::from_ns(1), max: YEAR },
            default: None,
            doc: "When everything is mended for good: nothing strikes any more, partitions heal, nodes start, disks and clocks are sound, and chance does nothing to messages but delay them. If unset nothing is mended, and faults are over when the last of the schedule is.",
            since: "0.1",
        },
        Key {
            name: "core",
            kind: KeyKind::Probability,
            default: None,
            doc: "How likely only a majority, by chance, is mended `after` that, while each of the others is down or cut off from it for good. If unset 0: all are mended.",
            since: "0.1",
        },
    ],
};

/// `[check]`.
pub const CHECK: Section = Section {
    name: "check",
    doc: "How a run is judged.",
    keys: &[
        Key {
            name: "levels",
            kind: KeyKind::Names(Vocabulary::Promise),
            default: None,
            doc: "What the clients' history is held to, a check each. If unset what the protocol promises with its settings: `linearizable`, or `linearizable-writes` where it has `reads = \"stale\"`.",
            since: "0.1",
        },
        Key {
            name: "stop_at_violation",
            kind: KeyKind::Bool,
            default: None,
            doc: "Whether operations are judged as they complete, so that the run ends as soon as one is certainly impossible. The verdict is the same; judging takes longer, a run that fails ends sooner. If unset `false`: the history is judged when the run is over.",
            since: "0.1",
        },
        Key {
            name: "measure",
            kind: KeyKind::Names(Vocabulary::Measure),
            default: None,
            doc: "What is measured of every run besides, whatever its verdict, which it never changes: acknowledged writes that are lost and dirty reads (`durability`), reads that are behind (`staleness`), the longest span in which nothing completed (`outage`). A run that is cut short is not measured. If unset nothing is.",
            since: "0.1",
        },
    ],
};

/// `[expect]`.
pub const EXPECT: Section = Section {
    name: "expect",
    doc: "What the run must come to: met, the exit code is 0; unmet, 1. Written `[[expect]]` there may be several, of which one names a `verdict` and each of the others what a sweep must see `sometimes`.",
    keys: &[
        Key {
            name: "verdict",
            kind: KeyKind::Choice(&VERDICTS),
            default: None,
            doc: "The verdict of every run, or of its `check`.",
            since: "0.1",
        },
        Key {
            name: "sometimes",
            kind: KeyKind::Name(Vocabulary::Sight),
            default: None,
            doc: "What at least one run of a sweep must show: a verdict, an effect of a fault.",
            since: "0.1",
        },
        Key {
            name: "check",
            kind: KeyKind::Name(Vocabulary::Check),
            default: None,
            doc: "The check that is meant; the whole run if unset.",
            since: "0.1",
        },
    ],
};

/// A section and how often a file may hold it.
#[derive(Clone, Copy, Debug)]
pub struct SectionEntry {
    /// The section.
    pub section: Section,
    /// Whether it is one table or a list of them.
    pub repeats: Repeats,
}

/// How often a file may hold a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeats {
    /// Once: `[network]`.
    Never,
    /// As a list of tables: `[[faults]]`.
    Always,
    /// Either way: `[expect]` or `[[expect]]`.
    Maybe,
}

impl SectionEntry {
    /// The section as its header is written: `[network]`, `[[faults]]`.
    pub fn header(&self) -> String {
        match self.repeats {
            Repeats::Always => format!("[[{}]]", self.section.name),
            Repeats::Never | Repeats::Maybe => format!("[{}]", self.section.name),
        }
    }
}

/// Every section that a file may hold, in the order they are documented. The
/// keys of a single kind of fault are in [`crate::faults::verbs::VERBS`].
pub fn sections(protocols: &[ProtocolSpec]) -> Vec<SectionEntry> {
    let once = |section| SectionEntry { section, repeats: Repeats::Never };
    let many = |section| SectionEntry { section, repeats: Repeats::Always };
    let either = |section| SectionEntry { section, repeats: Repeats::Maybe };
    let mut all = vec![
        once(TOP),
        once(network::SECTION),
        many(network::LINK_SECTION),
        once(network::topology::SECTION),
        many(network::topology::ROUTE_SECTION),
        once(storage::SECTION),
        once(crate::clocks::SECTION),
        once(NODE),
        once(workload::SECTION),
    ];
    all.extend(protocols.iter().map(|protocol| once(protocol.section)));
    all.extend([
        many(faults::verbs::SECTION),
        once(SWARM),
        once(LIVENESS),
        once(CHECK),
        either(EXPECT),
        once(LIMITS),
    ]);
    all
}
