//! The disks a scenario asks for, and their keys.

use crate::base::keys::{Key, KeyKind, Section, Settings};
use crate::base::{Latency, Probability, SimDuration};

/// How every node's disk behaves.
#[derive(Clone, PartialEq, Debug)]
pub struct DiskConfig {
    /// How long one sync takes. Writes that wait are synced together.
    pub sync: Latency,
    /// How likely a crash leaves the first record it loses half written, to be found as `Torn`.
    pub torn: Probability,
    /// How likely a sync fails.
    pub fail_sync: Probability,
    /// How likely a crash leaves a durable record damaged, within what the protocol survives.
    pub bit_rot: Probability,
}

impl Default for DiskConfig {
    /// A disk that takes no time and never fails.
    fn default() -> Self {
        let never = Probability::NEVER;
        DiskConfig { sync: Latency::ZERO, torn: never, fail_sync: never, bit_rot: never }
    }
}

/// `[disk]`.
pub const SECTION: Section = Section {
    name: "disk",
    doc: "How long a node's disk takes, and what a crash leaves on it.",
    keys: &[
        Key {
            name: "sync",
            kind: KeyKind::Latency,
            default: Some("{ uniform = [\"0.2ms\", \"1ms\"] }"),
            doc: "How long one sync takes; writes that wait meanwhile are synced together. \"0s\" makes writes durable at once.",
            since: "0.1",
        },
        Key {
            name: "torn",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "How likely a crash leaves the first record that it loses half written. The protocol finds it as damaged and must recognise the torn end of its journal.",
            since: "0.1",
        },
        Key {
            name: "fail_sync",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "How likely a sync fails. The protocol hears of it, and must not go on as if what it wrote were durable.",
            since: "0.1",
        },
        Key {
            name: "bit_rot",
            kind: KeyKind::Probability,
            default: Some("0.0"),
            doc: "How likely a crash leaves one durable record damaged, unless the disks of as many nodes are damaged already as the protocol can do without.",
            since: "0.1",
        },
    ],
};

impl DiskConfig {
    /// Whether chance fails syncs or damages records at rest.
    pub fn is_unsound(&self) -> bool {
        !(self.fail_sync.is_never() && self.bit_rot.is_never())
    }

    /// Switches off what chance does to syncs and to records at rest.
    pub fn be_sound(&mut self) {
        (self.fail_sync, self.bit_rot) = (Probability::NEVER, Probability::NEVER);
    }

    /// The disks that `[disk]` asks for.
    pub fn from_settings(disk: &Settings) -> Self {
        DiskConfig {
            sync: disk.latency("sync").unwrap_or(Latency::Constant(SimDuration::ZERO)),
            torn: disk.probability("torn").unwrap_or_default(),
            fail_sync: disk.probability("fail_sync").unwrap_or_default(),
            bit_rot: disk.probability("bit_rot").unwrap_or_default(),
        }
    }
}
