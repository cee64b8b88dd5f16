//! The counters of a run by name: one order for JSON, CSV and text.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::engine::Counters;

/// How many counters there are; the number of events stands elsewhere.
const COUNT: usize = 26;

/// The counters that are a fault's effect; the others measure work.
pub const FAULTS: [&str; 19] = [
    "crashes",
    "restarts",
    "pauses",
    "partitions",
    "heals",
    "messages_lost",
    "messages_blocked",
    "messages_to_down",
    "messages_duplicated",
    "messages_dropped",
    "messages_delayed",
    "messages_repeated",
    "writes_lost",
    "writes_torn",
    "clocks_stepped",
    "clocks_drifted",
    "clocks_stopped",
    "timers_skewed",
    "misses",
];

/// Every counter with its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named([(&'static str, u64); COUNT]);

impl Named {
    /// The names and values, in the order of every report.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().copied()
    }

    /// Those that are a fault's effect.
    pub fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.iter().filter(|(name, _)| FAULTS.contains(name))
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COUNT))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// `counters` by name.
pub fn named(counters: &Counters) -> Named {
    // In full, so that a counter added to the engine cannot be forgotten here.
    let Counters {
        events: _,
        messages_sent,
        messages_delivered,
        messages_lost,
        messages_blocked,
        messages_to_down,
        messages_duplicated,
        messages_dropped,
        messages_delayed,
        messages_repeated,
        bytes_sent,
        timers,
        syncs,
        crashes,
        restarts,
        restarts_struck,
        pauses,
        partitions,
        heals,
        heals_struck,
        clocks_stepped,
        clocks_drifted,
        clocks_stopped,
        timers_skewed,
        misses,
        writes_lost,
        writes_torn,
    } = *counters;
    Named([
        ("crashes", crashes),
        ("partitions", partitions),
        ("messages_sent", messages_sent),
        ("messages_lost", messages_lost),
        ("messages_delivered", messages_delivered),
        ("messages_blocked", messages_blocked),
        ("messages_to_down", messages_to_down),
        ("messages_duplicated", messages_duplicated),
        ("messages_dropped", messages_dropped),
        ("messages_delayed", messages_delayed),
        ("messages_repeated", messages_repeated),
        ("bytes_sent", bytes_sent),
        ("timers", timers),
        ("syncs", syncs),
        ("restarts", restarts),
        ("restarts_struck", restarts_struck),
        ("pauses", pauses),
        ("heals", heals),
        ("heals_struck", heals_struck),
        ("clocks_stepped", clocks_stepped),
        ("clocks_drifted", clocks_drifted),
        ("clocks_stopped", clocks_stopped),
        ("timers_skewed", timers_skewed),
        ("misses", misses),
        ("writes_lost", writes_lost),
        ("writes_torn", writes_torn),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_counter() {
        assert_eq!(named(&Counters::default()).faults().count(), FAULTS.len());
    }
}
